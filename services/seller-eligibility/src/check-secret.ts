/** Whether a secret, of which only the digest is known, is one of a client's. */
import { timingSafeEqual } from 'node:crypto';
import type { Credential } from './store/api-client-credentials.ts';

/** Compared where there is nothing to compare with, so that the time does not tell. No secret has it as its digest. */
const noHash = Buffer.alloc(32);

/** The key whose secret has this digest; null when none has. Takes as long for a wrong one as for a right one. */
export function findProvedKey(keys: readonly Credential[], hash: Buffer): Credential | null {
  let proved: Credential | null = null;
  for (const key of keys.length === 0 ? [null] : keys) {
    const matches = timingSafeEqual(key?.secretHash ?? noHash, hash);
    if (matches && key !== null && key.secretHash !== null) proved = key;
  }
  return proved;
}
