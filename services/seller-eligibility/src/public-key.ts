/** Public keys that clients sign with (RFC 7523), as they are given: a JSON Web Key, of which nothing private is taken. */
import { createPublicKey } from 'node:crypto';

/** Only what is needed to check a signature. */
export interface PublicJwk {
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

export type ParsedKey =
  | { readonly kind: 'public_key'; readonly jwk: PublicJwk }
  | { readonly kind: 'private' }
  | { readonly kind: 'unusable' };

const maxLength = 4_096;
const minRsaBits = 2_048;
const maxRsaBits = 4_096;
/** 65537: with 1 a signature would prove nothing. */
const usualExponent = 'AQAB';
/** Members of private and symmetric keys (RFC 7518, section 6). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** @param text a JWK: EC on P-256 (for ES256), OKP on Ed25519 (EdDSA), or RSA of 2048 to 4096 bits (RS256) */
export function parsePublicKey(text: string): ParsedKey {
  if (text.length > maxLength) return { kind: 'unusable' };
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return { kind: 'unusable' };
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return { kind: 'unusable' };
  if (privateMembers.some((name) => Object.hasOwn(given, name))) return { kind: 'private' };
  try {
    const key = createPublicKey({ key: given as Record<string, unknown>, format: 'jwk' });
    const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' });
    if (kty === 'EC' && crv === 'P-256') return { kind: 'public_key', jwk: { kty, crv, x, y } };
    if (kty === 'OKP' && crv === 'Ed25519') return { kind: 'public_key', jwk: { kty, crv, x } };
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return kty === 'RSA' && e === usualExponent && bits >= minRsaBits && bits <= maxRsaBits
      ? { kind: 'public_key', jwk: { kty, n, e } }
      : { kind: 'unusable' };
  } catch {
    // Not on its curve, no base64url, a type of key that is unknown: none of it can check a signature.
    return { kind: 'unusable' };
  }
}
