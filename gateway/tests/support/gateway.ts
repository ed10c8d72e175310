/** The whole gateway on a port of its own, with its logs kept to be looked at. */
import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { parseIdentityKeys, type IdentityKeys } from '@vitrine/runtime/identity';
import { createTestDatabase, createTestRedis } from '../../../tests/support/stack.ts';
import type { GatewayConfig } from '../../src/config.ts';
import { buildGateway } from '../../src/gateway.ts';
import { usualRateLimits } from '../../src/limits/rate-limits.ts';
import { subgraphNames, type GraphName, type SubgraphName } from '../../src/graphs.ts';

/** Where its clients believe the gateway to be: what proofs name. */
export const testOrigin = 'https://gateway.example';

export interface TestGateway {
  readonly url: string;
  /** The keys with which the subgraphs check what the gateway signs. */
  readonly identityKeys: IdentityKeys;
  /** Everything logged so far. */
  readonly logs: () => string;
  /** POSTs an operation with a token; more headers win. */
  post(graph: GraphName, token: string | null, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly {
      readonly message: string;
      readonly path?: readonly (string | number)[];
      readonly extensions: { readonly code: string; readonly requestId: string; readonly service?: string };
    }[];
    readonly extensions?: unknown;
  };
  readonly text: string;
}

export interface Surroundings {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly subgraphUrls: Readonly<Record<SubgraphName, string>>;
  readonly environment?: GatewayConfig['environment'];
  readonly maxOrderStreams?: number;
  /** Anything else of the configuration. Unless told, buyers come without proof and send text, and nothing is limited. */
  readonly settings?: Partial<GatewayConfig>;
}

export async function startGateway({
  issuer,
  jwksUrl,
  subgraphUrls,
  environment = 'production',
  maxOrderStreams = 100,
  settings = {},
}: Surroundings): Promise<TestGateway> {
  const identityKeys = subgraphNames.map((name) => `gateway>${name}:k1:${randomBytes(32).toString('base64')}`).join(',');
  const [database, redisUrl] = await Promise.all([createTestDatabase('gateway'), createTestRedis()]);
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const config: GatewayConfig = {
    port: 0,
    host: '127.0.0.1',
    environment,
    logLevel: 'debug',
    identityKeys,
    database: { url: database.url, poolSize: 4 },
    redisUrl,
    gatewayKeys: `k1:${randomBytes(32).toString('base64')}`,
    publicOrigin: testOrigin,
    apps: { ios: null, android: null },
    isProofRequired: false,
    takesFreeOperations: true,
    hasLimits: false,
    rateLimits: usualRateLimits,
    supergraphFolder: undefined,
    trustedProxies: [],
    metricsPort: null,
    subgraphUrls,
    issuer,
    jwksUrl,
    maxOrderStreams,
    stripe: { publishableKey: 'pk_test_gateway', apiBase: 'https://stripe.example' },
    ...settings,
  };
  const gateway = await buildGateway(config, pino({ level: 'debug' }, stream));
  const url = await gateway.server.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    identityKeys: parseIdentityKeys(identityKeys),
    logs: () => lines.join(''),
    async post(graph, token, body, headers = {}) {
      const response = await fetch(`${url}/graphql/${graph}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') === true;
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : {}, text };
    },
    async close() {
      await gateway.close();
      await database.drop();
    },
  };
}
