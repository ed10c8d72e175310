import { describe, expect, test } from '@jest/globals';
import { moneyRefunds, type StripeRefund } from '../src/refund.ts';
import { statusOf, type StripeAccount } from '../src/seller-account.ts';
import { dueOf, planStep, shareDelayMs, type ShareStep } from '../src/share.ts';
import { readRefund } from '../src/stripe-refunds.ts';
import { keyToSend, lateEffectMs } from '../src/key-to-send.ts';

describe("a seller's due", () => {
  const basis = { amountMinor: 5_497, sellerShareMinor: 4_999, capturedMinor: 5_497, refundedMinor: 0, disputedMinor: 0 };

  test('of an order that was captured whole is the share, and of one that was refunded whole is nothing', () => {
    expect(dueOf(basis)).toBe(4_999);
    expect(dueOf({ ...basis, refundedMinor: 5_497 })).toBe(0);
    expect(dueOf({ ...basis, refundedMinor: 5_000, disputedMinor: 5_497 })).toBe(0);
    expect(dueOf({ ...basis, capturedMinor: 1_000, refundedMinor: 1_000 })).toBe(0);
  });

  test('is scaled to what is left, rounded down, and never more than what is left', () => {
    expect(dueOf({ ...basis, capturedMinor: 1_000 })).toBe(909);
    expect(dueOf({ ...basis, refundedMinor: 1 })).toBe(4_998);
    for (let refundedMinor = 0; refundedMinor <= 5_497; refundedMinor += 7) {
      const due = dueOf({ ...basis, refundedMinor });
      expect(Number.isInteger(due) && due >= 0 && due <= 5_497 - refundedMinor).toBe(true);
    }
  });

  test('of the largest amounts is exact', () => {
    const most = 2_147_483_647;
    expect(dueOf({ amountMinor: most, sellerShareMinor: most, capturedMinor: most, refundedMinor: 1, disputedMinor: 0 })).toBe(most - 1);
    expect(dueOf({ amountMinor: most, sellerShareMinor: most - 1, capturedMinor: most - 1, refundedMinor: 0, disputedMinor: 0 })).toBe(
      most - 2,
    );
  });
});

describe('the next step', () => {
  const step = (changes: Partial<ShareStep>): ShareStep => ({
    step: 1,
    kind: 'transfer',
    amountMinor: 100,
    stripeAccountId: 'acct_1',
    reversedStep: null,
    status: 'done',
    stripeKey: 'key',
    sentAt: new Date(0),
    keySpentAt: null,
    stripeId: 'tr_1',
    ...changes,
  });

  test('is a transfer of what is missing, and none when nothing is', () => {
    expect(planStep(0, [])).toEqual({ kind: 'even' });
    expect(planStep(100, [])).toEqual({ kind: 'transfer', amountMinor: 100 });
    expect(planStep(100, [step({})])).toEqual({ kind: 'even' });
    expect(planStep(130, [step({}), step({ step: 2, status: 'refused', amountMinor: 30 })])).toEqual({ kind: 'transfer', amountMinor: 30 });
  });

  test('takes the newest transfer back first, and never more than is left of it', () => {
    const second = step({ step: 2, amountMinor: 50 });
    expect(planStep(0, [step({}), second])).toEqual({ kind: 'reversal', amountMinor: 50, transfer: second });
    const reversed = step({ step: 3, kind: 'reversal', amountMinor: 20, reversedStep: 2 });
    expect(planStep(0, [step({}), second, reversed])).toEqual({ kind: 'reversal', amountMinor: 30, transfer: second });
    expect(planStep(90, [step({}), second, step({ ...reversed, amountMinor: 50 })])).toMatchObject({
      amountMinor: 10,
      transfer: { step: 1 },
    });
  });

  test('is never further away than an hour', () => {
    expect([0, 1, 30, 5_000].map(shareDelayMs)).toEqual([5_000, 10_000, 3_600_000, 3_600_000]);
  });
});

