/** Gives an API client a key: a secret that is shown once and kept as a digest, or a public key of the client's own. */
import { createHash, randomBytes } from 'node:crypto';
import { parseInstant } from '@vitrine/contracts/instant';
import type { Transaction } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import type { Fault } from './api-client.ts';
import { parsePublicKey, type PublicJwk } from './public-key.ts';
import { insertKey } from './store/api-clients.ts';

/** A key that can be given. */
export interface KeyWish {
  /** The client's own public key; null for a secret. */
  readonly jwk: PublicJwk | null;
  /** Null for a key that ends only when it is revoked. */
  readonly expiresAt: Date | null;
}

export interface IssuedKey {
  readonly keyId: string;
  /** To be shown now and never again; null for a public key. */
  readonly secret: string | null;
}

/** Recognizable, so that a secret that got into a repository or a log can be found there. */
const secretPrefix = 'vts_';
const secretBytes = 32;

/** The digest that is kept of a secret. It is random, so that there is nothing to be guessed and no salt or stretching is needed. */
const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** @param names what the two fields are called in the mutation's input */
export function readKeyWish(
  given: { readonly publicKey: string | null | undefined; readonly expiresAt: unknown },
  names: { readonly publicKey: string; readonly expiresAt: string },
): KeyWish | Fault {
  const hasEnd = given.expiresAt !== undefined && given.expiresAt !== null;
  const expiresAt = hasEnd ? parseInstant(given.expiresAt) : null;
  if (hasEnd && (expiresAt === null || expiresAt.getTime() <= Date.now()))
    return { path: [names.expiresAt], message: `${names.expiresAt} must be an instant to come, like 2027-11-23T08:30:00.000Z, or null.` };
  if (given.publicKey === undefined || given.publicKey === null) return { jwk: null, expiresAt };
  const parsed = parsePublicKey(given.publicKey);
  switch (parsed.kind) {
    case 'public_key':
      return { jwk: parsed.jwk, expiresAt };
    case 'private':
      return {
        path: [names.publicKey],
        message: 'This is a private key, which nobody else may have: do not use it any more. Make a new one and give its public key.',
      };
    default:
      return {
        path: [names.publicKey],
        message: `${names.publicKey} must be a JSON Web Key: EC on P-256, OKP on Ed25519, or RSA of 2048 to 4096 bits with the exponent 65537.`,
      };
  }
}

export async function issueKey(
  transaction: Transaction,
  { clientId, wish, createdBy }: { readonly clientId: string; readonly wish: KeyWish; readonly createdBy: string },
): Promise<IssuedKey> {
  const keyId = newId('apk');
  const secret = `${secretPrefix}${randomBytes(secretBytes).toString('base64url')}`;
  await insertKey(transaction, {
    keyId,
    clientId,
    proof: wish.jwk === null ? { kind: 'secret', hash: hashSecret(secret) } : { kind: 'public_key', jwk: wish.jwk },
    expiresAt: wish.expiresAt,
    createdBy,
  });
  return { keyId, secret: wish.jwk === null ? secret : null };
}
