import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createPool, isDatabaseUnavailable, isUniqueViolation, migrate, type Pool } from '../src/database.ts';
import { createPipeline, type Pipeline, type PipelineOptions } from '../src/pipeline.ts';
import { createLogger } from '../src/telemetry.ts';
import { createEmptyDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { until } from '../../../tests/support/until.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
let database: TestDatabase;
let pool: Pool;
const opened: Pipeline[] = [];

beforeAll(async () => {
  database = await createEmptyDatabase();
  await migrate({ url: database.url, directory: new URL('./fixtures/migrations', import.meta.url).pathname });
  pool = createPool({ url: database.url, size: 4, name: 'test', logger });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (pipeline) => pipeline.end()));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const newPipeline = (options: Partial<PipelineOptions> = {}): Pipeline => {
  const pipeline = createPipeline({ url: database.url, name: 'pipeline', logger, ...options });
  opened.push(pipeline);
  return pipeline;
};

const double = async (pipeline: Pipeline, n: number): Promise<number | undefined> =>
  (await pipeline.query<{ doubled: number }>({ name: 'double', text: 'select $1::int * 2 as doubled', values: [n] })).rows[0]?.doubled;
const add = async (pipeline: Pipeline, key: string) =>
  pipeline.query({ name: 'add', text: 'insert into counters (key) values ($1)', values: [key] });
const backends = async (): Promise<number> =>
  (
    await pool.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'pipeline'`,
    )
  ).rows[0]?.n ?? 0;

/** Ends the connections whose statement looks like this. */
const cut = async (query: string) =>
  until('the statement runs', async () => {
    const { rowCount } = await pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'pipeline' and query like $1 and state = 'active'`,
      [query],
    );
    return rowCount === 0 ? undefined : true;
  });

const outcomesOf = async (calls: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(calls)).map((outcome) => {
    if (outcome.status === 'fulfilled') return 'done';
    return isDatabaseUnavailable(outcome.reason) ? 'unavailable' : 'failed';
  });

describe('a pipeline', () => {
  test('answers each of many statements at once with its own rows, over its few connections', async () => {
    const pipeline = newPipeline({ connections: 3 });
    const answers = await Promise.all(Array.from({ length: 500 }, async (_, n) => double(pipeline, n)));
    expect(answers).toEqual(Array.from({ length: 500 }, (_, n) => 2 * n));
    expect(await backends()).toBe(3);
  });

  test('keeps what failed apart: the statements before and behind it on the same connection are done', async () => {
    const pipeline = newPipeline({ connections: 1 });
    const [first, again, other, sum] = await Promise.allSettled([
      add(pipeline, 'one'),
      add(pipeline, 'one'),
      add(pipeline, 'two'),
      double(pipeline, 21),
    ]);
    expect(again?.status === 'rejected' && isUniqueViolation(again.reason)).toBe(true);
    expect([first?.status, other?.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(sum).toEqual({ status: 'fulfilled', value: 42 });
    expect((await pool.query(`select key from counters where key in ('one', 'two') order by key`)).rowCount).toBe(2);
  });

  test('stays of use after values that cannot be sent', async () => {
    const pipeline = newPipeline({ connections: 1 });
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const statement = { name: 'echo', text: 'select $1::text as echoed' };
    await pipeline.query({ ...statement, values: ['a'] });
    await expect(pipeline.query({ ...statement, values: [circular] })).rejects.toThrow('circular');
    await until('the statement works again', async () =>
      pipeline.query<{ echoed: string }>({ ...statement, values: ['b'] }).then(
        ({ rows }) => (rows[0]?.echoed === 'b' ? true : undefined),
        () => undefined,
      ),
    );
    expect(await double(pipeline, 4)).toBe(8);
  });

  test('takes nothing that would begin or end a transaction for everybody', async () => {
    const pipeline = newPipeline();
    for (const text of ['begin', ' COMMIT', 'set local x = 1'])
      await expect(pipeline.query(text)).rejects.toThrow('transactions by themselves');
  });

  test('cancels a statement that takes too long, and no other', async () => {
    const pipeline = newPipeline({ connections: 1, statementTimeoutMs: 300 });
    const slow = pipeline.query('select pg_sleep(20)');
    const behind = double(pipeline, 1);
    await expect(slow).rejects.toMatchObject({ code: '57014' });
    expect(await behind).toBe(2);
  });

  test('ends when what is under way is answered, and takes nothing more', async () => {
    const pipeline = newPipeline({ connections: 1 });
    const last = pipeline.query<{ one: number }>('select 1 as one, pg_sleep(0.1)');
    await pipeline.end();
    expect((await last).rows[0]?.one).toBe(1);
    await expect(double(pipeline, 1)).rejects.toThrow('has ended');
    await until('its connections are closed', async () => ((await backends()) === 0 ? true : undefined));
  });
});

describe('a pipelined connection that breaks', () => {
  test('leaves the outcome of all that was under way on it unknown; other connections go on, and a new one takes its place', async () => {
    const pipeline = newPipeline({ connections: 2 });
    await Promise.all([double(pipeline, 1), double(pipeline, 2)]);
    // One after the other on the two connections.
    const stuck = pipeline.query('/* stuck */ select pg_sleep(20)');
    const elsewhere = double(pipeline, 3);
    expect(await elsewhere).toBe(6);
    const sleeping = pipeline.query('select pg_sleep(0.3)');
    const behind = double(pipeline, 4);
    const outcomes = outcomesOf([stuck, sleeping, behind]);
    await cut('/* stuck%');
    const [first, other, third] = await outcomes;
    expect([first, other]).toEqual(['unavailable', 'done']);
    expect(['done', 'unavailable']).toContain(third);
    expect(await Promise.all([5, 6, 7].map(async (n) => double(pipeline, n)))).toEqual([10, 12, 14]);
    expect(await backends()).toBe(2);
  });

  test('fails every statement behind the one that was cut, and none of them took effect', async () => {
    const pipeline = newPipeline({ connections: 1 });
    const outcomes = outcomesOf([
      add(pipeline, 'before the cut'),
      pipeline.query('/* cut */ select pg_sleep(20)'),
      add(pipeline, 'behind 1'),
      add(pipeline, 'behind 2'),
    ]);
    await cut('/* cut%');
    expect(await outcomes).toEqual(['done', 'unavailable', 'unavailable', 'unavailable']);
    expect((await pool.query(`select key from counters where key like 'behind %' or key = 'before the cut'`)).rows).toEqual([
      { key: 'before the cut' },
    ]);
    expect(await outcomesOf([add(pipeline, 'behind 1')])).toEqual(['done']);
  });

  test('and cannot be made fails what is asked as unavailable, each time', async () => {
    const { hostname, pathname } = new URL(database.url);
    const away = newPipeline({ url: `postgres://${hostname}:1${pathname}` });
    expect(await outcomesOf([double(away, 1), double(away, 2), double(away, 3)])).toEqual(['unavailable', 'unavailable', 'unavailable']);
    expect(await outcomesOf([double(away, 4)])).toEqual(['unavailable']);
  });
});
