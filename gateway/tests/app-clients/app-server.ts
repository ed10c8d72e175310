/** The parts that let official apps in, on a server of their own: with real HTTP, PostgreSQL and Redis, and authorities of the test's own. */
import { randomBytes, randomUUID } from 'node:crypto';
import { addAbortSignal, PassThrough } from 'node:stream';
import Fastify from 'fastify';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { makeAuthority, type Authority } from '@vitrine/local/attestation-certificates';
import { makeProof, makeSoftwareKey, type ProofRequest, type SoftwareKey } from '@vitrine/local/official-app-keys';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { createTestDatabase, createTestRedis } from '../../../tests/support/stack.ts';
import { until } from '../../../tests/support/until.ts';
import { createAdmission } from '../../src/admission.ts';
import { createTokenVerifier } from '../../src/access-tokens.ts';
import { createAppClients } from '../../src/app-clients/app-clients.ts';
import type { AcceptedClient } from '../../src/app-clients/client-proof.ts';
import { parseGatewayKeys } from '../../src/gateway-keys.ts';
import { graphs, type GraphName } from '../../src/graphs.ts';
import { createKeySet } from '../../src/key-set.ts';
import type { OrderEventSource } from '../../src/order-event-source.ts';
import { registerOrderEvents } from '../../src/order-events.ts';
import { createRedis } from '../../src/redis.ts';
import { refuseAssertion, refuseClient, tellNextNonce } from '../../src/refusals.ts';
import { officialDigest, officialPackage } from '../support/android-attestations.ts';
import { startIdentityProvider, type FakeIdentityProvider } from '../support/identity-provider.ts';

export const iosAppId = 'A1B2C3D4E5.example.vitrine.app';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of JSON. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The code of the first error. */
  readonly code: string | undefined;
}

export interface CallOptions {
  /** Bound to the app's key unless told; null sends none. */
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly proof?: Partial<ProofRequest>;
}

export interface AppServer {
  readonly origin: string;
  readonly pool: Pool;
  readonly redis: Redis;
  readonly provider: FakeIdentityProvider;
  readonly root: Authority;
  readonly intermediate: Authority;
  /** Lets the clock of the server run ahead, in ms. */
  advance(ms: number): void;
  /** Streams of orders that are open. Nothing comes in them. */
  readonly openStreams: () => number;
  /** Everything logged so far. */
  readonly logs: () => string;
  /** An app with a key of its own and a token that is bound to it. */
  app(graph?: GraphName): Promise<AppCaller>;
  close(): Promise<void>;
}

export interface AppCaller {
  readonly key: SoftwareKey;
  readonly token: string;
  /** With a proof, made again when the server asks for a nonce. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** The proof that `call` would send. */
  proof(method: string, path: string, changes?: Partial<ProofRequest>): string;
  challenge(): Promise<string>;
}

export interface AppServerOptions {
  readonly isProofRequired?: boolean;
  readonly takesDevelopment?: boolean;
  /** Replaces the test's own. */
  readonly redisUrl?: string;
}

