/** Who gets in to a graph: token, proof, version and attested app together, over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { makeProof, makeSoftwareKey } from '@vitrine/local/official-app-keys';
import { until } from '../../../tests/support/until.ts';
import { createMinimumVersions } from '../../src/app-clients/minimum-versions.ts';
import { registeredApp } from './app-attestations.ts';
import { startAppServer, type AppCaller, type AppServer } from './app-server.ts';

let server: AppServer;
let app: AppCaller;
let instanceId: string;

beforeAll(async () => {
  server = await startAppServer();
  ({ app, instanceId } = await registeredApp(server));
});
afterAll(() => server?.close());

const path = '/graphql/buyer';

describe('an attested app', () => {
  test('gets in, and is known by its key, its version and its instance', async () => {
    const answer = await app.call('POST', path, { body: {} });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        actor: { role: 'buyer', deviceId: app.key.thumbprint },
        app: { platform: 'ios', version: '5.2.0' },
        instanceId,
        replayGuard: 'shared',
      },
    });
  });

  test('gets in by GET, for streams, with a proof for that', async () => {
    expect((await app.call('GET', path)).status).toBe(200);
    expect(await app.call('GET', path, { proof: { method: 'POST' } })).toMatchObject({ status: 401, code: 'INVALID_DPOP_PROOF' });
  });

  test('is told the next nonce when its own will soon be over, and asked for it when it is', async () => {
    const own = await startAppServer();
    try {
      const { app: caller } = await registeredApp(own);
      own.advance(60_000);
      const early = await caller.call('POST', path, { body: {} });
      expect(early.status).toBe(200);
      expect(early.headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/);
      own.advance(120_000);
      const stale = await caller.call('POST', path, { body: {}, headers: { dpop: caller.proof('POST', path) } });
      expect(stale).toMatchObject({ status: 401, code: 'USE_DPOP_NONCE' });
      expect(stale.headers.get('www-authenticate')).toMatch(/^DPoP .*error="use_dpop_nonce"/);
      expect((await caller.call('POST', path, { body: {} })).status).toBe(200);
    } finally {
      await own.close();
    }
  });
});

describe('without a good proof nobody gets in', () => {
  test('that is used again', async () => {
    const dpop = app.proof('POST', path);
    expect((await app.call('POST', path, { body: {}, headers: { dpop } })).status).toBe(200);
    const again = await app.call('POST', path, { body: {}, headers: { dpop } });
    expect(again).toMatchObject({ status: 401, code: 'INVALID_DPOP_PROOF' });
    expect(again.body).toMatchObject({ errors: [{ extensions: { reason: 'repeated' } }] });
    expect(again.headers.get('www-authenticate')).toMatch(/^DPoP realm="vitrine", algs="ES256", error="invalid_dpop_proof"/);
  });

  test('that there is not', async () => {
    expect(await app.call('POST', path, { body: {}, headers: { dpop: undefined } })).toMatchObject({
      status: 401,
      code: 'INVALID_DPOP_PROOF',
      body: { errors: [{ extensions: { reason: 'missing' } }] },
    });
  });

  test('that somebody else made with the token', async () => {
    const dpop = makeProof(makeSoftwareKey(), { method: 'POST', url: server.origin + path, accessToken: app.token });
    expect(await app.call('POST', path, { body: {}, headers: { dpop } })).toMatchObject({ status: 401, code: 'INVALID_DPOP_PROOF' });
  });

  test('with the token as a bearer token', async () => {
    const answer = await app.call('POST', path, { body: {}, headers: { authorization: `Bearer ${app.token}` } });
    expect(answer).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  test('with a host that a proxy or a client wrote', async () => {
    const dpop = makeProof(app.key, { method: 'POST', url: `http://127.0.0.1${path}`, accessToken: app.token });
    expect(await app.call('POST', path, { body: {}, headers: { dpop, 'x-forwarded-host': '127.0.0.1' } })).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { reason: 'target' } }] },
    });
  });

  test('with a token that is bound to no key', async () => {
    const bearer = await server.provider.token('buyer');
    const answer = await app.call('POST', path, { body: {}, headers: { authorization: `Bearer ${bearer}`, dpop: undefined } });
    expect(answer).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(answer.headers.get('www-authenticate')).toMatch(/^DPoP /);
  });
});

describe('an app that is not attested', () => {
  test('does not get in with a good token and proof', async () => {
    const stranger = await server.app();
    expect(await stranger.call('POST', path, { body: {} })).toMatchObject({ status: 403, code: 'ATTESTATION_REQUIRED' });
  });

  test('does not get in on another platform than it was attested on', async () => {
    expect(await app.call('POST', path, { body: {}, headers: { 'x-vitrine-app': 'android/5.2.0' } })).toMatchObject({
      status: 403,
      code: 'ATTESTATION_REQUIRED',
    });
  });

  test('gets out within five seconds of being revoked elsewhere', async () => {
    const { app: revoked, instanceId: id } = await registeredApp(server);
    expect((await revoked.call('POST', path, { body: {} })).status).toBe(200);
    await server.pool.query('update app_instances set revoked_at = now() where instance_id = $1', [id]);
    server.advance(5_000);
    expect(await revoked.call('POST', path, { body: {} })).toMatchObject({ status: 403, code: 'ATTESTATION_REQUIRED' });
  });

  test('is of no concern to graphs that are not for apps, which check the proof of a bound token all the same', async () => {
    const partner = await server.app('partner');
    expect(await partner.call('POST', '/graphql/partner', { body: {}, headers: { 'x-vitrine-app': undefined } })).toMatchObject({
      status: 200,
      body: { instanceId: null, app: null },
    });
    expect(await partner.call('POST', '/graphql/partner', { body: {}, proof: { method: 'GET' } })).toMatchObject({ status: 401 });
    const bearer = await server.provider.token('partner');
    const headers = { authorization: `Bearer ${bearer}`, dpop: undefined };
    expect((await partner.call('POST', '/graphql/partner', { body: {}, headers })).status).toBe(200);
  });
});

describe('the version of an app', () => {
  test.each([[undefined], [''], ['ios'], ['ios/5'], ['ios/5.2.0, ios/5.2.0'], ['web/5.2.0'], [`ios/5.2.0-${'x'.repeat(99)}`]])(
    'has to be said (%j)',
    async (header) => {
      expect(await app.call('POST', path, { body: {}, headers: { 'x-vitrine-app': header } })).toMatchObject({
        status: 400,
        code: 'BAD_USER_INPUT',
      });
    },
  );

  test('that is too old is told what is served, within ten seconds of its being so', async () => {
    await server.pool.query(
      "insert into app_versions (platform, minimum_version, store_url) values ('ios', '5.3.0', 'https://store.example/app')",
    );
    server.advance(10_000);
    const call = (version: string) => app.call('POST', path, { body: {}, headers: { 'x-vitrine-app': `ios/${version}` } });
    const becomes = (status: number) =>
      until(`an answer ${status}`, async () => ((await call('5.2.9')).status === status ? true : undefined));
    await becomes(426);
    expect(await call('5.2.9')).toMatchObject({
      status: 426,
      code: 'UPGRADE_REQUIRED',
      body: { errors: [{ extensions: { platform: 'ios', minimumVersion: '5.3.0', storeUrl: 'https://store.example/app' } }] },
    });
    expect((await call('5.3.0-beta.1')).status).toBe(426);
    expect((await call('5.3.0')).status).toBe(200);
    await server.pool.query('delete from app_versions');
    server.advance(10_000);
    await becomes(200);
  });

  test('keeps nobody waiting while it cannot be looked up, neither at first nor later', async () => {
    const [old, logger] = [{ platform: 'ios', version: '1.0.0' } as const, pino({ level: 'silent' })];
    let nowMs = Date.now();
    const known = createMinimumVersions(server.pool, logger, () => nowMs);
    await server.pool.query(
      "insert into app_versions (platform, minimum_version, store_url) values ('ios', '5.3.0', 'https://store.example')",
    );
    expect((await known.check(old)).kind).toBe('too_old');
    const blocker = await server.pool.connect();
    await blocker.query('begin; lock table app_versions in access exclusive mode');
    try {
      nowMs += 10_000;
      expect((await known.check(old)).kind).toBe('too_old');
      expect((await createMinimumVersions(server.pool, logger).check(old)).kind).toBe('served');
    } finally {
      await blocker.query('delete from app_versions; commit');
      blocker.release();
    }
  });
});

describe('a stream of orders', () => {
  const signOut = (leaver: AppCaller) => leaver.call('DELETE', '/app/instances/current');
  const revoke = async (revoked: AppCaller): Promise<void> => {
    await server.pool.query('update app_instances set revoked_at = now() where jkt = $1', [revoked.key.thumbprint]);
    server.advance(5_000);
  };
  test.each([
    ['signed out', signOut],
    ['revoked elsewhere', revoke],
  ])('ends when its app is %s, and no other', async (_name, leave) => {
    const [leaver, other] = [(await registeredApp(server)).app, (await registeredApp(server)).app];
    const open = async (caller: AppCaller, count: number) => {
      const stream = caller.call('GET', '/buyer/order-events');
      await until('the stream', async () => (server.openStreams() === count ? true : undefined));
      return { stream };
    };
    const before = server.openStreams();
    const left = await open(leaver, before + 1);
    await open(other, before + 2);
    await leave(leaver);
    expect((await left.stream).text).toMatch(/^retry: \d+\nevent: end\ndata: {"reason":"SIGNED_OUT"}\n\n$/);
    expect(server.openStreams()).toBe(before + 1);
  });

  test('goes on while it cannot be told whether its app is still let in', async () => {
    const { app: caller } = await registeredApp(server);
    const before = server.openStreams();
    const stream = caller.call('GET', '/buyer/order-events');
    await until('the stream', async () => (server.openStreams() === before + 1 ? true : undefined));
    await server.pool.query('alter table app_instances rename to app_instances_away');
    try {
      server.advance(5_000);
      await until('a look in vain', async () => (server.logs().includes('is still let in') ? true : undefined));
      expect(server.openStreams()).toBe(before + 1);
    } finally {
      await server.pool.query('alter table app_instances_away rename to app_instances');
    }
    await revoke(caller);
    expect((await stream).text).toContain('SIGNED_OUT');
  });
});

describe('where a proof is optional', () => {
  test('a bearer token gets in, and a bound one needs all of it', async () => {
    const lenient = await startAppServer({ isProofRequired: false });
    try {
      const caller = await lenient.app();
      const bearer = await lenient.provider.token('buyer');
      const headers = { authorization: `Bearer ${bearer}`, dpop: undefined, 'x-vitrine-app': undefined };
      expect(await caller.call('POST', path, { body: {}, headers })).toMatchObject({ status: 200, body: { replayGuard: null } });
      expect(await caller.call('POST', path, { body: {}, headers: { ...headers, 'x-changes': 'yes' } })).toMatchObject({ status: 200 });
      expect((await caller.call('POST', path, { body: {}, headers: { dpop: undefined } })).status).toBe(401);
      expect(await caller.call('POST', path, { body: {} })).toMatchObject({ status: 403, code: 'ATTESTATION_REQUIRED' });
    } finally {
      await lenient.close();
    }
  });
});

describe('while the database is away', () => {
  test('apps that were seen a moment ago go on reading, and others are told that it cannot be told', async () => {
    const failing = await startAppServer();
    try {
      const [{ app: known }, { app: late }] = [await registeredApp(failing), await registeredApp(failing)];
      expect((await known.call('POST', path, { body: {} })).status).toBe(200);
      const unavailable = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
      // Over the method of its class, which counts again once this is gone.
      Object.assign(failing.pool, { query: () => Promise.reject(unavailable) });
      failing.advance(30_000);
      expect((await known.call('POST', path, { body: {} })).status).toBe(200);
      expect(await late.call('POST', path, { body: {} })).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
      failing.advance(31_000);
      expect(await known.call('POST', path, { body: {} })).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
      Reflect.deleteProperty(failing.pool, 'query');
      expect((await known.call('POST', path, { body: {} })).status).toBe(200);
    } finally {
      await failing.close();
    }
  });
});

describe('while Redis is away', () => {
  test('reading goes on, and changing does not', async () => {
    const own = await startAppServer();
    try {
      const { app: caller } = await registeredApp(own);
      own.redis.disconnect();
      expect(await caller.call('POST', path, { body: {} })).toMatchObject({ status: 200, body: { replayGuard: 'local' } });
      const change = await caller.call('POST', path, { body: {}, headers: { 'x-changes': 'yes' } });
      expect(change).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
      expect(change.headers.get('retry-after')).toBe('2');
    } finally {
      await own.close();
    }
  });
});
