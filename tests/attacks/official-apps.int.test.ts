/**
 * What somebody tries who has an official app's access token, or the app taken apart, and a debugger: against the real gateway
 * as in production. How each part judges is tested with the gateway; that none of it can be left out is tested here.
 */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { makeAuthority, type Authority } from '@vitrine/local/attestation-certificates';
import { makeSoftwareKey, type ProofRequest } from '@vitrine/local/official-app-keys';
import { ids } from '../../gateway/tests/support/subgraphs.ts';
import { operationIdOf } from '../../gateway/src/operations/manifest.ts';
import {
  appId,
  assertionFor,
  createAttackedApp,
  type AppAnswer,
  type AppCall,
  type AttackedApp,
  type AttestationOptions,
} from './attacked-app.ts';
import { startGatewayUnderAttack, type GatewayUnderAttack } from './gateway-under-attack.ts';

const hookTimeoutMs = 90_000;
let gateway: GatewayUnderAttack;
let authority: Authority;
let stranger: Authority;
/** Attested and registered. */
let app: AttackedApp;
let counter = 0;

const operation = (file: string): string =>
  readFileSync(new URL(`../../gateway/pages/operations/buyer/${file}.graphql`, import.meta.url), 'utf8');
const persisted = (text: string, variables: object = {}): string =>
  JSON.stringify({ variables, extensions: { persistedQuery: { version: 1, sha256Hash: operationIdOf(text) } } });
const read = persisted(operation('home-timeline'));
const buy = (key = 'a-key-of-the-app-0001'): string =>
  persisted(operation('place-order'), {
    input: { idempotencyKey: key, productId: ids.notebook, quantity: 1, expectedTotal: { amountMinor: 2_599, currency: 'USD' } },
  });

beforeAll(async () => {
  const root = await makeAuthority({ name: 'Platform of the attacks' });
  [authority, stranger] = await Promise.all([
    makeAuthority({ name: 'Devices of the attacks', issuer: root, pathLength: 0 }),
    makeAuthority({ name: 'Platform of the attacks' }),
  ]);
  gateway = await startGatewayUnderAttack({
    APPS: JSON.stringify({ ios: { appIds: [appId], roots: [root.certificate.toString()] } }),
    // One buyer tries all of it within a minute: what is refused has to be refused for what is wrong with it.
    RATE_LIMITS_PERCENT: '10000',
  });
  app = await createAttackedApp(gateway, authority);
  const registered = await app.register(await app.registration());
  if (registered.status !== 201) throw new Error(`not registered: ${registered.text}`);
}, hookTimeoutMs);
afterAll(() => gateway?.close(), hookTimeoutMs);

const calls = (): number => Object.values(gateway.subgraphs.calls).reduce((sum, each) => sum + each.length, 0);
let callsBefore = 0;
beforeEach(() => {
  callsBefore = calls();
});
const expectRefused = ({ status, code, text }: AppAnswer, ...expected: readonly (readonly [number, string])[]): void => {
  expect(expected.map((each) => each.join(' '))).toContain(`${status} ${code}`);
  expect(text).not.toMatch(/\bat \S+:\d+|node_modules/);
  expect(calls()).toBe(callsBefore);
};

describe('the app itself', () => {
  test('reads', async () => {
    expect((await app.call({ body: read })).status).toBe(200);
    expect(calls()).toBeGreaterThan(callsBefore);
  });

  test('buys, with an assertion', async () => {
    const rawProof = app.makeProof();
    const body = buy();
    counter += 1;
    const answer = await app.call({ body, rawProof, assertion: assertionFor(app, { body, proof: rawProof, counter }) });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('OutOfStockError')]);
  });
});

