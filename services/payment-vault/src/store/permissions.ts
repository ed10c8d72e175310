/** SQL of permissions, and of reading by them, which is one statement with its rows in the disclosure ledger. */
import type { Pool, Transaction } from '@vitrine/runtime/database';
import type { Permission, PermissionPurpose, SharedField } from '../permission.ts';
import type { StoredAddress } from './addresses.ts';

interface Row {
  readonly id: string;
  readonly seller_id: string;
  readonly fields: SharedField[];
  readonly purpose: PermissionPurpose;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly created_at: Date;
}

const columns = 'id, seller_id, fields, purpose, expires_at, revoked_at, created_at';

const toPermission = (row: Row): Permission => ({
  id: row.id,
  sellerId: row.seller_id,
  fields: row.fields,
  purpose: row.purpose,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  createdAt: row.created_at,
});

/** What is read by one permission. */
export interface SharedRow {
  readonly permissionId: string;
  readonly purpose: PermissionPurpose;
  readonly expiresAt: Date;
  readonly fields: readonly SharedField[];
  /** Null when nothing of it was asked for that the permission covers, so that nothing was disclosed. */
  readonly address: Pick<StoredAddress, 'id' | 'buyerId' | 'ciphertext' | 'keyVersion'> | null;
}

export type PermissionStore = ReturnType<typeof createPermissionStore>;

export function createPermissionStore(pool: Pool) {
  return {
    /** The buyer's permissions, also those that are over, newest first, after one of them. */
    async list(buyerId: string, page: { readonly limit: number; readonly afterId: string | null }): Promise<Permission[]> {
      const { rows } = await pool.query<Row>({
        name: 'permissions-of-buyer',
        text: `select ${columns} from permissions where buyer_id = $1 and ($2::text is null or id < $2) order by id desc limit $3`,
        values: [buyerId, page.afterId, page.limit],
      });
      return rows.map(toPermission);
    },

    async find(buyerId: string, id: string): Promise<Permission | null> {
      const { rows } = await pool.query<Row>(`select ${columns} from permissions where id = $2 and buyer_id = $1`, [buyerId, id]);
      return rows[0] === undefined ? null : toPermission(rows[0]);
    },

    /**
     * What the seller may read now by its permissions, each with a new row in the ledger: one statement, so either both
     * are there or neither is. `asked`: the fields that are asked for, and what has to be permitted for each of them.
     */
    async read(
      reader: { readonly sellerId: string; readonly accountId: string },
      asked: readonly { readonly field: string; readonly needs: SharedField }[],
      page: { readonly first: number; readonly afterId: string | null; readonly disclosureIds: readonly string[] },
    ): Promise<{ readonly rows: SharedRow[]; readonly hasMore: boolean }> {
      const { rows } = await pool.query<{
        id: string;
        purpose: PermissionPurpose;
        expires_at: Date;
        fields: SharedField[];
        address_id: string;
        buyer_id: string;
        ciphertext: Buffer;
        key_version: number;
        is_disclosed: boolean;
      }>({
        name: 'permissions-read',
        text: `with candidates as (
                 select p.id, p.purpose, p.expires_at, p.fields, a.id as address_id, a.buyer_id, a.ciphertext, a.key_version,
                        row_number() over (order by p.id desc) as place,
                        array(select field from unnest($5::text[], $6::text[]) as asked (field, needs) where needs = any (p.fields)) as shown
                   from permissions p join addresses a on a.buyer_id = p.buyer_id and a.is_default
                  where p.seller_id = $1 and p.revoked_at is null and p.expires_at > now() and ($3::text is null or p.id < $3)
                  order by p.id desc limit $4 + 1
               ), ledger as (
                 insert into disclosures (id, buyer_id, seller_id, permission_id, purpose, fields, read_by)
                 select ($7::text[])[place], buyer_id, $1, id, purpose, shown, $2 from candidates where place <= $4 and cardinality(shown) > 0
                 returning permission_id
               )
               select c.id, c.purpose, c.expires_at, c.fields, c.address_id, c.buyer_id, c.ciphertext, c.key_version,
                      l.permission_id is not null as is_disclosed
                 from candidates c left join ledger l on l.permission_id = c.id order by c.id desc`,
        values: [
          reader.sellerId,
          reader.accountId,
          page.afterId,
          page.first,
          asked.map(({ field }) => field),
          asked.map(({ needs }) => needs),
          page.disclosureIds,
        ],
      });
      return {
        hasMore: rows.length > page.first,
        rows: rows.slice(0, page.first).map((row) => ({
          permissionId: row.id,
          purpose: row.purpose,
          expiresAt: row.expires_at,
          fields: row.fields,
          address: row.is_disclosed
            ? { id: row.address_id, buyerId: row.buyer_id, ciphertext: row.ciphertext, keyVersion: row.key_version }
            : null,
        })),
      };
    },
  };
}

export async function countActivePermissions(transaction: Transaction, buyerId: string): Promise<number> {
  const { rows } = await transaction.query<{ count: number }>(
    'select count(*) from permissions where buyer_id = $1 and revoked_at is null and expires_at > now()',
    [buyerId],
  );
  return rows[0]?.count ?? 0;
}

export async function insertPermission(
  transaction: Transaction,
  permission: Pick<Permission, 'id' | 'sellerId' | 'fields' | 'purpose' | 'expiresAt'> & { readonly buyerId: string },
): Promise<void> {
  await transaction.query(
    'insert into permissions (id, buyer_id, seller_id, fields, purpose, expires_at) values ($1, $2, $3, $4, $5, $6)',
    [permission.id, permission.buyerId, permission.sellerId, permission.fields, permission.purpose, permission.expiresAt],
  );
}

/** Ends a permission at once. One that is over already stays as it is. Answers false when the buyer has no such permission. */
export async function endPermission(transaction: Transaction, buyerId: string, id: string): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `update permissions set revoked_at = case when expires_at > now() then coalesce(revoked_at, now()) else revoked_at end
      where id = $2 and buyer_id = $1`,
    [buyerId, id],
  );
  return rowCount === 1;
}
