/** What checkout publishes on `checkout.order.v1`. */
import {
  orderTopic,
  type OrderCancelled,
  type OrderConfirmed,
  type OrderPaymentVoided,
  type OrderPlaced,
} from '@vitrine/contracts/order-events';
import type { NewEvent } from '@vitrine/runtime/outbox';
import { toSnapshot, type Order } from './order.ts';

type OrderEvent =
  | { readonly type: 'order.placed'; readonly payload: OrderPlaced }
  | { readonly type: 'order.confirmed'; readonly payload: OrderConfirmed }
  | { readonly type: 'order.cancelled'; readonly payload: OrderCancelled }
  | { readonly type: 'order.payment_voided'; readonly payload: OrderPaymentVoided };

const envelope = (order: Order, event: OrderEvent): NewEvent => ({
  topic: orderTopic,
  key: order.orderId,
  sequence: order.sequence,
  correlationId: order.requestId,
  ...event,
});

export const orderPlaced = (order: Order): NewEvent => envelope(order, { type: 'order.placed', payload: { order: toSnapshot(order) } });
export const orderConfirmed = (order: Order): NewEvent =>
  envelope(order, { type: 'order.confirmed', payload: { order: toSnapshot(order) } });
export const orderCancelled = (order: Order, reason: OrderCancelled['reason']): NewEvent =>
  envelope(order, { type: 'order.cancelled', payload: { order: toSnapshot(order), reason } });
export const orderPaymentVoided = (order: Order): NewEvent =>
  envelope(order, { type: 'order.payment_voided', payload: { order: toSnapshot(order) } });
