/**
 * Requests that try to be somebody else's: a signed identity, an address or a whole request brought past the gateway's
 * checks; and calls of a service that leave the gateway out.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { parseIdentityKeys, signIdentity, verifyIdentity, type Actor, type IdentityKeys } from '@vitrine/runtime/identity';
import { createServer } from '@vitrine/runtime/server';
import { createLogger } from '@vitrine/runtime/telemetry';
import { paperAndPine } from '../../gateway/tests/support/identity-provider.ts';
import { ids } from '../../gateway/tests/support/subgraphs.ts';
import { startGatewayUnderAttack, type GatewayUnderAttack } from './gateway-under-attack.ts';
import { sendRaw } from './raw-request.ts';

const hookTimeoutMs = 90_000;
const key = (pair: string): string => `${pair}:k1:${randomBytes(32).toString('base64')}`;
const operator: Actor = { role: 'operator', accountId: 'usr_01900000-0000-7000-8000-000000000021', staffRoles: ['security', 'operations'] };

describe('through the gateway', () => {
  const timelineKey = key('gateway>timeline');
  const keys = parseIdentityKeys(timelineKey);
  let gateway: GatewayUnderAttack;
  let token: string;

  beforeAll(async () => {
    const others = ['catalog', 'checkout', 'payment-vault', 'seller-eligibility'].map((name) => key(`gateway>${name}`));
    gateway = await startGatewayUnderAttack({ IDENTITY_KEYS: [timelineKey, ...others].join(',') });
    token = await gateway.provider.token('partner');
  }, hookTimeoutMs);
  beforeEach(() => {
    gateway.subgraphs.calls.timeline.length = 0;
  });
  afterAll(() => gateway?.close(), hookTimeoutMs);

  const body = JSON.stringify({ query: `{ post(id: "${ids.post(1)}") { id } }` });
  const request = (headers: readonly string[], content = body): string =>
    [
      'POST /graphql/partner HTTP/1.1',
      'Host: gateway',
      'Content-Type: application/json',
      ...headers,
      ...(headers.some((header) => /^(content-length|transfer-encoding)/i.test(header)) ? [] : [`Content-Length: ${content.length}`]),
      '',
      content,
    ].join('\r\n');
  /** As the only one of its connection. */
  const last = (headers: readonly string[]): string => request([...headers, 'Connection: close']);
  const authorized = (): string => `Authorization: Bearer ${token}`;
  const actors = (): (Actor | undefined)[] =>
    gateway.subgraphs.calls.timeline.map(({ headers }) => verifyIdentity(keys, 'timeline', headers['x-vitrine-identity'] as string)?.actor);

  // With the key itself: what is refused is the place that it comes from, not its signature.
  const stolen = (): string => signIdentity(keys, { from: 'gateway', to: 'timeline', actor: operator, requestId: 'mine' });

  test.each([
    ['X-Vitrine-Identity'],
    ['x-vitrine-identity'],
    ['X-VITRINE-IDENTITY'],
    ['x-ViTrInE-iDeNtItY'],
    ['X_Vitrine_Identity'],
    ['X-Vitrine_Identity'],
    ['X-Original-Identity'],
  ])('a signed identity in the header %s opens nothing and reaches nobody', async (name) => {
    expect((await sendRaw(gateway.port, [last([`${name}: ${stolen()}`])])).statuses).toEqual([401]);
    expect(gateway.subgraphs.calls.timeline).toEqual([]);
    const answer = await sendRaw(gateway.port, [last([authorized(), `${name}: ${stolen()}`, `${name}: ${stolen()}`])]);
    expect(answer.statuses).toEqual([200]);
    expect(actors()).toEqual([{ role: 'seller', ...paperAndPine }]);
    for (const { headers } of gateway.subgraphs.calls.timeline)
      expect(Object.keys(headers).filter((header) => /identity/i.test(header))).toEqual(['x-vitrine-identity']);
  });

  test('a header that is named as one of the connection takes nothing away', async () => {
    const answer = await sendRaw(gateway.port, [
      request([authorized(), 'Connection: close, authorization, x-vitrine-identity, content-length']),
    ]);
    expect(answer.statuses).toEqual([200]);
    expect(actors()).toEqual([{ role: 'seller', ...paperAndPine }]);
  });

  test.each([
    ['two tokens', () => [authorized(), 'Authorization: Bearer mine']],
    ['two tokens, the good one last', () => ['Authorization: Bearer mine', authorized()]],
    ['two tokens in one header', () => [`${authorized()}, Bearer mine`]],
    ['a token on a line of its own', () => [`Authorization: Bearer\r\n ${token}`]],
  ])('%s are never two people', async (_name, headers) => {
    const answer = await sendRaw(gateway.port, [last(headers())]);
    expect(answer.statuses).toHaveLength(1);
    expect([200, 400, 401]).toContain(answer.statuses[0]);
    for (const actor of actors()) expect(actor).toEqual({ role: 'seller', ...paperAndPine });
  });

  describe('a second request inside the first', () => {
    const inner = 'GET /livez HTTP/1.1\r\nHost: gateway\r\nX-Smuggled: yes\r\n\r\n';
    test.each([
      ['a length and chunks', ['Content-Length: 6', 'Transfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
      ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 6'], `0\r\n\r\n${inner}`],
      ['two lengths', ['Content-Length: 5', `Content-Length: ${inner.length}`], inner],
      ['two lengths in one header', [`Content-Length: 5, ${inner.length}`], inner],
      ['a length with a sign', ['Content-Length: +5'], inner],
      ['a length in hexadecimal', ['Content-Length: 0x5'], inner],
      ['chunks and something else', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${inner}`],
      ['chunks with a strange name', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${inner}`],
      ['chunks twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
      ['a space before the colon', ['Transfer-Encoding : chunked'], `0\r\n\r\n${inner}`],
      ['a line that goes on', ['Transfer-Encoding:\r\n chunked'], `0\r\n\r\n${inner}`],
      ['a bare line feed', ['X-A: b\nTransfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
      ['a chunk that is longer than it says', ['Transfer-Encoding: chunked'], `1\r\nab\r\n0\r\n\r\n${inner}`],
      ['a chunk with a huge size', ['Transfer-Encoding: chunked'], `fffffffffffffffff\r\n${inner}`],
      ['a chunk size with a line feed only', ['Transfer-Encoding: chunked'], `5;a\nxxxxx\r\n0\r\n\r\n${inner}`],
    ] as const)('%s is refused, and nothing after it is answered', async (_name, headers, content) => {
      const answer = await sendRaw(gateway.port, [request([authorized(), ...headers], content)]);
      expect(answer.statuses).toHaveLength(1);
      expect(answer.statuses[0]).toBeGreaterThanOrEqual(400);
      expect(answer.statuses[0]).toBeLessThan(500);
      expect(answer.text).not.toContain('alive');
      expect(gateway.subgraphs.calls.timeline).toEqual([]);
    });

    test('one after the other each has its own token', async () => {
      const answer = await sendRaw(gateway.port, [request([authorized()]) + request([]) + last([authorized()])]);
      expect(answer.statuses).toEqual([200, 401, 200]);
      // Two that ask the same at the same time may have been asked once.
      expect(actors().length).toBeGreaterThan(0);
      for (const actor of actors()) expect(actor).toEqual({ role: 'seller', ...paperAndPine });
    });
  });

  test.each([['PUT'], ['PATCH'], ['DELETE'], ['TRACE'], ['CONNECT'], ['PROPFIND']])('%s is no way in', async (method) => {
    const answer = await sendRaw(gateway.port, [last([authorized()]).replace('POST', method)]);
    expect(answer.statuses).not.toContain(200);
    expect(gateway.subgraphs.calls.timeline).toEqual([]);
  });

  test.each([
    ['/graphql/PARTNER'],
    ['/graphql/partner/'],
    ['//graphql/partner'],
    ['/graphql/%70artner'],
    ['/graphql/partner%00'],
    ['/graphql/../graphql/partner'],
    ['/graphql/ops;/partner'],
    ['http://elsewhere/graphql/partner'],
    ['/graphql/partner?query=%7B__typename%7D'],
  ])('the address %s does not change whose graph a token opens', async (address) => {
    const answer = await sendRaw(gateway.port, [last([]).replace('/graphql/partner', address)]);
    expect(answer.statuses).not.toContain(200);
    await sendRaw(gateway.port, [
      last([authorized(), 'X-HTTP-Method-Override: GET', 'X-Original-URL: /graphql/ops']).replace('/graphql/partner', address),
    ]);
    for (const actor of actors()) expect(actor).toEqual({ role: 'seller', ...paperAndPine });
  });

  test('a client that makes addresses up is counted as the one that its proxy saw', async () => {
    const guess = (address: string): string =>
      request([
        'Authorization: Bearer guess',
        `X-Forwarded-For: ${address}, 203.0.113.99`,
        'X-Real-IP: 192.0.2.9',
        'Forwarded: for=192.0.2.9',
      ]);
    const statuses = new Set<number>();
    // One that is counted as itself may be refused some 1,000 times at once, and 33 times a second after that.
    for (let count = 0; count < 250 && !statuses.has(429); count += 1) {
      const pieces = Array.from({ length: 10 }, (_, index) => guess(`198.18.${count}.${index}`)).join('');
      for (const status of (await sendRaw(gateway.port, [pieces + last([])])).statuses) statuses.add(status);
    }
    expect(statuses).toEqual(new Set([401, 429]));
  });
});

describe('past the gateway, at a service', () => {
  const pair = key('gateway>vault');
  const ours = parseIdentityKeys([pair, key('checkout>vault')].join(','));
  const foreign = parseIdentityKeys(key('gateway>vault'));
  const server = createServer({
    name: 'vault',
    logger: createLogger({ name: 'vault', level: 'silent' }),
    identityKeys: ours,
    readiness: {},
    openPaths: ['/hook'],
  });
  let origin: string;
  let reached = 0;

  beforeAll(async () => {
    server.post('/graphql', async () => {
      reached += 1;
      return { data: {} };
    });
    server.post('/hook', async () => ({ open: true }));
    origin = await server.listen({ port: 0, host: '127.0.0.1' });
  });
  beforeEach(() => {
    reached = 0;
  });
  afterAll(() => server.close());

  const sign = (keys: IdentityKeys, to = 'vault', nowMs?: number): string =>
    signIdentity(keys, { from: 'gateway', to, actor: operator, requestId: 'mine' }, nowMs);
  const call = (header: string | undefined, path = '/graphql') =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(header === undefined ? {} : { 'x-vitrine-identity': header }) },
      body: '{"query":"{ _service { sdl } }"}',
    });
  const payloadOf = (changes: object): string => {
    const [version, keyId, payload = '', signature] = sign(ours).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return [version, keyId, Buffer.from(JSON.stringify({ ...claims, ...changes })).toString('base64url'), signature].join('.');
  };

  test('what the gateway signed is answered', async () => {
    expect((await call(sign(ours))).status).toBe(200);
  });

  test.each([
    ['no identity', () => undefined],
    ['an empty one', () => ''],
    ['one signed with another key', () => sign(foreign)],
    ['one for another service', () => sign(parseIdentityKeys(key('gateway>catalog')), 'catalog')],
    ['one that is too old', () => sign(ours, 'vault', Date.now() - 120_000)],
    ['one of the future', () => sign(ours, 'vault', Date.now() + 120_000)],
    ['one with another actor', () => payloadOf({ actor: { ...operator, staffRoles: ['support'] } })],
    ['one that says to be of checkout', () => payloadOf({ from: 'checkout' })],
    ['one without its signature', () => sign(ours).replace(/[^.]*$/, '')],
    ['one with half of its signature', () => sign(ours).slice(0, -20)],
    ['one of no algorithm', () => sign(ours).replace(/^v1/, 'none')],
    ['one of a key that is not there', () => sign(ours).replace('.k1.', '.k2.')],
    ['one of a key called __proto__', () => sign(ours).replace('.k1.', '.__proto__.')],
    ['two in one', () => `${sign(ours)}, ${sign(ours)}`],
    ['one of 100 KB', () => `v1.k1.${'a'.repeat(10_000)}.a`],
    ['an access token', () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c3JfMSJ9.'],
  ])('%s is 401', async (_name, header) => {
    const answer = await call(header());
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(reached).toBe(0);
  });

  test.each([
    ['/graphql?/livez'],
    ['/livez/../graphql'],
    ['/%67raphql'],
    ['/graphql#/livez'],
    ['/hook/../graphql'],
    ['//graphql'],
    ['/hook?/graphql'],
  ])('the way %s leads past no check', async (path) => {
    expect((await call(undefined, path)).status).not.toBe(200);
    expect(reached).toBe(0);
  });
});
