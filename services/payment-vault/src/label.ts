/** Labels that buyers give to what they stored, such as "Home": personal, so sealed with the buyer's data key. */
import { invalidInput, unprintable, type InvalidInput } from './address.ts';
import { seal, open } from './authenticated-encryption.ts';
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
  return { ciphertext: seal(key, associatedData(place, version), Buffer.from(label, 'utf8')), keyVersion: version };
}

/** Null when there is none, or its key was destroyed. @throws Error when it was sealed for another place. */
export async function openLabel(deps: Pick<Deps, 'keys'>, place: LabelPlace, sealed: SealedLabel | null): Promise<string | null> {
  if (sealed === null) return null;
  const key = await deps.keys.find(place.buyerId, sealed.keyVersion);
  if (key === null) return null;
  return open(key, associatedData(place, sealed.keyVersion), sealed.ciphertext).toString('utf8');
}
