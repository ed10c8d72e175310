/** The internal HTTP API, for checkout alone: what a purchase needs, in references and amounts. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import {
  AuthorizationRequest,
  AuthorizationResponse,
  CaptureRequest,
  CaptureResponse,
  DeliveryRequest,
  DeliveryResponse,
  ReadinessRequest,
  ReadinessResponse,
  RefundRequest,
  RefundResponse,
  VoidRequest,
  VoidResponse,
} from '@vitrine/contracts/payment-vault-http';
import { ListPaymentsRequest, ListPaymentsResponse, listPaymentsPath } from '@vitrine/contracts/reconciliation-http';
import { InternalRefusal, registerBatchedRoute } from '@vitrine/runtime/batched-route';
import { requireCaller } from '@vitrine/runtime/server';
import { authorizePayment } from './authorize-payment.ts';
import { capturePayment } from './capture-payment.ts';
import { checkReadiness } from './check-readiness.ts';
import type { Deps } from './deps.ts';
import { listPayments } from './list-payments.ts';
import { recordDelivery } from './record-delivery.ts';
import { refundPayment } from './refund-payment.ts';
import { voidPayment } from './void-payment.ts';

export function registerInternalRoutes(server: FastifyInstance, deps: Deps): void {
  registerBatchedRoute<ReadinessRequest, ReadinessResponse>(server, {
    path: '/internal/readiness',
    body: ReadinessRequest,
    response: ReadinessResponse,
    callers: ['checkout'],
    handle: (request) => checkReadiness(deps, request),
  });

  registerBatchedRoute<AuthorizationRequest, AuthorizationResponse>(server, {
    path: '/internal/authorizations',
    body: AuthorizationRequest,
    response: AuthorizationResponse,
    callers: ['checkout'],
    handle: async (request, { identity, log }) => {
      if (request.sellerShareMinor > request.amount.amountMinor)
        return new InternalRefusal(400, "The seller's share is more than the amount.");
      const result = await authorizePayment(deps, request, identity.requestId);
      if (result.status !== 'conflict') return result;
      log.error({ orderId: request.orderId }, 'an authorization was asked for again with other terms');
      return new InternalRefusal(409, 'The payment of this order was begun with other terms.');
    },
  });

  registerBatchedRoute<CaptureRequest, CaptureResponse>(server, {
    path: '/internal/captures',
    body: CaptureRequest,
    response: CaptureResponse,
    callers: ['checkout'],
    handle: async (request, { log }) => {
      const result = await capturePayment(deps, request);
      if (result.status !== 'conflict') return result;
      log.error({ orderId: request.orderId }, 'a capture was asked for again with another amount');
      return new InternalRefusal(409, 'The capture of this order was begun with another amount.');
    },
  });

  server.post<{ Body: RefundRequest }>(
    '/internal/refunds',
    { schema: { body: RefundRequest, response: { 200: RefundResponse } } },
    async (request, reply) => {
      requireCaller(request, 'checkout');
      const result = await refundPayment(deps, request.body, request.identity.requestId);
      if (result.status !== 'conflict') return result;
      const { orderId, refundId } = request.body;
      request.log.error({ orderId, refundId }, 'a refund was asked for again with other terms');
      return refuse(reply, 409, 'This refund was begun with other terms.');
    },
  );

  server.post<{ Body: DeliveryRequest; Reply: DeliveryResponse }>(
    '/internal/deliveries',
    { schema: { body: DeliveryRequest, response: { 200: DeliveryResponse } } },
    async (request) => {
      requireCaller(request, 'checkout');
      return recordDelivery(deps, request.body);
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

  server.post<{ Body: ListPaymentsRequest; Reply: ListPaymentsResponse }>(
    listPaymentsPath,
    { schema: { body: ListPaymentsRequest, response: { 200: ListPaymentsResponse } } },
    async (request) => {
      requireCaller(request, 'checkout');
      return listPayments(deps, request.body);
    },
  );
}

/** A call that no caller should make. */
const refuse = (reply: FastifyReply, status: 400 | 409, message: string): FastifyReply =>
  reply.code(status).send({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
