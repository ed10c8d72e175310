/** Orders: what was bought, and where the order stands. */
import type { CancelReason, OrderSnapshot, PaymentState } from '@vitrine/contracts/order-events';
import { addMoney, money, type Money } from '@vitrine/runtime/money';
import { moveStates, type MoveName, type OrderStates } from './order-moves.ts';

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

export interface Order extends Amounts, OrderStates {
  readonly orderId: string;
  readonly buyerId: string;
  readonly sellerId: string;
  readonly market: string;
  readonly lines: readonly OrderLine[];
  /** The way of shipping that the buyer chose. */
  readonly shippingService: string;
  readonly sourcePostId: string | null;
  /** Number of the last event, from 1: the order's version. */
  readonly sequence: number;
  readonly requestId: string;
  readonly placedAt: Date;
  readonly confirmedAt: Date | null;
  readonly cancelledAt: Date | null;
  readonly cancelReason: CancelReason | null;
  /** When the undo window closes and the amount is captured. */
  readonly captureAt: Date;
  /** What went back to the card so far, in minor units of the total's currency. */
  readonly refundedMinor: number;
}

/** What became of the money, as others are told: a capture that is under way is not one yet, nor is a release. */
export function paymentStateOf({ payment, refundedMinor, total }: Pick<Order, 'payment' | 'refundedMinor' | 'total'>): PaymentState {
  if (payment === 'voided') return 'voided';
  if (payment !== 'captured') return 'authorized';
  if (refundedMinor === 0) return 'captured';
  return refundedMinor < total.amountMinor ? 'partially_refunded' : 'refunded';
}

/** The states as the order's events carry them, in one line for its history: status, payment, fulfilment, returns. */
export const statesToTell = (order: Order): string => `${order.status} ${paymentStateOf(order)} ${order.fulfilment} ${order.returns}`;

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
    payment: paymentStateOf(order),
    fulfilment: order.fulfilment,
    returns: order.returns,
    dispute: order.dispute,
    refunded: money(order.refundedMinor, order.total.currency),
  };
}

/** What a move may set beside the states. */
export type OrderPatch = Partial<Pick<Order, 'confirmedAt' | 'cancelledAt' | 'cancelReason' | 'refundedMinor'>>;

/** The order after a move and its event; null when the move is not legal. */
export function moveOrder(order: Order, move: MoveName, patch: OrderPatch = {}): Order | null {
  const states = moveStates(order, move);
  return states === null ? null : { ...order, ...states, ...patch, sequence: order.sequence + 1 };
}

/** Adds the amounts up. */
export const totalled = (parts: Omit<Amounts, 'total'>): Amounts => ({
  ...parts,
  total: addMoney(parts.subtotal, parts.shipping, parts.tax),
});
