/** Operations of the buyer graph against subgraphs that are functions: what is asked, how often, and what comes of it. */
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { getOperationAST, parse } from 'graphql';
import { pino } from 'pino';
import type { Actor } from '@vitrine/runtime/identity';
import type { ExecutableOperation } from '../../src/execution/executable-operation.ts';
import { executionCounts } from '../../src/execution/execution-counts.ts';
import { planOperations } from '../../src/execution/query-plans.ts';
import { loadFederatedGraph, type FederatedGraph } from '../../src/federated-graph.ts';
import { openSupergraphFolder } from '../../src/operations/supergraph-folder.ts';
import type { SubgraphName } from '../../src/graphs.ts';
import { readAnswer, type RawAnswer } from '../../src/subgraph-answer.ts';
import type { CallContext, SubgraphSource } from '../../src/subgraph-source.ts';

interface Asked {
  readonly service: SubgraphName;
  readonly kind: 'query' | 'mutation';
  readonly body: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };
  readonly context: CallContext;
}

const answered = (body: object): RawAnswer => ({ kind: 'answered', status: 200, bytes: Buffer.from(JSON.stringify(body)) });

let asked: Asked[];
let respond: (request: Asked) => Promise<RawAnswer> | RawAnswer;

function sourceOf(service: SubgraphName): SubgraphSource {
  const send: SubgraphSource['send'] = async (kind, body, context) => {
    const request: Asked = { service, kind, body: JSON.parse(body), context };
    asked.push(request);
    return respond(request);
  };
  return {
    send,
    process: async ({ request: { query = '', variables }, context }) =>
      readAnswer(await send('query', JSON.stringify({ query, variables }), context as CallContext)),
    close: async () => undefined,
  };
}

const sources = {
  timeline: sourceOf('timeline'),
  catalog: sourceOf('catalog'),
  checkout: sourceOf('checkout'),
  'payment-vault': sourceOf('payment-vault'),
  'seller-eligibility': sourceOf('seller-eligibility'),
};
const logger = pino({ level: 'silent' });
let supergraphSdl: string;
let publicSdl: string;
let graph: FederatedGraph;

beforeAll(async () => {
  const files = await openSupergraphFolder().read('buyer');
  if (files.publicSdl === undefined) throw new Error('the schema of the clients is missing');
  supergraphSdl = files.supergraphSdl;
  publicSdl = files.publicSdl;
  graph = await loadFederatedGraph({ name: 'buyer', supergraphSdl, publicSdl, sources, logger });
});
beforeEach(() => {
  asked = [];
});

function prepared(source: string, of = graph, operationName?: string): ExecutableOperation {
  const document = parse(source, { noLocation: true });
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('no operation');
  return of.prepare({ source, document, operation });
}

const buyer = (number: number): Actor => ({ role: 'buyer', accountId: `usr_${number}`, country: 'US' });
const by = (number: number) => ({ actor: buyer(number), requestId: `request of ${number}` });
const productRead = prepared.bind(null, 'query Read($id: ID!) { product(id: $id) { id title } }');
const product = { data: { product: { id: 'prd_1', title: 'Mug' } } };

/** Answers that wait until they are let go. */
function held(answer: object) {
  const waiting: (() => void)[] = [];
  respond = () => new Promise((resolve) => waiting.push(() => resolve(answered(answer))));
  return { release: () => waiting.splice(0).forEach((go) => go()) };
}

describe('the same read at the same time', () => {
  test('by one viewer is asked once; each gets the answer', async () => {
    const read = productRead();
    const { release } = held(product);
    const answers = Promise.all([read.execute({ id: 'prd_1' }, by(1)), read.execute({ id: 'prd_1' }, by(1))]);
    release();
    expect((await answers).map(({ body }) => JSON.parse(body))).toEqual([product, product]);
    expect(asked).toHaveLength(1);
  });

  test('by two viewers is asked twice, each time for the one who asks', async () => {
    const read = productRead();
    const { release } = held(product);
    const answers = Promise.all([read.execute({ id: 'prd_1' }, by(1)), read.execute({ id: 'prd_1' }, by(2))]);
    release();
    await answers;
    expect(asked.map(({ context }) => context.actor)).toEqual([buyer(1), buyer(2)]);
  });

  test('with other variables is another read', async () => {
    const read = productRead();
    const { release } = held(product);
    const answers = Promise.all([read.execute({ id: 'prd_1' }, by(1)), read.execute({ id: 'prd_2' }, by(1))]);
    release();
    await answers;
    expect(asked).toHaveLength(2);
  });

  test('is not shared with one that began before the viewer changed something', async () => {
    const read = productRead();
    const follow = prepared('mutation Follow($input: FollowAccountInput!) { followAccount(input: $input) { __typename } }');
    const { release } = held(product);
    const before = read.execute({ id: 'prd_1' }, by(1));
    respond = () => answered({ data: { followAccount: { __typename: 'FollowAccountSuccess' } } });
    await follow.execute({ input: {} }, by(1));
    respond = () => answered({ data: { product: { id: 'prd_1', title: 'Cup' } } });
    const after = await read.execute({ id: 'prd_1' }, by(1));
    release();
    await before;
    expect(JSON.parse(after.body)).toEqual({ data: { product: { id: 'prd_1', title: 'Cup' } } });
  });
});

