/** `ops operations` as people run it, against the gateway's database. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { readBuiltInOperations } from '@vitrine/gateway/operations/built-in-operations';
import { createOperationStore, type OperationStore } from '@vitrine/gateway/operations/operation-store';
import { operationIdOf } from '@vitrine/gateway/operations/manifest';
import { createPlanStore } from '@vitrine/gateway/operations/plan-store';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { createLogger } from '@vitrine/runtime/telemetry';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { composeGraph, subgraphSdl } from '../src/compose.ts';
import type { OperationsCheck } from '../src/check-operations.ts';
import { CommandError, StackNotRunningError, UsageError } from '../src/command.ts';
import { committedSupergraphs, openOperationGraphs } from '../src/operation-graphs.ts';
import { createOperationsCommand } from '../src/operations.ts';

const wallet = 'query Wallet($first: Int!) { viewer { id disclosures(first: $first) { edges { node { id } } } } }';
const product = 'query OneProduct($id: ID!) { product(id: $id) { id title description } }';
const picture = 'query Picture($id: ID!) { product(id: $id) { image { url } } }';
const account = 'query OneAccount { account(handle: "ada") { id } }';
const place = 'mutation Place($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename ... on UserError { message } } }';

let folder: string;
let database: TestDatabase;
let pool: Pool;
let store: OperationStore;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'operations-'));
  database = await createTestDatabase('gateway');
  pool = createPool({ url: database.url, size: 2, name: 'test', logger: createLogger({ name: 'test', level: 'silent' }) });
  store = createOperationStore(pool);
});
afterEach(async () => {
  await pool.query('truncate operations, operation_publications, operation_uses, operation_planning, operation_plans');
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  await rm(folder, { recursive: true });
});

/** Runs the command; `error` is what it ended with. */
async function ops(...args: readonly string[]): Promise<{ readonly out: string; readonly err: string; readonly error: unknown }> {
  return opsWith({ DATABASE_URL_GATEWAY: database.url }, ...args);
}

async function opsWith(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  let [out, err] = ['', ''];
  const command = createOperationsCommand(() => undefined);
  const error: unknown = await command
    .run(args, {
      env,
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      interactive: false,
      signal: new AbortController().signal,
    })
    .then(
      () => undefined,
      (failure: unknown) => failure,
    );
  return { out, err, error };
}

/** Writes a manifest of these texts. @returns its path */
async function manifest(...bodies: readonly string[]): Promise<string> {
  const operations = bodies.map((body) => {
    const [, type, name] = /^(query|mutation) (\w+)/.exec(body) ?? [];
    return { id: operationIdOf(body), name, type, body };
  });
  return write('manifest.json', JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }));
}

async function write(file: string, text: string): Promise<string> {
  await writeFile(path.join(folder, file), text);
  return path.join(folder, file);
}

/** The supergraphs of this checkout with changes of catalog's schema that buyers see. @returns their folder */
async function supergraphs(...changes: readonly (readonly [string, string])[]): Promise<string> {
  const { supergraphSdl } = composeGraph('buyer', (name) => {
    let sdl = subgraphSdl(name);
    if (name !== 'catalog') return sdl;
    for (const [from, to] of changes) {
      if (!sdl.includes(from)) throw new Error(`catalog's schema has no ${from}`);
      sdl = sdl.replace(from, to);
    }
    return sdl;
  });
  await write('buyer.supergraph.graphql', supergraphSdl);
  for (const file of ['partner.supergraph.graphql', 'ops.supergraph.graphql'])
    await copyFile(path.join(committedSupergraphs, file), path.join(folder, file));
  return folder;
}

const use = (body: string, version: string, uses: number) => ({
  day: new Date().toISOString().slice(0, 10),
  graph: 'buyer' as const,
  operationId: operationIdOf(body),
  platform: 'ios',
  version,
  uses,
  failures: 1,
});

