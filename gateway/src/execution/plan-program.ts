/**
 * A query plan made into steps that need no planner and no graphql-js: each subgraph request is text that was prepared
 * once, with the variables and the entities of one execution put in. What the steps do, errors and their paths included, is
 * what @apollo/gateway does; equal entities are asked for once, and what one
 * subgraph is asked at one moment is one request.
 */
import type { FetchNode, FlattenNode, PlanNode } from '@apollo/query-planner';
import type { ExecutionFault } from '../public-errors.ts';
import type { SubgraphName } from '../graphs.ts';
import type { SubgraphAnswer } from '../subgraph-answer.ts';
import { batchOf, entityFaults, faultOf, mergeEntities, type EntityBatch } from './entity-batches.ts';
import { answerFor, entitiesName, joinedHead, readEntityQuery, type EntityQuery } from './joined-fetches.ts';
import { quote } from './json-text.ts';
import { compileRepresentation, type RepresentationWriter, type TypeTest } from './representations.ts';
import { Uncompilable } from './uncompilable.ts';
import { mergeInto, own, valuesAt, type JsonObject, type PlanPath } from './subgraph-values.ts';

/** One run of an operation. */
export interface Execution {
  readonly variables: Readonly<Record<string, unknown>>;
  /** What the subgraphs have said so far, put together. */
  readonly data: JsonObject;
  /** What went wrong so far. */
  readonly faults: ExecutionFault[];
  /** Never rejects: a subgraph that is away is an answer with a fault. */
  ask(request: SubgraphRequest): Promise<SubgraphAnswer>;
}

export interface SubgraphRequest {
  readonly service: SubgraphName;
  readonly kind: 'query' | 'mutation';
  /** GraphQL over HTTP: the JSON object. */
  readonly body: string;
}

/** Rejects when the subgraphs' answers have another shape than their schemas: then there is no answer at all. */
export type Step = (execution: Execution) => Promise<void>;

export interface ProgramOptions {
  readonly isOfType: TypeTest;
  readonly isService: (name: string) => name is SubgraphName;
}

/** @throws Uncompilable for plans that hold what is left to @apollo/gateway. */
export function compilePlan(node: PlanNode, options: ProgramOptions): Step {
  switch (node.kind) {
    case 'Fetch':
    case 'Flatten':
      return compileFetch(node, options);
    case 'Sequence': {
      const steps = node.nodes.map((child) => compilePlan(child, options));
      return async (execution) => {
        for (const step of steps) await step(execution);
      };
    }
    case 'Parallel': {
      const steps = compileTogether(node.nodes, options);
      return async (execution) => {
        await Promise.all(steps.map((step) => step(execution)));
      };
    }
    case 'Condition': {
      const { condition } = node;
      const step = node.ifClause === undefined ? null : compilePlan(node.ifClause, options);
      const otherwise = node.elseClause === undefined ? null : compilePlan(node.elseClause, options);
      return async (execution) => {
        const chosen = execution.variables[condition] === true ? step : otherwise;
        if (chosen !== null) await chosen(execution);
      };
    }
    default:
      throw new Uncompilable(`a ${node.kind}`);
  }
}

/** Fetches in one request, at most. */
const mostJoined = 4;

/** Steps that run at the same time. Fetches of entities from one subgraph are one step. */
function compileTogether(nodes: readonly PlanNode[], options: ProgramOptions): readonly Step[] {
  const steps: Step[] = [];
  const fetches = new Map<SubgraphName, EntityFetch[]>();
  for (const node of nodes) {
    const fetch = node.kind === 'Flatten' ? compileEntityFetch(node, options) : null;
    if (fetch === null) steps.push(compilePlan(node, options));
    else if (fetch.query === null) steps.push(fetchTogether([fetch]));
    else fetches.set(fetch.service, [...(fetches.get(fetch.service) ?? []), fetch]);
  }
  for (const together of fetches.values()) {
    for (let index = 0; index < together.length; index += mostJoined) steps.push(fetchTogether(together.slice(index, index + mostJoined)));
  }
  return steps;
}

function compileFetch(node: FetchNode | FlattenNode, options: ProgramOptions): Step {
  const entityFetch = compileEntityFetch(node, options);
  if (entityFetch !== null) return fetchTogether([entityFetch]);
  const { fetch, path } = placeOf(node);
  const { service, kind, head, writeVariables } = compileRequest(fetch, options);
  return async (execution) => {
    const targets = valuesAt(execution.data, path);
    if (targets.length === 0) return;
    const { data, errors } = await execution.ask({ service, kind, body: `${head}${writeVariables(execution.variables)}}}` });
    guarded(execution, () => {
      for (const error of errors) {
        execution.faults.push(faultOf(error, service, error.path === undefined ? undefined : [...path, ...error.path]));
      }
      if (data !== null) for (const target of targets) mergeInto(target as JsonObject, data);
    });
  };
}

/** A fetch, and where in the response what it brings belongs. */
function placeOf(node: FetchNode | FlattenNode): { readonly fetch: FetchNode; readonly path: PlanPath } {
  if (node.kind === 'Fetch') return { fetch: node, path: [] };
  if (node.node.kind !== 'Fetch') throw new Uncompilable(`a ${node.node.kind} below a path`);
  const path = node.path.map((step) => {
    if (typeof step !== 'string') throw new Uncompilable('an index in a path');
    return step;
  });
  return { fetch: node.node, path };
}

