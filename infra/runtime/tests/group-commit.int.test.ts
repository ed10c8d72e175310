import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createPool, isDatabaseUnavailable, isUniqueViolation, migrate, type Pool } from '../src/database.ts';
import { RetryableError } from '../src/errors.ts';
import { createBatcher, ItemFailure } from '../src/group-commit.ts';
import { createLogger } from '../src/telemetry.ts';
import { createEmptyDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { until } from '../../../tests/support/until.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createEmptyDatabase();
  await migrate({ url: database.url, directory: new URL('./fixtures/migrations', import.meta.url).pathname });
  pool = createPool({ url: database.url, size: 4, name: 'test', logger: createLogger({ name: 'test', level: 'silent' }) });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** A batcher whose writes wait to be let go, and are kept. */
function heldBatcher(
  options: { readonly maxBatch?: number; readonly maxWaiting?: number; readonly keyOf?: (item: string) => string | readonly string[] } = {},
) {
  const writes: { readonly items: readonly string[]; readonly letGo: () => void }[] = [];
  const batcher = createBatcher<string, string>({
    name: 'held',
    maxBatch: 100,
    maxWaiting: 1_000,
    ...options,
    write: async (items) => {
      const held = Promise.withResolvers<void>();
      writes.push({ items, letGo: held.resolve });
      await held.promise;
      return items.map((item) => `${item} written`);
    },
  });
  const nextWrite = async (index: number) => until(`write ${index}`, async () => writes[index]);
  return { batcher, writes, nextWrite };
}

describe('a batcher', () => {
  test('writes a lone item at once, and what arrives while that is under way together', async () => {
    const { batcher, writes, nextWrite } = heldBatcher();
    const first = batcher.add('first');
    const write = await nextWrite(0);
    const others = ['a', 'b', 'c'].map((item) => batcher.add(item));
    expect(batcher.waiting()).toBe(3);
    write.letGo();
    expect(await first).toBe('first written');
    (await nextWrite(1)).letGo();
    expect(await Promise.all(others)).toEqual(['a written', 'b written', 'c written']);
    expect(writes.map(({ items }) => items)).toEqual([['first'], ['a', 'b', 'c']]);
  });

  test('writes no more than its most at once, in the order of arrival', async () => {
    const { batcher, writes, nextWrite } = heldBatcher({ maxBatch: 2 });
    const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((item) => batcher.add(item)));
    for (let index = 0; index < 3; index += 1) (await nextWrite(index)).letGo();
    await all;
    expect(writes.map(({ items }) => items)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  test('refuses what would wait behind too many, and loses none of those', async () => {
    const { batcher, nextWrite } = heldBatcher({ maxWaiting: 2 });
    const first = batcher.add('first');
    const write = await nextWrite(0);
    const waiting = [batcher.add('a'), batcher.add('b')];
    await expect(batcher.add('c')).rejects.toBeInstanceOf(RetryableError);
    write.letGo();
    (await nextWrite(1)).letGo();
    expect(await Promise.all([first, ...waiting])).toEqual(['first written', 'a written', 'b written']);
  });

  test('waits for company as long as it is told, and no longer when the batch is full', async () => {
    const sizes: number[] = [];
    const batcher = createBatcher<number, number>({
      name: 'lingering',
      maxBatch: 3,
      maxWaiting: 10,
      lingerMs: 20_000,
      write: async (items) => {
        sizes.push(items.length);
        return items;
      },
    });
    const first = batcher.add(1);
    await wait(5);
    expect(await Promise.all([first, batcher.add(2), batcher.add(3)])).toEqual([1, 2, 3]);
    const last = batcher.add(4);
    await batcher.stop();
    expect(await last).toBe(4);
    expect(sizes).toEqual([3, 1]);
  });

  test('stops when all that it took is written, and takes nothing more', async () => {
    const { batcher, writes, nextWrite } = heldBatcher({ maxBatch: 1 });
    const taken = Promise.all([batcher.add('a'), batcher.add('b')]);
    let stopped = false;
    const stop = batcher.stop().then(() => {
      stopped = true;
    });
    await expect(batcher.add('c')).rejects.toBeInstanceOf(RetryableError);
    (await nextWrite(0)).letGo();
    const second = await nextWrite(1);
    expect(stopped).toBe(false);
    second.letGo();
    await stop;
    expect(await taken).toEqual(['a written', 'b written']);
    expect(writes).toHaveLength(2);
  });

  test('writes two items of one key one after the other, and lets none pass another of a key that they share', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        async (keys, maxBatch) => {
          const items = keys.map((own, index) => ({ own, index }));
          const writes: (typeof items)[] = [];
          const batcher = createBatcher<(typeof items)[number], number>({
            name: 'keyed',
            maxBatch,
            maxWaiting: 100,
            keyOf: ({ own }) => own,
            write: async (batch) => {
              writes.push([...batch]);
              return batch.map(({ index }) => index);
            },
          });
          expect(await Promise.all(items.map((item) => batcher.add(item)))).toEqual(items.map(({ index }) => index));
          for (const batch of writes) {
            const touched = batch.flatMap(({ own }) => own);
            expect(new Set(touched).size).toBe(touched.length);
            expect(batch.length).toBeLessThanOrEqual(maxBatch);
          }
          for (const key of ['a', 'b', 'c', 'd'] as const) {
            const order = writes.flat().filter(({ own }) => own.includes(key));
            expect(order.map(({ index }) => index)).toEqual(items.filter(({ own }) => own.includes(key)).map(({ index }) => index));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a batch that fails', () => {
  const counters = (write?: (keys: readonly string[]) => void) =>
    createBatcher<string, string>({
      name: 'counters',
      maxBatch: 100,
      maxWaiting: 1_000,
      write: async (keys) => {
        write?.(keys);
        const { rows } = await pool.query<{ key: string }>(
          `with given as (select * from unnest($1::text[]) with ordinality as item (key, place)),
                written as (insert into counters (key) select key from given returning key)
           select key from given join written using (key) order by place`,
          [keys],
        );
        return rows.map(({ key }) => key);
      },
    });

  test('for one bad row fails that item alone: its neighbours are written once each', async () => {
    await pool.query(`insert into counters (key) values ('there')`);
    const batcher = counters();
    const keys = Array.from({ length: 20 }, (_, index) => (index === 13 ? 'there' : `new-${index}`));
    const outcomes = await Promise.allSettled(keys.map((key) => batcher.add(key)));
    expect(outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [index] : []))).toEqual([13]);
    const bad = outcomes[13];
    expect(bad?.status === 'rejected' && isUniqueViolation(bad.reason)).toBe(true);
    const { rows } = await pool.query(`select count(*)::int as written from counters where key like 'new-%'`);
    expect(rows).toEqual([{ written: 19 }]);
  });

  test('by a connection that breaks is not repeated: all its items get the error', async () => {
    let writes = 0;
    const started = Promise.withResolvers<void>();
    const batcher = createBatcher<string, string>({
      name: 'cut',
      maxBatch: 100,
      maxWaiting: 1_000,
      write: async (keys) => {
        writes += 1;
        started.resolve();
        await pool.query(`/* to be cut */ insert into counters (key) select key from unnest($1::text[]) as key, pg_sleep(20)`, [keys]);
        return keys;
      },
    });
    const outcomes = Promise.allSettled([batcher.add('cut-1'), batcher.add('cut-2')]);
    await started.promise;
    await until('the statement runs', async () => {
      const { rowCount } = await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and query like '/* to be cut%' and state = 'active'`,
      );
      return rowCount === 0 ? undefined : true;
    });
    const settled = await outcomes;
    expect(settled.map((outcome) => outcome.status === 'rejected' && isDatabaseUnavailable(outcome.reason))).toEqual([true, true]);
    expect(writes).toBe(1);
  });

  test('with another number of results than items is not repeated: it took effect', async () => {
    let writes = 0;
    const batcher = createBatcher<string, string>({
      name: 'short',
      maxBatch: 100,
      maxWaiting: 1_000,
      write: async (items) => {
        writes += 1;
        return items.slice(1);
      },
    });
    const settled = await Promise.allSettled([batcher.add('a'), batcher.add('b')]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(writes).toBe(1);
  });

  test('for some of its items answers the others', async () => {
    const batcher = createBatcher<number, number>({
      name: 'partly',
      maxBatch: 100,
      maxWaiting: 1_000,
      write: async (items) => items.map((item) => (item === 2 ? new ItemFailure(new Error('not this one')) : item)),
    });
    const settled = await Promise.allSettled([1, 2, 3].map((item) => batcher.add(item)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await batcher.add(4)).toBe(4);
  });

  test('leaves the next batch as it would be', async () => {
    const sizes: number[] = [];
    const batcher = counters((keys) => sizes.push(keys.length));
    await Promise.allSettled([batcher.add('twice'), batcher.add('twice')]);
    await Promise.all([batcher.add('after-1'), batcher.add('after-2')]);
    expect(sizes).toEqual([2, 1, 1, 2]);
  });
});
