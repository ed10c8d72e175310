/**
 * The keys of an official app, in software: what an iPhone's or an Android phone's secure hardware does for the real one. For
 * development, measurements and tests; whoever runs this holds the private keys, so no gateway in production takes what it attests.
 */
import { createHash, generateKeyPairSync, hash, randomUUID, sign, type KeyObject } from 'node:crypto';
import { Encoder } from 'cbor-x';

/** Public key of P-256 as a JSON Web Key, public members only. */
export type PublicKeyJwk = { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string };

export type SoftwareKey = {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: PublicKeyJwk;
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  /** As App Attest names keys: SHA-256 of the uncompressed point, base64. */
  readonly keyId: string;
};

/** A new key pair of P-256. */
export function makeSoftwareKey(): SoftwareKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return {
    privateKey,
    publicKey,
    jwk: { kty: 'EC', crv: 'P-256', x, y },
    thumbprint: hash('sha256', `{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`, 'base64url'),
    keyId: hash('sha256', uncompressedPoint({ x, y }), 'base64'),
  };
}

/** ANSI X9.62: 0x04, x, y. */
export function uncompressedPoint({ x, y }: Pick<PublicKeyJwk, 'x' | 'y'>): Buffer {
  return Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}

export type ProofRequest = {
  readonly method: string;
  /** Absolute address of the request; its query and fragment are left out of the proof. */
  readonly url: string;
  /** Absent at the token endpoint. */
  readonly accessToken?: string;
  /** The last `DPoP-Nonce` of the server that is asked. */
  readonly nonce?: string;
  /** Over what the proof's claims would be; undefined leaves one out. For tests. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Over what the proof's header would be; undefined leaves one out. For tests. */
  readonly header?: Readonly<Record<string, unknown>>;
};

/** A DPoP proof (RFC 9449, section 4.2), for one request. */
export function makeProof(key: SoftwareKey, { method, url, accessToken, nonce, claims, header }: ProofRequest): string {
  const target = new URL(url);
  const head = { typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk, ...header };
  const body = {
    jti: randomUUID(),
    htm: method,
    htu: target.origin + target.pathname,
    iat: Math.floor(Date.now() / 1_000),
    ath: accessToken === undefined ? undefined : hash('sha256', accessToken, 'base64url'),
    nonce,
    ...claims,
  };
  const signed = `${encodeJson(head)}.${encodeJson(body)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const encodeJson = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * What an attestation is made for: the gateway's challenge and the DPoP key, so that both keys are known to be of one app.
 * @param jkt thumbprint of the DPoP key
 */
export function attestationHash(challenge: string, jkt: string): Buffer {
  return createHash('sha256').update(`${challenge}.${jkt}`).digest();
}

export type AssertionRequest = {
  readonly method: string;
  /** Path of the request, with its query if it has one. */
  readonly path: string;
  /** Exactly the bytes that are sent. */
  readonly body: string | Uint8Array;
  /** The request's DPoP proof. */
  readonly proof: string;
  /** Strictly rising for the attested key, from 1 on. */
  readonly counter: number;
  /** As it was attested: `TEAMID.bundle.id`, or the package name. */
  readonly appId: string;
};

/** The header `X-Vitrine-Assertion` for a request: App Attest's assertion, on both platforms. */
export function makeAssertion(key: SoftwareKey, { method, path, body, proof, counter, appId }: AssertionRequest): string {
  const digest = (value: string | Uint8Array): string => hash('sha256', value, 'hex');
  const clientDataHash = createHash('sha256')
    .update(`vitrine-assertion-v1\n${method}\n${path}\n${digest(body)}\n${digest(proof)}`)
    .digest();
  const authenticatorData = makeAuthenticatorData(appId, counter);
  const nonce = createHash('sha256').update(authenticatorData).update(clientDataHash).digest();
  return encodeCbor({ signature: sign('sha256', nonce, key.privateKey), authenticatorData }).toString('base64url');
}

/** WebAuthn's authenticator data up to the counter: 37 bytes. */
export function makeAuthenticatorData(appId: string, counter: number, flags = 0x40): Buffer {
  const rest = Buffer.alloc(5);
  rest.writeUInt8(flags, 0);
  rest.writeUInt32BE(counter, 1);
  return Buffer.concat([createHash('sha256').update(appId).digest(), rest]);
}

const encoder = new Encoder({ useRecords: false, tagUint8Array: false, variableMapSize: true });

/** Maps, arrays, texts, byte strings and numbers as CBOR. */
export function encodeCbor(value: unknown): Buffer {
  return encoder.encode(value);
}
