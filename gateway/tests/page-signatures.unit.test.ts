/** What the pages sign, read by libraries that have nothing to do with them. */
import { createHash, createPublicKey, hash, verify, type webcrypto } from 'node:crypto';
import path from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { decode } from 'cbor-x';
import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, jwtVerify, type JWK } from 'jose';

type KeyPair = webcrypto.CryptoKeyPair;
type ProofRequest = { readonly method: string; readonly url: string; readonly accessToken?: string; readonly nonce?: string };
interface Dpop {
  readonly newKeyPair: () => Promise<KeyPair>;
  readonly describeKey: (keyPair: KeyPair) => Promise<{ readonly jwk: JWK; readonly thumbprint: string; readonly keyId: string }>;
  readonly makeProof: (keyPair: KeyPair, request: ProofRequest) => Promise<string>;
}
interface AssertionRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly proof: string;
  readonly counter: number;
  readonly appId: string;
}
interface Assertion {
  readonly makeAssertion: (keyPair: KeyPair, request: AssertionRequest) => Promise<string>;
  readonly toDer: (signature: Uint8Array) => Uint8Array;
}

const script = (name: string): string => path.resolve(import.meta.dirname, `../pages/scripts/${name}.js`);
const { newKeyPair, describeKey, makeProof } = (await import(script('dpop'))) as Dpop;
const { makeAssertion, toDer } = (await import(script('assertion'))) as Assertion;

let keyPair: KeyPair;
let jwk: JWK;
beforeAll(async () => {
  keyPair = await newKeyPair();
  ({ jwk } = await describeKey(keyPair));
});

test('the private key can be used and not be read', async () => {
  expect(keyPair.privateKey.extractable).toBe(false);
  await expect(crypto.subtle.exportKey('pkcs8', keyPair.privateKey)).rejects.toThrow();
});

test('a key has the names that RFC 7638 and App Attest give it', async () => {
  const { thumbprint, keyId } = await describeKey(keyPair);
  expect(thumbprint).toBe(await calculateJwkThumbprint(jwk));
  const point = Buffer.concat([Buffer.of(4), Buffer.from(jwk.x ?? '', 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')]);
  expect(keyId).toBe(hash('sha256', point, 'base64'));
});

test('a proof names the request, the token and the nonce, and holds by the key in it', async () => {
  const request = { method: 'POST', url: 'https://vitrine.example/graphql/buyer?x=1#y', accessToken: 'the.access.token', nonce: 'n1' };
  const proof = await makeProof(keyPair, request);
  const { payload } = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', algorithms: ['ES256'] });
  expect(payload).toEqual({
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
    htm: 'POST',
    htu: 'https://vitrine.example/graphql/buyer',
    iat: expect.any(Number),
    ath: hash('sha256', 'the.access.token', 'base64url'),
    nonce: 'n1',
  });
  expect(Math.abs((payload.iat ?? 0) - Date.now() / 1_000)).toBeLessThan(5);
  expect(decodeProtectedHeader(proof).jwk).toEqual(jwk);
  expect(await makeProof(keyPair, request)).not.toBe(proof);
});

test('a proof for the token endpoint, which gives the token and may have no nonce, names neither', async () => {
  const proof = await makeProof(keyPair, { method: 'POST', url: 'https://identity.example/token' });
  const { payload } = await jwtVerify(proof, EmbeddedJWK);
  expect(Object.keys(payload).toSorted()).toEqual(['htm', 'htu', 'iat', 'jti']);
});

test('an assertion is App Attest’s, over the method, the path, the body and the proof of the request', async () => {
  const request = { method: 'POST', path: '/graphql/buyer', body: '{"ß":"€"}', proof: 'a.b.c', counter: 70_001, appId: 'A1B2C3D4E5.app' };
  const header = await makeAssertion(keyPair, request);
  expect(header).toMatch(/^[\w-]+$/);
  const read = decode(Buffer.from(header, 'base64url')) as { readonly signature: Buffer; readonly authenticatorData: Buffer };
  expect(Object.keys(read)).toEqual(['signature', 'authenticatorData']);
  const { signature, authenticatorData } = read;
  expect(authenticatorData).toHaveLength(37);
  expect(authenticatorData.subarray(0, 32)).toEqual(createHash('sha256').update(request.appId).digest());
  expect(authenticatorData.readUInt8(32)).toBe(0x40);
  expect(authenticatorData.readUInt32BE(33)).toBe(70_001);

  const isOver = (changed: Partial<AssertionRequest>): boolean => {
    const { method, path: where, body, proof } = { ...request, ...changed };
    const clientDataHash = createHash('sha256')
      .update(`vitrine-assertion-v1\n${method}\n${where}\n${hash('sha256', body)}\n${hash('sha256', proof)}`)
      .digest();
    const nonce = createHash('sha256').update(authenticatorData).update(clientDataHash).digest();
    return verify('sha256', nonce, createPublicKey({ key: jwk, format: 'jwk' }), signature);
  };
  expect(isOver({})).toBe(true);
  for (const changed of [{ method: 'DELETE' }, { path: '/graphql/partner' }, { body: '{}' }, { proof: 'a.b.d' }])
    expect([changed, isOver(changed)]).toEqual([changed, false]);
});

test('signatures are written as X9.62 wants them, whatever their numbers begin with', async () => {
  const integer = (first: readonly number[], fill: number): number[] => [...first, ...Array<number>(32 - first.length).fill(fill)];
  const written = (r: readonly number[], s: readonly number[]): string => Buffer.from(toDer(Uint8Array.of(...r, ...s))).toString('hex');
  // The first bit is a sign; zeros in front of it are left out.
  expect(written(integer([0x7f], 1), integer([0x80], 2))).toBe(`304502207f${'01'.repeat(31)}02210080${'02'.repeat(31)}`);
  expect(written(integer([0, 0, 0x05], 1), integer([0, 0x90], 2))).toBe(`3042021e05${'01'.repeat(29)}02200090${'02'.repeat(30)}`);

  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  const content = Buffer.from('content');
  for (let count = 0; count < 300; count += 1) {
    const raw = new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keyPair.privateKey, content));
    expect(verify('sha256', content, publicKey, toDer(raw))).toBe(true);
  }
});
