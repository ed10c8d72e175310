/** The internal HTTP API, for checkout alone: what a purchase needs, in references and amounts. */
import type { FastifyInstance } from 'fastify';
import {
  AuthorizationRequest,
  AuthorizationResponse,
  CaptureRequest,
  CaptureResponse,
  ReadinessRequest,
  ReadinessResponse,
  VoidRequest,
  VoidResponse,
} from '@vitrine/contracts/payment-vault-http';
import { requireCaller } from '@vitrine/runtime/server';
import { authorizePayment } from './authorize-payment.ts';
import { capturePayment } from './capture-payment.ts';
import { checkReadiness } from './check-readiness.ts';
import type { Deps } from './deps.ts';
import { voidPayment } from './void-payment.ts';

export function registerInternalRoutes(server: FastifyInstance, deps: Deps): void {
  server.post<{ Body: ReadinessRequest; Reply: ReadinessResponse }>(
    '/internal/readiness',
    { schema: { body: ReadinessRequest, response: { 200: ReadinessResponse } } },
    async (request) => {
      requireCaller(request, 'checkout');
      return checkReadiness(deps, request.body);
    },
  );

  server.post<{ Body: AuthorizationRequest }>(
    '/internal/authorizations',
    { schema: { body: AuthorizationRequest, response: { 200: AuthorizationResponse } } },
    async (request, reply) => {
      requireCaller(request, 'checkout');
      const result = await authorizePayment(deps, request.body, request.identity.requestId);
      if (result.status !== 'conflict') return result;
      request.log.error({ orderId: request.body.orderId }, 'an authorization was asked for again with other terms');
      return reply
        .code(409)
        .send({ errors: [{ message: 'The payment of this order was begun with other terms.', extensions: { code: 'BAD_USER_INPUT' } }] });
    },
  );

  server.post<{ Body: CaptureRequest; Reply: CaptureResponse }>(
    '/internal/captures',
    { schema: { body: CaptureRequest, response: { 200: CaptureResponse } } },
    async (request) => {
      requireCaller(request, 'checkout');
      return capturePayment(deps, request.body.orderId);
    },
  );

  server.post<{ Body: VoidRequest; Reply: VoidResponse }>(
    '/internal/voids',
    { schema: { body: VoidRequest, response: { 200: VoidResponse } } },
    async (request) => {
      requireCaller(request, 'checkout');
      return voidPayment(deps, request.body.orderId);
    },
  );
}
