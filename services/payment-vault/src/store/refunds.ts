/**
 * SQL of refunds. A refund reserves its amount on the payment's row before Stripe is called, so that refunds together never
 * exceed what was captured. Whoever holds a refund's lease sends it; what Stripe shows is written by whoever has read it,
 * under the lock of the payment's row.
 */
import type { RefundFailure, RefundReason } from '@vitrine/contracts/payment-vault-http';
import { isUniqueViolation, withTransaction, type Pool, type Transaction } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { appendEvents, type NewEvent } from '@vitrine/runtime/outbox';
import type { Payment } from '../payment.ts';
import {
  isLater,
  isReserved,
  refundKey,
  type Refund,
  type RefundRefusal,
  type RefundStatus,
  type RefundTerms,
  type StripeRefund,
} from '../refund.ts';
import { toPayment, type PaymentRow } from './payment-row.ts';
import { wakeShare } from './shares.ts';

/** Longer than all calls of Stripe that a holder makes may take together. */
const leaseSeconds = 15;

/** Makes the event for a refund as it is now; null for one that is not over. */
export type RefundEvent = (refund: Refund, payment: Payment, sequence: number) => NewEvent | null;

export interface Change {
  readonly refund: Refund;
  readonly from: RefundStatus | null;
}

export type RefundStore = ReturnType<typeof createRefundStore>;

interface Row {
  readonly refund_id: string;
  readonly order_id: string;
  readonly amount_minor: number;
  readonly reason: RefundReason | null;
  readonly status: RefundStatus;
  readonly end_reason: string | null;
  readonly stripe_refund_id: string | null;
  readonly stripe_key: string | null;
  readonly sent_at: Date | null;
  readonly key_spent_at: Date | null;
  readonly refunded_at: Date | null;
  readonly settle_attempts: number;
  readonly correlation_id: string;
  readonly created_at: Date;
}

const toRefund = (row: Row): Refund => ({
  refundId: row.refund_id,
  orderId: row.order_id,
  amountMinor: row.amount_minor,
  reason: row.reason,
  status: row.status,
  refusal: row.status === 'refused' ? (row.end_reason as RefundRefusal) : null,
  failure: row.status === 'failed' ? (row.end_reason as RefundFailure) : null,
  stripeRefundId: row.stripe_refund_id,
  stripeKey: row.stripe_key,
  sentAt: row.sent_at,
  keySpentAt: row.key_spent_at,
  refundedAt: row.refunded_at,
  settleAttempts: row.settle_attempts,
  correlationId: row.correlation_id,
  createdAt: row.created_at,
});

const isFree = '(leased_until is null or leased_until < now())';

