/**
 * A seller, or an operator, gives a part of an order's money back, or all of it. The refund is written under the order's
 * lock, where what is left is known, and made afterwards: refunds that are asked for at once never exceed what was charged.
 */
import type { RefundKind } from '@vitrine/contracts/order-events';
import type { RefundReason } from '@vitrine/contracts/payment-vault-http';
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId, newId } from '@vitrine/runtime/ids';
import { maySeeSellerOrder } from './access.ts';
import type { Deps } from './deps.ts';
import type { Order } from './order.ts';
import { isClaiming, refundableOf, returnTerms, termsOf, type Refundable, type RefundRequest, type RefundTerms } from './refund.ts';
import { findOrders, lockOrder } from './store/orders.ts';
import { findRefundsOf, insertRefund } from './store/refunds.ts';
import { findReturnsOf } from './store/returns.ts';

/** Who may give money back. */
export type RefundActor =
  | { readonly role: 'seller'; readonly accountId: string; readonly sellerId: string }
  | { readonly role: 'operator'; readonly accountId: string };

/** Beside what a refund can be of: the money of a return that was received and whose refund has failed. */
export type AskedRefund = RefundRequest | { readonly kind: 'return'; readonly returnId: string };

export interface RefundCommand {
  readonly actor: RefundActor;
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly refund: AskedRefund;
  readonly reason: RefundReason;
  /** The order's version that the caller knows; null for any. */
  readonly expectedVersion: number | null;
}

export type RefundRefusal =
  | { readonly kind: 'not_found'; readonly orderId: string }
  | { readonly kind: 'changed'; readonly currentVersion: number }
  /** More than what is left. */
  | { readonly kind: 'exceeds'; readonly refundable: Refundable }
  | { readonly kind: 'invalid_input'; readonly path: readonly string[]; readonly message: string };

export type RefundOrderResult =
  | { readonly kind: 'requested'; readonly orderId: string; readonly refundId: string }
  | RefundRefusal
  | IdempotencyRefusal;

export async function refundOrder(deps: Pick<Deps, 'pool' | 'wakeRefunds'>, command: RefundCommand): Promise<RefundOrderResult> {
  const { actor, idempotencyKey, ...input } = command;
  const result = await runIdempotent<RefundOrderResult>(
    deps.pool,
    { actorId: actor.accountId, operation: 'refundOrder', idempotencyKey, input },
    (transaction) => request(transaction, command),
    ({ kind }) => kind === 'requested',
  );
  if (result.kind === 'requested') deps.wakeRefunds();
  return result;
}

/** The reasons that are a seller's to give: a payment is called fraudulent by the network. */
const sellerReasons: ReadonlySet<RefundReason> = new Set([
  'REQUESTED_BY_BUYER',
  'DUPLICATE',
  'CANCELLED_BY_SELLER',
  'NOT_DELIVERED',
  'RETURNED',
]);

async function request(transaction: Transaction, command: RefundCommand): Promise<Exclude<RefundOrderResult, IdempotencyRefusal>> {
  const { actor, orderId, refund, reason, expectedVersion } = command;
  const order = isId('ord', orderId) ? await lockOrder(transaction, orderId) : null;
  if (order === null || !maySeeSellerOrder({ ...actor }, order)) return { kind: 'not_found', orderId };
  if (actor.role === 'seller' && !sellerReasons.has(reason))
    return { kind: 'invalid_input', path: ['reason'], message: 'This reason is for network staff.' };
  if (expectedVersion !== null && expectedVersion !== order.sequence) return { kind: 'changed', currentVersion: order.sequence };
  const priced = await priceRefund(transaction, order, refund);
  if (priced.kind !== 'terms') return priced;
  const refundId = newId('ref');
  await insertRefund(transaction, {
    orderId,
    refundId,
    kind: priced.refundKind,
    ...priced.terms,
    reason,
    requestedBy: actor.role,
    ...(refund.kind === 'return' ? { returnId: refund.returnId } : {}),
  });
  return { kind: 'requested', orderId, refundId };
}

export interface RefundQuote {
  readonly kind: 'terms';
  readonly refundKind: Exclude<RefundKind, 'external' | 'cancellation'>;
  readonly terms: RefundTerms;
  /** What could be refunded before. */
  readonly refundable: Refundable;
}

/** What a refund would come to, for whoever may make it; nothing is written. */
export async function quoteRefund(
  deps: Pick<Deps, 'pool'>,
  { actor, orderId, refund }: Pick<RefundCommand, 'actor' | 'orderId' | 'refund'>,
): Promise<
  { readonly kind: 'quote'; readonly order: Order; readonly quote: RefundQuote } | Exclude<RefundRefusal, { readonly kind: 'changed' }>
> {
  const [order] = isId('ord', orderId) ? await findOrders(deps.pool, [orderId]) : [];
  if (order === undefined || !maySeeSellerOrder({ ...actor }, order)) return { kind: 'not_found', orderId };
  const priced = await priceRefund(deps.pool, order, refund);
  return priced.kind === 'terms' ? { kind: 'quote', order, quote: priced } : priced;
}

async function priceRefund(
  queryable: Queryable,
  order: Order,
  refund: AskedRefund,
): Promise<RefundQuote | Extract<RefundRefusal, { readonly kind: 'exceeds' | 'invalid_input' }>> {
  const refunds = await findRefundsOf(queryable, [order.orderId]);
  const refundable = refundableOf(order, refunds);
  if (refund.kind !== 'return') {
    const result = termsOf(order, refunds, refund);
    return result.kind === 'terms' ? { ...result, refundKind: refund.kind, refundable } : result;
  }
  const { returnId } = refund;
  const returned = (await findReturnsOf(queryable, [order.orderId])).find((candidate) => candidate.returnId === returnId);
  const invalid = (message: string) => ({ kind: 'invalid_input', path: ['returnId'], message }) as const;
  if (returned?.state !== 'received' || returned.received === null) return invalid('The order has no such return that was received.');
  if (refunds.some((known) => known.returnId === returnId && isClaiming(known)))
    return invalid('The refund of this return is already under way.');
  const terms = returnTerms(order, refunds, returned.received, returned.refundShipping ?? false);
  return terms.amountMinor === 0 ? { kind: 'exceeds', refundable } : { kind: 'terms', refundKind: 'return', terms, refundable };
}
