/** Identifiers in Stripe's shape: a type prefix and random base-62 characters. */
import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `bytes` as base-62 text, one character per byte; the slight bias does not matter for identifiers. */
export function base62(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += ALPHABET[byte % 62];
  return text;
}

const LENGTHS = { cus: 14, req: 14, acct: 16 } as const;

/** Objects of one payment, whose ids Stripe starts with 3. */
const OF_A_PAYMENT = new Set<IdPrefix>(['pi', 'ch', 'py', 're', 'tr', 'txn']);

type IdPrefix =
  | 'cus'
  | 'pm'
  | 'seti'
  | 'setatt'
  | 'pi'
  | 'ch'
  | 're'
  | 'req'
  | 'payatt'
  | 'evt'
  | 'we'
  | 'acct'
  | 'tr'
  | 'trr'
  | 'fee'
  | 'fr'
  | 'txn'
  | 'du'
  | 'py'
  | 'ephkey'
  | 'alnk';

/** A new id such as `pi_3` and 23 further characters; customers and requests have 14. */
export function newId(prefix: IdPrefix): string {
  if (prefix === 'cus' || prefix === 'req') return `${prefix}_${base62(randomBytes(LENGTHS[prefix]))}`;
  if (prefix === 'acct') return `acct_1${base62(randomBytes(LENGTHS.acct - 1))}`;
  const generation = OF_A_PAYMENT.has(prefix) ? '3' : '1';
  return `${prefix}_${generation}${base62(randomBytes(23))}`;
}

/** The secret a browser proves it may act on one intent with. */
export function newClientSecret(intentId: string): string {
  return `${intentId}_secret_${base62(randomBytes(25))}`;
}

/** The account id that belongs to the part of an API key that its secret and its publishable form share. */
export function accountIdOf(seed: Uint8Array): string {
  return `acct_${base62(seed.subarray(0, LENGTHS.acct))}`;
}
