/** What checkout publishes on `checkout.order.v1` about refunds, returns and disputes. */
import {
  orderTopic,
  type OrderDisputeClosed,
  type OrderDisputed,
  type OrderDisputeSnapshot,
  type OrderRefunded,
  type OrderRefundFailed,
  type OrderReturnReceived,
  type OrderReturnRefused,
  type OrderReturnRequested,
  type RefundSnapshot,
  type ReturnSnapshot,
} from '@vitrine/contracts/order-events';
import { money } from '@vitrine/runtime/money';
import type { NewEvent } from '@vitrine/runtime/outbox';
import type { Dispute } from './dispute.ts';
import { toSnapshot, type Order } from './order.ts';
import { failureKindOf, type Refund, type RefundFailureReason } from './refund.ts';
import type { OrderReturn, ReceivedLine } from './return.ts';

type MoneyEvent =
  | { readonly type: 'order.refunded'; readonly payload: OrderRefunded }
  | { readonly type: 'order.refund_failed'; readonly payload: OrderRefundFailed }
  | {
      readonly type: 'order.return_requested' | 'order.return_approved' | 'order.return_withdrawn';
      readonly payload: OrderReturnRequested;
    }
  | { readonly type: 'order.return_refused'; readonly payload: OrderReturnRefused }
  | { readonly type: 'order.return_received'; readonly payload: OrderReturnReceived }
  | { readonly type: 'order.disputed'; readonly payload: OrderDisputed }
  | { readonly type: 'order.dispute_closed'; readonly payload: OrderDisputeClosed };

/** `causationId`: the event that it follows from, if one. */
const envelope = (order: Order, event: MoneyEvent, causationId: string | null = null): NewEvent => ({
  topic: orderTopic,
  key: order.orderId,
  sequence: order.sequence,
  correlationId: order.requestId,
  causationId,
  ...event,
});

function toRefundSnapshot(order: Order, refund: Refund): RefundSnapshot {
  const inCurrency = (amountMinor: number) => money(amountMinor, order.total.currency);
  return {
    refundId: refund.refundId,
    kind: refund.kind,
    amount: inCurrency(refund.amountMinor),
    shipping: inCurrency(refund.shippingMinor),
    lines: refund.lines.map(({ productId, quantity, amountMinor, taxMinor }) => ({
      productId,
      quantity,
      amount: inCurrency(amountMinor),
      tax: inCurrency(taxMinor),
    })),
    returnId: refund.returnId,
  };
}

const toReturnSnapshot = ({ returnId, reason, lines }: OrderReturn): ReturnSnapshot => ({
  returnId,
  reason,
  lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
});

const toDisputeSnapshot = (dispute: Dispute): OrderDisputeSnapshot => ({
  disputeId: dispute.disputeId,
  amount: dispute.amount,
  reason: dispute.reason,
  status: dispute.status,
  evidenceDueAt: dispute.evidenceDueAt?.toISOString() ?? null,
});

export const orderRefunded = (order: Order, refund: Refund, causationId: string | null): NewEvent =>
  envelope(order, { type: 'order.refunded', payload: { order: toSnapshot(order), refund: toRefundSnapshot(order, refund) } }, causationId);

export const orderRefundFailed = (order: Order, refund: Refund, reason: RefundFailureReason, causationId: string | null): NewEvent =>
  envelope(
    order,
    {
      type: 'order.refund_failed',
      payload: { order: toSnapshot(order), refund: toRefundSnapshot(order, refund), reason: failureKindOf(reason) },
    },
    causationId,
  );

const returnEvent =
  (type: 'order.return_requested' | 'order.return_approved' | 'order.return_withdrawn') =>
  (order: Order, returned: OrderReturn): NewEvent =>
    envelope(order, { type, payload: { order: toSnapshot(order), return: toReturnSnapshot(returned) } });

export const orderReturnRequested = returnEvent('order.return_requested');
export const orderReturnApproved = returnEvent('order.return_approved');
export const orderReturnWithdrawn = returnEvent('order.return_withdrawn');

export const orderReturnRefused = (order: Order, returned: OrderReturn, reason: OrderReturnRefused['reason']): NewEvent =>
  envelope(order, {
    type: 'order.return_refused',
    payload: { order: toSnapshot(order), return: toReturnSnapshot(returned), reason },
  });

export const orderReturnReceived = (order: Order, returned: OrderReturn, received: readonly ReceivedLine[]): NewEvent =>
  envelope(order, {
    type: 'order.return_received',
    payload: {
      order: toSnapshot(order),
      return: toReturnSnapshot(returned),
      received: received.map(({ productId, quantity, restock }) => ({ productId, quantity, restock })),
    },
  });

/** News of a dispute, or its end. */
export function orderDispute(order: Order, dispute: Dispute, causationId: string): NewEvent {
  const told = { order: toSnapshot(order), dispute: toDisputeSnapshot(dispute) };
  return dispute.state === 'open'
    ? envelope(order, { type: 'order.disputed', payload: told }, causationId)
    : envelope(order, { type: 'order.dispute_closed', payload: { ...told, outcome: dispute.state } }, causationId);
}
