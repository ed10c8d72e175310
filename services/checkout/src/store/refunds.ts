/** Statements on refunds. The database refuses one that, with those before it, is more than the order's total. */
import { randomUUID } from 'node:crypto';
import type { RefundKind } from '@vitrine/contracts/order-events';
import type { RefundReason } from '@vitrine/contracts/payment-vault-http';
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import type { Order } from '../order.ts';
import { restOf, type Refund, type RefundFailureReason, type RefundLine, type RefundRequester, type RefundStatus } from '../refund.ts';
import type { Cause } from './orders.ts';

interface RefundRow {
  readonly refund_id: string;
  readonly order_id: string;
  readonly kind: RefundKind;
  readonly amount_minor: number;
  readonly shipping_minor: number;
  readonly lines: RefundLine[];
  readonly reason: RefundReason | null;
  readonly requested_by: RefundRequester;
  readonly return_id: string | null;
  readonly status: RefundStatus;
  readonly failure: RefundFailureReason | null;
  readonly attempts: number;
  readonly created_at: Date;
  readonly refunded_at: Date | null;
}

const toRefund = (row: RefundRow): Refund => ({
  refundId: row.refund_id,
  orderId: row.order_id,
  kind: row.kind,
  amountMinor: row.amount_minor,
  shippingMinor: row.shipping_minor,
  lines: row.lines,
  reason: row.reason,
  requestedBy: row.requested_by,
  returnId: row.return_id,
  status: row.status,
  failure: row.failure,
  createdAt: row.created_at,
  refundedAt: row.refunded_at,
});

/** A refund to be made. */
export interface NewRefund {
  readonly orderId: string;
  /** `ref_…` */
  readonly refundId: string;
  readonly kind: Exclude<RefundKind, 'external'>;
  readonly amountMinor: number;
  /** Shipping's part of the amount. 0 unless given. */
  readonly shippingMinor?: number;
  readonly lines: readonly RefundLine[];
  readonly reason: RefundReason;
  readonly requestedBy: RefundRequester;
  /** The return that it is for. */
  readonly returnId?: string;
}

const causes: Readonly<Record<RefundRequester, Cause>> = { buyer: 'buyer', seller: 'seller', operator: 'operator', system: 'schedule' };

/**
 * Writes a refund and its step in the order's history; a loop drives it from then on. The transaction holds the order's
 * row afterwards.
 * @throws when it is more than what is left (constraint `orders_never_refund_above_total`): look first, under the order's lock.
 */
export async function insertRefund(transaction: Transaction, refund: NewRefund): Promise<void> {
  await transaction.query({
    name: 'refund-insert',
    text: `with inserted as (
             insert into refunds (refund_id, order_id, kind, amount_minor, shipping_minor, lines, reason, requested_by, return_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *
           )
           insert into order_history (order_id, buyer_id, step, cause, detail)
           select o.order_id, o.buyer_id, 'refund_requested', $10,
                  jsonb_build_object('refundId', i.refund_id, 'kind', i.kind, 'amountMinor', i.amount_minor, 'reason', i.reason)
             from inserted i join orders o using (order_id)`,
    values: [
      refund.refundId,
      refund.orderId,
      refund.kind,
      refund.amountMinor,
      refund.shippingMinor ?? 0,
      JSON.stringify(refund.lines),
      refund.reason,
      refund.requestedBy,
      refund.returnId ?? null,
      causes[refund.requestedBy],
    ],
  });
}

/**
 * Asks for all that is left of an order, for example because it is cancelled; answers the refund's id, or null when nothing
 * is left. The caller holds the order's lock; `order` is as it was charged.
 */
export async function refundTheRest(
  transaction: Transaction,
  order: Order,
  terms: Pick<NewRefund, 'kind' | 'reason' | 'requestedBy'>,
): Promise<string | null> {
  const rest = restOf(order, await findRefundsOf(transaction, [order.orderId]));
  if (rest.amountMinor === 0) return null;
  const refundId = newId('ref');
  await insertRefund(transaction, { ...terms, ...rest, orderId: order.orderId, refundId });
  return refundId;
}

/** Refunds of orders, oldest first. */
export async function findRefundsOf(queryable: Queryable, orderIds: readonly string[]): Promise<Refund[]> {
  const { rows } = await queryable.query<RefundRow>({
    name: 'refunds-of-orders',
    text: 'select * from refunds where order_id = any($1) order by order_id, created_at, refund_id',
    values: [orderIds],
  });
  return rows.map(toRefund);
}

