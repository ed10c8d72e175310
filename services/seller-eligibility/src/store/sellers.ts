/** Sellers and the history of their status in PostgreSQL. */
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import type { PageRequest, Position } from '../page.ts';
import type { Seller, SellerStatus } from '../seller.ts';

export interface SellerRow {
  readonly seller_id: string;
  readonly account_id: string;
  readonly display_name: string;
  readonly country: string;
  readonly status: SellerStatus;
  readonly sequence: number;
}

const sellerColumns = 'seller_id, account_id, display_name, country, status, sequence';

export const toSeller = (row: SellerRow): Seller => ({
  sellerId: row.seller_id,
  accountId: row.account_id,
  displayName: row.display_name,
  country: row.country,
  status: row.status,
  sequence: row.sequence,
});

/** The sellers with these ids, in one statement; unknown ones are missing from the map. */
export async function findSellers(queryable: Queryable, sellerIds: readonly string[]): Promise<ReadonlyMap<string, Seller>> {
  const { rows } = await queryable.query<SellerRow>({
    name: 'sellers-find',
    text: `select ${sellerColumns} from sellers where seller_id = any($1)`,
    values: [sellerIds],
  });
  return new Map(rows.map((row) => [row.seller_id, toSeller(row)]));
}

/** Sellers newest first, one more than asked for when there are more. */
export async function listSellers(
  queryable: Queryable,
  { first, after }: PageRequest,
): Promise<readonly { readonly seller: Seller; readonly position: Position }[]> {
  const { rows } = await queryable.query<SellerRow & { readonly invited_at: Date }>({
    name: 'sellers-list',
    text: `select ${sellerColumns}, invited_at from sellers
            where (invited_at, seller_id) < ($2::timestamptz, $3)
            order by invited_at desc, seller_id desc limit $1`,
    values: [first + 1, after?.at ?? 'infinity', after?.id ?? ''],
  });
  return rows.map((row) => ({ seller: toSeller(row), position: { at: row.invited_at, id: row.seller_id } }));
}

/** Reads a seller and locks its row until the transaction ends. */
export async function lockSeller(transaction: Transaction, sellerId: string): Promise<Seller | null> {
  const { rows } = await transaction.query<SellerRow>(`select ${sellerColumns} from sellers where seller_id = $1 for update`, [sellerId]);
  return rows[0] === undefined ? null : toSeller(rows[0]);
}

/** Adds a seller; null when the account or the id is a seller's already. */
export async function insertSeller(transaction: Transaction, seller: Omit<Seller, 'status' | 'sequence'>): Promise<Seller | null> {
  const { rows } = await transaction.query<SellerRow>(
    `insert into sellers (seller_id, account_id, display_name, country, status, sequence)
     values ($1, $2, $3, $4, 'invited', 1) on conflict do nothing returning ${sellerColumns}`,
    [seller.sellerId, seller.accountId, seller.displayName, seller.country],
  );
  return rows[0] === undefined ? null : toSeller(rows[0]);
}

/** The seller of this account, else the one with this id. */
export async function findSellerByAccountOrId(queryable: Queryable, accountId: string, sellerId: string): Promise<Seller | null> {
  const { rows } = await queryable.query<SellerRow>(
    `select ${sellerColumns} from sellers where account_id = $1 or seller_id = $2 order by account_id = $1 desc limit 1`,
    [accountId, sellerId],
  );
  return rows[0] === undefined ? null : toSeller(rows[0]);
}

/** Sets the status and counts the event of it; the row must be locked. */
export async function updateSellerStatus(transaction: Transaction, sellerId: string, status: SellerStatus): Promise<Seller> {
  const { rows } = await transaction.query<SellerRow>(
    `update sellers set status = $2, sequence = sequence + 1 where seller_id = $1 returning ${sellerColumns}`,
    [sellerId, status],
  );
  if (rows[0] === undefined) throw new Error(`the locked seller ${sellerId} is gone`);
  return toSeller(rows[0]);
}

/** Remembers who gave a seller its status, when and why. */
export async function recordStatusChange(
  transaction: Transaction,
  change: { readonly seller: Seller; readonly from: SellerStatus | null; readonly reason: string; readonly changedBy: string },
): Promise<void> {
  await transaction.query(
    `insert into seller_status_changes (seller_id, sequence, from_status, to_status, reason, changed_by) values ($1, $2, $3, $4, $5, $6)`,
    [change.seller.sellerId, change.seller.sequence, change.from, change.seller.status, change.reason, change.changedBy],
  );
}
