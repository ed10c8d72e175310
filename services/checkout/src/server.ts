/** checkout's HTTP server: the subgraph, and the question that catalog asks about held stock. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { access } from '@vitrine/contracts/access';
import { StockClaimRequest, StockClaimResponse } from '@vitrine/contracts/checkout-http';
import { sharedSdl } from '@vitrine/contracts/shared-sdl';
import type { IdentityKeys } from '@vitrine/runtime/identity';
import { createServer, registerSubgraph, requireCaller } from '@vitrine/runtime/server';
import { createContext } from './context.ts';
import type { Deps } from './deps.ts';
import type { Reconciler } from './reconciler.ts';
import { registerOrderStreamRoute } from './order-stream-route.ts';
import type { OrderStreams } from './order-streams.ts';
import { registerReconciliationRoutes } from './reconciliation-routes.ts';
import { resolvers } from './resolvers.ts';
import { findClaim } from './store/orders.ts';

const schemaSdl = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

/** Builds the server without listening. `reconciler`: null when this process does not reconcile; `orderStreams`: null when it tells no apps. */
export function buildServer(
  deps: Deps,
  identityKeys: IdentityKeys,
  isConsuming = (): boolean => true,
  reconciler: Reconciler | null = null,
  orderStreams: OrderStreams | null = null,
): FastifyInstance {
  const server = createServer({
    name: 'checkout',
    logger: deps.logger,
    identityKeys,
    readiness: { database: async () => (await deps.pool.query('select 1')).rowCount === 1, consumer: isConsuming },
  });
  registerSubgraph(server, {
    sdl: [sharedSdl, schemaSdl],
    resolvers,
    access: access.checkout,
    context: (request) => createContext(deps, request),
  });

  server.post<{ Body: StockClaimRequest; Reply: StockClaimResponse }>(
    '/internal/stock-claims',
    { schema: { body: StockClaimRequest, response: { 200: StockClaimResponse } } },
    async (request) => {
      requireCaller(request, 'catalog');
      return { claim: await findClaim(deps.pool, request.body.orderId) };
    },
  );
  if (orderStreams !== null) registerOrderStreamRoute(server, orderStreams);
  registerReconciliationRoutes(server, { pool: deps.pool, reconciler });
  return server;
}
