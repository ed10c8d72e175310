/**
 * payment-vault's internal HTTP API, for checkout. Amounts and references only: of an address checkout learns the
 * country and the region, which is what tax depends on.
 */
import { Type, type Static } from 'typebox';
import { AccountId, AddressId, Country, Instant, Money, OrderId, PaymentMethodId, RefundId, SellerId } from './json-types.ts';

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
  /** What of the amount is the seller's when all of it is captured, in minor units; not more than the amount. */
  sellerShareMinor: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
});
export type AuthorizationRequest = Static<typeof AuthorizationRequest>;

export const AuthorizationResponse = Type.Union([
  Type.Object({ status: Type.Literal('authorized'), authorizedAt: Instant }),
  /** 3-D Secure: the app goes on with the client secret; ask again with the same request afterwards. */
  Type.Object({ status: Type.Literal('requires_action'), clientSecret: Type.String() }),
  Type.Object({ status: Type.Literal('declined'), reason: DeclineReason }),
  /** The card has been used too often, or for too much, within an hour; nothing was sent to Stripe. Final for the order. */
  Type.Object({ status: Type.Literal('limited'), retryAfterMs: Type.Integer({ minimum: 0 }) }),
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

/**
 * `POST /internal/captures`: captures the authorized amount or a part of it, once; the rest is let go. Idempotent by order
 * id: a repeat asks for the same amount, another amount is answered with 409.
 */
export const CaptureRequest = Type.Object({
  orderId: OrderId,
  /** Minor units of the authorization's currency; absent for the whole amount. */
  amountMinor: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
});
export type CaptureRequest = Static<typeof CaptureRequest>;

export const CaptureResponse = Type.Union([
  /** `amount` is what Stripe shows as captured. */
  Type.Object({ status: Type.Literal('captured'), capturedAt: Instant, amount: Money }),
  /**
   * Nothing was captured. `NOT_AUTHORIZED`: never, not yet, or declined. `LET_GO`: voided, expired or cancelled at Stripe.
   * `EXCEEDS_AUTHORIZED`: more was asked for than is authorized; the authorization stands.
   */
  Type.Object({
    status: Type.Literal('not_capturable'),
    reason: Type.Union([Type.Literal('NOT_AUTHORIZED'), Type.Literal('LET_GO'), Type.Literal('EXCEEDS_AUTHORIZED')]),
  }),
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

/** Why money is given back. */
export const RefundReason = Type.Union([
  Type.Literal('REQUESTED_BY_BUYER'),
  Type.Literal('DUPLICATE'),
  Type.Literal('FRAUD'),
  Type.Literal('CANCELLED_BY_SELLER'),
  Type.Literal('NOT_DELIVERED'),
  Type.Literal('RETURNED'),
]);
export type RefundReason = Static<typeof RefundReason>;

/** Why a refund came to nothing although it was possible. */
export const RefundFailure = Type.Union([
  /** The card is lost, stolen, expired or closed. */
  Type.Literal('CARD_GONE'),
  /** The card's bank refused the money. */
  Type.Literal('DECLINED'),
  /** The buyer's bank is taking the money back itself. */
  Type.Literal('DISPUTED'),
  Type.Literal('INSUFFICIENT_FUNDS'),
  /** Somebody cancelled it at Stripe. */
  Type.Literal('CANCELLED'),
  Type.Literal('UNKNOWN'),
]);
export type RefundFailure = Static<typeof RefundFailure>;

/**
 * `POST /internal/refunds`: gives a part of what was captured, or all of it, back to the card. Idempotent by refund id,
 * which the caller chooses and stores first; a repeat with other terms is answered with 409. Refunds of an order may run
 * at the same time: their sum never exceeds what was captured. A refund that was begun is brought to its end even when
 * nobody asks again; its events tell of it.
 */
export const RefundRequest = Type.Object({
  orderId: OrderId,
  refundId: RefundId,
  /** Minor units of the payment's currency. */
  amountMinor: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
  reason: RefundReason,
});
export type RefundRequest = Static<typeof RefundRequest>;

export const RefundResponse = Type.Union([
  /** `refundedTotal` is everything that went back to the card for this order so far. */
  Type.Object({ status: Type.Literal('refunded'), refundedAt: Instant, amount: Money, refundedTotal: Money }),
  /** Stripe has taken the refund and the money is on its way; `payment.refunded` or `payment.refund_failed` ends it. */
  Type.Object({ status: Type.Literal('pending'), amount: Money }),
  /**
   * No money moves, and a repeat changes nothing as long as `refundableMinor` stays. `EXCEEDS_CAPTURED`: the amount is more
   * than `refundableMinor`, what no other refund has taken. `REFUSED`: Stripe does not take it, for another reason.
   */
  Type.Object({
    status: Type.Literal('not_refundable'),
    reason: Type.Union([Type.Literal('NOT_CAPTURED'), Type.Literal('EXCEEDS_CAPTURED'), Type.Literal('DISPUTED'), Type.Literal('REFUSED')]),
    refundableMinor: Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
  }),
  /** It was made and came to nothing: the amount can be refunded again, with a new refund id. */
  Type.Object({ status: Type.Literal('failed'), reason: RefundFailure }),
  /** It is begun and not known to be over; ask again with the same request, or wait for the event. */
  Type.Object({ status: Type.Literal('retry_later'), retryAfterMs: Type.Integer({ minimum: 0 }) }),
]);
export type RefundResponse = Static<typeof RefundResponse>;

/**
 * `POST /internal/deliveries`: an order's parcel arrived. Its address is kept for 14 days from then on, and at most 90 days
 * after the capture. Idempotent; told again with another time, the latest word counts.
 */
export const DeliveryRequest = Type.Object({
  orderId: OrderId,
  /** A time in the future counts as now. */
  deliveredAt: Instant,
});
export type DeliveryRequest = Static<typeof DeliveryRequest>;

export const DeliveryResponse = Type.Union([
  Type.Object({ status: Type.Literal('recorded'), addressUntil: Instant }),
  /** Nothing is kept for this order: it was never charged, or its address is deleted already. */
  Type.Object({ status: Type.Literal('no_address') }),
]);
export type DeliveryResponse = Static<typeof DeliveryResponse>;
