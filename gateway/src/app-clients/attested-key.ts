/** The key that an attestation is about, and why one may be refused. */
import { createHash, type KeyObject } from 'node:crypto';
import type { ChainCertificate, ChainFault } from './attestation-chain.ts';

export type AppEnvironment = 'production' | 'development';

export type AttestationFault =
  | ChainFault
  /** It was made for something else than the challenge and the DPoP key of this registration. */
  | 'challenge'
  /** The key is not the one that it was said to be, or not of P-256. */
  | 'key'
  | 'app'
  /** The key was used before it was attested. */
  | 'counter'
  /** A development attestation, where only production ones are taken. */
  | 'development'
  /** The key is not kept by secure hardware, was not made there, or may be used for more than signing. */
  | 'hardware'
  /** The device's boot was changed. */
  | 'boot'
  /** A certificate of the chain is trusted no more. */
  | 'revoked'
  /** There is no official app on this platform. */
  | 'platform';

export interface AttestedKey {
  readonly kind: 'accepted';
  /** SHA-256 of the public key's point, base64. */
  readonly keyId: string;
  readonly publicKey: KeyObject;
  /** As assertions name it: `TEAMID.bundle.id`, or the package. */
  readonly appId: string;
  readonly environment: AppEnvironment;
  /** Serial numbers of the chain, which may have been revoked. */
  readonly serialNumbers: readonly string[];
}

export type AttestationCheck = AttestedKey | { readonly kind: 'refused'; readonly reason: AttestationFault };

export const refuseAttestation = (reason: AttestationFault): AttestationCheck => ({ kind: 'refused', reason });

/** The name of a key of P-256; null for other keys. */
export function keyIdOf(publicKey: KeyObject): string | null {
  if (publicKey.asymmetricKeyType !== 'ec' || publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return null;
  const { x, y } = publicKey.export({ format: 'jwk' });
  if (x === undefined || y === undefined) return null;
  return createHash('sha256').update(Buffer.of(4)).update(Buffer.from(x, 'base64url')).update(Buffer.from(y, 'base64url')).digest('base64');
}

export const serialNumbersOf = (certificates: readonly ChainCertificate[]): readonly string[] =>
  certificates.map(({ serialNumber }) => serialNumber);
