/** The safelist against PostgreSQL: what is published is found, what is not costs nothing, and PostgreSQL may be away. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { until } from '../../../tests/support/until.ts';
import type { GraphName } from '../../src/graphs.ts';
import { createLiveGraphs } from '../../src/operations/live-graphs.ts';
import { operationIdOf, type ManifestOperation } from '../../src/operations/manifest.ts';
import { createOperationSafelist, type OperationSafelist } from '../../src/operations/operation-safelist.ts';
import { createOperationStore, type OperationStore } from '../../src/operations/operation-store.ts';
import { createTestGraphs, noKeptPlans, type TestExecutable } from '../support/prepared-graphs.ts';

const logger = pino({ level: 'silent' });
const shape = { outputs: { 'Query.title': 'String!' }, inputs: {}, enums: {} };
const ios = { platform: 'ios', version: '5.2.0' };
const android = { platform: 'android', version: '5.2.0' };
const operation = (name: string): ManifestOperation => {
  const body = `query ${name} { title }`;
  return { id: operationIdOf(body), name, kind: 'query', body };
};
const published = (...names: readonly string[]) => names.map((name) => ({ ...operation(name), shape }));
const builtIn = { ...operation('BuiltIn'), graph: 'buyer' as const, apps: [] };

let database: TestDatabase;
let pool: Pool;
let store: OperationStore;
const open: OperationSafelist<TestExecutable>[] = [];

beforeAll(async () => {
  database = await createTestDatabase('gateway');
  pool = createPool({ url: database.url, size: 4, name: 'operations-test', logger });
  store = createOperationStore(pool);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((safelist) => safelist.close()));
  await pool.query('truncate operations, operation_publications, operation_uses');
  await pool.query('update operation_revision set revision = revision + 1');
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** A gateway process: the store it asks, counted, and switched off when wanted. */
async function start(
  options: {
    readonly refreshMs?: number;
    readonly away?: boolean;
    /** PostgreSQL answers when this does. */
    readonly silence?: Promise<void>;
    readonly migrate?: () => Promise<void>;
    readonly now?: () => number;
  } = {},
) {
  const asked = { revision: 0, load: 0 };
  const connection: { away: boolean; silence: Promise<void> | undefined } = { away: options.away ?? false, silence: options.silence };
  const reach = async <Value>(what: 'revision' | 'load', ask: () => Promise<Value>): Promise<Value> => {
    asked[what] += 1;
    if (connection.away) throw new Error('connect ECONNREFUSED');
    await connection.silence;
    return ask();
  };
  const graphs = createTestGraphs();
  const liveGraphs = await createLiveGraphs({
    read: async () => ({ supergraphSdl: 'type Query { title: String! }' }),
    build: graphs.build,
    keptPlans: noKeptPlans,
    logger,
  });
  const safelist = await createOperationSafelist({
    liveGraphs,
    builtIn: [builtIn],
    store: { ...store, revision: () => reach('revision', () => store.revision()), load: () => reach('load', () => store.load()) },
    migrate: options.migrate,
    logger,
    // Never by itself unless the test is about that.
    refreshMs: options.refreshMs ?? 1_000_000,
    now: options.now,
  });
  open.push(safelist);
  return { safelist, asked, connection, graphs };
}

const lookUp = async (safelist: OperationSafelist<TestExecutable>, name: string, graph: GraphName = 'buyer') =>
  (await safelist.lookUp(graph, operation(name).id)).kind;

