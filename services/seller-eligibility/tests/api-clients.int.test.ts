import { createHash, generateKeyPairSync } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Actor } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { pino } from 'pino';
import { apiClientCalls } from './api-client-calls.ts';
import {
  activeSeller,
  buyer,
  invite,
  newKey,
  operator,
  setStatus,
  startService,
  type Answered,
  type SellerActor,
  type ServiceUnderTest,
} from './service-under-test.ts';

let service: ServiceUnderTest;
let logs = '';
let anna: SellerActor;
const { create, addKey, update, revoke, revokeKey, list } = apiClientCalls(() => service);

beforeAll(async () => {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logs += chunk.toString();
      done();
    },
  });
  service = await startService(pino({ level: 'trace' }, stream));
});
afterAll(() => service.stop());
beforeEach(async () => {
  anna = await activeSeller(service, { displayName: 'Anna' });
});

const secretShape = /^vts_[\w-]{43}$/;
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
const publicKey = JSON.stringify(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }));
const programOf = ({ accountId, sellerId }: SellerActor, clientId = newId('apc')): SellerActor => ({
  role: 'seller',
  accountId,
  sellerId,
  clientId,
  scopes: ['orders:read', 'orders:write', 'products:read', 'products:write', 'payouts:read', 'posts:write'],
});
const lookUp = async (clientId: string) => (await service.call('gateway', '/internal/api-clients/lookups', { clientId })).body['client'];
const prove = async (clientId: string, secret: string | null) => {
  const { status, body } = await service.call('gateway', '/internal/api-clients/secret-checks', {
    clientId,
    secretHash: digest(secret ?? ''),
  });
  expect(status).toBe(200);
  return body['proved'] as { readonly keyId: string } | null;
};
/** Everything that the database holds, as text. */
async function dump(): Promise<string> {
  const { rows: tables } = await service.pool.query<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'`,
  );
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await service.pool.query<{ row: string }>(`select found::text as row from ${name} found`);
      return rows.map(({ row }) => row).join('\n');
    }),
  );
  return texts.join('\n');
}

