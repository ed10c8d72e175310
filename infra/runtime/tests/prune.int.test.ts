import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPool, migrate, type Pool } from '../src/database.ts';
import { newId } from '../src/ids.ts';
import { pruneOnce } from '../src/prune.ts';
import { createLogger } from '../src/telemetry.ts';
import { createEmptyDatabase, type TestDatabase } from '../../../tests/support/stack.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createEmptyDatabase();
  await migrate({ url: database.url, directory: new URL('./fixtures/migrations', import.meta.url).pathname });
  pool = createPool({ url: database.url, size: 2, name: 'test', logger: createLogger({ name: 'test', level: 'silent' }) });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate outbox, inbox, idempotency_keys');
});

/** An event id that was given out so many days ago. */
const oldId = (days: number): string => {
  const time = (Date.now() - days * 86_400_000).toString(16).padStart(12, '0');
  return `evt_${time.slice(0, 8)}-${time.slice(8)}${newId('evt').slice(17)}`;
};

const addPublished = async (count: number, daysAgo: number | null) =>
  pool.query(
    `insert into outbox (event_id, topic, key, type, sequence, payload, correlation_id, published_at)
     select 'evt_' || n, 'topic', 'key', 'thing.changed', n, '{}', 'req-1', now() - make_interval(days => $2) from generate_series(1, $1) as n`,
    [count, daysAgo],
  );
const addInbox = async (group: string, eventId: string, daysAgo: number) =>
  pool.query('insert into inbox (consumer_group, event_id, applied_at) values ($1, $2, now() - make_interval(days => $3))', [
    group,
    eventId,
    daysAgo,
  ]);
const addKeys = async (count: number, hoursAgo: number) =>
  pool.query(
    `insert into idempotency_keys (actor_id, operation, key, input_hash, result, created_at)
     select 'usr_1', 'addThing', 'key-' || $2::int || '-' || n, '', '1', now() - make_interval(hours => $2::int) from generate_series(1, $1::int) as n`,
    [count, hoursAgo],
  );
const count = async (table: string) => (await pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n;

describe('pruning', () => {
  test('deletes events that were published a week ago, and none that is younger or not published', async () => {
    await addPublished(3, 8);
    await addPublished(2, 6);
    await addPublished(1, null);
    expect(await pruneOnce(pool, 100)).toBe(false);
    expect(await count('outbox')).toBe(3);
  });

  test('deletes no more than its limit at once, and says that there may be more', async () => {
    await addPublished(5, 8);
    expect(await pruneOnce(pool, 2)).toBe(true);
    expect(await count('outbox')).toBe(3);
    expect(await pruneOnce(pool, 2)).toBe(true);
    expect(await pruneOnce(pool, 2)).toBe(false);
    expect(await count('outbox')).toBe(0);
  });

  test('forgets events that were applied a month ago, in every group; an old event that was applied lately is kept', async () => {
    for (const group of ['catalog', 'timeline']) {
      await addInbox(group, oldId(31), 31);
      await addInbox(group, oldId(32), 1);
      await addInbox(group, oldId(29), 29);
    }
    await pruneOnce(pool, 100);
    expect((await pool.query(`select consumer_group as name, count(*)::int as kept from inbox group by 1 order by 1`)).rows).toEqual([
      { name: 'catalog', kept: 2 },
      { name: 'timeline', kept: 2 },
    ]);
  });

  test('keeps an idempotency key for 72 hours', async () => {
    await addKeys(4, 73);
    await addKeys(3, 71);
    await pruneOnce(pool, 100);
    expect(await count('idempotency_keys')).toBe(3);
  });

  test('reads no table as a whole', async () => {
    await addPublished(5_000, 8);
    await addPublished(5_000, 1);
    await addKeys(5_000, 71);
    await addKeys(20, 73);
    await pool.query(
      `insert into inbox (consumer_group, event_id, applied_at)
       select 'catalog', $1 || n, now() - interval '31 days' from generate_series(1, 100) as n
       union all select 'catalog', $2 || n, now() from generate_series(1, 5000) as n`,
      [oldId(31), oldId(1)],
    );
    await pool.query('analyze outbox, inbox, idempotency_keys');
    const client = await pool.connect();
    const scans = async () => {
      await client.query('select pg_stat_force_next_flush()');
      return (await client.query('select relname, seq_scan from pg_stat_user_tables order by 1')).rows;
    };
    const before = await scans();
    await pruneOnce(client, 50);
    const after = await scans();
    client.release();
    expect(after).toEqual(before);
    expect([await count('outbox'), await count('inbox'), await count('idempotency_keys')]).toEqual([9_950, 5_050, 5_000]);
  });
});
