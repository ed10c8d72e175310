/**
 * Addresses as ciphertext: AES-256-GCM under the buyer's data key, one JSON payload, nonce ‖ ciphertext ‖ tag. Table,
 * buyer, row and key version are authenticated with it, so that a ciphertext opens in the place that it was made for only.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, type KeyObject } from 'node:crypto';
import type { PostalAddress } from './address.ts';

/** The place of a ciphertext. */
export interface SealedPlace {
  readonly table: 'addresses' | 'order_addresses';
  readonly buyerId: string;
  readonly rowId: string;
  readonly keyVersion: number;
}

const nonceBytes = 12;
const tagBytes = 16;

const associatedData = ({ table, buyerId, rowId, keyVersion }: SealedPlace): Buffer =>
  Buffer.from(['payment-vault', table, buyerId, rowId, String(keyVersion)].join('|'));

export function sealAddress(key: KeyObject, place: SealedPlace, address: PostalAddress): Buffer {
  const { name, line1, line2, city, region, postalCode, country, phone } = address;
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associatedData(place));
  const payload = JSON.stringify({ name, line1, line2, city, region, postalCode, country, phone });
  return Buffer.concat([nonce, cipher.update(payload, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when the ciphertext was made for another place or with another key, or was changed. */
export function openAddress(key: KeyObject, place: SealedPlace, ciphertext: Buffer): PostalAddress {
  const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(0, nonceBytes))
    .setAAD(associatedData(place))
    .setAuthTag(ciphertext.subarray(-tagBytes));
  const payload = Buffer.concat([decipher.update(ciphertext.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  // Only a holder of the buyer's key can have written this, so its shape is trusted.
  return JSON.parse(payload.toString('utf8')) as PostalAddress;
}

/**
 * Stands for personal input where only its equality matters. Unlike a plain hash it cannot be checked against guesses
 * without the buyer's key, and becomes meaningless when that is destroyed.
 */
export const fingerprintInput = (key: KeyObject, digest: Buffer): string =>
  createHmac('sha256', key).update('payment-vault|input|').update(digest).digest('base64url');
