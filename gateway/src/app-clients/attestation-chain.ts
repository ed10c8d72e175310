/**
 * Checks the certificates of an attestation up to a trusted root (RFC 5280, section 6): each signed by the next, which must be one that
 * may sign certificates; all of them valid now.
 */
import { X509Certificate } from 'node:crypto';
import { derElements, DerError, derNumber, derObjectIdentifier, derTags, expectDer, readDer, type DerValue } from './der.ts';

export interface ChainCertificate {
  readonly certificate: X509Certificate;
  /** Lower-case hexadecimal without leading zeros. */
  readonly serialNumber: string;
  /** Content of an extension, by its object identifier. */
  readonly extensions: ReadonlyMap<string, Buffer>;
}

export type ChainCheck =
  /** The attested key's certificate, and those above it that were sent. */
  | { readonly kind: 'accepted'; readonly leaf: ChainCertificate; readonly issuers: readonly ChainCertificate[] }
  | { readonly kind: 'refused'; readonly reason: ChainFault };

export type ChainFault =
  | 'malformed'
  | 'certificate_time'
  /** A certificate that may not sign others has signed one, or a chain is longer than its issuer allows. */
  | 'certificate_use'
  | 'certificate_signature'
  | 'untrusted_root';

const basicConstraintsId = '2.5.29.19';
const keyUsageId = '2.5.29.15';
/** What a critical extension may be: the ones that are read here. */
const understood: ReadonlySet<string> = new Set([basicConstraintsId, keyUsageId]);
const maxCertificates = 8;
const maxCertificateBytes = 16_384;
/** Bit 5 of the key usage. */
const keyCertSign = 0x04;

/** Signatures of certificates with SHA-256 or better: ECDSA and RSA PKCS #1. */
const signatureAlgorithms: ReadonlySet<string> = new Set([
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
]);

interface Parsed extends ChainCertificate {
  /** Whether it may sign certificates, and how many of such may be between it and the leaf. */
  readonly mayIssue: boolean;
  readonly pathLength: number;
}

/**
 * @param chain certificates in DER, the leaf first; the root may be left out
 * @param roots the only ones that are trusted
 */
export function checkChain(chain: readonly Buffer[], roots: readonly X509Certificate[], nowMs: number): ChainCheck {
  const refused = (reason: ChainFault): ChainCheck => ({ kind: 'refused', reason });
  if (chain.length === 0 || chain.length > maxCertificates) return refused('malformed');
  let certificates: readonly Parsed[];
  try {
    certificates = chain.map(parse);
  } catch (error) {
    if (error instanceof DerError || isOpenSslError(error)) return refused('malformed');
    throw error;
  }
  const [leaf, ...issuers] = certificates;
  const last = certificates.at(-1);
  if (leaf === undefined || last === undefined) return refused('malformed');
  // A leaf is no root: a certificate that anybody can make for himself says nothing.
  const root = roots.find(({ raw }) => raw.equals(last.certificate.raw)) ?? roots.find((each) => isIssuedBy(last.certificate, each));
  if (root === undefined || root.raw.equals(leaf.certificate.raw)) return refused('untrusted_root');

  const isValidNow = ({ validFromDate, validToDate }: X509Certificate): boolean =>
    validFromDate.getTime() <= nowMs && nowMs <= validToDate.getTime();
  if (![root, ...certificates.map(({ certificate }) => certificate)].every(isValidNow)) return refused('certificate_time');
  // From the root down: a key signs nothing here before its own certificate is known to be good.
  for (let index = issuers.length - 1; index >= 0; index -= 1) {
    const [issued, issuer] = [certificates[index], issuers[index]];
    if (issued === undefined || issuer === undefined || !isIssuedBy(issued.certificate, issuer.certificate))
      return refused('certificate_signature');
    if (!issuer.mayIssue || issuer.pathLength < index) return refused('certificate_use');
  }
  return { kind: 'accepted', leaf, issuers };
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey);
}

/** @throws DerError, or what OpenSSL throws for bytes that are no certificate */
function parse(bytes: Buffer): Parsed {
  if (bytes.length > maxCertificateBytes) throw new DerError('a certificate is too large');
  const certificate = new X509Certificate(bytes);
  const [body, algorithm] = derElements(readDer(bytes));
  if (!signatureAlgorithms.has(derObjectIdentifier(derElements(algorithm)[0]))) throw new DerError('the signature algorithm is not taken');
  const extensions = readExtensions(derElements(body));
  const [isAuthority, pathLength] = readBasicConstraints(extensions.get(basicConstraintsId));
  const keyUsage = extensions.get(keyUsageId);
  return {
    certificate,
    serialNumber: certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''),
    extensions,
    mayIssue: isAuthority && keyUsage !== undefined && (firstBits(readDer(keyUsage)) & keyCertSign) !== 0,
    pathLength,
  };
}

function readExtensions(fields: readonly DerValue[]): ReadonlyMap<string, Buffer> {
  const extensions = new Map<string, Buffer>();
  const field = fields.find(({ tagClass, tag }) => tagClass === 'context' && tag === 3);
  if (field === undefined) return extensions;
  for (const extension of derElements(readDer(field.content))) {
    const [id, second, third] = derElements(extension);
    const name = derObjectIdentifier(id);
    const isCritical = third !== undefined && expectDer(second, derTags.boolean).content[0] !== 0;
    if (isCritical && !understood.has(name)) throw new DerError('a critical extension is not understood');
    if (extensions.has(name)) throw new DerError('an extension is there twice');
    extensions.set(name, expectDer(third ?? second, derTags.octetString).content);
  }
  return extensions;
}

/** Whether it is an authority, and its path length: Infinity when it has none. */
function readBasicConstraints(content: Buffer | undefined): readonly [boolean, number] {
  if (content === undefined) return [false, 0];
  const [authority, length] = derElements(readDer(content));
  if (authority === undefined) return [false, 0];
  const isAuthority = expectDer(authority, derTags.boolean).content[0] !== 0;
  return [isAuthority, length === undefined ? Number.POSITIVE_INFINITY : derNumber(length)];
}

/** The first eight bits of a BIT STRING. */
const firstBits = (value: DerValue): number => expectDer(value, derTags.bitString).content[1] ?? 0;

const isOpenSslError = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && /^ERR_(OSSL|CRYPTO|INVALID)/.test(String(error.code));
