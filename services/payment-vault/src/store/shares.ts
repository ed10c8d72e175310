/** SQL of the sellers' shares. Whoever holds the lease of an order's share takes the next step with the seller's money. */
import type { Pool, Transaction } from '@vitrine/runtime/database';

/** In the transaction that records a capture: the seller is due a part of it. */
export async function startShare(transaction: Transaction, orderId: string): Promise<void> {
  await transaction.query({
    name: 'share-start',
    text: `insert into seller_shares (order_id, seller_id, share_at)
           select order_id, seller_id, now() from payments where order_id = $1 and seller_share_minor > 0
           on conflict (order_id) do update set share_at = now(), woken = true`,
    values: [orderId],
  });
}

/** What is due of an order may have changed: the loop compares again. */
export async function wakeShare(queryable: Pick<Pool, 'query'>, orderId: string): Promise<void> {
  await queryable.query({
    name: 'share-wake',
    text: 'update seller_shares set share_at = now(), woken = true where order_id = $1',
    values: [orderId],
  });
}
