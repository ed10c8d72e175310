/**
 * One of the three graphs: plans operations over its supergraph and runs them with @apollo/gateway's executor. Never
 * rejects: whatever goes wrong becomes errors of the result, with codes and texts that may be shown.
 */
import { createHash } from 'node:crypto';
import apolloGateway, { type ApolloGateway as ApolloGatewayInstance } from '@apollo/gateway';
import { OperationTypeNode, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { GraphName, SubgraphName } from './graphs.ts';
import { internalMessage, maskExecutionFault, publicFault, type PublicFault } from './public-errors.ts';
import type { CallContext, SubgraphSource } from './subgraph-source.ts';

/** An operation that has been parsed, validated and given its variables. */
export interface OperationRequest {
  readonly source: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface OperationResult {
  /** Absent when nothing could be executed at all. */
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly PublicFault[];
}

export interface FederatedGraph {
  readonly name: GraphName;
  /** What clients may see and name. */
  readonly schema: GraphQLSchema;
  execute(request: OperationRequest, caller: Pick<CallContext, 'actor' | 'requestId'>): Promise<OperationResult>;
  close(): Promise<void>;
}

type ExecutorContext = Parameters<ApolloGatewayInstance['executor']>[0];

const readDeadlineMs = 3_000;
const mutationDeadlineMs = 15_000;

// Apollo's packages report usage to Apollo unless told not to; the gateway's constructor reads this.
process.env['APOLLO_TELEMETRY_DISABLED'] = '1';

export async function loadFederatedGraph(options: {
  readonly name: GraphName;
  readonly supergraphSdl: string;
  readonly sources: Readonly<Record<SubgraphName, SubgraphSource>>;
  readonly logger: Logger;
}): Promise<FederatedGraph> {
  const { name, sources, logger } = options;
  const sourceOf = (service: string): SubgraphSource => {
    const source = Object.entries(sources).find(([known]) => known === service)?.[1];
    if (source === undefined) throw new Error(`The supergraph of ${name} names a subgraph that the gateway does not know: ${service}`);
    return source;
  };
  const quiet = () => undefined;
  const gateway = new apolloGateway.ApolloGateway({
    supergraphSdl: options.supergraphSdl,
    buildService: ({ name: service }) => sourceOf(service),
    __exposeQueryPlanExperimental: false,
    logger: {
      debug: quiet,
      info: quiet,
      warn: (message) => logger.warn(String(message)),
      error: (message) => logger.error(String(message)),
    },
  });
  const { schema } = await gateway.load();

  return {
    name,
    schema,
    async execute(request, { actor, requestId }) {
      const context: CallContext = {
        actor,
        requestId,
        deadlineMs: request.operation.operation === OperationTypeNode.MUTATION ? mutationDeadlineMs : readDeadlineMs,
      };
      let result: Awaited<ReturnType<ApolloGatewayInstance['executor']>>;
      try {
        // The part of Apollo Server's context that the executor reads.
        result = await gateway.executor({
          request: { query: request.source, operationName: request.operationName, variables: request.variables },
          document: request.document,
          operation: request.operation,
          operationName: request.operationName ?? null,
          source: request.source,
          queryHash: createHash('sha256').update(request.source).digest('hex'),
          schema,
          context,
          metrics: {},
        } as unknown as ExecutorContext);
      } catch (error) {
        logger.error({ err: error, requestId, graph: name }, 'operation could not be planned or executed');
        return { errors: [publicFault('INTERNAL', internalMessage, requestId)] };
      }
      const { data, errors = [] } = result;
      const faults = errors.map((error) => maskExecutionFault(error, requestId));
      for (const [index, fault] of faults.entries()) {
        const error = errors[index];
        if (fault.extensions.code !== 'INTERNAL' || error === undefined) continue;
        logger.error(
          {
            requestId,
            graph: name,
            service: error.extensions['serviceName'],
            code: error.extensions['code'],
            path: error.path,
            message: error.message,
          },
          'operation met an error',
        );
      }
      // Nulls in non-null fields that end inside a nullable one are what a schema says by that: a product that is gone, for example.
      if (result.extensions?.['valueCompletion'] !== undefined)
        logger.debug({ requestId, graph: name }, 'a null in a non-null field made a nullable one around it null');
      if (faults.length === 0 && data === null) faults.push(publicFault('INTERNAL', internalMessage, requestId));
      return { ...(data === undefined ? {} : { data }), ...(faults.length === 0 ? {} : { errors: faults }) };
    },
    close: () => gateway.stop(),
  };
}
