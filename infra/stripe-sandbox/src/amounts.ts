/** What Stripe accepts as an amount: the currencies it settles, their minimum charge, and the eight-digit maximum. */
import { invalidRequest } from './errors.ts';

/** Minimum charge in minor units, and how many minor units make one major unit. */
const CURRENCIES = new Map<string, { minimum: number; perMajor: number; symbol?: string }>([
  ['usd', { minimum: 50, perMajor: 100, symbol: '$' }],
  ['aed', { minimum: 200, perMajor: 100 }],
  ['aud', { minimum: 50, perMajor: 100, symbol: '$' }],
  ['brl', { minimum: 50, perMajor: 100 }],
  ['cad', { minimum: 50, perMajor: 100, symbol: '$' }],
  ['chf', { minimum: 50, perMajor: 100 }],
  ['czk', { minimum: 1500, perMajor: 100 }],
  ['dkk', { minimum: 250, perMajor: 100 }],
  ['eur', { minimum: 50, perMajor: 100, symbol: '€' }],
  ['gbp', { minimum: 30, perMajor: 100, symbol: '£' }],
  ['hkd', { minimum: 400, perMajor: 100, symbol: '$' }],
  ['huf', { minimum: 17500, perMajor: 100 }],
  ['inr', { minimum: 50, perMajor: 100 }],
  ['jpy', { minimum: 50, perMajor: 1, symbol: '¥' }],
  ['myr', { minimum: 200, perMajor: 100 }],
  ['mxn', { minimum: 1000, perMajor: 100, symbol: '$' }],
  ['nok', { minimum: 300, perMajor: 100 }],
  ['nzd', { minimum: 50, perMajor: 100, symbol: '$' }],
  ['pln', { minimum: 200, perMajor: 100 }],
  ['ron', { minimum: 200, perMajor: 100 }],
  ['sek', { minimum: 300, perMajor: 100 }],
  ['sgd', { minimum: 50, perMajor: 100, symbol: '$' }],
  ['thb', { minimum: 1000, perMajor: 100 }],
]);

const MAXIMUM = 99_999_999;

/** `1050, 'usd'` → `$10.50`, as in Stripe's messages. */
export function formatAmount(amount: number, currency: string): string {
  const { perMajor = 100, symbol = '' } = CURRENCIES.get(currency) ?? {};
  const digits = (amount / perMajor).toLocaleString('en-US', {
    minimumFractionDigits: perMajor === 1 ? 0 : 2,
    maximumFractionDigits: perMajor === 1 ? 0 : 2,
  });
  return `${symbol}${digits}`;
}

/** Returns the currency in lower case; throws ApiError 400 where Stripe does not take the currency or the amount. */
export function checkAmount(amount: number, currencyText: string): string {
  const currency = currencyText.toLowerCase();
  const known = CURRENCIES.get(currency);
  if (known === undefined) {
    throw invalidRequest(
      `Invalid currency: ${currency.slice(0, 20)}. Stripe currently supports these currencies: ${[...CURRENCIES.keys()].join(', ')}`,
      {
        param: 'currency',
      },
    );
  }
  if (amount < 1) {
    throw invalidRequest(amount < 0 ? 'Invalid non-negative integer' : 'This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    });
  }
  if (amount < known.minimum) {
    throw invalidRequest(`Amount must be at least ${formatAmount(known.minimum, currency)} ${currency}`, {
      code: 'amount_too_small',
      param: 'amount',
    });
  }
  if (amount > MAXIMUM) {
    throw invalidRequest(`Amount must be no more than ${formatAmount(MAXIMUM, currency)} ${currency}`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  }
  return currency;
}
