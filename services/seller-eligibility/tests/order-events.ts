/** Order events as checkout publishes them. */
import { orderTopic, type OrderSnapshot } from '@vitrine/contracts/order-events';
import type { EventEnvelope } from '@vitrine/runtime/events';
import { newId } from '@vitrine/runtime/ids';

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

/** An order that is placed. */
export function newOrder(overrides: Partial<OrderSnapshot> = {}): OrderSnapshot {
  return {
    orderId: newId('ord'),
    buyerId: newId('usr'),
    sellerId: newId('sel'),
    market: 'US',
    status: 'placed',
    lines: [{ productId: newId('prd'), sku: 'NB-A5', title: 'Notebook A5', quantity: 2, unitPrice: usd(1_400) }],
    subtotal: usd(2_800),
    shipping: usd(500),
    tax: usd(231),
    total: usd(3_531),
    sourcePostId: newId('pst'),
    placedAt: '2026-11-23T08:30:00.000Z',
    confirmedAt: null,
    cancelledAt: null,
    ...overrides,
  };
}

const confirmed = (order: OrderSnapshot, confirmedAt = '2026-11-23T08:31:00.000Z'): OrderSnapshot => ({
  ...order,
  status: 'confirmed',
  confirmedAt,
});
const cancelled = (order: OrderSnapshot): OrderSnapshot => ({ ...order, status: 'cancelled', cancelledAt: '2026-11-23T09:00:00.000Z' });

function event(type: string, sequence: number, order: OrderSnapshot, extra: object = {}): EventEnvelope {
  return {
    topic: orderTopic,
    key: order.orderId,
    eventId: newId('evt'),
    type,
    sequence,
    occurredAt: order.cancelledAt ?? order.confirmedAt ?? order.placedAt,
    correlationId: 'test',
    causationId: null,
    replayId: null,
    payload: { order, ...extra },
  };
}

export const placedEvent = (order: OrderSnapshot, sequence = 1): EventEnvelope => event('order.placed', sequence, order);
export const confirmedEvent = (order: OrderSnapshot, options: { readonly sequence?: number; readonly at?: string } = {}): EventEnvelope =>
  event('order.confirmed', options.sequence ?? 2, confirmed(order, options.at));
/** Cancelled after it was confirmed. */
export const cancelledEvent = (order: OrderSnapshot, sequence = 3): EventEnvelope =>
  event('order.cancelled', sequence, cancelled(confirmed(order)), { reason: 'capture_failed' });
/** Cancelled before it was ever confirmed. */
export const abandonedEvent = (order: OrderSnapshot, sequence = 2): EventEnvelope =>
  event('order.cancelled', sequence, cancelled(order), { reason: 'capture_failed' });