describe('publishing a manifest', () => {
  test('stores every operation for the app version; the same again changes nothing', async () => {
    const file = await manifest(wallet, product);
    expect(await ops('publish', file, '--app', 'ios', '--version', '5.2')).toMatchObject({
      error: undefined,
      out: 'ios 5.2.0 has 2 operations on the buyer graph: 2 new for it, 2 new altogether.',
    });
    expect((await ops('publish', file, '--app', 'ios', '--version', '5.2.0')).out).toBe(
      'ios 5.2.0 had all 2 operations on the buyer graph already.',
    );
    expect((await store.load()).operations.map(({ body, apps }) => [body, apps])).toEqual(
      expect.arrayContaining([
        [wallet, [{ platform: 'ios', version: '5.2.0' }]],
        [product, [{ platform: 'ios', version: '5.2.0' }]],
      ]),
    );
  });

  test('leaves the plans of its operations for the supergraph of this checkout to the gateway, and deletes those of old ones', async () => {
    const planner = await openOperationGraphs(committedSupergraphs)('buyer');
    const planning = { graph: 'buyer', planningHash: planner.planningHash } as const;
    await pool.query(
      `insert into operation_planning values ('buyer', repeat('a', 64), current_date - 29), ('buyer', repeat('b', 64), current_date - 32)`,
    );
    await ops('publish', await manifest(wallet, product), '--app', 'ios', '--version', '5.2.0');
    const stored = await createPlanStore(pool).load(planning, [operationIdOf(wallet), operationIdOf(product)]);
    const planOf = (text: string, name: string) => ({
      operationId: operationIdOf(text),
      textHash: operationIdOf(text),
      plan: planner.plan(parse(text, { noLocation: true }), name),
    });
    expect(stored).toHaveLength(2);
    expect(stored).toEqual(expect.arrayContaining([planOf(wallet, 'Wallet'), planOf(product, 'OneProduct')]));
    const { rows } = await pool.query<{ planning_hash: string }>('select planning_hash from operation_planning');
    expect(rows.map(({ planning_hash: hash }) => hash).toSorted()).toEqual(['a'.repeat(64), planner.planningHash].toSorted());
  });

  test('names everything in it that does not fit the graph, and stores nothing of it', async () => {
    const file = await manifest(wallet, 'query Colour { viewer { colour } }', 'query Tree { product(id: 1) { price } }');
    const { error } = await ops('publish', file, '--app', 'ios', '--version', '5.2.0');
    expect(error).toBeInstanceOf(CommandError);
    expect(String(error)).toMatch(
      /nothing was stored\.\n- Colour: Cannot query field "colour"[^\n]*\n- Tree: [^\n]*must have a selection of subfields/,
    );
    expect((await store.load()).operations).toEqual([]);
  });

  test('for a graph that has not what it asks for is refused', async () => {
    const { error } = await ops('publish', await manifest(place), '--app', 'ios', '--version', '5.2.0', '--graph', 'partner');
    expect(String(error)).toMatch(/does not fit the partner graph/);
  });

  test('with an id that has another text than before is refused by the name of the operation', async () => {
    const entry = { id: 'wallet', name: 'Wallet', type: 'query', body: wallet };
    const file = (body: string) =>
      write('ids.json', JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations: [{ ...entry, body }] }));
    expect((await ops('publish', await file(wallet), '--app', 'ios', '--version', '5.2.0')).error).toBeUndefined();
    const { error } = await ops('publish', await file(`${wallet} `), '--app', 'android', '--version', '5.2.0');
    expect(String(error)).toMatch(/- Wallet: its id wallet was published with another text/);
  });

  test('that is no manifest says what it has to be', async () => {
    const { error } = await ops('publish', await write('list.json', '{"abc":"query A { a }"}'), '--app', 'ios', '--version', '5.2.0');
    expect(String(error)).toMatch(/format has to be "apollo-persisted-query-manifest"/);
  });
});

test('the manifest of a folder of .graphql files can be published as it is', async () => {
  const source = await mkdtemp(path.join(folder, 'app-'));
  await writeFile(path.join(source, 'wallet.graphql'), `# The wallet.\n${wallet}\n`);
  await writeFile(path.join(source, 'product.graphql'), product);
  const { out } = await opsWith({}, 'manifest', source);
  const published = await ops('publish', await write('written.json', out), '--app', 'android', '--version', '1.0.0', '--json');
  expect(JSON.parse(published.out)).toMatchObject({ operations: 2, newForApp: 2, app: { platform: 'android', version: '1.0.0' } });
  await writeFile(path.join(source, 'broken.graphql'), 'query {');
  expect(String((await opsWith({}, 'manifest', source)).error)).toMatch(/broken\.graphql: line 1/);
});

