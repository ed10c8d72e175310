/** Plans of operations in PostgreSQL: what one process has planned the next one does not, and no plan is used for anything else. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { until } from '../../../tests/support/until.ts';
import { createPlanner } from '../../src/execution/query-plans.ts';
import { createKeptPlans, operationPlan } from '../../src/operations/kept-plans.ts';
import { createLiveGraphs } from '../../src/operations/live-graphs.ts';
import { operationIdOf } from '../../src/operations/manifest.ts';
import { createOperationSafelist } from '../../src/operations/operation-safelist.ts';
import { createOperationStore, type OperationStore } from '../../src/operations/operation-store.ts';
import { createPlanStore, type PlanStore } from '../../src/operations/plan-store.ts';
import { openSupergraphFolder } from '../../src/operations/supergraph-folder.ts';
import { startGateway } from '../support/gateway.ts';
import { startIdentityProvider } from '../support/identity-provider.ts';
import { createTestGraphs, testPlan } from '../support/prepared-graphs.ts';
import { ids, startSubgraphs } from '../support/subgraphs.ts';

const sdl = 'type Query { title: String! }';
const logged: string[] = [];
const logger = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
const shape = { outputs: {}, inputs: {}, enums: {} };
const ios = { platform: 'ios', version: '5.2.0' };
const operation = (name: string, fields = 'title') => {
  const body = `query ${name} { ${fields} }`;
  return { id: operationIdOf(body), name, kind: 'query' as const, body };
};
const published = (...names: readonly string[]) => names.map((name) => ({ ...operation(name), shape }));
const planning = (supergraphSdl: string) => ({ graph: 'buyer' as const, planningHash: operationIdOf(supergraphSdl) });

let database: TestDatabase;
let pool: Pool;
let store: OperationStore;
let plans: PlanStore;
const cleanUps: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase('gateway');
  pool = createPool({ url: database.url, size: 4, name: 'plans-test', logger });
  store = createOperationStore(pool);
  plans = createPlanStore(pool);
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  logged.length = 0;
  await pool.query('truncate operations, operation_publications, operation_uses, operation_planning, operation_plans');
  await pool.query('update operation_revision set revision = revision + 1');
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** A gateway process whose supergraphs come without plans. */
async function start(options: { readonly supergraphSdl?: string; readonly planStore?: PlanStore } = {}) {
  const files = { supergraphSdl: options.supergraphSdl ?? sdl };
  const graphs = createTestGraphs({ hasPlans: false });
  const keptPlans = createKeptPlans({ store: options.planStore ?? plans, logger });
  const live = await createLiveGraphs({ read: async () => ({ ...files }), build: graphs.build, keptPlans, logger });
  const safelist = await createOperationSafelist({ liveGraphs: live, builtIn: [], store, logger, refreshMs: 1_000_000 });
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ended ??= (async () => {
      await safelist.close();
      await live.close();
      await keptPlans.close();
    })();
    return ended;
  };
  cleanUps.push(end);
  const isReady = (name: string): boolean => live.current('buyer').operations.has(operation(name).id);
  const planOf = (name: string) => live.current('buyer').operations.get(operation(name).id)?.executable.plan;
  return { files, graphs, live, safelist, end, isReady, planOf };
}

describe('an operation that was published', () => {
  test('and that one process has planned is ready at the start of the next one, which plans nothing', async () => {
    await store.publish('buyer', ios, published('Wallet', 'Feed'));
    const first = await start();
    expect([first.isReady('Wallet'), first.graphs.planned]).toEqual([false, []]);
    first.live.startPlanning();
    await until('both are planned', async () => (first.isReady('Wallet') && first.isReady('Feed')) || undefined);
    await first.end();
    expect(first.graphs.planned.toSorted()).toEqual(['Feed', 'Wallet']);

    const next = await start();
    expect([next.isReady('Wallet'), next.isReady('Feed')]).toEqual([true, true]);
    expect(next.planOf('Wallet')).toEqual(testPlan(sdl, 'Wallet'));
    next.live.startPlanning();
    await next.end();
    expect(next.graphs.planned).toEqual([]);
  });

  test('together with its plan is planned by nobody, and a plan may be that nothing is fetched', async () => {
    const [wallet] = published('Wallet');
    if (wallet === undefined) throw new Error('no operation');
    const planned = { planningHash: operationIdOf(sdl), plans: [operationPlan({ id: wallet.id, source: wallet.body }, null)] };
    await store.publish('buyer', ios, [wallet], planned);
    const { graphs, planOf } = await start();
    expect([planOf('Wallet'), graphs.planned]).toEqual([null, []]);
  });

  test('is not executed by a plan of another supergraph', async () => {
    await store.publish('buyer', ios, published('Wallet'));
    await plans.save(planning(sdl), [
      operationPlan({ id: operation('Wallet').id, source: operation('Wallet').body }, testPlan(sdl, 'Wallet')),
    ]);
    const changed = `${sdl} # changed`;
    const { safelist, isReady, planOf, graphs } = await start({ supergraphSdl: changed });
    expect(isReady('Wallet')).toBe(false);
    expect((await safelist.lookUp('buyer', operation('Wallet').id)).kind).toBe('listed');
    expect([planOf('Wallet'), graphs.planned]).toEqual([testPlan(changed, 'Wallet'), ['Wallet']]);
  });

  test('is not executed by a plan of another text or graph, and its own takes the place of that', async () => {
    const { id, body } = operation('Wallet');
    await store.publish('buyer', ios, published('Wallet'));
    await plans.save(planning(sdl), [operationPlan({ id, source: `${body} ` }, null)]);
    await plans.save({ ...planning(sdl), graph: 'ops' }, [operationPlan({ id, source: body }, null)]);
    const { safelist, isReady, planOf, end } = await start();
    expect(isReady('Wallet')).toBe(false);
    expect(safelist.find('buyer', id)?.name).toBe('Wallet');
    expect(planOf('Wallet')).toEqual(testPlan(sdl, 'Wallet'));
    await end();
    expect(await plans.load(planning(sdl), [id])).toEqual([operationPlan({ id, source: body }, testPlan(sdl, 'Wallet'))]);
  });

  test('is ready on a new supergraph without the planner, when there are plans of that', async () => {
    await store.publish('buyer', ios, published('Wallet'));
    const changed = `${sdl} # changed`;
    const other = await start({ supergraphSdl: changed });
    other.safelist.find('buyer', operation('Wallet').id);
    await other.end();
    const { files, graphs, live, planOf, safelist } = await start();
    safelist.find('buyer', operation('Wallet').id);
    files.supergraphSdl = changed;
    expect((await live.reload()).buyer.kind).toBe('reloaded');
    expect([planOf('Wallet'), graphs.planned]).toEqual([testPlan(changed, 'Wallet'), ['Wallet']]);
  });

  test('is served when plans can neither be read nor stored', async () => {
    await store.publish('buyer', ios, published('Wallet'));
    const away = async (): Promise<never> => {
      throw new Error('connect ECONNREFUSED');
    };
    const { safelist, end } = await start({ planStore: { load: away, save: away, prune: away } });
    expect((await safelist.lookUp('buyer', operation('Wallet').id)).kind).toBe('listed');
    await end();
    expect(logged.join()).toMatch(/cannot be read.*could not be stored/s);
  });
});

