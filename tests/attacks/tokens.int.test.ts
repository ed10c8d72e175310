/**
 * Access tokens that are none: forged, confused, borrowed, out of time. This is the one list of them; what good tokens open is
 * tested with the gateway.
 */
import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyPairKeyObjectResult } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { TokenChanges } from '../../gateway/tests/support/identity-provider.ts';
import { ids } from '../../gateway/tests/support/subgraphs.ts';
import { startGatewayUnderAttack, type GatewayUnderAttack } from './gateway-under-attack.ts';

const hookTimeoutMs = 90_000;
const now = (): number => Math.floor(Date.now() / 1_000);
const attackersJwk = () => attacker.publicKey.export({ format: 'jwk' });
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

let gateway: GatewayUnderAttack;
let attacker: KeyPairKeyObjectResult;
/** Publishes the attacker's keys, for a gateway that can be led to them. */
let attackersServer: Server;
let attackersUrl: string;
let attackersVisits = 0;
let sent = 0;

beforeAll(async () => {
  gateway = await startGatewayUnderAttack();
  attacker = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const keys = [{ ...attackersJwk(), kid: 'published', alg: 'RS256', use: 'sig' }];
  attackersServer = createServer((_request, response) => {
    attackersVisits += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => attackersServer.listen(0, '127.0.0.1', resolve));
  attackersUrl = `http://127.0.0.1:${(attackersServer.address() as AddressInfo).port}/jwks`;
}, hookTimeoutMs);
beforeEach(() => {
  gateway.subgraphs.calls.timeline.length = 0;
});
afterAll(async () => {
  await gateway?.close();
  attackersServer?.closeAllConnections();
  await new Promise((resolve) => attackersServer?.close(resolve));
}, hookTimeoutMs);

async function send(token: string, graph = 'partner', scheme = 'Bearer') {
  sent += 1;
  const response = await fetch(`${gateway.origin}/graphql/${graph}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `${scheme} ${token}`,
      'x-forwarded-for': `198.51.100.${sent % 250}`,
    },
    body: JSON.stringify({ query: `{ post(id: "${ids.post(1)}") { id } }` }),
  });
  return { status: response.status, challenge: response.headers.get('www-authenticate'), text: await response.text() };
}

async function expectRefused(token: string): Promise<void> {
  for (const [graph, scheme] of [
    ['partner', 'Bearer'],
    ['buyer', 'DPoP'],
  ]) {
    const { status, challenge, text } = await send(token, graph, scheme);
    expect([status, /"code":"(\w+)"/.exec(text)?.[1]]).toEqual([401, 'UNAUTHENTICATED']);
    expect(challenge).toContain('error="invalid_token"');
    if (token.length > 20) expect(text).not.toContain(token);
  }
  expect(gateway.subgraphs.calls.timeline).toEqual([]);
  if (token.length > 20) expect(gateway.logs()).not.toContain(token);
}

/** The header and claims of a good token. */
async function goodParts(): Promise<{
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  readonly signature: string;
}> {
  const [header = '', claims = '', signature = ''] = (await gateway.provider.token('partner')).split('.');
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: decode(header), claims: decode(claims), signature };
}

test('the token that all of them are made from is good', async () => {
  expect((await send(await gateway.provider.token('partner'))).status).toBe(200);
});

describe('signed by the identity provider', () => {
  const second = now();
  const cases: readonly (readonly [string, TokenChanges])[] = [
    ['for the ops graph', { claims: { aud: 'urn:vitrine:graph:ops' } }],
    ['for the ops graph, in a list', { claims: { aud: ['urn:vitrine:graph:ops'] } }],
    ['for two graphs at once', { claims: { aud: ['urn:vitrine:graph:partner', 'urn:vitrine:graph:buyer'] } }],
    ['for an audience that only begins alike', { claims: { aud: 'urn:vitrine:graph:partner2' } }],
    ['for an audience in other letters', { claims: { aud: 'URN:VITRINE:GRAPH:PARTNER' } }],
    ['without an audience', { claims: { aud: undefined } }],
    ['for an audience that is an object', { claims: { aud: { 0: 'urn:vitrine:graph:partner', length: 1 } } }],
    ['by another issuer', { claims: { iss: 'https://evil.example' } }],
    ['by an issuer with a slash more', { claims: { iss: 'http://127.0.0.1/' } }],
    ['by a list of issuers', { claims: { iss: ['https://evil.example'] } }],
    ['without an issuer', { claims: { iss: undefined } }],
    ['as an ID token', { header: { typ: 'JWT' } }],
    ['as a proof', { header: { typ: 'dpop+jwt' } }],
    ['as a logout token', { header: { typ: 'logout+jwt' } }],
    ['without a type', { header: { typ: undefined } }],
    ['with an end in the past', { claims: { iat: second - 1_800, exp: second - 900 } }],
    ['with an end that is no number', { claims: { exp: 'never' } }],
    ['with an end that is a text', { claims: { exp: String(second + 900) } }],
    ['without an end', { claims: { exp: undefined } }],
    ['not valid yet', { claims: { nbf: second + 600 } }],
    ['valid from a text on', { claims: { nbf: 'today' } }],
    ['issued in the future', { claims: { iat: second + 600, exp: second + 1_200 } }],
    ['issued a year ago, for ten', { claims: { iat: second - 31_536_000, exp: second + 283_824_000 } }],
    ['without a time of issue', { claims: { iat: undefined } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['for a subject that is a client', { claims: { sub: 'client:vitrine-seller' } }],
    ['for a subject with SQL in it', { claims: { sub: "usr_' or 1=1 --" } }],
    ['for a subject that is a list', { claims: { sub: ['usr_01900000-0000-7000-8000-000000000011'] } }],
    ['with a critical header that nobody knows', { header: { crit: ['urn:x'], 'urn:x': true } }],
  ];
  test.each(cases)('%s: refused', async (_name, changes) => {
    await expectRefused(await gateway.provider.token('partner', changes));
  });
});

describe('signed by somebody else', () => {
  const forge = async (header: Record<string, unknown>): Promise<string> => {
    const good = await goodParts();
    const signed = `${encode({ ...good.header, ...header })}.${encode(good.claims)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), attacker.privateKey).toString('base64url')}`;
  };

  test.each([
    ['under the published key id', () => ({})],
    ['with the key in the header', () => ({ jwk: { ...attackersJwk(), alg: 'RS256' } })],
    ['with the key in the header and its id', () => ({ kid: 'mine', jwk: { ...attackersJwk(), kid: 'mine' } })],
    ['with the address of the key (jku)', () => ({ jku: attackersUrl })],
    ['with the address of the key and another id', () => ({ jku: attackersUrl, kid: 'mine' })],
    ['with the address of a certificate (x5u)', () => ({ x5u: attackersUrl })],
    [
      'with a certificate (x5c)',
      () => ({
        x5c: [attacker.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')],
      }),
    ],
    ['with an address as key id', () => ({ kid: attackersUrl })],
    ['with a path as key id', () => ({ kid: '../../../../../../dev/null' })],
    ['with SQL as key id', () => ({ kid: "x' union select 'secret' --" })],
    ['with a command as key id', () => ({ kid: '|curl evil.example' })],
    ['with NUL in the key id', () => ({ kid: 'published\u0000' })],
    ['with __proto__ as key id', () => ({ kid: '__proto__' })],
    ['with a key id that is a list', () => ({ kid: ['published'] })],
    ['with a key id that is an object', () => ({ kid: { toString: 'published' } })],
    ['with an empty key id', () => ({ kid: '' })],
    ['without a key id', () => ({ kid: undefined })],
    ['with a very long key id', () => ({ kid: 'k'.repeat(4_000) })],
    ['with a payload that is as it is (b64)', () => ({ crit: ['b64'], b64: true })],
  ])('%s: refused', async (_name, header) => {
    await expectRefused(await forge(header()));
  });

  test('nobody was visited for keys, and the identity provider not for each token', () => {
    expect(attackersVisits).toBe(0);
    expect(gateway.provider.fetches()).toBeLessThan(10);
  });
});

describe('signed by nobody', () => {
  test.each(['none', 'None', 'NONE', 'nOnE', '', 'null'])('with the algorithm %j: refused', async (alg) => {
    const { header, claims, signature } = await goodParts();
    const unsigned = `${encode({ ...header, alg })}.${encode(claims)}`;
    await expectRefused(`${unsigned}.`);
    await expectRefused(`${unsigned}.${signature}`);
  });

  test('without an algorithm, or with one that is no text: refused', async () => {
    const { header, claims, signature } = await goodParts();
    for (const alg of [undefined, null, 0, ['RS256'], { toString: 'RS256' }])
      await expectRefused(`${encode({ ...header, alg })}.${encode(claims)}.${signature}`);
  });

  test.each(['HS256', 'HS384', 'HS512'])('with %s and what everybody knows of the key as its secret: refused', async (alg) => {
    const { header, claims } = await goodParts();
    const [jwk] = ((await (await fetch(gateway.provider.jwksUrl)).json()) as { keys: [Record<string, string>] }).keys;
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    const secrets = [
      publicKey.export({ format: 'pem', type: 'spki' }),
      String(publicKey.export({ format: 'pem', type: 'spki' })).trim(),
      publicKey.export({ format: 'der', type: 'spki' }),
      publicKey.export({ format: 'pem', type: 'pkcs1' }),
      JSON.stringify(jwk),
      jwk['n'] ?? '',
      '',
    ];
    const signed = `${encode({ ...header, alg })}.${encode(claims)}`;
    for (const secret of secrets)
      await expectRefused(`${signed}.${createHmac(alg.replace('HS', 'sha'), secret).update(signed).digest('base64url')}`);
  });

  test.each(['ES256', 'ES384', 'ES512', 'PS256', 'RS512', 'EdDSA', 'Ed25519'])('with %s and a signature of zeros: refused', async (alg) => {
    const { header, claims } = await goodParts();
    for (const bytes of [0, 64, 256])
      await expectRefused(`${encode({ ...header, alg })}.${encode(claims)}.${Buffer.alloc(bytes).toString('base64url')}`);
  });

  test('with the signature of another token, other claims under a good one, or half of it: refused', async () => {
    const { header, claims, signature } = await goodParts();
    await expectRefused(`${encode(header)}.${encode({ ...claims, sub: 'usr_01900000-0000-7000-8000-000000000021' })}.${signature}`);
    await expectRefused(`${encode(header)}.${encode({ ...claims, roles: ['operator'] })}.${signature}`);
    await expectRefused(`${encode(header)}.${encode(claims)}.${signature.slice(0, -8)}`);
    await expectRefused(`${encode(header)}.${encode(claims)}.${signature}AAAA`);
    await expectRefused(`${encode(header)}.${encode(claims)}.${signature}.${signature}`);
    await expectRefused(`${encode({ ...header, zip: 'DEF' })}.${encode(claims)}.${signature}`);
    await expectRefused(`${encode({ ...header, b64: false, crit: ['b64'] })}.${encode(claims)}.${signature}`);
    await expectRefused(`${encode({ alg: 'dir', enc: 'A128GCM' })}..${encode(claims)}.${signature}.${signature}`);
  });

  test.each([
    ['no JWT', 'abc'],
    ['empty parts', '..'],
    ['a header that is no JSON', 'AAAA.AAAA.AAAA'],
    ['a header that is null', `${encode(null)}.${encode({})}.AAAA`],
    ['nine kilobytes', 'a'.repeat(9_000)],
    ['a thousand dots', '.'.repeat(1_000)],
    ['a list of JSON', `${encode([])}.${encode([])}.AAAA`],
    ['a header nested 1,000 levels deep', `${Buffer.from('['.repeat(1_000)).toString('base64url')}.AAAA.AAAA`],
  ])('%s: refused', (_name, token) => expectRefused(token));
});
