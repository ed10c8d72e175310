import { describe, expect, test } from '@jest/globals';
import type { LedgerOrder } from './facts.ts';
import type { OrderRow, PurchaseFacts, TopicEvent } from './purchase-facts.ts';
import { judgePurchases } from './purchase-judge.ts';
import { planPurchase } from './purchase-plan.ts';
import { newPurchaseTestimony, type PurchaseTestimony, type ToldTap } from './purchase-told.ts';
import { planStackFaults } from './stack-faults.ts';

const orderId = 'ord_1';
const cancelledId = 'ord_2';
const declinedId = 'ord_3';
const productId = 'prd_1';

const charged: LedgerOrder = {
  payment_intents: ['pi_1'],
  authorized: 1_000,
  captured: 1_000,
  refunded: 0,
  voided: 0,
  open: 0,
  transferred: 900,
  reversed: 0,
  disputed: 0,
  counts: { authorized: 1, captured: 1, refunded: 0 },
};
const letGo: LedgerOrder = {
  ...charged,
  payment_intents: ['pi_2'],
  captured: 0,
  voided: 1_000,
  transferred: 0,
  counts: { authorized: 1, captured: 0, refunded: 0 },
};
const order: OrderRow = {
  order_id: orderId,
  status: 'confirmed',
  payment_state: 'captured',
  total_minor: 1_000,
  refunded_minor: 0,
  sequence: 2,
  product_id: productId,
  quantity: 2,
};
const cancelled: OrderRow = { ...order, order_id: cancelledId, status: 'cancelled', payment_state: 'voided', sequence: 3 };
const purchase = { buyer_id: 'usr_1', recovery_point: 'finished' };
const event = (of: string, sequence: number, type: string): TopicEvent => ({
  orderId: of,
  eventId: `evt_${of}_${sequence}`,
  type,
  sequence,
});
const history: readonly TopicEvent[] = [
  event(orderId, 1, 'order.placed'),
  event(orderId, 2, 'order.confirmed'),
  event(cancelledId, 1, 'order.placed'),
  event(cancelledId, 2, 'order.cancelled'),
  event(cancelledId, 3, 'order.payment_voided'),
];
const facts: PurchaseFacts = {
  ledger: { [orderId]: charged, [cancelledId]: letGo },
  purchases: [
    { ...purchase, order_id: orderId, idempotency_key: 'key-1', outcome: 'placed' },
    { ...purchase, order_id: cancelledId, idempotency_key: 'key-2', outcome: 'placed' },
    { ...purchase, order_id: declinedId, idempotency_key: 'key-3', outcome: 'declined' },
  ],
  orders: [order, cancelled],
  history,
  topic: [...history],
  shelves: [{ productId, sellerId: 'sel_1', priceMinor: 500, stock: 3 }],
  stock: [{ product_id: productId, on_hand: 1, reserved: 0, moved_on_hand: 1, moved_reserved: 0 }],
  reservations: [
    { order_id: orderId, product_id: productId, status: 'sold', quantity: 2 },
    { order_id: cancelledId, product_id: productId, status: 'returned', quantity: 2 },
    { order_id: declinedId, product_id: productId, status: 'released', quantity: 2 },
  ],
  projection: new Map([[orderId, '(confirmed)']]),
  rebuilt: new Map([[orderId, '(confirmed)']]),
};
const tap = (run: number, idempotencyKey: string, said: string, of: string | null): ToldTap => ({
  run,
  buyerId: 'usr_1',
  idempotencyKey,
  productId,
  gone: false,
  answers: [
    { said: 'TemporarilyUnavailableError', orderId: null },
    { said, orderId: of },
    { said, orderId: of },
  ],
});
const testimonyOf = (more: Partial<PurchaseTestimony> = {}): PurchaseTestimony => ({
  ...newPurchaseTestimony(),
  taps: [
    tap(1, 'key-1', 'PlaceOrderSuccess', orderId),
    tap(2, 'key-2', 'PlaceOrderSuccess', cancelledId),
    tap(3, 'key-3', 'PaymentDeclinedError', null),
  ],
  undos: [
    { run: 1, orderId, said: 'TooLateError' },
    { run: 2, orderId: cancelledId, said: 'UndoOrderSuccess' },
  ],
  ...more,
});