export async function startAppServer(options: AppServerOptions = {}): Promise<AppServer> {
  const [database, provider, root] = await Promise.all([
    createTestDatabase('gateway'),
    startIdentityProvider(),
    makeAuthority({ name: 'Platforms in a test' }),
  ]);
  const intermediate = await makeAuthority({ name: 'Devices in a test', issuer: root });
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
  const pool = createPool({ url: database.url, size: 8, name: 'app-clients-test', logger });
  const redis = createRedis(options.redisUrl ?? (await createTestRedis()), logger);
  if (options.redisUrl === undefined) await until('Redis', async () => (redis.status === 'ready' ? true : undefined));
  let aheadMs = 0;
  const now = (): number => Date.now() + aheadMs;

  const server = Fastify({ genReqId: () => randomUUID() });
  server.setErrorHandler((error, _request, reply) => reply.code(500).send({ errors: [{ message: String(error) }] }));
  server.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const origin = 'https://apps.example';
  const clients = createAppClients({
    apps: {
      ios: { appIds: [iosAppId], roots: [root.certificate], takesDevelopment: options.takesDevelopment ?? false },
      android: { apps: [{ packageName: officialPackage, signingDigests: [officialDigest] }], roots: [root.certificate] },
    },
    publicOrigin: origin,
    isProofRequired: options.isProofRequired ?? true,
    keys: parseGatewayKeys(`k1:${randomBytes(32).toString('base64')}`),
    tokens: createTokenVerifier({ issuer: provider.issuer, keySet: createKeySet(provider.jwksUrl, logger) }),
    pool,
    redis,
    logger,
    now,
  });
  clients.register(server);
  let openStreams = 0;
  const silentOrders: OrderEventSource = {
    async open({ signal }) {
      openStreams += 1;
      return addAbortSignal(signal, new PassThrough()).on('close', () => {
        openStreams -= 1;
      });
    },
    close: async () => undefined,
  };
  registerOrderEvents(server, { admission: createAdmission(clients.proof), source: silentOrders, maxStreams: 8, logger, lookEveryMs: 50 });
  for (const name of ['buyer', 'partner'] as const) {
    const graph = graphs[name];
    const accepted = new WeakMap<object, AcceptedClient>();
    server.route({
      method: ['GET', 'POST'],
      url: `/graphql/${name}`,
      onRequest: async (request, reply) => {
        const check = await clients.proof.check(graph, request);
        if (check.kind === 'refused') return refuseClient(request, reply, graph, check.fault);
        tellNextNonce(reply, check.possession);
        accepted.set(request, check);
        return undefined;
      },
      handler: async (request, reply) => {
        const client = accepted.get(request);
        if (client === undefined) throw new Error('reached without a client');
        if (request.headers['x-changes'] !== undefined) {
          const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
          const check = await clients.proof.checkAssertion(client, request, body);
          if (check.kind !== 'accepted') return refuseAssertion(request, reply, check);
        }
        const { actor, app, instance, possession } = client;
        return { actor, app, instanceId: instance?.instanceId ?? null, replayGuard: possession?.replayGuard ?? null };
      },
    });
  }
  const url = await server.listen({ port: 0, host: '127.0.0.1' });

  const send = async (
    method: string,
    path: string,
    headers: Readonly<Record<string, string | undefined>>,
    body: unknown,
  ): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      headers: Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]])),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const answer = (isJson ? JSON.parse(text) : {}) as {
      readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
    };
    return { status: response.status, headers: response.headers, text, body: answer, code: answer.errors?.[0]?.extensions.code };
  };

  return {
    origin,
    pool,
    redis,
    provider,
    root,
    intermediate,
    advance: (ms) => {
      aheadMs += ms;
    },
    openStreams: () => openStreams,
    logs: () => lines.join(''),
    async app(graph = 'buyer') {
      const key = makeSoftwareKey();
      const token = await provider.token(graph, { claims: { cnf: { jkt: key.thumbprint } } });
      let nonce: string | undefined;
      const proof: AppCaller['proof'] = (method, path, changes = {}) => {
        const claims = { iat: Math.floor(now() / 1_000), ...changes.claims };
        return makeProof(key, {
          method,
          url: origin + path,
          accessToken: token,
          ...(nonce === undefined ? {} : { nonce }),
          ...changes,
          claims,
        });
      };
      const call: AppCaller['call'] = async (method, path, { token: given = token, body, headers = {}, proof: changes } = {}) => {
        const answer = await send(
          method,
          path,
          {
            ...(given === null ? {} : { authorization: `DPoP ${given}` }),
            dpop: proof(method, path, changes),
            'x-vitrine-app': 'ios/5.2.0',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          body,
        );
        const next = answer.headers.get('dpop-nonce');
        if (next !== null) nonce = next;
        const isOwnNonce = changes === undefined || !('nonce' in changes);
        return answer.code === 'USE_DPOP_NONCE' && isOwnNonce && headers['dpop'] === undefined
          ? call(method, path, { token: given, body, headers, ...(changes === undefined ? {} : { proof: changes }) })
          : answer;
      };
      return {
        key,
        token,
        call,
        proof,
        async challenge() {
          const answer = await call('POST', '/app/challenges', { token: null });
          return String(answer.body['challenge']);
        },
      };
    },
    async close() {
      await server.close();
      redis.disconnect();
      await Promise.all([pool.end(), provider.close()]);
      await database.drop();
    },
  };
}
