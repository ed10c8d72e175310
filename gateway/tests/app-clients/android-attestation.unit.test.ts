/** Attestations of Android's key store, under an authority of the tests' own: what is accepted, and each way in which one can be wrong. */
import { createHash, type X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeAuthority, type Authority, type CertificateOptions } from '@vitrine/local/attestation-certificates';
import { makeSoftwareKey } from '@vitrine/local/official-app-keys';
import { verifyAndroidAttestation, type AndroidSettings } from '../../src/app-clients/android-attestation.ts';
import type { AttestationInput } from '../../src/app-clients/apple-attestation.ts';
import type { AttestationCheck } from '../../src/app-clients/attested-key.ts';
import {
  androidExtension,
  joinChain,
  makeAndroidLeaf,
  officialDigest,
  officialPackage,
  type AndroidClaims,
} from '../support/android-attestations.ts';

const clientDataHash = createHash('sha256').update('challenge.jkt').digest();
const key = makeSoftwareKey();
const hour = 3_600_000;

let root: Authority;
let intermediate: Authority;
let settings: AndroidSettings;

beforeAll(async () => {
  root = await makeAuthority({ name: 'Google in a test' });
  intermediate = await makeAuthority({ name: 'Phones in a test', issuer: root });
  settings = { apps: [{ packageName: officialPackage, signingDigests: ['cd'.repeat(32), officialDigest] }], roots: [root.certificate] };
});

const leafWith = (claims: Partial<AndroidClaims> = {}, changes: Partial<CertificateOptions> = {}): Promise<X509Certificate> =>
  makeAndroidLeaf(key.publicKey, changes.issuer ?? intermediate, { challenge: clientDataHash, ...claims }, changes);
const make = async (claims: Partial<AndroidClaims> = {}, changes: Partial<CertificateOptions> = {}): Promise<Buffer> =>
  joinChain([await leafWith(claims, changes), intermediate.certificate, root.certificate]);
const verify = (attestation: Buffer, input: Partial<AttestationInput> = {}): AttestationCheck =>
  verifyAndroidAttestation({ attestation, keyId: key.keyId, clientDataHash, nowMs: Date.now(), ...input }, settings);

describe('a genuine attestation', () => {
  test.each([
    ['of the trusted environment', { level: 1 }],
    ['of StrongBox', { level: 2 }],
    ['of a key that also verifies', { purposes: [2, 3] }],
    ['of an app that is signed with another of its certificates', { digests: ['cd'.repeat(32)] }],
  ])('%s names the key and the app', async (_name, claims) => {
    const check = verify(await make(claims));
    expect(check).toMatchObject({ kind: 'accepted', keyId: key.keyId, appId: officialPackage, environment: 'production' });
    if (check.kind === 'accepted') expect(check.publicKey.equals(key.publicKey)).toBe(true);
  });

  test('may leave its root out', async () => {
    expect(verify(joinChain([await leafWith(), intermediate.certificate])).kind).toBe('accepted');
  });

  test('names the certificates that may have been revoked', async () => {
    const check = verify(await make({}, { serialNumber: '00c35747a084470c31' }));
    expect(check.kind === 'accepted' && check.serialNumbers[0]).toBe('c35747a084470c31');
  });
});

