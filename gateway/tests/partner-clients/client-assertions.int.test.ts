import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { SignJWT } from 'jose';
import { newId } from '@vitrine/runtime/ids';
import type { Answered } from '../../../services/seller-eligibility/tests/service-under-test.ts';
import { startPartnerGateway, tokenEndpoint, type PartnerGateway } from './partner-gateway.ts';

const pairs = {
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  EdDSA: generateKeyPairSync('ed25519'),
};
type Algorithm = keyof typeof pairs;
const jwkOf = (key: KeyObject): string => JSON.stringify(key.export({ format: 'jwk' }));

let gateway: PartnerGateway;
const made = new Map<Algorithm, Answered>();
beforeAll(async () => {
  gateway = await startPartnerGateway();
  for (const algorithm of Object.keys(pairs) as Algorithm[])
    made.set(algorithm, await gateway.calls.create(gateway.anna, { publicKey: jwkOf(pairs[algorithm].publicKey) }));
});
afterAll(() => gateway.stop());
beforeEach(() => gateway.advance(60_000));

const clientOf = (algorithm: Algorithm): Answered => {
  const client = made.get(algorithm);
  if (client === undefined) throw new Error('there is no such client');
  return client;
};

interface Changes {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject;
}

/** An assertion as it should be, but for the changes; a claim that is undefined is left out. */
function assertionOf(algorithm: Algorithm, { claims = {}, header = {}, key = pairs[algorithm].privateKey }: Changes = {}): Promise<string> {
  const { id } = clientOf(algorithm).client;
  const now = gateway.nowSeconds();
  const all = { iss: id, sub: id, aud: tokenEndpoint, iat: now, exp: now + 60, jti: newId('evt'), ...claims };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(given).setProtectedHeader({ alg: algorithm, ...header }).sign(key, { crit: { 'urn:x': true } });
}

const send = (assertion: string, form: Readonly<Record<string, string>> = {}) =>
  gateway.request({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    ...form,
  });
const refusal = { status: 401, body: { error: 'invalid_client', error_description: 'The client did not prove itself.' } };

describe.each(Object.keys(pairs) as Algorithm[])('a client that signs with %s', (algorithm) => {
  test('gets a token that works', async () => {
    const { status, body } = await send(await assertionOf(algorithm, { header: { typ: 'JWT', kid: clientOf(algorithm).key.id } }));
    expect([status, body.scope]).toEqual([200, 'orders:read']);
    expect(await gateway.check(body.access_token)).toMatchObject({ kind: 'accepted', actor: { clientId: clientOf(algorithm).client.id } });
  });

  test('may leave out what need not be said', async () => {
    const assertion = await assertionOf(algorithm, { claims: { iat: undefined, aud: [tokenEndpoint] } });
    expect((await send(assertion, { client_id: clientOf(algorithm).client.id })).status).toBe(200);
  });

  test('is refused with a key that is not its own', async () => {
    const { privateKey } = algorithm === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2_048 }) : { privateKey: null };
    const other =
      privateKey ??
      (algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')).privateKey;
    expect(await send(await assertionOf(algorithm, { key: other }))).toMatchObject(refusal);
  });
});

test('an assertion is good once, at whichever gateway process', async () => {
  const assertion = await assertionOf('ES256');
  expect((await send(assertion)).status).toBe(200);
  expect(await send(assertion)).toMatchObject(refusal);
  const server = Fastify();
  gateway.another({}).register(server);
  const form = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
  const answer = await server.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(form).toString(),
  });
  expect(answer.statusCode).toBe(401);
  await server.close();
});