test('the same mutation at the same time is sent as often as it was asked for', async () => {
  const follow = prepared('mutation Follow($input: FollowAccountInput!) { followAccount(input: $input) { __typename } }');
  const { release } = held({ data: { followAccount: { __typename: 'FollowAccountSuccess' } } });
  const answers = Promise.all([follow.execute({ input: {} }, by(1)), follow.execute({ input: {} }, by(1))]);
  release();
  await answers;
  expect(asked.map(({ kind }) => kind)).toEqual(['mutation', 'mutation']);
});

describe('a page of posts', () => {
  const posts = prepared.bind(
    null,
    'query Page { viewer { homeTimeline(first: 3) { edges { node { id product { id title price { amountMinor } oneTapTotal { amountMinor } } } } } } }',
  );
  const node = (number: number, id: string) => ({ node: { id: `pst_${number}`, product: { __typename: 'Product', id } } });
  const page = { data: { viewer: { homeTimeline: { edges: [node(1, 'prd_1'), node(2, 'prd_2'), node(3, 'prd_1')] } } } };
  const title = (id: string) => ({ title: `title of ${id}`, price: { amountMinor: 5, currency: 'USD' } });
  const idsOf = (request: Asked): readonly string[] =>
    (request.body.variables['representations'] as readonly { id: string }[]).map(({ id }) => id);

  test('asks for a product once, though two posts show it, and puts it into both', async () => {
    respond = (request) => {
      if (request.service === 'timeline') return answered(page);
      return answered({
        data: { _entities: idsOf(request).map((id) => (request.service === 'catalog' ? title(id) : { oneTapTotal: { amountMinor: 7 } })) },
      });
    };
    const { body } = await posts().execute({}, by(1));
    expect(asked.slice(1).map(idsOf)).toEqual([
      ['prd_1', 'prd_2'],
      ['prd_1', 'prd_2'],
    ]);
    const edges = JSON.parse(body).data.viewer.homeTimeline.edges as readonly { node: { product: unknown } }[];
    expect(edges.map(({ node: { product: shown } }) => shown)).toEqual(
      ['prd_1', 'prd_2', 'prd_1'].map((id) => ({
        id,
        title: `title of ${id}`,
        price: { amountMinor: 5 },
        oneTapTotal: { amountMinor: 7 },
      })),
    );
  });

  test('an error of a product that two posts show is told of both', async () => {
    respond = (request) =>
      request.service === 'timeline'
        ? answered(page)
        : answered({
            data: { _entities: [null, title('prd_2')] },
            errors: [{ message: 'Gone.', path: ['_entities', 0, 'title'], extensions: { code: 'NOT_FOUND' } }],
          });
    const { errors } = JSON.parse((await posts().execute({}, by(1))).body);
    const path = (index: number) => ['viewer', 'homeTimeline', 'edges', index, 'node', 'product', 'title'];
    expect((errors as readonly { path: unknown }[]).map((error) => error.path).slice(0, 2)).toEqual([path(0), path(2)]);
  });

  test('is there without products while catalog is away; nobody is asked about products of which nothing is known', async () => {
    respond = ({ service }) => (service === 'timeline' ? answered(page) : { kind: 'away' });
    const { body, executed } = await posts().execute({}, by(1));
    const { data, errors } = JSON.parse(body);
    expect(executed).toBe(true);
    expect(data.viewer.homeTimeline.edges.map((edge: { node: unknown }) => edge.node)).toEqual(
      [1, 2, 3].map((number) => ({ id: `pst_${number}`, product: null })),
    );
    expect(errors).toEqual([
      { message: expect.any(String), extensions: { code: 'UNAVAILABLE', service: 'catalog', requestId: 'request of 1' } },
    ]);
    expect(asked.map(({ service }) => service)).toEqual(['timeline', 'catalog']);
  });

  test('an answer that gives fewer entities than were asked for costs its part', async () => {
    respond = ({ service }) => (service === 'timeline' ? answered(page) : answered({ data: { _entities: [title('prd_1')] } }));
    const { data, errors } = JSON.parse((await posts().execute({}, by(1))).body);
    expect(data.viewer.homeTimeline.edges[0].node.product).toBeNull();
    expect(errors[0].extensions.code).toBe('INTERNAL');
  });
});

