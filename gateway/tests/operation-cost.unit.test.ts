/** What operations cost: by hand-counted examples over the real schemas. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  buildSchema,
  getOperationAST,
  isInterfaceType,
  isObjectType,
  parse,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { graphNames } from '../src/graphs.ts';
import {
  createOperationCost,
  fieldCosts,
  introspectionCost,
  maxOperationCost,
  mutationCost,
  rootFieldsOf,
  unpagedListLength,
} from '../src/limits/operation-cost.ts';

const schemas: readonly GraphQLSchema[] = graphNames.map((name) =>
  buildSchema(readFileSync(new URL(`../supergraphs/generated/${name}.api.graphql`, import.meta.url), 'utf8')),
);
const [buyer, partner] = schemas as [GraphQLSchema, GraphQLSchema];

const read = (source: string): [OperationDefinitionNode, ReturnType<typeof parse>] => {
  const document = parse(source);
  return [getOperationAST(document) as OperationDefinitionNode, document];
};
const costOf = (source: string, variables = {}, schema = buyer): number => createOperationCost(schema)(...read(source))(variables);

describe('the cost of an operation', () => {
  test('scalars are free, and the least is 1', () => {
    expect(costOf('{ __typename }')).toBe(1);
    expect(costOf('{ viewer { id a: id b: id } }')).toBe(1);
  });

  test('each object is 1, in each place where a fragment is spread, and under each alias', () => {
    expect(costOf('{ viewer { account { id } } }')).toBe(2);
    expect(costOf('{ a: viewer { ...V } b: viewer { ... on Viewer { ...V } } } fragment V on Viewer { account { id } }')).toBe(4);
  });

  test('what is on a page counts for each entry: as many as asked, 20 when nothing is, never more than 100', () => {
    const timeline = (first: string): string =>
      `query A($n: Int!) { viewer { homeTimeline${first} { edges { node { author { id } } } pageInfo { endCursor } } } }`;
    const expected = (entries: number): number => 1 + 1 + entries * 3 + 1;
    expect(costOf(timeline('(first: 7)'))).toBe(expected(7));
    expect(costOf(timeline(''))).toBe(expected(20));
    expect(costOf(timeline('(first: 100000)'))).toBe(expected(100));
    expect(costOf(timeline('(first: $n)'), { n: 3 })).toBe(expected(3));
    expect(costOf(timeline('(first: $n)'), { n: 5_000 })).toBe(expected(100));
    for (const n of [-1, null, undefined, 'many', Number.NaN]) expect(costOf(timeline('(first: $n)'), { n })).toBe(expected(100));
  });

  test('a page in a page multiplies, by variables of each', () => {
    const tree = buildSchema('type Query { root: Node } type Node { name: String, children(first: Int! = 20): [Node!]! }');
    const nested = 'query A($outer: Int!, $inner: Int!) { root { children(first: $outer) { name children(first: $inner) { name } } } }';
    expect(costOf(nested, { outer: 10, inner: 4 }, tree)).toBe(1 + 10 * (1 + 4));
    expect(costOf(nested, { outer: 100, inner: 100 }, tree)).toBeGreaterThan(maxOperationCost.partner);
  });

  test('a list without pages counts as a few', () => {
    expect(costOf('{ viewer { paymentMethods { id } } }')).toBe(1 + unpagedListLength);
  });

  test('mutations and fields that are work cost more, as often as they are selected', () => {
    const follow = 'followAccount(input: { accountId: "a" }) { __typename }';
    expect(costOf(`mutation { ${follow} }`)).toBe(mutationCost + 1);
    expect(costOf(`mutation { a: ${follow} b: ${follow} }`)).toBe(2 * (mutationCost + 1));
    expect(costOf('{ product(id: "a") { oneTapTotal { amountMinor } } }')).toBe(1 + (fieldCosts['Product.oneTapTotal'] ?? 0) + 1);
  });

  test('introspection has a price of its own', () => {
    expect(costOf('{ __schema { types { fields { type { name } } } } }')).toBe(introspectionCost);
  });

  test('what the document does not have costs nothing and breaks nothing', () => {
    expect(costOf('{ nothing { at { all } } ...Missing }')).toBe(1);
  });

  test('every field that has a price of its own is one of a graph', () => {
    const unknown = Object.keys(fieldCosts).filter((coordinate) => {
      const [typeName = '', fieldName = ''] = coordinate.split('.');
      return !schemas.some((schema) => {
        const type = schema.getType(typeName);
        return (isObjectType(type) || isInterfaceType(type)) && fieldName in type.getFields();
      });
    });
    expect(unknown).toEqual([]);
  });

  test('a feed is dearer than any other mutation', () => {
    expect(costOf('mutation { importProducts(input: {}) { __typename } }', {}, partner)).toBe(
      (fieldCosts['Mutation.importProducts'] ?? 0) + 1,
    );
  });
});

test('root fields are found through fragments, as often as they are selected', () => {
  const source = 'mutation { a: placeOrder ...F ... on Mutation { b: placeOrder } } fragment F on Mutation { undoOrder }';
  expect(rootFieldsOf(...read(source))).toEqual(['placeOrder', 'undoOrder', 'placeOrder']);
});