test('what plans are made from is another thing for another supergraph, and not for line breaks at its end', () => {
  const hashes = ['type Query { a: ID }', 'type Query { a: ID }\n', 'type Query { b: ID }'].map((text) => createPlanner(text).planningHash);
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(hashes[1]).toBe(hashes[0]);
  expect(hashes[2]).not.toBe(hashes[0]);
});

test('plans that nobody has loaded for 30 days are deleted by who stores others, those that were loaded are not', async () => {
  const { id, body } = operation('Wallet');
  const plan = operationPlan({ id, source: body }, null);
  const ofLong = async () =>
    (await pool.query<{ hash: string }>('select planning_hash as hash from operation_plans')).rows.map(({ hash }) => hash).toSorted();
  for (const each of ['old', 'loaded']) await plans.save(planning(each), [plan]);
  await pool.query('update operation_planning set last_used_on = last_used_on - 31');
  await plans.load(planning('loaded'), [id]);
  const kept = createKeptPlans({ store: plans, logger });
  kept.keep(planning('new'), { id, source: body }, null);
  await kept.close();
  expect(await ofLong()).toEqual([operationIdOf('loaded'), operationIdOf('new')].toSorted());
});

test('many plans of one process and of several at the same time are all stored', async () => {
  const operations = Array.from({ length: 60 }, (_, index) => operation(`Many${index}`)).map(({ id, body }) => ({ id, source: body }));
  const processes = Array.from({ length: 3 }, () => createKeptPlans({ store: plans, logger }));
  for (const [index, kept] of processes.entries())
    for (const each of index === 1 ? operations.toReversed() : operations) {
      kept.keep(planning(sdl), each, null);
      kept.keep(planning(sdl), each, null);
    }
  await Promise.all(processes.map((kept) => kept.close()));
  expect(logged).toEqual([]);
  const found = await createKeptPlans({ store: plans, logger }).find(planning(sdl), operations);
  expect(found.size).toBe(60);
});

test('a gateway answers operations that have no plan yet, plans the others once it listens, and executes by a stored plan', async () => {
  const [provider, subgraphs] = await Promise.all([startIdentityProvider(), startSubgraphs()]);
  cleanUps.push(() => Promise.all([provider.close(), subgraphs.close()]));
  const post = `post(id: "${ids.post(1)}") { text }`;
  const [asked, other, stored] = [operation('Asked', post), operation('Other', post), operation('Stored', post)];
  const { supergraphSdl } = await openSupergraphFolder().read('buyer');
  const { planningHash } = createPlanner(supergraphSdl);
  await store.publish(
    'buyer',
    ios,
    [asked, other, stored].map((each) => ({ ...each, shape })),
    // As if there were nothing to fetch, which no planner would say of it.
    { planningHash, plans: [operationPlan({ id: stored.id, source: stored.body }, null)] },
  );
  const gateway = await startGateway({
    issuer: provider.issuer,
    jwksUrl: provider.jwksUrl,
    subgraphUrls: subgraphs.urls,
    settings: { database: { url: database.url, poolSize: 4 } },
  });
  cleanUps.push(() => gateway.close());
  const token = await provider.token('buyer');
  const send = (id: string) => gateway.post('buyer', token, { extensions: { persistedQuery: { version: 1, sha256Hash: id } } });
  expect((await send(asked.id)).body).toEqual({ data: { post: { text: 'Post 1' } } });
  await until(
    'the plans are stored',
    async () => (await plans.load({ graph: 'buyer', planningHash }, [asked.id, other.id])).length === 2 || undefined,
  );
  expect((await send(other.id)).body).toEqual({ data: { post: { text: 'Post 1' } } });
  const calls = subgraphs.calls.timeline.length;
  expect((await send(stored.id)).body).toEqual({ data: { post: null } });
  expect(subgraphs.calls.timeline).toHaveLength(calls);
});
