/** Money bugs of comparable systems, each with a test named after what must not happen. The number is that of the public report. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { AuthorizationRequest } from '@vitrine/contracts/payment-vault-http';
import { createPool, withTransaction, type Pool } from '@vitrine/runtime/database';
import { RetryableError } from '@vitrine/runtime/errors';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { captureOrders, voidOrders } from '../src/capture-orders.ts';
import { completePurchases } from '../src/complete-purchases.ts';
import type { Deps } from '../src/deps.ts';
import { placeOrder, type PlaceOrderCommand } from '../src/place-order.ts';
import { findClaim } from '../src/store/orders.ts';
import { wakePurchases } from '../src/store/purchases.ts';
import { undoOrder } from '../src/undo-order.ts';
import { addressId, offer, paymentMethodId, productId, scriptServices, total, type ScriptedServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

let database: TestDatabase;
let pool: Pool;
let services: ScriptedServices;
let deps: Deps;

// Each test has a database of its own: what is append-only cannot be emptied.
beforeEach(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 16, name: 'test', logger });
  services = scriptServices();
  deps = createTestDeps(pool, services);
});
afterEach(async () => {
  await pool.end();
  await database.drop();
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

/** The app that lost its answer asks again. */
const again = (first: PlaceOrderCommand): PlaceOrderCommand => ({ ...first, requestId: randomUUID() });
const times = <Result>(count: number, run: (number: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, number) => run(number)));
const countOf = (name: string): number => services.calls.filter((call) => call === name).length;

interface Outcome {
  readonly order_id: string;
  readonly status: string;
  readonly payment_state: string;
}
const orders = async () => (await pool.query<Outcome>('select order_id, status, payment_state from orders order by order_id')).rows;
const eventTypes = async () =>
  (await pool.query<{ type: string }>('select type from outbox order by key, sequence')).rows.map(({ type }) => type);
/** Makes what was left behind due, and ends the lease of the process that left it: time passes. */
const letTimePass = async () =>
  pool.query(`update purchases set next_attempt_at = now() - interval '1 second', leased_until = now() - interval '1 second'`);

/** A buyer is sent to the bank. */
async function goToTheBank(first: PlaceOrderCommand): Promise<string> {
  services.answers.authorize = async () => ({ status: 'requires_action', clientSecret: 'pi_secret' });
  expect(await placeOrder(deps, first)).toMatchObject({ kind: 'action_required' });
  delete services.answers.authorize;
  const { rows } = await pool.query<{ order_id: string }>('select order_id from purchases where idempotency_key = $1', [
    first.idempotencyKey,
  ]);
  return rows[0]?.order_id ?? '';
}

/** Stripe's news of a payment, as it reaches every process of checkout. */
const hearOfPayment = async (orderId: string): Promise<unknown> => {
  await withTransaction(pool, (transaction) => wakePurchases(transaction, [orderId]));
  return completePurchases(deps);
};

test('medusa#13301: the webhook and the buyer who complete one purchase together never place or capture it twice', async () => {
  const first = command();
  const orderId = await goToTheBank(first);
  services.calls.length = 0;
  await Promise.all([...Array.from({ length: 4 }, () => hearOfPayment(orderId)), times(4, () => placeOrder(deps, again(first)))]);
  // Whoever came too early for an answer has one now.
  expect(await placeOrder(deps, again(first))).toEqual({ kind: 'finished', orderId, outcome: { kind: 'placed' } });
  await times(4, () => captureOrders(deps));
  await Promise.all([hearOfPayment(orderId), placeOrder(deps, again(first)), captureOrders(deps)]);
  expect([countOf('authorize'), countOf('capture')]).toEqual([1, 1]);
  expect(await orders()).toEqual([{ order_id: orderId, status: 'confirmed', payment_state: 'captured' }]);
  expect(await eventTypes()).toEqual(['order.placed', 'order.confirmed']);
});

test('medusa#12790: what was paid at the bank is never left without its order, though the buyer never comes back', async () => {
  const orderId = await goToTheBank(command());
  await hearOfPayment(orderId);
  expect(await orders()).toEqual([{ order_id: orderId, status: 'placed', payment_state: 'authorized' }]);
});

test('medusa#16502, vendure#3508: the last piece is never in two orders', async () => {
  let left = 1;
  services.answers.reserve = async () => {
    if (left === 0) return { status: 'out_of_stock', availableQuantity: 0 };
    left -= 1;
    return { status: 'reserved', offer };
  };
  const results = await times(60, () => placeOrder(deps, command()));
  const outcomes = results.map((result) => (result.kind === 'finished' ? result.outcome.kind : result.kind));
  expect(outcomes.toSorted()).toEqual([...Array.from({ length: 59 }, () => 'out_of_stock'), 'placed']);
  expect(countOf('authorize')).toBe(1);
  expect(await orders()).toHaveLength(1);
});

test('medusa#16569, vendure#3065: nobody is ever charged for what turns out to be sold out', async () => {
  services.answers.reserve = async () => ({ status: 'out_of_stock', availableQuantity: 0 });
  const first = command();
  expect(await placeOrder(deps, first)).toMatchObject({ kind: 'finished', outcome: { kind: 'out_of_stock' } });
  // It is not charged later either, when there are pieces again.
  delete services.answers.reserve;
  await letTimePass();
  await completePurchases(deps);
  expect(await placeOrder(deps, again(first))).toMatchObject({ outcome: { kind: 'out_of_stock' } });
  await captureOrders(deps);
  expect([countOf('authorize'), countOf('capture')]).toEqual([0, 0]);
});