test('an operation that asks nobody is answered', async () => {
  expect((await prepared('{ __typename }').execute({}, by(1))).body).toBe('{"data":{"__typename":"Query"}}');
  expect(asked).toEqual([]);
});

test.each([
  ['compiled', 'product(id: "p") { id @include(if: $if) title }'],
  ['fallback', '__type(name: "Money") { name @skip(if: $if) }'],
])('a condition that is null is refused as what the client sent, and nobody is asked (%s)', async (mode, selection) => {
  const read = prepared(`query Read($if: Boolean = true) { ${selection} }`);
  expect(read.mode).toBe(mode);
  const { body, executed } = await read.execute({ if: null }, by(1));
  expect(executed).toBe(true);
  expect(JSON.parse(body)).toEqual({
    data: null,
    errors: [{ message: expect.stringContaining('"$if"'), extensions: { code: 'BAD_USER_INPUT', requestId: 'request of 1' } }],
  });
  expect(asked).toEqual([]);
});

test.each([
  ['conditions', 'query Other($if: Boolean!) { product(id: "p") { ...Part } } fragment Part on Product { title @include(if: $if) }'],
  ['introspection', 'query Other { ...Part } fragment Part on Query { __type(name: "Money") { name } }'],
])('%s in what another operation of the same text reaches are nothing to this one', async (_name, other) => {
  respond = () => answered({ data: { product: { id: 'prd_1' } } });
  const read = prepared(`query Read { product(id: "prd_1") { ...Own } } fragment Own on Product { id } ${other}`, graph, 'Read');
  expect(read.mode).toBe('compiled');
  expect(await read.execute({}, by(1))).toEqual({ executed: true, body: '{"data":{"product":{"id":"prd_1"}}}' });
});

test('what is not compiled is left to the executor, and counted', async () => {
  const before = executionCounts().buyer;
  const introspection = prepared('{ __type(name: "Money") { name } product(id: "prd_1") { id } }');
  respond = () => answered({ data: { product: { id: 'prd_1' } } });
  expect(introspection.mode).toBe('fallback');
  const { body } = await introspection.execute({}, by(1));
  expect(JSON.parse(body)).toEqual({ data: { __type: { name: 'Money' }, product: { id: 'prd_1' } } });
  await productRead().execute({ id: 'prd_1' }, by(1));
  const after = executionCounts().buyer;
  expect([after.fallback - before.fallback, after.compiled - before.compiled]).toEqual([1, 1]);
});

describe('plans that were made beforehand', () => {
  const source = 'query Known { product(id: "prd_1") { id } }';
  const plansOf = (sdl: string) => {
    const plans = planOperations(sdl, [parse(source)]);
    // Told apart from what the planner would plan now.
    return JSON.parse(JSON.stringify(plans).replaceAll('prd_1', 'stored')) as typeof plans;
  };
  const queryOf = async (plans: ReturnType<typeof plansOf>, text: string): Promise<string | undefined> => {
    const loaded = await loadFederatedGraph({ name: 'buyer', supergraphSdl, publicSdl, plans, sources, logger });
    respond = () => answered({ data: { product: { id: 'prd_1' } } });
    await prepared(text, loaded).execute({}, by(1));
    return asked[0]?.body.query;
  };

  test('are used, for the same operation in another layout too', async () => {
    expect(await queryOf(plansOf(supergraphSdl), '# a comment\nquery Known {\n  product(id: "prd_1") { id, }\n}')).toContain('stored');
  });
  test('are not used for another operation', async () => {
    expect(await queryOf(plansOf(supergraphSdl), source.replace('Known', 'Unknown'))).toContain('prd_1');
  });
  test('are not used when the supergraph is another one', async () => {
    expect(await queryOf({ ...plansOf(supergraphSdl), supergraphHash: 'of another' }, source)).toContain('prd_1');
  });
});
