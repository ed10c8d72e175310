import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createKafka } from '@vitrine/runtime/events';
import { startRelay } from '@vitrine/runtime/outbox';
import { createLogger } from '@vitrine/runtime/telemetry';
import { paymentTopic } from '@vitrine/contracts/payment-events';
import pg from 'pg';
import { createEmptyDatabase, kafkaBrokers } from '../../../tests/support/stack.ts';
import { createCanarySearch } from '../../../tests/support/canary-search.ts';
import { eraseBuyers, findRestoredBuyers } from '../src/erase-buyer.ts';
import { change } from './privacy.ts';
import { startVault, until, type Vault } from './vault.ts';

let vault: Vault;
let admin: pg.Client;
let dropEmpty: () => Promise<void>;
beforeAll(async () => {
  vault = await startVault();
  const empty = await createEmptyDatabase();
  dropEmpty = empty.drop;
  const { rows } = await vault.pool.query<{ name: string }>('select current_database() as name');
  const url = new URL(empty.url);
  url.pathname = `/${rows[0]?.name ?? ''}`;
  admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await dropEmpty();
  await vault.stop();
});

const uniqueLine = (): string => `${Math.floor(Math.random() * 9_000) + 1_000} Quillon ${randomUUID().slice(0, 13)}`;

/** A buyer with a finished purchase, whose street and name nobody else has. */
async function finishedPurchase(): Promise<{ buyerId: string; orderId: string; sellerId: string; canaries: string[] }> {
  const request = await vault.prepareOrder();
  const canaries = [uniqueLine(), `Canary ${randomUUID().slice(0, 13)}`];
  const addressId = await vault.addAddress(request.buyerId, { line1: canaries[0], name: canaries[1] });
  await vault.authorize({ ...request, addressId });
  await vault.capture(request.orderId);
  await vault.pool.query(`update grants set expires_at = now() - interval '1 second' where order_id = $1`, [request.orderId]);
  return { ...request, canaries };
}

/** Files of the whole cluster, log included, in which one of these texts is, in clear, in hexadecimal or in Base64. */
async function filesWith(texts: readonly string[]): Promise<string[]> {
  await admin.query('checkpoint');
  const search = createCanarySearch(texts);
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    const { rows } = await admin.query<{ name: string; isdir: boolean }>(
      `select name, (pg_stat_file($1 || '/' || name, true)).isdir from pg_ls_dir($1, true, false) as name`,
      [folder],
    );
    for (const { name, isdir } of rows) {
      const file = `${folder}/${name}`;
      if (isdir) await walk(file);
      else {
        const read = await admin.query<{ content: Buffer | null }>('select pg_read_binary_file($1, true) as content', [file]);
        const content = read.rows[0]?.content ?? Buffer.alloc(0);
        if (search.inBytes(file, content).length > 0) found.push(file);
      }
    }
  };
  const { rows } = await admin.query<{ oid: number }>('select oid from pg_database where datname = current_database()');
  for (const folder of [`base/${rows[0]?.oid ?? ''}`, 'pg_wal']) await walk(folder);
  return found;
}

