/** The sheet, the guard against double taps, the undo window, and a bank's answer that comes as an event. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { paymentTopic } from '@vitrine/contracts/payment-events';
import { createPool, withTransaction, type Pool } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { captureOrders, voidOrders } from '../src/capture-orders.ts';
import { completePurchases, startForgettingRecent } from '../src/complete-purchases.ts';
import { consumedEvents } from '../src/consumed-events.ts';
import type { Deps } from '../src/deps.ts';
import { openBuy } from '../src/open-buy.ts';
import { placeOrder, type PlaceOrderCommand } from '../src/place-order.ts';
import { newQuoteId } from '../src/quote-id.ts';
import { forgetRecent } from '../src/store/purchases.ts';
import { undoOrder } from '../src/undo-order.ts';
import { productId, scriptServices, total, type ScriptedServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

let database: TestDatabase;
let pool: Pool;
let services: ScriptedServices;
let deps: Deps;
let undoWindowSeconds: number;

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 24, name: 'test', logger });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate purchases, orders, outbox, order_history, recent_purchases cascade');
  services = scriptServices();
  undoWindowSeconds = 60;
  services.answers.decide = async () => ({
    allowed: true,
    market: { country: 'US', currency: 'USD', undoWindowSeconds, platformFeeBps: 500 },
  });
  deps = createTestDeps(pool, services);
});

const command = (overrides: Partial<PlaceOrderCommand> = {}): PlaceOrderCommand => ({
  buyerId: newId('usr'),
  buyerCountry: 'US',
  deviceId: null,
  requestId: randomUUID(),
  idempotencyKey: randomUUID(),
  input: {
    productId,
    quantity: 1,
    expectedTotal: total,
    addressId: null,
    paymentMethodId: null,
    sourcePostId: null,
    shippingService: null,
    quoteId: null,
    besideOrderId: null,
  },
  ...overrides,
});

/** Buys, and answers the order's id. */
async function buy(asked: PlaceOrderCommand = command()): Promise<string> {
  const result = await placeOrder(deps, asked);
  if (result.kind !== 'finished' || result.outcome.kind !== 'placed') throw new Error(`not placed: ${JSON.stringify(result)}`);
  return result.orderId;
}
const undo = (buyerId: string, orderId: string, idempotencyKey: string = randomUUID()) =>
  undoOrder(deps, { buyerId, orderId, idempotencyKey });
const again = (first: PlaceOrderCommand, input: Partial<PlaceOrderCommand['input']> = {}): PlaceOrderCommand => ({
  ...first,
  idempotencyKey: randomUUID(),
  input: { ...first.input, ...input },
});
const eventTypes = async (): Promise<string[]> =>
  (await pool.query<{ type: string }>('select type from outbox order by position')).rows.map(({ type }) => type);
const calls = (name: string): number => services.calls.filter((call) => call === name).length;

describe('a second tap with a new key', () => {
  test('within seconds is held back and names the first order', async () => {
    const first = command();
    const orderId = await buy(first);
    expect(await placeOrder(deps, again(first))).toEqual({ kind: 'possible_duplicate', orderId });
    expect(calls('authorize')).toBe(1);
  });

  test('buys again when the buyer says that both are meant, and the third names the second', async () => {
    const first = command();
    const firstId = await buy(first);
    const secondId = await buy(again(first, { besideOrderId: firstId }));
    expect(secondId).not.toBe(firstId);
    expect(await placeOrder(deps, again(first, { besideOrderId: firstId }))).toEqual({ kind: 'possible_duplicate', orderId: secondId });
  });

  test('twenty at once buy once', async () => {
    const first = command();
    const results = await Promise.all(Array.from({ length: 20 }, () => placeOrder(deps, again(first))));
    expect(results.filter(({ kind }) => kind === 'finished')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'possible_duplicate')).toHaveLength(19);
    expect(calls('authorize')).toBe(1);
  });

  test('after a declined one, twenty at once buy once', async () => {
    const first = command();
    services.answers.authorize = async () => ({ status: 'declined', reason: 'DECLINED' });
    await placeOrder(deps, first);
    delete services.answers.authorize;
    services.calls.length = 0;
    const results = await Promise.all(Array.from({ length: 20 }, () => placeOrder(deps, again(first))));
    expect(results.filter(({ kind }) => kind === 'finished')).toHaveLength(1);
    expect(calls('authorize')).toBe(1);
  });

  test('after an undo is not held back', async () => {
    const first = command();
    const orderId = await buy(first);
    await undo(first.buyerId, orderId);
    expect(await buy(again(first))).not.toBe(orderId);
  });

  test('when the time is over buys again, and what is over is forgotten', async () => {
    const first = command();
    const orderId = await buy(first);
    await pool.query(`update recent_purchases set guarded_until = now() - interval '2 hours'`);
    expect(await buy(again(first))).not.toBe(orderId);
    await pool.query(`update recent_purchases set guarded_until = now() - interval '2 hours'`);
    expect(await forgetRecent(pool, 100)).toBe(1);
    await startForgettingRecent(deps).stop();
  });

  test('of another product, or by another buyer, is a purchase of its own', async () => {
    const first = command();
    await buy(first);
    await buy({ ...again(first), buyerId: newId('usr') });
  });
});