export function createRefundStore(pool: Pool) {
  return {
    /**
     * Records a refund that is about to be sent, if the captured amount still has room for it, and takes its lease. The
     * room is taken in the same statement, under the lock of the payment's row. `no_room` when there is none, or the
     * payment is not captured; `known` when there is a refund with this id.
     */
    async start(refundId: string, terms: RefundTerms, leaseToken: string, correlationId: string): Promise<Refund | 'no_room' | 'known'> {
      try {
        const { rows } = await pool.query<Row>({
          name: 'refund-start',
          text: `with reserved as (
                   update payments set refund_reserved_minor = refund_reserved_minor + $3, updated_at = now()
                    where order_id = $2 and status = 'captured' and refund_reserved_minor + $3 <= captured_minor
                   returning order_id
                 )
                 insert into refunds (refund_id, order_id, amount_minor, reason, status, stripe_key, sent_at, correlation_id,
                                      lease_token, leased_until, settle_at)
                 select $1, order_id, $3, $4, 'started', $5, now(), $6,
                        $7, now() + make_interval(secs => ${leaseSeconds}), now() + make_interval(secs => ${leaseSeconds})
                   from reserved
                 returning *`,
          values: [refundId, terms.orderId, terms.amountMinor, terms.reason, refundKey(terms.orderId, refundId), correlationId, leaseToken],
        });
        return rows[0] === undefined ? 'no_room' : toRefund(rows[0]);
      } catch (error) {
        // Somebody else recorded it at the same time; what this statement reserved is undone with it.
        if (isUniqueViolation(error)) return 'known';
        throw error;
      }
    },

    async find(refundId: string): Promise<Refund | null> {
      const { rows } = await pool.query<Row>({
        name: 'refund-find',
        text: 'select * from refunds where refund_id = $1',
        values: [refundId],
      });
      return rows[0] === undefined ? null : toRefund(rows[0]);
    },

    /** Takes the lease of a refund that is not over; null when somebody has it, or it is over. */
    async claim(refundId: string, leaseToken: string): Promise<Refund | null> {
      const { rows } = await pool.query<Row>({
        name: 'refund-claim',
        text: `update refunds set lease_token = $2, leased_until = now() + make_interval(secs => ${leaseSeconds}), updated_at = now()
                where refund_id = $1 and status in ('started', 'pending') and ${isFree}
               returning *`,
        values: [refundId, leaseToken],
      });
      return rows[0] === undefined ? null : toRefund(rows[0]);
    },

    /** Takes the leases of refunds of which something has to be found out or done. */
    async claimDue(leaseToken: string, limit: number): Promise<Refund[]> {
      const { rows } = await pool.query<Row>({
        name: 'refund-claim-due',
        text: `update refunds set lease_token = $1, leased_until = now() + make_interval(secs => ${leaseSeconds}), updated_at = now()
                where refund_id in (
                        select refund_id from refunds where settle_at <= now() and ${isFree} order by settle_at limit $2 for update skip locked)
               returning *`,
        values: [leaseToken, limit],
      });
      return rows.map(toRefund);
    },

    /** Before a call: with which key, and that nothing can be called unsent any more. False when the lease was lost. */
    async markSent(refund: Refund, leaseToken: string, key: string): Promise<boolean> {
      const { rowCount } = await pool.query({
        name: 'refund-mark-sent',
        text: `update refunds
                  set sent_at = case when stripe_key = $3 then coalesce(sent_at, now()) else now() end,
                      key_spent_at = case when stripe_key = $3 then key_spent_at end, stripe_key = $3
                where refund_id = $1 and lease_token = $2`,
        values: [refund.refundId, leaseToken, key],
      });
      return rowCount === 1;
    },

    /** Stripe will answer this refund's key with a failure of its own for ever. */
    async markKeySpent(refundId: string, leaseToken: string): Promise<void> {
      await pool.query('update refunds set key_spent_at = coalesce(key_spent_at, now()) where refund_id = $1 and lease_token = $2', [
        refundId,
        leaseToken,
      ]);
    },

    /** Gives the lease back. `settleInMs`: when the settle loop looks at it again, null when it is over. */
    async release(refundId: string, leaseToken: string, settleInMs: number | null): Promise<void> {
      await pool.query({
        name: 'refund-release',
        text: `update refunds
                  set lease_token = null, leased_until = null, settle_attempts = settle_attempts + 1, updated_at = now(),
                      settle_at = now() + make_interval(secs => $3::float8 / 1000)
                where refund_id = $1 and lease_token = $2`,
        values: [refundId, leaseToken, settleInMs],
      });
    },

    /** Ends a refund that Stripe does not take, for the holder of its lease, which ends with it. Null when the lease was lost. */
    async refuse(held: Refund, leaseToken: string, refusal: RefundRefusal, event: RefundEvent): Promise<Change | null> {
      return withTransaction(pool, async (transaction) => {
        await lockPayment(transaction, held.orderId);
        const { rows } = await transaction.query<Row>(
          `update refunds set status = 'refused', end_reason = $3, settle_at = null, lease_token = null, leased_until = null, updated_at = now()
            where refund_id = $1 and lease_token = $2 and status = 'started' returning *`,
          [held.refundId, leaseToken, refusal],
        );
        if (rows[0] === undefined) return null;
        const change: Change = { refund: toRefund(rows[0]), from: 'started' };
        await account(transaction, change, event);
        return change;
      });
    },

    /**
     * Writes what Stripe shows of an order's refunds. One that is known only by its refund id gets its Stripe id; one that
     * nobody here asked for is taken in. Answers what has changed.
     */
    async takeIn(orderId: string, shown: readonly StripeRefund[], event: RefundEvent): Promise<Change[]> {
      return withTransaction(pool, async (transaction) => {
        const payment = await lockPayment(transaction, orderId);
        const { rows } = await transaction.query<Row>('select * from refunds where order_id = $1', [orderId]);
        const known = rows.map(toRefund);
        const changes: Change[] = [];
        for (const one of shown) {
          const refund =
            known.find(({ stripeRefundId }) => stripeRefundId === one.id) ??
            known.find(
              ({ stripeRefundId, refundId, amountMinor }) =>
                stripeRefundId === null && refundId === one.refundId && amountMinor === one.amountMinor,
            );
          const change = refund === undefined ? await adopt(transaction, payment, one) : await move(transaction, refund, one);
          if (change === null) continue;
          await account(transaction, change, event);
          changes.push(change);
        }
        return changes;
      });
    },
  };
}

