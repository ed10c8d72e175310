/** Money and times for people, in the browser's language. */

const language = navigator.language || 'en-US';

/** Minor units to a price: the currency decides how many digits are behind the point. */
export function formatMoney({ amountMinor, currency }) {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  return format.format(amountMinor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'narrow' });

export const formatDateTime = (iso) => dateTime.format(new Date(iso));

/** "3 min. ago" up to a week, then the date. */
export function formatAge(iso) {
  const seconds = Math.round((Date.parse(iso) - Date.now()) / 1_000);
  const steps = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ];
  if (Math.abs(seconds) > 7 * 86_400) return dateTime.format(new Date(iso));
  for (const [unit, size] of steps) if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  return relative.format(0, 'second');
}

const wait = new Intl.RelativeTimeFormat(language, { numeric: 'always' });

/** "in 12 minutes", rounded up; seconds when it is less than a minute. */
export const formatWait = (ms) =>
  ms <= 59_000 ? wait.format(Math.max(1, Math.ceil(ms / 1_000)), 'second') : wait.format(Math.ceil(ms / 60_000), 'minute');

const brands = { visa: 'Visa', mastercard: 'Mastercard', amex: 'American Express', discover: 'Discover' };

export const formatCard = ({ brand, last4 }) => `${brands[brand] ?? brand} ···· ${last4}`;
export const formatExpiry = ({ expMonth, expYear }) => `${String(expMonth).padStart(2, '0')}/${String(expYear).slice(-2)}`;
export const formatAddress = ({ line1, line2, city, region, postalCode, country }) =>
  [line1, line2, `${city}, ${region} ${postalCode}`, country].filter(Boolean).join(', ');
