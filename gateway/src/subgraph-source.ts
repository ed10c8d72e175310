/**
 * Asks one subgraph, as @apollo/gateway's executor wants it asked: over kept-alive connections, with the caller's
 * identity signed for this service and nothing else of the client's request. A subgraph that is away or slow becomes
 * an error of the answer, so that the other subgraphs' data still arrives.
 */
import type { GraphQLDataSource } from '@apollo/gateway';
import { Pool } from 'undici';
import { identityHeader, signIdentity, type Actor, type IdentityKeys } from '@vitrine/runtime/identity';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { SubgraphName } from './graphs.ts';

/** What a subgraph call takes from the client's request. */
export interface CallContext {
  readonly actor: Actor;
  readonly requestId: string;
  /** How long one subgraph call may take, in milliseconds. */
  readonly deadlineMs: number;
}

export interface SubgraphSource extends GraphQLDataSource {
  close(): Promise<void>;
}

type SubgraphResponse = Awaited<ReturnType<GraphQLDataSource['process']>>;

const maxResponseBytes = 16 * 1024 * 1024;

export function createSubgraphSource(options: {
  readonly name: SubgraphName;
  /** Origin of the service. */
  readonly baseUrl: string;
  readonly identityKeys: IdentityKeys;
  readonly logger: Logger;
}): SubgraphSource {
  const { name, baseUrl, identityKeys, logger } = options;
  const pool = new Pool(baseUrl, { connections: 64, connectTimeout: 2_000, keepAliveTimeout: 30_000, maxResponseSize: maxResponseBytes });

  const failed = (code: 'UNAVAILABLE' | 'TIMEOUT' | 'INTERNAL', message: string): SubgraphResponse => ({
    errors: [{ message, extensions: { code } }],
  });

  return {
    async process({ request, context }) {
      const { actor, requestId, deadlineMs } = context as CallContext;
      const signal = AbortSignal.timeout(deadlineMs);
      let status: number;
      let text: string;
      try {
        const response = await pool.request({
          path: '/graphql',
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json',
            [identityHeader]: signIdentity(identityKeys, { from: 'gateway', to: name, actor, requestId }),
          },
          body: JSON.stringify({ query: request.query, operationName: request.operationName, variables: request.variables }),
          signal,
        });
        status = response.statusCode;
        text = await response.body.text();
      } catch (error) {
        logger.warn({ err: error, service: name, requestId, timedOut: signal.aborted }, 'subgraph could not be asked');
        return signal.aborted
          ? failed('TIMEOUT', 'A part of Vitrine took too long to answer. Try again.')
          : failed('UNAVAILABLE', 'A part of Vitrine is not available at the moment. Try again.');
      }
      const answer = parseAnswer(text);
      if (answer !== null) return answer;
      logger.error({ service: name, status, requestId }, 'subgraph answered something that is not GraphQL');
      return status >= 500
        ? failed('UNAVAILABLE', 'A part of Vitrine is not available at the moment. Try again.')
        : failed('INTERNAL', 'unexpected answer');
    },
    close: () => pool.close(),
  };
}

/** A GraphQL response; null for anything else. */
function parseAnswer(text: string): SubgraphResponse | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The caller logs what answered instead.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { data, errors } = value as { readonly data?: unknown; readonly errors?: unknown };
  const hasData = typeof data === 'object' && data !== undefined;
  const hasErrors = Array.isArray(errors) && errors.length > 0 && errors.every(isFault);
  if (!hasData && !hasErrors) return null;
  return { data: hasData ? (data as SubgraphResponse['data']) : null, ...(hasErrors ? { errors } : {}) };
}

const isFault = (value: unknown): value is { readonly message: string } =>
  typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
