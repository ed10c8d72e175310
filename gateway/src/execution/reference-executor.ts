/**
 * @apollo/gateway's own executor, for operations that are not compiled. Loaded with the first of them: it takes as long to
 * load as the rest of the gateway.
 */
import { createHash } from 'node:crypto';
import type { ApolloGateway } from '@apollo/gateway';
import type { PlanNode } from '@apollo/query-planner';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { ExecutionFault } from '../public-errors.ts';
import type { CallContext, SubgraphSource } from '../subgraph-source.ts';

/** An operation of a document that is valid for the graph. */
export interface PlannedOperation {
  readonly source: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Its plan, where that was made before; null where nothing is to be fetched. */
  readonly plan?: PlanNode | null;
}

export interface ReferenceResult {
  /** Absent when nothing could be executed at all. */
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly ExecutionFault[];
}

export interface ReferenceExecutor {
  /** Rejects when the operation cannot be planned, or a subgraph answers another shape than its schema says. */
  execute(operation: PlannedOperation, variables: Readonly<Record<string, unknown>>, context: CallContext): Promise<ReferenceResult>;
  close(): Promise<void>;
}

type ExecutorContext = Parameters<ApolloGateway['executor']>[0];

// Apollo's packages report usage to Apollo unless told not to; the gateway's constructor reads this.
process.env['APOLLO_TELEMETRY_DISABLED'] = '1';

export function createReferenceExecutor(options: {
  readonly supergraphSdl: string;
  readonly sourceOf: (service: string) => SubgraphSource;
  readonly logger: Logger;
}): ReferenceExecutor {
  const { supergraphSdl, sourceOf, logger } = options;
  const load = async (): Promise<ApolloGateway> => {
    const { default: apolloGateway } = await import('@apollo/gateway');
    const quiet = () => undefined;
    const gateway = new apolloGateway.ApolloGateway({
      supergraphSdl,
      buildService: ({ name }) => sourceOf(name),
      __exposeQueryPlanExperimental: false,
      logger: {
        debug: quiet,
        info: quiet,
        warn: (message) => logger.warn(String(message)),
        error: (message) => logger.error(String(message)),
      },
    });
    await gateway.load();
    return gateway;
  };
  let loading: Promise<ApolloGateway> | undefined;
  const loaded = (): Promise<ApolloGateway> => {
    loading ??= load().catch((error: unknown) => {
      // The next operation tries again.
      loading = undefined;
      throw error;
    });
    return loading;
  };

  return {
    async execute({ source, document, operation }, variables, context) {
      const gateway = await loaded();
      const operationName = operation.name?.value;
      // The part of Apollo Server's context that the executor reads.
      const { data, errors = [] } = await gateway.executor({
        request: { query: source, operationName, variables },
        document,
        operation,
        operationName: operationName ?? null,
        source,
        queryHash: createHash('sha256').update(source).digest('hex'),
        schema: gateway.schema,
        context,
        metrics: {},
      } as unknown as ExecutorContext);
      return { ...(data === undefined ? {} : { data }), errors };
    },
    async close() {
      await (await loading)?.stop();
    },
  };
}
