/**
 * Refunds: what of an order's amount can go back, and what a refund of some lines, of shipping or of everything comes to.
 * Pure decisions. The parts of several refunds add up to what was charged, to the last minor unit.
 */
import type { RefundFailureKind, RefundKind } from '@vitrine/contracts/order-events';
import type { RefundFailure, RefundReason } from '@vitrine/contracts/payment-vault-http';
import { unreachable } from '@vitrine/runtime/errors';
import type { Money } from '@vitrine/runtime/money';
import type { Order, OrderLine } from './order.ts';

/** `failed` and `refused` leave the amount refundable, by another refund. `refused`: it was not even made. */
export type RefundStatus = 'requested' | 'refused' | 'pending' | 'refunded' | 'failed';

/** Why a refund came to nothing. The three beside payment-vault's: it was not made. */
export type RefundFailureReason = RefundFailure | 'NOT_CAPTURED' | 'EXCEEDS_CAPTURED' | 'REFUSED';

/** Who asked for a refund. */
export type RefundRequester = 'buyer' | 'seller' | 'operator' | 'system';

/** Pieces of a line. */
export interface LineQuantity {
  readonly productId: string;
  readonly quantity: number;
}

/** What of a refund is for pieces of a line, in minor units of the order's currency. */
export interface RefundLine extends LineQuantity {
  /** Without tax. */
  readonly amountMinor: number;
  readonly taxMinor: number;
}

/** What a refund comes to, in minor units of the order's currency. */
export interface RefundTerms {
  readonly amountMinor: number;
  /** Shipping's part of it. */
  readonly shippingMinor: number;
  /** The goods' part of it. */
  readonly lines: readonly RefundLine[];
}

export interface Refund extends RefundTerms {
  readonly refundId: string;
  readonly orderId: string;
  readonly kind: RefundKind;
  /** Null for an external one. */
  readonly reason: RefundReason | null;
  readonly requestedBy: RefundRequester;
  /** The return that it is for; null for any other. */
  readonly returnId: string | null;
  readonly status: RefundStatus;
  readonly failure: RefundFailureReason | null;
  readonly createdAt: Date;
  readonly refundedAt: Date | null;
}

/** What can still be refunded of an order. */
export interface Refundable {
  /** In minor units of the order's currency: what no refund has taken. */
  readonly amountMinor: number;
  readonly shippingMinor: number;
  /** Lines of which pieces are left. */
  readonly lines: readonly LineQuantity[];
}

/** What is asked for. */
export type RefundRequest =
  /** All that is left. */
  | { readonly kind: 'full' }
  /** Pieces of lines, each with its share of tax. */
  | { readonly kind: 'lines'; readonly lines: readonly LineQuantity[] }
  /** What is left of shipping. */
  | { readonly kind: 'shipping' }
  /** An amount for none of the goods. */
  | { readonly kind: 'goodwill'; readonly amount: Money };

export type TermsResult =
  | { readonly kind: 'terms'; readonly terms: RefundTerms }
  /** More than what is left. */
  | { readonly kind: 'exceeds'; readonly refundable: Refundable }
  | { readonly kind: 'invalid_input'; readonly path: readonly string[]; readonly message: string };

const failureKinds: Readonly<Record<RefundFailureReason, RefundFailureKind>> = {
  DISPUTED: 'disputed',
  CARD_GONE: 'not_accepted',
  DECLINED: 'not_accepted',
  INSUFFICIENT_FUNDS: 'not_made',
  CANCELLED: 'not_made',
  UNKNOWN: 'not_made',
  NOT_CAPTURED: 'not_made',
  EXCEEDS_CAPTURED: 'not_made',
  REFUSED: 'not_made',
};

/** What others are told of a failure: nothing about the card. */
export const failureKindOf = (reason: RefundFailureReason): RefundFailureKind => failureKinds[reason];

/** Whether a refund takes a part of what can be refunded. */
export const isClaiming = ({ status }: Pick<Refund, 'status'>): boolean => status !== 'failed' && status !== 'refused';

