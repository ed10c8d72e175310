/**
 * Attests keys in App Attest's format under an authority of the stack's own, in place of Apple. It attests any key that it is asked to,
 * so it is for development: it refuses production, and no gateway in production takes development attestations.
 */
import { createHash, createPrivateKey, createPublicKey, randomUUID, X509Certificate, type KeyObject } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeAuthority, makeCertificate, type Authority } from './attestation-certificates.ts';
import { encodeCbor, makeAuthenticatorData, uncompressedPoint, type PublicKeyJwk } from './official-app-keys.ts';
import { attesterRootFile, softwareAppId } from './software-attester-names.ts';

/** What App Attest says in place of an authenticator's model. */
export type AttestationEnvironment = 'appattestdevelop' | 'appattest\0\0\0\0\0\0\0';

const nonceExtension = '1.2.840.113635.100.8.2';
const fileName = 'software-attester.json';

export type AttestedRequest = {
  /** Of P-256. */
  readonly publicKey: KeyObject;
  /** 32 bytes. */
  readonly clientDataHash: Uint8Array;
};

export type Attestation = {
  /** SHA-256 of the key's point, base64. */
  readonly keyId: string;
  /** App Attest's attestation object, base64. */
  readonly attestation: string;
};

export type SoftwareAttester = {
  /** PEM of the authority that has to be trusted. */
  readonly root: string;
  attest(request: AttestedRequest): Promise<Attestation>;
};

/**
 * An attestation as App Attest makes it.
 * @param chain of authorities, the one that signs the key's certificate first; a root need not be among them
 */
export async function makeAppleAttestation(
  { publicKey, clientDataHash }: AttestedRequest,
  options: {
    readonly chain: readonly [Authority, ...Authority[]];
    readonly appId: string;
    readonly environment: AttestationEnvironment;
    /** 0 unless told, as Apple's always are. */
    readonly counter?: number;
    /** Over the certificate's validity. For tests. */
    readonly notAfter?: Date;
    readonly notBefore?: Date;
  },
): Promise<Attestation> {
  const { chain, appId, environment, counter = 0, notAfter, notBefore } = options;
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = uncompressedPoint({ x, y });
  const keyId = createHash('sha256').update(point).digest();
  const authenticatorData = Buffer.concat([
    makeAuthenticatorData(appId, counter),
    Buffer.from(environment),
    Buffer.of(0, keyId.length),
    keyId,
    encodeCbor(
      new Map<number, number | Buffer>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, point.subarray(1, 33)],
        [-3, point.subarray(33)],
      ]),
    ),
  ]);
  const nonce = createHash('sha256').update(authenticatorData).update(clientDataHash).digest();
  const leaf = await makeCertificate(
    { publicKey },
    {
      name: keyId.toString('hex'),
      issuer: chain[0],
      // A SEQUENCE of one OCTET STRING with the tag 1.
      extensions: [{ id: nonceExtension, content: Buffer.concat([Buffer.of(0x30, 0x24, 0xa1, 0x22, 0x04, 0x20), nonce]) }],
      ...(notAfter === undefined ? {} : { notAfter }),
      ...(notBefore === undefined ? {} : { notBefore }),
    },
  );
  const attestation = encodeCbor({
    fmt: 'apple-appattest',
    attStmt: { x5c: [leaf.raw, ...chain.map(({ certificate }) => certificate.raw)], receipt: Buffer.alloc(0) },
    authData: authenticatorData,
  });
  return { keyId: keyId.toString('base64'), attestation: attestation.toString('base64') };
}

/**
 * The attester of a folder; its authority is made at the first call and kept in the folder (its key with mode 0600).
 * @throws Error with `NODE_ENV=production`
 */
export async function openSoftwareAttester(
  dataDir: string,
  environment: string | undefined = process.env.NODE_ENV,
): Promise<SoftwareAttester> {
  if (environment === 'production')
    throw new Error('the software attester takes anything for an official app: it does not start in production');
  const root = (await readAuthority(dataDir)) ?? (await makeRoot(dataDir));
  await writeFile(attesterRootFile(dataDir), root.certificate.toString());
  const intermediate = await makeAuthority({ name: 'Vitrine software attester', issuer: root, pathLength: 0 });
  return {
    root: root.certificate.toString(),
    attest: (request) => makeAppleAttestation(request, { chain: [intermediate], appId: softwareAppId, environment: 'appattestdevelop' }),
  };
}

async function readAuthority(dataDir: string): Promise<Authority | undefined> {
  const text = await readFile(join(dataDir, fileName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { certificate, privateKey } = JSON.parse(text) as { readonly certificate: string; readonly privateKey: string };
  return { certificate: new X509Certificate(certificate), privateKey: createPrivateKey(privateKey) };
}

/** Of two processes that make one at once the first wins, so that both attest under the same. */
async function makeRoot(dataDir: string): Promise<Authority> {
  const made = await makeAuthority({ name: 'Vitrine software attestation root' });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const kept = { certificate: made.certificate.toString(), privateKey: made.privateKey.export({ type: 'pkcs8', format: 'pem' }) };
  const draft = join(dataDir, `${fileName}.${randomUUID()}`);
  // Written aside, so that a crash leaves no half of a key; a link, unlike a move, leaves alone what is there.
  await writeFile(draft, `${JSON.stringify(kept)}\n`, { mode: 0o600, flag: 'wx' });
  await link(draft, join(dataDir, fileName)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return (await readAuthority(dataDir)) ?? made;
}

/** The public key of a JSON Web Key; undefined unless it is one of P-256. */
export function readPublicKey(value: unknown): KeyObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kty, crv, x, y } = value as Readonly<Record<keyof PublicKeyJwk, unknown>>;
  if (kty !== 'EC' || crv !== 'P-256' || typeof x !== 'string' || typeof y !== 'string') return undefined;
  try {
    return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
  } catch {
    // Its coordinates are no point of the curve: there is no such key.
    return undefined;
  }
}
