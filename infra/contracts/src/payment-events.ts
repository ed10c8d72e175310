/** `payment-vault.payment.v1`, key = order id. References and amounts only. */
import { Type, type Static } from 'typebox';
import { Money, OrderId, PaymentId, SellerId } from './json-types.ts';

export const paymentTopic = 'payment-vault.payment.v1';

/** A payment as it is after the event. */
export const PaymentSnapshot = Type.Object({
  paymentId: PaymentId,
  orderId: OrderId,
  sellerId: SellerId,
  status: Type.Union([Type.Literal('authorized'), Type.Literal('captured'), Type.Literal('voided'), Type.Literal('declined')]),
  amount: Money,
});
export type PaymentSnapshot = Static<typeof PaymentSnapshot>;

export const PaymentAuthorized = Type.Object({ payment: PaymentSnapshot });
export const PaymentCaptured = Type.Object({ payment: PaymentSnapshot });
export const PaymentVoided = Type.Object({ payment: PaymentSnapshot });
export const PaymentDeclined = Type.Object({ payment: PaymentSnapshot });

export type PaymentChanged = Static<typeof PaymentAuthorized>;

/** Schema of each event type on the topic. */
export const paymentEvents = {
  'payment.authorized': PaymentAuthorized,
  'payment.captured': PaymentCaptured,
  'payment.voided': PaymentVoided,
  'payment.declined': PaymentDeclined,
} as const;
