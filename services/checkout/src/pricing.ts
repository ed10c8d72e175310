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

/**
 * What of a total is the seller's, in minor units: goods and shipping less the network's fee in basis points, rounded down.
 * Tax stays with the network, which has to pay it (https://docs.stripe.com/tax/tax-for-marketplaces).
 */
export const sellerShareOf = ({ subtotal, shipping }: Pick<Amounts, 'subtotal' | 'shipping'>, platformFeeBps: number): number =>
  Math.floor(((subtotal.amountMinor + shipping.amountMinor) * (10_000 - platformFeeBps)) / 10_000);
