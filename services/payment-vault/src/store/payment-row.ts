/** A payment's row. */
import type { Payment, PaymentStatus, PaymentTerms, Refusal } from '../payment.ts';

/** Longer than all calls of Stripe that a holder makes may take together, so that nobody has to renew it. */
export const leaseSeconds = 15;

export interface NewPayment extends PaymentTerms {
  readonly orderId: string;
  readonly paymentId: string;
  readonly stripeCustomerId: string;
  readonly stripePaymentMethodId: string;
  readonly authorizeKey: string;
  readonly correlationId: string;
  readonly leaseToken: string;
  /** The order's copy of the address, sealed for it. */
  readonly sealedAddress: { readonly ciphertext: Buffer; readonly keyVersion: number };
  readonly grantDays: number;
}

export interface PaymentRow {
  readonly order_id: string;
  readonly payment_id: string | null;
  readonly buyer_id: string;
  readonly seller_id: string;
  readonly payment_method_id: string;
  readonly address_id: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly status: PaymentStatus;
  readonly decline_reason: Refusal | null;
  readonly stripe_customer_id: string;
  readonly stripe_payment_method_id: string;
  readonly stripe_payment_intent_id: string | null;
  readonly authorize_key: string;
  readonly capture_key: string | null;
  readonly void_key: string | null;
  readonly sent_at: Date | null;
  readonly capture_requested_at: Date | null;
  readonly void_requested_at: Date | null;
  readonly authorized_at: Date | null;
  readonly captured_at: Date | null;
  readonly capture_minor: number | null;
  readonly captured_minor: number | null;
  readonly stripe_charge_id: string | null;
  readonly refund_reserved_minor: number;
  readonly refunded_minor: number;
  readonly seller_share_minor: number | null;
  readonly settle_attempts: number;
  readonly correlation_id: string;
  readonly sequence: number;
  readonly created_at: Date;
}

export const toPayment = (row: PaymentRow, paymentId = row.payment_id): Payment => {
  if (paymentId === null) throw new Error('a tombstone is no payment');
  return {
    orderId: row.order_id,
    paymentId,
    buyerId: row.buyer_id,
    sellerId: row.seller_id,
    paymentMethodId: row.payment_method_id,
    addressId: row.address_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    status: row.status,
    declineReason: row.decline_reason,
    stripeCustomerId: row.stripe_customer_id,
    stripePaymentMethodId: row.stripe_payment_method_id,
    stripePaymentIntentId: row.stripe_payment_intent_id,
    authorizeKey: row.authorize_key,
    captureKey: row.capture_key,
    voidKey: row.void_key,
    sentAt: row.sent_at,
    captureRequestedAt: row.capture_requested_at,
    voidRequestedAt: row.void_requested_at,
    authorizedAt: row.authorized_at,
    capturedAt: row.captured_at,
    captureMinor: row.capture_minor,
    capturedMinor: row.captured_minor,
    stripeChargeId: row.stripe_charge_id,
    refundReservedMinor: row.refund_reserved_minor,
    refundedMinor: row.refunded_minor,
    sellerShareMinor: row.seller_share_minor,
    settleAttempts: row.settle_attempts,
    sequence: row.sequence,
    correlationId: row.correlation_id,
    createdAt: row.created_at,
  };
};
