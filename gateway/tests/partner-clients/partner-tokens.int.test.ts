import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '../../../tests/support/until.ts';
import { activeSeller, type Answered } from '../../../services/seller-eligibility/tests/service-under-test.ts';
import { parseGatewayKeys } from '../../src/gateway-keys.ts';
import { startPartnerGateway, type PartnerGateway } from './partner-gateway.ts';

let gateway: PartnerGateway;
let made: Answered;
beforeAll(async () => {
  gateway = await startPartnerGateway();
});
afterAll(() => gateway.stop());
beforeEach(async () => {
  for (const { id } of (await gateway.calls.list(gateway.anna)) ?? []) await gateway.calls.revoke(gateway.anna, id);
  made = await gateway.calls.create(gateway.anna, { scopes: ['orders:read', 'orders:write', 'products:read'] });
});

const tokenOf = async (
  client: Pick<Answered, 'client' | 'secret'> = made,
  form: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const { body } = await gateway.token(client, form);
  if (body.access_token === undefined) throw new Error(`there is no token: ${body.error}`);
  return body.access_token;
};

test('a token is its client of its seller, with what it was given for', async () => {
  const token = await tokenOf(made, { scope: 'products:read orders:read' });
  const issuedAtMs = gateway.nowSeconds() * 1_000;
  const check = await gateway.check(token);
  expect(check).toEqual({
    kind: 'accepted',
    actor: {
      role: 'seller',
      accountId: gateway.anna.accountId,
      sellerId: gateway.anna.sellerId,
      clientId: made.client.id,
      scopes: ['orders:read', 'products:read'],
    },
    expiresAt: expect.any(Number),
    token,
    boundKey: null,
  });
  const lifetimeMs = (check.kind === 'accepted' ? check.expiresAt : 0) - issuedAtMs;
  expect(lifetimeMs).toBeGreaterThan(890_000);
  expect(lifetimeMs).toBeLessThanOrEqual(901_000);
});

test('a token is over after a quarter of an hour', async () => {
  const token = await tokenOf();
  gateway.advance(890_000);
  expect((await gateway.check(token)).kind).toBe('accepted');
  gateway.advance(11_000);
  expect(await gateway.check(token)).toEqual({ kind: 'expired' });
});

describe('ten seconds later at the latest', () => {
  test('a revoked client is nobody', async () => {
    const token = await tokenOf();
    expect((await gateway.check(token)).kind).toBe('accepted');
    await gateway.calls.revoke(gateway.anna, made.client.id);
    gateway.advance(10_000);
    expect(await gateway.check(token)).toEqual({ kind: 'invalid' });
  });

  test('what was got with a revoked key is worth nothing, and what was got with another is', async () => {
    const added = await gateway.calls.addKey(gateway.anna, { clientId: made.client.id });
    const withRevoked = await tokenOf();
    const withAdded = await tokenOf({ client: made.client, secret: added.secret });
    await gateway.check(withRevoked);
    await gateway.calls.revokeKey(gateway.anna, made.client.id, made.key.id);
    gateway.advance(10_000);
    expect(await gateway.check(withRevoked)).toEqual({ kind: 'invalid' });
    expect((await gateway.check(withAdded)).kind).toBe('accepted');
  });

  test('a client may do less, with the tokens that it has; more it may do with new ones', async () => {
    const token = await tokenOf();
    await gateway.check(token);
    await gateway.calls.update(gateway.anna, { clientId: made.client.id, scopes: ['orders:read', 'payouts:read'] });
    gateway.advance(10_000);
    expect(await gateway.check(token)).toMatchObject({ actor: { scopes: ['orders:read'] } });
    expect(await gateway.check(await tokenOf())).toMatchObject({ actor: { scopes: ['orders:read', 'payouts:read'] } });
  });

  test('a client calls only from where it may', async () => {
    const token = await tokenOf();
    expect((await gateway.check(token, '192.0.2.1')).kind).toBe('accepted');
    await gateway.calls.update(gateway.anna, { clientId: made.client.id, ipAllowList: ['203.0.113.0/24'] });
    gateway.advance(10_000);
    expect(await gateway.check(token, '192.0.2.1')).toEqual({ kind: 'ip_not_allowed' });
    expect((await gateway.check(token, '::ffff:203.0.113.9')).kind).toBe('accepted');
  });
});

test('a request that is not taken is told why, as far as it concerns its sender', async () => {
  await gateway.calls.update(gateway.anna, { clientId: made.client.id, ipAllowList: ['203.0.113.0/24'] });
  const token = await tokenOf();
  expect(await gateway.call(token, '203.0.113.7')).toMatchObject({ status: 200 });
  expect(await gateway.call(token, '192.0.2.1')).toMatchObject({ status: 403, code: 'IP_NOT_ALLOWED' });
  const invalid = { status: 401, code: 'UNAUTHENTICATED', challenge: expect.stringContaining('error="invalid_token"') };
  expect(await gateway.call(`${token}x`, '203.0.113.7')).toEqual(invalid);
  gateway.advance(900_000);
  expect(await gateway.call(token, '203.0.113.7')).toEqual(invalid);
});

