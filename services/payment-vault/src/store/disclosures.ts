/** SQL of the disclosure ledger. Nothing is shown to a seller but together with its row here. */
import type { Pool } from '@vitrine/runtime/database';
import type { PermissionPurpose } from '../permission.ts';
import type { StoredOrderAddress } from './addresses.ts';

/** `ORDER`, or what the buyer's permission is for. */
export type DisclosurePurpose = 'ORDER' | PermissionPurpose;

export interface Disclosure {
  /** `dsc_…` */
  readonly id: string;
  readonly sellerId: string;
  readonly purpose: DisclosurePurpose;
  /** Null for one by a permission. */
  readonly orderId: string | null;
  /** Null for one for an order. */
  readonly permissionId: string | null;
  readonly fields: readonly string[];
  readonly disclosedAt: Date;
}

/** An order whose address is asked for, and the row that the ledger gets for it. */
export interface AskedAddress {
  readonly orderId: string;
  readonly fields: readonly string[];
  readonly disclosureId: string;
}

export type DisclosureStore = ReturnType<typeof createDisclosureStore>;

export function createDisclosureStore(pool: Pool) {
  return {
    /** Of these orders, those whose address the seller may read now, with the data key that it is under. Nothing is disclosed by that. */
    async findReadable(
      sellerId: string,
      orderIds: readonly string[],
    ): Promise<{ readonly orderId: string; readonly buyerId: string; readonly keyVersion: number }[]> {
      const { rows } = await pool.query<{ order_id: string; buyer_id: string; key_version: number }>({
        name: 'readable-order-addresses',
        text: `select a.order_id, a.buyer_id, a.key_version
                 from order_addresses a
                 join grants g on g.order_id = a.order_id and g.seller_id = $1 and g.expires_at > now()
                 join payments p on p.order_id = a.order_id and p.seller_id = $1 and p.status = 'captured'
                where a.order_id = any($2::text[])`,
        values: [sellerId, orderIds],
      });
      return rows.map((row) => ({ orderId: row.order_id, buyerId: row.buyer_id, keyVersion: row.key_version }));
    },

    /**
     * The orders' copies of the address that the seller may read now, each with a new row in the ledger: one statement,
     * so either both are there or neither is. An order that is asked for twice has two rows and one copy.
     */
    async disclose(
      reader: { readonly sellerId: string; readonly accountId: string },
      asked: readonly AskedAddress[],
    ): Promise<StoredOrderAddress[]> {
      const { rows } = await pool.query<{ order_id: string; buyer_id: string; ciphertext: Buffer; key_version: number }>({
        name: 'disclose-order-addresses',
        text: `with readable as (
                 select a.order_id, a.buyer_id, a.ciphertext, a.key_version, asked.disclosure_id, asked.fields
                   from unnest($2::text[], $3::text[], $4::text[]) as asked (order_id, disclosure_id, fields)
                   join order_addresses a on a.order_id = asked.order_id
                   join grants g on g.order_id = a.order_id and g.seller_id = $1 and g.expires_at > now()
                   join payments p on p.order_id = a.order_id and p.seller_id = $1 and p.status = 'captured'
               ), ledger as (
                 insert into disclosures (id, buyer_id, seller_id, order_id, purpose, fields, read_by)
                 select disclosure_id, buyer_id, $1, order_id, 'ORDER', string_to_array(fields, ' '), $5 from readable
                 returning id
               )
               select distinct on (r.order_id) r.order_id, r.buyer_id, r.ciphertext, r.key_version
                 from readable r join ledger l on l.id = r.disclosure_id`,
        values: [
          reader.sellerId,
          asked.map(({ orderId }) => orderId),
          asked.map(({ disclosureId }) => disclosureId),
          asked.map(({ fields }) => fields.join(' ')),
          reader.accountId,
        ],
      });
      return rows.map((row) => ({ orderId: row.order_id, buyerId: row.buyer_id, ciphertext: row.ciphertext, keyVersion: row.key_version }));
    },

    /** The buyer's disclosures, newest first, after one of them. */
    async list(buyerId: string, page: { readonly limit: number; readonly afterId: string | null }): Promise<Disclosure[]> {
      const { rows } = await pool.query<{
        id: string;
        seller_id: string;
        purpose: DisclosurePurpose;
        order_id: string | null;
        permission_id: string | null;
        fields: string[];
        disclosed_at: Date;
      }>({
        name: 'disclosures-of-buyer',
        text: `select id, seller_id, purpose, order_id, permission_id, fields, disclosed_at from disclosures
                where buyer_id = $1 and ($2::text is null or id < $2) order by id desc limit $3`,
        values: [buyerId, page.afterId, page.limit],
      });
      return rows.map((row) => ({
        id: row.id,
        sellerId: row.seller_id,
        purpose: row.purpose,
        orderId: row.order_id,
        permissionId: row.permission_id,
        fields: row.fields,
        disclosedAt: row.disclosed_at,
      }));
    },
  };
}
