/** App Attest's attestations, under an authority of the tests' own: what is accepted, and each way in which one can be wrong. */
import { createHash, X509Certificate } from 'node:crypto';
import { Decoder } from 'cbor-x';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeAuthority, makeCertificate, type Authority } from '@vitrine/local/attestation-certificates';
import { encodeCbor, makeAuthenticatorData, makeSoftwareKey, uncompressedPoint } from '@vitrine/local/official-app-keys';
import { makeAppleAttestation } from '@vitrine/local/software-attester';
import { verifyAppleAttestation, type AppleSettings, type AttestationInput } from '../../src/app-clients/apple-attestation.ts';
import type { AttestationCheck } from '../../src/app-clients/attested-key.ts';

const appId = 'A1B2C3D4E5.example.vitrine.app';
const production = 'appattest\0\0\0\0\0\0\0';
const clientDataHash = createHash('sha256').update('challenge.jkt').digest();
const hour = 3_600_000;

let root: Authority;
let intermediate: Authority;
let settings: AppleSettings;

beforeAll(async () => {
  root = await makeAuthority({ name: 'Apple in a test' });
  intermediate = await makeAuthority({ name: 'App Attest in a test', issuer: root, pathLength: 0 });
  settings = { appIds: ['OTHERTEAM1.example.app', appId], roots: [root.certificate], takesDevelopment: false };
});

const key = makeSoftwareKey();

type Options = Parameters<typeof makeAppleAttestation>[1];
const make = async (changes: Partial<Options> = {}, hash = clientDataHash): Promise<Buffer> => {
  const options = { chain: [intermediate] as const, appId, environment: production, ...changes } as Options;
  return Buffer.from((await makeAppleAttestation({ publicKey: key.publicKey, clientDataHash: hash }, options)).attestation, 'base64');
};
const verify = (attestation: Buffer, input: Partial<AttestationInput> = {}, changes: Partial<AppleSettings> = {}): AttestationCheck =>
  verifyAppleAttestation({ attestation, keyId: key.keyId, clientDataHash, nowMs: Date.now(), ...input }, { ...settings, ...changes });

describe('a genuine attestation', () => {
  test('names the key, the app and the environment', async () => {
    const check = verify(await make());
    expect(check).toMatchObject({ kind: 'accepted', keyId: key.keyId, appId, environment: 'production' });
    if (check.kind === 'accepted') expect(check.publicKey.equals(key.publicKey)).toBe(true);
  });

  test('may bring its root along', async () => {
    expect(verify(await make({ chain: [intermediate, root] })).kind).toBe('accepted');
  });

  test('of development is taken where it is said to be', async () => {
    const attestation = await make({ environment: 'appattestdevelop' });
    expect(verify(attestation)).toEqual({ kind: 'refused', reason: 'development' });
    expect(verify(attestation, {}, { takesDevelopment: true })).toMatchObject({ kind: 'accepted', environment: 'development' });
  });
});