describe('a check of the published operations', () => {
  test('passes with the schemas of this checkout, the files of the gateway among them', async () => {
    await ops('publish', await manifest(wallet, product), '--app', 'ios', '--version', '5.2.0');
    const { out, error } = await ops('check', '--json');
    expect(error).toBeUndefined();
    expect(JSON.parse(out)).toMatchObject({ broken: [] });
    expect(JSON.parse(out).checked).toBeGreaterThan(30);
  });

  test('names what a schema would break, with its apps and their use, and fails; with a list of before it needs no database', async () => {
    await ops('publish', await manifest(wallet, product, picture, account), '--app', 'ios', '--version', '5.1.0');
    await ops('publish', await manifest(product), '--app', 'ios', '--version', '5.2.0');
    await store.addUses([use(product, '5.2.0', 41), use(product, '5.1.0', 1)]);
    const list = await write('listed.json', (await ops('list', '--json')).out);
    const changed = await supergraphs(
      ['"Plain text, up to 5000 characters."\n  description: String!', ''],
      ['image: ProductImage!', 'image: ProductImage'],
      ['id: ID!): Product', 'id: ID!, market: ID = "US"): Product'],
    );
    const { out, error } = await opsWith({}, 'check', '--from', list, '--supergraphs', changed, '--json');
    expect(error).toBeInstanceOf(CommandError);
    const { broken } = JSON.parse(out) as OperationsCheck;
    expect(broken.filter(({ apps }) => apps.length > 0)).toEqual(
      [
        {
          graph: 'buyer',
          id: operationIdOf(picture),
          name: 'Picture',
          isOwnFile: false,
          apps: [{ platform: 'ios', version: '5.1.0', uses: 0 }],
          reasons: ['Product.image was ProductImage! and is ProductImage: apps cannot read it any more.'],
        },
        {
          graph: 'buyer',
          id: operationIdOf(product),
          name: 'OneProduct',
          isOwnFile: false,
          apps: expect.arrayContaining([
            { platform: 'ios', version: '5.1.0', uses: 1 },
            { platform: 'ios', version: '5.2.0', uses: 41 },
          ]),
          reasons: ['Cannot query field "description" on type "Product".'],
        },
      ].toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    );
    // One of the gateway's own files.
    expect(broken.find(({ name }) => name === 'Post')?.apps).toEqual([]);
    expect(String((await opsWith({}, 'check', '--from', await write('other.json', '{}'))).error)).toMatch(/is not what/);
  });

  test("holds the gateway's own files to what they could read before, names the apps that use them, and what is used and unknown", async () => {
    const own = (await readBuiltInOperations()).find(({ graph, body }) => graph === 'buyer' && /\bimage\b/.test(body));
    if (own === undefined) throw new Error('No file reads an image');
    const gone = 'query Gone { a }';
    await store.addUses([use(own.body, '5.2.0', 41), use(gone, '4.0.0', 2)]);
    const changed = await supergraphs(['image: ProductImage!', 'image: ProductImage']);
    const { broken, unchecked } = JSON.parse((await ops('check', '--supergraphs', changed, '--json')).out) as OperationsCheck;
    expect(broken.find(({ id }) => id === own.id)).toEqual({
      graph: 'buyer',
      id: own.id,
      name: own.name,
      isOwnFile: true,
      apps: [{ platform: 'ios', version: '5.2.0', uses: 41 }],
      reasons: ['Product.image was ProductImage! and is ProductImage: apps cannot read it any more.'],
    });
    expect(unchecked).toEqual([{ graph: 'buyer', id: operationIdOf(gone), apps: [{ platform: 'ios', version: '4.0.0', uses: 2 }] }]);
    const { out, error } = await ops('check');
    expect(error).toBeUndefined();
    expect(out).toMatch(/can go on as they are\.\nNot checked, .*\nbuyer \(\w+\)\n {2}ios 4\.0\.0: used 2 times/);
  });

  test('says so for people, and lets an operation go that only retired app versions had', async () => {
    await ops('publish', await manifest(product), '--app', 'ios', '--version', '5.1.0');
    const changed = await supergraphs(['id: ID!): Product', 'id: ID!, market: ID!): Product']);
    const before = await ops('check', '--supergraphs', changed);
    expect(before.out).toContain(
      `buyer OneProduct (${operationIdOf(product).slice(0, 12)})\n  ios 5.1.0: used 0 times in the last 30 days\n  - Field "product" argument "market" of type "ID!" is required`,
    );
    expect(String(before.error)).toMatch(/operations would break/);
    expect((await ops('retire', 'ios', '5.1')).error).toBeUndefined();
    expect((await ops('check', '--supergraphs', changed)).out).not.toContain('OneProduct');
  });
});

