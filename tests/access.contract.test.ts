import { describe, expect, test } from '@jest/globals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  Kind,
  parse,
  type ConstDirectiveNode,
  type DefinitionNode,
  type FieldDefinitionNode,
  type ObjectTypeDefinitionNode,
} from 'graphql';
import { access } from '@vitrine/contracts/access';
import { apiScopes } from '@vitrine/contracts/api-scopes';
import { expandTags, graphNames, subgraphNames, subgraphSdl } from '@vitrine/ops/compose';
import { enforceAccess, type Grants, type SubgraphAccess } from '@vitrine/runtime/access';
import { staffRoles } from '@vitrine/runtime/identity';

const tables: Readonly<Record<string, SubgraphAccess>> = access;
const grantsOf = ({ Query, Mutation, entities, fields }: SubgraphAccess): Grants[] =>
  [Query, Mutation, entities, fields].flatMap((entries) => Object.values(entries));
const everyGrant = Object.values(tables).flatMap(grantsOf);

/** The graphs whose callers the table lets in. */
const graphsOf = ({ buyer, seller, staff }: Grants): string[] =>
  graphNames.filter((graph) => ({ buyer, partner: seller, ops: staff })[graph] !== undefined);

type Node = { readonly directives?: readonly ConstDirectiveNode[] };
/** The graphs that can name it. */
const tagsOf = ({ directives = [] }: Node): string[] => {
  const tags = directives.flatMap(({ name, arguments: given = [] }) =>
    name.value === 'tag' ? given.flatMap(({ value }) => (value.kind === Kind.STRING ? [value.value] : [])) : [],
  );
  return graphNames.filter((graph) => tags.includes(graph));
};
const isExternal = ({ directives = [] }: Node): boolean => directives.some(({ name }) => name.value === 'external');
/** Whether the subgraph finds one by its key, and does not only refer to it. */
const isResolvable = ({ directives = [] }: Node): boolean =>
  directives.some(
    ({ name, arguments: given = [] }) =>
      name.value === 'key' && !given.some((argument) => argument.value.kind === Kind.BOOLEAN && !argument.value.value),
  );

describe.each([...subgraphNames])('who may do what in %s', (name) => {
  const table = tables[name] as SubgraphAccess;
  const written = parse(subgraphSdl(name));
  const isObject = (node: DefinitionNode): node is ObjectTypeDefinitionNode => node.kind === Kind.OBJECT_TYPE_DEFINITION;
  const types = new Map(written.definitions.filter(isObject).map((type) => [type.name.value, type]));
  const expanded = new Map(
    expandTags(written)
      .definitions.filter(isObject)
      .map((type) => [type.name.value, type]),
  );
  const fieldsOf = (type: string): readonly FieldDefinitionNode[] => expanded.get(type)?.fields ?? [];

  test('is said of exactly what the schema has', () => {
    const resolvers = Object.fromEntries(Object.keys(table.entities).map((type) => [type, { __resolveReference: () => null }]));
    expect(() => enforceAccess(buildSubgraphSchema([{ typeDefs: written, resolvers }]), table)).not.toThrow();
  });

  test('a root field is for exactly the callers of the graphs that have it', () => {
    for (const root of ['Query', 'Mutation'] as const)
      expect(Object.fromEntries(Object.entries(table[root]).map(([field, grants]) => [field, graphsOf(grants)]))).toEqual(
        Object.fromEntries(fieldsOf(root).map((field) => [field.name.value, tagsOf(field)])),
      );
  });

  test('an entity is for exactly the callers of the graphs that have it, and for nobody when it is only referred to', () => {
    for (const [type, grants] of Object.entries(table.entities)) {
      const definition = types.get(type) as ObjectTypeDefinitionNode;
      expect([type, graphsOf(grants)]).toEqual([type, isResolvable(definition) ? tagsOf(definition) : []]);
    }
  });

  test('a field of an entity that fewer graphs have is for their callers only', () => {
    for (const type of Object.keys(table.entities))
      for (const field of fieldsOf(type)) {
        const grants = table.fields[`${type}.${field.name.value}`];
        const narrower = !isExternal(field) && tagsOf(field).join() !== tagsOf(types.get(type) as Node).join();
        if (grants === undefined) expect([type, field.name.value, narrower]).toEqual([type, field.name.value, false]);
        else expect([type, field.name.value, graphsOf(grants)]).toEqual([type, field.name.value, tagsOf(field)]);
      }
  });
});

test('nobody but staff is given any row', () => {
  const rows = everyGrant.flatMap(({ buyer, seller }) => [buyer ?? [], seller?.rows ?? []].flat());
  expect([...new Set(rows)].toSorted()).toEqual(['own', 'public']);
});

test('every scope of an API client, and every role of staff, opens something', () => {
  const clients = new Set(everyGrant.flatMap(({ seller }) => seller?.clients ?? []));
  expect([...clients].toSorted()).toEqual([...apiScopes, 'any', 'none'].toSorted());
  const roles = new Set(everyGrant.flatMap(({ staff }) => staff?.roles ?? []));
  expect([...roles].toSorted()).toEqual([...staffRoles].toSorted());
});

describe('a subgraph does not start', () => {
  const sdl = parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { shown: Int }
    type Mutation { done: Int }
    type Thing @key(fields: "id") { id: ID!, price: Int }
  `);
  const whole: SubgraphAccess = { Query: { shown: {} }, Mutation: { done: {} }, entities: { Thing: {} }, fields: { 'Thing.price': {} } };

  test.each<[string, Partial<SubgraphAccess>]>([
    ['Query.shown is not in the table', { Query: {} }],
    ['Mutation.done is not in the table', { Mutation: {} }],
    ['entity Thing is not in the table', { entities: {} }],
    ['Query.gone is in the table', { Query: { shown: {}, gone: {} } }],
    ['entity Other is in the table', { entities: { Thing: {}, Other: {} } }],
    ['Thing.weight is in the table', { fields: { 'Thing.weight': {} } }],
    ['entity Thing is granted and has no __resolveReference', { entities: { Thing: { buyer: 'own' } } }],
  ])('when %s', (message, change) => {
    expect(() => enforceAccess(buildSubgraphSchema(sdl), { ...whole, ...change })).toThrow(message);
  });

  test('and does with the whole table', () => {
    expect(() => enforceAccess(buildSubgraphSchema(sdl), whole)).not.toThrow();
  });
});
