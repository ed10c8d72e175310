import { describe, expect, test } from '@jest/globals';
import { isExpired } from '../src/card.ts';
import { declineReasonOf, meaningOf, nextStripeKey, settleDelayMs, type Intent } from '../src/payment.ts';
import { readIntent } from '../src/stripe-payments.ts';

describe('a decline', () => {
  test.each([
    ['card_declined', 'insufficient_funds', 'INSUFFICIENT_FUNDS'],
    ['expired_card', null, 'EXPIRED_CARD'],
    ['expired_card', 'expired_card', 'EXPIRED_CARD'],
    ['incorrect_cvc', 'incorrect_cvc', 'INCORRECT_CVC'],
    ['processing_error', null, 'PROCESSING_ERROR'],
    ['authentication_required', 'authentication_required', 'AUTHENTICATION_FAILED'],
    ['payment_intent_authentication_failure', null, 'AUTHENTICATION_FAILED'],
  ])('of %s/%s is told to the buyer as %s', (code, declineCode, reason) => {
    expect(declineReasonOf({ code, declineCode })).toBe(reason);
  });

  test.each([
    'lost_card',
    'stolen_card',
    'fraudulent',
    'pickup_card',
    'merchant_blacklist',
    'generic_decline',
    'something_new',
    '__proto__',
    'constructor',
  ])('of %s tells the buyer nothing', (declineCode) => {
    expect(declineReasonOf({ code: 'card_declined', declineCode })).toBe('DECLINED');
  });

  test('without a reason is one', () => {
    expect(declineReasonOf(null)).toBe('DECLINED');
  });
});

describe("a PaymentIntent's state", () => {
  const intent = (status: Intent['status']): Intent => ({
    id: 'pi_1',
    status,
    amountMinor: 100,
    receivedMinor: status === 'succeeded' ? 100 : 0,
    chargeId: 'ch_1',
    clientSecret: null,
    failure: null,
  });
  test('counts as authorized only when it can be captured', () => {
    const statuses = [
      'requires_payment_method',
      'requires_confirmation',
      'requires_action',
      'processing',
      'requires_capture',
      'succeeded',
      'canceled',
    ] as const;
    expect(statuses.filter((status) => meaningOf(intent(status)).kind === 'authorized')).toEqual(['requires_capture']);
  });

  test.each([
    null,
    'pi_1',
    {},
    { id: 'pi_1' },
    { id: 'pi_1', status: 'paid' },
    { id: 7, status: 'succeeded' },
    { id: 'seti_1', status: 'succeeded' },
    [{ id: 'pi_1', status: 'succeeded' }],
  ])('is not read from a wrong shape (%j)', (value) => {
    expect(readIntent(value)).toBeNull();
  });
});

test('a spent key is followed by another one each time, and says whose it was', () => {
  const keys = ['ord_1:capture'];
  for (let count = 0; count < 3; count += 1) keys.push(nextStripeKey(keys.at(-1) ?? ''));
  expect(keys).toEqual(['ord_1:capture', 'ord_1:capture#2', 'ord_1:capture#3', 'ord_1:capture#4']);
});

test('the settle loop asks soon at first, and never less often than every ten minutes', () => {
  expect(settleDelayMs(0)).toBe(2_000);
  expect([5, 50, 5_000].map(settleDelayMs)).toEqual([64_000, 600_000, 600_000]);
});

test('a card is expired from the first instant after its last month, in UTC', () => {
  const card = { expMonth: 12, expYear: 2026 };
  expect([new Date('2026-12-31T23:59:59.999Z'), new Date('2027-01-01T00:00:00.000Z')].map((now) => isExpired(card, now))).toEqual([
    false,
    true,
  ]);
  expect(isExpired({ expMonth: 2, expYear: 2027 }, new Date('2027-02-28T23:59:59Z'))).toBe(false);
});
