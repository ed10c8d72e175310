import { describe, expect, test } from '@jest/globals';
import { isPayable, priceOf, sellerShareOf } from '../src/pricing.ts';
import { missingDetails } from '../src/quote-purchase.ts';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

describe('priceOf', () => {
  test('the total is goods, flat shipping and tax on the goods', () => {
    expect(priceOf(usd(1_800), 2, usd(499), 72_500)).toEqual({
      subtotal: usd(3_600),
      shipping: usd(499),
      tax: usd(261),
      total: usd(4_360),
    });
  });

  test('a rate with a fraction of a basis point rounds half up to the cent', () => {
    // 6.875 % of 1600 cents are exactly 110; of 1604 they are 110.275; of 1608, 110.55.
    expect([1_600, 1_604, 1_608].map((price) => priceOf(usd(price), 1, usd(0), 68_750).tax.amountMinor)).toEqual([110, 110, 111]);
  });

  test('an amount beyond what GraphQL can carry is refused instead of wrapped', () => {
    expect(isPayable(usd(99_999_999), 1)).toBe(true);
    expect(isPayable(usd(99_999_999), 100)).toBe(false);
  });
});

describe("a seller's share", () => {
  test('is goods and shipping less the fee, rounded down, and never of the tax', () => {
    const amounts = priceOf(usd(1_801), 1, usd(499), 72_500);
    expect([0, 500, 1, 10_000].map((feeBps) => sellerShareOf(amounts, feeBps))).toEqual([2_300, 2_185, 2_299, 0]);
  });

  test('of the largest amounts is exact', () => {
    const most = { subtotal: usd(2_147_483_000), shipping: usd(647) };
    expect(sellerShareOf(most, 0)).toBe(2_147_483_647);
    expect(sellerShareOf(most, 9_999)).toBe(214_748);
  });
});

describe('missingDetails', () => {
  const paymentMethod = { paymentMethodId: 'pmt_1', expired: false };
  const address = { addressId: 'adr_1', country: 'US', region: 'CA' };

  test('nothing is missing with a valid card and an address', () => {
    expect(missingDetails({ paymentMethod, address })).toEqual([]);
  });

  test('an expired card counts as missing', () => {
    expect(missingDetails({ paymentMethod: { ...paymentMethod, expired: true }, address })).toEqual(['PAYMENT_METHOD']);
  });

  test('a first-time buyer misses both', () => {
    expect(missingDetails({ paymentMethod: null, address: null })).toEqual(['DELIVERY_ADDRESS', 'PAYMENT_METHOD']);
  });
});