// As in payment-vault: what was learned earlier may be older than what is known.
const ranks: Readonly<Record<RefundStatus, number>> = { requested: 0, refused: 1, pending: 2, refunded: 3, failed: 4 };

/** Whether a refund in one state can be found in another later. A refunded one fails when the card's bank sends the money back. */
export const isLater = (from: RefundStatus, to: RefundStatus): boolean => ranks[to] > ranks[from];

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);

/** A refund's claims on one line. */
const linesOf = (refunds: readonly Refund[], productId: string): RefundLine[] =>
  refunds.filter(isClaiming).flatMap(({ lines }) => lines.filter((line) => line.productId === productId));

const piecesLeft = (refunds: readonly Refund[], { productId, quantity }: OrderLine): number =>
  Math.max(0, quantity - sum(linesOf(refunds, productId).map((line) => line.quantity)));

/** What can still be refunded of an order that has these refunds, all of them. Nothing of one that was not charged. */
export function refundableOf(order: Order, refunds: readonly Refund[]): Refundable {
  const claiming = refunds.filter(isClaiming);
  const amountMinor =
    order.payment === 'captured' ? Math.max(0, order.total.amountMinor - sum(claiming.map((refund) => refund.amountMinor))) : 0;
  if (amountMinor === 0) return { amountMinor, shippingMinor: 0, lines: [] };
  const shippingLeft = Math.max(0, order.shipping.amountMinor - sum(claiming.map((refund) => refund.shippingMinor)));
  return {
    amountMinor,
    shippingMinor: Math.min(amountMinor, shippingLeft),
    lines: order.lines
      .map((line) => ({ productId: line.productId, quantity: piecesLeft(refunds, line) }))
      .filter(({ quantity }) => quantity > 0),
  };
}

/** Half up, exact: the product of two amounts is beyond a double's integers. */
const shareOf = (amountMinor: number, part: number, whole: number): number =>
  whole === 0 ? 0 : Number((2n * BigInt(amountMinor) * BigInt(part) + BigInt(whole)) / (2n * BigInt(whole)));

/** The tax on a line: the lines' taxes add up to the order's. */
export function lineTaxOf({ lines, tax, subtotal }: Pick<Order, 'lines' | 'tax' | 'subtotal'>, productId: string): number {
  let before = 0;
  for (const line of lines) {
    const upTo = before + line.unitPrice.amountMinor * line.quantity;
    if (line.productId === productId)
      return shareOf(tax.amountMinor, upTo, subtotal.amountMinor) - shareOf(tax.amountMinor, before, subtotal.amountMinor);
    before = upTo;
  }
  return 0;
}

/** Pieces of a line with their share of tax; the last pieces of a line get what is left of it. */
function refundLine(order: Order, line: OrderLine, refunds: readonly Refund[], quantity: number): RefundLine {
  const earlier = linesOf(refunds, line.productId);
  const pieces = sum(earlier.map((part) => part.quantity)) + quantity;
  const taxSoFar = sum(earlier.map((part) => part.taxMinor));
  const taxMinor = Math.max(0, shareOf(lineTaxOf(order, line.productId), pieces, line.quantity) - taxSoFar);
  return { productId: line.productId, quantity, amountMinor: line.unitPrice.amountMinor * quantity, taxMinor };
}

/** Parts that are not more than an amount: a goodwill refund before may have taken some of it. */
function capped(lines: readonly RefundLine[], shippingMinor: number, atMostMinor: number): RefundTerms {
  let left = atMostMinor;
  const take = (amountMinor: number): number => {
    const taken = Math.min(amountMinor, left);
    left -= taken;
    return taken;
  };
  const kept = lines.map((line) => ({ ...line, amountMinor: take(line.amountMinor), taxMinor: take(line.taxMinor) }));
  const shipping = take(shippingMinor);
  return { amountMinor: atMostMinor - left, shippingMinor: shipping, lines: kept };
}