test('sent ten times at once it is good once', async () => {
  const assertion = await assertionOf('ES256');
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(assertion)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('the same jti of two clients is two', async () => {
  const claims = { jti: 'the same' };
  expect((await send(await assertionOf('ES256', { claims }))).status).toBe(200);
  expect((await send(await assertionOf('RS256', { claims }))).status).toBe(200);
});

describe('is refused:', () => {
  const now = () => gateway.nowSeconds();
  test.each([
    ['for another audience', () => ({ claims: { aud: 'https://other.example/oauth/token' } })],
    ['for several audiences', () => ({ claims: { aud: [tokenEndpoint, 'https://other.example'] } })],
    ['for no audience', () => ({ claims: { aud: undefined } })],
    ["for the gateway's address only", () => ({ claims: { aud: new URL(tokenEndpoint).origin } })],
    ['about somebody else', () => ({ claims: { sub: newId('apc') } })],
    ['about nobody', () => ({ claims: { sub: undefined } })],
    ['from nobody', () => ({ claims: { iss: undefined } })],
    ['from a client that there is none of', () => ({ claims: { iss: newId('apc'), sub: newId('apc') } })],
    ['that is over', () => ({ claims: { exp: now() - 6 } })],
    ['that has no end', () => ({ claims: { exp: undefined } })],
    ['that is good for longer than five minutes', () => ({ claims: { exp: now() + 320 } })],
    ['that is not good yet', () => ({ claims: { nbf: now() + 30 } })],
    ['without an id', () => ({ claims: { jti: undefined } })],
    ['with an empty id', () => ({ claims: { jti: '' } })],
    ['with an id that is a number', () => ({ claims: { jti: 7 } })],
    ['with an id that is too long', () => ({ claims: { jti: 'x'.repeat(256) } })],
    ['an access token', () => ({ header: { typ: 'at+jwt' } })],
    ["with another client's key named", () => ({ header: { kid: clientOf('RS256').key.id } })],
    ['with a key of its own named that there is none of', () => ({ header: { kid: '../../dev/null' } })],
    ['with something that must be understood', () => ({ header: { crit: ['urn:x'], 'urn:x': true } })],
  ])('one %s', async (_, changes) => {
    expect(await send(await assertionOf('ES256', changes()))).toMatchObject(refusal);
  });

  test('one that brings the key along that it is signed with', async () => {
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = own.publicKey.export({ format: 'jwk' });
    expect(await send(await assertionOf('ES256', { key: own.privateKey, header: { jwk } }))).toMatchObject(refusal);
    expect(await send(await assertionOf('ES256', { key: own.privateKey, header: { jku: 'https://evil.example' } }))).toMatchObject(refusal);
  });

  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = (header: object, algorithm: Algorithm = 'RS256'): string => {
    const { id } = clientOf(algorithm).client;
    return `${encode(header)}.${encode({ iss: id, sub: id, aud: tokenEndpoint, exp: now() + 60, jti: newId('evt') })}`;
  };
  test('one that is not signed', async () => {
    for (const alg of ['none', 'None', '']) expect(await send(`${unsigned({ alg })}.`)).toMatchObject(refusal);
  });

  test('one that is signed with the public key as if it were a secret', async () => {
    const signed = unsigned({ alg: 'HS256' });
    for (const secret of [
      createPublicKey(pairs.RS256.publicKey.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'pem' }),
      jwkOf(pairs.RS256.publicKey),
    ])
      expect(await send(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`)).toMatchObject(refusal);
  });

  test('one that is signed in another way than its key is for', async () => {
    const signed = unsigned({ alg: 'RS512' });
    expect(await send(`${signed}.${sign('sha512', Buffer.from(signed), pairs.RS256.privateKey).toString('base64url')}`)).toMatchObject(
      refusal,
    );
  });

  test.each(['', 'a', 'a.b.c', '..', 'e30.e30.', 'x'.repeat(9_000), 'e30.'.repeat(5)])('what is no JWT at all (%#)', async (text) => {
    const answer = await send(text);
    expect([text, answer.status]).toEqual([text, 401]);
  });

  test('one whose client says in the form that it is another', async () => {
    expect(await send(await assertionOf('ES256'), { client_id: clientOf('RS256').client.id })).toMatchObject(refusal);
  });

  test('one that is signed with a revoked key', async () => {
    const { client } = clientOf('EdDSA');
    const own = generateKeyPairSync('ed25519');
    const added = await gateway.calls.addKey(gateway.anna, { clientId: client.id, publicKey: jwkOf(own.publicKey) });
    expect((await send(await assertionOf('EdDSA', { key: own.privateKey }))).status).toBe(200);
    await gateway.calls.revokeKey(gateway.anna, client.id, added.key.id);
    expect(await send(await assertionOf('EdDSA', { key: own.privateKey }))).toMatchObject(refusal);
    expect((await send(await assertionOf('EdDSA'))).status).toBe(200);
  });
});

test('no assertion is in a log', async () => {
  const assertion = await assertionOf('ES256');
  await send(assertion);
  await send(assertion);
  expect(gateway.logs()).toContain('used before');
  expect(gateway.logs()).not.toContain(assertion.slice(-40));
});
