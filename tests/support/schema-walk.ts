/**
 * Calls of everything that a schema has, written from the schema itself: each root field and each entity with all that
 * can be selected below it, and with arguments in which one id at a time is somebody else's. A new field is called
 * without anybody naming it.
 */
import { randomUUID } from 'node:crypto';
import {
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

/** Values for arguments, by their name. */
export type Values = Readonly<Record<string, readonly unknown[]>>;

/** Whether a field is selected. */
export type Selects = (type: string, field: string) => boolean;

export interface Call {
  /** For people: the field, and whose id is where. */
  readonly title: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The argument that names somebody else's row; null when none does. */
  readonly foreign: string | null;
}

/** The root fields of a schema, those of federation aside. */
export function rootFields(
  schema: GraphQLSchema,
): { readonly root: 'Query' | 'Mutation'; readonly field: GraphQLField<unknown, unknown> }[] {
  return (['Query', 'Mutation'] as const).flatMap((root) => {
    const type = schema.getType(root);
    if (!isObjectType(type)) return [];
    return Object.values(type.getFields())
      .filter(({ name }) => name !== '_service' && name !== '_entities')
      .map((field) => ({ root, field }));
  });
}

/** The types of `_entities`. */
export function entityTypes(schema: GraphQLSchema): readonly GraphQLObjectType[] {
  const union = schema.getType('_Entity');
  return isUnionType(union) ? union.getTypes() : [];
}

/** All that can be selected of a type, with no type within itself and not more than `depth` deep; empty for a leaf. */
export function selectionOf(type: GraphQLOutputType, selects: Selects, depth: number, within: readonly string[] = []): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return '';
  if (!isUnionType(named)) return `{ __typename ${fieldsOf(named, selects, depth, within, new Set())} }`;
  const members = named.getTypes();
  const clashing = clashingFields(members);
  const parts = members.map((member) => `... on ${member.name} { __typename ${fieldsOf(member, selects, depth, within, clashing)} }`);
  return `{ __typename ${parts.join(' ')} }`;
}

/** Names that members of a union give to fields of different types: in one selection they need aliases. */
function clashingFields(members: readonly GraphQLObjectType[]): ReadonlySet<string> {
  const types = new Map<string, string>();
  const clashing = new Set<string>();
  for (const member of members)
    for (const field of Object.values(member.getFields())) {
      const known = types.get(field.name);
      if (known !== undefined && known !== String(field.type)) clashing.add(field.name);
      types.set(field.name, String(field.type));
    }
  return clashing;
}

/** Of another subgraph: it comes with the reference, and is not asked for here. */
const isExternal = ({ astNode }: GraphQLField<unknown, unknown>): boolean =>
  astNode?.directives?.some(({ name }) => name.value === 'external') === true;

function fieldsOf(
  type: GraphQLCompositeType,
  selects: Selects,
  depth: number,
  within: readonly string[],
  clashing: ReadonlySet<string>,
): string {
  if (isUnionType(type) || depth === 0 || within.includes(type.name)) return '';
  return Object.values(type.getFields())
    .filter((field) => selects(type.name, field.name) && !field.args.some(isRequiredArgument) && !isExternal(field))
    .flatMap((field) => {
      const below = getNamedType(field.type);
      if (isCompositeType(below) && (depth === 1 || within.includes(below.name) || below.name === type.name)) return [];
      const alias = clashing.has(field.name) ? `${type.name}_${field.name}: ` : '';
      return [`${alias}${field.name} ${selectionOf(field.type, selects, depth - 1, [...within, type.name])}`];
    })
    .join(' ');
}

/** A place in the arguments that decides what a call is about. */
interface Leaf {
  readonly path: string;
  readonly name: string;
  readonly isRequired: boolean;
  /** The values of an enumeration; null for an id. */
  readonly choices: readonly string[] | null;
}

const isId = (type: GraphQLInputType): boolean => getNamedType(type).name === 'ID';

function leavesOf(inputs: readonly (GraphQLArgument | GraphQLInputField)[], ids: Values, prefix = '', isNeeded = true): Leaf[] {
  return inputs.flatMap((input): Leaf[] => {
    const path = `${prefix}${input.name}`;
    const named = getNamedType(input.type);
    const isRequired = isNeeded && isNonNullType(input.type) && input.defaultValue === undefined;
    if (isInputObjectType(named)) return leavesOf(Object.values(named.getFields()), ids, `${path}.`, isRequired);
    if (isEnumType(named)) return [{ path, name: input.name, isRequired, choices: named.getValues().map(({ name }) => name) }];
    return isId(input.type) || input.name in ids ? [{ path, name: input.name, isRequired, choices: null }] : [];
  });
}