type VariablesWriter = (variables: Readonly<Record<string, unknown>>) => string;

function compileRequest(node: FetchNode, { isService }: ProgramOptions) {
  const { serviceName: service, operationKind, operation, operationName, variableUsages = [] } = node;
  if (!isService(service)) throw new Error(`The plan asks a subgraph that the gateway does not know: ${service}`);
  const kind: `${typeof operationKind}` = operationKind;
  if (kind === 'subscription') throw new Uncompilable(`a ${kind}`);
  if (node.inputRewrites?.length || node.outputRewrites?.length || node.contextRewrites?.length) throw new Uncompilable('rewrites');
  const named = operationName === undefined ? '' : `,"operationName":${quote(operationName)}`;
  const head = `{"query":${quote(operation)}${named},"variables":{`;
  return { service, kind, head, writeVariables: compileVariables(variableUsages) } as const;
}

function compileVariables(names: readonly string[]): VariablesWriter {
  const keys = names.map((name) => ({ name, key: `${quote(name)}:` }));
  return (variables) => {
    let text = '';
    for (const { name, key } of keys) {
      const value = own(variables, name);
      if (value !== undefined) text += (text === '' ? key : `,${key}`) + JSON.stringify(value);
    }
    return text;
  };
}

interface EntityFetch {
  readonly service: SubgraphName;
  readonly kind: 'query' | 'mutation';
  readonly path: PlanPath;
  readonly head: string;
  readonly variableUsages: readonly string[];
  readonly representations: RepresentationWriter;
  /** Null when it cannot be joined with others. */
  readonly query: EntityQuery | null;
}

/** Null for a fetch of something else than entities. */
function compileEntityFetch(node: FetchNode | FlattenNode, options: ProgramOptions): EntityFetch | null {
  const { fetch, path } = placeOf(node);
  const { requires, variableUsages = [] } = fetch;
  if (requires === undefined) return null;
  if (variableUsages.includes('representations')) throw new Uncompilable('a variable called representations');
  const { service, kind, head } = compileRequest(fetch, options);
  const representations = compileRepresentation(requires, options.isOfType);
  return { service, kind, path, head, variableUsages, representations, query: kind === 'query' ? readEntityQuery(fetch) : null };
}

/** A request for the entities of some fetches, but for the entities. */
interface EntityRequest {
  readonly head: string;
  readonly writeVariables: VariablesWriter;
  /** What comes before the entities of each. */
  readonly keys: readonly string[];
}

function entityRequest(fetches: readonly EntityFetch[]): EntityRequest {
  const [fetch, ...further] = fetches;
  if (fetch !== undefined && further.length === 0) {
    return { head: fetch.head, writeVariables: compileVariables(fetch.variableUsages), keys: ['"representations":['] };
  }
  return {
    head: joinedHead(fetches.flatMap(({ query }) => (query === null ? [] : [query]))),
    writeVariables: compileVariables([...new Set(fetches.flatMap(({ variableUsages }) => variableUsages))]),
    keys: fetches.map((_, index) => `"${entitiesName(index)}":[`),
  };
}

/** Asks one subgraph for the entities of some fetches in one request: of those fetches only that have any. */
function fetchTogether(fetches: readonly EntityFetch[]): Step {
  /** By which of the fetches ask: 2 to the power of `mostJoined` at most. */
  const requests = new Map<string, EntityRequest>();
  const requestOf = (asking: readonly EntityFetch[]): EntityRequest => {
    const key = asking.map((fetch) => fetches.indexOf(fetch)).join();
    let request = requests.get(key);
    if (request === undefined) {
      request = entityRequest(asking);
      requests.set(key, request);
    }
    return request;
  };

  return async (execution) => {
    const asking: EntityFetch[] = [];
    const batches: EntityBatch[] = [];
    for (const fetch of fetches) {
      const entities = valuesAt(execution.data, fetch.path);
      guarded(execution, () => {
        const batch = batchOf(entities, fetch.representations);
        if (batch.distinct === 0) return;
        asking.push(fetch);
        batches.push(batch);
      });
    }
    const [first] = asking;
    if (first === undefined) return;
    const { service, kind } = first;
    const { head, writeVariables, keys } = requestOf(asking);
    let variables = writeVariables(execution.variables);
    for (const [index, { text }] of batches.entries()) variables += `${variables === '' ? '' : ','}${keys[index] ?? ''}${text}]`;
    const answer = await execution.ask({ service, kind, body: `${head}${variables}}}` });
    for (const [index, batch] of batches.entries()) {
      const { data, errors } = batches.length === 1 ? answer : answerFor(index, answer);
      const { path } = asking[index] ?? first;
      guarded(execution, () => {
        if (errors.length > 0) execution.faults.push(...entityFaults(errors, { data: execution.data, batch, path, serviceName: service }));
        if (data !== null) mergeEntities(data, batch);
      });
    }
  };
}

/** A failure within a fetch costs what it would have brought, and is an error without a place. */
function guarded(execution: Execution, work: () => void): void {
  try {
    work();
  } catch (error) {
    execution.faults.push({ message: error instanceof Error ? error.message : String(error) });
  }
}
