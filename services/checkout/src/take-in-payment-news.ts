/**
 * News of payments taken into orders: what became of refunds, also of those that somebody made at the payment provider, and
 * disputes. News that is late or comes twice changes nothing.
 */
import type { PaymentDisputed, PaymentRefunded, PaymentRefundFailed } from '@vitrine/contracts/payment-events';
import type { Transaction } from '@vitrine/runtime/database';
import { PermanentError } from '@vitrine/runtime/errors';
import type { EventEnvelope } from '@vitrine/runtime/events';
import { disputeMove, outcomeOf } from './dispute.ts';
import { endRefund, tellOfRefund, type RefundNews } from './end-refund.ts';
import { orderDispute } from './money-events.ts';
import { moveOrder } from './order.ts';
import { findDisputesOf, storeDispute } from './store/disputes.ts';
import { lockOrder, saveChanges } from './store/orders.ts';
import { insertExternalRefund, lockRefund, type RefundEnd } from './store/refunds.ts';

/** A refund of ours, or of others, went back to the card. */
export async function takeInRefunded(transaction: Transaction, payload: PaymentRefunded, event: EventEnvelope): Promise<void> {
  await takeInRefund(transaction, payload, event, { status: 'refunded', refundedAt: new Date(event.occurredAt) });
}

/** A refund came to nothing, or the bank sent its money back. */
export async function takeInRefundFailed(transaction: Transaction, payload: PaymentRefundFailed, event: EventEnvelope): Promise<void> {
  const { reason } = payload;
  await takeInRefund(transaction, payload, event, { status: reason === 'REFUSED' ? 'refused' : 'failed', failure: reason });
}

async function takeInRefund(
  transaction: Transaction,
  { payment: { orderId }, refundId, amount }: PaymentRefunded,
  event: EventEnvelope,
  end: Exclude<RefundEnd, { readonly status: 'pending' }>,
): Promise<void> {
  const order = await lockOrder(transaction, orderId);
  // Money that was taken for a purchase that placed no order goes back without one.
  if (order === null) return;
  const news: RefundNews = { cause: 'payment', attempt: 1, causationId: event.eventId };
  const known = await lockRefund(transaction, refundId);
  if (known !== null) {
    if (known.amountMinor !== amount.amountMinor || known.orderId !== orderId)
      throw new PermanentError(`${event.type} ${event.eventId} is not about the ${refundId} that was asked for`);
    await endRefund(transaction, order, refundId, end, news);
    return;
  }
  // Ours are written before payment-vault hears of them, so this one was made at the payment provider.
  const external = await insertExternalRefund(transaction, { orderId, refundId, amountMinor: amount.amountMinor, end });
  if (end.status === 'refunded') await tellOfRefund(transaction, order, external, news);
}

/** A dispute was opened, changed, or is over. */
export async function takeInDispute(transaction: Transaction, { payment, dispute }: PaymentDisputed, event: EventEnvelope): Promise<void> {
  const order = await lockOrder(transaction, payment.orderId);
  if (order === null) throw new PermanentError(`${event.type} ${event.eventId} is about an order that is not here`);
  const stored = await storeDispute(transaction, {
    orderId: order.orderId,
    ...factsOf(dispute),
    state: event.type === 'payment.dispute_closed' ? outcomeOf(dispute.status) : 'open',
    at: new Date(event.occurredAt),
    sequence: event.sequence,
  });
  if (stored === null) return;
  const move = disputeMove(await findDisputesOf(transaction, [order.orderId]));
  const moved = moveOrder(order, move);
  if (moved === null) throw new Error(`${order.orderId} cannot be moved by ${move}`);
  const { disputeId, state, status } = stored;
  const saved = await saveChanges(transaction, [
    { order: moved, event: orderDispute(moved, stored, event.eventId), cause: 'payment', detail: { disputeId, state, status } },
  ]);
  if (!saved.has(order.orderId)) throw new Error(`${order.orderId} changed under its lock`);
}

const factsOf = ({ disputeId, amount, reason, status, evidenceDueAt }: PaymentDisputed['dispute']) => ({
  disputeId,
  amount,
  reason,
  status,
  evidenceDueAt: evidenceDueAt === null ? null : new Date(evidenceDueAt),
});