const tables = async (): Promise<string[]> => {
  const { rows } = await admin.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like '%migrations' order by 1`,
  );
  return rows.map(({ name }) => name);
};
/** A copy of the vault's data as a backup has it: without the keys, which lie apart. */
async function backUp(): Promise<void> {
  await admin.query('drop schema if exists backup cascade; create schema backup');
  for (const table of await tables()) await admin.query(`create table backup.${table} as table public.${table}`);
}
async function restore(): Promise<void> {
  await admin.query(`set session_replication_role = 'replica'`);
  for (const table of await tables())
    await admin.query(`delete from public.${table}; insert into public.${table} overriding system value select * from backup.${table}`);
  await admin.query(`set session_replication_role = 'origin'`);
}

describe('an erased buyer', () => {
  test('was never in clear in the database files, before or after', async () => {
    const { buyerId, canaries } = await finishedPurchase();
    expect(await filesWith([buyerId])).not.toEqual([]);
    expect(await filesWith(canaries)).toEqual([]);
    await change(vault, buyerId, 'deleteEverything');
    await admin.query('vacuum full addresses');
    expect(await filesWith(canaries)).toEqual([]);
  }, 120_000);

  test('cannot be read in a restored backup, and is deleted from it again; others are not', async () => {
    const [gone, back, stays] = [await finishedPurchase(), await finishedPurchase(), await finishedPurchase()];
    await backUp();
    for (const { buyerId } of [gone, back]) await change(vault, buyerId, 'deleteEverything');
    await restore();
    const { rows: restored } = await vault.pool.query<{ key_version: number; ciphertext: Buffer }>(
      'select key_version, ciphertext from addresses where buyer_id = $1',
      [gone.buyerId],
    );
    expect(restored).toHaveLength(2);
    for (const { key_version: version } of restored) expect(await vault.deps.keys.find(gone.buyerId, version)).toBeNull();
    const { data } = await vault.ask({ role: 'buyer', accountId: gone.buyerId, country: 'US' }, '{ viewer { addresses { id } } }');
    expect(data.viewer.addresses).toEqual([]);

    // This one came back before the loop runs: what is new stays.
    const addressId = await vault.addAddress(back.buyerId);
    expect(await findRestoredBuyers(vault.deps)).toBe(2);
    expect(await findRestoredBuyers(vault.deps)).toBe(0);
    await until(async () => {
      await vault.pool.query('update deletions set next_attempt_at = now() where next_attempt_at is not null');
      await eraseBuyers(vault.deps);
      const { rowCount } = await vault.pool.query('select 1 from deletions where completed_at is null');
      return rowCount === 0;
    });
    const left = await vault.pool.query(
      `select 'address' from addresses where buyer_id = $1 union all select 'copy' from order_addresses where buyer_id = $1
       union all select 'card' from payment_methods where buyer_id = $1 union all select 'customer' from stripe_customers where buyer_id = $1`,
      [gone.buyerId],
    );
    expect(left.rows).toEqual([]);
    const kept = await vault.pool.query<{ id: string }>('select id from addresses where buyer_id = $1', [back.buyerId]);
    expect(kept.rows).toEqual([{ id: addressId }]);
    expect((await vault.pool.query('select 1 from addresses where buyer_id = $1', [stays.buyerId])).rowCount).toBe(2);
    expect(await findRestoredBuyers(vault.deps)).toBe(0);
  }, 120_000);

  test('does not come back by replaying the topic from its start: no event ever held more than references', async () => {
    const { buyerId, orderId, canaries } = await finishedPurchase();
    const logger = createLogger({ name: 'payment-vault', level: 'silent' });
    const kafka = createKafka({ name: 'erasure-proof', brokers: kafkaBrokers(), logger });
    const relay = startRelay({ pool: vault.pool, kafka, source: 'payment-vault', logger });
    relay.wake();
    await until(async () => (await vault.pool.query('select 1 from outbox where published_at is null')).rowCount === 0);
    await relay.stop();
    await change(vault, buyerId, 'deleteEverything');
    const before = await vault.pool.query('select * from payments where order_id = $1', [orderId]);

    const seen: Buffer[] = [];
    const ofOrder: string[] = [];
    const consumer = kafka.consumer({ groupId: `erasure-proof-${randomUUID()}` });
    await consumer.connect();
    await consumer.subscribe({ topic: paymentTopic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        seen.push(
          Buffer.concat([
            message.key ?? Buffer.alloc(0),
            message.value ?? Buffer.alloc(0),
            Buffer.from(JSON.stringify(message.headers ?? {})),
          ]),
        );
        if (message.key?.toString() === orderId) ofOrder.push(message.value?.toString() ?? '');
      },
    });
    try {
      await until(async () => ofOrder.length >= 2, 30_000);
    } finally {
      await consumer.disconnect();
    }
    const search = createCanarySearch([...canaries, buyerId, 'Quillfeather', 'Apt 4', '+14155550100']);
    expect(seen.flatMap((message) => search.inBytes('event', message))).toEqual([]);
    expect((await vault.pool.query('select * from payments where order_id = $1', [orderId])).rows).toEqual(before.rows);
    expect((await vault.pool.query('select 1 from order_addresses where buyer_id = $1', [buyerId])).rowCount).toBe(0);
  }, 120_000);
});
