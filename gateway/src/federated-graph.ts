/**
 * One of the three graphs: plans operations over its supergraph and runs them. Running never rejects: whatever goes wrong
 * becomes errors of the result, with codes and texts that may be shown.
 */
import { buildSchema, type GraphQLSchema } from 'graphql';
import type { Logger } from '@vitrine/runtime/telemetry';
import { prepareOperation, type ExecutableOperation, type OperationSurroundings } from './execution/executable-operation.ts';
import { reportExecutions } from './execution/execution-counts.ts';
import { createPlanner, withStoredPlans, type GraphPlans, type StoredPlans } from './execution/query-plans.ts';
import { createReferenceExecutor, type PlannedOperation } from './execution/reference-executor.ts';
import { createSharedReads } from './execution/shared-reads.ts';
import { createTypeTest } from './execution/type-tests.ts';
import type { GraphName, SubgraphName } from './graphs.ts';
import type { RawAnswer } from './subgraph-answer.ts';
import type { SubgraphSource } from './subgraph-source.ts';

export interface FederatedGraph {
  readonly name: GraphName;
  /** What clients may see and name. */
  readonly schema: GraphQLSchema;
  readonly plans: GraphPlans;
  /** Plans, unless it comes with a plan, and compiles an operation that is valid for the graph; to be kept and executed many times. Never throws. */
  prepare(operation: PlannedOperation): ExecutableOperation;
  close(): Promise<void>;
}

/** It was validated when it was composed. */
const schemaOf = (publicSdl: string): GraphQLSchema =>
  buildSchema(publicSdl, { noLocation: true, assumeValid: true, assumeValidSDL: true });

export async function loadFederatedGraph(options: {
  readonly name: GraphName;
  readonly supergraphSdl: string;
  /** The schema that clients see, as it was composed with the supergraph; derived from that, which takes longer, when it is not given. */
  readonly publicSdl?: string;
  /** Plans that were made beforehand; those of another supergraph are ignored. */
  readonly plans?: StoredPlans;
  readonly sources: Readonly<Record<SubgraphName, SubgraphSource>>;
  readonly logger: Logger;
}): Promise<FederatedGraph> {
  const { name, supergraphSdl, sources, logger } = options;
  const planner = createPlanner(supergraphSdl);
  const schema = options.publicSdl === undefined ? planner.publicSchema() : schemaOf(options.publicSdl);
  const plans = withStoredPlans(planner, supergraphSdl, options.plans);
  const reference = createReferenceExecutor({
    supergraphSdl,
    sourceOf(service) {
      const source = Object.entries(sources).find(([known]) => known === service)?.[1];
      if (source === undefined) throw new Error(`The supergraph of ${name} names a subgraph that the gateway does not know: ${service}`);
      return source;
    },
    logger,
  });
  const surroundings: OperationSurroundings = {
    graph: name,
    schema,
    planner: plans,
    reference,
    sources,
    sharedReads: {
      timeline: createSharedReads<RawAnswer>(),
      catalog: createSharedReads<RawAnswer>(),
      checkout: createSharedReads<RawAnswer>(),
      'payment-vault': createSharedReads<RawAnswer>(),
      'seller-eligibility': createSharedReads<RawAnswer>(),
    },
    isOfType: createTypeTest(supergraphSdl),
    logger,
  };
  const endReports = reportExecutions(name, logger);

  return {
    name,
    schema,
    plans,
    prepare: (operation) => prepareOperation(operation, surroundings),
    close() {
      endReports();
      return reference.close();
    },
  };
}
