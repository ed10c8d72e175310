/** Prices a purchase. Totals are computed here and nowhere else. */
import { maxAmountMinor, money, multiplyMoney, rateOf, type Money } from '@vitrine/runtime/money';
import { totalled, type Amounts } from './order.ts';

/** What shipping and tax are computed with. */
export interface Rates {
  readonly shipping: Money;
  /** Parts per million of the goods' price. */
  readonly taxPpm: number;
}

/** The most pieces that one purchase takes. */
export const maxQuantity = 100;

/** Whether the price of so many pieces, with shipping and tax, is still an amount (GraphQL's Int). */
export const isPayable = (unitPrice: Money, quantity: number): boolean => unitPrice.amountMinor * quantity * 2 < maxAmountMinor;

/** Amounts of a purchase. Shipping is a flat rate an order; tax is on the goods, not on shipping. */
export function priceOf(unitPrice: Money, quantity: number, rates: Rates): Amounts {
  const subtotal = multiplyMoney(unitPrice, quantity);
  return totalled({ subtotal, shipping: money(rates.shipping.amountMinor, subtotal.currency), tax: rateOf(subtotal, rates.taxPpm) });
}
