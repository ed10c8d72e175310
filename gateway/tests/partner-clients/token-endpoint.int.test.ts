import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import type { Answered } from '../../../services/seller-eligibility/tests/service-under-test.ts';
import Fastify from 'fastify';
import { basic, startPartnerGateway, type PartnerGateway } from './partner-gateway.ts';

let gateway: PartnerGateway;
let made: Answered;
beforeAll(async () => {
  gateway = await startPartnerGateway();
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  // Failures of the test before do not count any more, and its client makes room.
  gateway.advance(60_000);
  for (const { id } of (await gateway.calls.list(gateway.anna)) ?? []) await gateway.calls.revoke(gateway.anna, id);
  made = await gateway.calls.create(gateway.anna, { scopes: ['orders:read', 'orders:write'] });
});

const grant = { grant_type: 'client_credentials' };

test('a client gets a token for all that it may do, which nothing on the way keeps', async () => {
  const { status, headers, body } = await gateway.token(made);
  expect(status).toBe(200);
  expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
  expect(headers['content-type']).toContain('application/json');
  expect(body).toEqual({
    access_token: expect.stringMatching(/^vtp1\./),
    token_type: 'Bearer',
    expires_in: 900,
    scope: 'orders:read orders:write',
  });
});

test('a client gets a token for less than it may do, and none for more', async () => {
  expect((await gateway.token(made, { scope: 'orders:write' })).body.scope).toBe('orders:write');
  for (const scope of ['payouts:read', 'orders:read payouts:read', 'admin']) {
    expect(await gateway.token(made, { scope })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  }
});

describe('a client that does not prove itself is told the same, whatever is wrong:', () => {
  const refusal = {
    status: 401,
    headers: expect.objectContaining({ 'www-authenticate': 'Basic realm="vitrine", charset="UTF-8"', 'cache-control': 'no-store' }),
    body: { error: 'invalid_client', error_description: 'The client did not prove itself.' },
  };
  const authorized = (authorization: string) => gateway.request(grant, { headers: { authorization } });

  test('no proof', async () => {
    expect(await gateway.request(grant)).toEqual(refusal);
    expect(await gateway.request({ ...grant, client_id: made.client.id })).toEqual(refusal);
  });
  test('a wrong secret', async () => {
    expect(await authorized(basic(made.client.id, `${made.secret}x`))).toEqual(refusal);
    expect(await authorized(basic(made.client.id, ''))).toEqual(refusal);
  });
  test('a client that there is none of', async () => {
    for (const id of [newId('apc'), 'apc_1', '', "' or 1=1 --", 'x'.repeat(2_000)])
      expect(await authorized(basic(id, made.secret))).toEqual(refusal);
  });
  test("another client's secret", async () => {
    const other = await gateway.calls.create(gateway.anna);
    expect(await authorized(basic(made.client.id, other.secret))).toEqual(refusal);
  });
  test('the secret of a revoked key', async () => {
    await gateway.calls.addKey(gateway.anna, { clientId: made.client.id });
    await gateway.calls.revokeKey(gateway.anna, made.client.id, made.key.id);
    expect(await gateway.token(made)).toEqual(refusal);
  });
  test('the secret of a revoked client', async () => {
    await gateway.calls.revoke(gateway.anna, made.client.id);
    expect(await gateway.token(made)).toEqual(refusal);
  });
  test('the right secret from an address that is not on the list', async () => {
    await gateway.calls.update(gateway.anna, { clientId: made.client.id, ipAllowList: ['203.0.113.0/24', '2001:db8::/32'] });
    expect(await gateway.token(made, {}, '192.0.2.1')).toEqual(refusal);
    expect(await gateway.token(made, {}, '2001:db9::1')).toEqual(refusal);
    for (const from of ['203.0.113.200', '::ffff:203.0.113.200', '2001:db8::1'])
      expect((await gateway.token(made, {}, from)).status).toBe(200);
  });
});

describe('a request that is none is refused with what is wrong:', () => {
  test.each([
    [{}, 'invalid_request'],
    [{ grant_type: 'authorization_code' }, 'unsupported_grant_type'],
    [{ ...grant, client_secret: 'vts_x' }, 'invalid_request'],
    [`grant_type=client_credentials&grant_type=client_credentials`, 'invalid_request'],
    [{ ...grant, client_assertion: 'a.b.c' }, 'invalid_request'],
    [{ ...grant, scope: 'a"b' }, 'invalid_scope'],
  ])('%j', async (form, error) => {
    const headers = { authorization: basic(made.client.id, made.secret) };
    const answer = await gateway.request(form, { headers });
    expect([answer.status, answer.body.error, answer.headers['cache-control']]).toEqual([400, error, 'no-store']);
  });

  test('another type than a form', async () => {
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', '']) {
      const answer = await gateway.request(JSON.stringify(grant), {
        headers: { 'content-type': type, authorization: basic(made.client.id, made.secret) },
      });
      expect([type, answer.status, answer.body.error]).toEqual([type, 400, 'invalid_request']);
    }
  });

  test('one that is too large', async () => {
    const answer = await gateway.request(
      { ...grant, scope: 'x'.repeat(20_000) },
      { headers: { authorization: basic(made.client.id, made.secret) } },
    );
    expect([answer.status, answer.body.error]).toEqual([413, 'invalid_request']);
  });
});

