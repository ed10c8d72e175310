/** The gateway's side of API clients on a server of its own, in front of the real seller-eligibility. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import Fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { createTestRedis } from '../../../tests/support/stack.ts';
import { apiClientCalls } from '../../../services/seller-eligibility/tests/api-client-calls.ts';
import {
  activeSeller,
  identityKeys,
  startService,
  type Answered,
  type SellerActor,
  type ServiceUnderTest,
} from '../../../services/seller-eligibility/tests/service-under-test.ts';
import { parseGatewayKeys, type GatewayKeys } from '../../src/gateway-keys.ts';
import { createPartnerClients, type PartnerClients } from '../../src/partner-clients/partner-clients.ts';
import type { TokenCheck } from '../../src/access-tokens.ts';
import { graphs, type GraphName } from '../../src/graphs.ts';
import { refuseToken } from '../../src/refusals.ts';
import { acceptPartnerTokens } from '../../src/partner-clients/partner-tokens.ts';

export const tokenEndpoint = 'https://api.vitrine.example/oauth/token';

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: {
    readonly access_token?: string;
    readonly token_type?: string;
    readonly expires_in?: number;
    readonly scope?: string;
    readonly error?: string;
    readonly error_description?: string;
  };
}

export interface PartnerGateway {
  readonly service: ServiceUnderTest;
  readonly calls: ReturnType<typeof apiClientCalls>;
  readonly anna: SellerActor;
  /** Everything logged so far. */
  readonly logs: () => string;
  readonly redis: Redis;
  /** Moves the clock of the gateway. */
  advance(ms: number): void;
  nowSeconds(): number;
  /** POSTs a form to the token endpoint, from an address. */
  request(
    form: Readonly<Record<string, string>> | string,
    options?: { readonly headers?: Readonly<Record<string, string>>; readonly from?: string },
  ): Promise<TokenAnswer>;
  /** Gets a token with a secret. */
  token(
    made: { readonly client: Answered; readonly secret: string | null },
    form?: Readonly<Record<string, string>>,
    from?: string,
  ): Promise<TokenAnswer>;
  check(token: string | undefined, from?: string): Promise<TokenCheck>;
  /** What becomes of a header at a graph. A token that is none of an API client is `missing`. */
  checkHeader(graph: GraphName, authorization: string | undefined): Promise<TokenCheck>;
  /** What a request to the sellers' graph is answered. */
  call(token: string, from: string): Promise<{ readonly status: number; readonly code?: string; readonly challenge?: unknown }>;
  /** Another gateway process, with keys and a peer of its own. */
  another(options: { readonly gatewayKeys?: GatewayKeys; readonly sellerEligibilityUrl?: string }): PartnerClients;
  stop(): Promise<void>;
}

export const basic = (clientId: string, secret: string | null): string =>
  `Basic ${Buffer.from(`${clientId}:${secret ?? ''}`).toString('base64')}`;

const gatewayKeys = parseGatewayKeys(`k1:${randomBytes(32).toString('base64')}`);

export async function startPartnerGateway(): Promise<PartnerGateway> {
  const service = await startService();
  await service.server.listen({ port: 0, host: '127.0.0.1' });
  const serviceUrl = `http://127.0.0.1:${(service.server.server.address() as AddressInfo).port}`;
  const redis = new Redis(await createTestRedis());
  const anna = await activeSeller(service, { displayName: 'Anna' });

  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const logger = pino({ level: 'trace' }, stream);
  const loggerInstance: FastifyBaseLogger = logger;
  let offsetMs = 0;
  const now = (): number => Date.now() + offsetMs;
  const others: PartnerClients[] = [];
  const build = (keys: GatewayKeys, sellerEligibilityUrl: string): PartnerClients =>
    createPartnerClients({
      gatewayKeys: keys,
      identityKeys,
      sellerEligibilityUrl,
      redis,
      origin: new URL(tokenEndpoint).origin,
      logger,
      now,
    });
  const partners = build(gatewayKeys, serviceUrl);
  const verifier = acceptPartnerTokens({ check: async () => ({ kind: 'missing' }) }, partners.tokens);
  const server = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: true,
  });
  partners.register(server);
  server.post('/graphql/partner', async (request, reply) => {
    const check = await verifier.check(graphs.partner, request.headers.authorization, request);
    return check.kind === 'accepted' ? { data: {} } : refuseToken(request, reply, graphs.partner, check);
  });
  await server.ready();

  const request: PartnerGateway['request'] = async (form, { headers = {}, from = '203.0.113.7' } = {}) => {
    const answer = await server.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': from, ...headers },
      payload: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });
    return { status: answer.statusCode, headers: answer.headers, body: JSON.parse(answer.body) as TokenAnswer['body'] };
  };
  return {
    service,
    calls: apiClientCalls(() => service),
    anna,
    logs: () => lines.join(''),
    redis,
    advance: (ms) => {
      offsetMs += ms;
    },
    nowSeconds: () => Math.floor(now() / 1_000),
    request,
    token: ({ client, secret }, form = {}, from) =>
      request(
        { grant_type: 'client_credentials', ...form },
        { headers: { authorization: basic(client.id, secret) }, ...(from === undefined ? {} : { from }) },
      ),
    check: (token, ip = '203.0.113.7') => verifier.check(graphs.partner, `Bearer ${token ?? ''}`, { ip, id: 'request' }),
    checkHeader: (graph, authorization) => verifier.check(graphs[graph], authorization, { ip: '203.0.113.7', id: 'request' }),
    call: async (token, from) => {
      const answer = await server.inject({
        method: 'POST',
        url: '/graphql/partner',
        headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': from },
      });
      const { errors } = answer.json<{ readonly errors?: readonly { readonly extensions: { readonly code: string } }[] }>();
      return { status: answer.statusCode, code: errors?.[0]?.extensions.code, challenge: answer.headers['www-authenticate'] };
    },
    another: ({ gatewayKeys: keys = gatewayKeys, sellerEligibilityUrl = serviceUrl }) => {
      const other = build(keys, sellerEligibilityUrl);
      others.push(other);
      return other;
    },
    stop: async () => {
      await server.close();
      await Promise.all([partners, ...others].map((each) => each.close()));
      await service.stop();
      redis.disconnect();
    },
  };
}