describe('an order within its undo window', () => {
  test('is taken back once: nothing is captured, the authorization is let go, and two events tell of it', async () => {
    const asked = command();
    const orderId = await buy(asked);
    const key = randomUUID();
    expect(await undo(asked.buyerId, orderId, key)).toEqual({ kind: 'undone', orderId });
    expect(await undo(asked.buyerId, orderId, key)).toEqual({ kind: 'undone', orderId });
    await voidOrders(deps);
    expect(await captureOrders(deps)).toBe(0);
    expect([calls('capture'), calls('voidPayment')]).toEqual([0, 1]);
    expect(await eventTypes()).toEqual(['order.placed', 'order.cancelled', 'order.payment_voided']);
    const { rows } = await pool.query('select status, payment_state, cancel_reason, sequence from orders');
    expect(rows).toEqual([{ status: 'cancelled', payment_state: 'voided', cancel_reason: 'undone', sequence: 3 }]);
  });

  test('of another buyer is not there', async () => {
    const orderId = await buy();
    expect(await undo(newId('usr'), orderId)).toEqual({ kind: 'not_found', orderId });
    expect(await eventTypes()).toEqual(['order.placed']);
  });

  test('is final when the window has closed, captured or not', async () => {
    undoWindowSeconds = 0;
    const asked = command();
    const orderId = await buy(asked);
    expect(await undo(asked.buyerId, orderId)).toEqual({ kind: 'too_late', orderId });
    await captureOrders(deps);
    expect(await undo(asked.buyerId, orderId)).toEqual({ kind: 'too_late', orderId });
    expect(await eventTypes()).toEqual(['order.placed', 'order.confirmed']);
  });

  test('undone while its window closes is either charged or let go, never both: fifty races', async () => {
    const races = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const asked = command();
        return { buyerId: asked.buyerId, orderId: await buy(asked) };
      }),
    );
    await pool.query(`update orders set capture_at = clock_timestamp() + random() * interval '150 milliseconds'`);
    const closing = (async () => {
      for (;;) {
        await captureOrders(deps);
        await voidOrders(deps);
        const { rows } = await pool.query<{ open: number }>(
          `select count(*)::int as open from orders where payment_state in ('authorized', 'capturing', 'voiding')`,
        );
        if (rows[0]?.open === 0) return;
      }
    })();
    const results = await Promise.all(
      races.map(async ({ buyerId, orderId }) => {
        // The window closes at a random moment, so the undo comes before, at, or after it.
        await pool.query('select pg_sleep(random() * 0.15)');
        return undo(buyerId, orderId);
      }),
    );
    await closing;
    const undone = results.filter(({ kind }) => kind === 'undone').length;
    expect(undone + results.filter(({ kind }) => kind === 'too_late').length).toBe(50);
    const { rows } = await pool.query<{ status: string; payment_state: string; count: number }>(
      'select status, payment_state, count(*)::int as count from orders group by 1, 2 order by 1',
    );
    const expected = [
      { status: 'cancelled', payment_state: 'voided', count: undone },
      { status: 'confirmed', payment_state: 'captured', count: 50 - undone },
    ].filter(({ count }) => count > 0);
    expect(rows).toEqual(expected);
    expect([calls('capture'), calls('voidPayment')]).toEqual([50 - undone, undone]);
  });
});

