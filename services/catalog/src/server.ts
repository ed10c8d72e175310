/** The HTTP server of catalog: the subgraph for the gateway, offers and reservations for checkout. */
import { readFileSync } from 'node:fs';
import { access } from '@vitrine/contracts/access';
import {
  OfferRequest,
  OfferResponse,
  ReleaseRequest,
  ReleaseResponse,
  ReservationRequest,
  ReservationResponse,
} from '@vitrine/contracts/catalog-http';
import {
  ListReservationsRequest,
  ListReservationsResponse,
  listReservationsPath,
  SettleReservationsRequest,
  SettleReservationsResponse,
  settleReservationsPath,
} from '@vitrine/contracts/reconciliation-http';
import { sharedSdl } from '@vitrine/contracts/shared-sdl';
import { registerBatchedRoute } from '@vitrine/runtime/batched-route';
import type { IdentityKeys } from '@vitrine/runtime/identity';
import { createServer, registerSubgraph, requireCaller, type ReadinessCheck } from '@vitrine/runtime/server';
import type { FastifyInstance } from 'fastify';
import { createContext } from './context.ts';
import type { Dependencies } from './dependencies.ts';
import { recordReservations, settleReservations } from './list-reservations.ts';
import { releaseStock } from './release-stock.ts';
import { offerProduct, reserveStock } from './reserve-stock.ts';
import { resolvers } from './resolvers.ts';

const sdl = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

/** Builds the server without listening. */
export function buildServer(
  deps: Dependencies,
  options: { readonly identityKeys: IdentityKeys; readonly readiness: Readonly<Record<string, ReadinessCheck>> },
): FastifyInstance {
  const server = createServer({ name: 'catalog', logger: deps.logger, ...options });
  registerSubgraph(server, {
    sdl: [sharedSdl, sdl],
    resolvers,
    access: access.catalog,
    context: (request) => createContext(deps, request.identity),
  });

  registerBatchedRoute<OfferRequest, OfferResponse>(server, {
    path: '/internal/offers',
    body: OfferRequest,
    response: OfferResponse,
    callers: ['checkout'],
    handle: (request) => offerProduct(deps, request),
  });
  registerBatchedRoute<ReservationRequest, ReservationResponse>(server, {
    path: '/internal/reservations',
    body: ReservationRequest,
    response: ReservationResponse,
    callers: ['checkout'],
    handle: (request, { identity }) => reserveStock(deps, request, identity.requestId),
  });

  server.register(async (internal) => {
    internal.addHook('preValidation', async (request) => requireCaller(request, 'checkout'));

    internal.post<{ Body: ReleaseRequest; Reply: ReleaseResponse }>(
      '/internal/reservations/release',
      { schema: { body: ReleaseRequest, response: { 200: ReleaseResponse } } },
      (request) => releaseStock(deps, request.body.orderId, request.identity.requestId),
    );
    internal.post<{ Body: ListReservationsRequest; Reply: ListReservationsResponse }>(
      listReservationsPath,
      { schema: { body: ListReservationsRequest, response: { 200: ListReservationsResponse } } },
      (request) => recordReservations(deps, request.body),
    );
    internal.post<{ Body: SettleReservationsRequest; Reply: SettleReservationsResponse }>(
      settleReservationsPath,
      { schema: { body: SettleReservationsRequest, response: { 200: SettleReservationsResponse } } },
      (request) => settleReservations(deps, request.body),
    );
  });
  return server;
}
