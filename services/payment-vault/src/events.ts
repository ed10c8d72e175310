/** What payment-vault publishes: `payment-vault.payment.v1`, key = order id. References and amounts, nothing personal. */
import {
  paymentTopic,
  type PaymentChanged,
  type PaymentDisputed,
  type PaymentRefunded,
  type PaymentRefundFailed,
} from '@vitrine/contracts/payment-events';
import type { NewEvent } from '@vitrine/runtime/outbox';
import { isClosed, type Dispute } from './dispute.ts';
import type { Payment, PaymentStatus } from './payment.ts';
import type { Refund } from './refund.ts';

type PublishedStatus = PaymentChanged['payment']['status'];

const published: ReadonlySet<string> = new Set<PublishedStatus>(['authorized', 'captured', 'voided', 'declined']);
const isPublished = (status: PaymentStatus): status is PublishedStatus => published.has(status);

/** Makes the event for a change to `status`; null for a change that nobody else needs to know. */
export function paymentEvent(status: PaymentStatus): ((payment: Payment, sequence: number) => NewEvent) | null {
  if (!isPublished(status)) return null;
  return (payment, sequence) => ({
    topic: paymentTopic,
    key: payment.orderId,
    type: `payment.${status}`,
    sequence,
    correlationId: payment.correlationId,
    payload: { payment: snapshotOf(payment, status) } satisfies PaymentChanged,
  });
}

const snapshotOf = (payment: Payment, status: PublishedStatus): PaymentChanged['payment'] => ({
  paymentId: payment.paymentId,
  orderId: payment.orderId,
  sellerId: payment.sellerId,
  status,
  amount: { amountMinor: payment.amountMinor, currency: payment.currency },
  ...(payment.capturedMinor === null ? {} : { capturedMinor: payment.capturedMinor, refundedMinor: payment.refundedMinor }),
});

/** The event for a refund as it is now; null for one that is not over. */
export function refundEvent(refund: Refund, payment: Payment, sequence: number): NewEvent | null {
  const { status, refundId, amountMinor, correlationId } = refund;
  const told = {
    payment: snapshotOf(payment, 'captured'),
    refundId,
    amount: { amountMinor, currency: payment.currency },
  };
  const event = { topic: paymentTopic, key: payment.orderId, sequence, correlationId };
  if (status === 'refunded') return { ...event, type: 'payment.refunded', payload: told satisfies PaymentRefunded };
  if (status !== 'failed' && status !== 'refused') return null;
  const reason = status === 'refused' ? 'REFUSED' : (refund.failure ?? 'UNKNOWN');
  return { ...event, type: 'payment.refund_failed', payload: { ...told, reason } satisfies PaymentRefundFailed };
}

/** The event for a dispute as it is now. Only a captured payment can be disputed. */
export const disputeEvent = (dispute: Dispute, payment: Payment, sequence: number): NewEvent => ({
  topic: paymentTopic,
  key: payment.orderId,
  type: isClosed(dispute.status) ? 'payment.dispute_closed' : 'payment.disputed',
  sequence,
  correlationId: payment.correlationId,
  payload: {
    payment: snapshotOf(payment, 'captured'),
    dispute: {
      disputeId: dispute.id,
      amount: { amountMinor: dispute.amountMinor, currency: dispute.currency },
      reason: dispute.reason,
      status: dispute.status,
      evidenceDueAt: dispute.evidenceDueAt?.toISOString() ?? null,
    },
  } satisfies PaymentDisputed,
});
