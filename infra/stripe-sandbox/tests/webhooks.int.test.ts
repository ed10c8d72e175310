import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { until } from '../../../tests/support/until.ts';
import { authorization, makeDataDir, refusal, savedCard, startSandbox, type Fixture } from './sandbox-fixture.ts';
import { startReceiver, type Receiver } from './webhook-receiver.ts';

const SECRET = 'whsec_local_stack';
const QUICK = { firstRetryMs: 20, timeoutMs: 5000 };

let receiver: Receiver;
let sandbox: Fixture;
let dataDir = '';

beforeEach(async () => {
  receiver = await startReceiver();
  dataDir = await makeDataDir();
});

afterEach(async () => {
  await sandbox.close();
  await receiver.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(webhook: boolean): Promise<void> {
  sandbox = await startSandbox({ dataDir, webhookTiming: QUICK, ...(webhook ? { webhook: { url: receiver.url, secret: SECRET } } : {}) });
}

interface Webhooks {
  counts: { pending: number; delivered: number; abandoned: number };
  deliveries: { event: string; endpoint: string; type: string; state: string; attempts: number }[];
}

async function webhooks(query = ''): Promise<Webhooks> {
  return (await fetch(`${sandbox.url}/_sandbox/webhooks${query}`)).json() as Promise<Webhooks>;
}

async function settled(): Promise<Webhooks> {
  return until('no delivery is pending', async () => {
    const found = await webhooks();
    return found.counts.pending === 0 ? found : undefined;
  });
}

async function received(types: string[]): Promise<Stripe.Event[]> {
  return until(`deliveries of ${types.join(', ')}`, async () => {
    const events = receiver.received.map(({ event }) => event);
    return types.every((type) => events.some((event) => event.type === type)) ? events : undefined;
  });
}

async function types(filter: Stripe.EventListParams = {}): Promise<string[]> {
  return (await sandbox.shop.events.list({ limit: 100, ...filter })).data.map(({ type }) => type).toReversed();
}

describe('events', () => {
  it('tell a purchase from its authorization to its refund, with what changed and which call did it', async () => {
    await start(false);
    const owner = await savedCard(sandbox);
    const intent = await sandbox.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'ord_1/authorize' });
    await sandbox.shop.paymentIntents.capture(intent.id, { amount_to_capture: 2000 });
    await sandbox.shop.refunds.create({ payment_intent: intent.id, amount: 500 });
    // Of one call, Stripe promises no order.
    const told = await types();
    expect(told.slice(0, 2)).toEqual(['customer.created', 'payment_method.attached']);
    expect(told.slice(2, 5).toSorted()).toEqual(['charge.succeeded', 'payment_intent.amount_capturable_updated', 'payment_intent.created']);
    expect(told.slice(5, 8).toSorted()).toEqual(['charge.captured', 'payment_intent.succeeded', 'refund.created']);
    expect(told.slice(8).toSorted()).toEqual(['charge.refunded', 'refund.created']);
    const [held] = (await sandbox.shop.events.list({ type: 'payment_intent.amount_capturable_updated' })).data;
    expect(held).toMatchObject({
      object: 'event',
      api_version: '2026-10-28.endive',
      livemode: false,
      pending_webhooks: 0,
      request: { id: intent.lastResponse.requestId, idempotency_key: 'ord_1/authorize' },
      data: { object: { id: intent.id, status: 'requires_capture', amount_capturable: 2500 } },
    });
    expect(held?.id).toMatch(/^evt_[A-Za-z0-9]{24}$/);
    const [refunded] = (await sandbox.shop.events.list({ type: 'charge.refunded' })).data;
    expect(refunded?.data).toMatchObject({ object: { amount_refunded: 1000 }, previous_attributes: { amount_refunded: 500 } });
    expect(await sandbox.shop.events.retrieve(held?.id ?? '')).toEqual(held);
  });

  it('tell a decline, and nothing of a call that was refused or replayed', async () => {
    await start(false);
    const owner = await savedCard(sandbox, '4000000000000341');
    await refusal(sandbox.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'declined' }));
    await refusal(sandbox.shop.paymentIntents.create(authorization(owner), { idempotencyKey: 'declined' }));
    await refusal(sandbox.shop.paymentIntents.create(authorization(owner, 1)));
    expect((await types()).slice(2)).toEqual(['payment_intent.created', 'charge.failed', 'payment_intent.payment_failed']);
  });

  it('can be listed by type, by group, by several types and by time, in pages', async () => {
    await start(false);
    const owner = await savedCard(sandbox);
    await sandbox.shop.paymentIntents.create(authorization(owner));
    expect(await types({ type: 'payment_intent.*' })).toEqual(['payment_intent.created', 'payment_intent.amount_capturable_updated']);
    expect(await types({ types: ['customer.created', 'charge.succeeded'] })).toEqual(['customer.created', 'charge.succeeded']);
    expect(await types({ created: { gt: 4_000_000_000 } })).toEqual([]);
    const pages: string[] = [];
    for await (const event of sandbox.shop.events.list({ limit: 2 })) pages.push(event.type);
    expect(pages.toReversed()).toEqual(await types());
    expect(await refusal(sandbox.shop.events.list({ type: 'a.b', types: ['c.d'] }))).toMatchObject({ code: 'parameters_exclusive' });
    expect(await refusal(sandbox.shop.events.retrieve('evt_none'))).toMatchObject({ statusCode: 404 });
    expect((await sandbox.client('sk_test_another').events.list()).data).toEqual([]);
  });

  it('tell what happened to a customer and a card', async () => {
    await start(false);
    const owner = await savedCard(sandbox);
    await sandbox.shop.customers.update(owner.customer, { email: 'new@example.test', metadata: { a: '1' } });
    await sandbox.shop.paymentMethods.detach(owner.card);
    await sandbox.shop.customers.del(owner.customer);
    expect((await types()).slice(2)).toEqual(['customer.updated', 'payment_method.detached', 'customer.deleted']);
    const [updated] = (await sandbox.shop.events.list({ type: 'customer.updated' })).data;
    expect(updated?.data.previous_attributes).toEqual({ email: null, metadata: { a: null } });
  });
});

