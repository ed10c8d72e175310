/** Money: integer minor units and an ISO 4217 code. Never a float, never two currencies in one sum. */

export interface Money {
  /** Integer, 0 to 2147483647 (GraphQL's Int). */
  readonly amountMinor: number;
  /** ISO 4217, capitals. */
  readonly currency: string;
}

/** The largest amount that a field of type Money can carry. */
export const maxAmountMinor = 2_147_483_647;

/**
 * Checked money.
 * @throws RangeError when the amount is not an integer from 0 to `maxAmountMinor`.
 */
export function money(amountMinor: number, currency: string): Money {
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 0 || amountMinor > maxAmountMinor) {
    throw new RangeError(`${amountMinor} is not an amount in minor units`);
  }
  return { amountMinor, currency };
}

/** @throws RangeError for two currencies, or a sum beyond `maxAmountMinor`. */
export function addMoney(first: Money, ...rest: readonly Money[]): Money {
  return rest.reduce((sum, next) => {
    if (next.currency !== sum.currency) throw new RangeError(`${sum.currency} and ${next.currency} cannot be added`);
    return money(sum.amountMinor + next.amountMinor, sum.currency);
  }, first);
}

/** @throws RangeError when the product is beyond `maxAmountMinor`. */
export const multiplyMoney = (amount: Money, times: number): Money => money(amount.amountMinor * times, amount.currency);

/** A rate in parts per million of an amount (6.875 % is 68750), rounded half up to the minor unit. */
export const rateOf = (amount: Money, ratePpm: number): Money =>
  money(Math.floor((amount.amountMinor * ratePpm + 500_000) / 1_000_000), amount.currency);

export const sameMoney = (a: Money, b: Money): boolean => a.amountMinor === b.amountMinor && a.currency === b.currency;
