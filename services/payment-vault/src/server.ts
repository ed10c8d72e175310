/** payment-vault's HTTP server: the subgraph, the internal API for checkout and operators, and the door for Stripe's webhooks. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { access } from '@vitrine/contracts/access';
import { sharedSdl } from '@vitrine/contracts/shared-sdl';
import type { IdentityKeys } from '@vitrine/runtime/identity';
import { createServer, registerSubgraph } from '@vitrine/runtime/server';
import { createContext } from './context.ts';
import type { Deps } from './deps.ts';
import { registerInternalRoutes } from './internal-routes.ts';
import { registerKeyRoutes } from './key-routes.ts';
import { resolvers } from './resolvers.ts';
import { registerWebhookRoute, webhookPath } from './webhook-route.ts';

const schemaSdl = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

/** Builds the server without listening. */
export function buildServer(deps: Deps, identityKeys: IdentityKeys): FastifyInstance {
  const server = createServer({
    name: 'payment-vault',
    logger: deps.logger,
    identityKeys,
    openPaths: [webhookPath],
    readiness: {
      database: async () => (await deps.pool.query('select 1')).rowCount === 1,
      keys: () => deps.keys.areReachable(),
    },
  });
  registerSubgraph(server, {
    sdl: [sharedSdl, schemaSdl],
    resolvers,
    access: access['payment-vault'],
    context: (request) => createContext(deps, request),
  });
  registerInternalRoutes(server, deps);
  registerKeyRoutes(server, deps);
  registerWebhookRoute(server, deps);
  return server;
}
