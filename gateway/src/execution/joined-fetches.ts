/**
 * Fetches of entities that a plan makes at the same moment from the same subgraph, joined into one request: half of what a
 * fetch costs is the request around it. The subgraph's answer is taken apart again, so that nothing else knows.
 */
import type { FetchNode } from '@apollo/query-planner';
import { Kind, parse, print, stripIgnoredCharacters, type VariableDefinitionNode } from 'graphql';
import type { SubgraphAnswer, SubgraphFault } from '../subgraph-answer.ts';
import { quote } from './json-text.ts';
import { own } from './subgraph-values.ts';

/** The query of one fetch of entities, in the pieces that a joined one is made of. */
export interface EntityQuery {
  readonly operationName: string | undefined;
  /** Of the client's variables that it uses. */
  readonly definitions: readonly VariableDefinitionNode[];
  /** What it asks of the entities, with its braces. */
  readonly selection: string;
}

/** Null for a query of another form, which is not joined. */
export function readEntityQuery(node: FetchNode): EntityQuery | null {
  const [operation, ...fragments] = parse(node.operation, { noLocation: true }).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION || fragments.length > 0 || (operation.directives ?? []).length > 0) return null;
  const [field, ...further] = operation.selectionSet.selections;
  if (field?.kind !== Kind.FIELD || field.name.value !== '_entities' || field.alias !== undefined || further.length > 0) return null;
  if (field.selectionSet === undefined || (field.directives ?? []).length > 0) return null;
  const definitions = (operation.variableDefinitions ?? []).filter(({ variable }) => variable.name.value !== 'representations');
  if (definitions.some(({ variable }) => /^entities\d/.test(variable.name.value))) return null;
  return { operationName: node.operationName, definitions, selection: stripIgnoredCharacters(print(field.selectionSet)) };
}

/** The name that the entities of one of the queries have in a joined one: a response name and a variable. */
export const entitiesName = (index: number): string => `entities${index}`;

/** The beginning of the JSON of a joined request, up to its variables. */
export function joinedHead(queries: readonly EntityQuery[]): string {
  const definitions = new Map(
    queries.flatMap((query) => query.definitions.map((node) => [node.variable.name.value, print(node)] as const)),
  );
  const variables = [...queries.map((_, index) => `$${entitiesName(index)}:[_Any!]!`), ...definitions.values()].join(' ');
  const fields = queries.map(
    ({ selection }, index) => `${entitiesName(index)}:_entities(representations:$${entitiesName(index)})${selection}`,
  );
  const name = queries[0]?.operationName;
  const text = `query${name === undefined ? '' : ` ${name}`}(${variables}){${fields.join(' ')}}`;
  return `{"query":${quote(text)}${name === undefined ? '' : `,"operationName":${quote(name)}`},"variables":{`;
}

/** What the answer to a joined request is for the query at `index`. An error without a place is told once, or to all that got nothing. */
export function answerFor(index: number, { data, errors }: SubgraphAnswer): SubgraphAnswer {
  const name = entitiesName(index);
  const ofOthers = (error: SubgraphFault): boolean =>
    typeof error.path?.[0] === 'string' && /^entities\d/.test(error.path[0]) && error.path[0] !== name;
  const mine = errors
    .filter((error) => !ofOthers(error) && (data === null || index === 0 || error.path?.[0] === name))
    .map((error) => (error.path?.[0] === name ? { ...error, path: ['_entities', ...error.path.slice(1)] } : error));
  if (data !== null) return { data: { _entities: own(data, name) }, errors: mine };
  // Nothing came because of another one: that is why nothing came here either.
  return { data: null, errors: mine.length > 0 ? mine : errors.map(({ path: _path, ...error }) => error) };
}