describe('a proof', () => {
  const invalid = [401, 'INVALID_DPOP_PROOF'] as const;
  const seconds = (): number => Math.floor(Date.now() / 1_000);
  const wrong: readonly (readonly [string, () => Partial<ProofRequest>])[] = [
    ['for another method', () => ({ method: 'GET' })],
    ['for another graph', () => ({ url: `${gateway.origin}/graphql/partner` })],
    ['for another host', () => ({ url: 'https://evil.example/graphql/buyer' })],
    ['for the host that the request names', () => ({ claims: { htu: `http://localhost:${gateway.port}/graphql/buyer` } })],
    ['for no address', () => ({ claims: { htu: undefined } })],
    ['for a list of methods', () => ({ claims: { htm: ['POST'] } })],
    ['of another token', () => ({ accessToken: 'another' })],
    ['of no token', () => ({ claims: { ath: undefined } })],
    ['made an hour ago', () => ({ claims: { iat: seconds() - 3_600 } })],
    ['made in an hour', () => ({ claims: { iat: seconds() + 3_600 } })],
    ['made at no time', () => ({ claims: { iat: undefined } })],
    ['without an id', () => ({ claims: { jti: undefined } })],
    ['with an id of 10 KB', () => ({ claims: { jti: 'j'.repeat(10_000) } })],
    ['with an id that has line ends', () => ({ claims: { jti: 'abcdefgh\r\nSET x y' } })],
    ['that is an access token', () => ({ header: { typ: 'at+jwt' } })],
    ['without a type', () => ({ header: { typ: undefined } })],
    ['without an algorithm', () => ({ header: { alg: 'none' } })],
    ['with HS256', () => ({ header: { alg: 'HS256' } })],
    ['without its key', () => ({ header: { jwk: undefined } })],
    ['with a private key', () => ({ header: { jwk: { ...app.key.jwk, d: 'AAAA' } } })],
    ['with a key that is no point', () => ({ header: { jwk: { ...app.key.jwk, x: 'AAAA' } } })],
    ['with a secret as its key', () => ({ header: { jwk: { kty: 'oct', k: 'AAAA' } } })],
    ['with a critical header', () => ({ header: { crit: ['urn:x'], 'urn:x': 1 } })],
  ];
  test.each(wrong)('%s is refused', async (_name, proof) => {
    expectRefused(await app.call({ body: read, proof: proof() }), invalid);
  });

  test('of another key is refused, also when it shows the right one', async () => {
    const other = makeSoftwareKey();
    expectRefused(await app.call({ body: read, rawProof: app.makeProof({}, other) }), invalid);
    expectRefused(await app.call({ body: read, rawProof: app.makeProof({ header: { jwk: app.key.jwk } }, other) }), invalid);
  });

  test('that is used again is refused, for anything else as well', async () => {
    const rawProof = app.makeProof();
    expect((await app.call({ body: read, rawProof })).status).toBe(200);
    callsBefore = calls();
    expectRefused(await app.call({ body: read, rawProof }), invalid);
    expectRefused(await app.call({ body: buy(), rawProof }), invalid);
    // The same signature as other bytes: base64url has spare bits at its end.
    const [head = '', claims = '', signature = ''] = rawProof.split('.');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const lastOne = alphabet[(alphabet.indexOf(signature.at(-1) ?? '') & 0b110000) | 1];
    expectRefused(await app.call({ body: read, rawProof: `${head}.${claims}.${signature.slice(0, -1)}${lastOne}` }), invalid);
  });

  test('that is used by twenty at once lets in one', async () => {
    const rawProof = app.makeProof();
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.call({ body: read, rawProof })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'INVALID_DPOP_PROOF')).toHaveLength(19);
  });

  test.each([
    ['no nonce', undefined],
    ['an empty nonce', ''],
    ['a nonce that was made up', 'AAAAAAAAAAAAAAAAAAAAAA'],
  ])('with %s is asked for again', async (_name, nonce) => {
    const answer = await app.call({ body: read, proof: { claims: { nonce } } });
    expectRefused(answer, [401, 'USE_DPOP_NONCE'], invalid);
    expect(answer.status).toBe(401);
  });

  test.each([
    ['none at all', { dpop: undefined }],
    ['two', { dpop: 'a.b.c, a.b.c' }],
    ['something else', { dpop: '{}' }],
    ['one of 12 KB', { dpop: `${'a'.repeat(6_000)}.${'b'.repeat(6_000)}.c` }],
  ])('that is %s is refused', async (_name, headers) => {
    expectRefused(await app.call({ body: read, headers }), invalid);
  });

  test('cannot be gone without by calling the token a bearer token', async () => {
    for (const dpop of [undefined, app.makeProof()])
      expectRefused(
        await app.call({ body: read, headers: { authorization: `Bearer ${app.token}`, dpop } }),
        [401, 'UNAUTHENTICATED'],
        invalid,
      );
  });

  test('does not help a token that is bound to no key, or to another', async () => {
    const unbound = await gateway.provider.token('buyer');
    const other = await gateway.provider.token('buyer', { claims: { cnf: { jkt: makeSoftwareKey().thumbprint } } });
    const strange = await gateway.provider.token('buyer', { claims: { cnf: { 'x5t#S256': app.key.thumbprint } } });
    for (const token of [unbound, other, strange])
      for (const scheme of ['DPoP', 'Bearer'])
        expectRefused(
          await app.call({ body: read, token, proof: { accessToken: token }, headers: { authorization: `${scheme} ${token}` } }),
          [401, 'UNAUTHENTICATED'],
          invalid,
        );
  });

  test('is no assertion, whatever HMAC is made with its key', async () => {
    const rawProof = app.makeProof();
    const assertion = createHmac('sha256', JSON.stringify(app.key.jwk)).update(rawProof).digest('base64url');
    expectRefused(await app.call({ body: buy(), rawProof, assertion }), [403, 'ASSERTION_REFUSED']);
  });
});

