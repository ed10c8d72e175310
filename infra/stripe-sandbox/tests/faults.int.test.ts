import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { authorization, refusal, savedCard, startSandbox, type Fixture } from './sandbox-fixture.ts';

let sandbox: Fixture;
let owner: { customer: string; card: string };
beforeAll(async () => {
  sandbox = await startSandbox();
  owner = await savedCard(sandbox);
});
afterEach(() => sandbox.clearFaults());
afterAll(() => sandbox.close());

const MATCH = { method: 'POST', path: '^/v1/payment_intents$' };

/** An authorization with a key, by a client that gives up soon and does not retry beyond what the SDK insists on. */
function authorize(orderId: string, timeout = 5000): Promise<Stripe.Response<Stripe.PaymentIntent>> {
  return sandbox.shop.paymentIntents.create(authorization(owner, 2500, orderId), { idempotencyKey: orderId, timeout });
}

async function authorizations(orderId: string): Promise<number> {
  return (await sandbox.ledger(`?order_id=${orderId}`)).orders[orderId]?.counts.authorized ?? 0;
}

describe('faults', () => {
  it('lose_response commits, says nothing, and the same key finds the result', async () => {
    // The SDK resends once by itself after a closed connection.
    await sandbox.fault({ match: MATCH, fault: 'lose_response', times: 1 });
    const intent = await authorize('ord_lost');
    expect(intent.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(await authorizations('ord_lost')).toBe(1);
  });

  it('lose_response commits without a key as well', async () => {
    await sandbox.fault({ match: MATCH, fault: 'lose_response', times: 1 });
    const response = fetch(`${sandbox.url}/v1/payment_intents`, {
      method: 'POST',
      headers: { Authorization: 'Bearer sk_test_vitrine', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: `amount=2500&currency=usd&customer=${owner.customer}&payment_method=${owner.card}&confirm=true&off_session=true&capture_method=manual&metadata[order_id]=ord_unkeyed&automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never`,
    });
    await expect(response).rejects.toThrow();
    expect(await authorizations('ord_unkeyed')).toBe(1);
  });

  it('reset does nothing and cuts the connection', async () => {
    await sandbox.fault({ match: MATCH, fault: 'reset', times: 2 });
    expect(await refusal(authorize('ord_reset'))).toMatchObject({ type: 'StripeConnectionError' });
    expect(await authorizations('ord_reset')).toBe(0);
    await authorize('ord_reset');
    expect(await authorizations('ord_reset')).toBe(1);
  });

  it('500_before does nothing, and the same key may try again', async () => {
    await sandbox.fault({ match: MATCH, fault: '500_before' });
    expect(await refusal(authorize('ord_before'))).toMatchObject({ statusCode: 500 });
    expect(await authorizations('ord_before')).toBe(0);
    expect(await authorize('ord_before')).toMatchObject({ status: 'requires_capture' });
  });

  it('500_after commits, and the same key repeats the 500, as Stripe documents', async () => {
    await sandbox.fault({ match: MATCH, fault: '500_after' });
    expect(await refusal(authorize('ord_after'))).toMatchObject({ statusCode: 500 });
    expect(await authorizations('ord_after')).toBe(1);
    const again = await refusal(authorize('ord_after'));
    expect(again).toMatchObject({ statusCode: 500 });
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    const found = await sandbox.shop.paymentIntents.list({ customer: owner.customer });
    expect(found.data.filter(({ metadata }) => metadata['order_id'] === 'ord_after')).toHaveLength(1);
  });

  it.each([
    ['429', 429, 'rate_limit'],
    ['409', 409, 'idempotency_key_in_use'],
  ])('%s does nothing and is not remembered', async (fault, statusCode, code) => {
    await sandbox.fault({ match: MATCH, fault });
    expect(await refusal(authorize(`ord_${fault}`))).toMatchObject({ statusCode, code });
    expect(await authorize(`ord_${fault}`)).toMatchObject({ status: 'requires_capture' });
    expect(await authorizations(`ord_${fault}`)).toBe(1);
  });

  it('delay commits after the client gave up; until then the key is in use', async () => {
    await sandbox.fault({ match: MATCH, fault: 'delay', delayMs: 60_000 });
    expect(await refusal(authorize('ord_late', 200))).toMatchObject({ type: 'StripeConnectionError' });
    expect(await authorizations('ord_late')).toBe(0);
    expect(await refusal(authorize('ord_late'))).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    await sandbox.clearFaults();
    const intent = await until(() => authorize('ord_late'));
    expect(intent.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    expect(await authorizations('ord_late')).toBe(1);
  });

  it('hang never answers and does nothing', async () => {
    await sandbox.fault({ match: MATCH, fault: 'hang' });
    expect(await refusal(authorize('ord_hang', 200))).toMatchObject({ type: 'StripeConnectionError' });
    const intent = await until(() => authorize('ord_hang'));
    expect(intent.lastResponse.headers).not.toHaveProperty('idempotent-replayed');
    expect(await authorizations('ord_hang')).toBe(1);
  });

  it('hit only what they match, as often as they say', async () => {
    await sandbox.fault({ match: { method: 'GET', path: '^/v1/customers/' }, fault: '500_before', times: 2 });
    expect(await sandbox.shop.customers.create()).toMatchObject({ object: 'customer' });
    const read = () => sandbox.shop.customers.retrieve(owner.customer);
    expect(await refusal(read())).toMatchObject({ statusCode: 500 });
    expect(await refusal(read())).toMatchObject({ statusCode: 500 });
    expect(await read()).toMatchObject({ id: owner.customer });
    const rules = (await (await fetch(`${sandbox.url}/_sandbox/faults`)).json()) as { rules: object[] };
    expect(rules.rules).toMatchObject([{ fault: '500_before', remaining: 0, hits: 2 }]);
  });

  it.each([
    { fault: 'explode' },
    { fault: '429', times: 0 },
    { fault: 'delay', delayMs: -1 },
    { fault: '429', match: { path: '(' } },
    { fault: '429', match: { host: 'x' } },
    { fault: '429', extra: 1 },
  ])('a rule such as %j is refused', async (rule) => {
    const response = await fetch(`${sandbox.url}/_sandbox/faults`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(rule),
    });
    expect(response.status).toBe(400);
  });
});

/** The result of the first call that is not told that its key is in use. */
async function until<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      return await call();
    } catch (cause) {
      if (!(cause instanceof Stripe.errors.StripeError) || cause.statusCode !== 409) throw cause;
    }
  }
  throw new Error('The key stayed in use.');
}