test('an account takes money only when Stripe says so', () => {
  const account: StripeAccount = { id: 'acct_1', sellerId: null, detailsSubmitted: true, transfers: 'active', disabledReason: null };
  expect(statusOf(account)).toBe('active');
  expect(statusOf({ ...account, transfers: 'inactive', detailsSubmitted: false })).toBe('pending');
  expect(statusOf({ ...account, transfers: 'pending' })).toBe('pending');
  expect(statusOf({ ...account, transfers: 'inactive', disabledReason: 'requirements.past_due' })).toBe('restricted');
  expect(statusOf({ ...account, transfers: null })).toBe('restricted');
});

describe("a charge's refunds", () => {
  const refund = (changes: Partial<StripeRefund>): StripeRefund => ({
    id: 're_1',
    amountMinor: 400,
    status: 'refunded',
    failure: null,
    refundId: null,
    isReversal: false,
    created: 1,
    ...changes,
  });
  const whole = { amountMinor: 1_000, capturedMinor: 1_000, refundedMinor: 400 };
  const partly = { amountMinor: 1_000, capturedMinor: 600, refundedMinor: 400 };

  test('are all money when everything was captured', () => {
    expect(moneyRefunds([refund({})], whole)).toHaveLength(1);
  });

  test('do not count what a partial capture let go, whether Stripe shows it or not', () => {
    expect(moneyRefunds([refund({ isReversal: true })], partly)).toEqual([]);
    const real = refund({ id: 're_2', created: 9 });
    expect(moneyRefunds([refund({}), real], { ...partly, refundedMinor: 800 })).toEqual([real]);
    expect(moneyRefunds([real], { ...partly, refundedMinor: 800 })).toEqual([real]);
    const ours = refund({ id: 're_3', refundId: 'ref_1' });
    expect(moneyRefunds([ours, refund({})], { ...partly, refundedMinor: 800 })).toEqual([ours]);
  });

  test.each([
    null,
    {},
    { id: 're_1' },
    { id: 're_1', amount: 1, status: 'paid', created: 1 },
    { id: 're_1', amount: -1, status: 'failed', created: 1 },
  ])('are not read from a wrong shape (%j)', (value) => {
    expect(readRefund(value)).toBeNull();
  });

  test('that were cancelled or failed tell why', () => {
    const shown = { id: 're_1', amount: 5, created: 1, metadata: {} };
    expect(readRefund({ ...shown, status: 'canceled' })).toMatchObject({ status: 'failed', failure: 'CANCELLED' });
    expect(readRefund({ ...shown, status: 'failed', failure_reason: 'expired_or_canceled_card' })).toMatchObject({ failure: 'CARD_GONE' });
    expect(readRefund({ ...shown, status: 'failed', failure_reason: '__proto__' })).toMatchObject({ failure: 'UNKNOWN' });
    expect(readRefund({ ...shown, status: 'requires_action' })).toMatchObject({ status: 'pending', failure: null });
  });
});

describe('what Stripe does not have is sent', () => {
  const sentAt = new Date('2026-11-23T10:00:00Z');
  const after = (ms: number): Date => new Date(sentAt.getTime() + ms);
  const day = 24 * 60 * 60 * 1_000;

  test('with the same key for a day, then with another', () => {
    expect(keyToSend({ stripeKey: 'k', sentAt, keySpentAt: null }, after(day - 1))).toEqual({ key: 'k' });
    expect(keyToSend({ stripeKey: 'k', sentAt, keySpentAt: null }, after(day))).toEqual({ key: 'k#2' });
  });

  test('with another key when the first is spent, once that can have no effect any more', () => {
    expect(keyToSend({ stripeKey: 'k', sentAt, keySpentAt: sentAt }, after(1_000))).toEqual({ waitMs: lateEffectMs - 1_000 });
    expect(keyToSend({ stripeKey: 'k', sentAt, keySpentAt: sentAt }, after(lateEffectMs))).toEqual({ key: 'k#2' });
  });
});
