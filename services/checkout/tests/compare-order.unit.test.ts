import { describe, expect, test } from '@jest/globals';
import type { PaymentRecord, ReservationRecord } from '@vitrine/contracts/reconciliation-http';
import { newId } from '@vitrine/runtime/ids';
import { compareOrder } from '../src/compare-order.ts';
import type { OrderFacts, PlacedOrderFacts, PurchaseFacts, Repair } from '../src/reconciliation.ts';
import { createAllowance, orderIdAt } from '../src/reconciler.ts';
import { isOutOfOrder, type LastPlaces } from '../src/reconcile-events.ts';

const now = new Date('2026-11-23T12:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000);
const patience = { patienceMs: 30_000, purchasePatienceMs: 25 * 60_000, refundsCharges: true };
const orderId = newId('ord');
const productId = newId('prd');
const total = { amountMinor: 2_430, currency: 'USD' };

const placedPurchase: PurchaseFacts = { isFinished: true, outcome: 'placed', createdAt: ago(120) };
const failedPurchase: PurchaseFacts = { isFinished: true, outcome: 'declined', createdAt: ago(120) };
const openPurchase: PurchaseFacts = { isFinished: false, outcome: null, createdAt: ago(120) };
const confirmed: PlacedOrderFacts = {
  status: 'confirmed',
  payment: 'captured',
  returns: 'none',
  total,
  refundedMinor: 0,
  productId,
  quantity: 1,
  placedAt: ago(110),
  captureAt: ago(50),
  cancelledAt: null,
  sequence: 2,
  history: { count: 2, first: 1, last: 2 },
};
const placed: PlacedOrderFacts = {
  ...confirmed,
  status: 'placed',
  payment: 'authorized',
  sequence: 1,
  history: { count: 1, first: 1, last: 1 },
};
const cancelled: PlacedOrderFacts = { ...confirmed, status: 'cancelled', payment: 'voided', cancelledAt: ago(60) };
const captured: PaymentRecord = {
  orderId,
  status: 'captured',
  amount: total,
  capturedMinor: total.amountMinor,
  refundedMinor: 0,
  refundReservedMinor: 0,
  atProvider: null,
};
const authorized: PaymentRecord = { ...captured, status: 'authorized', capturedMinor: 0 };
const voided: PaymentRecord = { ...authorized, status: 'voided' };
const sold: ReservationRecord = { orderId, status: 'sold', productId, quantity: 1, ledgerAgrees: true };
const held: ReservationRecord = { ...sold, status: 'held' };
const released: ReservationRecord = { ...sold, status: 'released' };
const returned: ReservationRecord = { ...sold, status: 'returned' };

const good: OrderFacts = { orderId, purchase: placedPurchase, order: confirmed, payment: captured, reservation: sold };
const failed: OrderFacts = { orderId, purchase: failedPurchase, order: null, payment: voided, reservation: released };

describe('what agrees is no divergence', () => {
  const cases: readonly (readonly [string, OrderFacts])[] = [
    ['a confirmed order that is captured and sold', good],
    ['a placed order whose window has just closed', { ...good, order: { ...placed, captureAt: ago(5) }, payment: authorized }],
    ['a placed order whose capture is not written yet', { ...good, order: { ...placed, captureAt: ago(5) } }],
    ['stock that was held a moment ago', { ...good, order: { ...confirmed, placedAt: ago(10) }, reservation: held }],
    ['a purchase that failed and left nothing', failed],
    ['a purchase that failed before it asked for anything', { ...failed, payment: null, reservation: null }],
    ['an undone order', { ...good, order: cancelled, payment: voided, reservation: returned }],
    ['an order that is being voided', { ...good, order: { ...cancelled, payment: 'voiding', cancelledAt: ago(5) }, payment: authorized }],
    [
      'an order that was cancelled and refunded',
      {
        ...good,
        order: { ...cancelled, payment: 'captured', refundedMinor: total.amountMinor },
        payment: { ...captured, refundedMinor: total.amountMinor },
        reservation: returned,
      },
    ],
    [
      'goods that came back',
      {
        ...good,
        order: { ...confirmed, returns: 'refunded', refundedMinor: 100 },
        payment: { ...captured, refundedMinor: 100 },
        reservation: returned,
      },
    ],
    ['an order older than the history', { ...good, order: { ...confirmed, history: { count: 0, first: 0, last: 0 } } }],
    ['an order whose history begins later', { ...good, order: { ...confirmed, sequence: 3, history: { count: 2, first: 2, last: 3 } } }],
    ['a charge of a failed purchase that is given back', { ...failed, payment: { ...captured, refundReservedMinor: total.amountMinor } }],
    [
      'a payment that Stripe shows alike',
      { ...good, payment: { ...captured, atProvider: { verdict: 'SAME', state: 'captured', capturedMinor: 2_430, refundedMinor: 0 } } },
    ],
    [
      'a payment of which Stripe cannot say',
      { ...good, payment: { ...captured, atProvider: { verdict: 'UNKNOWN', state: 'unknown', capturedMinor: 0, refundedMinor: null } } },
    ],
  ];
  test.each(cases)('%s', (_name, facts) => {
    expect(compareOrder(facts, patience, now).findings).toEqual([]);
  });

  test('what is not late is looked at again, and what is done is not', () => {
    const isUnderWay = (facts: OrderFacts): boolean => compareOrder(facts, patience, now).isUnderWay;
    expect(isUnderWay(good)).toBe(false);
    expect(isUnderWay(failed)).toBe(false);
    expect(isUnderWay({ ...good, order: { ...placed, captureAt: ago(-50) }, payment: authorized })).toBe(false);
    expect(isUnderWay({ ...good, order: { ...placed, captureAt: ago(5) }, payment: authorized })).toBe(true);
    expect(isUnderWay({ ...good, order: { ...confirmed, placedAt: ago(10) }, reservation: held })).toBe(true);
    expect(
      isUnderWay({ ...good, order: { ...cancelled, payment: 'voiding', cancelledAt: ago(5) }, payment: authorized, reservation: returned }),
    ).toBe(true);
  });

  test('what a purchase under way has reserved and authorized is not looked at', () => {
    const facts = { ...failed, purchase: openPurchase, payment: authorized, reservation: held };
    expect(compareOrder(facts, patience, now)).toEqual({ findings: [], isUnderWay: true });
  });
});

describe('a divergence is found and has its rule', () => {
  const cases: readonly (readonly [string, string, Repair | null, OrderFacts])[] = [
    [
      'a purchase that does not come to an end',
      'purchase_unfinished',
      'wake_purchase',
      { ...failed, purchase: { ...openPurchase, createdAt: ago(3_600) } },
    ],
    ['a purchase that placed an order that is gone', 'order_missing', null, { ...good, order: null }],
    ['an authorization of a failed purchase', 'authorization_without_order', 'void_payment', { ...failed, payment: authorized }],
    [
      'a challenge of a failed purchase',
      'authorization_without_order',
      'void_payment',
      { ...failed, payment: { ...authorized, status: 'requires_action' } },
    ],
    [
      'an authorization that nobody asked for',
      'authorization_without_order',
      'void_payment',
      { ...failed, purchase: null, payment: authorized },
    ],
    ['a charge of a failed purchase', 'charge_without_order', 'refund_charge', { ...failed, payment: captured }],
    ['a charge that nobody asked for', 'charge_without_order', null, { ...failed, purchase: null, payment: captured }],
    ['stock held for a failed purchase', 'stock_without_order', 'release_stock', { ...failed, reservation: held }],
    ['stock held for nobody', 'stock_without_order', 'release_stock', { ...failed, purchase: null, payment: null, reservation: held }],
    ['stock sold to nobody', 'sale_without_order', null, { ...failed, reservation: sold }],
    ['an order of a purchase that says it failed', 'outcome_differs', null, { ...good, purchase: failedPurchase }],
    [
      'a gap in the history',
      'history_gap',
      null,
      { ...good, order: { ...confirmed, sequence: 3, history: { count: 2, first: 1, last: 3 } } },
    ],
    ['an event too few', 'history_gap', null, { ...good, order: { ...confirmed, sequence: 3 } }],
    ['an order that nobody pays', 'order_without_payment', null, { ...good, payment: null }],
    [
      'an authorization of another amount',
      'amount_differs',
      null,
      { ...good, payment: { ...captured, amount: { ...total, amountMinor: 2_431 } } },
    ],
    ['a capture of another amount', 'amount_differs', null, { ...good, payment: { ...captured, capturedMinor: 2_429 } }],
    ['a capture that nobody makes', 'capture_overdue', 'wake_capture', { ...good, order: placed, payment: authorized }],
    ['a capture that was not taken note of', 'capture_overdue', 'wake_capture', { ...good, order: { ...placed, payment: 'capturing' } }],
    ['a confirmed order that is not captured', 'capture_missing', 'capture_payment', { ...good, payment: authorized }],
    ['a confirmed order that was voided', 'confirmed_without_charge', null, { ...good, payment: voided }],
    [
      'a void that nobody makes',
      'void_overdue',
      'wake_void',
      { ...good, order: { ...cancelled, payment: 'voiding' }, payment: authorized, reservation: returned },
    ],
    [
      'a voided order that is still authorized',
      'cancelled_but_authorized',
      'void_payment',
      { ...good, order: cancelled, payment: authorized, reservation: returned },
    ],
    ['an undone order that was charged', 'cancelled_but_charged', null, { ...good, order: cancelled, reservation: returned }],
    [
      'a cancelled order that keeps the money',
      'cancelled_not_refunded',
      null,
      { ...good, order: { ...cancelled, payment: 'captured' }, reservation: returned },
    ],
    ['a refund that the order does not know', 'refund_differs', null, { ...good, payment: { ...captured, refundedMinor: 100 } }],
    ['a refund that the vault does not know', 'refund_differs', null, { ...good, order: { ...confirmed, refundedMinor: 100 } }],
    ['stock that stays held', 'stock_not_sold', 'settle_stock', { ...good, reservation: held }],
    ['stock that was let go under an order', 'stock_not_sold', 'republish', { ...good, reservation: released }],
    ['stock that was never reserved', 'stock_not_sold', 'republish', { ...good, reservation: null }],
    ['stock that came back without a return', 'stock_returned_early', null, { ...good, reservation: returned }],
    [
      'stock held for a cancelled order',
      'stock_of_cancelled_order',
      'release_stock',
      { ...good, order: cancelled, payment: voided, reservation: held },
    ],
    ['stock sold to a cancelled order', 'stock_of_cancelled_order', 'republish', { ...good, order: cancelled, payment: voided }],
    ['more pieces than were ordered', 'quantity_differs', null, { ...good, reservation: { ...sold, quantity: 2 } }],
    ['another product than was ordered', 'quantity_differs', null, { ...good, reservation: { ...sold, productId: newId('prd') } }],
    ['a ledger that says otherwise', 'stock_ledger_differs', null, { ...good, reservation: { ...sold, ledgerAgrees: false } }],
    [
      'a payment that Stripe shows otherwise',
      'stripe_differs',
      'wait_for_vault',
      {
        ...good,
        payment: { ...captured, atProvider: { verdict: 'DIFFERS', state: 'captured', capturedMinor: 2_430, refundedMinor: 100 } },
      },
    ],
  ];
  test.each(cases)('%s is %s', (_name, kind, repair, facts) => {
    const { findings } = compareOrder(facts, patience, now);
    expect(findings.map((found) => [found.kind, found.repair])).toEqual([[kind, repair]]);
  });

  test('nothing of an order that its purchase placed is undone when the order is gone', () => {
    const { findings } = compareOrder({ ...good, order: null, payment: authorized, reservation: held }, patience, now);
    expect(findings.map(({ kind }) => kind)).toEqual(['order_missing']);
  });

  test('a charge is given back without asking only where that is wanted', () => {
    const { findings } = compareOrder({ ...failed, payment: captured }, { ...patience, refundsCharges: false }, now);
    expect(findings.map((found) => [found.kind, found.repair])).toEqual([['charge_without_order', null]]);
  });

  test('no detail names a person, a card or an address', () => {
    for (const [, , , facts] of cases) {
      for (const { detail } of compareOrder(facts, patience, now).findings) {
        for (const value of Object.values(detail)) expect(String(value)).not.toMatch(/^(usr|pmt|adr|sel)_/);
      }
    }
  });
});

test('a range of order ids is a range of time', () => {
  const before = newId('ord');
  const bound = orderIdAt(new Date(Date.now() + 1_000));
  expect(before < bound).toBe(true);
  expect(orderIdAt(ago(60)) < orderIdAt(ago(59))).toBe(true);
});

describe('Stripe is asked no more often than is allowed', () => {
  test('what was not used comes back with time, up to a minute of it', () => {
    let at = 0;
    const allow = createAllowance(10, () => at);
    expect(allow(6)).toBe(6);
    expect(allow(6)).toBe(4);
    expect(allow(6)).toBe(0);
    at += 12_000;
    expect(allow(6)).toBe(2);
    at += 3_600_000;
    expect(allow(100)).toBe(10);
  });

  test('no request names more than payment-vault takes', () => {
    expect(createAllowance(6_000, () => 0)(500)).toBe(20);
  });
});

describe('the order of an order’s events in the topic', () => {
  const at = (sequence: number, offset: number, partition = 0) => ({ key: orderId, sequence, offset, partition });

  test('a later event that stands before an earlier one is out of order', () => {
    const places: LastPlaces = new Map();
    expect([at(1, 10), at(2, 12), at(3, 11)].map((seen) => isOutOfOrder(places, seen))).toEqual([false, false, true]);
  });

  test('an event in another partition than the one before is out of order', () => {
    const places: LastPlaces = new Map();
    expect([at(1, 10), at(2, 12, 1)].map((seen) => isOutOfOrder(places, seen))).toEqual([false, true]);
  });

  test('an event that is published again is not', () => {
    const places: LastPlaces = new Map();
    expect([at(1, 10), at(2, 12), at(1, 15), at(3, 20)].map((seen) => isOutOfOrder(places, seen))).toEqual([false, false, false, false]);
  });
});