describe('a new API client', () => {
  test('has what was wished for, one key, and a secret that proves it', async () => {
    const made = await create(anna, {
      name: ' Warehouse ',
      scopes: ['posts:write', 'orders:read', 'orders:read'],
      ipAllowList: ['203.0.113.0/24', '2001:DB8::1', '203.0.113.0/24'],
    });
    expect(made).toMatchObject({
      __typename: 'CreateApiClientSuccess',
      client: {
        name: 'Warehouse',
        scopes: ['orders:read', 'posts:write'],
        ipAllowList: ['203.0.113.0/24', '2001:db8::1/128'],
        createdBy: anna.accountId,
        revokedAt: null,
        keys: [{ id: made.key.id }],
      },
      key: { kind: 'SECRET', expiresAt: null, lastUsedAt: null, lastUsedNetwork: null },
    });
    expect(made.secret).toMatch(secretShape);
    expect(await prove(made.client.id, made.secret)).toMatchObject({
      keyId: made.key.id,
      client: {
        clientId: made.client.id,
        sellerId: anna.sellerId,
        accountId: anna.accountId,
        scopes: ['orders:read', 'posts:write'],
        ipAllowList: ['203.0.113.0/24', '2001:db8::1/128'],
        keys: [{ keyId: made.key.id, expiresAt: null, publicKey: null }],
      },
    });
    expect(await list(anna)).toEqual([made.client]);
  });

  test('may call from any address when no list is given', async () => {
    expect((await create(anna)).client).toMatchObject({ ipAllowList: [] });
  });

  test('that signs has a public key and no secret, also when the call is repeated', async () => {
    const input = { idempotencyKey: newKey(), publicKey, keyExpiresAt: '2036-01-01T00:00:00.000Z' };
    const made = await create(anna, input);
    expect(made).toMatchObject({ secret: null, key: { kind: 'PUBLIC_KEY', expiresAt: '2036-01-01T00:00:00.000Z' } });
    expect(await create(anna, input)).toEqual(made);
    expect(await lookUp(made.client.id)).toMatchObject({
      keys: [{ keyId: made.key.id, expiresAt: '2036-01-01T00:00:00.000Z', publicKey: JSON.parse(publicKey) }],
    });
  });

  test('is made once for a key, and its secret shown once', async () => {
    const input = { idempotencyKey: newKey() };
    const first = await create(anna, input);
    const second = await create(anna, input);
    expect(second).toMatchObject({ __typename: 'SecretAlreadyShownError', client: first.client, key: first.key });
    expect(JSON.stringify(second)).not.toContain(first.secret);
    expect(await list(anna)).toHaveLength(1);
  });

  test('asked for ten times at once with one key is made once, and one answer has the secret', async () => {
    const input = { idempotencyKey: newKey() };
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(anna, input)));
    expect(answers.filter(({ __typename }) => __typename === 'CreateApiClientSuccess')).toHaveLength(1);
    for (const { __typename } of answers)
      expect(['CreateApiClientSuccess', 'SecretAlreadyShownError', 'IdempotencyKeyInFlightError']).toContain(__typename);
    expect(await list(anna)).toHaveLength(1);
  });

  test('with a key of another input is refused', async () => {
    const input = { idempotencyKey: newKey() };
    await create(anna, input);
    expect(await create(anna, { ...input, scopes: ['orders:write'] })).toMatchObject({ __typename: 'IdempotencyKeyReusedError' });
  });

  test('is one of ten at most, however many are asked for at once', async () => {
    const answers = await Promise.all(Array.from({ length: 14 }, () => create(anna)));
    const names = answers.map(({ __typename }) => __typename);
    expect(names.filter((name) => name === 'CreateApiClientSuccess')).toHaveLength(10);
    expect(answers.find(({ __typename }) => __typename === 'ApiClientLimitError')).toMatchObject({ limit: 10 });
    const [oldest] = (await list(anna)) ?? [];
    await revoke(anna, oldest?.id ?? '');
    expect((await create(anna)).__typename).toBe('CreateApiClientSuccess');
  });

  test.each([
    [{ name: '' }, ['name']],
    [{ name: 'x'.repeat(81) }, ['name']],
    [{ name: 'two\nlines' }, ['name']],
    [{ scopes: [] }, ['scopes']],
    [{ scopes: ['orders:read', 'payouts:write'] }, ['scopes', '1']],
    [{ scopes: ['ORDERS:READ'] }, ['scopes', '0']],
    [{ ipAllowList: ['203.0.113.0/24', '203.0.113.7/24'] }, ['ipAllowList', '1']],
    [{ ipAllowList: ["1.2.3.4'); drop table sellers --"] }, ['ipAllowList', '0']],
    [{ ipAllowList: Array.from({ length: 51 }, (_, index) => `10.0.0.${index}`) }, ['ipAllowList']],
    [{ publicKey: 'secret' }, ['publicKey']],
    [{ publicKey: JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })) }, ['publicKey']],
    [{ keyExpiresAt: '2020-01-01T00:00:00.000Z' }, ['keyExpiresAt']],
    [{ keyExpiresAt: 'tomorrow' }, ['keyExpiresAt']],
    [{ idempotencyKey: 'short' }, ['idempotencyKey']],
  ])('with %j is refused where it is wrong', async (input, path) => {
    expect(await create(anna, input)).toMatchObject({ __typename: 'InvalidInputError', path });
    expect(await list(anna)).toEqual([]);
  });

  test('is for sellers that have accepted their invitation', async () => {
    expect(await create(await invite(service))).toMatchObject({ __typename: 'NotAllowedError' });
  });
});

