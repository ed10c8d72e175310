/**
 * Certificates of made-up authorities, for attestations in software: a root of one's own, authorities below it, and leaves with what a
 * platform attests in them.
 */
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto, X509Certificate as NodeCertificate, type KeyObject } from 'node:crypto';
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export type Authority = {
  readonly certificate: NodeCertificate;
  readonly privateKey: KeyObject;
};

export type CertificateOptions = {
  readonly name: string;
  /** Absent: it signs itself. */
  readonly issuer?: Authority;
  /** Whether it may sign certificates; not unless told. */
  readonly isAuthority?: boolean;
  /** How many authorities may be below it. */
  readonly pathLength?: number;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly extensions?: readonly { readonly id: string; readonly content: Uint8Array; readonly isCritical?: boolean }[];
  /** Hexadecimal; random unless told. */
  readonly serialNumber?: string;
};

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;
const tenYearsMs = 10 * 365 * 86_400_000;

/** A certificate for a public key of P-256. */
export async function makeCertificate(
  keys: { readonly publicKey: KeyObject; readonly privateKey?: KeyObject },
  options: CertificateOptions,
): Promise<NodeCertificate> {
  const { name, issuer, isAuthority = false, pathLength, extensions = [], serialNumber } = options;
  const signer = issuer?.privateKey ?? keys.privateKey;
  if (signer === undefined) throw new Error('a certificate is signed by its issuer, or by its own key');
  const subject = `CN=${name}, O=Vitrine Development`;
  const certificate = await X509CertificateGenerator.create({
    ...(serialNumber === undefined ? {} : { serialNumber }),
    subject,
    issuer: issuer === undefined ? subject : new X509Certificate(new Uint8Array(issuer.certificate.raw)).subject,
    notBefore: options.notBefore ?? new Date(Date.now() - 3_600_000),
    notAfter: options.notAfter ?? new Date(Date.now() + tenYearsMs),
    publicKey: await importPublicKey(keys.publicKey),
    signingKey: await importPrivateKey(signer),
    signingAlgorithm: signing,
    extensions: [
      new BasicConstraintsExtension(isAuthority, pathLength, true),
      new KeyUsagesExtension(isAuthority ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature, true),
      ...extensions.map(({ id, content, isCritical = false }) => new Extension(id, isCritical, new Uint8Array(content))),
    ],
  });
  return new NodeCertificate(Buffer.from(certificate.rawData));
}

/** A key pair and its certificate. */
export async function makeAuthority(options: Omit<CertificateOptions, 'isAuthority'>): Promise<Authority> {
  const { privateKey } = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const key = createPrivateKey({
    key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey)),
    format: 'der',
    type: 'pkcs8',
  });
  const certificate = await makeCertificate({ publicKey: createPublicKey(key), privateKey: key }, { ...options, isAuthority: true });
  return { certificate, privateKey: key };
}

const importPublicKey = (key: KeyObject): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('spki', new Uint8Array(key.export({ type: 'spki', format: 'der' })), algorithm, true, ['verify']);

const importPrivateKey = (key: KeyObject): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('pkcs8', new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })), algorithm, false, ['sign']);
