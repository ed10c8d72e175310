/**
 * A service's HTTP server: liveness, readiness, the subgraph and the internal API. Every route but the two health
 * checks, and those that a service opens, needs an identity signed for this service; without one nothing is answered, `_service` and `_entities`
 * included.
 */
import { buildSubgraphSchema } from '@apollo/subgraph';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify';
import { GraphQLError, parse } from 'graphql';
import mercurius from 'mercurius';
import { enforceAccess, type SubgraphAccess, type WithIdentity } from './access.ts';
import { isDatabaseUnavailable } from './database.ts';
import { errorCodes, PublicError, type ErrorCode } from './errors.ts';
import { identityHeader, verifyIdentity, type Identity, type IdentityKeys } from './identity.ts';
import { RequestLog } from './request-log.ts';
import type { Logger } from './telemetry.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls. Set on every route that needs an identity. */
    identity: Identity;
  }
}

/** Answers whether a part that the service needs is there; the name goes into the readiness answer. */
export type ReadinessCheck = () => Promise<boolean> | boolean;

export interface ServerOptions {
  /** The service's name: the `to` of the identities that it accepts. */
  readonly name: string;
  readonly logger: Logger;
  readonly identityKeys: IdentityKeys;
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  /** Routes that authenticate their callers by themselves, by exact path. */
  readonly openPaths?: readonly string[];
}

const bodyLimitBytes = 2 * 1024 * 1024;
const healthPaths = ['/livez', '/readyz'];

/** Builds the server without listening. */
export function createServer(options: ServerOptions): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = options.logger;
  const server = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    // Each request gets its own when its identity is known.
    childLoggerFactory: (logger) => logger,
    bodyLimit: bodyLimitBytes,
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
  });

  const openPaths: ReadonlySet<string> = new Set([...healthPaths, ...(options.openPaths ?? [])]);
  endConnectionsOnClose(server);
  server.decorateRequest('identity');
  server.addHook('onRequest', async (request) => {
    if (openPaths.has(request.url)) return;
    const header = request.headers[identityHeader];
    const identity = verifyIdentity(options.identityKeys, options.name, typeof header === 'string' ? header : undefined);
    if (identity === null)
      throw new PublicError('UNAUTHENTICATED', `${options.name} answers signed calls of the gateway and of known services only.`);
    request.identity = identity;
    request.log = new RequestLog(server.log, { requestId: identity.requestId, from: identity.from });
  });

  server.setErrorHandler(async (error, request, reply) => {
    const faults = documentFaults(error);
    if (faults !== null) return reply.code(400).send({ errors: faults });
    const { status, body } = toFailure(error, request.log, request.routeOptions.url);
    return reply.code(status).send(body);
  });
  server.setNotFoundHandler(async (_request, reply) => {
    await reply.code(404).send({ errors: [{ message: 'There is nothing here.', extensions: { code: 'NOT_FOUND' } }] });
  });

  server.get('/livez', async () => ({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const checks = await Promise.all(
      Object.entries(options.readiness).map(async ([name, check]) => {
        try {
          return [name, await check()] as const;
        } catch (error) {
          server.log.debug({ err: error, check: name }, 'readiness check failed');
          return [name, false] as const;
        }
      }),
    );
    const ready = checks.every(([, ok]) => ok);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', checks: Object.fromEntries(checks) });
  });
  return server;
}

/**
 * Makes `close` wait for the requests that are under way and not for their connections: one that is answering when it
 * begins would be kept alive, and waited for until its client ends it.
 */
export function endConnectionsOnClose(server: FastifyInstance): void {
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}

/** Refuses an internal route to callers other than these. */
export function requireCaller(request: FastifyRequest, ...allowed: readonly string[]): void {
  if (!allowed.includes(request.identity.from)) throw new PublicError('FORBIDDEN', `${request.identity.from} may not call this.`);
}

/** The answer to a request that failed. What is this service's fault is logged. */
export function toFailure(
  error: unknown,
  log: FastifyBaseLogger,
  path: string | undefined,
): { readonly status: number; readonly body: { readonly errors: readonly object[] } } {
  const { code, message } = toPublic(error);
  if (code === 'INTERNAL' || code === 'UNAVAILABLE') log.error({ err: error, path }, 'request failed');
  return { status: errorCodes[code], body: { errors: [{ message, extensions: { code } }] } };
}

/** What may leave the service about a failure. */
function toPublic(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  if (error instanceof PublicError) return { code: error.code, message: error.message };
  if (isDatabaseUnavailable(error))
    return { code: 'UNAVAILABLE', message: 'This part of Vitrine is not available at the moment. Try again.' };
  if (
    typeof error === 'object' &&
    error !== null &&
    'statusCode' in error &&
    typeof error.statusCode === 'number' &&
    error.statusCode < 500
  ) {
    const code: ErrorCode = error.statusCode === 413 ? 'PAYLOAD_TOO_LARGE' : 'BAD_USER_INPUT';
    return { code, message: 'message' in error ? String(error.message) : 'The request cannot be read.' };
  }
  return { code: 'INTERNAL', message: 'Something went wrong on our side. Try again; if it persists, report the request id.' };
}

