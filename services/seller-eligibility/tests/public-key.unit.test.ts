import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { parsePublicKey } from '../src/public-key.ts';

const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed25519 = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const parse = (jwk: object) => parsePublicKey(JSON.stringify(jwk));

test.each([
  ['EC on P-256', p256],
  ['Ed25519', ed25519],
  ['RSA of 2048 bits', rsa],
])('a public key %s is taken, without what is not needed to check a signature', (_, { publicKey }) => {
  const jwk = jwkOf(publicKey);
  expect(parse({ ...jwk, kid: 'mine', use: 'sig', alg: 'none', x5u: 'https://evil.example', jku: 'https://evil.example' })).toEqual({
    kind: 'public_key',
    jwk,
  });
});

test.each([
  ['EC', p256],
  ['Ed25519', ed25519],
  ['RSA', rsa],
])('a private key %s is called what it is, so that its owner knows that it is lost', (_, { privateKey }) => {
  expect(parse(jwkOf(privateKey))).toEqual({ kind: 'private' });
});

test('a symmetric key is not public', () => {
  expect(parse({ kty: 'oct', k: 'c2VjcmV0' })).toEqual({ kind: 'private' });
});

test.each([
  ['no JSON', 'secret'],
  ['no object', '[]'],
  ['null', 'null'],
  ['a PEM', p256.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  ['another curve', JSON.stringify(jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey))],
  ['a key for agreement', JSON.stringify(jwkOf(generateKeyPairSync('x25519').publicKey))],
  ['RSA of 1024 bits', JSON.stringify(jwkOf(generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey))],
  ['RSA with the exponent 3', JSON.stringify(jwkOf(generateKeyPairSync('rsa', { modulusLength: 2_048, publicExponent: 3 }).publicKey))],
  ['a point that is not on its curve', JSON.stringify({ ...jwkOf(p256.publicKey), y: Buffer.alloc(32, 1).toString('base64url') })],
  ['members of other types', JSON.stringify({ kty: 'EC', crv: 'P-256', x: 1, y: {} })],
  ['nothing but its type', JSON.stringify({ kty: 'RSA' })],
  ['too long', JSON.stringify({ ...jwkOf(p256.publicKey), kid: 'x'.repeat(5_000) })],
])('%s is refused', (_, text) => {
  expect(parsePublicKey(text)).toEqual({ kind: 'unusable' });
});
