/**
 * Subgraphs that answer made-up values over the real schemas: always the same for the same question of the same entity,
 * and now and then what they should not answer (nulls where none may be, values of another type, types and enum values
 * that the graph does not have, errors with and without a place), or nothing at all.
 */
import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  getArgumentValues,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { SubgraphName } from '../../src/graphs.ts';
import { readAnswer, type RawAnswer } from '../../src/subgraph-answer.ts';
import type { SubgraphSource } from '../../src/subgraph-source.ts';

/** How often, out of 1, a thing happens that should not. */
export interface Misbehaviour {
  readonly nullWhereAllowed: number;
  readonly nullWhereNotAllowed: number;
  readonly wrongValue: number;
  readonly wrongShape: number;
  readonly missing: number;
  readonly error: number;
  readonly noAnswer: number;
}

/** Numbers from 0 to 1 that are the same for the same text. */
function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

const pick = <Value>(values: readonly Value[], chance: number): Value => values[Math.floor(chance * values.length)] as Value;

type Place = readonly (string | number)[];
type Fault = { readonly message: string; readonly path?: Place; readonly extensions?: Readonly<Record<string, unknown>> };

const strings = ['plain', 'with "quotes" and \\', 'line\nbreak', 'ünïcödé \u2028', '\u{1F600}', '\ud800', '', 'null'];
const codes = [undefined, 'BAD_USER_INPUT', 'FORBIDDEN', 'NOT_FOUND', 'UNAVAILABLE', 'TIMEOUT', 'E_CUSTOM', 'UNAUTHENTICATED', 'INTERNAL'];

interface Request {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export class RandomSubgraph {
  readonly #name: SubgraphName;
  readonly #seed: string;
  readonly #schema: GraphQLSchema;
  readonly #odds: Misbehaviour;

  constructor(name: SubgraphName, seed: string, odds: Misbehaviour) {
    this.#name = name;
    this.#seed = `${seed} ${name}`;
    this.#schema = schemaOf(name);
    this.#odds = odds;
  }

  answer(body: string): RawAnswer {
    const request = JSON.parse(body) as Request;
    // The same for all that is asked of entities at one moment: compiled, that may be one request instead of some.
    const what = request.query.includes('_entities') ? 'entities' : request.query;
    const chance = this.#chance('answer', what);
    if (chance < this.#odds.noAnswer) {
      const bytes = (text: string, status = 200): RawAnswer => ({ kind: 'answered', status, bytes: Buffer.from(text) });
      return pick<RawAnswer>(
        [
          { kind: 'away' },
          { kind: 'slow' },
          bytes('<h1>Bad gateway</h1>', 502),
          bytes('{"hello":"world"}'),
          bytes('{"data":null,"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}'),
          bytes('{"errors":[{"message":"no"}]}', 400),
          bytes('{"data":{"_entities":[]}}'),
        ],
        this.#chance('how', what),
      );
    }
    return { kind: 'answered', status: 200, bytes: Buffer.from(JSON.stringify(new Answering(this, request).run())) };
  }

  /** In place of the service. */
  get source(): SubgraphSource {
    return {
      send: async (_kind, body) => this.answer(body),
      process: async ({ request: { query, variables } }) => {
        const { data, errors } = readAnswer(this.answer(JSON.stringify({ query, variables })));
        return { data, ...(errors.length === 0 ? {} : { errors }) };
      },
      close: async () => undefined,
    };
  }

  get schema(): GraphQLSchema {
    return this.#schema;
  }

  get odds(): Misbehaviour {
    return this.#odds;
  }

  get name(): string {
    return this.#name;
  }

  #chance(...parts: readonly string[]): number {
    return chanceOf([this.#seed, ...parts].join('|'));
  }

  chance(...parts: readonly string[]): number {
    return this.#chance(...parts);
  }
}

/** The answer to one request. */
class Answering {
  readonly #subgraph: RandomSubgraph;
  readonly #document: DocumentNode;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #faults: Fault[] = [];