/** All that is left, or nothing. */
export function restOf(order: Order, refunds: readonly Refund[]): RefundTerms {
  const { amountMinor, shippingMinor, lines } = refundableOf(order, refunds);
  return capped(partsOf(order, refunds, lines), shippingMinor, amountMinor);
}

const partsOf = (order: Order, refunds: readonly Refund[], quantities: readonly LineQuantity[]): RefundLine[] =>
  order.lines.flatMap((line) => {
    const asked = quantities.find(({ productId }) => productId === line.productId);
    return asked === undefined ? [] : [refundLine(order, line, refunds, asked.quantity)];
  });

/**
 * What the pieces of a return come to, as far as they are not refunded already: what is left at most, which can be nothing.
 */
export function returnTerms(
  order: Order,
  refunds: readonly Refund[],
  quantities: readonly LineQuantity[],
  withShipping: boolean,
): RefundTerms {
  const refundable = refundableOf(order, refunds);
  const pieces = quantities.flatMap(({ productId, quantity }) => {
    const left = refundable.lines.find((line) => line.productId === productId)?.quantity ?? 0;
    return left === 0 ? [] : [{ productId, quantity: Math.min(quantity, left) }];
  });
  return capped(partsOf(order, refunds, pieces), withShipping ? refundable.shippingMinor : 0, refundable.amountMinor);
}

/** What is wrong with quantities of an order's lines; null when nothing is. */
export function checkLines(order: Order, lines: readonly LineQuantity[]): Extract<TermsResult, { readonly kind: 'invalid_input' }> | null {
  const invalid = (path: readonly string[], message: string) => ({ kind: 'invalid_input', path, message }) as const;
  if (lines.length === 0) return invalid(['lines'], 'Name at least one line.');
  const seen = new Set<string>();
  for (const [index, { productId, quantity }] of lines.entries()) {
    const path = ['lines', String(index)];
    if (seen.has(productId)) return invalid([...path, 'productId'], 'Each line can be named once.');
    seen.add(productId);
    if (!order.lines.some((line) => line.productId === productId)) return invalid([...path, 'productId'], 'The order has no such line.');
    if (!Number.isSafeInteger(quantity) || quantity < 1) return invalid([...path, 'quantity'], 'The quantity must be at least 1.');
  }
  return null;
}

/** What a refund of an order that has these refunds, all of them, comes to. */
export function termsOf(order: Order, refunds: readonly Refund[], request: RefundRequest): TermsResult {
  const refundable = refundableOf(order, refunds);
  const within = (terms: RefundTerms): TermsResult =>
    terms.amountMinor === 0 || terms.amountMinor > refundable.amountMinor ? { kind: 'exceeds', refundable } : { kind: 'terms', terms };
  switch (request.kind) {
    case 'full':
      return within(restOf(order, refunds));
    case 'shipping':
      return within({ amountMinor: refundable.shippingMinor, shippingMinor: refundable.shippingMinor, lines: [] });
    case 'goodwill': {
      const { amountMinor, currency } = request.amount;
      if (!Number.isSafeInteger(amountMinor) || amountMinor < 1)
        return { kind: 'invalid_input', path: ['amount', 'amountMinor'], message: 'The amount must be at least 1.' };
      if (currency !== order.total.currency)
        return { kind: 'invalid_input', path: ['amount', 'currency'], message: `The order is in ${order.total.currency}.` };
      return within({ amountMinor, shippingMinor: 0, lines: [] });
    }
    case 'lines': {
      const invalid = checkLines(order, request.lines);
      if (invalid !== null) return invalid;
      const isTooMuch = request.lines.some(
        ({ productId, quantity }) => quantity > (refundable.lines.find((line) => line.productId === productId)?.quantity ?? 0),
      );
      if (isTooMuch) return { kind: 'exceeds', refundable };
      const lines = partsOf(order, refunds, request.lines);
      return within({ amountMinor: sum(lines.map((line) => line.amountMinor + line.taxMinor)), shippingMinor: 0, lines });
    }
    default:
      return unreachable(request);
  }
}
