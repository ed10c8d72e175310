/**
 * Verifies attestations of App Attest by the nine steps of
 * https://developer.apple.com/documentation/devicecheck/validating-apps-that-connect-to-your-server.
 */
import { createHash } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import { checkChain } from './attestation-chain.ts';
import { keyIdOf, refuseAttestation, serialNumbersOf, type AppEnvironment, type AttestationCheck } from './attested-key.ts';
import { bytesAt, readCborMap } from './cbor.ts';
import { derElements, DerError, derTags, expectDer, readDer } from './der.ts';

export interface AppleSettings {
  /** `TEAMID.bundle.id` of each official app. */
  readonly appIds: readonly string[];
  readonly roots: readonly X509Certificate[];
  /** Whether apps that Xcode has installed are taken. */
  readonly takesDevelopment: boolean;
}

export interface AttestationInput {
  readonly attestation: Buffer;
  /** As the app names the key: base64. */
  readonly keyId: string;
  /** What it must have been made for: 32 bytes. */
  readonly clientDataHash: Buffer;
  readonly nowMs: number;
}

const nonceExtension = '1.2.840.113635.100.8.2';
const environments: readonly (readonly [Buffer, AppEnvironment])[] = [
  [Buffer.from('appattest\0\0\0\0\0\0\0'), 'production'],
  [Buffer.from('appattestdevelop'), 'development'],
];

export function verifyAppleAttestation(input: AttestationInput, settings: AppleSettings): AttestationCheck {
  const statement = readStatement(input.attestation);
  if (statement === null) return refuseAttestation('malformed');
  const { chain, authenticatorData } = statement;
  // 1. The certificates, up to Apple's root.
  const checked = checkChain(chain, settings.roots, input.nowMs);
  if (checked.kind === 'refused') return checked;
  const { leaf, issuers } = checked;
  // 2, 3, 4. What the key was attested for.
  const nonce = createHash('sha256').update(authenticatorData).update(input.clientDataHash).digest();
  if (!readNonce(leaf.extensions.get(nonceExtension))?.equals(nonce)) return refuseAttestation('challenge');
  // 5. The key is the one that the app names.
  const { publicKey } = leaf.certificate;
  const keyId = keyIdOf(publicKey);
  if (keyId === null || keyId !== input.keyId) return refuseAttestation('key');
  // 6. The app.
  const parsed = readAuthenticatorData(authenticatorData);
  if (parsed === null) return refuseAttestation('malformed');
  const appId = settings.appIds.find((each) => createHash('sha256').update(each).digest().equals(parsed.appHash));
  if (appId === undefined) return refuseAttestation('app');
  // 7. Never used before.
  if (parsed.counter !== 0) return refuseAttestation('counter');
  // 8. The environment.
  const environment = environments.find(([aaguid]) => aaguid.equals(parsed.aaguid))?.[1];
  if (environment === undefined) return refuseAttestation('malformed');
  if (environment === 'development' && !settings.takesDevelopment) return refuseAttestation('development');
  // 9. The credential is that key.
  if (!parsed.credentialId.equals(Buffer.from(keyId, 'base64'))) return refuseAttestation('key');
  return { kind: 'accepted', keyId, publicKey, appId, environment, serialNumbers: serialNumbersOf([leaf, ...issuers]) };
}

function readStatement(attestation: Buffer): { readonly chain: readonly Buffer[]; readonly authenticatorData: Buffer } | null {
  const map = readCborMap(attestation);
  const statement = map?.get('attStmt');
  if (map?.get('fmt') !== 'apple-appattest' || !(statement instanceof Map)) return null;
  const authenticatorData = bytesAt(map, 'authData');
  const chain: unknown = statement.get('x5c');
  if (authenticatorData === null || !Array.isArray(chain)) return null;
  const certificates = chain.filter((each: unknown) => each instanceof Uint8Array).map((each) => Buffer.from(each));
  return certificates.length === chain.length ? { chain: certificates, authenticatorData } : null;
}

/** WebAuthn's authenticator data with attested credential data (section 6.5.1); its last part, the key in COSE, is in the leaf as well. */
function readAuthenticatorData(bytes: Buffer) {
  if (bytes.length < 55) return null;
  const credentialEnd = 55 + bytes.readUInt16BE(53);
  if (bytes.length < credentialEnd) return null;
  return {
    appHash: bytes.subarray(0, 32),
    counter: bytes.readUInt32BE(33),
    aaguid: bytes.subarray(37, 53),
    credentialId: bytes.subarray(55, credentialEnd),
  };
}

/** A SEQUENCE of one OCTET STRING with the tag 1; undefined when there is none. */
function readNonce(extension: Buffer | undefined): Buffer | undefined {
  if (extension === undefined) return undefined;
  try {
    const [tagged] = derElements(readDer(extension));
    if (tagged?.tagClass !== 'context' || tagged.tag !== 1) return undefined;
    return expectDer(readDer(tagged.content), derTags.octetString).content;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
