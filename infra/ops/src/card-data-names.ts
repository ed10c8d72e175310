/** What card data is called: the second net behind the tag `card-data`, for what nobody thought to tag. */

/** Words that say it alone, and words that say it together. `cvc` finds `cvcCheck`, `payment method` finds `paymentMethods`. */
const sensitiveWords: readonly string[] = [
  'card',
  'pan',
  'cvc',
  'cvv',
  'brand',
  'last4',
  'last four',
  'fingerprint',
  'expiry',
  'exp month',
  'exp year',
  'funding',
  'iin',
  'iban',
  'stripe',
  'client secret',
  'payment method',
  'payment intent',
  'setup intent',
  'customer session',
  'ephemeral key',
];

/** Beginnings of references to cards, and of what opens the way to them: Stripe's, and our own `pmt_`. */
const sensitivePrefixes: readonly string[] = ['pmt', 'pm', 'seti', 'pi', 'cus', 'cuss', 'card', 'src', 'tok', 'ek', 'sk', 'rk'];

/** Whether a field, property or argument of this name would be card data. @param name in camel, snake or kebab case */
export function isCardDataName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/(?<=[a-z]{3})s$/, ''));
  const spaced = ` ${words.join(' ')} `.replace('last 4', 'last4');
  return sensitiveWords.some((sensitive) => spaced.includes(` ${sensitive} `));
}

/** Whether the pattern of a JSON Schema's string, or a constant of it, is that of a reference to a card. */
export function isCardDataPattern(pattern: string): boolean {
  return sensitivePrefixes.some((prefix) => new RegExp(`(?<![a-z0-9])${prefix}_`).test(pattern));
}
