/** Calls to the other services, with the deadline of each. All of them are safe to repeat. */
import type { OfferResponse, ReleaseResponse, ReservationRequest, ReservationResponse } from '@vitrine/contracts/catalog-http';
import type {
  AuthorizationRequest,
  AuthorizationResponse,
  CaptureResponse,
  DeliveryRequest,
  DeliveryResponse,
  ReadinessRequest,
  ReadinessResponse,
  RefundRequest,
  RefundResponse,
  VoidResponse,
} from '@vitrine/contracts/payment-vault-http';
import type { PurchaseDecisionRequest, PurchaseDecisionResponse } from '@vitrine/contracts/seller-eligibility-http';
import { createInternalClient, type IdentityKeys } from '@vitrine/runtime/identity';

/** Ours answer in milliseconds; what takes longer than this is down. */
const timeoutMs = 3_000;
/** payment-vault gives Stripe about 10 s. */
const paymentTimeoutMs = 15_000;

/** What the use cases ask other services. Each throws RetryableError when the outcome is not known. */
export interface Clients {
  offer(productId: string, requestId: string): Promise<OfferResponse>;
  reserve(request: ReservationRequest, requestId: string): Promise<ReservationResponse>;
  release(orderId: string, requestId: string): Promise<ReleaseResponse>;
  decide(request: PurchaseDecisionRequest, requestId: string): Promise<PurchaseDecisionResponse>;
  readiness(request: ReadinessRequest, requestId: string): Promise<ReadinessResponse>;
  authorize(request: AuthorizationRequest, requestId: string): Promise<AuthorizationResponse>;
  capture(orderId: string, requestId: string): Promise<CaptureResponse>;
  voidPayment(orderId: string, requestId: string): Promise<VoidResponse>;
  recordDelivery(request: DeliveryRequest, requestId: string): Promise<DeliveryResponse>;
  refund(request: RefundRequest, requestId: string): Promise<RefundResponse>;
  close(): Promise<void>;
}

/** What a purchase needs of them, until it is captured or let go. */
export type PurchaseClients = Pick<
  Clients,
  'offer' | 'reserve' | 'release' | 'decide' | 'readiness' | 'authorize' | 'capture' | 'voidPayment'
>;

export function createClients(options: {
  readonly keys: IdentityKeys;
  readonly catalogUrl: string;
  readonly sellerEligibilityUrl: string;
  readonly paymentVaultUrl: string;
}): Clients {
  const to = (name: string, baseUrl: string) => createInternalClient({ keys: options.keys, from: 'checkout', to: name, baseUrl });
  const catalog = to('catalog', options.catalogUrl);
  const sellerEligibility = to('seller-eligibility', options.sellerEligibilityUrl);
  const paymentVault = to('payment-vault', options.paymentVaultUrl);
  return {
    offer: (productId, requestId) => catalog.postMany('/internal/offers', { productId }, { requestId, timeoutMs }),
    reserve: (request, requestId) => catalog.postMany('/internal/reservations', request, { requestId, timeoutMs }),
    release: (orderId, requestId) => catalog.post('/internal/reservations/release', { orderId }, { requestId, timeoutMs }),
    decide: (request, requestId) => sellerEligibility.postMany('/internal/purchase-decisions', request, { requestId, timeoutMs }),
    readiness: (request, requestId) => paymentVault.postMany('/internal/readiness', request, { requestId, timeoutMs }),
    authorize: (request, requestId) =>
      paymentVault.postMany('/internal/authorizations', request, { requestId, timeoutMs: paymentTimeoutMs }),
    capture: (orderId, requestId) => paymentVault.postMany('/internal/captures', { orderId }, { requestId, timeoutMs: paymentTimeoutMs }),
    voidPayment: (orderId, requestId) => paymentVault.post('/internal/voids', { orderId }, { requestId, timeoutMs: paymentTimeoutMs }),
    recordDelivery: (request, requestId) => paymentVault.post('/internal/deliveries', request, { requestId, timeoutMs }),
    refund: (request, requestId) => paymentVault.post('/internal/refunds', request, { requestId, timeoutMs: paymentTimeoutMs }),
    close: async () => {
      await Promise.all([catalog.close(), sellerEligibility.close(), paymentVault.close()]);
    },
  };
}
