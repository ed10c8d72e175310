/** The HTTP side of the service: its subgraph, the decision for checkout, API clients for the gateway, and the replay for operators. */
import { readFileSync } from 'node:fs';
import { access } from '@vitrine/contracts/access';
import { orderProjectionReplayPath, ReplayRequest, ReplayResponse } from '@vitrine/contracts/replay-http';
import { PurchaseDecisionRequest, PurchaseDecisionResponse } from '@vitrine/contracts/seller-eligibility-http';
import { sharedSdl } from '@vitrine/contracts/shared-sdl';
import { registerBatchedRoute } from '@vitrine/runtime/batched-route';
import type { Batcher } from '@vitrine/runtime/group-commit';
import type { IdentityKeys } from '@vitrine/runtime/identity';
import { createServer, registerSubgraph, requireCaller, type ReadinessCheck } from '@vitrine/runtime/server';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { FastifyInstance } from 'fastify';
import { registerApiClientRoutes } from './api-client-routes.ts';
import { createContext } from './context.ts';
import { decidePurchase, type PurchaseDecision } from './decision.ts';
import { replayOrders } from './replay-orders.ts';
import { resolvers } from './resolvers.ts';
import type { EligibilityFacts, EligibilityQuestion } from './store/eligibility.ts';
import type { UseCaseDeps } from './use-case.ts';

export const serviceName = 'seller-eligibility';

const ownSdl = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

export interface ServerDeps extends UseCaseDeps {
  /** What the decisions for checkout go by. */
  readonly facts: Batcher<EligibilityQuestion, EligibilityFacts>;
  readonly identityKeys: IdentityKeys;
  readonly readiness: Readonly<Record<string, ReadinessCheck>>;
  readonly logger: Logger;
}

/** Builds the server without listening. */
export function buildServer(deps: ServerDeps): FastifyInstance {
  const server = createServer({ name: serviceName, logger: deps.logger, identityKeys: deps.identityKeys, readiness: deps.readiness });
  registerSubgraph(server, {
    sdl: [sharedSdl, ownSdl],
    resolvers,
    access: access[serviceName],
    context: (request) => createContext(deps, request.identity),
  });

  registerBatchedRoute<PurchaseDecisionRequest, PurchaseDecisionResponse>(server, {
    path: '/internal/purchase-decisions',
    body: PurchaseDecisionRequest,
    response: PurchaseDecisionResponse,
    callers: ['checkout'],
    handle: async ({ buyerId, buyerCountry, sellerId, shipToCountry }) => {
      const { market, seller } = await deps.facts.add({ sellerId, buyerCountry });
      const decision = decidePurchase({ market, seller, buyerId, buyerCountry, shipToCountry, now: new Date() });
      return toDecisionResponse(decision);
    },
  });

  registerApiClientRoutes(server, deps.pool);

  server.post<{ Body: ReplayRequest; Reply: ReplayResponse }>(
    orderProjectionReplayPath,
    { schema: { body: ReplayRequest, response: { 200: ReplayResponse } } },
    async (request) => {
      requireCaller(request, 'ops');
      const answer = await replayOrders(deps.pool, request.body);
      request.log.info(
        { replayId: request.body.replayId, dryRun: request.body.dryRun, examined: answer.examined, changed: answer.changed },
        'order events replayed',
      );
      return answer;
    },
  );
  return server;
}

function toDecisionResponse(decision: PurchaseDecision): PurchaseDecisionResponse {
  if (!decision.allowed) return { allowed: false, reason: decision.reason, message: decision.message };
  const { country, currency, undoWindowSeconds, platformFeeBps, returnWindowDays, policyVersion } = decision.market;
  const { displayName, country: sellsFrom } = decision.seller;
  return {
    allowed: true,
    market: { country, currency, undoWindowSeconds, platformFeeBps, returnWindowDays, policyVersion },
    seller: { displayName, country: sellsFrom },
  };
}
