/** Orders: what was bought, and where the order stands. */
import { addMoney, type Money } from '@vitrine/runtime/money';
import type { OrderSnapshot } from '@vitrine/contracts/order-events';

export type OrderStatus = OrderSnapshot['status'];

export interface OrderLine {
  readonly productId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPrice: Money;
}

export interface Amounts {
  readonly subtotal: Money;
  readonly shipping: Money;
  readonly tax: Money;
  readonly total: Money;
}

export interface Order extends Amounts {
  readonly orderId: string;
  readonly buyerId: string;
  readonly sellerId: string;
  readonly market: string;
  readonly status: OrderStatus;
  readonly lines: readonly OrderLine[];
  readonly sourcePostId: string | null;
  /** Number of the last event, from 1. */
  readonly sequence: number;
  readonly requestId: string;
  readonly placedAt: Date;
  readonly confirmedAt: Date | null;
  readonly cancelledAt: Date | null;
  /** When the undo window closes and the amount is captured. */
  readonly captureAt: Date;
}

/** The order as its events carry it. */
export function toSnapshot(order: Order): OrderSnapshot {
  return {
    orderId: order.orderId,
    buyerId: order.buyerId,
    sellerId: order.sellerId,
    market: order.market,
    status: order.status,
    lines: order.lines.map((line) => ({ ...line })),
    subtotal: order.subtotal,
    shipping: order.shipping,
    tax: order.tax,
    total: order.total,
    sourcePostId: order.sourcePostId,
    placedAt: order.placedAt.toISOString(),
    confirmedAt: order.confirmedAt?.toISOString() ?? null,
    cancelledAt: order.cancelledAt?.toISOString() ?? null,
  };
}

/** Adds the amounts up. */
export const totalled = (parts: Omit<Amounts, 'total'>): Amounts => ({
  ...parts,
  total: addMoney(parts.subtotal, parts.shipping, parts.tax),
});
