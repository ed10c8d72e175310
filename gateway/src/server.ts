/**
 * The gateway's HTTP server: one endpoint for each graph, which nothing reaches without an access token for that
 * graph; health; the pages. Every answer carries a request id of the gateway's own making.
 */
import { randomUUID } from 'node:crypto';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { errorCodes, type ErrorCode } from '@vitrine/runtime/errors';
import type { Actor } from '@vitrine/runtime/identity';
import type { Logger } from '@vitrine/runtime/telemetry';
import { endConnectionsOnClose } from '@vitrine/runtime/server';
import type { TokenVerifier } from './access-tokens.ts';
import type { GatewayConfig } from './config.ts';
import type { FederatedGraph } from './federated-graph.ts';
import { createGraphqlEndpoint } from './graphql-endpoint.ts';
import { graphs } from './graphs.ts';
import { registerPages } from './pages.ts';
import { registerOrderEvents } from './order-events.ts';
import type { OrderEventSource } from './order-event-source.ts';
import { internalMessage } from './public-errors.ts';
import type { ReadinessProbe } from './readiness.ts';
import { refuse, refuseToken } from './refusals.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls a graph; set once the token is accepted. */
    actor: Actor | null;
  }
}

export interface ServerParts {
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly federatedGraphs: readonly FederatedGraph[];
  readonly tokens: TokenVerifier;
  readonly readiness: ReadinessProbe;
  readonly orderEvents: OrderEventSource;
}

const plainRequestBytes = 16 * 1024;

/** Builds the server without listening. */
export function createServer({ config, logger, federatedGraphs, tokens, readiness, orderEvents }: ServerParts): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = logger;
  const server = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: plainRequestBytes,
    // A client's id is not taken: it could be somebody else's.
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    return503OnClosing: true,
  });
  // Other types could be sent by a form of another site.
  server.removeContentTypeParser('text/plain');
  endConnectionsOnClose(server);
  server.decorateRequest('actor', null);
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  server.setErrorHandler(async (error, request, reply) => {
    const { code, message } = toPublic(error);
    if (code === 'INTERNAL') request.log.error({ err: error, requestId: request.id, path: request.routeOptions.url }, 'request failed');
    return refuse(request, reply, code, message, statusOf(error) ?? errorCodes[code]);
  });
  server.setNotFoundHandler((request, reply) => refuse(request, reply, 'NOT_FOUND', 'There is nothing here.'));

  registerPages(server, config);
  for (const graph of federatedGraphs) registerGraph(server, graph, { tokens, introspection: config.environment !== 'production' });

  registerOrderEvents(server, { tokens, source: orderEvents, maxStreams: config.maxOrderStreams, logger });

  server.get('/livez', async () => ({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const { ready, ...parts } = await readiness.check();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', ...parts });
  });
  return server;
}

function registerGraph(
  server: FastifyInstance,
  federatedGraph: FederatedGraph,
  options: { readonly tokens: TokenVerifier; readonly introspection: boolean },
): void {
  const graph = graphs[federatedGraph.name];
  const url = `/graphql/${graph.name}`;
  const handle = createGraphqlEndpoint(federatedGraph, { introspection: options.introspection, cardNumbers: graph.cardNumbers });

  server.post(url, {
    bodyLimit: graph.bodyLimitBytes,
    // Before the body is read: who has no token costs no parsing.
    onRequest: async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const check = await options.tokens.check(graph, request.headers.authorization, request);
      if (check.kind === 'accepted') request.actor = check.actor;
      else await refuseToken(request, reply, graph, check);
    },
    handler: async (request, reply) => {
      const { actor } = request;
      if (actor === null) throw new Error('a graph was reached without an actor');
      const [body, init] = await handle({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: request.body as string | Record<string, unknown> | null,
        raw: request.raw,
        context: { actor, requestId: request.id },
      });
      return reply
        .code(init.status)
        .headers(init.headers ?? {})
        .send(body ?? '');
    },
  });
  server.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url,
    handler: async (request, reply) =>
      refuse(request, reply.header('allow', 'POST'), 'BAD_USER_INPUT', 'GraphQL is served by POST with a JSON body.', 405),
  });
}

/** The status that Fastify gives to a fault of the request; undefined for other failures. */
function statusOf(error: unknown): number | undefined {
  const status: unknown = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function toPublic(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  switch (statusOf(error)) {
    case undefined:
      return { code: 'INTERNAL', message: internalMessage };
    case 404:
      return { code: 'NOT_FOUND', message: 'There is nothing here.' };
    case 413:
      return { code: 'PAYLOAD_TOO_LARGE', message: 'The request body is larger than is read here.' };
    case 415:
      return { code: 'BAD_USER_INPUT', message: 'The request body must be of type application/json.' };
    default:
      return { code: 'BAD_USER_INPUT', message: 'The request cannot be read: its body must be a JSON object.' };
  }
}