describe('the safelist', () => {
  test('has at its start what was published and the built-in operations, each on its graph only', async () => {
    await store.publish('buyer', ios, published('Wallet'));
    const { safelist, asked } = await start();
    const before = { ...asked };
    expect(safelist.find('buyer', operation('Wallet').id)?.name).toBe('Wallet');
    expect(safelist.find('buyer', builtIn.id)?.source).toBe(builtIn.body);
    expect(safelist.find('partner', operation('Wallet').id)).toBeUndefined();
    expect(safelist.state()).toBe('current');
    expect(asked).toEqual(before);
  });

  test('finds an operation right after it was published, on every process', async () => {
    const processes = await Promise.all([start(), start()]);
    for (const { safelist } of processes) expect(await lookUp(safelist, 'Wallet')).toBe('not-listed');
    await store.publish('buyer', ios, published('Wallet'));
    for (const { safelist } of processes) expect(await lookUp(safelist, 'Wallet')).toBe('listed');
  });

  test('learns of what is published without being asked for it', async () => {
    const { safelist } = await start({ refreshMs: 20 });
    await store.publish('buyer', ios, published('Wallet'));
    await until('the operation', async () => safelist.find('buyer', operation('Wallet').id));
  });

  test('asks PostgreSQL a few times only for thousands of ids that are nowhere, keeps nothing of them and still finds a new one', async () => {
    const { safelist, asked, graphs } = await start();
    const beganAt = performance.now();
    for (let batch = 0; batch < 20; batch += 1)
      await Promise.all(Array.from({ length: 500 }, (_, index) => safelist.lookUp('buyer', operationIdOf(`${batch} ${index}`))));
    const seconds = (performance.now() - beganAt) / 1_000;
    expect(asked.revision).toBeLessThanOrEqual(2 + seconds * 11);
    expect(asked.load).toBe(1);
    expect(graphs.prepared).toEqual(['BuiltIn']);
    await store.publish('buyer', ios, published('Wallet'));
    const flood = Promise.all(Array.from({ length: 500 }, (_, index) => safelist.lookUp('buyer', operationIdOf(`more ${index}`))));
    expect(await lookUp(safelist, 'Wallet')).toBe('listed');
    await flood;
  });

  test('goes on with what it has while PostgreSQL is away, says so, and catches up after', async () => {
    await store.publish('buyer', ios, published('Wallet'));
    const { safelist, connection } = await start({ refreshMs: 20 });
    connection.away = true;
    await until('PostgreSQL is missed', async () => (safelist.state() === 'stale' ? true : undefined));
    expect(await lookUp(safelist, 'Wallet')).toBe('listed');
    expect(await lookUp(safelist, 'New')).toBe('unavailable');
    await store.publish('buyer', ios, published('New'));
    connection.away = false;
    await until('the new operation', async () => safelist.find('buyer', operation('New').id));
    expect(safelist.state()).toBe('current');
  });

  test('starts without PostgreSQL with the built-in operations, and brings the database up to date when it is there', async () => {
    await store.publish('buyer', ios, published('Wallet'));
    let migrations = 0;
    const { safelist, connection } = await start({
      refreshMs: 20,
      away: true,
      async migrate() {
        if (connection.away) throw new Error('connect ECONNREFUSED');
        migrations += 1;
      },
    });
    expect(safelist.state()).toBe('built-in only');
    expect(safelist.find('buyer', builtIn.id)).toBeDefined();
    expect(await lookUp(safelist, 'Wallet')).toBe('unavailable');
    connection.away = false;
    await until('the published operation', async () => safelist.find('buyer', operation('Wallet').id));
    expect(migrations).toBe(1);
  });

  test.each(['does not migrate', 'does not answer'])(
    'starts with the built-in operations when PostgreSQL %s and says nothing',
    async (what) => {
      await store.publish('buyer', ios, published('Wallet'));
      const { promise: silence, resolve: speak } = Promise.withResolvers<void>();
      const { safelist } = await start(what === 'does not migrate' ? { migrate: () => silence } : { silence });
      expect(safelist.state()).toBe('built-in only');
      expect(safelist.find('buyer', builtIn.id)).toBeDefined();
      expect(await lookUp(safelist, 'Wallet')).toBe('unavailable');
      speak();
      await until('the published operation', async () => safelist.find('buyer', operation('Wallet').id));
      expect(safelist.find('buyer', builtIn.id)).toBeDefined();
      await until('it is current', async () => (safelist.state() === 'current' ? true : undefined));
    },
  );

  test('says that it is stale when PostgreSQL has said nothing for long, and goes on when it does', async () => {
    let nowMs = 0;
    const { safelist, connection } = await start({ refreshMs: 20, now: () => nowMs });
    const { promise: silence, resolve: speak } = Promise.withResolvers<void>();
    connection.silence = silence;
    nowMs = 15_000;
    expect(safelist.state()).toBe('current');
    expect(await lookUp(safelist, 'New')).toBe('unavailable');
    nowMs += 1;
    expect(safelist.state()).toBe('stale');
    speak();
    await until('it is current', async () => (safelist.state() === 'current' ? true : undefined));
    expect(await lookUp(safelist, 'New')).toBe('not-listed');
  });

  test('has an operation as long as one app version that has it is not retired', async () => {
    await store.publish('buyer', ios, published('Wallet', 'Old'));
    await store.publish('buyer', android, published('Wallet'));
    const { safelist } = await start({ refreshMs: 20 });
    expect(await store.retire(ios)).toBe(2);
    await until('the retired operation is gone', async () =>
      safelist.find('buyer', operation('Old').id) === undefined ? true : undefined,
    );
    expect(await lookUp(safelist, 'Wallet')).toBe('listed');
    await store.publish('buyer', ios, published('Old'));
    await until('it is back', async () => safelist.find('buyer', operation('Old').id));
  });

  test('writes how often each operation was used when it ends', async () => {
    const { safelist } = await start();
    const found = safelist.find('buyer', builtIn.id);
    if (found === undefined) throw new Error('not found');
    safelist.recordUse(found, ios, false);
    safelist.recordUse(found, ios, true);
    safelist.recordUse(found, null, false);
    await Promise.all(open.splice(0).map((each) => each.close()));
    const uses = await store.usesOf(30);
    expect(uses.map(({ platform, version, uses: times, failures }) => [platform, version, times, failures])).toEqual([
      ['ios', '5.2.0', 2, 1],
      ['unknown', 'unknown', 1, 0],
    ]);
  });
});

