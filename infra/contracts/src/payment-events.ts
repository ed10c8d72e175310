/** `payment-vault.payment.v1`, key = order id. References and amounts only. */
import { Type, type Static } from 'typebox';
import { Money, OrderId, PaymentId, RefundId, SellerId } from './json-types.ts';
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

/** Schema of each event type on the topic. */
export const paymentEvents = {
  'payment.authorized': PaymentAuthorized,
  'payment.captured': PaymentCaptured,
  'payment.voided': PaymentVoided,
  'payment.declined': PaymentDeclined,
  'payment.refunded': PaymentRefunded,
  'payment.refund_failed': PaymentRefundFailed,
} as const;
