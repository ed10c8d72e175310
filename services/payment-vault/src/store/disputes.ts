/** SQL of disputes. */
import { withTransaction, type Pool, type Queryable } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { appendEvents, type NewEvent } from '@vitrine/runtime/outbox';
import { isClosed, harmlessStatuses, type Dispute, type DisputeFacts } from '../dispute.ts';
import type { Payment } from '../payment.ts';
import { toPayment, type PaymentRow } from './payment-row.ts';
import { wakeShare } from './shares.ts';

interface Row {
  readonly id: string;
  readonly stripe_dispute_id: string;
  readonly order_id: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly reason: string;
  readonly status: string;
  readonly evidence_due_at: Date | null;
  readonly opened_at: Date;
  readonly closed_at: Date | null;
}

const toDispute = (row: Row): Dispute => ({
  id: row.id,
  stripeDisputeId: row.stripe_dispute_id,
  paymentIntentId: null,
  orderId: row.order_id,
  amountMinor: row.amount_minor,
  currency: row.currency,
  reason: row.reason,
  status: row.status,
  evidenceDueAt: row.evidence_due_at,
  openedAt: row.opened_at,
  closedAt: row.closed_at,
});

export type DisputeStore = ReturnType<typeof createDisputeStore>;

export function createDisputeStore(pool: Pool) {
  return {
    /**
     * Writes a dispute as Stripe shows it, with an event when it is new, or its status is. `unknown_payment`: the intent
     * is not of an order here.
     */
    async record(
      facts: DisputeFacts,
      event: (dispute: Dispute, payment: Payment, sequence: number) => NewEvent,
    ): Promise<'recorded' | 'unchanged' | 'unknown_payment'> {
      return withTransaction(pool, async (transaction) => {
        const { rows: payments } = await transaction.query<PaymentRow>(
          'select * from payments where stripe_payment_intent_id = $1 and payment_id is not null for update',
          [facts.paymentIntentId],
        );
        const payment = payments[0];
        if (payment === undefined) return 'unknown_payment';
        const { rows: known } = await transaction.query<{ status: string }>('select status from disputes where stripe_dispute_id = $1', [
          facts.stripeDisputeId,
        ]);
        const { rows } = await transaction.query<Row>(
          `insert into disputes (id, stripe_dispute_id, order_id, amount_minor, currency, reason, status, evidence_due_at, opened_at, closed_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $10 then now() end)
           on conflict (stripe_dispute_id) do update
              set amount_minor = excluded.amount_minor, reason = excluded.reason, status = excluded.status, evidence_due_at = excluded.evidence_due_at,
                  closed_at = case when $10 then coalesce(disputes.closed_at, now()) end, updated_at = now()
           returning *`,
          [
            newId('dsp'),
            facts.stripeDisputeId,
            payment.order_id,
            facts.amountMinor,
            facts.currency,
            facts.reason,
            facts.status,
            facts.evidenceDueAt,
            facts.openedAt,
            isClosed(facts.status),
          ],
        );
        const row = rows[0];
        if (row === undefined) throw new Error('a dispute that was written did not come back');
        await wakeShare(transaction, payment.order_id);
        if (known[0]?.status === facts.status) return 'unchanged';
        const { rows: counted } = await transaction.query<PaymentRow>(
          'update payments set sequence = sequence + 1, updated_at = now() where order_id = $1 returning *',
          [payment.order_id],
        );
        if (counted[0] === undefined) throw new Error('a payment that is locked is gone');
        await appendEvents(transaction, [event(toDispute(row), toPayment(counted[0]), counted[0].sequence)]);
        return 'recorded';
      });
    },

    /** The disputes of those of these orders that are the seller's, the newest first. */
    async listOfSeller(sellerId: string, orderIds: readonly string[]): Promise<Map<string, Dispute[]>> {
      const { rows: orders } = await pool.query<{ order_id: string }>({
        name: 'orders-of-seller',
        text: 'select order_id from payments where order_id = any($2) and seller_id = $1',
        values: [sellerId, orderIds],
      });
      const { rows } = await pool.query<Row>({
        name: 'disputes-of-orders',
        text: 'select * from disputes where order_id = any($1) order by opened_at desc, id desc',
        values: [orders.map((order) => order.order_id)],
      });
      return new Map(
        orders.map(({ order_id: orderId }) => [orderId, rows.filter((row) => row.order_id === orderId).map(toDispute)] as const),
      );
    },
  };
}

/** What disputes have taken of an order's captured amount, in minor units. */
export async function disputedMinor(queryable: Queryable, orderId: string): Promise<number> {
  const { rows } = await queryable.query<{ disputed: number }>({
    name: 'disputed-of-order',
    text: 'select coalesce(sum(amount_minor), 0)::int as disputed from disputes where order_id = $1 and status <> all($2)',
    values: [orderId, harmlessStatuses],
  });
  return rows[0]?.disputed ?? 0;
}