describe('webhook endpoints', () => {
  it('show their secret once, and get only what they asked for', async () => {
    await start(false);
    const made = await sandbox.shop.webhookEndpoints.create({ url: receiver.url, enabled_events: ['customer.created'] });
    expect(made.secret).toMatch(/^whsec_/);
    expect(await sandbox.shop.webhookEndpoints.retrieve(made.id)).not.toHaveProperty('secret');
    expect((await sandbox.shop.webhookEndpoints.list()).data[0]).not.toHaveProperty('secret');
    const customer = await sandbox.shop.customers.create();
    await sandbox.shop.customers.update(customer.id, { name: 'Ada' });
    await received(['customer.created']);
    expect((await settled()).counts).toEqual({ pending: 0, delivered: 1, abandoned: 0 });
    expect(receiver.verified(made.secret ?? '')).toHaveLength(1);
    expect(receiver.verified('whsec_other')).toHaveLength(0);

    await sandbox.shop.webhookEndpoints.update(made.id, { enabled_events: ['*'], disabled: true });
    await sandbox.shop.customers.update(customer.id, { name: 'Grace' });
    await sandbox.shop.webhookEndpoints.update(made.id, { disabled: false });
    await sandbox.shop.customers.update(customer.id, { name: 'Edsger' });
    await received(['customer.updated']);
    await settled();
    expect(receiver.received.map(({ event }) => (event.data.object as Stripe.Customer).name)).toEqual([null, 'Edsger']);
    expect(await sandbox.shop.webhookEndpoints.del(made.id)).toEqual(expect.objectContaining({ deleted: true }));
    expect(await refusal(sandbox.shop.webhookEndpoints.retrieve(made.id))).toMatchObject({ statusCode: 404 });
  });

  it('refuse what is no address and what is no event', async () => {
    await start(false);
    const create = (url: string, event: string) => refusal(sandbox.shop.webhookEndpoints.create({ url, enabled_events: [event as '*'] }));
    expect(await create('ftp://example.test', '*')).toMatchObject({ param: 'url' });
    expect(await create(receiver.url, 'nonsense')).toMatchObject({ param: 'enabled_events[0]' });
  });
});

