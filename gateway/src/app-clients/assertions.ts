/**
 * Checks assertions: that an attested app made this very request, and makes it once. An assertion is App Attest's on both platforms,
 * signed over the request's method, path, body and DPoP proof; its counter must rise.
 */
import { createHash, hash, verify } from 'node:crypto';
import { isDatabaseUnavailable, type Queryable } from '@vitrine/runtime/database';
import { raiseCounter, type AppInstance } from './app-client-store.ts';
import { bytesAt, readCborMap } from './cbor.ts';

export type AssertionFault =
  | 'malformed'
  | 'app'
  /** Not of the attested key, or made for another request. */
  | 'signature'
  /** Used before, or older than one that was. */
  | 'counter';

export type AssertionCheck =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly fault: AssertionFault }
  | { readonly kind: 'unavailable' };

export interface AssertionRequest {
  readonly instance: AppInstance;
  /** `X-Vitrine-Assertion` */
  readonly assertionHeader: string | string[] | undefined;
  readonly method: string;
  /** With the query, if the request has one. */
  readonly path: string;
  /** The bytes that came. */
  readonly body: Uint8Array;
  /** The request's one DPoP proof. */
  readonly proofHeader: string;
}

export interface AssertionVerifier {
  check(request: AssertionRequest): Promise<AssertionCheck>;
}

/** An assertion has about 190 characters. */
const assertionShape = /^[\w-]{60,1024}$/;
const authenticatorBytes = 37;

export function createAssertionVerifier(pool: Queryable): AssertionVerifier {
  const refused = (fault: AssertionFault): AssertionCheck => ({ kind: 'refused', fault });
  return {
    async check({ instance, assertionHeader, method, path, body, proofHeader }) {
      if (assertionHeader === undefined || assertionHeader.length === 0) return { kind: 'missing' };
      if (typeof assertionHeader !== 'string' || !assertionShape.test(assertionHeader)) return refused('malformed');
      const map = readCborMap(Buffer.from(assertionHeader, 'base64url'));
      const signature = map === null ? null : bytesAt(map, 'signature');
      const authenticatorData = map === null ? null : bytesAt(map, 'authenticatorData');
      if (signature === null || authenticatorData === null || authenticatorData.length < authenticatorBytes) return refused('malformed');
      if (!createHash('sha256').update(instance.appId).digest().equals(authenticatorData.subarray(0, 32))) return refused('app');

      const clientDataHash = createHash('sha256')
        .update(`vitrine-assertion-v1\n${method}\n${path}\n${hash('sha256', body)}\n${hash('sha256', proofHeader)}`)
        .digest();
      const nonce = createHash('sha256').update(authenticatorData).update(clientDataHash).digest();
      if (!verify('sha256', nonce, instance.publicKey, signature)) return refused('signature');
      try {
        const counter = authenticatorData.readUInt32BE(33);
        return (await raiseCounter(pool, instance.instanceId, counter)) ? { kind: 'accepted' } : refused('counter');
      } catch (error) {
        if (isDatabaseUnavailable(error)) return { kind: 'unavailable' };
        throw error;
      }
    },
  };
}
