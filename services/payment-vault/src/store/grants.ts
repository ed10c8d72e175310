/** SQL of the grants by which sellers read where an order is shipped, and of their end. */
import type { Pool } from '@vitrine/runtime/database';
import { daysAfterCapture, daysAfterDelivery } from '../grant.ts';

export type GrantStore = ReturnType<typeof createGrantStore>;

export function createGrantStore(pool: Pool) {
  return {
    /** Notes when a charged order arrived; answers until when its address is kept, null when there is none. The latest word counts. */
    async recordDelivery(orderId: string, deliveredAt: Date): Promise<Date | null> {
      const { rows } = await pool.query<{ expires_at: Date }>(
        `update grants g
            set delivered_at = greatest(least($2, now()), p.captured_at),
                expires_at = least(greatest(least($2, now()), p.captured_at) + make_interval(days => $3), p.captured_at + make_interval(days => $4))
           from payments p
          where g.order_id = $1 and p.order_id = g.order_id and p.status = 'captured'
         returning g.expires_at`,
        [orderId, deliveredAt, daysAfterDelivery, daysAfterCapture],
      );
      return rows[0]?.expires_at ?? null;
    },

    /** Deletes addresses of charged orders that nobody needs any more, with their grants; answers how many. One that is not charged yet stays. */
    async endExpired(limit: number): Promise<number> {
      const { rowCount } = await pool.query({
        name: 'grants-end',
        text: `with ended as (
                 select g.order_id, g.seller_id from grants g join payments p on p.order_id = g.order_id
                  where g.expires_at <= now() and p.status = 'captured' order by g.expires_at limit $1 for update of g skip locked
               ), forgotten as (
                 delete from order_addresses a using ended e where a.order_id = e.order_id
               )
               delete from grants g using ended e where g.order_id = e.order_id and g.seller_id = e.seller_id`,
        values: [limit],
      });
      return rowCount ?? 0;
    },
  };
}