describe('an attestation is refused', () => {
  const refusals: readonly (readonly [string, string, () => AttestationCheck | Promise<AttestationCheck>])[] = [
    [
      'under another root',
      'untrusted_root',
      async () => {
        const other = await makeAuthority({ name: 'Somebody else' });
        return verify(await make({ chain: [await makeAuthority({ name: 'Below', issuer: other })] }));
      },
    ],
    [
      'under a root of the same name',
      'untrusted_root',
      async () => {
        const other = await makeAuthority({ name: 'Apple in a test' });
        return verify(await make({ chain: [await makeAuthority({ name: 'Below', issuer: other }), other] }));
      },
    ],
    ['where no root is trusted', 'untrusted_root', async () => verify(await make(), {}, { roots: [] })],
    [
      'by a key that is no authority (a leaf used as one)',
      'certificate_use',
      async () => {
        const wide = await makeAuthority({ name: 'Without a limit', issuer: root });
        const { privateKey, publicKey } = makeSoftwareKey();
        const leaf = await makeCertificate({ publicKey }, { name: 'Leaf', issuer: wide });
        return verify(await make({ chain: [{ certificate: leaf, privateKey }, wide] }));
      },
    ],
    [
      'by one authority more than its root allows',
      'certificate_use',
      async () => {
        const below = await makeAuthority({ name: 'One too many', issuer: intermediate });
        return verify(await make({ chain: [below, intermediate] }));
      },
    ],
    [
      'with certificates that do not belong together',
      'certificate_signature',
      async () => {
        const stranger = await makeAuthority({ name: 'App Attest in a test' });
        return verify(await make({ chain: [stranger, intermediate] }));
      },
    ],
    [
      'with an authority of the right name and another key between',
      'certificate_signature',
      async () => {
        const forged = await makeAuthority({ name: 'App Attest in a test', issuer: root });
        return verify(await make({ chain: [{ certificate: intermediate.certificate, privateKey: forged.privateKey }] }));
      },
    ],
    ['after its certificate has expired', 'certificate_time', async () => verify(await make({ notAfter: new Date(Date.now() - 1_000) }))],
    ['before its certificate is valid', 'certificate_time', async () => verify(await make({ notBefore: new Date(Date.now() + hour) }))],
    [
      'under an authority that has expired',
      'certificate_time',
      async () => {
        const expired = await makeAuthority({
          name: 'Old',
          issuer: root,
          notBefore: new Date(Date.now() - 2 * hour),
          notAfter: new Date(Date.now() - hour),
        });
        return verify(await make({ chain: [expired] }));
      },
    ],
    ['after its root has expired', 'certificate_time', async () => verify(await make(), { nowMs: Date.now() + 20 * 365 * 24 * hour })],
    ['made for another challenge', 'challenge', async () => verify(await make({}, createHash('sha256').update('another').digest()))],
    ['named as another key', 'key', async () => verify(await make(), { keyId: makeSoftwareKey().keyId })],
    ['of another app', 'app', async () => verify(await make({ appId: 'A1B2C3D4E5.example.vitrine.fake' }))],
    ['of the same app of another team', 'app', async () => verify(await make({ appId: 'ZZZZZZZZZZ.example.vitrine.app' }))],
    ['of a key that was used before', 'counter', async () => verify(await make({ counter: 1 }))],
    [
      'of an environment that there is not',
      'malformed',
      async () => verify(await make({ environment: 'appattestsandbox' as Options['environment'] })),
    ],
    ['that is empty', 'malformed', () => verify(Buffer.alloc(0))],
    ['that is no CBOR', 'malformed', () => verify(Buffer.from('ffffffff', 'hex'))],
    ['in another format', 'malformed', () => verify(encodeCbor({ fmt: 'packed', attStmt: { x5c: [] }, authData: Buffer.alloc(64) }))],
    ['without certificates', 'malformed', () => verify(encodeCbor({ fmt: 'apple-appattest', attStmt: {}, authData: Buffer.alloc(64) }))],
    [
      'with certificates that are none',
      'malformed',
      () => verify(encodeCbor({ fmt: 'apple-appattest', attStmt: { x5c: [Buffer.from('x')] }, authData: Buffer.alloc(64) })),
    ],
    [
      'with a certificate of everybody for oneself',
      'untrusted_root',
      async () => {
        const self = await makeCertificate(key, { name: 'Me' });
        return verify(statementOf([self], authenticatorData()));
      },
    ],
    ['that is the root itself', 'untrusted_root', () => verify(statementOf([root.certificate], authenticatorData()))],
    [
      'with a genuine certificate and authenticator data of another app',
      'challenge',
      async () => {
        const [leaf] = await certificatesOf();
        return verify(statementOf(leaf === undefined ? [] : [leaf, intermediate.certificate], authenticatorData('A1B2C3D4E5.other')));
      },
    ],
    [
      'without a nonce in its certificate',
      'challenge',
      async () => {
        const leaf = await makeCertificate({ publicKey: key.publicKey }, { name: 'Leaf', issuer: intermediate });
        return verify(statementOf([leaf, intermediate.certificate], authenticatorData()));
      },
    ],
    [
      'with a critical extension that is not understood',
      'malformed',
      async () => {
        const extensions = [{ id: '1.2.3.4', content: Buffer.of(5, 0), isCritical: true }];
        const leaf = await makeCertificate({ publicKey: key.publicKey }, { name: 'Leaf', issuer: intermediate, extensions });
        return verify(statementOf([leaf, intermediate.certificate], authenticatorData()));
      },
    ],
    ['with authenticator data that ends too early', 'malformed', async () => verify(await signedStatement(Buffer.alloc(40)))],
    [
      'whose credential is another key',
      'key',
      async () => verify(await signedStatement(authenticatorData(appId, makeSoftwareKey().keyId))),
    ],
  ];
  test.each(refusals)('%s (%s)', async (_name, reason, check) => {
    expect(await check()).toEqual({ kind: 'refused', reason });
  });

  test('that asks for 260 MB in five bytes, without getting them', () => {
    const before = process.memoryUsage().heapUsed;
    expect(verify(Buffer.from('9a01f00000', 'hex'))).toEqual({ kind: 'refused', reason: 'malformed' });
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
  });

  test('with bytes after its end', async () => {
    expect(verify(Buffer.concat([await make(), Buffer.of(0)])).kind).toBe('refused');
  });

  function authenticatorData(of = appId, keyId = key.keyId): Buffer {
    const credentialId = Buffer.from(keyId, 'base64');
    const { x, y } = key.jwk;
    return Buffer.concat([
      makeAuthenticatorData(of, 0),
      Buffer.from(production),
      Buffer.of(0, credentialId.length),
      credentialId,
      uncompressedPoint({ x, y }),
    ]);
  }
  function statementOf(chain: readonly X509Certificate[], authData: Buffer): Buffer {
    return encodeCbor({ fmt: 'apple-appattest', attStmt: { x5c: chain.map(({ raw }) => raw) }, authData });
  }
  /** With authenticator data that its certificate vouches for. */
  async function signedStatement(authData: Buffer): Promise<Buffer> {
    const nonce = createHash('sha256').update(authData).update(clientDataHash).digest();
    const content = Buffer.concat([Buffer.of(0x30, 0x24, 0xa1, 0x22, 0x04, 0x20), nonce]);
    const extensions = [{ id: '1.2.840.113635.100.8.2', content }];
    const leaf = await makeCertificate({ publicKey: key.publicKey }, { name: 'Leaf', issuer: intermediate, extensions });
    return statementOf([leaf, intermediate.certificate], authData);
  }
  async function certificatesOf(): Promise<readonly X509Certificate[]> {
    const statement = new Decoder({ useRecords: false }).decode(await make()) as { readonly attStmt: { readonly x5c: readonly Buffer[] } };
    return statement.attStmt.x5c.map((bytes) => new X509Certificate(bytes));
  }
});
