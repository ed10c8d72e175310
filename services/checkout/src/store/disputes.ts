/** Statements on disputes. */
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import { money } from '@vitrine/runtime/money';
import type { Dispute } from '../dispute.ts';

interface DisputeRow {
  readonly dispute_id: string;
  readonly order_id: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly reason: string;
  readonly status: string;
  readonly state: Dispute['state'];
  readonly evidence_due_at: Date | null;
  readonly opened_at: Date;
  readonly closed_at: Date | null;
}

const toDispute = (row: DisputeRow): Dispute => ({
  disputeId: row.dispute_id,
  orderId: row.order_id,
  amount: money(row.amount_minor, row.currency),
  reason: row.reason,
  status: row.status,
  state: row.state,
  evidenceDueAt: row.evidence_due_at,
  openedAt: row.opened_at,
  closedAt: row.closed_at,
});

/** What an event says about a dispute. */
export interface DisputeNews extends Omit<Dispute, 'openedAt' | 'closedAt'> {
  /** When the event was. */
  readonly at: Date;
  /** The event's, which counts the payment's events: an older word than the last one changes nothing. */
  readonly sequence: number;
}

/** Writes what an event says; null when something later is known already. */
export async function storeDispute(transaction: Transaction, news: DisputeNews): Promise<Dispute | null> {
  const { rows } = await transaction.query<DisputeRow>({
    name: 'dispute-store',
    text: `insert into disputes as d (dispute_id, order_id, amount_minor, currency, reason, status, state, evidence_due_at, sequence, opened_at, closed_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $7 <> 'open' then $10::timestamptz end)
           on conflict (dispute_id) do update
              set amount_minor = excluded.amount_minor, reason = excluded.reason, status = excluded.status, state = excluded.state,
                  evidence_due_at = excluded.evidence_due_at, sequence = excluded.sequence,
                  closed_at = case when excluded.state <> 'open' then coalesce(d.closed_at, excluded.closed_at) end
            where d.sequence < excluded.sequence
           returning *`,
    values: [
      news.disputeId,
      news.orderId,
      news.amount.amountMinor,
      news.amount.currency,
      news.reason,
      news.status,
      news.state,
      news.evidenceDueAt,
      news.sequence,
      news.at,
    ],
  });
  return rows[0] === undefined ? null : toDispute(rows[0]);
}

/** Disputes of orders, oldest first. */
export async function findDisputesOf(queryable: Queryable, orderIds: readonly string[]): Promise<Dispute[]> {
  const { rows } = await queryable.query<DisputeRow>({
    name: 'disputes-of-orders',
    text: 'select * from disputes where order_id = any($1) order by order_id, dispute_id',
    values: [orderIds],
  });
  return rows.map(toDispute);
}
