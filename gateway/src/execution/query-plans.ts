/**
 * Query plans by Apollo's planner. Plans of operations that are known beforehand are made when the supergraph is, and
 * read at start; the planner itself, which takes half a second to load, is there for all others.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as FederationInternals from '@apollo/federation-internals';
import type * as QueryPlanning from '@apollo/query-planner';
import type { PlanNode } from '@apollo/query-planner';
import { Kind, print, type DocumentNode, type GraphQLSchema } from 'graphql';

/** Plans made for one supergraph, as they are kept beside it. */
export interface StoredPlans {
  /** Of the supergraph for which they were made: they are worth nothing for another one. */
  readonly supergraphHash: string;
  /** By `planKey`; null where nothing is to be fetched. */
  readonly plans: Readonly<Record<string, PlanNode | null>>;
}

export interface Planner {
  /**
   * What to fetch for an operation that is valid for the graph; null for nothing at all.
   * @throws Error when the planner cannot plan it.
   */
  plan(document: DocumentNode, operationName: string | undefined): PlanNode | null;
}

/** The plans of one graph. */
export interface GraphPlans extends Planner {
  /** Of what its plans are made from: the supergraph and the version of the planner. Plans made from anything else are worth nothing here. */
  readonly planningHash: string;
  /** The plan that was made along with the supergraph; undefined when there is none, and `plan` would take the planner. */
  known(document: DocumentNode, operationName: string | undefined): PlanNode | null | undefined;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** By which stored plans name their supergraph. Line breaks at the end are no part of it. */
export const supergraphHash = (supergraphSdl: string): string => sha256(supergraphSdl.trimEnd());

/** The same for documents that differ in layout and comments only. */
export const planKey = (document: DocumentNode, operationName: string | undefined): string =>
  sha256(`${operationName ?? ''}\n${print(document)}`);

/** Plans that differ by nothing that is executed differ by nothing at all: planned documents are left out. */
const withoutDocuments = (plan: PlanNode): PlanNode =>
  JSON.parse(JSON.stringify(plan, (key, value: unknown) => (key === 'operationDocumentNode' ? undefined : value)));

export interface SupergraphPlanner extends Planner {
  /** As in `GraphPlans`. */
  readonly planningHash: string;
  /** What clients of the graph may see. */
  publicSchema(): GraphQLSchema;
}

/** The version of Apollo's planner, which is not loaded for it. */
function plannerVersion(): string {
  const { version } = createRequire(import.meta.url)('@apollo/query-planner/package.json') as { readonly version: string };
  return version;
}

/** Apollo's planner for a supergraph; loaded when it is first needed. */
export function createPlanner(supergraphSdl: string): SupergraphPlanner {
  let loaded: ReturnType<typeof loadPlanner> | undefined;
  const load = (): ReturnType<typeof loadPlanner> => {
    loaded ??= loadPlanner(supergraphSdl);
    return loaded;
  };
  return {
    planningHash: sha256(`${plannerVersion()}\n${supergraphHash(supergraphSdl)}`),
    plan: (document, operationName) => load().plan(document, operationName),
    publicSchema: () => load().publicSchema(),
  };
}

function loadPlanner(supergraphSdl: string): Omit<SupergraphPlanner, 'planningHash'> {
  // Not imported above: most processes never need them, and all would wait for them.
  const require = createRequire(import.meta.url);
  const { operationFromDocument, Supergraph } = require('@apollo/federation-internals') as typeof FederationInternals;
  const { isPlanNode, QueryPlanner } = require('@apollo/query-planner') as typeof QueryPlanning;
  const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false });
  const apiSchema = supergraph.apiSchema();
  // Made with the first plan: a schema may be all that is wanted.
  let planner: InstanceType<typeof QueryPlanner> | undefined;
  return {
    plan(document, operationName) {
      planner ??= new QueryPlanner(supergraph, {});
      const { node } = planner.buildQueryPlan(operationFromDocument(apiSchema, document, { operationName }));
      if (node === undefined) return null;
      if (!isPlanNode(node)) throw new Error('A subscription cannot be planned');
      return withoutDocuments(node);
    },
    publicSchema: () => apiSchema.toGraphQLJSSchema(),
  };
}

/** Plans that were stored, then the planner. Those of another supergraph are not used. */
export function withStoredPlans(planner: SupergraphPlanner, supergraphSdl: string, stored: StoredPlans | undefined): GraphPlans {
  const isUsed = stored !== undefined && stored.supergraphHash === supergraphHash(supergraphSdl);
  const plans = new Map(isUsed ? Object.entries(stored.plans) : []);
  const known = (document: DocumentNode, operationName: string | undefined) =>
    plans.size === 0 ? undefined : plans.get(planKey(document, operationName));
  return {
    planningHash: planner.planningHash,
    known,
    plan(document, operationName) {
      const plan = known(document, operationName);
      return plan === undefined ? planner.plan(document, operationName) : plan;
    },
  };
}

/**
 * The plans of all operations of some documents, to be kept beside the supergraph: in the same order whatever the order of
 * the documents.
 * @throws Error when one of them cannot be planned.
 */
export function planOperations(supergraphSdl: string, documents: readonly DocumentNode[]): StoredPlans {
  const planner = createPlanner(supergraphSdl);
  const plans = documents.flatMap((document) =>
    document.definitions.flatMap((definition) => {
      if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
      const operationName = definition.name?.value;
      return [[planKey(document, operationName), planner.plan(document, operationName)] as const];
    }),
  );
  return {
    supergraphHash: supergraphHash(supergraphSdl),
    plans: Object.fromEntries(plans.toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
}
