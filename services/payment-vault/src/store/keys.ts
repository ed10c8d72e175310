/** SQL of the wrapped data keys, on the pool of their own role. */
import { withTransaction, type Pool } from '@vitrine/runtime/database';
import type { DataKeyPlace, WrappedKey } from '../key-service.ts';

export interface StoredKey extends WrappedKey {
  readonly version: number;
}

/** A key that was destroyed: data that is still under it belongs to an erased owner. */
export interface DestroyedKey {
  readonly ownerId: string;
  readonly version: number;
  readonly destroyedAt: Date;
  /** The place in the list, to go on after it. */
  readonly cursor: string;
}

export type KeyStore = ReturnType<typeof createKeyStore>;

interface Row {
  readonly version: number;
  readonly wrapped_key: Buffer;
  readonly master_key_id: string;
}

const toKey = (row: Row | undefined): StoredKey | null =>
  row === undefined ? null : { version: row.version, wrapped: row.wrapped_key, masterKeyId: row.master_key_id };

export function createKeyStore(pool: Pool) {
  return {
    /** The newest key that was not destroyed. */
    async findNewest(ownerId: string): Promise<StoredKey | null> {
      const { rows } = await pool.query<Row>({
        name: 'data-key-newest',
        text: `select version, wrapped_key, master_key_id from keys.data_keys
                where owner_id = $1 and wrapped_key is not null order by version desc limit 1`,
        values: [ownerId],
      });
      return toKey(rows[0]);
    },

    async find(ownerId: string, version: number): Promise<StoredKey | null> {
      const { rows } = await pool.query<Row>({
        name: 'data-key',
        text: `select version, wrapped_key, master_key_id from keys.data_keys
                where owner_id = $1 and version = $2 and wrapped_key is not null`,
        values: [ownerId, version],
      });
      return toKey(rows[0]);
    },

    /** Those of these keys that were not destroyed. */
    async findUsable(places: readonly DataKeyPlace[]): Promise<DataKeyPlace[]> {
      const { rows } = await pool.query<{ owner_id: string; version: number }>({
        name: 'data-keys-usable',
        text: `select k.owner_id, k.version from keys.data_keys k
                 join unnest($1::text[], $2::integer[]) as asked (owner_id, version) using (owner_id, version)
                where k.wrapped_key is not null`,
        values: [places.map(({ ownerId }) => ownerId), places.map(({ version }) => version)],
      });
      return rows.map((row) => ({ ownerId: row.owner_id, version: row.version }));
    },

    /** A version that the owner never had. */
    async nextVersion(ownerId: string): Promise<number> {
      const { rows } = await pool.query<{ version: number }>(
        'select coalesce(max(version), 0) + 1 as version from keys.data_keys where owner_id = $1',
        [ownerId],
      );
      return rows[0]?.version ?? 1;
    },

    /**
     * Leaves a key of the same version as it is.
     * @returns false when the master key that wrapped it was retired meanwhile: nothing is stored
     */
    async insert(ownerId: string, key: StoredKey): Promise<boolean> {
      await pool.query('insert into keys.master_keys (id) values ($1) on conflict do nothing', [key.masterKeyId]);
      const { rows } = await pool.query<{ usable: boolean }>(
        // Who retires a master key waits for this lock, and then sees the row; or was first, and this finds no master key.
        `with master as (
           select id from keys.master_keys where id = $4 and retired_at is null for share
         ), stored as (
           insert into keys.data_keys (owner_id, version, wrapped_key, master_key_id)
           select $1, $2, $3, id from master on conflict do nothing
         )
         select exists (select from master) as usable`,
        [ownerId, key.version, key.wrapped, key.masterKeyId],
      );
      return rows[0]?.usable ?? false;
    },

    /** Destroys every key of the owner. @returns how many there were to destroy */
    async destroy(ownerId: string): Promise<number> {
      const { rowCount } = await pool.query(
        'update keys.data_keys set wrapped_key = null, destroyed_at = now() where owner_id = $1 and wrapped_key is not null',
        [ownerId],
      );
      return rowCount ?? 0;
    },

    /** Whether the owner had keys, and all of them were destroyed. */
    async isDestroyed(ownerId: string): Promise<boolean> {
      const { rows } = await pool.query<{ destroyed: boolean | null }>(
        'select bool_and(wrapped_key is null) as destroyed from keys.data_keys where owner_id = $1',
        [ownerId],
      );
      return rows[0]?.destroyed ?? false;
    },

    /** Destroyed keys, the first destroyed first, after a cursor of this list. */
    async listDestroyed(page: { readonly after: string | null; readonly limit: number }): Promise<DestroyedKey[]> {
      const [time = null, ownerId = null, version = null] = page.after?.split('|') ?? [];
      // The time goes as text: a Date has no microseconds, and would find the same key again.
      const { rows } = await pool.query<{ owner_id: string; version: number; destroyed_at: Date; time: string }>(
        `select owner_id, version, destroyed_at, destroyed_at::text as time from keys.data_keys
          where destroyed_at is not null
            and ($1::timestamptz is null or (destroyed_at, owner_id, version) > ($1::timestamptz, $2::text, $3::integer))
          order by destroyed_at, owner_id, version limit $4`,
        [time, ownerId, version, page.limit],
      );
      return rows.map((row) => ({
        ownerId: row.owner_id,
        version: row.version,
        destroyedAt: row.destroyed_at,
        cursor: `${row.time}|${row.owner_id}|${row.version}`,
      }));
    },

    async answers(): Promise<boolean> {
      return (await pool.query('select 1')).rowCount === 1;
    },

    /** Whether any wrapped key is stored: whoever has lost the master keys would lose something. */
    async hasKeys(): Promise<boolean> {
      const { rows } = await pool.query<{ found: boolean }>(
        'select exists (select from keys.data_keys where wrapped_key is not null) as found',
      );
      return rows[0]?.found ?? false;
    },

    /** Master keys that are not retired, other than this one. */
    async findEarlierMasterKeys(currentId: string): Promise<string[]> {
      const { rows } = await pool.query<{ id: string }>(
        'select id from keys.master_keys where retired_at is null and id <> $1 order by first_used_at, id',
        [currentId],
      );
      return rows.map(({ id }) => id);
    },

    async registerMasterKey(id: string): Promise<void> {
      await pool.query('insert into keys.master_keys (id) values ($1) on conflict do nothing', [id]);
    },

    /** Keys under other master keys than this one, from a place on. */
    async findToRewrap(
      currentId: string,
      after: DataKeyPlace | null,
      limit: number,
    ): Promise<{ readonly place: DataKeyPlace; readonly key: WrappedKey }[]> {
      const { rows } = await pool.query<Row & { owner_id: string }>(
        `select owner_id, version, wrapped_key, master_key_id from keys.data_keys
          where wrapped_key is not null and master_key_id <> $1
            and ($2::text is null or (owner_id, version) > ($2::text, $3::integer))
          order by owner_id, version limit $4`,
        [currentId, after?.ownerId ?? null, after?.version ?? null, limit],
      );
      return rows.map((row) => ({
        place: { ownerId: row.owner_id, version: row.version },
        key: { wrapped: row.wrapped_key, masterKeyId: row.master_key_id },
      }));
    },

    async countToRewrap(currentId: string): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(
        'select count(*) as count from keys.data_keys where wrapped_key is not null and master_key_id <> $1',
        [currentId],
      );
      return rows[0]?.count ?? 0;
    },

    /** Whether the key is still as it was read. */
    async isUnchanged(place: DataKeyPlace, key: WrappedKey): Promise<boolean> {
      const { rowCount } = await pool.query('select from keys.data_keys where owner_id = $1 and version = $2 and wrapped_key = $3', [
        place.ownerId,
        place.version,
        key.wrapped,
      ]);
      return rowCount === 1;
    },

    /** @returns false when the key is no longer as it was, or the new master key was retired: nothing is changed */
    async replace(place: DataKeyPlace, before: WrappedKey, after: WrappedKey): Promise<boolean> {
      const { rowCount } = await pool.query(
        `with master as (select id from keys.master_keys where id = $5 and retired_at is null for share)
         update keys.data_keys set wrapped_key = $4, master_key_id = $5
          where owner_id = $1 and version = $2 and wrapped_key = $3 and exists (select from master)`,
        [place.ownerId, place.version, before.wrapped, after.wrapped, after.masterKeyId],
      );
      return rowCount === 1;
    },

    /** Retires a master key by which nothing is wrapped any more. @returns false when something still is */
    retire: (id: string): Promise<boolean> =>
      withTransaction(pool, async (transaction) => {
        await transaction.query('select from keys.master_keys where id = $1 for update', [id]);
        // A statement of its own: it has to see what was stored while the lock was waited for.
        const { rowCount } = await transaction.query(
          `update keys.master_keys set retired_at = coalesce(retired_at, now())
            where id = $1 and not exists (select from keys.data_keys where master_key_id = $1 and wrapped_key is not null)`,
          [id],
        );
        return rowCount === 1;
      }),

    async findRetired(): Promise<string[]> {
      const { rows } = await pool.query<{ id: string }>('select id from keys.master_keys where retired_at is not null');
      return rows.map(({ id }) => id);
    },

    /**
     * Runs `work`, which changes master keys, unless another process does so at this moment: null then. Not a transaction:
     * `work` may call others.
     */
    async exclusively<T>(work: () => Promise<T>): Promise<T | null> {
      const client = await pool.connect();
      let broken = true;
      try {
        const lock = `hashtext('payment-vault master keys')`;
        const { rows } = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(${lock}) as locked`);
        if (rows[0]?.locked !== true) {
          broken = false;
          return null;
        }
        const result = await work();
        await client.query(`select pg_advisory_unlock(${lock})`);
        broken = false;
        return result;
      } finally {
        // A connection that may still hold the lock is ended, which lets go of it.
        client.release(broken);
      }
    },
  };
}