describe('only people of the seller', () => {
  let made: Answered;
  beforeEach(async () => {
    made = await create(anna);
  });
  const strangers = async (): Promise<readonly (readonly [string, Actor])[]> => [
    ['an API client', programOf(anna)],
    ['the API client itself', programOf(anna, made.client.id)],
    ['another seller', await activeSeller(service, { displayName: 'Bert' })],
    ["an account that is not the seller's", { ...anna, accountId: newId('usr') }],
    ["a seller's account with another seller's id", { ...(await activeSeller(service)), sellerId: anna.sellerId }],
    ['a buyer', { ...buyer(), accountId: anna.accountId }],
    ['network staff', operator],
    ['a service', { role: 'service' }],
  ];

  test('see its API clients', async () => {
    for (const [who, stranger] of await strangers())
      expect([who, await list(stranger)]).toEqual([who, who === 'another seller' ? [] : null]);
    expect(await list(anna)).toEqual([made.client]);
    for (const [who, stranger] of await strangers()) {
      const representations = [{ __typename: 'Seller', id: anna.sellerId }];
      const { data } = await service.ask(
        stranger,
        'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Seller { apiClients { id } } } }',
        { representations },
      );
      expect([who, data?._entities?.[0]?.apiClients ?? null]).toEqual([who, null]);
    }
  });

  test('manage them', async () => {
    const clientId = made.client.id;
    for (const [who, stranger] of await strangers()) {
      const answers = [
        await addKey(stranger, { clientId }),
        await update(stranger, { clientId, scopes: ['payouts:read'] }),
        await revokeKey(stranger, clientId, made.key.id),
        await revoke(stranger, clientId),
      ];
      const isPerson = stranger.role === 'seller' && stranger.clientId === undefined;
      const refusal = who === 'another seller' ? 'NotFoundError' : isPerson ? 'NotAllowedError' : 'FORBIDDEN';
      expect([who, ...new Set(answers.map(({ __typename }) => __typename))]).toEqual([who, refusal]);
      if (who !== 'another seller') expect(await create(stranger)).toMatchObject({ __typename: refusal });
    }
    expect(await list(anna)).toEqual([made.client]);
  });

  test('keep the names of who made and ended what', async () => {
    const { key } = await addKey(anna, { clientId: made.client.id });
    await revokeKey(anna, made.client.id, key.id);
    await update(anna, { clientId: made.client.id, name: 'Robot' });
    await revoke(anna, made.client.id);
    const { rows } = await service.pool.query(
      `select client.created_by, client.updated_by, client.revoked_by, key.created_by as key_by, key.revoked_by as key_end_by
         from api_clients client join api_client_keys key using (client_id) where key_id = $1`,
      [key.id],
    );
    expect(Object.values(rows[0] as object)).toEqual(Array.from({ length: 5 }, () => anna.accountId));
  });
});

describe('a change of an API client', () => {
  test('leaves what is left out', async () => {
    const { client } = await create(anna, { scopes: ['orders:read'], ipAllowList: ['10.0.0.0/8'] });
    expect((await update(anna, { clientId: client.id, name: 'Robot' })).client).toEqual({ ...client, name: 'Robot' });
    expect((await update(anna, { clientId: client.id, scopes: ['posts:write'] })).client).toMatchObject({
      name: 'Robot',
      scopes: ['posts:write'],
      ipAllowList: ['10.0.0.0/8'],
    });
    expect((await update(anna, { clientId: client.id, ipAllowList: [] })).client).toMatchObject({
      scopes: ['posts:write'],
      ipAllowList: [],
    });
    expect(await lookUp(client.id)).toMatchObject({ scopes: ['posts:write'], ipAllowList: [] });
  });

  test.each([
    [{ name: ' ' }, ['name']],
    [{ scopes: [] }, ['scopes']],
    [{ ipAllowList: ['nowhere'] }, ['ipAllowList', '0']],
  ])('to %j is refused where it is wrong', async (input, path) => {
    const { client } = await create(anna);
    expect(await update(anna, { clientId: client.id, ...input })).toMatchObject({ __typename: 'InvalidInputError', path });
    expect(await list(anna)).toEqual([client]);
  });

  test.each([newId('apc'), 'apc_1', '', "' or 1=1 --"])('that there is none of (%s) is not found', async (clientId) => {
    const keyId = newId('apk');
    expect(await update(anna, { clientId, name: 'x' })).toMatchObject({ __typename: 'NotFoundError', id: clientId });
    expect(await addKey(anna, { clientId })).toMatchObject({ __typename: 'NotFoundError', id: clientId });
    expect(await revoke(anna, clientId)).toMatchObject({ __typename: 'NotFoundError', id: clientId });
    expect(await revokeKey(anna, clientId, keyId)).toMatchObject({ __typename: 'NotFoundError', id: clientId });
  });
});