describe('an attestation is refused', () => {
  const claims: readonly (readonly [string, string, Partial<AndroidClaims>])[] = [
    ['of a key in software', 'hardware', { level: 0 }],
    ['in hardware of a key store in software', 'hardware', { keyStoreLevel: 0 }],
    ['of what only software says of the key', 'hardware', { isHardwareEnforced: false }],
    ['of a key that any app may use', 'hardware', { allApplications: true }],
    ['of a key that was imported', 'hardware', { origin: 2 }],
    ['of a key that cannot sign', 'hardware', { purposes: [3] }],
    ['of a key that may attest others', 'hardware', { purposes: [2, 7] }],
    ['of a key for no purpose', 'hardware', { purposes: [] }],
    ['of a phone that says nothing about its boot', 'boot', { hasBoot: false }],
    ['of a phone that is unlocked', 'boot', { isLocked: false }],
    ['of a phone with a system of the owner’s', 'boot', { bootState: 1 }],
    ['of a phone whose boot is not verified', 'boot', { bootState: 2 }],
    ['of a phone whose boot failed to be verified', 'boot', { bootState: 3 }],
    ['for another challenge', 'challenge', { challenge: Buffer.alloc(32) }],
    ['for no challenge', 'challenge', { challenge: Buffer.alloc(0) }],
    ['of another app', 'app', { packages: ['example.vitrine.fake'] }],
    ['of several apps', 'app', { packages: [officialPackage, 'example.vitrine.fake'] }],
    ['of no app', 'app', { packages: [] }],
    ['that names no app', 'app', { hasApplication: false }],
    ['of the app, signed by somebody else', 'app', { digests: ['ef'.repeat(32)] }],
    ['of the app, signed by somebody else as well', 'app', { digests: [officialDigest, 'ef'.repeat(32)] }],
    ['of the app, signed by nobody', 'app', { digests: [] }],
  ];
  test.each(claims)('%s (%s)', async (_name, reason, changes) => {
    expect(verify(await make(changes))).toEqual({ kind: 'refused', reason });
  });

  const chains: readonly (readonly [string, string, () => AttestationCheck | Promise<AttestationCheck>])[] = [
    [
      'under another root',
      'untrusted_root',
      async () => {
        const other = await makeAuthority({ name: 'Google in a test' });
        return verify(joinChain([await leafWith({}, { issuer: other }), other.certificate]));
      },
    ],
    [
      'after its certificate has expired',
      'certificate_time',
      async () => verify(await make({}, { notAfter: new Date(Date.now() - hour) })),
    ],
    ['named as another key', 'key', async () => verify(await make(), { keyId: makeSoftwareKey().keyId })],
    [
      'by an attested key that signs for another (a leaf used as an authority)',
      'certificate_use',
      async () => {
        const attested = makeSoftwareKey();
        const above = await makeAndroidLeaf(attested.publicKey, intermediate, { challenge: clientDataHash });
        const below = await leafWith({}, { issuer: { certificate: above, privateKey: attested.privateKey } });
        return verify(joinChain([below, above, intermediate.certificate]));
      },
    ],
    [
      'by an attested key that may even sign certificates',
      'certificate_use',
      async () => {
        const attested = makeSoftwareKey();
        const above = await makeAndroidLeaf(attested.publicKey, intermediate, { challenge: clientDataHash }, { isAuthority: true });
        const below = await leafWith({}, { issuer: { certificate: above, privateKey: attested.privateKey } });
        return verify(joinChain([below, above, intermediate.certificate]));
      },
    ],
    ['without anything attested in it', 'malformed', async () => verify(await make({}, { extensions: [] }))],
    [
      'with something else in place of what is attested',
      'malformed',
      async () => verify(await make({}, { extensions: [{ id: androidExtension, content: Buffer.of(0x30, 0x03, 0x02, 0x01, 0x01) }] })),
    ],
    ['that is empty', 'malformed', () => verify(Buffer.alloc(0))],
    ['that is no certificate', 'malformed', () => verify(Buffer.of(0x30, 0x00))],
    ['of a length that is not there', 'malformed', () => verify(Buffer.of(0x30, 0x83, 0xff, 0xff, 0xff))],
  ];
  test.each(chains)('%s (%s)', async (_name, reason, check) => {
    expect(await check()).toEqual({ kind: 'refused', reason });
  });

  test('whatever is cut off or changed in it', async () => {
    const attestation = await make();
    for (let at = 0; at < attestation.length; at += 97) {
      expect(verify(attestation.subarray(0, at)).kind).toBe('refused');
    }
    const [leaf] = [await leafWith()];
    for (let at = 0; at < leaf.raw.length; at += 23) {
      const changed = Buffer.from(leaf.raw);
      changed.writeUInt8((changed.readUInt8(at) + 1) & 0xff, at);
      expect(verify(Buffer.concat([changed, intermediate.certificate.raw])).kind).toBe('refused');
    }
  });
});
