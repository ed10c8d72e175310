/** Statements on cancellations of confirmed orders, and on those that nobody ships. */
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import type { Cancellation, GivenReason } from '../cancellation.ts';

/** Writes why an order is cancelled, once. */
export async function insertCancellation(transaction: Transaction, { orderId, by, reason, refundId, at }: Cancellation): Promise<void> {
  await transaction.query(
    'insert into cancellations (order_id, cancelled_by, reason, refund_id, cancelled_at) values ($1, $2, $3, $4, $5)',
    [orderId, by, reason, refundId, at],
  );
}

/** The reasons that were given, by order; an order for which nobody gave one is missing from the map. */
export async function findGivenReasons(queryable: Queryable, orderIds: readonly string[]): Promise<ReadonlyMap<string, GivenReason>> {
  const { rows } = await queryable.query<{ order_id: string; reason: GivenReason }>({
    name: 'cancellation-reasons',
    text: 'select order_id, reason from cancellations where order_id = any($1) and reason is not null',
    values: [orderIds],
  });
  return new Map(rows.map((row) => [row.order_id, row.reason]));
}

/** Orders that were confirmed before `cutoff` and of which nothing was ever shipped, the longest waiting first. */
export async function findUnshipped(queryable: Queryable, cutoff: Date, limit: number): Promise<readonly string[]> {
  const { rows } = await queryable.query<{ order_id: string }>({
    name: 'orders-unshipped',
    text: `select o.order_id from orders o
            where o.status = 'confirmed' and o.fulfilment_state = 'unshipped' and o.confirmed_at < $1
              and not exists (select from shipments s where s.order_id = o.order_id)
            order by o.confirmed_at limit $2`,
    values: [cutoff, limit],
  });
  return rows.map((row) => row.order_id);
}