const invariants = (changed: Partial<PurchaseFacts>, testimony = testimonyOf()): string[] => [
  ...new Set(judgePurchases({ ...facts, ...changed }, testimony).map(({ invariant }) => invariant)),
];
const withLedger = (id: string, money: Partial<LedgerOrder>): Partial<PurchaseFacts> => ({
  ledger: { ...facts.ledger, [id]: { ...(facts.ledger[id] ?? letGo), ...money } },
});
const withStock = (stock: Partial<PurchaseFacts['stock'][number]>): Partial<PurchaseFacts> => ({
  stock: facts.stock.map((row) => ({ ...row, ...stock })),
});

describe('the judge of purchases', () => {
  test('finds nothing where everything agrees', () => {
    expect(judgePurchases(facts, testimonyOf())).toEqual([]);
  });

  test('takes an event that is published again for what it is', () => {
    expect(invariants({ topic: [...history, ...history] })).toEqual([]);
  });

  test.each<readonly [string, string, Partial<PurchaseFacts>]>([
    [
      'an order that a buyer was told of is not there',
      'lost-orders',
      {
        orders: [cancelled],
        topic: history.slice(2),
        history: history.slice(2),
        ledger: { [cancelledId]: letGo },
        reservations: facts.reservations.slice(1),
        projection: new Map(),
        rebuilt: new Map(),
        ...withStock({ on_hand: 3, moved_on_hand: 3 }),
      },
    ],
    ['a confirmed order is not in its seller’s list', 'lost-orders', { projection: new Map(), rebuilt: new Map() }],
    ['a purchase stands still', 'purchases-end', { purchases: facts.purchases.map((row) => ({ ...row, recovery_point: 'compensating' })) }],
    ['an order has two payments', 'double-charges', withLedger(orderId, { payment_intents: ['pi_1', 'pi_3'] })],
    ['an order is captured twice', 'double-charges', withLedger(orderId, { counts: { authorized: 1, captured: 2, refunded: 0 } })],
    ['more is captured than was authorized', 'double-charges', withLedger(orderId, { authorized: 400 })],
    ['something is charged without an order', 'charges-without-order', withLedger(declinedId, { captured: 1_000, voided: 0 })],
    ['a cancelled order stays charged', 'charges-without-order', withLedger(cancelledId, { captured: 1_000, voided: 0 })],
    ['a confirmed order is not charged', 'orders-are-paid', withLedger(orderId, { captured: 0 })],
    ['an authorization stays open', 'authorizations-end', withLedger(cancelledId, { open: 1_000, voided: 0 })],
    ['an order is never confirmed', 'orders-end', { orders: [{ ...order, status: 'placed' }, cancelled] }],
    ['more is sold than there was', 'oversold-units', { orders: [{ ...order, quantity: 4 }, cancelled] }],
    ['pieces are gone that nobody bought', 'units-are-kept', withStock({ on_hand: 0, moved_on_hand: 0 })],
    ['pieces stay reserved', 'units-never-released', withStock({ reserved: 2, moved_reserved: 2 })],
    ['the moves of stock do not add up', 'stock-ledger-adds-up', withStock({ moved_on_hand: 3 })],
    [
      'pieces are held for a purchase that failed',
      'units-never-released',
      { reservations: facts.reservations.map((row) => ({ ...row, status: row.order_id === declinedId ? 'held' : row.status })) },
    ],
    [
      'pieces of a cancelled order stay sold',
      'units-never-released',
      { reservations: facts.reservations.map((row) => ({ ...row, status: row.order_id === cancelledId ? 'sold' : row.status })) },
    ],
    ['an order has no pieces', 'orders-have-units', { reservations: facts.reservations.slice(1) }],
    [
      'pieces of an order were released',
      'orders-have-units',
      { reservations: facts.reservations.map((row) => ({ ...row, status: row.order_id === orderId ? 'released' : row.status })) },
    ],
    ['an event is missing in the topic', 'orders-out-of-sequence', { topic: history.slice(0, 4) }],
    [
      'events are in another order',
      'orders-out-of-sequence',
      { topic: [history[1] as TopicEvent, history[0] as TopicEvent, ...history.slice(2)] },
    ],
    [
      'the topic has another event than the history',
      'orders-out-of-sequence',
      { history: history.map((one, index) => (index === 0 ? { ...one, eventId: 'evt_other' } : one)) },
    ],
    [
      'an order is told of as placed twice',
      'placed-is-told-once',
      { topic: [...history, { ...event(orderId, 1, 'order.placed'), eventId: 'evt_again' }] },
    ],
    [
      'the topic tells of an order that is not there',
      'events-without-order',
      { topic: [...history, event(declinedId, 1, 'order.placed')] },
    ],
    ['the projection is not what it is when it is rebuilt', 'projection-differs', { rebuilt: new Map([[orderId, '(cancelled)']]) }],
    [
      'the projection has an order that nothing tells of',
      'projection-differs',
      { projection: new Map([...facts.projection, ['ord_9', '(confirmed)']]) },
    ],
  ])('notices that %s', (_what, invariant, changed) => {
    expect(invariants(changed)).toContain(invariant);
  });

  test('notices a key that is answered in two ways', () => {
    const answers = [...tap(1, 'key-1', 'PlaceOrderSuccess', orderId).answers, { said: 'OutOfStockError', orderId: null }];
    const [, ...others] = testimonyOf().taps;
    expect(invariants({}, testimonyOf({ taps: [{ ...tap(1, 'key-1', '', null), answers }, ...others] }))).toEqual(['stored-answers']);
  });

  test('notices a buyer who was told that nothing was bought, and has an order', () => {
    const [, ...others] = testimonyOf().taps;
    expect(invariants({}, testimonyOf({ taps: [tap(1, 'key-1', 'OutOfStockError', null), ...others] }))).toEqual(['told-the-truth']);
  });

  test('notices a buyer who was told that the order is taken back, and it is not', () => {
    expect(invariants({}, testimonyOf({ undos: [{ run: 1, orderId, said: 'UndoOrderSuccess' }] }))).toEqual(['told-the-truth']);
  });

  test('says of which run it is', () => {
    expect(judgePurchases({ ...facts, ...withLedger(orderId, { open: 5 }) }, testimonyOf())).toMatchObject([{ run: 1 }]);
  });
});

describe('the plans of a seed', () => {
  test('are the same each time, and other ones for another seed', () => {
    const plans = (seed: number) => Array.from({ length: 50 }, (_, run) => planPurchase(seed, run, { undoWindowSeconds: 2 }));
    expect(plans(7)).toEqual(plans(7));
    expect(plans(7)).not.toEqual(plans(8));
  });

  test('hold every kind of buyer, and every fault of the stack once before any comes again', () => {
    const plans = Array.from({ length: 400 }, (_, run) => planPurchase(1, run, { undoWindowSeconds: 2 }));
    expect(new Set(plans.map(({ card }) => card)).size).toBe(6);
    expect(new Set(plans.map(({ bank }) => bank)).size).toBe(3);
    for (const sort of ['gone', 'otherInput', 'undoTwice', 'cancels', 'scarce'] as const)
      expect(new Set(plans.map((plan) => plan[sort])).size).toBe(2);
    const faults = planStackFaults(3);
    const firstCycle = Array.from({ length: 12 }, () => faults.next().value?.fault);
    expect(new Set(firstCycle).size).toBe(12);
  });
});
