/**
 * A query plan made into steps that need no planner and no graphql-js: each subgraph request is text that was prepared
 * once, with the variables and the entities of one execution put in. What the steps do, errors and their paths included, is
 * what @apollo/gateway does; equal entities are asked for once.
 */
import type { FetchNode, PlanNode } from '@apollo/query-planner';
import type { ExecutionFault } from '../public-errors.ts';
import type { SubgraphName } from '../graphs.ts';
import type { SubgraphAnswer, SubgraphFault } from '../subgraph-answer.ts';
import { quote } from './json-text.ts';
import { compileRepresentation, type RepresentationWriter, type TypeTest } from './representations.ts';
import { Uncompilable } from './uncompilable.ts';
import { isJsonObject, mergeInto, own, responsePathsAt, valuesAt, type JsonObject, type PlanPath } from './subgraph-values.ts';

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
      return compileFetch(node, [], options);
    case 'Flatten':
      if (node.node.kind !== 'Fetch') throw new Uncompilable(`a ${node.node.kind} below a path`);
      return compileFetch(
        node.node,
        node.path.map((step) => {
          if (typeof step !== 'string') throw new Uncompilable('an index in a path');
          return step;
        }),
        options,
      );
    case 'Sequence': {
      const steps = node.nodes.map((child) => compilePlan(child, options));
      return async (execution) => {
        for (const step of steps) await step(execution);
      };
    }
    case 'Parallel': {
      const steps = node.nodes.map((child) => compilePlan(child, options));
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

function compileFetch(node: FetchNode, path: PlanPath, { isOfType, isService }: ProgramOptions): Step {
  const { serviceName, requires, variableUsages = [], operationKind } = node;
  if (!isService(serviceName)) throw new Error(`The plan asks a subgraph that the gateway does not know: ${serviceName}`);
  if (operationKind !== 'query' && operationKind !== 'mutation') throw new Uncompilable(`a ${operationKind}`);
  if (node.inputRewrites?.length || node.outputRewrites?.length || node.contextRewrites?.length) throw new Uncompilable('rewrites');
  const named = node.operationName === undefined ? '' : `,"operationName":${quote(node.operationName)}`;
  const head = `{"query":${quote(node.operation)}${named},"variables":{`;
  const writeVariables = compileVariables(variableUsages);

  const ask = async (execution: Execution, body: string): Promise<SubgraphAnswer> =>
    execution.ask({ service: serviceName, kind: operationKind, body });

  let run: Step;
  if (requires === undefined) {
    run = async (execution) => {
      const targets = valuesAt(execution.data, path);
      if (targets.length === 0) return;
      await guarded(execution, async () => {
        const { data, errors } = await ask(execution, `${head}${writeVariables(execution.variables)}}}`);
        for (const error of errors) {
          execution.faults.push(faultOf(error, serviceName, error.path === undefined ? undefined : [...path, ...error.path]));
        }
        if (data !== null) for (const target of targets) mergeInto(target as JsonObject, data);
      });
    };
  } else {
    if (variableUsages.includes('representations')) throw new Uncompilable('a variable called representations');
    const writeRepresentation = compileRepresentation(requires, isOfType);
    run = async (execution) => {
      const entities = valuesAt(execution.data, path);
      if (entities.length === 0) return;
      await guarded(execution, async () => {
        const batch = representationsOf(entities, writeRepresentation);
        if (batch.distinct === 0) return;
        const variables = writeVariables(execution.variables);
        const body = `${head}${variables}${variables === '' ? '' : ','}"representations":[${batch.text}]}}`;
        const { data, errors } = await ask(execution, body);
        if (errors.length > 0) addEntityFaults(execution, { errors, batch, path, serviceName });
        if (data !== null) mergeEntities(data, batch);
      });
    };
  }
  return run;
}

/** A failure within a fetch costs what it would have brought, and is an error without a place. */
async function guarded(execution: Execution, fetch: () => Promise<void>): Promise<void> {
  try {
    await fetch();
  } catch (error) {
    execution.faults.push({ message: error instanceof Error ? error.message : String(error) });
  }
}

function compileVariables(names: readonly string[]): (variables: Readonly<Record<string, unknown>>) => string {
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

/** Entities that a subgraph is asked for in one request. */
interface Batch {
  /** Distinct representations, separated by commas. */
  readonly text: string;
  readonly distinct: number;
  /** What could be told of the entities: each with the place of its representation among the distinct ones. */
  readonly told: readonly { readonly entity: JsonObject; readonly place: number }[];
}

function representationsOf(entities: readonly unknown[], write: RepresentationWriter): Batch {
  const places = new Map<string, number>();
  const told: { entity: JsonObject; place: number }[] = [];
  let text = '';
  for (const entity of entities) {
    const representation = write(entity);
    if (representation === null) continue;
    let place = places.get(representation);
    if (place === undefined) {
      place = places.size;
      places.set(representation, place);
      text += place === 0 ? representation : `,${representation}`;
    }
    told.push({ entity: entity as JsonObject, place });
  }
  return { text, distinct: places.size, told };
}

/** @throws Error when the answer is not one entity, or null, for each that was asked for. */
function mergeEntities(data: JsonObject, { distinct, told }: Batch): void {
  const received = own(data, '_entities');
  if (!Array.isArray(received)) throw new Error('a subgraph answered no entities');
  if (received.length !== distinct) throw new Error(`a subgraph answered ${received.length} entities for ${distinct}`);
  for (const { entity, place } of told) {
    const given: unknown = received[place];
    if (given === null || given === undefined) continue;
    if (!isJsonObject(given)) throw new TypeError('a subgraph answered something else for an entity');
    if (!given['__typename']) given['__typename'] = entity['__typename'];
    mergeInto(entity, given);
  }
}

/**
 * An error of one entity is an error wherever that entity is. As @apollo/gateway counts: the places of representations
 * are taken for places among all entities at the path, which are not the same where one could not be told.
 */
function addEntityFaults(
  execution: Execution,
  asked: { readonly errors: readonly SubgraphFault[]; readonly batch: Batch; readonly path: PlanPath; readonly serviceName: string },
): void {
  const { errors, batch, path, serviceName } = asked;
  let places: readonly (readonly (string | number)[])[] | undefined;
  for (const error of errors) {
    const [, entity, ...rest] = error.path ?? [];
    if (typeof entity !== 'number') {
      execution.faults.push(faultOf(error, serviceName, error.path === undefined ? undefined : [...path, ...error.path]));
      continue;
    }
    places ??= responsePathsAt(execution.data, path);
    const before = execution.faults.length;
    for (const [index, { place }] of batch.told.entries()) {
      if (place === entity) execution.faults.push(faultOf(error, serviceName, [...(places[index] ?? []), ...rest]));
    }
    if (execution.faults.length === before) execution.faults.push(faultOf(error, serviceName, rest));
  }
}

function faultOf(error: SubgraphFault, serviceName: string, path: readonly (string | number)[] | undefined): ExecutionFault {
  const message = error.message === '' ? `Error while fetching subquery from service "${serviceName}"` : error.message;
  return { message, path, extensions: { ...error.extensions, serviceName } };
}
