/** Prices a purchase. Totals are computed here and nowhere else. */
import { maxAmountMinor, money, multiplyMoney, rateOf, type Money } from '@vitrine/runtime/money';
import { totalled, type Amounts } from './order.ts';

/** Where a parcel goes, as far as shipping and tax depend on it. */
export interface Destination {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** ISO 3166-2 without the country: `CA`. */
  readonly region: string;
}

/** A way of shipping that the buyer can choose. */
export interface ShippingChoice {
  /** What `placeOrder` takes: `standard`, `express`, … */
  readonly service: string;
  readonly title: string;
  /** For one order. */
  readonly price: Money;
  /** Working days until it is there. */
  readonly minDays: number;
  readonly maxDays: number;
}

/** What shipping and tax are computed with. */
export interface Rates {
  /** Cheapest first; the first is the one that is taken when the buyer chooses none. Never empty. */
  readonly shipping: readonly ShippingChoice[];
  /** Parts per million of the goods' price. */
  readonly taxPpm: number;
}

/**
 * Where rates come from. The tables of the database (`store/rates.ts`) are one source; Stripe Tax
 * (https://docs.stripe.com/tax/custom) can be another one, behind payment-vault, which has the whole address.
 */
export interface Tariff {
  /** Null where Vitrine does not know what to charge, and so does not ship to. */
  ratesFor(destination: Destination): Promise<Rates | null>;
}

/** The most pieces that one purchase takes. */
export const maxQuantity = 100;

/** Whether the price of so many pieces, with shipping and tax, is still an amount (GraphQL's Int). */
export const isPayable = (unitPrice: Money, quantity: number): boolean => unitPrice.amountMinor * quantity * 2 < maxAmountMinor;

/** The way of shipping of this name, or the one for those who choose none; null when there is no such service. */
export const chooseShipping = (rates: Rates, service: string | null): ShippingChoice | null =>
  (service === null ? rates.shipping[0] : rates.shipping.find((choice) => choice.service === service)) ?? null;

/** Amounts of a purchase. Shipping is a rate for the order; tax is on the goods, not on shipping. */
export function priceOf(unitPrice: Money, quantity: number, shipping: Money, taxPpm: number): Amounts {
  const subtotal = multiplyMoney(unitPrice, quantity);
  return totalled({ subtotal, shipping: money(shipping.amountMinor, subtotal.currency), tax: rateOf(subtotal, taxPpm) });
}

/**
 * What of a total is the seller's, in minor units: goods and shipping less the network's fee in basis points, rounded down.
 * Tax stays with the network, which has to pay it (https://docs.stripe.com/tax/tax-for-marketplaces).
 */
export const sellerShareOf = ({ subtotal, shipping }: Pick<Amounts, 'subtotal' | 'shipping'>, platformFeeBps: number): number =>
  Math.floor(((subtotal.amountMinor + shipping.amountMinor) * (10_000 - platformFeeBps)) / 10_000);