test('ten failures make a client wait at that address, and at no other', async () => {
  const wrong = { client: made.client, secret: 'vts_wrong' };
  for (let attempt = 0; attempt < 10; attempt += 1) expect((await gateway.token(wrong)).status).toBe(401);
  const limited = await gateway.token(made);
  expect([limited.status, limited.body.error]).toEqual([429, 'temporarily_unavailable']);
  expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
  expect((await gateway.token(made, {}, '203.0.113.8')).status).toBe(200);
  gateway.advance(60_000);
  expect((await gateway.token(made)).status).toBe(200);
});

test('what is claimed and is no id is not remembered by its name', async () => {
  const claim = (name: string): ReturnType<PartnerGateway['request']> =>
    gateway.request(grant, { headers: { authorization: basic(name.repeat(5_000), 'vts_wrong') }, from: '203.0.113.9' });
  for (let attempt = 0; attempt < 10; attempt += 1) expect((await claim(String(attempt))).status).toBe(401);
  // Ten names would have had ten counts.
  expect((await claim('x')).status).toBe(429);
  expect((await gateway.token(made, {}, '203.0.113.9')).status).toBe(200);
});

test('while clients cannot be checked the answer says so, and is no refusal', async () => {
  const lonely = gateway.another({ sellerEligibilityUrl: 'http://127.0.0.1:1' });
  const server = Fastify();
  lonely.register(server);
  const answer = await server.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: basic(made.client.id, made.secret) },
    payload: 'grant_type=client_credentials',
  });
  expect([answer.statusCode, answer.json<{ error: string }>().error, answer.headers['retry-after']]).toEqual([
    503,
    'temporarily_unavailable',
    '2',
  ]);
  await server.close();
});

test('only POST gets tokens, and other routes read no forms', async () => {
  const server = Fastify();
  gateway.another({}).register(server);
  server.post('/other', async () => 'read');
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const) {
    const { statusCode, headers } = await server.inject({ method, url: '/oauth/token?grant_type=client_credentials' });
    expect([method, statusCode, headers.allow, headers['cache-control']]).toEqual([method, 405, 'POST', 'no-store']);
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await server.inject({ method: 'POST', url: '/other', headers: form, payload: 'a=b' })).statusCode).toBe(415);
  await server.close();
});

test('no secret and no token is in a log, and why a client was refused is', async () => {
  const { body } = await gateway.token(made);
  await gateway.token({ client: made.client, secret: 'vts_canary-of-a-wrong-secret' });
  const logs = gateway.logs();
  expect(logs).toContain(made.client.id);
  expect(logs).toContain('wrong secret or client');
  for (const canary of [made.secret, body.access_token, 'vts_canary', basic(made.client.id, made.secret).slice('Basic '.length)])
    expect(logs).not.toContain(canary);
  expect(logs).not.toContain('203.0.113.7');
});
