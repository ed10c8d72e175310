/** Who gets in: every door with every kind of token, over real HTTP against a real key set. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { verifyIdentity } from '@vitrine/runtime/identity';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { ada, olga, paperAndPine, startIdentityProvider, type FakeIdentityProvider } from './support/identity-provider.ts';
import { ids, startSubgraphs, type StandInSubgraphs } from './support/subgraphs.ts';

let provider: FakeIdentityProvider;
let subgraphs: StandInSubgraphs;
let gateway: TestGateway;

const query = { query: `{ post(id: "${ids.post(1)}") { id } }` };
const now = (): number => Math.floor(Date.now() / 1_000);

beforeAll(async () => {
  [provider, subgraphs] = await Promise.all([startIdentityProvider(), startSubgraphs()]);
  gateway = await startGateway({ issuer: provider.issuer, jwksUrl: provider.jwksUrl, subgraphUrls: subgraphs.urls });
});
beforeEach(() => {
  subgraphs.calls.timeline.length = 0;
});
afterAll(() => Promise.all([gateway?.close(), provider?.close(), subgraphs?.close()]));

const signedFor = () =>
  verifyIdentity(gateway.identityKeys, 'timeline', subgraphs.calls.timeline[0]?.headers['x-vitrine-identity'] as string | undefined);

describe('a good token', () => {
  test('opens its graph, and the subgraph learns who calls', async () => {
    const answer = await gateway.post('buyer', await provider.token('buyer'), query);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ data: { post: { id: ids.post(1) } } });
    expect(signedFor()).toEqual({
      from: 'gateway',
      actor: { role: 'buyer', accountId: ada, country: 'US' },
      requestId: answer.headers.get('x-request-id'),
    });
  });

  test('of a seller carries the shop, of an operator its staff roles', async () => {
    await gateway.post('partner', await provider.token('partner'), query);
    expect(signedFor()?.actor).toEqual({ role: 'seller', ...paperAndPine });
    subgraphs.calls.timeline.length = 0;
    await gateway.post('ops', await provider.token('ops'), query);
    expect(signedFor()?.actor).toEqual({ role: 'operator', accountId: olga, staffRoles: ['support', 'markets'] });
  });

  test('of an operator drops roles that there are not', async () => {
    const claims = { staff_roles: ['security', 'root', ['support'], { toString: 'operations' }] };
    await gateway.post('ops', await provider.token('ops', { claims }), query);
    expect(signedFor()?.actor).toMatchObject({ staffRoles: ['security'] });
  });

  test('without a country leaves the country open', async () => {
    await gateway.post('buyer', await provider.token('buyer', { claims: { country: undefined } }), query);
    expect(signedFor()?.actor).toMatchObject({ role: 'buyer', country: null });
  });

  test('tells the device that it names', async () => {
    await gateway.post('buyer', await provider.token('buyer', { claims: { device_id: 'device-4711' } }), query);
    expect(signedFor()?.actor).toEqual({ role: 'buyer', accountId: ada, country: 'US', deviceId: 'device-4711' });
  });

  test('of no device is of none, whatever a header says', async () => {
    const headers = { 'x-device-id': 'device-4711', 'device-id': 'device-4711' };
    for (const device_id of [undefined, 17, 'short', 'with a space in it'])
      await gateway.post('buyer', await provider.token('buyer', { claims: { device_id } }), query, headers);
    for (const { headers: sent } of subgraphs.calls.timeline)
      expect(verifyIdentity(gateway.identityKeys, 'timeline', sent['x-vitrine-identity'] as string)?.actor).not.toHaveProperty('deviceId');
  });

  test('is checked once a minute: the keys are not fetched again for each request', async () => {
    const token = await provider.token('buyer');
    await gateway.post('buyer', token, query);
    const before = provider.fetches();
    for (let call = 0; call < 5; call += 1) expect((await gateway.post('buyer', token, query)).status).toBe(200);
    expect(provider.fetches()).toBe(before);
  });

  test('that ended a moment ago is accepted within 5 s of clock skew, and not after', async () => {
    expect((await gateway.post('buyer', await provider.token('buyer', { claims: { exp: now() - 2 } }), query)).status).toBe(200);
    expect((await gateway.post('buyer', await provider.token('buyer', { claims: { exp: now() - 7 } }), query)).status).toBe(401);
  });
});

describe('no token', () => {
  test.each([
    ['absent', {}],
    ['of another scheme', { authorization: 'Basic YWRhOmFkYQ==' }],
  ])('%s: 401, told to sign in, no error code in the challenge', async (_name, headers) => {
    const answer = await gateway.post('buyer', null, query, headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="vitrine"');
    expect(answer.body.errors?.[0]).toMatchObject({
      message: expect.stringContaining('Sign in'),
      extensions: { code: 'UNAUTHENTICATED', requestId: answer.headers.get('x-request-id') },
    });
    expect(subgraphs.calls.timeline).toEqual([]);
  });
});

// The list of tokens that are forged, confused or borrowed is in tests/attacks/tokens.int.test.ts.
describe('a bad token', () => {
  test('that has expired is refused, and says so', async () => {
    const token = await provider.token('buyer', { claims: { iat: now() - 1_800, exp: now() - 900 } });
    const answer = await refused(token);
    expect(answer.body.errors?.[0]?.message).toBe('Your sign-in has ended. Sign in again.');
    expect(answer.headers.get('www-authenticate')).toContain('expired');
  });

  test('that was good for its own graph opens no other', async () => {
    for (const graph of ['partner', 'ops'] as const) {
      const token = await provider.token('buyer');
      expect((await gateway.post('buyer', token, query)).status).toBe(200);
      subgraphs.calls.timeline.length = 0;
      await refused(token, graph);
    }
  });

  async function refused(token: string, graph: 'buyer' | 'partner' | 'ops' = 'buyer') {
    const answer = await gateway.post(graph, token, query);
    expect(answer.status).toBe(401);
    expect(answer.body.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(answer.body.errors?.[0]?.message).toMatch(/Sign in/i);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="vitrine", error="invalid_token"/);
    expect(answer.body.data).toBeUndefined();
    expect(subgraphs.calls.timeline).toEqual([]);
    if (token.length > 20) {
      expect(answer.text).not.toContain(token);
      expect(gateway.logs()).not.toContain(token);
    }
    return answer;
  }
});

describe('a token that is bound to a key', () => {
  const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' };

  test('is no bearer token: whoever found it cannot use it, also not after its owner did', async () => {
    const token = await provider.token('buyer', { claims: { cnf } });
    const answer = await gateway.post('buyer', token, query);
    expect(answer.status).toBe(401);
    expect(answer.body.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP realm="vitrine", algs="ES256", error="invalid_token"/);
    expect(subgraphs.calls.timeline).toEqual([]);
  });

  test.each([
    ['by something else than the thumbprint of a key', { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' }],
    ['by more than one thing', { ...cnf, 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' }],
    ['to a thumbprint that is none', { jkt: 'short' }],
    ['to nothing', {}],
    ['in a form that is not known', 'bound'],
    ['to null', null],
  ])('%s is refused, and is no bearer token for it', async (_name, confirmation) => {
    const answer = await gateway.post('buyer', await provider.token('buyer', { claims: { cnf: confirmation } }), query);
    expect(answer.status).toBe(401);
    expect(subgraphs.calls.timeline).toEqual([]);
  });

  test('in name only, by the scheme of a token that is bound to none, is refused', async () => {
    const token = await provider.token('buyer');
    const answer = await gateway.post('buyer', token, query, { authorization: `DPoP ${token}` });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(subgraphs.calls.timeline).toEqual([]);
  });
});

describe('a token of an account without the role', () => {
  test.each([
    ['buyer', { roles: ['seller'] }],
    ['buyer', { roles: undefined }],
    ['buyer', { roles: 'buyer' }],
    ['partner', { roles: ['buyer'] }],
    ['partner', { seller_id: undefined }],
    ['partner', { seller_id: 'prd_01900000-0000-7000-8000-000000000101' }],
    ['ops', { roles: ['buyer', 'seller'] }],
    ['ops', { staff_roles: undefined }],
    ['ops', { staff_roles: [] }],
    ['ops', { staff_roles: ['root'] }],
    ['ops', { staff_roles: 'support' }],
  ] as const)('is forbidden on the %s graph (%j)', async (graph, claims) => {
    const answer = await gateway.post(graph, await provider.token(graph, { claims }), query);
    expect(answer.status).toBe(403);
    expect(answer.body.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(answer.headers.get('www-authenticate')).toContain('insufficient_scope');
    expect(subgraphs.calls.timeline).toEqual([]);
  });
});

describe('what a client says about itself', () => {
  test('in the header of signed identities is ignored', async () => {
    const answer = await gateway.post('buyer', null, query, { 'x-vitrine-identity': 'v1.k1.eyJmcm9tIjoiZ2F0ZXdheSJ9.x' });
    expect(answer.status).toBe(401);
    await gateway.post('buyer', await provider.token('buyer'), query, {
      'x-vitrine-identity': 'forged',
      cookie: 'a=b',
      'x-forwarded-for': '10.0.0.1',
      'apollo-federation-include-trace': 'ftv1',
    });
    expect(signedFor()?.actor).toEqual({ role: 'buyer', accountId: ada, country: 'US' });
    const headers = Object.keys(subgraphs.calls.timeline[0]?.headers ?? {});
    expect(headers.toSorted()).toEqual(['accept', 'connection', 'content-length', 'content-type', 'host', 'x-vitrine-identity']);
  });

  test('as a request id is not taken', async () => {
    const answer = await gateway.post('buyer', await provider.token('buyer'), query, { 'x-request-id': 'mine' });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(signedFor()?.requestId).toBe(answer.headers.get('x-request-id'));
  });
});

describe('while the identity provider is away', () => {
  test('tokens that cannot be checked get 503 and not 401; the gateway is not ready', async () => {
    const absent = await startIdentityProvider();
    const token = await absent.token('buyer');
    await absent.close();
    const lonely = await startGateway({ issuer: absent.issuer, jwksUrl: absent.jwksUrl, subgraphUrls: subgraphs.urls });
    try {
      const answer = await lonely.post('buyer', token, query);
      expect(answer.status).toBe(503);
      expect(answer.body.errors?.[0]?.extensions.code).toBe('UNAVAILABLE');
      expect(answer.text).not.toContain('127.0.0.1');
      expect((await fetch(`${lonely.url}/readyz`)).status).toBe(503);
      expect((await fetch(`${lonely.url}/livez`)).status).toBe(200);
    } finally {
      await lonely.close();
    }
  });

  test('the keys that it gave before go on checking tokens', async () => {
    const leaving = await startIdentityProvider();
    const orphaned = await startGateway({ issuer: leaving.issuer, jwksUrl: leaving.jwksUrl, subgraphUrls: subgraphs.urls });
    try {
      expect((await orphaned.post('buyer', await leaving.token('buyer'), query)).status).toBe(200);
      await leaving.close();
      expect((await orphaned.post('buyer', await leaving.token('buyer', { claims: { country: 'CA' } }), query)).status).toBe(200);
      expect((await orphaned.post('buyer', await leaving.token('buyer', { forged: true }), query)).status).toBe(401);
    } finally {
      await orphaned.close();
    }
  });
});