describe('an attestation', () => {
  const refused = [400, 'ATTESTATION_REFUSED'] as const;
  const wrong: readonly (readonly [string, () => AttestationOptions])[] = [
    ['of an authority that nobody knows', () => ({ chain: [stranger] })],
    ['of an authority that only has the right name', () => ({ chain: [stranger, authority] })],
    ['of another app', () => ({ appId: 'A1B2C3D4E5.example.other.app' })],
    ['of a development build', () => ({ environment: 'appattestdevelop' })],
    ['of a key that was used before', () => ({ counter: 1 })],
    ['that has expired', () => ({ notBefore: new Date(Date.now() - 864e5 * 9), notAfter: new Date(Date.now() - 864e5) })],
  ];
  test.each(wrong)('%s is refused', async (_name, attestation) => {
    const own = await createAttackedApp(gateway, authority);
    await own.challenge();
    expectRefused(await own.register(await own.registration({ attestation: attestation() })), refused);
    expectRefused(await own.call({ body: read }), [403, 'ATTESTATION_REQUIRED']);
  });

  test('for the key of another app is refused', async () => {
    const own = await createAttackedApp(gateway, authority);
    expectRefused(await own.register(await own.registration({ boundKey: app.key.thumbprint })), refused);
  });

  test('of another key than it says is refused', async () => {
    const own = await createAttackedApp(gateway, authority);
    expectRefused(await own.register(await own.registration({ body: { keyId: makeSoftwareKey().keyId } })), refused);
  });

  test('that is sent again by somebody else is refused, and so is its challenge', async () => {
    const victim = await createAttackedApp(gateway, authority);
    const body = await victim.registration();
    expect((await victim.register(body)).status).toBe(201);
    const thief = await createAttackedApp(gateway, authority);
    await thief.challenge();
    expectRefused(await thief.register(body), refused, [400, 'INVALID_CHALLENGE']);
    const { challenge } = JSON.parse(body) as { readonly challenge: string };
    expectRefused(await thief.register(await thief.registration({ challenge })), [400, 'INVALID_CHALLENGE']);
  });

  test.each([
    ['made up', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['empty', ''],
    ['with SQL in it', "' or 1=1 --"],
  ])('for a challenge that is %s is refused', async (_name, challenge) => {
    const own = await createAttackedApp(gateway, authority);
    await own.challenge();
    expectRefused(await own.register(await own.registration({ challenge })), [400, 'INVALID_CHALLENGE']);
  });

  test.each([
    ['is nothing', { attestation: '' }],
    ['is no CBOR', { attestation: Buffer.from('{"fmt":"apple-appattest"}').toString('base64') }],
    ['is nested 20,000 levels deep', { attestation: Buffer.alloc(20_000, 0x81).toString('base64') }],
    ['says to hold 4 billion entries', { attestation: Buffer.from('9affffffff00', 'hex').toString('base64') }],
    ['says to be a text of 16 exabytes', { attestation: Buffer.from('7bffffffffffffffff00', 'hex').toString('base64') }],
    ['is an object', { attestation: { a: 1 } }],
    ['is of no platform', { platform: 'windows' }],
    ['is of the prototype of platforms', { platform: '__proto__' }],
    ['is of a version that is none', { version: '5.2.0; drop table' }],
    ['is of an Android phone', { platform: 'android' }],
  ])('that %s is refused', async (_name, body) => {
    const own = await createAttackedApp(gateway, authority);
    expectRefused(await own.register(await own.registration({ body })), refused, [400, 'BAD_USER_INPUT']);
  });

  test('is needed: a token and a proof are not enough', async () => {
    const own = await createAttackedApp(gateway, authority);
    await own.challenge();
    expectRefused(await own.call({ body: read }), [403, 'ATTESTATION_REQUIRED']);
    expectRefused(await own.call({ body: buy() }), [403, 'ATTESTATION_REQUIRED']);
  });
});

describe('an assertion', () => {
  const refused = [403, 'ASSERTION_REFUSED'] as const;
  const attempt = (
    changes: Partial<Parameters<typeof assertionFor>[1]> = {},
    call: AppCall = {},
    by: Pick<AttackedApp, 'attested'> = app,
  ) => {
    const rawProof = app.makeProof();
    const body = buy();
    counter += 1;
    return app.call({ body, rawProof, assertion: assertionFor(by, { body, proof: rawProof, counter, ...changes }), ...call });
  };

  test('is needed to buy', async () => {
    expectRefused(await app.call({ body: buy() }), [403, 'ASSERTION_REQUIRED']);
    expectRefused(await app.call({ body: buy(), headers: { 'x-vitrine-assertion': '' } }), [403, 'ASSERTION_REQUIRED'], refused);
  });

  test.each([
    ['of another key', {}, { attested: makeSoftwareKey() }],
    ['of another body', { body: buy('another-key-0002') }, undefined],
    ['of another proof', { proof: 'a.b.c' }, undefined],
    ['of another path', { path: '/graphql/partner' }, undefined],
    ['of another method', { method: 'GET' }, undefined],
    ['of another app', { appId: 'A1B2C3D4E5.example.other.app' }, undefined],
    ['whose counter is 0', { counter: 0 }, undefined],
  ] as const)('%s is refused', async (_name, changes, by) => {
    expectRefused(await attempt(changes, {}, by ?? app), refused);
  });

  test('with a counter that was used, or rolled back, is refused', async () => {
    expect((await attempt()).status).toBe(200);
    callsBefore = calls();
    expectRefused(await attempt({ counter: counter }), refused);
    expectRefused(await attempt({ counter: 1 }), refused);
  });

  test('is good once: with its own proof again, and with a new one', async () => {
    const rawProof = app.makeProof();
    const body = buy();
    counter += 1;
    const assertion = assertionFor(app, { body, proof: rawProof, counter });
    expect((await app.call({ body, rawProof, assertion })).status).toBe(200);
    callsBefore = calls();
    expectRefused(await app.call({ body, rawProof, assertion }), [401, 'INVALID_DPOP_PROOF']);
    expectRefused(await app.call({ body, assertion }), refused);
  });

  test('is about the bytes: one space more is another request', async () => {
    const rawProof = app.makeProof();
    const body = buy();
    counter += 1;
    expectRefused(
      await app.call({ body: `${body} `, rawProof, assertion: assertionFor(app, { body, proof: rawProof, counter }) }),
      refused,
    );
  });

  test.each([
    ['no base64', '%%%'],
    ['no CBOR', Buffer.from('{}').toString('base64url')],
    ['nested 6,000 levels deep', Buffer.alloc(6_000, 0x81).toString('base64url')],
    ['an empty map', Buffer.of(0xa0).toString('base64url')],
  ])('that is %s is refused', async (_name, assertion) => {
    expectRefused(await app.call({ body: buy(), assertion }), refused);
  });
});

describe('an operation', () => {
  test.each([
    ['as text', JSON.stringify({ query: operation('home-timeline') }), 'PERSISTED_QUERY_ID_REQUIRED'],
    [
      'as text with its id',
      JSON.stringify({
        query: '{ __typename }',
        extensions: { persistedQuery: { version: 1, sha256Hash: operationIdOf('{ __typename }') } },
      }),
      'PERSISTED_QUERY_ID_REQUIRED',
    ],
    ['as text with the id of another', JSON.stringify({ ...JSON.parse(read), query: '{ __typename }' }), 'BAD_USER_INPUT'],
    ['that introspects', JSON.stringify({ query: '{ __schema { types { name } } }' }), 'PERSISTED_QUERY_ID_REQUIRED'],
    ['that nobody published', persisted('{ __typename }'), 'PERSISTED_QUERY_NOT_IN_LIST'],
    [
      'of the partner graph',
      persisted(readFileSync(new URL('../../gateway/pages/operations/partner/orders.graphql', import.meta.url), 'utf8')),
      'PERSISTED_QUERY_NOT_IN_LIST',
    ],
    ['with the id __proto__', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"__proto__"}}}', 'PERSISTED_QUERY_NOT_IN_LIST'],
    [
      'with the id constructor',
      '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"constructor"}}}',
      'PERSISTED_QUERY_NOT_IN_LIST',
    ],
    ['with an id that is a list', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":["a"]}}}', 'BAD_USER_INPUT'],
    ['with SQL as its id', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"\' or 1=1 --"}}}', 'BAD_USER_INPUT'],
    ['with no id', '{"extensions":{"persistedQuery":{"version":1}}}', 'BAD_USER_INPUT'],
    ['of nothing', '{}', 'BAD_USER_INPUT'],
    ['in a batch', `[${read},${read}]`, 'BAD_USER_INPUT'],
  ])('%s is refused', async (_name, body, code) => {
    expectRefused(await app.call({ body }), [400, code]);
  });

  test('from an app that does not say which it is, or says nonsense, is refused', async () => {
    for (const header of [undefined, '', 'ios', 'ios/5', 'windows/5.2.0', 'ios/5.2.0, ios/9.9.9', 'ios/99999999999999999999.0.0'])
      expectRefused(
        await app.call({ body: read, headers: { 'x-vitrine-app': header } }),
        [400, 'BAD_USER_INPUT'],
        [403, 'ATTESTATION_REQUIRED'],
      );
    expectRefused(await app.call({ body: read, headers: { 'x-vitrine-app': 'android/5.2.0' } }), [403, 'ATTESTATION_REQUIRED']);
  });
});

test('of all this no token, proof, attestation or assertion is in the logs', () => {
  expect(gateway.logs()).not.toContain(app.token);
  expect(gateway.logs()).not.toMatch(/eyJ[\w-]{20,}\./);
  expect(gateway.exitCode()).toBeNull();
});
