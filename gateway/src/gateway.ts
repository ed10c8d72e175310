/** Puts the gateway together from its configuration: what it keeps, the three graphs, who is let in, the server. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { createPool, migrate } from '@vitrine/runtime/database';
import { openIdentityKeys } from '@vitrine/runtime/identity-keys';
import type { Logger } from '@vitrine/runtime/telemetry';
import { createTokenVerifier } from './access-tokens.ts';
import { createAdmission } from './admission.ts';
import { createAppClients } from './app-clients/app-clients.ts';
import type { GatewayConfig } from './config.ts';
import { openGatewayKeys } from './gateway-keys.ts';
import { subgraphNames, type SubgraphName } from './graphs.ts';
import { createKeySet } from './key-set.ts';
import { createRequestLimits } from './limits/request-limits.ts';
import { openLiveOperations } from './operations/live-operations.ts';
import { createOperationStore } from './operations/operation-store.ts';
import { createPlanStore } from './operations/plan-store.ts';
import { createOrderEventSource } from './order-event-source.ts';
import { createPartnerClients } from './partner-clients/partner-clients.ts';
import { acceptPartnerTokens } from './partner-clients/partner-tokens.ts';
import { createReadinessProbe } from './readiness.ts';
import { createRedis } from './redis.ts';
import { createServer } from './server.ts';
import { createSubgraphSource, type SubgraphSource } from './subgraph-source.ts';

export interface Gateway {
  /** Not listening yet. */
  readonly server: FastifyInstance;
  /** Ends requests under way, then connections. */
  close(): Promise<void>;
}

/** Nothing that a request waits for takes longer; a PostgreSQL that is silent counts as away. */
const databaseAnswerMs = 2_000;
const migrations = fileURLToPath(new URL('../migrations', import.meta.url));

export async function buildGateway(config: GatewayConfig, logger: Logger): Promise<Gateway> {
  const { database, publicOrigin } = config;
  const identityKeys = openIdentityKeys(config.identityKeys, { logger });
  const gatewayKeys = openGatewayKeys(config.gatewayKeys, { logger });
  const pool = createPool({ url: database.url, size: database.poolSize, name: 'gateway', logger, answerTimeoutMs: databaseAnswerMs });
  const redis = createRedis(config.redisUrl, logger);
  const sourceOf = (name: SubgraphName): SubgraphSource =>
    createSubgraphSource({ name, baseUrl: config.subgraphUrls[name], identityKeys, logger });
  const sources: Readonly<Record<SubgraphName, SubgraphSource>> = {
    timeline: sourceOf('timeline'),
    catalog: sourceOf('catalog'),
    checkout: sourceOf('checkout'),
    'payment-vault': sourceOf('payment-vault'),
    'seller-eligibility': sourceOf('seller-eligibility'),
  };

  const operations = await openLiveOperations({
    supergraphFolder: config.supergraphFolder,
    sources,
    introspection: config.environment !== 'production',
    store: createOperationStore(pool),
    planStore: createPlanStore(pool),
    migrate: () => migrate({ url: database.url, directory: migrations, runtimeTables: false, logger }),
    logger,
  });

  const keySet = createKeySet(config.jwksUrl, logger);
  const partnerClients = createPartnerClients({
    gatewayKeys,
    identityKeys,
    sellerEligibilityUrl: config.subgraphUrls['seller-eligibility'],
    redis,
    origin: publicOrigin,
    logger,
  });
  const appClients = createAppClients({
    apps: config.apps,
    publicOrigin,
    isProofRequired: config.isProofRequired,
    keys: gatewayKeys,
    tokens: acceptPartnerTokens(createTokenVerifier({ issuer: config.issuer, keySet }), partnerClients.tokens),
    pool,
    redis,
    logger,
  });
  const limits = config.hasLimits ? createRequestLimits({ redis, settings: config.rateLimits, logger }) : null;
  const readiness = createReadinessProbe(config.subgraphUrls, keySet, () => operations.safelist.state());
  const orderEvents = createOrderEventSource({
    checkoutUrl: config.subgraphUrls.checkout,
    identityKeys,
    maxStreams: config.maxOrderStreams,
  });
  const server = createServer({
    config,
    logger,
    operations,
    admission: createAdmission(appClients.proof),
    appClients,
    partnerClients,
    limits,
    readiness,
    orderEvents,
  });
  server.addHook('onListen', async () => operations.startPlanning());
  return {
    server,
    async close() {
      await server.close();
      await operations.close();
      await partnerClients.close();
      await Promise.all([readiness.close(), orderEvents.close(), ...subgraphNames.map((name) => sources[name].close())]);
      await pool.end();
      redis.disconnect();
    },
  };
}
