import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Stripe } from 'stripe';
import { newId } from '@vitrine/runtime/ids';
import { applyStripeEvents } from '../src/apply-stripe-events.ts';
import { pollStripeEvents } from '../src/poll-stripe-events.ts';
import { settlePayments } from '../src/settle-payments.ts';
import { dashboardOf } from './at-stripe.ts';
import { key, seller, startVault, testCards, until, webhookSecret, type Vault } from './vault.ts';

const disputedCard = '4000000000000259';

let shiftMs = 0;
let vault: Vault;
let dashboard: Stripe;
beforeAll(async () => {
  vault = await startVault({ now: () => new Date(Date.now() + shiftMs) });
  dashboard = dashboardOf(vault);
});
afterEach(async () => {
  shiftMs = 0;
  await vault.clearFaults();
  // No test leaves anything for the next one to apply.
  await vault.pool.query('update stripe_events set applied_at = now() where applied_at is null');
});
afterAll(() => vault.stop());

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

/** An event about an object, as Stripe would send it. What else it says of the object is wrong on purpose: it must not be believed. */
const eventOf = (type: string, object: object, changes: object = {}): Record<string, unknown> => ({
  id: `evt_${newId('evt').slice(4).replaceAll('-', '')}`,
  object: 'event',
  type,
  created: nowSeconds(),
  livemode: false,
  api_version: '2026-10-28.endive',
  data: { object },
  ...changes,
});

async function deliver(body: string, signature: string | undefined): Promise<number> {
  const { statusCode } = await vault.server.inject({
    method: 'POST',
    url: '/webhooks/stripe',
    headers: { 'content-type': 'application/json; charset=utf-8', ...(signature === undefined ? {} : { 'stripe-signature': signature }) },
    payload: body,
  });
  return statusCode;
}

const sign = (payload: string, options: { readonly secret?: string; readonly timestamp?: number } = {}): string =>
  Stripe.webhooks.generateTestHeaderString({
    payload,
    secret: options.secret ?? webhookSecret,
    timestamp: options.timestamp ?? nowSeconds(),
  });

async function send(event: object): Promise<number> {
  const body = JSON.stringify(event);
  return deliver(body, sign(body));
}

const known = async (event: Record<string, unknown>): Promise<number> =>
  (await vault.pool.query('select 1 from stripe_events where event_id = $1', [event['id']])).rowCount ?? 0;

const statusOf = async (orderId: string): Promise<string | undefined> =>
  (await vault.pool.query<{ status: string }>('select status from payments where order_id = $1', [orderId])).rows[0]?.status;
const intentOf = async (orderId: string): Promise<string> => {
  const { rows } = await vault.pool.query<{ id: string }>('select stripe_payment_intent_id as id from payments where order_id = $1', [
    orderId,
  ]);
  return rows[0]?.id ?? '';
};

/** Applies what waits and settles what that woke. */
async function applyAll(): Promise<void> {
  await applyStripeEvents(vault.deps);
  await settlePayments(vault.deps);
}

async function authorized(
  number: string = testCards.visa,
): Promise<{ orderId: string; intentId: string; request: Awaited<ReturnType<Vault['prepareOrder']>> }> {
  const request = await vault.prepareOrder(number);
  expect(await vault.authorize(request)).toMatchObject({ status: 'authorized' });
  return { orderId: request.orderId, intentId: await intentOf(request.orderId), request };
}