test('usage is told by operation and app version, with what is deprecated', async () => {
  await ops('publish', await manifest(product), '--app', 'ios', '--version', '5.2.0');
  await store.addUses([use(product, '5.2.0', 7), use(product, '5.1.0', 9), use('query Gone { a }', '4.0.0', 1)]);
  const { out } = await ops(
    'usage',
    '--supergraphs',
    await supergraphs(['title: String!', 'title: String! @deprecated(reason: "Say name.")']),
  );
  expect(out).toContain(`buyer OneProduct (${operationIdOf(product).slice(0, 12)})\n  ios 5.1.0: 9, 1 failed, last on`);
  expect(out).toMatch(/ios 5\.2\.0: 7, 1 failed[^\n]*\n {2}deprecated: The field Product\.title is deprecated\. Say name\./);
  expect(out).toContain('not published any more');
});

test('an app version that is still used is retired by force only', async () => {
  await ops('publish', await manifest(wallet), '--app', 'ios', '--version', '5.2.0');
  await store.addUses([use(wallet, '5.2.0', 3)]);
  expect(String((await ops('retire', 'ios', '5.2.0')).error)).toMatch(/was used 3 times in the last 30 days/);
  expect((await store.load()).operations).toHaveLength(1);
  expect((await ops('retire', 'ios', '5.2.0', '--force')).out).toMatch(/is retired with 1 operations/);
  expect((await store.load()).operations).toEqual([]);
  expect(String((await ops('retire', 'ios', '5.2.0')).error)).toMatch(/Nothing of ios 5\.2\.0 is in force/);
});

test('a build of a version counts as used when any build of it was', async () => {
  await ops('publish', await manifest(product), '--app', 'ios', '--version', '5.2.0+431');
  await store.addUses([use(product, '5.2.0', 3), use(product, '5.2.0+430', 4), use(product, '5.2.1', 5)]);
  expect(String((await ops('retire', 'ios', '5.2.0+431')).error)).toMatch(/was used 7 times in the last 30 days/);
  const changed = await supergraphs(['id: ID!): Product', 'id: ID!, market: ID!): Product']);
  const { broken } = JSON.parse((await ops('check', '--supergraphs', changed, '--json')).out) as OperationsCheck;
  expect(broken.find(({ id }) => id === operationIdOf(product))?.apps).toEqual([{ platform: 'ios', version: '5.2.0+431', uses: 7 }]);
});

test.each([
  [[], /Say what to do/],
  [['delete'], /There is no delete/],
  [['toString'], /There is no toString/],
  [['publish'], /publish needs the file/],
  [['publish', 'a'], /--app and --version/],
  [['publish', 'a', '--app', 'windows', '--version', '1.0.0'], /ios or android/],
  [['publish', 'a', '--app', 'ios', '--version', 'new'], /Semantic Versioning/],
  [['publish', 'a', '--app', 'ios', '--version', '1.0.0', '--graph', 'all'], /--graph has to be/],
  [['publish', 'a', 'b', '--app', 'ios', '--version', '1.0.0'], /a word too many: b/],
  [['usage', '--days', '0'], /--days/],
  [['list', '--force'], /--force does not go with list/],
  [['check', '--nothing'], /nothing/],
])('wrong arguments are told: %j', async (args, sentence) => {
  const { error } = await ops(...args);
  expect(error).toBeInstanceOf(UsageError);
  expect(String(error)).toMatch(sentence);
});

test('without a stack and a database it says what to start', async () => {
  expect((await opsWith({}, 'list')).error).toBeInstanceOf(StackNotRunningError);
  const { error } = await opsWith({ DATABASE_URL_GATEWAY: 'postgres://nobody@127.0.0.1:1/gateway' }, 'list');
  expect(String(error)).toMatch(/cannot be reached/);
});
