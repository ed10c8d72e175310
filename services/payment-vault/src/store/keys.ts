/** SQL of the buyers' wrapped data keys. */
import type { Queryable } from '@vitrine/runtime/database';
import type { WrappedKey } from '../key-service.ts';

export interface StoredKey extends WrappedKey {
  readonly version: number;
}

export interface KeyStore {
  findNewest(buyerId: string): Promise<StoredKey | null>;
  find(buyerId: string, version: number): Promise<StoredKey | null>;
  /** Leaves a key of the same version as it is. */
  insert(buyerId: string, key: StoredKey): Promise<void>;
}

interface Row {
  readonly version: number;
  readonly wrapped_key: Buffer;
  readonly master_key_id: string;
}

const toKey = (row: Row | undefined): StoredKey | null =>
  row === undefined ? null : { version: row.version, wrapped: row.wrapped_key, masterKeyId: row.master_key_id };

export function createKeyStore(queryable: Queryable): KeyStore {
  return {
    async findNewest(buyerId) {
      const { rows } = await queryable.query<Row>({
        name: 'buyer-key-newest',
        text: 'select version, wrapped_key, master_key_id from buyer_keys where buyer_id = $1 order by version desc limit 1',
        values: [buyerId],
      });
      return toKey(rows[0]);
    },
    async find(buyerId, version) {
      const { rows } = await queryable.query<Row>({
        name: 'buyer-key',
        text: 'select version, wrapped_key, master_key_id from buyer_keys where buyer_id = $1 and version = $2',
        values: [buyerId, version],
      });
      return toKey(rows[0]);
    },
    async insert(buyerId, key) {
      await queryable.query(
        'insert into buyer_keys (buyer_id, version, wrapped_key, master_key_id) values ($1, $2, $3, $4) on conflict do nothing',
        [buyerId, key.version, key.wrapped, key.masterKeyId],
      );
    },
  };
}
