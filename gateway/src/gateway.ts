/** Puts the gateway together from its configuration: sources, the three graphs, token checks, server. */
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { openIdentityKeys } from '@vitrine/runtime/identity-keys';
import type { Logger } from '@vitrine/runtime/telemetry';
import { createTokenVerifier } from './access-tokens.ts';
import type { GatewayConfig } from './config.ts';
import type { StoredPlans } from './execution/query-plans.ts';
import { loadFederatedGraph } from './federated-graph.ts';
import { graphNames, subgraphNames, type GraphName, type SubgraphName } from './graphs.ts';
import { createKeySet } from './key-set.ts';
import { createOrderEventSource } from './order-event-source.ts';
import { createReadinessProbe } from './readiness.ts';
import { createServer } from './server.ts';
import { createSubgraphSource, type SubgraphSource } from './subgraph-source.ts';

export interface Gateway {
  /** Not listening yet. */
  readonly server: FastifyInstance;
  /** Ends requests under way, then connections. */
  close(): Promise<void>;
}

const readGenerated = (file: string): Promise<string> => readFile(new URL(`../supergraphs/generated/${file}`, import.meta.url), 'utf8');

/** The committed supergraph of a graph. */
export const readSupergraph = (name: GraphName): Promise<string> => readGenerated(`${name}.supergraph.graphql`);

/** The committed schema of a graph as its clients see it. */
export const readPublicSchema = (name: GraphName): Promise<string> => readGenerated(`${name}.api.graphql`);

/** The committed plans of the operations that are known. */
export const readPlans = async (name: GraphName): Promise<StoredPlans> => JSON.parse(await readGenerated(`${name}.plans.json`));

export async function buildGateway(config: GatewayConfig, logger: Logger): Promise<Gateway> {
  const identityKeys = openIdentityKeys(config.identityKeys, { logger });
  const sourceOf = (name: SubgraphName): SubgraphSource =>
    createSubgraphSource({ name, baseUrl: config.subgraphUrls[name], identityKeys, logger });
  const sources: Readonly<Record<SubgraphName, SubgraphSource>> = {
    timeline: sourceOf('timeline'),
    catalog: sourceOf('catalog'),
    checkout: sourceOf('checkout'),
    'payment-vault': sourceOf('payment-vault'),
    'seller-eligibility': sourceOf('seller-eligibility'),
  };
  const federatedGraphs = await Promise.all(
    graphNames.map(async (name) => {
      const [supergraphSdl, publicSdl, plans] = await Promise.all([readSupergraph(name), readPublicSchema(name), readPlans(name)]);
      return loadFederatedGraph({ name, supergraphSdl, publicSdl, plans, sources, logger });
    }),
  );
  const keySet = createKeySet(config.jwksUrl, logger);
  const readiness = createReadinessProbe(config.subgraphUrls, keySet);
  const orderEvents = createOrderEventSource({
    checkoutUrl: config.subgraphUrls.checkout,
    identityKeys,
    maxStreams: config.maxOrderStreams,
  });
  const server = createServer({
    config,
    logger,
    federatedGraphs,
    tokens: createTokenVerifier({ issuer: config.issuer, keySet }),
    readiness,
    orderEvents,
  });
  return {
    server,
    async close() {
      await server.close();
      await Promise.all(federatedGraphs.map((graph) => graph.close()));
      await Promise.all([readiness.close(), orderEvents.close(), ...subgraphNames.map((name) => sources[name].close())]);
    },
  };
}
