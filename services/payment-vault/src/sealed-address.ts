/**
 * Addresses as ciphertext: AES-256-GCM under the buyer's data key, one JSON payload, nonce ‖ ciphertext ‖ tag. Table,
 * buyer, row and key version are authenticated with it, so that a ciphertext opens in the place that it was made for only.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import type { PostalAddress } from './address.ts';
import { seal, open } from './authenticated-encryption.ts';

/** The place of a ciphertext. */
export interface SealedPlace {
  readonly table: 'addresses' | 'order_addresses';
  readonly buyerId: string;
  readonly rowId: string;
  readonly keyVersion: number;
}

const associatedData = ({ table, buyerId, rowId, keyVersion }: SealedPlace): Buffer =>
  Buffer.from(['payment-vault', table, buyerId, rowId, String(keyVersion)].join('|'));

export function sealAddress(key: KeyObject, place: SealedPlace, address: PostalAddress): Buffer {
  const { name, line1, line2, city, region, postalCode, country, phone } = address;
  const payload = JSON.stringify({ name, line1, line2, city, region, postalCode, country, phone });
  return seal(key, associatedData(place), Buffer.from(payload, 'utf8'));
}

/** @throws Error when the ciphertext was made for another place or with another key, or was changed. */
export function openAddress(key: KeyObject, place: SealedPlace, ciphertext: Buffer): PostalAddress {
  const payload = open(key, associatedData(place), ciphertext);
  // Only a holder of the buyer's key can have written this, so its shape is trusted.
  return JSON.parse(payload.toString('utf8')) as PostalAddress;
}

/**
 * Stands for personal input where only its equality matters. Unlike a plain hash it cannot be checked against guesses
 * without the buyer's key, and becomes meaningless when that is destroyed.
 */
export const fingerprintInput = (key: KeyObject, digest: Buffer): string =>
  createHmac('sha256', key).update('payment-vault|input|').update(digest).digest('base64url');