test('a key that ends takes its tokens with it', async () => {
  const expiresAt = new Date(gateway.nowSeconds() * 1_000 + 120_000).toISOString();
  const added = await gateway.calls.addKey(gateway.anna, { clientId: made.client.id, expiresAt });
  const token = await tokenOf({ client: made.client, secret: added.secret });
  expect((await gateway.check(token)).kind).toBe('accepted');
  gateway.advance(4_000);
  expect((await gateway.check(token)).kind).toBe('accepted');
  gateway.advance(117_000);
  expect(await gateway.check(token)).toEqual({ kind: 'invalid' });
});

test('keys are replaced without a call that fails', async () => {
  let current = made;
  let isOver = false;
  const kinds: string[] = [];
  // A program that gets a token with the key it has, and calls with it, all the time.
  const program = (async () => {
    while (!isOver) {
      const { status, body } = await gateway.token(current);
      kinds.push(status === 200 ? (await gateway.check(body.access_token)).kind : `token ${status}`);
      gateway.advance(1_000);
    }
  })();
  const calls = (count: number) => until('the program calls', async () => (kinds.length >= count ? true : undefined));
  for (let turn = 0; turn < 3; turn += 1) {
    await calls(kinds.length + 3);
    const added = await gateway.calls.addKey(gateway.anna, { clientId: made.client.id });
    const old = current.key.id;
    current = added;
    // What was under way with the old key ends before it is revoked.
    await calls(kinds.length + 2);
    await gateway.calls.revokeKey(gateway.anna, made.client.id, old);
    await calls(kinds.length + 12);
  }
  isOver = true;
  await program;
  expect(new Set(kinds)).toEqual(new Set(['accepted']));
  expect(kinds.length).toBeGreaterThan(40);
});

test('a token of another gateway is nobody, and one that was changed too', async () => {
  const token = await tokenOf();
  const stranger = gateway.another({ gatewayKeys: parseGatewayKeys(`k1:${randomBytes(32).toString('base64')}`) });
  expect(await stranger.tokens.check(token, { ip: '203.0.113.7', id: 'request' })).toEqual({ kind: 'invalid' });
  const [version, keyId, payload = '', mac] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const widened = Buffer.from(JSON.stringify({ ...claims, scope: 'payouts:read' })).toString('base64url');
  expect(await gateway.check([version, keyId, widened, mac].join('.'))).toEqual({ kind: 'invalid' });
});

test('while seller-eligibility is away, a client that was never asked about cannot be told', async () => {
  const token = await tokenOf();
  const lonely = gateway.another({ sellerEligibilityUrl: 'http://127.0.0.1:1' });
  expect(await lonely.tokens.check(token, { ip: '203.0.113.7', id: 'request' })).toEqual({ kind: 'unavailable' });
});

test('a client of one seller is never the other', async () => {
  const bert = await activeSeller(gateway.service, { displayName: 'Bert' });
  const other = await gateway.calls.create(bert);
  expect(await gateway.check(await tokenOf(other))).toMatchObject({ actor: { sellerId: bert.sellerId, accountId: bert.accountId } });
  expect(await gateway.check(await tokenOf())).toMatchObject({ actor: { sellerId: gateway.anna.sellerId } });
});

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer eyJhbGciOiJSUzI1NiJ9.e30.x',
  'DPoP vtp1.a.b.c',
  'vtp1.a.b.c',
  `Bearer vtp1.${'a'.repeat(3_000)}`,
])('the header %j holds no token of an API client, and is judged by others', async (header) => {
  expect(await gateway.checkHeader('partner', header)).toEqual({ kind: 'missing' });
});

test('a token opens the graph of sellers and no other', async () => {
  const header = `bearer ${await tokenOf()}`;
  expect((await gateway.checkHeader('partner', header)).kind).toBe('accepted');
  expect(await gateway.checkHeader('buyer', header)).toEqual({ kind: 'invalid' });
  expect(await gateway.checkHeader('ops', header)).toEqual({ kind: 'invalid' });
});

test('the people of the seller see when and from where a key was last used', async () => {
  const token = await tokenOf();
  await gateway.check(token, '198.51.100.77');
  const keys = await until('the use is told', async () => {
    const listed = (await gateway.calls.list(gateway.anna))?.[0]?.keys;
    return JSON.stringify(listed).includes('"lastUsedAt":null') ? undefined : listed;
  });
  expect(keys).toMatchObject([{ id: made.key.id, lastUsedNetwork: '203.0.113.0/24' }]);
  expect(JSON.stringify(keys)).toMatch(/"lastUsedAt":"\d{4}-\d\d-\d\dT\d\d:\d\d:00.000Z"/);
});
