/** How an installation of an official app becomes known, and is forgotten, over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeAuthority } from '@vitrine/local/attestation-certificates';
import { makeSoftwareKey } from '@vitrine/local/official-app-keys';
import { until } from '../../../tests/support/until.ts';
import { androidRegistration, iosRegistration, register, registeredApp } from './app-attestations.ts';
import { startAppServer, type AppServer } from './app-server.ts';

let server: AppServer;

beforeAll(async () => {
  server = await startAppServer();
});
afterAll(() => server?.close());

const rowsOf = async (jkt: string): Promise<readonly { readonly live: boolean; readonly key_id: string }[]> =>
  (
    await server.pool.query<{ live: boolean; key_id: string }>(
      'select revoked_at is null as live, key_id from app_instances where jkt = $1 order by created_at',
      [jkt],
    )
  ).rows;

describe('a challenge', () => {
  test('is good for five minutes, and comes with a nonce', async () => {
    const app = await server.app();
    const answer = await app.call('POST', '/app/challenges', { token: null });
    expect(answer.status).toBe(201);
    expect(answer.body['challenge']).toMatch(/^[\w-]{75}$/);
    expect(Date.parse(String(answer.body['expiresAt'])) - Date.now()).toBeGreaterThan(4.5 * 60_000);
    expect(answer.headers.get('dpop-nonce')).toMatch(/^[\w-]{22}$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('registers once: another attestation for it is refused', async () => {
    const app = await server.app();
    const attested = makeSoftwareKey();
    const body = await iosRegistration(server, app, attested);
    expect((await register(app, body)).status).toBe(201);
    const again = { ...(await iosRegistration(server, app, makeSoftwareKey())), challenge: body['challenge'] };
    expect(await register(app, again)).toMatchObject({ status: 400, code: 'INVALID_CHALLENGE' });
  });

  test('of one app is of no use to another, not even with the same attestation', async () => {
    const [one, two] = await Promise.all([server.app(), server.app()]);
    const body = await iosRegistration(server, one, makeSoftwareKey());
    expect((await register(one, body)).status).toBe(201);
    expect(await register(two, body)).toMatchObject({ status: 400, code: 'INVALID_CHALLENGE' });
  });

  test.each([
    ['made up', () => 'A'.repeat(75)],
    ['none', () => ''],
    ['changed', (challenge: string) => `${challenge.slice(0, 20)}${challenge[20] === 'A' ? 'B' : 'A'}${challenge.slice(21)}`],
    ['spelled another way', (challenge: string) => `${challenge}=`],
  ])('that is %s is refused', async (_name, change) => {
    const app = await server.app();
    const body = await iosRegistration(server, app, makeSoftwareKey());
    const answer = await register(app, { ...body, challenge: change(String(body['challenge'])) });
    expect(answer).toMatchObject({ status: 400, code: 'INVALID_CHALLENGE' });
    expect(await rowsOf(app.key.thumbprint)).toEqual([]);
  });

  test('that has expired is refused', async () => {
    const late = await startAppServer();
    try {
      const app = await late.app();
      const body = await iosRegistration(late, app, makeSoftwareKey());
      late.advance(5 * 60_000 + 1);
      expect(await register(app, body)).toMatchObject({ status: 400, code: 'INVALID_CHALLENGE' });
    } finally {
      await late.close();
    }
  });
});

describe('a registration', () => {
  test('of an iPhone and of an Android phone gives each its instance', async () => {
    for (const make of [iosRegistration, androidRegistration]) {
      const app = await server.app();
      const answer = await register(app, await make(server, app, makeSoftwareKey()));
      expect(answer).toMatchObject({
        status: 201,
        body: { instanceId: expect.stringMatching(/^ins_[0-9a-f-]{36}$/), environment: 'production' },
      });
    }
  });

  test('that got no answer is sent again, and gives the same instance', async () => {
    const app = await server.app();
    const body = await iosRegistration(server, app, makeSoftwareKey());
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => register(app, body)));
    for (const other of others) expect(other.body).toEqual(first?.body);
    expect(first?.status).toBe(201);
    expect((await register(app, body)).body).toEqual(first?.body);
    expect(await rowsOf(app.key.thumbprint)).toHaveLength(1);
  });

  test('of the same key for a new challenge keeps the instance and its counter', async () => {
    const { app, attested, instanceId } = await registeredApp(server);
    await server.pool.query('update app_instances set counter = 7 where instance_id = $1', [instanceId]);
    const again = await register(app, { ...(await iosRegistration(server, app, attested)), version: '5.3.0' });
    expect(again.body['instanceId']).toBe(instanceId);
    const { rows } = await server.pool.query('select counter, version from app_instances where instance_id = $1', [instanceId]);
    expect(rows).toEqual([{ counter: 7, version: '5.3.0' }]);
  });

  test('of another key takes the place of the one before', async () => {
    const { app, attested, instanceId } = await registeredApp(server);
    const other = makeSoftwareKey();
    const answer = await register(app, await iosRegistration(server, app, other));
    expect(answer.body['instanceId']).not.toBe(instanceId);
    expect(await rowsOf(app.key.thumbprint)).toEqual([
      { live: false, key_id: attested.keyId },
      { live: true, key_id: other.keyId },
    ]);
  });

  test('of two keys at the same time leaves one', async () => {
    const app = await server.app();
    const bodies = await Promise.all([1, 2, 3, 4].map(() => iosRegistration(server, app, makeSoftwareKey())));
    const answers = await Promise.all(bodies.map((body) => register(app, body)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect((await rowsOf(app.key.thumbprint)).filter(({ live }) => live)).toHaveLength(1);
  });

  const refusals: readonly (readonly [
    string,
    Parameters<typeof iosRegistration>[3] | (() => Promise<Parameters<typeof iosRegistration>[3]>),
  ])[] = [
    ['of a development app', { environment: 'appattestdevelop' }],
    ['of another app', { appId: 'A1B2C3D4E5.example.fake' }],
    ['under another root', async () => ({ chain: [await makeAuthority({ name: 'Mine' })] })],
    ['of a key that was used before', { counter: 3 }],
    ['with a certificate that has expired', { notAfter: new Date(Date.now() - 1_000) }],
  ];
  test.each(refusals)('%s is refused, says not why, and is logged', async (_name, changes) => {
    const app = await server.app();
    const body = await iosRegistration(server, app, makeSoftwareKey(), typeof changes === 'function' ? await changes() : changes);
    const answer = await register(app, body);
    expect(answer).toMatchObject({ status: 400, code: 'ATTESTATION_REFUSED' });
    expect(JSON.stringify(answer.body)).not.toMatch(/root|counter|development|expired/);
    expect(server.logs()).toContain('an attestation was refused');
    expect(server.logs()).not.toContain(app.token);
    expect(await rowsOf(app.key.thumbprint)).toEqual([]);
  });

  test('of a key that was attested for another DPoP key is refused', async () => {
    const [one, two] = await Promise.all([server.app(), server.app()]);
    const stolen = await iosRegistration(server, one, makeSoftwareKey());
    expect(await register(two, stolen)).toMatchObject({ status: 400, code: 'ATTESTATION_REFUSED' });
  });

  test('under a certificate that was revoked is refused', async () => {
    const app = await server.app();
    const serial = server.intermediate.certificate.serialNumber.toLowerCase().replace(/^0+/, '');
    await server.pool.query("insert into revoked_certificates (serial_number, reason) values ($1, 'leaked')", [serial]);
    try {
      const answer = await register(app, await androidRegistration(server, app, makeSoftwareKey()));
      expect(answer).toMatchObject({ status: 400, code: 'ATTESTATION_REFUSED' });
      expect(server.logs()).toContain('"reason":"revoked"');
    } finally {
      await server.pool.query('delete from revoked_certificates');
    }
  });

  test.each([
    ['nothing', {}],
    ['a platform that there is not', { platform: 'web' }],
    ['a version that is none', { version: 'five' }],
    ['a key id that is none', { keyId: 'short' }],
    ['an attestation that is no base64', { attestation: '!' }],
    ['more than it has', { jkt: 'mine' }],
  ])('with %s is no registration', async (_name, changes) => {
    const app = await server.app();
    const body = Object.keys(changes).length === 0 ? {} : { ...(await iosRegistration(server, app, makeSoftwareKey())), ...changes };
    expect(await register(app, body)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  });

  test('of a version that is no longer served is told to be replaced', async () => {
    await server.pool.query(
      "insert into app_versions (platform, minimum_version, store_url) values ('android', '6.0.0', 'https://store.example')",
    );
    server.advance(10_000);
    try {
      const answer = await until('the versions to be read again', async () => {
        const app = await server.app();
        const registered = await register(app, await androidRegistration(server, app, makeSoftwareKey()));
        return registered.status === 426 ? registered : undefined;
      });
      expect(answer).toMatchObject({ status: 426, code: 'UPGRADE_REQUIRED' });
    } finally {
      await server.pool.query('delete from app_versions');
      server.advance(10_000);
      await until('all versions to be served', async () => {
        const app = await server.app();
        const registered = await register(app, await androidRegistration(server, app, makeSoftwareKey()));
        return registered.status === 426 ? undefined : registered;
      });
    }
  });

  test('needs a token that is bound to a key', async () => {
    const app = await server.app();
    const body = await iosRegistration(server, app, makeSoftwareKey());
    const bearer = await server.provider.token('buyer');
    const unbound = await app.call('POST', '/app/instances', { body, headers: { authorization: `Bearer ${bearer}`, dpop: undefined } });
    expect(unbound).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(unbound.headers.get('www-authenticate')).toMatch(/^DPoP .*algs="ES256"/);
    expect((await app.call('POST', '/app/instances', { body, token: null })).status).toBe(401);
    expect(await rowsOf(app.key.thumbprint)).toEqual([]);
  });
});

describe('a sign-out', () => {
  test('ends the instance, and is done when it is asked for again', async () => {
    const { app } = await registeredApp(server);
    expect((await app.call('POST', '/graphql/buyer', { body: {} })).status).toBe(200);
    expect((await app.call('DELETE', '/app/instances/current')).status).toBe(204);
    expect(await app.call('POST', '/graphql/buyer', { body: {} })).toMatchObject({ status: 403, code: 'ATTESTATION_REQUIRED' });
    expect((await app.call('DELETE', '/app/instances/current')).status).toBe(204);
  });

  test('is not undone by what registered the instance', async () => {
    const app = await server.app();
    const body = await iosRegistration(server, app, makeSoftwareKey());
    await register(app, body);
    await app.call('DELETE', '/app/instances/current');
    expect(await register(app, body)).toMatchObject({ status: 400, code: 'INVALID_CHALLENGE' });
    expect((await register(app, await iosRegistration(server, app, makeSoftwareKey()))).status).toBe(201);
  });

  test('ends nobody else’s instance', async () => {
    const { app: other } = await registeredApp(server);
    const { app } = await registeredApp(server);
    await app.call('DELETE', '/app/instances/current');
    expect((await other.call('POST', '/graphql/buyer', { body: {} })).status).toBe(200);
  });
});

test('while Redis is away nothing is registered or revoked', async () => {
  const alone = await startAppServer({ redisUrl: 'redis://127.0.0.1:1' });
  try {
    const app = await alone.app();
    const body = await iosRegistration(alone, app, makeSoftwareKey());
    expect(await register(app, body)).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
    expect(await app.call('DELETE', '/app/instances/current')).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
  } finally {
    await alone.close();
  }
});
