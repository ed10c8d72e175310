/**
 * What became of a refund, taken into the order: what went back counts from the moment that payment-vault says so, each
 * refund once, in whatever order its answers and events arrive.
 */
import type { Transaction } from '@vitrine/runtime/database';
import { orderRefunded, orderRefundFailed } from './money-events.ts';
import type { MoveName } from './order-moves.ts';
import { moveOrder, type Order } from './order.ts';
import { isClaiming, isLater, type Refund } from './refund.ts';
import type { OrderReturn } from './return.ts';
import { saveChanges, type Cause } from './store/orders.ts';
import { findRefundsOf, lockRefund, storeRefundEnd, type RefundEnd } from './store/refunds.ts';
import { findReturnsOf, storeReturn } from './store/returns.ts';

/** Where the news comes from. */
export interface RefundNews {
  readonly cause: Cause;
  /** How often payment-vault was asked. */
  readonly attempt: number;
  /** The event that brought it; null for an answer. */
  readonly causationId: string | null;
}

/**
 * Takes news of a refund of a locked order in; answers whether it was news. Of what is known already, and of older news,
 * nothing changes.
 */
export async function endRefund(
  transaction: Transaction,
  order: Order,
  refundId: string,
  end: RefundEnd,
  news: RefundNews,
): Promise<boolean> {
  const known = await lockRefund(transaction, refundId);
  if (known === null || known.orderId !== order.orderId) throw new Error(`${order.orderId} has no ${refundId}`);
  // Of two failures the first is told.
  if (!isLater(known.status, end.status) || (!isClaiming(known) && !isClaiming(end))) return false;
  const refund = await storeRefundEnd(transaction, refundId, end);
  if (end.status !== 'pending') await tellOfRefund(transaction, order, refund, news);
  return true;
}

/** Writes the change of a locked order that has a refund whose end is new. */
export async function tellOfRefund(transaction: Transaction, order: Order, refund: Refund, news: RefundNews): Promise<void> {
  const refunds = await findRefundsOf(transaction, [order.orderId]);
  const refundedMinor = refunds.filter(({ status }) => status === 'refunded').reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const { move, returned } = await returnAfter(transaction, order, refund);
  // What was refunded at the payment provider, beside refunds of ours that it let through as well, is never more than the total.
  const moved = moveOrder(order, move, { refundedMinor: Math.min(refundedMinor, order.total.amountMinor) });
  if (moved === null) throw new Error(`${order.orderId} cannot be moved by ${move}`);
  if (returned !== null) await storeReturn(transaction, returned);
  const { refundId, kind, amountMinor, failure } = refund;
  const event =
    failure === null ? orderRefunded(moved, refund, news.causationId) : orderRefundFailed(moved, refund, failure, news.causationId);
  const detail = { refundId, kind, amountMinor, ...(failure === null ? {} : { failure }) };
  const saved = await saveChanges(transaction, [{ order: moved, event, cause: news.cause, attempt: news.attempt, detail }]);
  if (!saved.has(order.orderId)) throw new Error(`${order.orderId} changed under its lock`);
}

/** A return is over when its money went back, and under way again when the bank has sent it back. */
async function returnAfter(
  transaction: Transaction,
  order: Order,
  { returnId, status }: Refund,
): Promise<{ readonly move: MoveName; readonly returned: OrderReturn | null }> {
  const nothing = { move: 'note', returned: null } as const;
  if (returnId === null) return nothing;
  // The order's state is that of its latest return.
  const latest = (await findReturnsOf(transaction, [order.orderId])).at(-1);
  if (latest?.returnId !== returnId) return nothing;
  if (status === 'refunded' && latest.state === 'received') return { move: 'finish_return', returned: { ...latest, state: 'refunded' } };
  if (status === 'failed' && latest.state === 'refunded') return { move: 'reopen_return', returned: { ...latest, state: 'received' } };
  return nothing;
}
