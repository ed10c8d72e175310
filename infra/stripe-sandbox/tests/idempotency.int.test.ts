import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { authorization, clientOf, makeDataDir, refusal, savedCard, startSandbox, VISA, wire, type Fixture } from './sandbox-fixture.ts';

let sandbox: Fixture;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

function headersOf(object: { lastResponse: { headers: Record<string, string> } }): Record<string, string> {
  return object.lastResponse.headers;
}

describe('idempotency keys', () => {
  it('replay the stored status and body, mark the replay, and name the original request', async () => {
    const owner = await savedCard(sandbox);
    const first = await sandbox.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'replay' });
    const again = await sandbox.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'replay' });
    expect(again).toEqual(first);
    expect(headersOf(first)).not.toHaveProperty('idempotent-replayed');
    expect(headersOf(again)).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request': first.lastResponse.requestId,
      'idempotency-key': 'replay',
    });
    expect((await sandbox.shop.paymentIntents.list({ customer: owner.customer })).data).toHaveLength(1);
  });

  it('replay what was answered then, also when the object has changed since', async () => {
    const owner = await savedCard(sandbox);
    const held = await sandbox.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'then' });
    await sandbox.shop.paymentIntents.capture(held.id);
    expect((await sandbox.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'then' })).status).toBe('requires_capture');
  });

  it('under ten concurrent calls make exactly one object: one answer, the others are told to wait', async () => {
    const owner = await savedCard(sandbox);
    const params = authorization(owner, 2500, 'ord_ten');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => sandbox.shop.paymentIntents.create(params, { idempotencyKey: 'ten' })),
    );
    const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.id] : []));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(new Set(made).size).toBe(1);
    for (const error of refused)
      expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use', rawType: 'idempotency_error' });
    expect((await sandbox.shop.paymentIntents.list({ customer: owner.customer })).data).toHaveLength(1);
    expect((await sandbox.ledger()).orders['ord_ten']).toMatchObject({ authorized: 2500, counts: { authorized: 1 } });
  });

  it('under ten concurrent calls of a client that retries give all ten the same object', async () => {
    const owner = await savedCard(sandbox);
    const { hostname, port } = new URL(sandbox.url);
    const patient = new Stripe('sk_test_vitrine', { host: hostname, port, protocol: 'http', maxNetworkRetries: 5, telemetry: false });
    await sandbox.fault({ match: { method: 'POST', path: '/v1/payment_intents$' }, fault: 'delay', delayMs: 100 });
    const made = await Promise.all(
      Array.from({ length: 10 }, () =>
        patient.paymentIntents.create(authorization(owner, 2500, 'ord_patient'), { idempotencyKey: 'patient' }),
      ),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect((await sandbox.ledger()).orders['ord_patient']).toMatchObject({ counts: { authorized: 1 } });
  });

  it('with other parameters or another endpoint are refused', async () => {
    const owner = await savedCard(sandbox);
    const intent = await sandbox.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'same' });
    const other = await refusal(sandbox.shop.paymentIntents.create(authorization(owner, 2501), { idempotencyKey: 'same' }));
    expect(other).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400, rawType: 'idempotency_error' });
    const elsewhere = await refusal(sandbox.shop.paymentIntents.capture(intent.id, {}, { idempotencyKey: 'same' }));
    expect(elsewhere).toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
    expect(await sandbox.shop.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'requires_capture' });
  });

  it('do not mind the order of the parameters', async () => {
    const first = await sandbox.shop.customers.create({ name: 'Ada', metadata: { a: '1', b: '2' } }, { idempotencyKey: 'order' });
    const again = await sandbox.shop.customers.create({ metadata: { b: '2', a: '1' }, name: 'Ada' }, { idempotencyKey: 'order' });
    expect(again.id).toBe(first.id);
  });

  it('replay a decline and its intent', async () => {
    const owner = await savedCard(sandbox, '4000000000000341');
    const first = await refusal(sandbox.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'decline' }));
    const again = await refusal(sandbox.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'decline' }));
    expect(again).toMatchObject({ statusCode: 402, code: 'card_declined' });
    expect(wire(again).payment_intent?.id).toBe(wire(first).payment_intent?.id);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
  });

  it('replay a refusal by state, and remember nothing of invalid parameters', async () => {
    const owner = await savedCard(sandbox);
    const missing = await refusal(sandbox.shop.paymentIntents.capture('pi_missing', {}, { idempotencyKey: 'missing' }));
    const again = await refusal(sandbox.shop.paymentIntents.capture('pi_missing', {}, { idempotencyKey: 'missing' }));
    expect([missing.statusCode, again.statusCode]).toEqual([404, 404]);
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true' });
    const invalid = { ...authorization(owner), unicorn: 1 } as Stripe.PaymentIntentCreateParams;
    expect(await refusal(sandbox.shop.paymentIntents.create(invalid, { idempotencyKey: 'fixed' }))).toMatchObject({
      code: 'parameter_unknown',
    });
    expect(await sandbox.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'fixed' })).toMatchObject({
      status: 'requires_capture',
    });
  });

  it('belong to one account', async () => {
    const other = sandbox.client('sk_test_another');
    const first = await sandbox.shop.customers.create({}, { idempotencyKey: 'scope' });
    const second = await other.customers.create({}, { idempotencyKey: 'scope' });
    expect(second.id).not.toBe(first.id);
    expect(headersOf(second)).not.toHaveProperty('idempotent-replayed');
  });

  it('never hand a publishable key what was answered to a secret key', async () => {
    await sandbox.shop.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } }, { idempotencyKey: 'view' });
    expect(
      await refusal(sandbox.browser.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } }, { idempotencyKey: 'view' })),
    ).toMatchObject({ statusCode: 400 });
  });

  it('of more than 255 characters are refused', async () => {
    expect(await refusal(sandbox.shop.customers.create({}, { idempotencyKey: 'k'.repeat(256) }))).toMatchObject({ statusCode: 400 });
  });

  it('are kept for 24 hours, over a restart', async () => {
    const dataDir = await makeDataDir();
    const start = Date.parse('2026-11-01T00:00:00Z');
    const during = async (afterMs: number): Promise<{ id: string; replayed: boolean }> => {
      const run = await startSandbox({ dataDir, now: () => new Date(start + afterMs) });
      try {
        const customer = await clientOf(run.url, 'sk_test_vitrine').customers.create({}, { idempotencyKey: 'day' });
        return { id: customer.id, replayed: headersOf(customer)['idempotent-replayed'] === 'true' };
      } finally {
        await run.close();
      }
    };
    const hour = 3600 * 1000;
    const first = await during(0);
    expect(first.replayed).toBe(false);
    expect(await during(24 * hour - 1)).toEqual({ id: first.id, replayed: true });
    const later = await during(24 * hour + 1);
    expect(later.replayed).toBe(false);
    expect(later.id).not.toBe(first.id);
    await rm(dataDir, { recursive: true });
  });

  it('of payment methods are matched without keeping the card', async () => {
    const one = await sandbox.browser.paymentMethods.create({ type: 'card', card: VISA }, { idempotencyKey: 'card' });
    const same = await sandbox.browser.paymentMethods.create({ type: 'card', card: VISA }, { idempotencyKey: 'card' });
    expect(same.id).toBe(one.id);
    const other = sandbox.browser.paymentMethods.create({ type: 'card', card: { ...VISA, cvc: '124' } }, { idempotencyKey: 'card' });
    expect(await refusal(other)).toMatchObject({ type: 'StripeIdempotencyError' });
  });
});
