/** Attestations as Android's key store makes them, under an authority of one's own. */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { makeCertificate, type Authority, type CertificateOptions } from '@vitrine/local/attestation-certificates';

export const androidExtension = '1.3.6.1.4.1.11129.2.1.17';
export const officialPackage = 'example.vitrine.app';
export const officialDigest = 'ab'.repeat(32);

export interface AndroidClaims {
  /** 0 software, 1 trusted environment, 2 StrongBox. */
  readonly level?: number;
  readonly keyStoreLevel?: number;
  readonly challenge: Buffer;
  /** 2 sign, 3 verify, 7 attest another key. */
  readonly purposes?: readonly number[];
  /** Whether purpose, origin and boot are what the hardware says; else they are what the software says. */
  readonly isHardwareEnforced?: boolean;
  /** 0 generated, 2 imported. */
  readonly origin?: number;
  readonly isLocked?: boolean;
  /** 0 verified, 1 self-signed, 2 unverified, 3 failed. */
  readonly bootState?: number;
  readonly hasBoot?: boolean;
  readonly allApplications?: boolean;
  readonly packages?: readonly string[];
  /** Hexadecimal. */
  readonly digests?: readonly string[];
  readonly hasApplication?: boolean;
}

const encode = (first: number, ...contents: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(first, ...size), content]);
};
const sequence = (...values: readonly Uint8Array[]): Buffer => encode(0x30, ...values);
const set = (...values: readonly Uint8Array[]): Buffer => encode(0x31, ...values);
const octets = (bytes: Uint8Array): Buffer => encode(0x04, bytes);
const integer = (value: number): Buffer => encode(0x02, Buffer.of(value));
const enumerated = (value: number): Buffer => encode(0x0a, Buffer.of(value));
const boolean = (value: boolean): Buffer => encode(0x01, Buffer.of(value ? 0xff : 0));

/** A context tag in its long form where it has to be. */
const tagged = (tag: number, content: Uint8Array): Buffer => {
  const short = encode(0xa0 | Math.min(tag, 31), content);
  if (tag < 31) return short;
  return Buffer.concat([short.subarray(0, 1), Buffer.of(0x80 | (tag >> 7), tag & 0x7f), short.subarray(1)]);
};

function keyDescription(claims: AndroidClaims): Buffer {
  const { level = 1, challenge, purposes = [2], isHardwareEnforced = true, origin = 0, isLocked = true, bootState = 0 } = claims;
  const {
    hasBoot = true,
    allApplications = false,
    packages = [officialPackage],
    digests = [officialDigest],
    hasApplication = true,
  } = claims;
  const hardware = [
    tagged(1, set(...purposes.map(integer))),
    tagged(2, integer(3)),
    ...(allApplications ? [tagged(600, Buffer.of(5, 0))] : []),
    tagged(702, integer(origin)),
    ...(hasBoot
      ? [tagged(704, sequence(octets(Buffer.alloc(32, 1)), boolean(isLocked), enumerated(bootState), octets(Buffer.alloc(32, 2))))]
      : []),
  ];
  const application = sequence(
    set(...packages.map((name) => sequence(octets(Buffer.from(name)), integer(7)))),
    set(...digests.map((digest) => octets(Buffer.from(digest, 'hex')))),
  );
  const software = hasApplication ? [tagged(709, octets(application))] : [];
  return sequence(
    encode(0x02, Buffer.of(100)),
    enumerated(level),
    encode(0x02, Buffer.of(100)),
    enumerated(claims.keyStoreLevel ?? level),
    octets(challenge),
    octets(Buffer.alloc(0)),
    sequence(...software, ...(isHardwareEnforced ? [] : hardware)),
    sequence(...(isHardwareEnforced ? hardware : [])),
  );
}

/** The certificate of an attested key. */
export const makeAndroidLeaf = (
  publicKey: KeyObject,
  issuer: Authority,
  claims: AndroidClaims,
  changes: Partial<CertificateOptions> = {},
): Promise<X509Certificate> =>
  makeCertificate(
    { publicKey },
    { name: 'Android Keystore Key', issuer, extensions: [{ id: androidExtension, content: keyDescription(claims) }], ...changes },
  );

/** As `KeyStore.getCertificateChain` gives them, one after the other. */
export const joinChain = (certificates: readonly X509Certificate[]): Buffer => Buffer.concat(certificates.map(({ raw }) => raw));