describe('a sheet', () => {
  const ask = (buyerId: string, shippingService: string | null = null) =>
    openBuy(deps, {
      buyerId,
      buyerCountry: 'US',
      requestId: randomUUID(),
      productId,
      quantity: 1,
      addressId: null,
      paymentMethodId: null,
      shippingService,
    });

  test('offers ways of shipping, each with its total, and what it names is what is charged', async () => {
    const asked = command();
    const sheet = await ask(asked.buyerId, 'express');
    if (sheet.kind !== 'sheet') throw new Error(sheet.kind);
    expect(sheet.shippingChoices.map(({ service, isChosen }) => [service, isChosen])).toEqual([
      ['standard', false],
      ['express', true],
    ]);
    const express = sheet.shippingChoices.find(({ isChosen }) => isChosen);
    expect(express?.total).toEqual(sheet.amounts?.total);
    expect(await placeOrder(deps, again(asked, { shippingService: 'express' }))).toMatchObject({ outcome: { kind: 'price_changed' } });
    await buy(again(asked, { shippingService: 'express', expectedTotal: sheet.amounts?.total ?? total, quoteId: sheet.quoteId }));
    expect((await pool.query('select shipping_service, shipping_minor from orders')).rows).toEqual([
      { shipping_service: 'express', shipping_minor: 1_499 },
    ]);
  });

  test('with a way of shipping that there is not is refused as input', async () => {
    expect(await ask(newId('usr'), 'teleport')).toMatchObject({ kind: 'invalid_input', path: ['shippingService'] });
  });

  test.each([
    ['that is too old', (buyerId: string) => newQuoteId({ buyerId, productId, quantity: 1 }, new Date(Date.now() - 1_000))],
    ['of another quantity', (buyerId: string) => newQuoteId({ buyerId, productId, quantity: 2 }, new Date(Date.now() + 60_000))],
    ["of another buyer's", () => newQuoteId({ buyerId: newId('usr'), productId, quantity: 1 }, new Date(Date.now() + 60_000))],
    ['that is none', () => 'quo_nonsense'],
  ])('%s buys nothing', async (_name, quoteIdFor) => {
    const asked = command();
    const result = await placeOrder(deps, again(asked, { quoteId: quoteIdFor(asked.buyerId) }));
    expect(result).toMatchObject({ kind: 'finished', outcome: { kind: 'quote_expired' } });
    expect(calls('authorize')).toBe(0);
  });
});

describe("the bank's answer that comes as an event", () => {
  const event = (orderId: string, type: 'payment.authorized' | 'payment.declined') => ({
    topic: paymentTopic,
    key: orderId,
    eventId: newId('evt'),
    type,
    sequence: 1,
    occurredAt: new Date().toISOString(),
    correlationId: randomUUID(),
    causationId: null,
    replayId: null,
    payload: {
      payment: { paymentId: newId('pay'), orderId, sellerId: newId('sel'), status: type.slice(8), amount: total },
    },
  });

  test('places the order without the app coming back, and the app gets it with its key', async () => {
    services.answers.authorize = async () => ({ status: 'requires_action', clientSecret: 'secret_of_the_app' });
    const asked = command();
    expect(await placeOrder(deps, asked)).toMatchObject({ kind: 'action_required' });
    expect(await completePurchases(deps)).toBe(0);
    delete services.answers.authorize;

    const consumed = consumedEvents();
    const { rows } = await pool.query<{ order_id: string }>('select order_id from purchases');
    const orderId = rows[0]?.order_id ?? '';
    const handler = consumed.handlers[paymentTopic]?.['payment.authorized'];
    if (handler === undefined || typeof handler === 'function') throw new Error('events of payments come in batches');
    await withTransaction(pool, (transaction) => handler.applyBatch(transaction, [event(orderId, 'payment.authorized')]));
    expect(consumed.takeNews()).toBe(true);
    await completePurchases(deps);
    expect(await eventTypes()).toEqual(['order.placed']);
    expect(await placeOrder(deps, asked)).toEqual({ kind: 'finished', orderId, outcome: { kind: 'placed' } });
    expect(await eventTypes()).toEqual(['order.placed']);
  });

  test('comes at the same time as the app: one order', async () => {
    services.answers.authorize = async () => ({ status: 'requires_action', clientSecret: 'secret_of_the_app' });
    const asked = command();
    await placeOrder(deps, asked);
    delete services.answers.authorize;
    await pool.query('update purchases set next_attempt_at = now()');
    await Promise.all([placeOrder(deps, asked), completePurchases(deps), placeOrder(deps, asked), completePurchases(deps)]);
    expect(await eventTypes()).toEqual(['order.placed']);
  });

  test('finds that the buyer may not buy any more: nothing is placed, everything is let go', async () => {
    services.answers.authorize = async () => ({ status: 'requires_action', clientSecret: 'secret_of_the_app' });
    const asked = command();
    await placeOrder(deps, asked);
    delete services.answers.authorize;
    services.answers.decide = async () => ({
      allowed: false,
      reason: 'SELLER_NOT_ELIGIBLE',
      message: 'This seller does not sell at the moment.',
    });
    expect(await placeOrder(deps, asked)).toMatchObject({ outcome: { kind: 'not_eligible' } });
    expect([calls('voidPayment'), calls('release')]).toEqual([1, 1]);
    expect(await eventTypes()).toEqual([]);
  });
});
