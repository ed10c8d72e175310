/** The operations of the pages against the committed supergraphs: each is valid for its graph and can be planned. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  buildSchema,
  getOperationAST,
  isEnumType,
  isInputObjectType,
  isNonNullType,
  Kind,
  parse,
  typeFromAST,
  validate,
  type GraphQLInputType,
  type GraphQLSchema,
  type NamedTypeNode,
} from 'graphql';
import { pino } from 'pino';
import { loadFederatedGraph, type FederatedGraph } from '../src/federated-graph.ts';
import { graphNames, type GraphName } from '../src/graphs.ts';
import { exceededLimit } from '../src/operation-limits.ts';
import { openSupergraphFolder } from '../src/operations/supergraph-folder.ts';
import type { PublicFault } from '../src/public-errors.ts';
import type { SubgraphSource } from '../src/subgraph-source.ts';

const folder = new URL('../pages/operations/', import.meta.url);
const files = (['buyer', 'partner'] as const).flatMap((graph) =>
  readdirSync(new URL(`${graph}/`, folder)).map((file) => [graph, file] as const),
);
const textOf = (graph: GraphName, file: string): string => readFileSync(new URL(`${graph}/${file}`, folder), 'utf8');

let asked = 0;
const counting: SubgraphSource = {
  async send() {
    asked += 1;
    return { kind: 'away' };
  },
  process: async () => ({ errors: [{ message: 'not here', extensions: { code: 'UNAVAILABLE' } }] }),
  close: async () => undefined,
};
const sources = { timeline: counting, catalog: counting, checkout: counting, 'payment-vault': counting, 'seller-eligibility': counting };
const graphs = new Map<GraphName, FederatedGraph>();
const publicSchemas = new Map<GraphName, GraphQLSchema>();

beforeAll(async () => {
  const folderOfGraphs = openSupergraphFolder();
  for (const name of graphNames) {
    const { supergraphSdl, publicSdl } = await folderOfGraphs.read(name);
    if (publicSdl === undefined) throw new Error('the schema of the clients is missing');
    graphs.set(
      name,
      // Without what is derived from it: its own schema and plans are what is looked at.
      await loadFederatedGraph({ name, supergraphSdl, sources, logger: pino({ level: 'silent' }) }),
    );
    publicSchemas.set(name, buildSchema(publicSdl));
  }
});
afterAll(() => Promise.all([...graphs.values()].map((graph) => graph.close())));

describe.each(files)('%s/%s', (graph, file) => {
  const source = textOf(graph, file);
  const document = parse(source);

  test('fits the graph, within the limits', () => {
    const schema = publicSchemas.get(graph);
    expect(schema === undefined ? 'no schema' : validate(schema, document)).toEqual([]);
    expect(exceededLimit(document)).toBeNull();
  });

  test('is one named operation in a file', () => {
    expect(
      document.definitions.map((definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.name !== undefined),
    ).toEqual([true]);
  });

  test('asks each member of a result union for the sentence that the page shows', () => {
    if (!source.startsWith('mutation') && !source.includes('\nmutation')) return;
    expect(source).toContain('__typename');
    expect(source).toMatch(/\.\.\. on UserError \{\s+message/);
  });

  test('can be planned and executed', async () => {
    const federated = graphs.get(graph);
    const operation = getOperationAST(document);
    if (federated === undefined || !operation) throw new Error('nothing to execute');
    const variables = Object.fromEntries(
      (operation.variableDefinitions ?? []).map(({ variable, type }) => [
        variable.name.value,
        sampleOf(typeFromAST(federated.schema, type as NamedTypeNode) as GraphQLInputType | undefined),
      ]),
    );
    asked = 0;
    const { body } = await federated
      .prepare({ source, document, operation })
      .execute(variables, { actor: { role: 'service' }, requestId: 'test' });
    const result = JSON.parse(body) as { readonly errors?: readonly PublicFault[] };
    // An operation that could not be planned would have asked nobody, and be INTERNAL.
    expect([asked, result.errors?.map(({ extensions }) => extensions.code)]).toEqual([1, ['UNAVAILABLE']]);
  });
});

/** The least that fits an input type. */
function sampleOf(type: GraphQLInputType | undefined): unknown {
  if (!isNonNullType(type)) return null;
  const { ofType } = type;
  if (isInputObjectType(ofType))
    return Object.fromEntries(
      Object.values(ofType.getFields()).flatMap((field) =>
        isNonNullType(field.type) && field.defaultValue === undefined ? [[field.name, sampleOf(field.type)]] : [],
      ),
    );
  if (isEnumType(ofType)) return ofType.getValues()[0]?.name;
  return 'name' in ofType && ofType.name === 'Int' ? 1 : 'sample';
}

test('no two operations of a graph have the same name, so that each can be listed by it', () => {
  const names = files.map(([graph, file]) => `${graph}:${/(?:query|mutation) (\w+)/.exec(textOf(graph, file))?.[1]}`);
  expect(new Set(names).size).toBe(names.length);
});

test('the schema that the planner serves is the one that was composed for clients', () => {
  for (const name of graphNames) {
    const planned = Object.keys(graphs.get(name)?.schema.getTypeMap() ?? {}).filter((type) => !type.startsWith('__'));
    const composed = Object.keys(publicSchemas.get(name)?.getTypeMap() ?? {}).filter((type) => !type.startsWith('__'));
    const builtIn = new Set(['Boolean', 'Float', 'ID', 'Int', 'String']);
    expect(planned.filter((type) => !builtIn.has(type)).toSorted()).toEqual(composed.filter((type) => !builtIn.has(type)).toSorted());
  }
});