describe('what is stored of operations', () => {
  test('is the same after the same publication again', async () => {
    expect(await store.publish('buyer', ios, published('A', 'B'))).toEqual({ kind: 'published', newOperations: 2, newPublications: 2 });
    const revision = await store.revision();
    expect(await store.publish('buyer', ios, published('A', 'B'))).toEqual({ kind: 'published', newOperations: 0, newPublications: 0 });
    expect(await store.revision()).toBe(revision);
    expect(await store.publish('buyer', android, published('A'))).toEqual({ kind: 'published', newOperations: 0, newPublications: 1 });
    const apps = new Map((await store.load()).operations.map(({ name, apps: versions }) => [name, versions]));
    expect(apps.get('A')).toEqual(expect.arrayContaining([ios, android]));
    expect(apps.get('B')).toEqual([ios]);
  });

  test('is nothing of a publication in which an id has another text than before', async () => {
    await store.publish('buyer', ios, [{ ...operation('A'), id: 'a', shape }]);
    expect(await store.publish('buyer', android, [...published('B'), { ...operation('C'), id: 'a', shape }])).toEqual({
      kind: 'other-text',
      ids: ['a'],
    });
    expect((await store.load()).operations.map(({ id, apps }) => [id, apps])).toEqual([['a', [ios]]]);
  });

  test('is one list, however many publish at the same time', async () => {
    const before = await store.revision();
    await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        store.publish('buyer', { platform: 'ios', version: `5.${index}.0` }, published('A', `Own${index}`)),
      ),
    );
    expect((await store.load()).operations).toHaveLength(9);
    expect(await store.revision()).toBe(before + 8);
  });

  test('of uses adds up over processes and days, and old days leave', async () => {
    const use = { graph: 'buyer' as const, operationId: 'a', ...ios, uses: 2, failures: 1 };
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    await store.addUses([{ ...use, day: day(0) }]);
    await store.addUses([
      { ...use, day: day(0) },
      { ...use, day: day(20) },
      { ...use, day: day(40) },
    ]);
    expect(await store.usesOf(30)).toEqual([{ graph: 'buyer', operationId: 'a', ...ios, uses: 6, failures: 3, lastDay: day(0) }]);
    await store.pruneUses(30);
    expect((await store.usesOf(100)).map(({ uses }) => uses)).toEqual([6]);
  });
});
