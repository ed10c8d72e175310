/**
 * The gateway's HTTP server: one endpoint for each graph, which nothing reaches without an access token for that
 * graph; the ways in to it, health, the pages. Every answer carries a request id of the gateway's own making.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { errorCodes, type ErrorCode } from '@vitrine/runtime/errors';
import type { Logger } from '@vitrine/runtime/telemetry';
import { endConnectionsOnClose } from '@vitrine/runtime/server';
import type { Admission } from './admission.ts';
import type { AppClients } from './app-clients/app-clients.ts';
import type { AcceptedClient } from './app-clients/client-proof.ts';
import type { GatewayConfig } from './config.ts';
import { answerGraphql, type GraphqlEndpoint } from './graphql-endpoint.ts';
import { graphNames, graphs, type GraphName } from './graphs.ts';
import { isCompressed, isNestedTooDeep } from './limits/request-body.ts';
import type { RequestLimits } from './limits/request-limits.ts';
import { serverLimits } from './limits/server-limits.ts';
import type { LiveOperations } from './operations/live-operations.ts';
import { registerPages } from './pages.ts';
import { registerOrderEvents } from './order-events.ts';
import type { OrderEventSource } from './order-event-source.ts';
import type { PartnerClients } from './partner-clients/partner-clients.ts';
import { internalMessage } from './public-errors.ts';
import type { ReadinessProbe } from './readiness.ts';
import { refuse, refuseLimited } from './refusals.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls a graph; set once the request is let in. */
    client: AcceptedClient | null;
    /** The body as it came; null where there is none, or it is not kept. */
    bodyBytes: Buffer | null;
  }
}

export interface ServerParts {
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly operations: Pick<LiveOperations, 'graphs' | 'safelist'>;
  readonly admission: Admission;
  readonly appClients: AppClients;
  readonly partnerClients: PartnerClients;
  /** Null when nothing is limited. */
  readonly limits: RequestLimits | null;
  readonly readiness: ReadinessProbe;
  readonly orderEvents: OrderEventSource;
}

const plainRequestBytes = 16 * 1024;
const largestBodyBytes = Math.max(...graphNames.map((name) => graphs[name].bodyLimitBytes));
/** Asked by those who run the gateway, as often as they like. */
const healthPaths: ReadonlySet<string> = new Set(['/livez', '/readyz']);

/** Builds the server without listening. */
export function createServer(parts: ServerParts): FastifyInstance {
  const { config, logger, admission, appClients, partnerClients, limits, readiness, orderEvents } = parts;
  const loggerInstance: FastifyBaseLogger = logger;
  const server = Fastify({
    ...serverLimits,
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request would be made for each request; what is logged names the request itself.
    childLoggerFactory: (logger) => logger,
    bodyLimit: plainRequestBytes,
    // A client's id is not taken: it could be somebody else's.
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    forceCloseConnections: 'idle',
    // Before there is a route, and a hook: an address that cannot be decoded, for example.
    frameworkErrors(_error, request, reply) {
      refuse(request, reply.header('x-request-id', request.id), 'BAD_USER_INPUT', 'The address of the request cannot be read.');
    },
    return503OnClosing: true,
  });
  // Other types could be sent by a form of another site.
  server.removeContentTypeParser('text/plain');
  endConnectionsOnClose(server);
  server.decorateRequest('client', null);
  server.decorateRequest('bodyBytes', null);
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    if (limits !== null && !(request.method === 'GET' && healthPaths.has(request.url))) {
      const address = limits.admitAddress(request.ip, announcedBytes(request.headers));
      if (address.kind !== 'admitted') {
        refuseLimited(request, reply, address);
        return;
      }
    }
    if (isCompressed(request.headers['content-encoding'])) {
      refuse(request, reply, 'BAD_USER_INPUT', 'The request body must not be compressed.', 415);
      return;
    }
    done();
  });
  if (limits !== null) {
    server.addHook('onResponse', (request, reply, done) => {
      // Who is asked for a nonce has done nothing wrong: every app is, once.
      const isAskedForNonce = reply.hasHeader('dpop-nonce');
      if (reply.statusCode === errorCodes.UNAUTHENTICATED && !isAskedForNonce) limits.noteFailedAuthentication(request.ip);
      done();
    });
  }
  server.setErrorHandler(async (error, request, reply) => {
    const { code, message } = toPublic(error);
    if (code === 'INTERNAL') request.log.error({ err: error, requestId: request.id, path: request.routeOptions.url }, 'request failed');
    return refuse(request, reply, code, message, statusOf(error) ?? errorCodes[code]);
  });
  server.setNotFoundHandler((request, reply) => refuse(request, reply, 'NOT_FOUND', 'There is nothing here.'));

  registerPages(server, config);
  server.register(async (scope) => {
    keepBodyBytes(scope);
    for (const name of graphNames) registerGraph(scope, name, parts);
  });
  appClients.register(server);
  partnerClients.register(server);
  registerOrderEvents(server, { admission, source: orderEvents, maxStreams: config.maxOrderStreams, logger });

  server.get('/livez', async () => ({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const { ready, ...found } = await readiness.check();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', ...found });
  });
  return server;
}

/** Assertions are about the bytes of a request, not about what they mean. */
function keepBodyBytes(scope: FastifyInstance): void {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer;
    request.bodyBytes = bytes;
    if (isNestedTooDeep(bytes)) {
      done(Object.assign(new Error('the body is nested too deep'), { statusCode: 400 }));
      return;
    }
    // It answers by `done`.
    void parse(request, bytes.toString(), done);
  });
}

function registerGraph(scope: FastifyInstance, name: GraphName, { config, operations, admission, appClients, limits }: ServerParts): void {
  const graph = graphs[name];
  const url = `/graphql/${name}`;
  const endpoint: GraphqlEndpoint = {
    graph,
    safelist: operations.safelist,
    takesText: graph.role !== 'buyer' || config.takesFreeOperations,
    proof: appClients.proof,
    limits,
  };
  // GET is for tools of development: nothing of ours uses it.
  const takesGet = config.environment !== 'production' && config.takesFreeOperations;
  scope.route({
    method: takesGet ? ['GET', 'POST'] : 'POST',
    url,
    bodyLimit: graph.bodyLimitBytes,
    // Before the body is read: who is not let in costs no parsing.
    onRequest: async (request, reply) => {
      request.client = await admission.admit(graph, request, reply);
      return request.client === null ? reply : undefined;
    },
    handler: async (request, reply) => {
      const { client } = request;
      if (client === null) throw new Error('a graph was reached by nobody');
      return operations.graphs.run(name, (live) => answerGraphql(endpoint, live, request, reply, client));
    },
  });
  scope.route({
    method: ['PUT', 'PATCH', 'DELETE', ...(takesGet ? [] : ['GET'])],
    url,
    handler: async (request, reply) =>
      refuse(request, reply.header('allow', 'POST'), 'BAD_USER_INPUT', 'GraphQL is served by POST with a JSON body.', 405),
  });
}

/** How large a body will be; one that does not say so may be as large as any that is read. */
function announcedBytes(headers: IncomingHttpHeaders): number {
  const length = headers['content-length'];
  if (length !== undefined) return Number(length);
  return headers['transfer-encoding'] === undefined ? 0 : largestBodyBytes;
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
