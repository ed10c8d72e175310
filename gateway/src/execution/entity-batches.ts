/**
 * The entities of one fetch: what the subgraph is told of them, each distinct one once, and what its answer means for all
 * of them.
 */
import type { ExecutionFault } from '../public-errors.ts';
import type { SubgraphAnswer, SubgraphFault } from '../subgraph-answer.ts';
import type { RepresentationWriter } from './representations.ts';
import { isJsonObject, mergeInto, own, responsePathsAt, type JsonObject, type PlanPath } from './subgraph-values.ts';

/** Entities that a subgraph is asked for in one request. */
export interface EntityBatch {
  /** Distinct representations, separated by commas. */
  readonly text: string;
  readonly distinct: number;
  /** What could be told of the entities: each with the place of its representation among the distinct ones. */
  readonly told: readonly { readonly entity: JsonObject; readonly place: number }[];
}

interface Told {
  readonly entity: JsonObject;
  readonly place: number;
  /** Another one with the same key and another representation. */
  next: Told | undefined;
}

export function batchOf(entities: readonly unknown[], { write, keyOf, isSame }: RepresentationWriter): EntityBatch {
  const known = new Map<unknown, Told>();
  const told: { readonly entity: JsonObject; readonly place: number }[] = [];
  let text = '';
  let distinct = 0;
  for (const entity of entities) {
    if (!isJsonObject(entity)) continue;
    const key = keyOf(entity);
    const first = known.get(key);
    let same = first;
    while (same !== undefined && !isSame(same.entity, entity)) same = same.next;
    if (same === undefined) {
      const representation = write(entity);
      if (representation === null) continue;
      text += distinct === 0 ? representation : `,${representation}`;
      same = { entity, place: distinct, next: first };
      known.set(key, same);
      distinct += 1;
    }
    told.push({ entity, place: same.place });
  }
  return { text, distinct, told };
}

/** @throws Error when the answer is not one entity, or null, for each that was asked for. */
export function mergeEntities(data: JsonObject, { distinct, told }: EntityBatch): void {
  const received = own(data, '_entities');
  if (!Array.isArray(received)) throw new Error('a subgraph answered no entities');
  if (received.length !== distinct) throw new Error(`a subgraph answered ${received.length} entities for ${distinct}`);
  for (const { entity, place } of told) {
    const given: unknown = received[place];
    if (given === null || given === undefined) continue;
    if (!isJsonObject(given)) throw new TypeError('a subgraph answered something else for an entity');
    mergeInto(entity, given);
  }
}

/**
 * The errors of an answer, each where it belongs in the response: an error of one entity is an error wherever that entity
 * is. As @apollo/gateway counts, the places of representations are taken for places among all entities at the path, which
 * are not the same where one could not be told.
 */
export function entityFaults(
  errors: SubgraphAnswer['errors'],
  asked: { readonly data: JsonObject; readonly batch: EntityBatch; readonly path: PlanPath; readonly serviceName: string },
): ExecutionFault[] {
  const { data, batch, path, serviceName } = asked;
  let places: readonly (readonly (string | number)[])[] | undefined;
  return errors.flatMap((error) => {
    const [, entity, ...rest] = error.path ?? [];
    if (typeof entity !== 'number') return [faultOf(error, serviceName, error.path === undefined ? undefined : [...path, ...error.path])];
    places ??= responsePathsAt(data, path);
    const faults: ExecutionFault[] = [];
    for (const [index, { place }] of batch.told.entries()) {
      if (place === entity) faults.push(faultOf(error, serviceName, [...(places[index] ?? []), ...rest]));
    }
    return faults.length === 0 ? [faultOf(error, serviceName, rest)] : faults;
  });
}

/** An error of a subgraph's answer at its place in the response. */
export function faultOf(error: SubgraphFault, serviceName: string, path: readonly (string | number)[] | undefined): ExecutionFault {
  const message = error.message === '' ? `Error while fetching subquery from service "${serviceName}"` : error.message;
  return { message, path, extensions: { ...error.extensions, serviceName } };
}