test('medusa#16569: pieces of a buyer who is at the bank are never given to somebody else', async () => {
  const first = command();
  const orderId = await goToTheBank(first);
  expect(await findClaim(pool, orderId)).toBe('pending');
  await placeOrder(deps, again(first));
  expect(await findClaim(pool, orderId)).toBe('placed');
});

test('saleor#19220, woocommerce-gateway-stripe#489 and #2339: a purchase is never paid under a second key, whatever changes between its tries', async () => {
  const asked: AuthorizationRequest[] = [];
  services.answers.authorize = async (request) => {
    asked.push(request);
    throw new RetryableError('nobody knows what became of it');
  };
  const first = command();
  expect(await placeOrder(deps, first)).toMatchObject({ kind: 'unavailable' });
  // Meanwhile the buyer has another card and address by default, and the seller another price.
  const dearer = { ...offer, price: { amountMinor: 9_900, currency: 'USD' } };
  services.answers.offer = async () => ({ status: 'offered', offer: dearer, availableQuantity: 10 });
  services.answers.reserve = async () => ({ status: 'reserved', offer: dearer });
  services.answers.readiness = async () => ({
    paymentMethod: { paymentMethodId: newId('pmt'), expired: false },
    address: { addressId: newId('adr'), country: 'US', region: 'NY' },
  });
  await letTimePass();
  await Promise.all([completePurchases(deps), placeOrder(deps, again(first)), placeOrder(deps, again(first))]);
  await letTimePass();
  await completePurchases(deps);
  expect(asked.length).toBeGreaterThanOrEqual(3);
  for (const request of asked) expect(request).toEqual(asked[0]);
  expect(asked[0]).toMatchObject({ amount: total, paymentMethodId, addressId });
});

test('saleor#14648: a capture that is heard of twice is never counted twice', async () => {
  await placeOrder(deps, command());
  // The first process is so slow that its lease ends and a second one captures as well; payment-vault tells both the same.
  let answerFirst = (): void => {};
  const isSlow = new Promise<void>((resolve) => (answerFirst = resolve));
  const captured = { status: 'captured', capturedAt: new Date().toISOString(), amount: total } as const;
  services.answers.capture = async () => {
    if (countOf('capture') === 1) await isSlow;
    return captured;
  };
  const slow = captureOrders(deps);
  await pool.query(`update orders set capture_leased_until = now() - interval '1 second' where payment_state = 'capturing'`);
  while (countOf('capture') < 2) {
    await pool.query(`update orders set capture_leased_until = now() - interval '1 second' where payment_state = 'capturing'`);
    await captureOrders(deps);
  }
  answerFirst();
  await slow;
  expect(await orders()).toMatchObject([{ status: 'confirmed', payment_state: 'captured' }]);
  expect(await eventTypes()).toEqual(['order.placed', 'order.confirmed']);
});

test('pinelab-vendure-plugins#620: an order is never settled three times by three processes', async () => {
  await times(20, () => placeOrder(deps, command()));
  await times(3, () => captureOrders(deps));
  await times(3, () => captureOrders(deps));
  expect(countOf('capture')).toBe(20);
  expect((await eventTypes()).filter((type) => type === 'order.confirmed')).toHaveLength(20);
});

test('saleor#14649: purchases, captures, undos and news of payments at the same time never lock each other out', async () => {
  services.answers.decide = async () => ({
    allowed: true,
    market: { country: 'US', currency: 'USD', undoWindowSeconds: 3_600, platformFeeBps: 500 },
  });
  const taps = Array.from({ length: 30 }, () => command());
  const placed = await Promise.all(taps.map((tap) => placeOrder(deps, tap)));
  const orderIds = placed.flatMap((result) => (result.kind === 'finished' ? [result.orderId] : []));
  expect(orderIds).toHaveLength(30);
  // The window of some closes now.
  await pool.query('update orders set capture_at = now() where order_id = any($1)', [orderIds.slice(10)]);
  const news = (ids: readonly string[]) => withTransaction(pool, (transaction) => wakePurchases(transaction, ids));
  const [undone] = await Promise.all([
    Promise.all(
      orderIds.map((orderId, number) => undoOrder(deps, { buyerId: taps[number]?.buyerId ?? '', orderId, idempotencyKey: randomUUID() })),
    ),
    times(4, () => captureOrders(deps)),
    times(4, () => voidOrders(deps)),
    news(orderIds),
    news(orderIds.toReversed()),
    times(10, () => placeOrder(deps, command())),
    times(2, () => completePurchases(deps)),
  ]);
  await captureOrders(deps);
  await voidOrders(deps);
  const ends = new Map((await orders()).map((order) => [order.order_id, order]));
  for (const [number, { kind }] of undone.entries()) {
    expect(ends.get(orderIds[number] ?? '')).toMatchObject(
      kind === 'undone' ? { status: 'cancelled', payment_state: 'voided' } : { status: 'confirmed', payment_state: 'captured' },
    );
  }
  expect(undone.slice(0, 10).every(({ kind }) => kind === 'undone')).toBe(true);
  expect(undone.slice(10).every(({ kind }) => kind === 'too_late')).toBe(true);
});
