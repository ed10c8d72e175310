/** The real graphs and the built-in operations over stand-in subgraphs, while the supergraphs are exchanged. */
import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createPool, migrate, type Pool } from '@vitrine/runtime/database';
import { parseIdentityKeys } from '@vitrine/runtime/identity';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { until } from '../../../tests/support/until.ts';
import { graphNames, subgraphNames, type SubgraphName } from '../../src/graphs.ts';
import { createOperationStore } from '../../src/operations/operation-store.ts';
import { openLiveOperations, type LiveOperations } from '../../src/operations/live-operations.ts';
import { createPlanStore } from '../../src/operations/plan-store.ts';
import { createSubgraphSource, type SubgraphSource } from '../../src/subgraph-source.ts';
import { ada } from '../support/identity-provider.ts';
import { startSubgraphs, type StandInSubgraphs } from '../support/subgraphs.ts';

const committed = fileURLToPath(new URL('../../supergraphs/generated', import.meta.url));
const logged: string[] = [];
const logger = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
const caller = { actor: { role: 'buyer', accountId: ada, country: 'US' }, requestId: 'test' } as const;

let folder: string;
let database: TestDatabase;
let pool: Pool;
let subgraphs: StandInSubgraphs;
let sources: Readonly<Record<SubgraphName, SubgraphSource>>;
let live: LiveOperations;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'supergraphs-'));
  for (const name of graphNames)
    for (const ending of ['supergraph.graphql', 'api.graphql', 'plans.json'])
      await copyFile(path.join(committed, `${name}.${ending}`), path.join(folder, `${name}.${ending}`));
  [database, subgraphs] = await Promise.all([createTestDatabase('gateway'), startSubgraphs()]);
  pool = createPool({ url: database.url, size: 2, name: 'test', logger });
  const keys = subgraphNames.map((name) => `gateway>${name}:k1:${randomBytes(32).toString('base64')}`).join(',');
  const sourceOf = (name: SubgraphName): SubgraphSource =>
    createSubgraphSource({ name, baseUrl: subgraphs.urls[name], identityKeys: parseIdentityKeys(keys), logger });
  sources = {
    timeline: sourceOf('timeline'),
    catalog: sourceOf('catalog'),
    checkout: sourceOf('checkout'),
    'payment-vault': sourceOf('payment-vault'),
    'seller-eligibility': sourceOf('seller-eligibility'),
  };
  live = await openLiveOperations({
    supergraphFolder: folder,
    introspection: false,
    sources,
    store: createOperationStore(pool),
    planStore: createPlanStore(pool),
    migrate: () =>
      migrate({ url: database.url, directory: fileURLToPath(new URL('../../migrations', import.meta.url)), runtimeTables: false }),
    logger,
  });
});
afterAll(async () => {
  await live?.close();
  await Promise.all(subgraphNames.map((name) => sources?.[name].close()));
  await pool?.end();
  await Promise.all([subgraphs?.close(), database?.drop()]);
  await rm(folder, { recursive: true });
});

/** Puts a changed supergraph in the place of the one that is there. */
async function change(edit: (sdl: string) => string): Promise<void> {
  const file = path.join(folder, 'buyer.supergraph.graphql');
  await writeFile(`${file}.new`, edit(await readFile(path.join(committed, 'buyer.supergraph.graphql'), 'utf8')));
  await rename(`${file}.new`, file);
}

async function timeline(): Promise<{ readonly data?: unknown; readonly errors?: unknown }> {
  return live.graphs.run('buyer', async ({ operations }) => {
    const operation = [...operations.values()].find(({ name }) => name === 'HomeTimeline');
    if (operation === undefined) throw new Error('the timeline is not in the list');
    const { body } = await operation.executable.executable.execute({ first: 10 }, caller);
    return JSON.parse(body) as { readonly data?: unknown };
  });
}

describe('the graphs that are served', () => {
  test('have every built-in operation, all of them compiled', () => {
    const operations = graphNames.flatMap((name) => [...live.graphs.current(name).operations.values()]);
    expect(operations.length).toBeGreaterThan(30);
    expect(operations.filter(({ executable }) => executable.executable.mode !== 'compiled').map(({ name }) => name)).toEqual([]);
    expect(live.safelist.state()).toBe('current');
    expect(logged.join()).not.toContain('do not fit');
  });

  test('answer 500 requests the same, and none fails, while they are exchanged again and again', async () => {
    const expected = await timeline();
    expect(expected.errors).toBeUndefined();
    const graphs = new Set<unknown>();
    let sent = 0;
    const different: unknown[] = [];
    let streaming = true;
    const client = async (): Promise<void> => {
      while (streaming) {
        graphs.add(live.graphs.current('buyer'));
        const answer = await timeline();
        sent += 1;
        if (JSON.stringify(answer) !== JSON.stringify(expected)) different.push(answer);
      }
    };
    const clients = Promise.all(Array.from({ length: 4 }, client));
    for (const round of [1, 2, 3]) {
      const before = live.graphs.current('buyer');
      await change((sdl) => `${sdl}\n# ${round}`);
      live.reload();
      await until('the new graph', async () => (live.graphs.current('buyer') === before ? undefined : true), 60_000);
    }
    await until('500 requests', async () => (sent >= 500 ? true : undefined), 60_000);
    streaming = false;
    await clients;
    expect(different).toEqual([]);
    expect(graphs.size).toBeGreaterThanOrEqual(3);
  }, 120_000);

  test('stay as they are when a supergraph comes that lacks what an operation asks for, which is named', async () => {
    const before = live.graphs.current('buyer');
    await change((sdl) => sdl.replaceAll('  homeTimeline(', '  otherTimeline('));
    live.reload();
    const refusal = await until('the refusal', async () => logged.find((line) => line.includes('is refused')), 60_000);
    expect(refusal).toContain('HomeTimeline (');
    expect(live.graphs.current('buyer')).toBe(before);
    expect((await timeline()).errors).toBeUndefined();
  }, 120_000);
});