type Chosen = ReadonlyMap<string, unknown>;

function valueOf(type: GraphQLInputType, name: string, path: string, chosen: Chosen, own: Values): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, name, path, chosen, own);
  if (isListType(type)) return [valueOf(type.ofType, name, path, chosen, own)];
  if (chosen.has(path)) return chosen.get(path);
  if (isInputObjectType(type)) return objectOf(Object.values(type.getFields()), `${path}.`, chosen, own);
  if (isEnumType(type)) return type.getValues()[0]?.name;
  const known = own[name];
  if (known !== undefined) return known[0];
  switch (type.name) {
    case 'ID':
      throw new Error(`nothing is known of ids called ${name}: say whose row they name`);
    case 'Int':
      return 1;
    case 'Boolean':
      return false;
    case 'DateTime':
      return new Date(Date.now() + 86_400_000).toISOString();
    default:
      return name === 'idempotencyKey' ? randomUUID() : 'x';
  }
}

/** What is required, and what was chosen. */
function objectOf(
  inputs: readonly (GraphQLArgument | GraphQLInputField)[],
  prefix: string,
  chosen: Chosen,
  own: Values,
): Record<string, unknown> {
  const isMeant = (path: string) => chosen.has(path) || [...chosen.keys()].some((each) => each.startsWith(`${path}.`));
  return Object.fromEntries(
    inputs
      .filter((input) => (isNonNullType(input.type) && input.defaultValue === undefined) || isMeant(`${prefix}${input.name}`))
      .map((input) => [input.name, valueOf(input.type, input.name, `${prefix}${input.name}`, chosen, own)]),
  );
}

/**
 * The calls of one root field: one with the caller's own rows, and one for each place of an id and each of the foreign
 * ids that could be there, with each value of each enumeration.
 */
export function callsOf(
  root: 'Query' | 'Mutation',
  field: GraphQLField<unknown, unknown>,
  options: {
    /** Of the caller. */
    readonly ids: Values;
    /** Of somebody else, by the same names. */
    readonly foreign: Values;
    /** What else has to be right for a call to get as far as somebody's row. */
    readonly rest: Values;
    readonly selects: Selects;
    readonly depth: number;
  },
): Call[] {
  const { foreign, selects, depth } = options;
  const own = { ...options.rest, ...options.ids };
  const leaves = leavesOf(field.args, options.ids);
  const ids = leaves.filter(({ choices }) => choices === null);
  const enumerations = leaves.filter(({ choices, isRequired }) => choices !== null && isRequired);
  const head = root === 'Query' ? 'query' : 'mutation';
  const selection = selectionOf(field.type, selects, depth);
  const call = (chosen: Chosen, foreignName: string | null): Call => {
    const variables = objectOf(field.args, '', chosen, own);
    const given = field.args.filter(({ name }) => name in variables);
    const parameters = given.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
    const args = given.map(({ name }) => `${name}: $${name}`).join(', ');
    return {
      title: `${root}.${field.name}${foreignName === null ? '' : ` with a foreign ${[...chosen].map(([path, value]) => `${path} ${String(value)}`).join(', ')}`}`,
      query: `${head}${given.length === 0 ? '' : `(${parameters})`} { result: ${field.name}${given.length === 0 ? '' : `(${args})`} ${selection} }`,
      variables,
      foreign: foreignName,
    };
  };
  const ofForeign = ids.flatMap((leaf) =>
    (foreign[leaf.name] ?? []).flatMap((value) => {
      const chosen = new Map([[leaf.path, value]]);
      const others = enumerations.flatMap(({ path, choices }) => (choices ?? []).slice(1).map((choice) => [path, choice] as const));
      return [call(chosen, leaf.name), ...others.map(([path, choice]) => call(new Map([...chosen, [path, choice]]), leaf.name))];
    }),
  );
  return [call(new Map(), null), ...ofForeign];
}

/** The calls that ask `_entities` for a type by each of the values of its key. */
export function entityCallsOf(type: GraphQLObjectType, key: string, values: readonly unknown[], selects: Selects): Call[] {
  const query = `query($representations: [_Any!]!) { result: _entities(representations: $representations) { __typename ... on ${type.name} { ${fieldsOf(type, selects, 9, [], new Set())} } } }`;
  return values.map((value) => ({
    title: `entity ${type.name} ${JSON.stringify(value)}`,
    query,
    variables: { representations: [{ __typename: type.name, [key]: value }] },
    foreign: key,
  }));
}