async function lockPayment(transaction: Transaction, orderId: string): Promise<Payment> {
  const { rows } = await transaction.query<PaymentRow>('select * from payments where order_id = $1 for update', [orderId]);
  if (rows[0] === undefined) throw new Error(`${orderId} has no payment`);
  return toPayment(rows[0]);
}

/** Brings a refund to the state that Stripe shows, unless it is known to be further. */
async function move(transaction: Transaction, refund: Refund, shown: StripeRefund): Promise<Change | null> {
  if (!isLater(refund.status, shown.status)) return null;
  const { rows } = await transaction.query<Row>(
    `update refunds
        set status = $2, end_reason = $3, stripe_refund_id = $4,
            refunded_at = case when $2 = 'refunded' then now() else refunded_at end,
            settle_at = case when $2 = 'pending' then settle_at end, updated_at = now()
      where refund_id = $1 returning *`,
    [refund.refundId, shown.status, shown.failure, shown.id],
  );
  return rows[0] === undefined ? null : { refund: toRefund(rows[0]), from: refund.status };
}

/** Takes in a refund that was made at Stripe. One that came to nothing there concerns nobody here. */
async function adopt(transaction: Transaction, payment: Payment, shown: StripeRefund): Promise<Change | null> {
  if (shown.status === 'failed') return null;
  const { rows } = await transaction.query<Row>(
    `insert into refunds (refund_id, order_id, amount_minor, status, stripe_refund_id, refunded_at, settle_at, correlation_id)
     values ($1, $2, $3, $4, $5, case when $4 = 'refunded' then now() end, case when $4 = 'pending' then now() end, $6)
     returning *`,
    [newId('ref'), payment.orderId, shown.amountMinor, shown.status, shown.id, payment.correlationId],
  );
  return rows[0] === undefined ? null : { refund: toRefund(rows[0]), from: null };
}

/** The payment's sums, the seller's share and the event that follow from a change. The payment's row is locked. */
async function account(transaction: Transaction, { refund, from }: Change, makeEvent: RefundEvent): Promise<void> {
  const { amountMinor, status, orderId } = refund;
  const reserved = (isReserved(status) ? amountMinor : 0) - (from !== null && isReserved(from) ? amountMinor : 0);
  const refunded = (status === 'refunded' ? amountMinor : 0) - (from === 'refunded' ? amountMinor : 0);
  const isOver = status !== 'started' && status !== 'pending';
  const { rows } = await transaction.query<PaymentRow>(
    `update payments
        set refund_reserved_minor = refund_reserved_minor + $2, refunded_minor = refunded_minor + $3, sequence = sequence + $4, updated_at = now()
      where order_id = $1 returning *`,
    [orderId, reserved, refunded, isOver ? 1 : 0],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`${orderId} has no payment`);
  if (refunded !== 0) await wakeShare(transaction, orderId);
  const event = makeEvent(refund, toPayment(row), row.sequence);
  if (event !== null) await appendEvents(transaction, [event]);
}