describe('what comes in', () => {
  const event = (): Record<string, unknown> => eventOf('payment_intent.canceled', { id: 'pi_unknown', metadata: {} });

  test('an event that Stripe signed is stored, by reference only', async () => {
    const given = eventOf('payment_intent.canceled', { id: 'pi_1', client_secret: 'pi_1_secret_x', shipping: { name: 'Quillfeather' } });
    expect(await send(given)).toBe(200);
    const { rows } = await vault.pool.query<{ row: string }>('select e::text as row from stripe_events e where event_id = $1', [
      given['id'],
    ]);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toMatch(/secret|Quillfeather/);
  });

  test('a signature by another secret, none, or one over other bytes stores nothing', async () => {
    const given = event();
    const body = JSON.stringify(given);
    expect(await deliver(body, sign(body, { secret: 'whsec_of_somebody_else' }))).toBe(400);
    expect(await deliver(body, undefined)).toBe(400);
    expect(await deliver(`${body} `, sign(body))).toBe(400);
    expect(await deliver(body, 't=1,v1=00')).toBe(400);
    expect(await known(given)).toBe(0);
  });

  test('a signature of more than five minutes ago stores nothing, however right it is', async () => {
    const given = event();
    const body = JSON.stringify(given);
    expect(await deliver(body, sign(body, { timestamp: nowSeconds() - 301 }))).toBe(400);
    expect(await known(given)).toBe(0);
    expect(await deliver(body, sign(body, { timestamp: nowSeconds() - 240 }))).toBe(200);
    expect(await known(given)).toBe(1);
  });

  test('an event of live mode is refused where the key is a test key', async () => {
    const given = eventOf('payment_intent.canceled', { id: 'pi_1' }, { livemode: true });
    expect(await send(given)).toBe(400);
    expect(await known(given)).toBe(0);
  });

  test('what is signed but is no event is refused; an event that nobody here needs is taken and forgotten', async () => {
    for (const body of ['[]', '{"object":"charge","id":"ch_1"}', 'not json']) expect(await deliver(body, sign(body))).toBe(400);
    const given = eventOf('invoice.paid', { id: 'in_1' });
    expect(await send(given)).toBe(200);
    expect(await known(given)).toBe(0);
  });

  test('twenty deliveries of one event at once are one event', async () => {
    const given = event();
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => send(given))))).toEqual(new Set([200]));
    expect(await known(given)).toBe(1);
  });

  test('no other route is open', async () => {
    const response = await vault.server.inject({ method: 'POST', url: '/webhooks/stripe/more', payload: {} });
    expect(response.statusCode).toBe(401);
  });
});

describe('what an event does', () => {
  test('it is not believed: an event that says captured changes nothing when Stripe does not', async () => {
    const { orderId, intentId } = await authorized();
    await send(eventOf('payment_intent.succeeded', { id: intentId, status: 'succeeded', metadata: { order_id: orderId } }));
    await applyAll();
    expect(await statusOf(orderId)).toBe('authorized');
  });

  test('a capture, or a cancellation, in the dashboard is taken in from one event, delivered three times', async () => {
    for (const [change, type, status] of [
      ['capture', 'payment_intent.succeeded', 'captured'],
      ['cancel', 'payment_intent.canceled', 'voided'],
    ] as const) {
      const { orderId, intentId } = await authorized();
      await dashboard.paymentIntents[change](intentId);
      const event = eventOf(type, { id: intentId, metadata: { order_id: orderId } });
      for (let times = 0; times < 3; times += 1) {
        expect(await send(event)).toBe(200);
        await applyAll();
      }
      expect(await statusOf(orderId)).toBe(status);
      const types = (await vault.events(orderId)).map((published) => published.type);
      expect(types).toEqual(['payment.authorized', `payment.${status}`]);
    }
  });

  test('events in the wrong order end in what Stripe shows', async () => {
    const { orderId, intentId } = await authorized();
    await dashboard.paymentIntents.capture(intentId);
    for (const type of [
      'payment_intent.succeeded',
      'payment_intent.amount_capturable_updated',
      'payment_intent.requires_action',
      'payment_intent.payment_failed',
    ])
      await send(eventOf(type, { id: intentId, metadata: { order_id: orderId } }));
    await applyAll();
    await applyAll();
    expect(await statusOf(orderId)).toBe('captured');
    expect(await vault.ledger(orderId)).toMatchObject({ captured: 4_599, counts: { captured: 1 } });
  });

  test('an event that comes before the answer of the call that it is about changes nothing in the end', async () => {
    const request = await vault.prepareOrder();
    await vault.fault({ fault: 'delay_after', path: '^/v1/payment_intents$', times: 1, delayMs: 600 });
    const answered = vault.authorize(request);
    await until(async () => (await vault.ledger(request.orderId))?.open === 4_599);
    const [intent] = (await vault.ledger(request.orderId))?.payment_intents ?? [];
    await send(eventOf('payment_intent.amount_capturable_updated', { id: intent, metadata: { order_id: request.orderId } }));
    await applyAll();
    expect(await answered).toMatchObject({ status: 'authorized' });
    await applyAll();
    expect(await vault.ledger(request.orderId)).toMatchObject({ open: 4_599, counts: { authorized: 1 } });
    expect((await vault.events(request.orderId)).map(({ type }) => type)).toEqual(['payment.authorized']);
  });

  test('what Stripe cannot tell at the moment is asked again, and not taken for applied', async () => {
    const { orderId, intentId } = await authorized(disputedCard);
    await vault.capture(orderId);
    const dispute = (await dashboard.disputes.list({ payment_intent: intentId })).data[0];
    await vault.fault({ fault: '500_before', path: '^/v1/disputes/', method: 'GET', times: 1 });
    const event = eventOf('charge.dispute.created', { id: dispute?.id, payment_intent: intentId });
    await send(event);
    await applyStripeEvents(vault.deps);
    expect((await vault.pool.query('select 1 from disputes where order_id = $1', [orderId])).rowCount).toBe(0);
    await vault.pool.query('update stripe_events set next_attempt_at = now() where event_id = $1', [event['id']]);
    await applyStripeEvents(vault.deps);
    expect((await vault.pool.query('select 1 from disputes where order_id = $1', [orderId])).rowCount).toBe(1);
  });
});

