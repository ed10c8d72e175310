import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { createLogger } from '@vitrine/runtime/telemetry';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { createBuyerKeys } from '../src/buyer-keys.ts';
import { createFileKeyService } from '../src/file-key-service.ts';
import { hasUnmovedKeys, moveBuyerKeys } from '../src/move-buyer-keys.ts';
import { openSealedFile } from '../src/sealed-file.ts';
import { createKeyStore, type KeyStore } from '../src/store/keys.ts';
import { createTestKeyFile } from './test-keys.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
let database: TestDatabase;
let data: Pool;
let keysPool: Pool;
let store: KeyStore;

beforeAll(async () => {
  database = await createTestDatabase('payment-vault');
  data = createPool({ url: database.url, size: 4, name: 'test', logger });
  keysPool = createPool({ url: database.keysUrl, size: 4, name: 'test-keys', logger });
  store = createKeyStore(keysPool);
});
afterAll(async () => {
  await Promise.all([data.end(), keysPool.end()]);
  await database.drop();
});

const wrapped = (text: string) => ({ wrapped: Buffer.from(text), masterKeyId: 'file-test' });

describe('the wrapped keys', () => {
  test.each([
    'select * from keys.data_keys',
    `insert into keys.master_keys (id) values ('planted')`,
    'delete from keys.data_keys',
    'drop table keys.data_keys',
    'create table keys.planted (id text)',
    'drop schema keys cascade',
    'set role payment_vault_keys',
  ])("are out of reach for the role of the vault's data: %s", async (statement) => {
    await expect(data.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  test.each([
    'select * from public.addresses',
    'select * from public.buyer_keys',
    'create table public.planted (id text)',
    'set role payment_vault',
  ])('are all that their role can reach: %s', async (statement) => {
    await expect(keysPool.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  test('stay as a trace when they are destroyed: no version is used twice, and an erased owner is known', async () => {
    const [owner, other] = [newId('usr'), newId('usr')];
    await store.insert(owner, { version: 1, ...wrapped('a1') });
    await store.insert(owner, { version: 2, ...wrapped('a2') });
    await store.insert(other, { version: 1, ...wrapped('b1') });
    expect(await store.isDestroyed(owner)).toBe(false);
    expect(await store.destroy(owner)).toBe(2);
    expect(await store.destroy(owner)).toBe(0);
    expect(await store.find(owner, 1)).toBeNull();
    expect(await store.findNewest(owner)).toBeNull();
    expect([await store.isDestroyed(owner), await store.isDestroyed(other), await store.isDestroyed(newId('usr'))]).toEqual([
      true,
      false,
      false,
    ]);
    expect(
      await store.findUsable([
        { ownerId: owner, version: 1 },
        { ownerId: other, version: 1 },
        { ownerId: other, version: 2 },
      ]),
    ).toEqual([{ ownerId: other, version: 1 }]);
    expect(await store.nextVersion(owner)).toBe(3);
    await store.insert(owner, { version: 2, ...wrapped('again') });
    expect(await store.find(owner, 2)).toBeNull();
    const { rows } = await keysPool.query('select from keys.data_keys where owner_id = $1 and wrapped_key is not null', [owner]);
    expect(rows).toHaveLength(0);
  });

  test('that were destroyed are listed once each, page by page', async () => {
    const owners = Array.from({ length: 7 }, () => newId('usr'));
    for (const owner of owners) await store.insert(owner, { version: 1, ...wrapped(owner) });
    // All in one moment: the time alone is no place in the list.
    await keysPool.query('update keys.data_keys set wrapped_key = null, destroyed_at = now() where owner_id = any($1)', [owners]);
    const listed: string[] = [];
    let after: string | null = null;
    for (;;) {
      const page = await store.listDestroyed({ after, limit: 3 });
      if (page.length === 0) break;
      listed.push(...page.map(({ ownerId }) => ownerId));
      after = page.at(-1)?.cursor ?? null;
    }
    expect(listed.filter((owner) => owners.includes(owner))).toEqual(owners.toSorted());
    expect(new Set(listed).size).toBe(listed.length - 1);
  });

  test('are never stored under a master key that was retired', async () => {
    await store.registerMasterKey('file-unused');
    expect(await store.retire('file-unused')).toBe(true);
    const owner = newId('usr');
    expect(await store.insert(owner, { version: 1, wrapped: Buffer.from('x'), masterKeyId: 'file-unused' })).toBe(false);
    expect(await store.find(owner, 1)).toBeNull();
    expect(await store.retire('file-test')).toBe(false);
  });

  test('are not retired while one is stored at the same moment', async () => {
    await store.registerMasterKey('file-racing');
    const owners = Array.from({ length: 20 }, () => newId('usr'));
    const [stored, retired] = await Promise.all([
      Promise.all(owners.map((owner) => store.insert(owner, { version: 1, wrapped: Buffer.from('x'), masterKeyId: 'file-racing' }))),
      store.retire('file-racing'),
    ]);
    expect(stored.includes(true) && retired).toBe(false);
  });
});

test('data keys from before they had a schema of their own are moved once, open, and leave nothing behind', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vault-keys-'));
  const earlier = randomBytes(32);
  const masterKeyId = `local-${createHash('sha256').update('payment-vault master key id').update(earlier).digest('hex').slice(0, 16)}`;
  const owners = Array.from({ length: 600 }, () => newId('usr'));
  const dataKey = randomBytes(32);
  for (const owner of owners) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', earlier, nonce).setAAD(Buffer.from(`payment-vault|buyer_keys|${owner}|1`));
    const bytes = Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
    await data.query('insert into buyer_keys (buyer_id, version, wrapped_key, master_key_id) values ($1, 1, $2, $3)', [
      owner,
      bytes,
      masterKeyId,
    ]);
  }
  expect(await hasUnmovedKeys(data)).toBe(true);
  const moved = await Promise.all([moveBuyerKeys(data, store), moveBuyerKeys(data, store)]);
  expect(moved[0] + moved[1]).toBe(600);
  expect(await hasUnmovedKeys(data)).toBe(false);
  const { rows } = await data.query<{ size: number }>(`select pg_relation_size('buyer_keys') as size`);
  expect(rows[0]?.size).toBe(0);

  const { file, halves } = await createTestKeyFile(folder, earlier);
  const keys = createBuyerKeys({ store, keyService: createFileKeyService(await openSealedFile(file, ...halves)) });
  for (const owner of owners.slice(0, 20)) expect((await keys.current(owner)).key.export()).toEqual(dataKey);
  keys.close();
  await rm(folder, { recursive: true });
});
