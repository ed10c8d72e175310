/** What checkout publishes on `checkout.order.v1`. */
import {
  orderTopic,
  type OrderCancelled,
  type OrderConfirmed,
  type OrderDelivered,
  type OrderPaymentVoided,
  type OrderPlaced,
  type OrderShipmentUpdated,
  type OrderShipped,
  type ShipmentSnapshot,
} from '@vitrine/contracts/order-events';
import type { NewEvent } from '@vitrine/runtime/outbox';
import { toSnapshot, type Order } from './order.ts';
import type { Shipment } from './shipment.ts';

type OrderEvent =
  | { readonly type: 'order.placed'; readonly payload: OrderPlaced }
  | { readonly type: 'order.confirmed'; readonly payload: OrderConfirmed }
  | { readonly type: 'order.cancelled'; readonly payload: OrderCancelled }
  | { readonly type: 'order.payment_voided'; readonly payload: OrderPaymentVoided }
  | { readonly type: 'order.shipped'; readonly payload: OrderShipped }
  | { readonly type: 'order.shipment_updated'; readonly payload: OrderShipmentUpdated }
  | { readonly type: 'order.delivered'; readonly payload: OrderDelivered };

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

/** A parcel as events carry it. */
const toShipmentSnapshot = (shipment: Shipment): ShipmentSnapshot => ({
  shipmentId: shipment.shipmentId,
  carrier: shipment.carrier,
  status: shipment.status,
  statusAt: shipment.statusAt.toISOString(),
  shippedAt: shipment.shippedAt.toISOString(),
  lines: shipment.lines.map((line) => ({ ...line })),
});

const shipmentEvent =
  (type: 'order.shipped' | 'order.shipment_updated' | 'order.delivered') =>
  (order: Order, shipment: Shipment): NewEvent =>
    envelope(order, { type, payload: { order: toSnapshot(order), shipment: toShipmentSnapshot(shipment) } });

export const orderShipped = shipmentEvent('order.shipped');
export const orderShipmentUpdated = shipmentEvent('order.shipment_updated');
export const orderDelivered = shipmentEvent('order.delivered');