describe('disputes', () => {
  const disputesOf = async (asking: string, orderId: string): Promise<unknown> => {
    const { data } = await vault.ask(
      seller(asking),
      `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on SellerOrder { disputes { id amount { amountMinor currency } reason status evidenceDueAt openedAt closedAt } } } }`,
      { representations: [{ __typename: 'SellerOrder', id: orderId }] },
    );
    return (data._entities[0] as unknown as { disputes: unknown }).disputes;
  };

  test('a dispute is taken in with its deadline, published, shown to its seller alone, and ends as the bank decides', async () => {
    const { orderId, intentId, request } = await authorized(disputedCard);
    expect(await vault.capture(orderId)).toMatchObject({ status: 'captured' });
    const dispute = (await dashboard.disputes.list({ payment_intent: intentId })).data[0];
    if (dispute === undefined) throw new Error('the card was not disputed');
    await send(eventOf('charge.dispute.created', { id: dispute.id, payment_intent: intentId }));
    await applyStripeEvents(vault.deps);
    expect(await disputesOf(request.sellerId, orderId)).toEqual([
      {
        id: expect.stringMatching(/^dsp_/),
        amount: { amountMinor: 4_599, currency: 'USD' },
        reason: 'fraudulent',
        status: 'needs_response',
        evidenceDueAt: new Date((dispute.evidence_details.due_by ?? 0) * 1_000).toISOString(),
        openedAt: expect.any(String),
        closedAt: null,
      },
    ]);
    expect(await disputesOf(newId('sel'), orderId)).toBeNull();
    expect(await vault.deps.disputedMinor(orderId)).toBe(4_599);

    await dashboard.disputes.update(dispute.id, { evidence: { uncategorized_text: 'winning_evidence' }, submit: true });
    // By an event of another type, twice: what counts is what Stripe shows.
    for (let times = 0; times < 2; times += 1) {
      await send(eventOf('charge.dispute.updated', { id: dispute.id, payment_intent: intentId }));
      await applyStripeEvents(vault.deps);
    }
    expect(await disputesOf(request.sellerId, orderId)).toMatchObject([{ status: 'won', closedAt: expect.any(String) }]);
    expect(await vault.deps.disputedMinor(orderId)).toBe(0);
    const published = await vault.events(orderId);
    expect(published.map(({ type }) => type)).toEqual([
      'payment.authorized',
      'payment.captured',
      'payment.disputed',
      'payment.dispute_closed',
    ]);
    expect(published.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  });
});

describe('cards that Stripe pulls', () => {
  test('a card that was detached there cannot be used, and the next one is the default; the own deletion is no news', async () => {
    const request = await vault.prepareOrder();
    const second = await vault.addCard(request.buyerId, testCards.mastercard);
    const { rows } = await vault.pool.query<{ id: string }>('select stripe_payment_method_id as id from payment_methods where id = $1', [
      second,
    ]);
    const pulled = rows[0]?.id ?? '';
    const chargeable = (paymentMethodId: string) => vault.deps.purchaseReads.findChargeable({ ...request, paymentMethodId });
    // An event alone pulls nothing.
    await send(eventOf('payment_method.detached', { id: pulled }));
    await applyStripeEvents(vault.deps);
    expect((await chargeable(second)).charge).not.toBeNull();

    await dashboard.paymentMethods.detach(pulled);
    await send(eventOf('payment_method.detached', { id: pulled }));
    await applyStripeEvents(vault.deps);
    expect((await chargeable(second)).charge).toBeNull();
    expect((await vault.deps.cards.findToUse(request.buyerId, null))?.id).toBe(request.paymentMethodId);
    expect(await vault.authorize({ ...request, paymentMethodId: second })).toMatchObject({ missing: ['PAYMENT_METHOD'] });

    const deleted = await vault.mutate(request.buyerId, 'deletePaymentMethod', {
      idempotencyKey: key(),
      paymentMethodId: request.paymentMethodId,
    });
    expect(deleted.__typename).toBe('DeletePaymentMethodSuccess');
    await pollStripeEvents(vault.deps);
    await applyStripeEvents(vault.deps);
    expect((await vault.pool.query('select 1 from payment_methods where id = $1', [request.paymentMethodId])).rowCount).toBe(0);
  });
});

describe('the list of events', () => {
  test('without any webhook a capture in the dashboard and a dispute are found all the same, once', async () => {
    const { orderId, intentId } = await authorized(disputedCard);
    expect(await pollStripeEvents(vault.deps)).not.toBeNull();
    await dashboard.paymentIntents.capture(intentId);
    expect(await pollStripeEvents(vault.deps)).toBeGreaterThan(0);
    for (let turns = 0; turns < 5; turns += 1) await applyAll();
    expect(await statusOf(orderId)).toBe('captured');
    await vault.pool.query('update stripe_events set next_attempt_at = now() where applied_at is null');
    for (let turns = 0; turns < 5; turns += 1) await applyAll();
    expect((await vault.pool.query('select 1 from disputes where order_id = $1', [orderId])).rowCount).toBe(1);
    expect(await pollStripeEvents(vault.deps)).toBe(0);
  });

  test('a list that cannot be read to its end is read from the same time again', async () => {
    const { intentId } = await authorized();
    await pollStripeEvents(vault.deps);
    await dashboard.paymentIntents.cancel(intentId);
    await vault.fault({ fault: '500_before', path: '^/v1/events$', method: 'GET', times: 1 });
    expect(await pollStripeEvents(vault.deps)).toBeNull();
    expect(await pollStripeEvents(vault.deps)).toBeGreaterThan(0);
  });

  test('of two processes one reads', async () => {
    await pollStripeEvents(vault.deps);
    expect(await vault.deps.stripeEvents.claimReading(new Date())).not.toBeNull();
    expect(await pollStripeEvents(vault.deps)).toBeNull();
    await vault.deps.stripeEvents.finishReading(null);
  });
});

test('over HTTP: an endpoint at Stripe delivers what happened, and the vault follows', async () => {
  const url = await vault.server.listen({ port: 0, host: '127.0.0.1' });
  const { orderId, intentId } = await authorized();
  const endpoint = await dashboard.webhookEndpoints.create({ url: `${url}/webhooks/stripe`, enabled_events: ['payment_intent.canceled'] });
  if (endpoint.secret === undefined) throw new Error('the endpoint has no secret');
  (vault.deps.stripeWebhookSecrets as string[]).push(endpoint.secret);
  await dashboard.paymentIntents.cancel(intentId);
  await until(async () => {
    await applyAll();
    return (await statusOf(orderId)) === 'voided';
  });
  await dashboard.webhookEndpoints.del(endpoint.id);
});
