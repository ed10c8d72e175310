import { describe, expect, it } from '@jest/globals';
import { acceptCard, cardOfToken, numberedCard, passesLuhn, type CardInput } from '@vitrine/stripe-sandbox/cards';
import { ApiError } from '@vitrine/stripe-sandbox/errors';

const KEY = Buffer.alloc(32, 7);
const NOW = new Date('2026-06-15T12:00:00Z');
const GOOD: CardInput = { number: '4242424242424242', expMonth: 12, expYear: 2030, cvc: '123' };

function accept(change: Partial<CardInput>, account = 'acct_a') {
  return acceptCard({ ...GOOD, ...change }, account, KEY, NOW);
}

function refused(change: Partial<CardInput>): unknown {
  try {
    accept(change);
  } catch (cause) {
    if (cause instanceof ApiError) return { status: cause.status, type: cause.body.type, code: cause.body.code, param: cause.body.param };
    throw cause;
  }
  return 'accepted';
}

describe('card checks', () => {
  it('knows a valid check digit', () => {
    expect(passesLuhn('4242424242424242')).toBe(true);
    expect(passesLuhn('4242424242424241')).toBe(false);
    expect(passesLuhn('378282246310005')).toBe(true);
  });

  it.each([
    ['4242424242424241', 'incorrect_number', 'number'],
    ['42424242', 'incorrect_number', 'number'],
    ['4242 4242 4242 424x', 'incorrect_number', 'number'],
  ])('refuses the number %s', (number, code, param) => {
    expect(refused({ number })).toEqual({ status: 402, type: 'card_error', code, param });
  });

  it.each([
    [5, 2026, 'invalid_expiry_month', 'exp_month'],
    [13, 2030, 'invalid_expiry_month', 'exp_month'],
    [0, 2030, 'invalid_expiry_month', 'exp_month'],
    [12, 2025, 'invalid_expiry_year', 'exp_year'],
    [12, 2099, 'invalid_expiry_year', 'exp_year'],
  ])('refuses the expiry %d/%d', (expMonth, expYear, code, param) => {
    expect(refused({ expMonth, expYear })).toEqual({ status: 402, type: 'card_error', code, param });
  });

  it('accepts a card until the end of its month, and two-digit years', () => {
    expect(accept({ expMonth: 6, expYear: 26 }).expYear).toBe(2026);
  });

  it('wants three digits of CVC, or four on American Express', () => {
    expect(refused({ cvc: '12' })).toMatchObject({ code: 'invalid_cvc', param: 'cvc' });
    expect(refused({ cvc: '1234' })).toMatchObject({ code: 'invalid_cvc' });
    expect(accept({ number: '378282246310005', cvc: '1234' }).brand).toBe('amex');
  });

  it('declines a valid number that is not a test card, so that no real card gets in', () => {
    expect(refused({ number: '4111111111111111' })).toMatchObject({ status: 402, code: 'card_declined' });
  });

  it('keeps no number and no security code', () => {
    const kept = JSON.stringify(accept({ cvc: '987' }));
    expect(kept).not.toContain('424242424242');
    expect(kept).not.toContain('987');
  });

  it('gives a number one fingerprint per account, however it is typed', () => {
    const one = accept({}).fingerprint;
    expect(accept({ number: '4242 4242-42424242', expYear: 2031 }).fingerprint).toBe(one);
    expect(cardOfToken('pm_card_visa', 'acct_a', KEY, NOW)?.fingerprint).toBe(one);
    expect(accept({ number: '5555555555554444' }).fingerprint).not.toBe(one);
    expect(accept({}, 'acct_b').fingerprint).not.toBe(one);
  });
});

describe('cards of a crowd', () => {
  it('are good numbers, one fingerprint each, and succeed', () => {
    const cards = [0, 7, 4_711, 99_999].map((index) => accept({ number: numberedCard(index) }));
    expect(cards.map(({ behaviour }) => behaviour)).toEqual(['succeeds', 'succeeds', 'succeeds', 'succeeds']);
    expect(new Set(cards.map(({ fingerprint }) => fingerprint)).size).toBe(4);
    expect(() => numberedCard(100_000)).toThrow('100000');
  });
});
