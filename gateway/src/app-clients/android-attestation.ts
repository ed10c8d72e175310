/**
 * Verifies attestations of Android's key store (https://source.android.com/docs/security/features/keystore/attestation): that the key
 * was made in secure hardware, for signing alone, by an official app on a phone whose boot is verified.
 */
import type { X509Certificate } from 'node:crypto';
import { checkChain } from './attestation-chain.ts';
import type { AttestationInput } from './apple-attestation.ts';
import { keyIdOf, refuseAttestation, serialNumbersOf, type AttestationCheck, type AttestationFault } from './attested-key.ts';
import { derElements, DerError, derNumber, derTags, expectDer, readDer, readDerSequence, type DerValue } from './der.ts';

export interface AndroidApp {
  readonly packageName: string;
  /** SHA-256 of the certificates that the app may be signed with, in lower-case hexadecimal. */
  readonly signingDigests: readonly string[];
}

export interface AndroidSettings {
  readonly apps: readonly AndroidApp[];
  readonly roots: readonly X509Certificate[];
}

const attestationExtension = '1.3.6.1.4.1.11129.2.1.17';

/** Trusted environment and StrongBox; 0 is software. */
const hardwareLevels: ReadonlySet<number> = new Set([1, 2]);
/** Tags of an authorization list. */
const tags = { purpose: 1, allApplications: 600, origin: 702, rootOfTrust: 704, attestationApplicationId: 709 } as const;
const purposeSign = 2;
const purposeVerify = 3;
const originGenerated = 0;
const bootVerified = 0;

/** @param input.attestation the key's certificates in DER one after the other, as `KeyStore.getCertificateChain` gives them */
export function verifyAndroidAttestation(input: AttestationInput, settings: AndroidSettings): AttestationCheck {
  try {
    return verify(input, settings);
  } catch (error) {
    if (error instanceof DerError) return refuseAttestation('malformed');
    throw error;
  }
}

function verify({ attestation, keyId: namedKeyId, clientDataHash, nowMs }: AttestationInput, settings: AndroidSettings): AttestationCheck {
  const checked = checkChain(
    readDerSequence(attestation).map(({ bytes }) => bytes),
    settings.roots,
    nowMs,
  );
  if (checked.kind === 'refused') return checked;
  const { leaf, issuers } = checked;
  // An attested key could sign a certificate with claims of its own: only what a certificate authority says counts.
  if (issuers.some(({ extensions }) => extensions.has(attestationExtension))) return refuseAttestation('certificate_use');
  const extension = leaf.extensions.get(attestationExtension);
  if (extension === undefined) return refuseAttestation('malformed');

  const [, level, , keyStoreLevel, challenge, , software, hardware] = derElements(readDer(extension));
  const levels = [level, keyStoreLevel].map((each) => derNumber(each, derTags.enumerated));
  if (!levels.every((each) => hardwareLevels.has(each))) return refuseAttestation('hardware');
  if (!expectDer(challenge, derTags.octetString).content.equals(clientDataHash)) return refuseAttestation('challenge');
  const { publicKey } = leaf.certificate;
  const keyId = keyIdOf(publicKey);
  if (keyId === null || keyId !== namedKeyId) return refuseAttestation('key');

  const [softwareEnforced, hardwareEnforced] = [readAuthorizations(software), readAuthorizations(hardware)];
  const fault = faultOfKey(softwareEnforced, hardwareEnforced);
  if (fault !== null) return refuseAttestation(fault);
  const appId = officialAppOf(softwareEnforced.get(tags.attestationApplicationId), settings.apps);
  if (appId === null) return refuseAttestation('app');
  return { kind: 'accepted', keyId, publicKey, appId, environment: 'production', serialNumbers: serialNumbersOf([leaf, ...issuers]) };
}

type Authorizations = ReadonlyMap<number, DerValue>;

function readAuthorizations(list: DerValue | undefined): Authorizations {
  return new Map(
    derElements(list).map((each) => {
      if (each.tagClass !== 'context') throw new DerError('an authorization has no tag');
      return [each.tag, readDer(each.content)];
    }),
  );
}

/** Only what the hardware enforces counts. */
function faultOfKey(software: Authorizations, hardware: Authorizations): AttestationFault | null {
  if (software.has(tags.allApplications) || hardware.has(tags.allApplications)) return 'hardware';
  const [purpose, origin, trust] = [hardware.get(tags.purpose), hardware.get(tags.origin), hardware.get(tags.rootOfTrust)];
  if (purpose === undefined || origin === undefined) return 'hardware';
  const purposes = derElements(purpose, derTags.set).map((each) => derNumber(each));
  if (!purposes.includes(purposeSign) || purposes.some((each) => each !== purposeSign && each !== purposeVerify)) return 'hardware';
  if (derNumber(origin) !== originGenerated) return 'hardware';
  if (trust === undefined) return 'boot';
  const [, isLocked, state] = derElements(trust);
  if (expectDer(isLocked, derTags.boolean).content[0] !== 0xff) return 'boot';
  return derNumber(state, derTags.enumerated) === bootVerified ? null : 'boot';
}

/** The official app that the system names as the key's owner; null when it is another, or one of several. */
function officialAppOf(applicationId: DerValue | undefined, apps: readonly AndroidApp[]): string | null {
  if (applicationId === undefined) return null;
  const [packages, digests] = derElements(readDer(expectDer(applicationId, derTags.octetString).content));
  const [first, ...others] = derElements(packages, derTags.set).map((each) =>
    expectDer(derElements(each)[0], derTags.octetString).content.toString(),
  );
  const signedWith = derElements(digests, derTags.set).map((each) => expectDer(each, derTags.octetString).content.toString('hex'));
  const app = apps.find(({ packageName }) => packageName === first);
  if (app === undefined || others.length > 0 || signedWith.length === 0) return null;
  return signedWith.every((digest) => app.signingDigests.includes(digest)) ? app.packageName : null;
}