  constructor(subgraph: RandomSubgraph, { query, variables = {} }: Request) {
    this.#subgraph = subgraph;
    this.#document = parse(query);
    this.#variables = variables;
    this.#fragments = new Map(
      this.#document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
      ),
    );
  }

  run(): object {
    const [operation] = this.#document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    const root = operation === undefined ? undefined : this.#subgraph.schema.getRootType(operation.operation);
    if (operation === undefined || root === undefined || root === null) throw new Error(`${this.#subgraph.name} cannot do this`);
    const data = this.#object(root, [operation.selectionSet], 'root', []);
    return { data, ...(this.#faults.length === 0 ? {} : { errors: this.#faults }) };
  }

  #happens(what: keyof Misbehaviour, seed: string): boolean {
    return this.#subgraph.chance(what, seed) < this.#subgraph.odds[what];
  }

  #object(type: GraphQLObjectType, sets: readonly SelectionSetNode[], seed: string, path: Place): Record<string, unknown> {
    const fields = new Map<string, FieldNode[]>();
    this.#collect(type, sets, fields);
    const entries: [string, unknown][] = [];
    for (const [responseName, [node, ...further]] of fields) {
      if (node === undefined) continue;
      const at = [...path, responseName];
      if (node.name.value === '__typename') {
        entries.push([responseName, type.name]);
        continue;
      }
      const sub = [node, ...further].flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]));
      if (node.name.value === '_entities') {
        entries.push([responseName, this.#entities(node, sub, at)]);
        continue;
      }
      const definition = type.getFields()[node.name.value];
      if (definition === undefined) throw new Error(`${this.#subgraph.name} has no ${type.name}.${node.name.value}`);
      const args = JSON.stringify(getArgumentValues(definition, node, this.#variables));
      const seedOfField = `${seed}.${node.name.value}(${args})`;
      if (this.#happens('missing', seedOfField)) continue;
      entries.push([responseName, this.#value(definition.type, sub, seedOfField, at)]);
    }
    return Object.fromEntries(entries);
  }

  #entities({ arguments: [argument] = [] }: FieldNode, sets: readonly SelectionSetNode[], path: Place): unknown[] {
    const representations = argument?.value.kind === Kind.VARIABLE ? this.#variables[argument.value.name.value] : [];
    return (representations as readonly Readonly<Record<string, unknown>>[]).map((representation, index) => {
      const at = [...path, index];
      const seed = JSON.stringify(Object.entries(representation).toSorted(([one], [other]) => (one < other ? -1 : 1)));
      const type = this.#subgraph.schema.getType(String(representation['__typename']));
      if (!isObjectType(type)) throw new Error(`${this.#subgraph.name} was asked for ${String(representation['__typename'])}`);
      if (this.#happens('error', seed)) this.#fail(seed, at);
      return this.#happens('nullWhereAllowed', seed) ? null : this.#object(type, sets, seed, at);
    });
  }

  #value(type: GraphQLOutputType, sets: readonly SelectionSetNode[], seed: string, path: Place): unknown {
    if (this.#happens('error', seed)) {
      this.#fail(seed, path);
      return null;
    }
    if (this.#happens('wrongShape', seed)) return pick<unknown>(['text', 7, {}, [], [null], true], this.#subgraph.chance('shape', seed));
    if (isNonNullType(type)) {
      return this.#happens('nullWhereNotAllowed', seed) ? null : this.#nonNull(type.ofType, sets, seed, path);
    }
    return this.#happens('nullWhereAllowed', seed) ? null : this.#nonNull(type, sets, seed, path);
  }

  #nonNull(type: GraphQLOutputType, sets: readonly SelectionSetNode[], seed: string, path: Place): unknown {
    if (isNonNullType(type)) return this.#nonNull(type.ofType, sets, seed, path);
    if (isListType(type)) {
      const length = Math.floor(this.#subgraph.chance('length', seed) * 4);
      // Some elements are the same, as entities of a list often are.
      return Array.from({ length }, (_, index) => this.#value(type.ofType, sets, `${seed}[${index % 2}]`, [...path, index]));
    }
    if (isCompositeType(type)) return this.#object(this.#runtimeType(type, seed), sets, seed, path);
    return this.#leaf(type, seed);
  }

  #runtimeType(type: GraphQLCompositeType, seed: string): GraphQLObjectType {
    if (isObjectType(type)) return type;
    return pick(this.#subgraph.schema.getPossibleTypes(type), this.#subgraph.chance('type', seed));
  }

  #leaf(type: GraphQLLeafType, seed: string): unknown {
    const chance = this.#subgraph.chance('leaf', seed);
    if (this.#happens('wrongValue', seed)) {
      return pick<unknown>([7, -1.5, 1e30, 'text', true, {}, [], [1], 'NOT_OF_THE_LIST', { a: [null] }, ''], chance);
    }
    if (isEnumType(type)) return pick(type.getValues(), chance).name;
    switch (type.name) {
      case 'Int':
        return pick([0, 1, -7, 2_147_483_647, 1_900], chance);
      case 'Float':
        return pick([0, -0, 1.5, 1e-9, 12], chance);
      case 'Boolean':
        return chance < 0.5;
      case 'ID':
        return pick(['id-1', 'id-2', 'id-3'], chance);
      case 'String':
        return pick(strings, chance);
      default:
        return pick<unknown>(['2026-11-23T08:30:00.000Z', 12, ['a', null], { deep: { x: '"' } }], chance < 0.9 ? 0 : (chance - 0.9) * 10);
    }
  }

  #fail(seed: string, path: Place): void {
    const code = pick(codes, this.#subgraph.chance('code', seed));
    const places: readonly (Place | undefined)[] = [path, path, path, path, undefined, path.slice(0, 1), [...path, '@']];
    const place = pick(places, this.#subgraph.chance('place', seed));
    this.#faults.push({
      message: this.#subgraph.chance('message', seed) < 0.1 ? '' : `failed at ${seed.length}`,
      ...(place === undefined ? {} : { path: place }),
      ...(code === undefined ? {} : { extensions: { code } }),
    });
  }

  #collect(type: GraphQLObjectType, sets: readonly SelectionSetNode[], fields: Map<string, FieldNode[]>): void {
    for (const selection of sets.flatMap((set) => set.selections)) {
      if (this.#isLeftOut(selection.directives)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        fields.set(name, [...(fields.get(name) ?? []), selection]);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
      if (fragment === undefined) throw new Error('a fragment that is not there');
      const on = fragment.typeCondition === undefined ? type : this.#subgraph.schema.getType(fragment.typeCondition.name.value);
      if (on === type || (isAbstractType(on) && this.#subgraph.schema.isSubType(on, type)))
        this.#collect(type, [fragment.selectionSet], fields);
    }
  }

  #isLeftOut(directives: FieldNode['directives'] = []): boolean {
    return directives.some(({ name, arguments: [condition] = [] }) => {
      const value = condition?.value;
      const given = value?.kind === Kind.VARIABLE ? this.#variables[value.name.value] : value?.kind === Kind.BOOLEAN && value.value;
      return name.value === 'skip' ? given === true : name.value === 'include' && given !== true;
    });
  }
}

const schemas = new Map<SubgraphName, GraphQLSchema>();

function schemaOf(name: SubgraphName): GraphQLSchema {
  const known = schemas.get(name);
  if (known !== undefined) return known;
  const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const typeDefs = parse(read('infra/contracts/graphql/shared.graphql') + read(`services/${name}/schema.graphql`));
  const schema = buildSubgraphSchema([{ typeDefs }]);
  schemas.set(name, schema);
  return schema;
}