describe('keys', () => {
  test('are replaced without a moment in which none is accepted', async () => {
    const { client, key, secret } = await create(anna);
    const added = await addKey(anna, { clientId: client.id });
    expect(added).toMatchObject({ __typename: 'AddApiClientKeySuccess', client: { keys: [{ id: key.id }, { id: added.key.id }] } });
    expect(added.secret).toMatch(secretShape);
    expect(await prove(client.id, secret)).toMatchObject({ keyId: key.id });
    expect(await prove(client.id, added.secret)).toMatchObject({ keyId: added.key.id });
    expect((await revokeKey(anna, client.id, key.id)).client.keys).toEqual([added.key]);
    expect(await prove(client.id, secret)).toBeNull();
    expect(await prove(client.id, added.secret)).toMatchObject({ keyId: added.key.id });
  });

  test('are added once for an idempotency key, and the secret shown once', async () => {
    const { client } = await create(anna);
    const input = { idempotencyKey: newKey(), clientId: client.id };
    const added = await addKey(anna, input);
    expect(await addKey(anna, input)).toMatchObject({ __typename: 'SecretAlreadyShownError', key: added.key });
    expect((await list(anna))?.[0]?.keys).toHaveLength(2);
  });

  test('are five at most of those that are accepted', async () => {
    const { client, key } = await create(anna);
    const answers = await Promise.all(Array.from({ length: 6 }, () => addKey(anna, { clientId: client.id })));
    expect(answers.filter(({ __typename }) => __typename === 'AddApiClientKeySuccess')).toHaveLength(4);
    expect(answers.find(({ __typename }) => __typename === 'ApiClientLimitError')).toMatchObject({ limit: 5 });
    // One that has expired is shown and does not count.
    await service.pool.query(`update api_client_keys set expires_at = now() - interval '1 minute' where key_id = $1`, [key.id]);
    expect((await addKey(anna, { clientId: client.id, publicKey })).__typename).toBe('AddApiClientKeySuccess');
    expect((await list(anna))?.[0]?.keys).toHaveLength(6);
  });

  test('that have expired prove nothing', async () => {
    const { client, key, secret } = await create(anna, { keyExpiresAt: '2036-01-01T00:00:00.000Z' });
    expect(await prove(client.id, secret)).not.toBeNull();
    await service.pool.query('update api_client_keys set expires_at = now() where key_id = $1', [key.id]);
    expect(await prove(client.id, secret)).toBeNull();
    expect(await lookUp(client.id)).toMatchObject({ keys: [] });
  });

  test.each([
    [{ publicKey: '{}' }, ['publicKey']],
    [{ expiresAt: '2020-01-01T00:00:00.000Z' }, ['expiresAt']],
  ])('with %j are refused where they are wrong', async (input, path) => {
    const { client } = await create(anna);
    expect(await addKey(anna, { clientId: client.id, ...input })).toMatchObject({ __typename: 'InvalidInputError', path });
  });

  test('of another client are not found', async () => {
    const first = await create(anna);
    const second = await create(anna);
    expect(await revokeKey(anna, first.client.id, second.key.id)).toMatchObject({ __typename: 'NotFoundError', id: second.key.id });
    expect(await prove(second.client.id, second.secret)).not.toBeNull();
  });
});

describe('a revoked API client', () => {
  test('is listed no more, proves nothing, and gets no keys', async () => {
    const { client, secret } = await create(anna);
    const revoked = await revoke(anna, client.id);
    expect(revoked).toMatchObject({ __typename: 'RevokeApiClientSuccess', client: { id: client.id } });
    expect(await list(anna)).toEqual([]);
    expect(await prove(client.id, secret)).toBeNull();
    expect(await lookUp(client.id)).toBeNull();
    expect(await addKey(anna, { clientId: client.id })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await update(anna, { clientId: client.id, name: 'x' })).toMatchObject({ __typename: 'NotFoundError' });
    // Revoked again, it keeps the moment of its end.
    expect(await revoke(anna, client.id)).toEqual(revoked);
  });

  test('is revoked by a seller that the network has stopped, too', async () => {
    const { client } = await create(anna);
    await setStatus(service, anna.sellerId, 'SUSPENDED');
    expect((await revoke(anna, client.id)).__typename).toBe('RevokeApiClientSuccess');
  });
});