/** What graphql itself finds wrong with a document or its variables; null for any other failure. */
function documentFaults(error: unknown): readonly object[] | null {
  if (typeof error !== 'object' || error === null || !('errors' in error) || !Array.isArray(error.errors)) return null;
  const faults = error.errors.filter((fault: unknown): fault is GraphQLError => fault instanceof GraphQLError);
  if (faults.length === 0) return null;
  return faults.map(({ message, locations }) => ({
    message,
    locations,
    extensions: { code: message.startsWith('Syntax Error') ? 'GRAPHQL_PARSE_FAILED' : 'GRAPHQL_VALIDATION_FAILED' },
  }));
}

export interface SubgraphOptions<Context extends WithIdentity> {
  /** SDL documents that together are the subgraph's schema. */
  readonly sdl: readonly string[];
  /** Resolvers by type and field, as graphql-codegen types them. */
  readonly resolvers: object;
  /** Who may have which root field and which entity: exactly those of the schema. */
  readonly access: SubgraphAccess;
  /** What resolvers share within one request, loaders for example. */
  readonly context: (request: FastifyRequest) => Context;
}

type SubgraphModule = Extract<Parameters<typeof buildSubgraphSchema>[0], readonly unknown[]>[number];

/**
 * Serves a federated subgraph at `POST /graphql`. Only the gateway may call it.
 * @throws Error that names what `access` does not decide on.
 */
export function registerSubgraph<Context extends WithIdentity>(server: FastifyInstance, options: SubgraphOptions<Context>): void {
  const module = { typeDefs: parse(options.sdl.join('\n')), resolvers: options.resolvers } as SubgraphModule;
  const schema = buildSubgraphSchema([module]);
  enforceAccess(schema, options.access);
  server.register(mercurius, {
    schema,
    path: '/graphql',
    // graphql-jit 0.8 refuses an absent variable, or input field, of a non-null type that has a default: the schemas have
    // no such input fields, and the gateway sends variables with their defaults filled in.
    jit: 1,
    graphiql: false,
    allowBatchedQueries: false,
    // A timeline asks for the same few operations for ever: parse and validate each once.
    cache: 2_048,
    errorHandler: false,
    context: options.context,
    errorFormatter: (execution, context) => {
      const request = (context as { readonly reply?: { readonly request?: FastifyRequest } } | undefined)?.reply?.request;
      const errors = (execution.errors ?? []).map((error) => formatError(error, request));
      const status = execution.data === undefined || execution.data === null ? errorCodes[errors[0]?.code ?? 'INTERNAL'] : 200;
      return {
        statusCode: status,
        response: {
          data: execution.data ?? null,
          errors: errors.map(({ code, message, path }) => ({ message, path, extensions: { code } })) as never,
        },
      };
    },
  });
  server.addHook('preValidation', async (request) => {
    if (request.routeOptions.url !== '/graphql') return;
    requireCaller(request, 'gateway');
    if (request.method !== 'POST') throw new PublicError('BAD_USER_INPUT', 'GraphQL is served by POST with a JSON body.');
    if (holdsNul(request.body)) throw new PublicError('BAD_USER_INPUT', 'A string holds the character U+0000, which cannot be stored.');
  });
}

/** PostgreSQL cannot store U+0000 and fails the statement: refuse it before it gets there. */
function holdsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\u0000');
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).some(holdsNul);
}

function formatError(
  error: Error,
  request: FastifyRequest | undefined,
): { readonly code: ErrorCode; readonly message: string; readonly path?: readonly (string | number)[] } {
  const cause: unknown = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (cause instanceof GraphQLError) {
    // No original error: graphql itself found fault with the document or the variables.
    return { code: cause.path === undefined ? 'GRAPHQL_VALIDATION_FAILED' : 'INTERNAL', message: cause.message, path: cause.path };
  }
  const { code, message } = toPublic(cause);
  const path = error instanceof GraphQLError ? error.path : undefined;
  if (code === 'INTERNAL' || code === 'UNAVAILABLE') request?.log.error({ err: cause, path }, 'resolver failed');
  return { code, message, path };
}

/**
 * Stops the process in order on SIGTERM or SIGINT: `stop` gets 10 s, a second signal ends it at once. `start` errors
 * end the process with their message, so that a wrong environment reads as one.
 */
export async function runProcess(
  name: string,
  start: () => Promise<{ readonly stop: () => Promise<void>; readonly logger: Logger }>,
): Promise<void> {
  let stopping = false;
  let running: Awaited<ReturnType<typeof start>> | undefined;
  const stop = (signal: string): void => {
    if (stopping || running === undefined) process.exit(stopping ? 1 : 0);
    stopping = true;
    const { logger } = running;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error('could not stop within 10 s');
      process.exit(1);
    }, 10_000).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'could not stop in order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  try {
    running = await start();
  } catch (error) {
    process.stderr.write(
      `${name} could not start: ${error instanceof Error ? (error.name === 'ConfigurationError' ? error.message : (error.stack ?? error.message)) : String(error)}\n`,
    );
    process.exit(1);
  }
}
