/**
 * Clients that prove themselves with a JWT that they sign (RFC 7523, section 3; `private_key_jwt`). Which key and which
 * algorithm count is decided by what the client has registered, never by what the JWT says; each JWT is good once.
 */
import { createHash, createPublicKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify, type ProtectedHeaderParameters } from 'jose';
import type { ApiClientState } from '@vitrine/contracts/api-clients-http';
import type { SingleUse } from '../app-clients/single-use.ts';

export type AssertionCheck =
  | { readonly kind: 'proved'; readonly keyId: string }
  /** `reason` is for the log, and never for the sender. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It cannot be told whether it was used before. */
  | { readonly kind: 'unavailable' };

export interface ClientAssertions {
  /** The client that an assertion says it is from, unchecked; null when it says nothing of the kind. */
  issuerOf(assertion: string): string | null;
  check(assertion: string, client: ApiClientState): Promise<AssertionCheck>;
}

const maxLength = 8_192;
const clockSkewSeconds = 5;
/** An assertion that is good for longer would have to be remembered for longer. */
const maxLifetimeSeconds = 300;
const maxIdLength = 255;
const types: readonly unknown[] = [undefined, 'jwt', 'client-authentication+jwt'];

/** The algorithms of a key, by its type: one and no other (RFC 8725, section 3.1; EdDSA has two names). */
const algorithmsOf: Readonly<Record<string, readonly string[]>> = { EC: ['ES256'], RSA: ['RS256'], OKP: ['EdDSA', 'Ed25519'] };

type ClientKey = ApiClientState['keys'][number];

/** @param options.tokenEndpoint its URL, as clients write it: whom the assertion is for */
export function createClientAssertions(options: {
  readonly tokenEndpoint: string;
  readonly used: SingleUse;
  readonly now?: () => number;
}): ClientAssertions {
  const { tokenEndpoint, used, now = Date.now } = options;

  const verifiedClaims = async (assertion: string, { publicKey }: ClientKey, clientId: string) => {
    if (publicKey === null) return null;
    try {
      const { payload } = await jwtVerify(assertion, createPublicKey({ key: publicKey, format: 'jwk' }), {
        algorithms: [...(algorithmsOf[publicKey.kty] ?? [])],
        issuer: clientId,
        subject: clientId,
        audience: tokenEndpoint,
        requiredClaims: ['exp', 'jti'],
        clockTolerance: clockSkewSeconds,
        currentDate: new Date(now()),
      });
      return payload;
    } catch {
      // Which of all this does not hold is nobody's to know but the client's own.
      return null;
    }
  };

  return {
    issuerOf(assertion) {
      if (assertion.length > maxLength) return null;
      try {
        const { iss } = decodeJwt(assertion);
        return typeof iss === 'string' ? iss : null;
      } catch {
        return null;
      }
    },

    async check(assertion, client) {
      const header = headerOf(assertion);
      if (header === null || !types.includes(header.typ?.toLowerCase())) return { kind: 'refused', reason: 'not an assertion' };
      const named = client.keys.filter(({ publicKey, keyId }) => publicKey !== null && (header.kid === undefined || header.kid === keyId));
      for (const key of named) {
        const claims = await verifiedClaims(assertion, key, client.clientId);
        if (claims === null) continue;
        const { exp = 0, jti = '', aud } = claims;
        // Meant for several, it could be passed on by each of them.
        if (Array.isArray(aud) && aud.length !== 1) return { kind: 'refused', reason: 'for several audiences' };
        const nowSeconds = now() / 1_000;
        if (exp > nowSeconds + maxLifetimeSeconds + clockSkewSeconds) return { kind: 'refused', reason: 'good for too long' };
        if (typeof jti !== 'string' || jti === '' || jti.length > maxIdLength) return { kind: 'refused', reason: 'no jti' };
        const id = `${client.clientId}:${createHash('sha256').update(jti).digest('base64url')}`;
        const claim = await used.claim(id, (exp - nowSeconds + 2 * clockSkewSeconds) * 1_000, '1');
        if (claim.kind === 'unavailable') return { kind: 'unavailable' };
        return claim.kind === 'first' ? { kind: 'proved', keyId: key.keyId } : { kind: 'refused', reason: 'used before' };
      }
      return { kind: 'refused', reason: named.length === 0 ? 'no such key' : 'does not verify' };
    },
  };
}

function headerOf(assertion: string): ProtectedHeaderParameters | null {
  if (assertion.length > maxLength) return null;
  try {
    const header = decodeProtectedHeader(assertion);
    return (header.typ === undefined || typeof header.typ === 'string') && (header.kid === undefined || typeof header.kid === 'string')
      ? header
      : null;
  } catch {
    return null;
  }
}
