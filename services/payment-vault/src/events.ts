/** What payment-vault publishes: `payment-vault.payment.v1`, key = order id. References and amounts, nothing personal. */
import { paymentTopic, type PaymentChanged } from '@vitrine/contracts/payment-events';
import type { NewEvent } from '@vitrine/runtime/outbox';
import type { Payment, PaymentStatus } from './payment.ts';

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
    payload: {
      payment: {
        paymentId: payment.paymentId,
        orderId: payment.orderId,
        sellerId: payment.sellerId,
        status,
        amount: { amountMinor: payment.amountMinor, currency: payment.currency },
      },
    } satisfies PaymentChanged,
  });
}
