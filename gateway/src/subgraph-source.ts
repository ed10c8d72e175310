/**
 * Asks one subgraph: over kept-alive connections, with the caller's identity signed for this service and nothing else of
 * the client's request. A subgraph that is away or slow becomes an error of the answer, so that the other subgraphs' data
 * still arrives; one that keeps failing is left alone for a moment.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { GraphQLDataSource } from '@apollo/gateway';
import { Pool, type Dispatcher } from 'undici';
import { identityHeader, signIdentity, type Actor, type IdentityKeys } from '@vitrine/runtime/identity';
import type { Logger } from '@vitrine/runtime/telemetry';
import { createCircuitBreaker } from './execution/circuit-breaker.ts';
import type { SubgraphName } from './graphs.ts';
import { readAnswer, readGraphql, type RawAnswer } from './subgraph-answer.ts';

/** What a subgraph call takes from the client's request. */
export interface CallContext {
  readonly actor: Actor;
  readonly requestId: string;
  /** When the whole operation must be answered, on the clock of `performance.now()`. */
  readonly endsAtMs: number;
}

export interface SubgraphSource extends GraphQLDataSource {
  /**
   * Sends one GraphQL request (`body`, the JSON text). Reads are tried again once when nothing answered. Never rejects.
   * @param endsAtMs when to stop waiting, at most; `callDeadlines` hold as well.
   */
  send(kind: 'query' | 'mutation', body: string, context: CallContext): Promise<RawAnswer>;
  close(): Promise<void>;
}

/** How long one call may take, in milliseconds. */
export const callDeadlinesMs = { query: 3_000, mutation: 15_000 } as const;

const maxResponseBytes = 16 * 1024 * 1024;
/** Between the two tries of a read, so that those that failed together do not come back together. */
const retryPauseMs = { least: 10, most: 50 } as const;

export function createSubgraphSource(options: {
  readonly name: SubgraphName;
  /** Origin of the service. */
  readonly baseUrl: string;
  readonly identityKeys: IdentityKeys;
  readonly logger: Logger;
}): SubgraphSource {
  const { name, baseUrl, identityKeys, logger } = options;
  const pool = new Pool(baseUrl, {
    connections: 64,
    connectTimeout: 2_000,
    keepAliveTimeout: 30_000,
    maxResponseSize: maxResponseBytes,
    // Each call has a deadline of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const breaker = createCircuitBreaker({
    onChange: (state) => {
      if (state === 'open') logger.error({ service: name }, 'subgraph keeps failing: it is not asked for a moment');
      else logger.info({ service: name }, 'subgraph answers again');
    },
  });

  const attempt = (body: string, { actor, requestId }: CallContext, endsAtMs: number): Promise<Attempt> =>
    new Promise((resolve) => {
      const exchange = createExchange(endsAtMs - performance.now(), resolve);
      try {
        const identity = signIdentity(identityKeys, { from: 'gateway', to: name, actor, requestId });
        pool.dispatch(
          {
            path: '/graphql',
            method: 'POST',
            headers: ['content-type', 'application/json', 'accept', 'application/json', identityHeader, identity],
            body,
          },
          exchange,
        );
      } catch (error) {
        exchange.fail(error);
      }
    });

  const send: SubgraphSource['send'] = async (kind, body, context) => {
    const startedAtMs = performance.now();
    const ownEndMs = startedAtMs + callDeadlinesMs[kind];
    const endsAtMs = Math.min(ownEndMs, context.endsAtMs);
    for (let triesLeft = kind === 'query' ? 1 : 0; ; triesLeft -= 1) {
      if (performance.now() >= endsAtMs) return { kind: 'slow' };
      const permit = breaker.allow(kind);
      if (permit === null) return { kind: 'away' };
      const { answer, cause } = await attempt(body, context, endsAtMs);
      const isRefusal = answer.kind === 'answered' && answer.status >= 500 && readGraphql(answer.bytes) === null;
      if (answer.kind === 'answered' && !isRefusal) breaker.succeeded(permit);
      else if (answer.kind !== 'slow') breaker.failed(permit);
      // Cut short by the operation's deadline, it may have been about to answer.
      else if (endsAtMs < ownEndMs) breaker.inconclusive(permit);
      else breaker.slow(permit);

      const call = { service: name, requestId: context.requestId };
      if (answer.kind !== 'answered') logger.warn({ err: cause, ...call, timedOut: answer.kind === 'slow' }, 'subgraph could not be asked');
      else if (isRefusal) logger.error({ ...call, status: answer.status }, 'subgraph answered something that is not GraphQL');
      const isAway = answer.kind === 'away' || (isRefusal && answer.status === 503);
      if (!isAway || triesLeft === 0) return answer;
      await pause(retryPauseMs.least + Math.random() * (retryPauseMs.most - retryPauseMs.least));
    }
  };

  return {
    send,
    async process({ request, context }) {
      const call = context as CallContext;
      const { query = '', operationName, variables } = request;
      // Its planner writes documents of one operation, which begin with what they are.
      const kind = query.startsWith('mutation') ? 'mutation' : 'query';
      const { data, errors } = readAnswer(await send(kind, JSON.stringify({ query, operationName, variables }), call));
      return { data, ...(errors.length === 0 ? {} : { errors }) };
    },
    close: () => pool.close(),
  };
}

interface Attempt {
  readonly answer: RawAnswer;
  /** Why there is no answer. */
  readonly cause?: unknown;
}

/** Takes what undici tells of one request, and settles once: with the answer, or when the time is over. */
function createExchange(
  timeoutMs: number,
  settle: (attempt: Attempt) => void,
): Dispatcher.DispatchHandler & { readonly fail: (cause: unknown) => void } {
  let first: Buffer | undefined;
  let further: Buffer[] | undefined;
  let status = 0;
  let request: Dispatcher.DispatchController | undefined;
  let settled = false;
  const end = (attempt: Attempt): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    settle(attempt);
  };
  const timer = setTimeout(() => {
    const cause = new Error('the time for this call is over');
    end({ answer: { kind: 'slow' }, cause });
    request?.abort(cause);
  }, timeoutMs);
  return {
    onRequestStart(controller) {
      request = controller;
      // It waited for a connection until its time was over.
      if (settled) controller.abort(new Error('nobody waits for this any more'));
    },
    onResponseStart(_controller, given) {
      status = given;
    },
    onResponseData(_controller, chunk) {
      if (first === undefined) first = chunk;
      else (further ??= [first]).push(chunk);
    },
    onResponseEnd() {
      end({ answer: { kind: 'answered', status, bytes: further === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(further) } });
    },
    onResponseError(_controller, cause) {
      end({ answer: { kind: 'away' }, cause });
    },
    fail(cause) {
      end({ answer: { kind: 'away' }, cause });
    },
  };
}