describe('deliveries', () => {
  it('of the configured endpoint reach it from every account, signed as the SDK checks it', async () => {
    await start(true);
    await sandbox.shop.customers.create();
    await sandbox.client('sk_test_another').customers.create();
    await settled();
    expect(receiver.verified(SECRET).map(({ type }) => type)).toEqual(['customer.created', 'customer.created']);
    expect(receiver.received[0]?.headers['content-type']).toMatch(/application\/json/);
    const [event] = (await sandbox.shop.events.list({ type: 'customer.created' })).data;
    expect(event?.pending_webhooks).toBe(0);
  });

  it('are repeated with a new signature until they are answered with 2xx', async () => {
    await start(true);
    let answers = 0;
    receiver.answer(() => [500, 302, 404, 200][answers++] ?? 200);
    await sandbox.shop.customers.create();
    const { deliveries } = await settled();
    expect(deliveries).toEqual([expect.objectContaining({ type: 'customer.created', state: 'delivered', attempts: 4 })]);
    expect(receiver.verified(SECRET)).toHaveLength(4);
    expect(new Set(receiver.received.map(({ event }) => event.id)).size).toBe(1);
  });

  it('are pending, and visible as such, as long as the endpoint says no, and are given up in the end', async () => {
    receiver.answer(() => 500);
    let at = Date.now();
    sandbox = await startSandbox({
      dataDir,
      now: () => new Date(at),
      webhook: { url: receiver.url, secret: SECRET },
      webhookTiming: { ...QUICK, longestRetryMs: 20 },
    });
    await sandbox.shop.customers.create();
    await until('a second attempt', async () => (receiver.received.length > 1 ? true : undefined));
    const [event] = (await sandbox.shop.events.list({ delivery_success: false })).data;
    expect(event?.pending_webhooks).toBe(1);
    expect((await webhooks('?state=pending')).deliveries).toHaveLength(1);
    at += 3 * 24 * 60 * 60 * 1000;
    expect((await settled()).counts).toMatchObject({ abandoned: 1 });
  });

  it('that were not made before the end are made after the next start', async () => {
    receiver.answer(() => 503);
    await start(true);
    const customer = await sandbox.shop.customers.create();
    await received(['customer.created']);
    await sandbox.close();
    receiver.answer(() => 200);
    await start(true);
    await settled();
    expect(receiver.received.at(-1)?.event.data.object).toMatchObject({ id: customer.id });
    const count = receiver.received.length;
    await sandbox.close();
    await start(true);
    await sandbox.shop.customers.create();
    await settled();
    expect(receiver.received).toHaveLength(count + 1);
  });

  it('can be asked for again, one or all', async () => {
    await start(true);
    await sandbox.shop.customers.create();
    await sandbox.shop.customers.create();
    const [first] = (await settled()).deliveries;
    const again = (body?: object) =>
      fetch(`${sandbox.url}/_sandbox/webhooks/redeliver`, {
        method: 'POST',
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      });
    expect(await (await again({ event: first?.event })).json()).toEqual({ redelivered: 1 });
    await settled();
    expect(receiver.received.filter(({ event }) => event.id === first?.event)).toHaveLength(2);
    expect(await (await again()).json()).toEqual({ redelivered: 2 });
    await settled();
    expect(receiver.received).toHaveLength(5);
    expect((await again({ event: 'evt_none' })).status).toBe(404);
    expect((await again({ evnt: 'x' })).status).toBe(400);
  });
});
