/**
 * payment-vault's internal HTTP API, for checkout. Amounts and references only: of an address checkout learns the
 * country and the region, which is what tax depends on.
 */
import { Type, type Static } from 'typebox';
import { AccountId, AddressId, Country, Instant, Money, OrderId, PaymentMethodId, SellerId } from './json-types.ts';

/** `POST /internal/readiness`: what the buyer has stored for a purchase. A named id that is gone or another's is missing. */
export const ReadinessRequest = Type.Object({
  buyerId: AccountId,
  /** The one to use; null takes the default. */
  paymentMethodId: Type.Union([PaymentMethodId, Type.Null()]),
  addressId: Type.Union([AddressId, Type.Null()]),
});
export type ReadinessRequest = Static<typeof ReadinessRequest>;

export const ReadinessResponse = Type.Object({
  paymentMethod: Type.Union([Type.Object({ paymentMethodId: PaymentMethodId, expired: Type.Boolean() }), Type.Null()]),
  address: Type.Union([Type.Object({ addressId: AddressId, country: Country, region: Type.String() }), Type.Null()]),
});
export type ReadinessResponse = Static<typeof ReadinessResponse>;

/** Why a payment was declined, as far as the buyer may be told. */
export const DeclineReason = Type.Union([
  Type.Literal('DECLINED'),
  Type.Literal('INSUFFICIENT_FUNDS'),
  Type.Literal('EXPIRED_CARD'),
  Type.Literal('INCORRECT_CVC'),
  Type.Literal('PROCESSING_ERROR'),
  Type.Literal('AUTHENTICATION_FAILED'),
]);
export type DeclineReason = Static<typeof DeclineReason>;

/**
 * `POST /internal/authorizations`: authorizes the total on the card and keeps a copy of the address for the order.
 * Idempotent by order id: repeated after a crash, an unknown outcome or a 3-D Secure challenge it finds out at Stripe
 * what became of the first call and answers that. At most one PaymentIntent is ever made for an order.
 */
export const AuthorizationRequest = Type.Object({
  orderId: OrderId,
  buyerId: AccountId,
  sellerId: SellerId,
  paymentMethodId: PaymentMethodId,
  addressId: AddressId,
  amount: Money,
});
export type AuthorizationRequest = Static<typeof AuthorizationRequest>;

export const AuthorizationResponse = Type.Union([
  Type.Object({ status: Type.Literal('authorized'), authorizedAt: Instant }),
  /** 3-D Secure: the app goes on with the client secret; ask again with the same request afterwards. */
  Type.Object({ status: Type.Literal('requires_action'), clientSecret: Type.String() }),
  Type.Object({ status: Type.Literal('declined'), reason: DeclineReason }),
  /** The card or the address is not there any more. */
  Type.Object({
    status: Type.Literal('missing_details'),
    missing: Type.Array(Type.Union([Type.Literal('DELIVERY_ADDRESS'), Type.Literal('PAYMENT_METHOD')])),
  }),
  /** The authorization was voided before: this purchase is over. */
  Type.Object({ status: Type.Literal('voided') }),
  /** Stripe cannot say at the moment; ask again with the same request. */
  Type.Object({ status: Type.Literal('retry_later'), retryAfterMs: Type.Integer({ minimum: 0 }) }),
]);
export type AuthorizationResponse = Static<typeof AuthorizationResponse>;

/** `POST /internal/captures`: captures the whole authorized amount, idempotent by order id. */
export const CaptureRequest = Type.Object({ orderId: OrderId });
export type CaptureRequest = Static<typeof CaptureRequest>;

export const CaptureResponse = Type.Union([
  Type.Object({ status: Type.Literal('captured'), capturedAt: Instant }),
  /** It cannot be captured any more: expired, cancelled at Stripe, voided, or never authorized. */
  Type.Object({ status: Type.Literal('not_capturable') }),
  Type.Object({ status: Type.Literal('retry_later'), retryAfterMs: Type.Integer({ minimum: 0 }) }),
]);
export type CaptureResponse = Static<typeof CaptureResponse>;

/**
 * `POST /internal/voids`: lets the authorization go and deletes the order's copy of the address, idempotent; also for
 * an authorization that never came to be, which then can never come to be.
 */
export const VoidRequest = Type.Object({ orderId: OrderId });
export type VoidRequest = Static<typeof VoidRequest>;

export const VoidResponse = Type.Union([
  Type.Object({ status: Type.Literal('voided') }),
  /** It was captured before: it has to be refunded instead. */
  Type.Object({ status: Type.Literal('already_captured') }),
  Type.Object({ status: Type.Literal('retry_later'), retryAfterMs: Type.Integer({ minimum: 0 }) }),
]);
export type VoidResponse = Static<typeof VoidResponse>;
