/** Statements on sellers, the read model that seller events feed. */
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import type { Seller } from '../seller.ts';

/** Stores a seller unless a later event was stored before. */
export async function storeSeller(queryable: Queryable, seller: Seller): Promise<void> {
  await queryable.query({
    name: 'seller-store',
    text: `insert into sellers (seller_id, account_id, status, sequence) values ($1, $2, $3, $4)
           on conflict (seller_id) do update
              set account_id = excluded.account_id, status = excluded.status, sequence = excluded.sequence
            where sellers.sequence < excluded.sequence`,
    values: [seller.sellerId, seller.accountId, seller.status, seller.sequence],
  });
}

/** A seller's status, locked until the transaction ends so that its changes follow one another; null when not known. */
export async function lockSeller(transaction: Transaction, sellerId: string): Promise<Seller['status'] | null> {
  const { rows } = await transaction.query<{ status: Seller['status'] }>({
    name: 'seller-lock',
    text: 'select status from sellers where seller_id = $1 for no key update',
    values: [sellerId],
  });
  return rows[0]?.status ?? null;
}