/** A refund; locked for the rest of the transaction. The order is locked first, always. */
export async function lockRefund(transaction: Transaction, refundId: string): Promise<Refund | null> {
  const { rows } = await transaction.query<RefundRow>({
    name: 'refund-lock',
    text: 'select * from refunds where refund_id = $1 for update',
    values: [refundId],
  });
  return rows[0] === undefined ? null : toRefund(rows[0]);
}

/** What became of a refund. */
export type RefundEnd =
  | { readonly status: 'pending' }
  | { readonly status: 'refunded'; readonly refundedAt: Date }
  | { readonly status: 'failed' | 'refused'; readonly failure: RefundFailureReason };

/** Writes a refund that somebody made at the payment provider, as it ended. */
export async function insertExternalRefund(
  transaction: Transaction,
  refund: {
    readonly orderId: string;
    readonly refundId: string;
    readonly amountMinor: number;
    readonly end: Exclude<RefundEnd, { readonly status: 'pending' }>;
  },
): Promise<Refund> {
  const { end } = refund;
  const { rows } = await transaction.query<RefundRow>({
    name: 'refund-insert-external',
    text: `insert into refunds (refund_id, order_id, kind, amount_minor, requested_by, status, failure, refunded_at)
           values ($1, $2, 'external', $3, 'system', $4, $5, $6) returning *`,
    values: [
      refund.refundId,
      refund.orderId,
      refund.amountMinor,
      end.status,
      'failure' in end ? end.failure : null,
      'refundedAt' in end ? end.refundedAt : null,
    ],
  });
  const row = rows[0];
  if (row === undefined) throw new Error(`${refund.refundId} was not written`);
  return toRefund(row);
}

/** payment-vault's events end a pending refund; asking it again is for events that were lost. */
export const pendingSeconds = 600;

/** Moves a refund on; whoever held its lease holds it no longer. */
export async function storeRefundEnd(transaction: Transaction, refundId: string, end: RefundEnd): Promise<Refund> {
  const { rows } = await transaction.query<RefundRow>({
    name: 'refund-end',
    text: `update refunds set status = $2, failure = $3, refunded_at = coalesce($4, refunded_at), lease_token = null, leased_until = null,
                  next_attempt_at = now() + make_interval(secs => $5), updated_at = now()
            where refund_id = $1 returning *`,
    values: [refundId, end.status, 'failure' in end ? end.failure : null, 'refundedAt' in end ? end.refundedAt : null, pendingSeconds],
  });
  const row = rows[0];
  if (row === undefined) throw new Error(`${refundId} is gone`);
  return toRefund(row);
}

/** A refund that payment-vault has to be asked about, leased to the caller. */
export interface DueRefund {
  readonly refund: Refund;
  /** The order's, by which everything that it set off is found. */
  readonly requestId: string;
  /** How often it was tried, this time included. */
  readonly attempts: number;
  readonly leaseToken: string;
}

/** Longer than a call to payment-vault can take. */
const leaseSeconds = 20;

/** Takes refunds that are due. */
export async function claimDueRefunds(queryable: Queryable, limit: number): Promise<DueRefund[]> {
  const leaseToken = randomUUID();
  const { rows } = await queryable.query<RefundRow & { readonly request_id: string }>({
    name: 'refunds-claim',
    text: `update refunds r
              set attempts = r.attempts + 1, lease_token = $2, leased_until = now() + make_interval(secs => $3)
             from orders o
            where o.order_id = r.order_id and r.refund_id in (
              select refund_id from refunds
               where status in ('requested', 'pending') and next_attempt_at <= now() and (leased_until is null or leased_until < now())
               order by next_attempt_at limit $1 for update skip locked)
            returning r.*, o.request_id`,
    values: [limit, leaseToken, leaseSeconds],
  });
  return rows.map((row) => ({ refund: toRefund(row), requestId: row.request_id, attempts: row.attempts, leaseToken }));
}

/** Gives a lease back: the refund is due again after so many seconds. The order's history says why, if a reason is given. */
export async function postponeRefund(queryable: Queryable, due: DueRefund, seconds: number, reason: string | null): Promise<void> {
  await queryable.query({
    name: 'refund-postpone',
    text: `with postponed as (
             update refunds set next_attempt_at = now() + make_interval(secs => $3), lease_token = null, leased_until = null
              where refund_id = $1 and (lease_token = $2 or lease_token is null) and status in ('requested', 'pending')
             returning order_id, refund_id
           )
           insert into order_history (order_id, buyer_id, step, cause, attempt, detail)
           select o.order_id, o.buyer_id, 'refund_payment', 'schedule', $4,
                  jsonb_build_object('refundId', p.refund_id, 'postponed', $5::text, 'seconds', $3::float8)
             from postponed p join orders o using (order_id) where $5::text is not null`,
    values: [due.refund.refundId, due.leaseToken, seconds, due.attempts, reason],
  });
}