describe('for the gateway', () => {
  test("a secret proves its own client and no other, also of the same seller's", async () => {
    const first = await create(anna);
    const second = await create(anna);
    expect(await prove(first.client.id, second.secret)).toBeNull();
    expect(await prove(first.client.id, `${first.secret} `)).toBeNull();
    expect(await prove(first.client.id, '')).toBeNull();
    expect(await prove(newId('apc'), first.secret)).toBeNull();
    const withPublicKey = await create(anna, { publicKey });
    expect(await prove(withPublicKey.client.id, publicKey)).toBeNull();
    const empty = { clientId: withPublicKey.client.id, secretHash: Buffer.alloc(32).toString('base64url') };
    expect((await service.call('gateway', '/internal/api-clients/secret-checks', empty)).body).toEqual({ proved: null });
  });

  test('nothing that is answered holds a digest of a secret', async () => {
    const { client, secret } = await create(anna);
    const hash = createHash('sha256').update(secret ?? '');
    const found = JSON.stringify([await lookUp(client.id), await prove(client.id, secret)]);
    expect(found).toContain(client.id);
    for (const encoding of ['hex', 'base64', 'base64url'] as const) expect(found).not.toContain(hash.copy().digest(encoding));
  });

  test('the newest use of a key is noted, to the minute', async () => {
    const { client, key } = await create(anna);
    const used = async (usedAt: string, network: string) => {
      const uses = [{ keyId: key.id, usedAt, network }];
      expect((await service.call('gateway', '/internal/api-clients/key-uses', { uses })).body).toEqual({ noted: true });
      return (await list(anna))?.[0]?.keys[0];
    };
    expect(await used('2026-11-23T08:30:59.999Z', '203.0.113.0/24')).toMatchObject({
      lastUsedAt: '2026-11-23T08:30:00.000Z',
      lastUsedNetwork: '203.0.113.0/24',
    });
    const unchanged = { lastUsedAt: '2026-11-23T08:30:00.000Z', lastUsedNetwork: '203.0.113.0/24' };
    expect(await used('2026-11-23T08:29:00.000Z', '198.51.100.0/24')).toMatchObject(unchanged);
    expect(await used('2026-11-23T08:31:01.000Z', '2001:db8::/48')).toMatchObject({
      lastUsedAt: '2026-11-23T08:31:00.000Z',
      lastUsedNetwork: '2001:db8::/48',
    });
    const twice = ['2026-11-23T09:00:00.000Z', '2026-11-23T09:05:00.000Z', '2026-11-23T09:02:00.000Z'].map((usedAt) => ({
      keyId: key.id,
      usedAt,
      network: '10.0.0.0/24',
    }));
    await service.call('gateway', '/internal/api-clients/key-uses', { uses: [...twice, { ...twice[0], keyId: newId('apk') }] });
    expect((await list(anna))?.[0]?.keys[0]).toMatchObject({ lastUsedAt: '2026-11-23T09:05:00.000Z' });
    expect(client.id).toMatch(/^apc_/);
  });

  test.each(['checkout', 'ops', 'catalog'])('%s may ask nothing about API clients', async (from) => {
    const { client, key, secret } = await create(anna);
    const uses = [{ keyId: key.id, usedAt: '2026-11-23T08:30:00.000Z', network: '10.0.0.0/24' }];
    const secretHash = digest(secret ?? '');
    for (const [path, payload] of [
      ['lookups', { clientId: client.id }],
      ['secret-checks', { clientId: client.id, secretHash }],
      ['key-uses', { uses }],
    ] as const) {
      expect((await service.call(from, `/internal/api-clients/${path}`, payload)).status).toBe(403);
    }
  });
});

test('a secret is in no table, no event, no stored answer and no line of the log', async () => {
  const made = await create(anna, { idempotencyKey: newKey() });
  const added = await addKey(anna, { clientId: made.client.id });
  await prove(made.client.id, made.secret);
  await revoke(anna, made.client.id);
  const held = await dump();
  // The dump holds what it is searched for: the key's row, and the digest that is kept.
  expect(held).toContain(made.key.id);
  expect(held).toContain(
    createHash('sha256')
      .update(made.secret ?? '')
      .digest('hex'),
  );
  for (const secret of [made.secret, added.secret]) {
    expect(secret).toMatch(secretShape);
    const bare = secret?.slice('vts_'.length) ?? '';
    for (const form of [bare, Buffer.from(bare, 'base64url').toString('hex'), Buffer.from(secret ?? '').toString('hex')]) {
      expect(held).not.toContain(form);
      expect(logs).not.toContain(form);
    }
  }
  expect(held).not.toContain('vts_');
});
