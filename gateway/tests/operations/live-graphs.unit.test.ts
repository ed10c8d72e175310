/** The graphs that are served, and what becomes of requests and operations when one is another. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { until } from '../../../tests/support/until.ts';
import { graphNames, type GraphName } from '../../src/graphs.ts';
import { createLiveGraphs } from '../../src/operations/live-graphs.ts';
import { operationIdOf } from '../../src/operations/manifest.ts';
import type { RegisteredOperation } from '../../src/operations/safelisted-operation.ts';
import { openSupergraphFolder, watchSupergraphs } from '../../src/operations/supergraph-folder.ts';
import { createTestGraphs, noKeptPlans } from '../support/prepared-graphs.ts';

const sdl = 'type Query { title: String! weight: Int }';
const logged: string[] = [];
const logger = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  logged.length = 0;
});

const operation = (name: string, field = 'title', graph: GraphName = 'buyer'): RegisteredOperation => {
  const body = `query ${name} { ${field} }`;
  return { graph, id: operationIdOf(body), name, kind: 'query', body, apps: [{ platform: 'ios', version: '5.2.0' }] };
};
const title = operation('Title');
const weight = operation('Weight', 'weight');

async function start(options: { readonly execute?: () => Promise<void>; readonly hasPlans?: boolean } = {}) {
  const files: Record<GraphName, string> = { buyer: sdl, partner: sdl, ops: sdl };
  const graphs = createTestGraphs(options);
  const live = await createLiveGraphs({
    read: async (name) => ({ supergraphSdl: files[name] }),
    build: graphs.build,
    keptPlans: noKeptPlans,
    logger,
  });
  cleanUps.push(() => live.close());
  return { files, graphs, live };
}

describe('the operations of a graph', () => {
  test('are those that were set, prepared once each', async () => {
    const { graphs, live } = await start();
    expect(await live.setOperations([title])).toEqual([]);
    expect(await live.setOperations([title, weight])).toEqual([]);
    expect(graphs.prepared).toEqual(['Title', 'Weight']);
    expect([...live.current('buyer').operations.keys()]).toEqual([title.id, weight.id]);
    expect(live.current('partner').operations.size).toBe(0);
    await live.setOperations([weight]);
    expect([...live.current('buyer').operations.keys()]).toEqual([weight.id]);
  });

  test('that do not fit it are told by name and not served, like those that cannot be planned; the others are', async () => {
    const { live } = await start();
    const far = { ...operation('Far'), body: 'query Far { unplannable: title }' };
    const faults = await live.setOperations([operation('Colour', 'colour'), far, title]);
    expect(faults.map(({ name, reasons }) => [name, reasons])).toEqual([['Colour', ['Cannot query field "colour" on type "Query".']]]);
    expect(live.find('buyer', far.id)).toBeUndefined();
    expect(logged.join()).toMatch(/Far \([^)]*ios 5\.2\.0\): It cannot be planned: there is no way to it/);
    expect((await live.setOperations([far, title])).map(({ name }) => name)).toEqual(['Far']);
    expect([...live.current('buyer').operations.values()].map(({ name }) => name)).toEqual(['Title']);
  });

  test('are not asked for by an id that every object has', async () => {
    const { live } = await start();
    for (const id of ['__proto__', 'constructor', 'toString']) expect(live.current('buyer').operations.get(id)).toBeUndefined();
  });
});

describe('operations without a plan', () => {
  test('are planned one by one once that is begun, with turns in between, and each once however it is asked for', async () => {
    const { graphs, live } = await start({ hasPlans: false });
    expect(await live.setOperations([title, weight, operation('Last')])).toEqual([]);
    await nextTurn();
    expect([graphs.planned, live.current('buyer').operations.size]).toEqual([[], 0]);
    expect(live.find('buyer', weight.id)?.name).toBe('Weight');
    live.startPlanning();
    expect(graphs.planned).toEqual(['Weight']);
    await until('all of them', async () => live.current('buyer').operations.size === 3 || undefined);
    expect(live.find('buyer', title.id)?.name).toBe('Title');
    await live.setOperations([title, weight, operation('Last'), operation('New')]);
    await until('the one that came later', async () => live.current('buyer').operations.size === 4 || undefined);
    expect(graphs.planned).toEqual(['Weight', 'Title', 'Last', 'New']);
  });

  test('are not served any more when they leave the list before they were planned', async () => {
    const { graphs, live } = await start({ hasPlans: false });
    await live.setOperations([title, weight]);
    await live.setOperations([weight]);
    expect(live.find('buyer', title.id)).toBeUndefined();
    live.startPlanning();
    await until('the other', async () => live.current('buyer').operations.has(weight.id) || undefined);
    expect(graphs.planned).toEqual(['Weight']);
  });

  test('are all ready on a new supergraph before it is served, and one that would break them is refused', async () => {
    const { files, live } = await start({ hasPlans: false });
    await live.setOperations([title, weight]);
    files.buyer = 'type Query { title: String weight: Int }';
    const { buyer } = await live.reload();
    expect(buyer.kind === 'refused' && buyer.faults.map(({ name }) => name)).toEqual(['Title']);
    files.buyer = `${sdl} # another`;
    expect((await live.reload()).buyer.kind).toBe('reloaded');
    expect([...live.current('buyer').operations.values()].map(({ name }) => name)).toEqual(['Title', 'Weight']);
  });
});

describe('a new supergraph', () => {
  test('takes the place of the one before with all operations ready; the other graphs are not touched', async () => {
    const { files, graphs, live } = await start();
    await live.setOperations([title, operation('Title', 'title', 'partner')]);
    const before = live.current('buyer');
    files.buyer = sdl.replace('weight', 'size: Int weight');
    expect(await live.reload()).toEqual({ buyer: { kind: 'reloaded' }, partner: { kind: 'unchanged' }, ops: { kind: 'unchanged' } });
    expect(live.current('buyer')).not.toBe(before);
    expect(live.current('buyer').graph.number).toBe(3);
    expect(await live.current('buyer').operations.get(title.id)?.executable.execute()).toBe(3);
    expect(graphs.built.map(({ isClosed }) => isClosed())).toEqual([true, false, false, false]);
  });

  test('that is as before is not built', async () => {
    const { graphs, live } = await start();
    await live.reload();
    expect(graphs.built).toHaveLength(3);
  });

  test.each([
    ['cannot be read', 'type Query {', /Syntax Error/, []],
    ['has not a field that an operation asks for', 'type Query { weight: Int }', /would break/, ['Title']],
    ['may answer null where it never did', 'type Query { title: String weight: Int }', /would break/, ['Title']],
    [
      'needs an argument that no app gives',
      'type Query { title(in: ID!): String! weight(in: ID!): Int }',
      /would break/,
      ['Title', 'Weight'],
    ],
  ])('that %s is refused with the names of what it breaks, and the one before goes on', async (_what, changed, reason, broken) => {
    const { files, graphs, live } = await start();
    await live.setOperations([title, weight]);
    files.buyer = changed;
    const { buyer } = await live.reload();
    expect(buyer).toMatchObject({ kind: 'refused', reason: expect.stringMatching(reason) });
    expect(buyer.kind === 'refused' && buyer.faults.map(({ name }) => name)).toEqual(broken);
    for (const name of broken) expect(logged.join()).toContain(`${name} (`);
    if (broken.length > 0) expect(logged.join()).toContain('ios 5.2.0');
    expect(await live.current('buyer').operations.get(title.id)?.executable.execute()).toBe(0);
    // Asked again, it is not built again.
    const built = graphs.built.length;
    expect((await live.reload()).buyer).toEqual(buyer);
    expect(graphs.built).toHaveLength(built);
    await until('the refused graph is closed', async () => graphs.built.slice(3).every(({ isClosed }) => isClosed()) || undefined);
  });

  test('that was refused is served once no app has the operation that it breaks', async () => {
    const { files, live } = await start();
    await live.setOperations([title, weight]);
    files.buyer = 'type Query { weight: Int }';
    expect((await live.reload()).buyer.kind).toBe('refused');
    await live.setOperations([weight]);
    expect((await live.reload()).buyer.kind).toBe('reloaded');
  });

  test('that fits an operation which was not served before serves it', async () => {
    const { files, live } = await start();
    const colour = operation('Colour', 'colour');
    expect(await live.setOperations([title, colour])).toHaveLength(1);
    files.buyer = sdl.replace('weight', 'colour: String weight');
    expect((await live.reload()).buyer.kind).toBe('reloaded');
    expect(live.current('buyer').operations.has(colour.id)).toBe(true);
  });

  test('lets a request end on the graph that it began with, and closes that then', async () => {
    let answer = (): void => undefined;
    const { files, graphs, live } = await start({ execute: () => new Promise<void>((resolve) => (answer = resolve)) });
    await live.setOperations([title]);
    const underWay = live.run('buyer', async ({ operations }) => operations.get(title.id)?.executable.execute());
    files.buyer = `${sdl} # another`;
    await live.reload();
    await nextTurn();
    expect(graphs.built[0]?.isClosed()).toBe(false);
    answer();
    expect(await underWay).toBe(0);
    await until('the old graph is closed', async () => graphs.built[0]?.isClosed() || undefined);
  });

  test('no request of a steady stream fails while it is exchanged again and again, and operations are published', async () => {
    const { files, live } = await start({ execute: () => wait(Math.random() * 4) });
    await live.setOperations([title]);
    let sent = 0;
    const failures: unknown[] = [];
    const seen = new Set<number>();
    let streaming = true;
    const client = async (): Promise<void> => {
      while (streaming) {
        sent += 1;
        try {
          const number = await live.run('buyer', async ({ operations }) => {
            await nextTurn();
            return operations.get(title.id)?.executable.execute();
          });
          if (number === undefined) failures.push('the operation was not there');
          else seen.add(number);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    const clients = Array.from({ length: 20 }, client);
    for (let round = 0; round < 10; round += 1) {
      files.buyer = `${sdl} # ${round}`;
      await Promise.all([live.reload(), live.setOperations([title, operation(`More${round}`)])]);
      await wait(10);
    }
    await until('500 requests', async () => (sent >= 500 ? true : undefined));
    streaming = false;
    await Promise.all(clients);
    expect(failures).toEqual([]);
    expect(seen.size).toBeGreaterThan(5);
  });
});

test('files that change are served without being asked, and half-written ones are not', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'supergraphs-'));
  cleanUps.push(() => rm(folder, { recursive: true }));
  const write = async (name: GraphName, text: string): Promise<void> => {
    await writeFile(path.join(folder, 'new'), text);
    await rename(path.join(folder, 'new'), path.join(folder, `${name}.supergraph.graphql`));
  };
  for (const name of graphNames) {
    await write(name, sdl);
    await writeFile(path.join(folder, `${name}.api.graphql`), sdl);
  }
  const supergraphs = openSupergraphFolder(folder);
  const graphs = createTestGraphs();
  const live = await createLiveGraphs({ read: (name) => supergraphs.read(name), build: graphs.build, keptPlans: noKeptPlans, logger });
  await live.setOperations([title]);
  const watch = watchSupergraphs({ folder: supergraphs, reload: () => live.reload(), logger, intervalMs: 10 });
  cleanUps.push(() => live.close());
  cleanUps.push(() => watch.stop());

  const before = live.current('buyer');
  await write('buyer', `${sdl} type`);
  await until('the half-written file is refused', async () => logged.find((line) => line.includes('is refused')));
  expect(live.current('buyer')).toBe(before);
  await write('buyer', `${sdl} type More { id: ID }`);
  await until('the new graph', async () => (live.current('buyer') === before ? undefined : true));
  expect(live.current('buyer').graph.schema.getType('More')).toBeDefined();
});
