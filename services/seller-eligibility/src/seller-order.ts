/** An order as its seller sees it, made from an order event. The buyer is not in it. */
import type { OrderSnapshot } from '@vitrine/contracts/order-events';

export interface SellerOrder {
  readonly orderId: string;
  readonly sellerId: string;
  readonly status: 'confirmed' | 'cancelled';
  /** ISO 3166-1 alpha-2. */
  readonly market: string;
  readonly lines: readonly SellerOrderLine[];
  /** ISO 4217, of every amount. */
  readonly currency: string;
  readonly subtotalMinor: number;
  readonly shippingMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  readonly sourcePostId: string | null;
  readonly placedAt: Date;
  /** Null for an order that was cancelled before it was confirmed, which its seller never sees. */
  readonly confirmedAt: Date | null;
  readonly cancelledAt: Date | null;
  /** Of the event that it was made from. */
  readonly sequence: number;
}

export interface SellerOrderLine {
  readonly productId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPriceMinor: number;
}

/** Makes the seller's view of an order, or says why the event contradicts itself. */
export function toSellerOrder(order: OrderSnapshot, sequence: number): SellerOrder | { readonly contradiction: string } {
  const { status, subtotal, shipping, tax, total } = order;
  if (status === 'placed') return { contradiction: 'an order that is only placed is not shown to its seller' };
  if (status === 'confirmed' && order.confirmedAt === null) return { contradiction: 'a confirmed order has no time of confirmation' };
  if (status === 'cancelled' && order.cancelledAt === null) return { contradiction: 'a cancelled order has no time of cancellation' };
  const amounts = [subtotal, shipping, tax, total, ...order.lines.map((line) => line.unitPrice)];
  if (amounts.some((amount) => amount.currency !== total.currency)) return { contradiction: 'the amounts are in several currencies' };
  return {
    orderId: order.orderId,
    sellerId: order.sellerId,
    status,
    market: order.market,
    lines: order.lines.map(({ productId, sku, title, quantity, unitPrice }) => ({
      productId,
      sku,
      title,
      quantity,
      unitPriceMinor: unitPrice.amountMinor,
    })),
    currency: total.currency,
    subtotalMinor: subtotal.amountMinor,
    shippingMinor: shipping.amountMinor,
    taxMinor: tax.amountMinor,
    totalMinor: total.amountMinor,
    sourcePostId: order.sourcePostId,
    placedAt: new Date(order.placedAt),
    confirmedAt: order.confirmedAt === null ? null : new Date(order.confirmedAt),
    cancelledAt: order.cancelledAt === null ? null : new Date(order.cancelledAt),
    sequence,
  };
}
