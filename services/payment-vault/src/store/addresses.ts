/** SQL of addresses and of the copies that orders keep. All of it is ciphertext but country and region. */
import type { Pool, Queryable, Transaction } from '@vitrine/runtime/database';
import type { SealedLabel } from '../label.ts';
import { endConsent } from './consents.ts';

export interface Sealed {
  readonly ciphertext: Buffer;
  readonly keyVersion: number;
}

export interface StoredAddress extends Sealed {
  readonly id: string;
  readonly buyerId: string;
  readonly isDefault: boolean;
  readonly isSaved: boolean;
  readonly sealedLabel: SealedLabel | null;
  readonly createdAt: Date;
}

/** An order's copy. */
export interface StoredOrderAddress extends Sealed {
  readonly orderId: string;
  readonly buyerId: string;
}

export type AddressStore = ReturnType<typeof createAddressStore>;

interface Row {
  readonly id: string;
  readonly buyer_id: string;
  readonly ciphertext: Buffer;
  readonly key_version: number;
  readonly saved: boolean;
  readonly label: Buffer | null;
  readonly label_key_version: number | null;
  readonly is_default: boolean;
  readonly created_at: Date;
}

const toStored = (row: Row): StoredAddress => ({
  id: row.id,
  buyerId: row.buyer_id,
  ciphertext: row.ciphertext,
  keyVersion: row.key_version,
  isDefault: row.is_default,
  isSaved: row.saved,
  sealedLabel: row.label === null || row.label_key_version === null ? null : { ciphertext: row.label, keyVersion: row.label_key_version },
  createdAt: row.created_at,
});

const columns = 'id, buyer_id, ciphertext, key_version, saved, label, label_key_version, is_default, created_at';

export function createAddressStore(pool: Pool) {
  return {
    /** The buyer's saved addresses, the default first, then the newest. */
    async list(buyerId: string): Promise<StoredAddress[]> {
      const { rows } = await pool.query<Row>({
        name: 'addresses-of-buyer',
        text: `select ${columns} from addresses where buyer_id = $1 and saved order by is_default desc, created_at desc, id desc`,
        values: [buyerId],
      });
      return rows.map(toStored);
    },

    /** The buyer's addresses, also those that serve one purchase only, the newest first. */
    async listAll(buyerId: string): Promise<StoredAddress[]> {
      const { rows } = await pool.query<Row>(`select ${columns} from addresses where buyer_id = $1 order by id desc`, [buyerId]);
      return rows.map(toStored);
    },

    /** Those of these addresses that are the buyer's. */
    async findMany(buyerId: string, ids: readonly string[]): Promise<StoredAddress[]> {
      const { rows } = await pool.query<Row>({
        name: 'addresses-by-id',
        text: `select ${columns} from addresses where id = any($2) and buyer_id = $1`,
        values: [buyerId, ids],
      });
      return rows.map(toStored);
    },

    /** The copies of these orders, of those that are the buyer's. */
    async findOrderCopies(buyerId: string, orderIds: readonly string[]): Promise<StoredOrderAddress[]> {
      const { rows } = await pool.query<{ order_id: string; buyer_id: string; ciphertext: Buffer; key_version: number }>({
        name: 'order-addresses',
        text: 'select order_id, buyer_id, ciphertext, key_version from order_addresses where order_id = any($2) and buyer_id = $1',
        values: [buyerId, orderIds],
      });
      return rows.map((row) => ({ orderId: row.order_id, buyerId: row.buyer_id, ciphertext: row.ciphertext, keyVersion: row.key_version }));
    },
  };
}

export interface NewAddress extends Sealed {
  readonly id: string;
  readonly buyerId: string;
  readonly country: string;
  readonly region: string;
  readonly isSaved: boolean;
  readonly label: SealedLabel | null;
}

/** How many the buyer has that are saved, or that are not. */
export async function countAddresses(queryable: Queryable, buyerId: string, isSaved: boolean): Promise<number> {
  const { rows } = await queryable.query<{ count: number }>('select count(*) from addresses where buyer_id = $1 and saved = $2', [
    buyerId,
    isSaved,
  ]);
  return rows[0]?.count ?? 0;
}

export async function insertAddress(transaction: Transaction, address: NewAddress): Promise<void> {
  await transaction.query(
    `insert into addresses (id, buyer_id, country, region, ciphertext, key_version, saved, label, label_key_version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      address.id,
      address.buyerId,
      address.country,
      address.region,
      address.ciphertext,
      address.keyVersion,
      address.isSaved,
      address.label?.ciphertext ?? null,
      address.label?.keyVersion ?? null,
    ],
  );
}

/** Answers false when the buyer has no such address. */
export async function makeAddressDefault(transaction: Transaction, buyerId: string, id: string): Promise<boolean> {
  const { rowCount } = await transaction.query('select 1 from addresses where id = $2 and buyer_id = $1 and saved', [buyerId, id]);
  if (rowCount === 0) return false;
  await transaction.query('update addresses set is_default = false where buyer_id = $1 and is_default and id <> $2', [buyerId, id]);
  await transaction.query('update addresses set is_default = true where id = $1 and not is_default', [id]);
  return true;
}

/** Answers false when the buyer has no such address. The newest of the others becomes the default if this one was. */
export async function removeAddress(transaction: Transaction, buyerId: string, id: string): Promise<boolean> {
  const { rows } = await transaction.query<{ is_default: boolean }>(
    'delete from addresses where id = $2 and buyer_id = $1 returning is_default',
    [buyerId, id],
  );
  if (rows[0] === undefined) return false;
  await endConsent(transaction, buyerId, id);
  if (rows[0].is_default) {
    await transaction.query(
      'update addresses set is_default = true where id = (select id from addresses where buyer_id = $1 and saved order by created_at desc, id desc limit 1)',
      [buyerId],
    );
  }
  return true;
}

/** Answers false when the buyer has no such address. */
export async function labelAddress(transaction: Transaction, buyerId: string, id: string, label: SealedLabel | null): Promise<boolean> {
  const { rowCount } = await transaction.query('update addresses set label = $3, label_key_version = $4 where id = $2 and buyer_id = $1', [
    buyerId,
    id,
    label?.ciphertext ?? null,
    label?.keyVersion ?? null,
  ]);
  return rowCount === 1;
}
