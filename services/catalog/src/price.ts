/** Prices as a product feed writes them, `15.00 USD`, read digit by digit: no floating-point number is involved. */
import { amountFault, currencyFault, priceLimits } from './product.ts';

/** Currencies of ISO 4217 whose minor unit is not a hundredth. */
const exponents: ReadonlyMap<string, number> = new Map([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map(
    (currency) => [currency, 0] as const,
  ),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((currency) => [currency, 3] as const),
  ...['CLF', 'UYW'].map((currency) => [currency, 4] as const),
]);

/** Decimal places of a currency's minor unit: 2 for USD, 0 for JPY, 3 for KWD. */
export const currencyExponent = (currency: string): number => exponents.get(currency) ?? 2;

/** Reads `15.00 USD` or `15 USD` as minor units, or says what is wrong with it. */
export function readPrice(text: string): { readonly priceMinor: number; readonly currency: string } | { readonly fault: string } {
  const [, whole, fraction = '', currency] = /^(\d{1,12})(?:\.(\d{1,12}))?\s{1,8}(\S{1,8})$/.exec(text.trim()) ?? [];
  if (whole === undefined || currency === undefined)
    return { fault: 'The price must be a number with a point and a currency, for example 15.00 USD.' };
  const wrongCurrency = currencyFault(currency);
  if (wrongCurrency !== null) return { fault: wrongCurrency };
  const exponent = currencyExponent(currency);
  const digits = fraction.replace(/0+$/, '');
  if (digits.length > exponent) return { fault: `A price in ${currency} has ${exponent} decimal places at most.` };
  // At most 16 digits: anything that a double could round is far beyond the largest price.
  const minor = BigInt(whole + digits.padEnd(exponent, '0'));
  const priceMinor = minor > BigInt(priceLimits.max) ? Number.POSITIVE_INFINITY : Number(minor);
  const wrongAmount = amountFault(priceMinor);
  return wrongAmount === null ? { priceMinor, currency } : { fault: wrongAmount };
}
