import { describe, expect, test } from '@jest/globals';
import { currencyExponent, readPrice } from '../src/price.ts';

describe('prices of a feed', () => {
  test.each([
    ['15.00 USD', 1_500, 'USD'],
    ['15 USD', 1_500, 'USD'],
    ['15.5 USD', 1_550, 'USD'],
    ['15.500 USD', 1_550, 'USD'],
    ['0.50 USD', 50, 'USD'],
    [' 0015.00   EUR ', 1_500, 'EUR'],
    ['999999.99 USD', 99_999_999, 'USD'],
    ['1500 JPY', 1_500, 'JPY'],
    ['1500.00 JPY', 1_500, 'JPY'],
    ['1.234 KWD', 1_234, 'KWD'],
  ])('%j is read exactly', (text, priceMinor, currency) => {
    expect(readPrice(text)).toEqual({ priceMinor, currency });
  });

  test.each([
    '',
    'USD',
    '15',
    '15.00',
    '15,00 USD',
    '1,500.00 USD',
    '-15.00 USD',
    '+15.00 USD',
    '1e3 USD',
    '0x10 USD',
    '.50 USD',
    '15. USD',
    '15.00 usd',
    '15.00 US$',
    '$15.00',
    'USD 15.00',
    '15.00 USD 16.00 EUR',
    '15.001 USD',
    '1500.5 JPY',
    '1.2345 KWD',
    '0.49 USD',
    '1000000.00 USD',
    '999999999999.99 USD',
    '9999999999999999999999 USD',
    'Infinity USD',
    'NaN USD',
    '１５ USD',
    '15.00\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0USD',
  ])('%j is refused with a reason', (text) => {
    expect(readPrice(text)).toEqual({ fault: expect.stringMatching(/price|currency/i) });
  });

  test('every amount of cents survives being written and read', () => {
    for (let cents = 50; cents < 100_000_000; cents += 99_991) {
      const text = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')} USD`;
      expect(readPrice(text)).toEqual({ priceMinor: cents, currency: 'USD' });
    }
  });

  test('decimal places follow the currency', () => {
    expect(['USD', 'JPY', 'KRW', 'KWD', 'CLF'].map(currencyExponent)).toEqual([2, 0, 0, 3, 4]);
  });
});
