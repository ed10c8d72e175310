/** `payment-vault.payment.v1`, key = order id. References and amounts only. */
import { Type, type Static } from 'typebox';
import { DisputeId, Instant, Money, OrderId, PaymentId, RefundId, SellerId } from './json-types.ts';
import { RefundFailure } from './payment-vault-http.ts';

export const paymentTopic = 'payment-vault.payment.v1';

const AmountMinor = Type.Integer({ minimum: 0, maximum: 2_147_483_647 });

/** A payment as it is after the event. */
export const PaymentSnapshot = Type.Object({
  paymentId: PaymentId,
  orderId: OrderId,
  sellerId: SellerId,
  status: Type.Union([Type.Literal('authorized'), Type.Literal('captured'), Type.Literal('voided'), Type.Literal('declined')]),
  /** What was authorized. */
  amount: Money,
  /** What was captured, in minor units; absent before that, and in events older than partial captures. */
  capturedMinor: Type.Optional(AmountMinor),
  /** What went back to the card so far, in minor units; absent like `capturedMinor`. */
  refundedMinor: Type.Optional(AmountMinor),
});
export type PaymentSnapshot = Static<typeof PaymentSnapshot>;

export const PaymentAuthorized = Type.Object({ payment: PaymentSnapshot });
export const PaymentCaptured = Type.Object({ payment: PaymentSnapshot });
export const PaymentVoided = Type.Object({ payment: PaymentSnapshot });
export const PaymentDeclined = Type.Object({ payment: PaymentSnapshot });

export type PaymentChanged = Static<typeof PaymentAuthorized>;

/** A part of what was captured, or all of it, went back to the card. */
export const PaymentRefunded = Type.Object({ payment: PaymentSnapshot, refundId: RefundId, amount: Money });
export type PaymentRefunded = Static<typeof PaymentRefunded>;

/** A refund came to nothing: its amount can be refunded again. `REFUSED`: Stripe did not take it at all. */
export const PaymentRefundFailed = Type.Object({
  payment: PaymentSnapshot,
  refundId: RefundId,
  amount: Money,
  reason: Type.Union([RefundFailure, Type.Literal('REFUSED')]),
});
export type PaymentRefundFailed = Static<typeof PaymentRefundFailed>;

/** The card holder's bank asks for the money back, or only asks (`warning_…`). Reason and status are Stripe's words. */
export const DisputeSnapshot = Type.Object({
  disputeId: DisputeId,
  amount: Money,
  reason: Type.String({ minLength: 1 }),
  /** https://docs.stripe.com/api/disputes/object#dispute_object-status */
  status: Type.String({ minLength: 1 }),
  /** Until when evidence is taken; null when none is. */
  evidenceDueAt: Type.Union([Instant, Type.Null()]),
});

/** A dispute was opened, or its status changed. */
export const PaymentDisputed = Type.Object({ payment: PaymentSnapshot, dispute: DisputeSnapshot });
export type PaymentDisputed = Static<typeof PaymentDisputed>;

/** A dispute is over: won, lost, or an inquiry that was closed. */
export const PaymentDisputeClosed = Type.Object({ payment: PaymentSnapshot, dispute: DisputeSnapshot });

/** Schema of each event type on the topic. */
export const paymentEvents = {
  'payment.authorized': PaymentAuthorized,
  'payment.captured': PaymentCaptured,
  'payment.voided': PaymentVoided,
  'payment.declined': PaymentDeclined,
  'payment.refunded': PaymentRefunded,
  'payment.refund_failed': PaymentRefundFailed,
  'payment.disputed': PaymentDisputed,
  'payment.dispute_closed': PaymentDisputeClosed,
} as const;
