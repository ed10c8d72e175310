/** Which changes of a schema break an operation, and which do not. */
import { describe, expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { checkOperation, deprecationsOf } from '../../src/operations/operation-check.ts';
import { shapeBreaks, shapeOf } from '../../src/operations/operation-shape.ts';

const sdl = `
  type Query {
    product(id: ID!): Product
    products(filter: Filter, first: Int): [Product!]!
  }
  type Product {
    id: ID!
    title: String!
    subtitle: String
    "Not asked for by the operations."
    weight: Int
    availability: Availability!
    tags: [String!]
  }
  enum Availability { IN_STOCK SOLD_OUT }
  input Filter { text: String!, sort: Sort, near: Place }
  input Place { city: String }
  enum Sort { PRICE AGE }
  type Mutation { rename(id: ID!, title: String): Product }
`;
const before = buildSchema(sdl);
const operation = `
  query Products($filter: Filter) {
    products(filter: $filter) { id title subtitle availability tags ...Same }
  }
  fragment Same on Product { title }
`;

/** What becomes of the operation when the schema is changed like this. */
function broken(...changes: readonly (readonly [string, string])[]): readonly string[] {
  let changed = sdl;
  for (const [from, to] of changes) {
    if (!changed.includes(from)) throw new Error(`the schema has no ${from}`);
    changed = changed.replace(from, to);
  }
  const after = buildSchema(changed);
  const was = checkOperation(operation, before);
  if (was.kind !== 'fits') throw new Error(was.reasons.join());
  const now = checkOperation(operation, after);
  // As it is kept: through JSON.
  const shape = JSON.parse(JSON.stringify(shapeOf(before, was.document))) as ReturnType<typeof shapeOf>;
  return now.kind === 'unfit' ? now.reasons : shapeBreaks(shape, after);
}

describe('breaks an operation:', () => {
  test.each([
    ['a removed field', [['tags: [String!]', '']], /Cannot query field "tags"/],
    ['another type of a field', [['subtitle: String', 'subtitle: Int']], /^Product.subtitle was String and is Int/],
    ['a field that may be null now', [['title: String!', 'title: String']], /^Product.title was String! and is String:/],
    ['a list that may hold null now', [['[Product!]!', '[Product]!']], /^Query.products was \[Product!\]! and is \[Product\]!/],
    ['a list that is none any more', [['tags: [String!]', 'tags: String']], /^Product.tags was \[String!\] and is String/],
    ['a field that has fields now', [['subtitle: String', 'subtitle: Product']], /must have a selection of subfields/],
    ['a new required argument', [['first: Int', 'first: Int, market: ID!']], /argument "market" of type "ID!" is required/],
    ['an argument that is gone', [['filter: Filter, first', 'first']], /Unknown argument "filter"/],
    ['an argument of another type', [['filter: Filter,', 'filter: Filter!,']], /used in position expecting type "Filter!"/],
    ['an input field that is gone', [['sort: Sort,', '']], /^Filter.sort is gone/],
    ['an input field of another type', [['near: Place', 'near: String']], /^Filter.near was Place and is String/],
    ['an input field that is required now', [['city: String', 'city: String!']], /^Place.city was String and is String!/],
    ['a new required input field', [['input Place {', 'input Place { street: String!,']], /^Place.street is new and required/],
    ['a value that apps may send and is gone', [['PRICE AGE', 'PRICE']], /^Sort.AGE is gone/],
  ] as const)('%s', (_what, changes, sentence) => {
    expect(broken(...changes)).toEqual([expect.stringMatching(sentence)]);
  });
});

describe('breaks no operation:', () => {
  test.each([
    ['nothing at all', []],
    ['a field that it does not ask for and is gone', [['weight: Int', '']]],
    ['a new field', [['weight: Int', 'weight: Int, height: Int']]],
    ['a field that is never null now', [['subtitle: String', 'subtitle: String!']]],
    ['a list that holds no null now', [['tags: [String!]', 'tags: [String!]!']]],
    ['a new argument with a default', [['first: Int', 'first: Int, market: ID! = "US"']]],
    ['an argument that it does not give and is gone', [[', first: Int', '']]],
    ['a new input field', [['near: Place', 'near: Place, far: Place']]],
    ['an input field that may be left out now', [['text: String!', 'text: String']]],
    ['a value that apps may get', [['IN_STOCK SOLD_OUT', 'IN_STOCK SOLD_OUT SOON']]],
    ['a value that apps may send', [['PRICE AGE', 'PRICE AGE NAME']]],
    ['a change of an operation that it does not use', [['title: String): Product', 'title: String!): Product']]],
  ] as const)('%s', (_what, changes) => {
    expect(broken(...changes)).toEqual([]);
  });
});

test('what is deprecated is told with its reason, once', () => {
  const schema = buildSchema(`
    type Query { old(at: Int @deprecated(reason: "nobody knows when")): Int @deprecated(reason: "ask new") new(kind: Kind): Int }
    enum Kind { A B @deprecated(reason: "use A") }
  `);
  const check = checkOperation('query Q { old(at: 1) again: old(at: 2) new(kind: B) }', schema);
  expect(check.kind === 'fits' && deprecationsOf(schema, check.document)).toEqual([
    'The field Query.old is deprecated. ask new',
    'Field "Query.old" argument "at" is deprecated. nobody knows when',
    'The enum value "Kind.B" is deprecated. use A',
  ]);
});

test.each([
  [
    'one that is larger than the limits',
    `query Q { ${Array.from({ length: 101 }, (_, index) => `a${index}: product(id: 1) { id }`).join(' ')} }`,
    /101 aliases/,
  ],
  ['one that asks for the schema', 'query Q { __schema { __typename } }', /introspection/],
  ['a mutation where there are none', 'mutation M { a }', /no mutation operations/],
])('%s is not taken into the list', (_what, text, sentence) => {
  const schema = text.startsWith('mutation') ? buildSchema('type Query { a: Int }') : before;
  expect(checkOperation(text, schema)).toEqual({ kind: 'unfit', reasons: [expect.stringMatching(sentence)] });
});
