import { describe, expect, test } from '@jest/globals';
import type { Facts, LedgerOrder, PaymentRow } from './facts.ts';
import { judge } from './judge.ts';
import { planRun } from './run-plan.ts';
import { newTestimony, type Testimony, type Told } from './told.ts';

const orderId = 'ord_1';
const money: LedgerOrder = {
  payment_intents: ['pi_1'],
  authorized: 1_000,
  captured: 1_000,
  refunded: 300,
  voided: 0,
  open: 0,
  transferred: 500,
  reversed: 150,
  disputed: 0,
  counts: { authorized: 1, captured: 1, refunded: 1 },
};
const payment: PaymentRow = {
  order_id: orderId,
  payment_id: 'pay_1',
  status: 'captured',
  seller_id: 'sel_1',
  amount_minor: 1_000,
  captured_minor: 1_000,
  refunded_minor: 300,
  refund_reserved_minor: 300,
  sequence: 3,
  has_address: true,
  transferred_minor: 500,
  reversed_minor: 150,
};
const event = { key: orderId, refund_id: null, captured_minor: null };
const facts: Facts = {
  ledger: { [orderId]: money },
  payments: [payment],
  refunds: [{ refund_id: 'ref_1', order_id: orderId, status: 'refunded', amount_minor: 300 }],
  events: [
    { ...event, type: 'payment.authorized', sequence: 1 },
    { ...event, type: 'payment.captured', sequence: 2 },
    { ...event, type: 'payment.refunded', sequence: 3, refund_id: 'ref_1' },
  ],
  inbox: ['evt_1'],
  stripeRefunds: [{ refundId: 'ref_1', orderId, amountMinor: 300, status: 'succeeded' }],
  stripeEvents: new Set(['evt_1']),
  stillAttached: [],
  activeSellers: new Set(['sel_1']),
};
const truths: readonly Told[] = [
  { said: 'authorized', run: 4, orderId },
  { said: 'captured', run: 4, orderId, amountMinor: 1_000 },
  { said: 'refunded', run: 4, orderId, refundId: 'ref_1', amountMinor: 300 },
];

const testimonyWith = (told: readonly Told[] = truths): Testimony => {
  const testimony = newTestimony();
  testimony.told.push(...told);
  testimony.orders.set(orderId, { run: 4, sellerId: 'sel_1', mayStay: false, plan: { amountMinor: 1_000, sellerShareMinor: 500 } });
  return testimony;
};
const found = (changed: Partial<Facts>, told?: readonly Told[]): string[] => [
  ...new Set(judge({ ...facts, ...changed }, testimonyWith(told)).map(({ invariant }) => invariant)),
];
const withMoney = (changes: Partial<LedgerOrder>): Partial<Facts> => ({ ledger: { [orderId]: { ...money, ...changes } } });
const withPayment = (changes: Partial<PaymentRow>): Partial<Facts> => ({ payments: [{ ...payment, ...changes }] });

describe('the judge of the fault suite', () => {
  test('finds nothing where everything agrees', () => {
    expect(found({})).toEqual([]);
  });

  test.each<[string, string, Partial<Facts>]>([
    ['a second intent', 'one-intent', withMoney({ payment_intents: ['pi_1', 'pi_2'] })],
    ['a second capture', 'captured-once', withMoney({ counts: { authorized: 1, captured: 2, refunded: 1 } })],
    ['a second authorization', 'authorized-once', withMoney({ counts: { authorized: 2, captured: 1, refunded: 1 } })],
    ['more refunded than captured', 'refunds-within-capture', withMoney({ refunded: 1_001 })],
    ['money that the vault does not know of', 'ledger-and-vault-agree', { payments: [] }],
    ['a refund that the vault does not know of', 'ledger-and-vault-agree', withMoney({ refunded: 600 })],
    ['an authorization that nobody ends', 'every-authorization-ends', withMoney({ open: 1_000, captured: 0 })],
    ['a seller who was paid twice', 'seller-gets-the-share', withMoney({ transferred: 1_000 })],
    ['room for a refund that is not given back', 'refund-room-is-given-back', withPayment({ refund_reserved_minor: 400 })],
    ['an address that outlives a void', 'addresses-go-with-the-order', withPayment({ status: 'voided' })],
    ['an event that is missing', 'events-have-no-gap', { events: facts.events.slice(1) }],
    [
      'an end that is told twice',
      'events-tell-the-end-once',
      { events: [...facts.events, { ...event, type: 'payment.voided', sequence: 4 }] },
    ],
    ['a refund that no event tells of', 'events-tell-of-refunds', { events: facts.events.slice(0, 2) }],
    ['a refund that was made twice', 'refunded-once', { stripeRefunds: [...facts.stripeRefunds, ...facts.stripeRefunds] }],
    ['an event that Stripe never made', 'only-stripe-is-heard', { inbox: ['evt_1', 'evt_2'] }],
    ['a deleted card that is attached', 'deleted-cards-are-gone', { stillAttached: [{ run: 4, stripePaymentMethodId: 'pm_1' }] }],
  ])('finds %s', (_what, invariant, changed) => {
    expect(found(changed)).toContain(invariant);
  });

  test.each<Told>([
    { said: 'declined', run: 4, orderId },
    { said: 'voided', run: 4, orderId },
    { said: 'let_go', run: 4, orderId },
    { said: 'captured', run: 4, orderId, amountMinor: 999 },
    { said: 'refunded', run: 4, orderId, refundId: 'ref_2', amountMinor: 300 },
    { said: 'not_refundable', run: 4, orderId, refundId: 'ref_1', amountMinor: 300 },
    { said: 'refund_failed', run: 4, orderId, refundId: 'ref_1', amountMinor: 300 },
  ])('finds that a caller who was told $said was told a lie', (lie) => {
    expect(found({}, [lie])).toEqual(['told-the-truth']);
  });

  test('a stale event that was not refused is found', () => {
    const testimony = testimonyWith();
    testimony.attacks.push({ run: 4, eventId: 'evt_stale', status: 200 });
    expect(judge(facts, testimony)).toEqual([{ invariant: 'only-stripe-is-heard', run: 4, detail: 'evt_stale was answered 200' }]);
  });
});

test('a run is the same again for its seed and number, and another for others', () => {
  expect(planRun(7, 3)).toEqual(planRun(7, 3));
  expect(planRun(7, 3)).not.toEqual(planRun(8, 3));
  expect(planRun(7, 3).buyerId).not.toBe(planRun(7, 4).buyerId);
});
