/**
 * Public keys of clients as JSON Web Keys: elliptic, P-256, public members only. Signatures of this curve are the cheapest to check
 * that phones' secure hardware can make, and it is the one that App Attest and StrongBox have.
 */
import { createPublicKey, hash, type KeyObject } from 'node:crypto';

export interface ProofKey {
  /** RFC 7638: SHA-256 in base64url, 43 characters. */
  readonly thumbprint: string;
  /** Imports the key (55 µs); null when its coordinates are no point of the curve. */
  import(): KeyObject | null;
}

const coordinate = /^[\w-]{43}$/;
/** Members that only private and symmetric keys have (RFC 7518, section 6). */
const privateMembers = ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];

/** Null for anything but a public key of P-256. */
export function readProofKey(jwk: unknown): ProofKey | null {
  if (typeof jwk !== 'object' || jwk === null) return null;
  const { kty, crv, x, y } = jwk as Readonly<Record<string, unknown>>;
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string') return null;
  if (!coordinate.test(x) || !coordinate.test(y) || privateMembers.some((member) => member in jwk)) return null;
  return {
    thumbprint: hash('sha256', `{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`, 'base64url'),
    import() {
      try {
        return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
      } catch {
        // The only thing left that can be wrong with it: the point is not on the curve.
        return null;
      }
    },
  };
}
