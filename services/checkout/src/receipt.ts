/**
 * The receipt: what was bought, from whom, for how much and on which terms, as it was when the buyer tapped. Made only of
 * what cannot change any more, so it is the same whenever it is made. Not an invoice; what is refunded later is not in it.
 */
import { hashInput } from '@vitrine/runtime/idempotency';
import { multiplyMoney, type Money } from '@vitrine/runtime/money';
import type { Order } from './order.ts';
import type { SaleTerms } from './purchase.ts';

export interface ReceiptLine {
  readonly productId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  /** `unitPrice` × `quantity`. */
  readonly amount: Money;
}

/** Dates are RFC 3339 in UTC. */
export interface ReceiptContent {
  readonly orderId: string;
  readonly placedAt: string;
  /** When the order became final. */
  readonly issuedAt: string;
  /** ISO 3166-1 alpha-2. */
  readonly market: string;
  readonly sellerId: string;
  /** Name and country as they were; null, as the other terms, for purchases from before receipts. */
  readonly seller: SaleTerms['seller'];
  readonly lines: readonly ReceiptLine[];
  readonly subtotal: Money;
  readonly shippingService: string;
  readonly shipping: Money;
  /** On the goods, in parts per million. */
  readonly taxPpm: number | null;
  readonly tax: Money;
  readonly total: Money;
  readonly returnWindowDays: number | null;
  readonly policyVersion: string | null;
}

export interface Receipt {
  readonly number: string;
  readonly content: ReceiptContent;
  /** SHA-256 over the content, hexadecimal. */
  readonly hash: string;
}

/** SHA-256 over a receipt's content as JSON with sorted keys and no spaces, hexadecimal. */
export const hashReceipt = (content: ReceiptContent): string => hashInput(content).toString('hex');

/** A receipt's number: the day of the purchase, and the random part of the order's id. */
export function receiptNumber(orderId: string, placedAt: Date): string {
  const day = placedAt.toISOString().slice(0, 10).replaceAll('-', '');
  const random = orderId.replaceAll('-', '').slice(-16);
  return `VT-${day}-${BigInt(`0x${random}`).toString(32).toUpperCase().padStart(13, '0')}`;
}

/** The receipt of an order; null until the order is final. `terms` are those that it was quoted on, null when not known. */
export function makeReceipt(order: Order, terms: SaleTerms | null): Receipt | null {
  if (order.confirmedAt === null) return null;
  const content: ReceiptContent = {
    orderId: order.orderId,
    placedAt: order.placedAt.toISOString(),
    issuedAt: order.confirmedAt.toISOString(),
    market: order.market,
    sellerId: order.sellerId,
    seller: terms?.seller ?? null,
    lines: order.lines.map(({ productId, sku, title, quantity, unitPrice }) => ({
      productId,
      sku,
      title,
      quantity,
      unitPrice,
      amount: multiplyMoney(unitPrice, quantity),
    })),
    subtotal: order.subtotal,
    shippingService: order.shippingService,
    shipping: order.shipping,
    taxPpm: terms?.taxPpm ?? null,
    tax: order.tax,
    total: order.total,
    returnWindowDays: terms?.returnWindowDays ?? null,
    policyVersion: terms?.policyVersion ?? null,
  };
  return { number: receiptNumber(order.orderId, order.placedAt), content, hash: hashReceipt(content) };
}
