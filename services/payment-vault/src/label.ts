/** Labels that buyers give to what they stored, such as "Home": personal, so sealed with the buyer's data key. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { invalidInput, type InvalidInput } from './address.ts';
import type { BuyerKey } from './buyer-keys.ts';
import type { Deps } from './deps.ts';

/** What a label belongs to. */
export interface LabelPlace {
  readonly table: 'payment_methods' | 'addresses';
  readonly buyerId: string;
  readonly rowId: string;
}

export interface SealedLabel {
  readonly ciphertext: Buffer;
  readonly keyVersion: number;
}

const maxLength = 40;
const nonceBytes = 12;
const tagBytes = 16;
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const associatedData = ({ table, buyerId, rowId }: LabelPlace, keyVersion: number): Buffer =>
  Buffer.from(['payment-vault', `${table}.label`, buyerId, rowId, String(keyVersion)].join('|'));

/** Null for a label that is empty: that takes it away. */
export function normaliseLabel(given: string | null): { readonly kind: 'label'; readonly label: string | null } | InvalidInput {
  const label = (given ?? '').normalize('NFC').trim().replaceAll(/\s+/gu, ' ');
  if (unprintable.test(given ?? '')) return invalidInput('label', 'The label holds a character that cannot be printed. Take it out.');
  if (Array.from(label).length > maxLength) return invalidInput('label', `The label is too long. Enter up to ${maxLength} characters.`);
  return { kind: 'label', label: label === '' ? null : label };
}

/** @param buyerKey the buyer's current key */
export function sealLabel({ key, version }: BuyerKey, place: LabelPlace, label: string | null): SealedLabel | null {
  if (label === null) return null;
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData(place, version));
  return { ciphertext: Buffer.concat([nonce, cipher.update(label, 'utf8'), cipher.final(), cipher.getAuthTag()]), keyVersion: version };
}

/** Null when there is none, or its key was destroyed. @throws Error when it was sealed for another place. */
export async function openLabel(deps: Pick<Deps, 'keys'>, place: LabelPlace, sealed: SealedLabel | null): Promise<string | null> {
  if (sealed === null) return null;
  const key = await deps.keys.find(place.buyerId, sealed.keyVersion);
  if (key === null) return null;
  const { ciphertext } = sealed;
  const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(0, nonceBytes))
    .setAAD(associatedData(place, sealed.keyVersion))
    .setAuthTag(ciphertext.subarray(-tagBytes));
  return Buffer.concat([decipher.update(ciphertext.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8');
}
