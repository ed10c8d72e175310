/**
 * Moves data keys from where they were before they had a schema and a role of their own. Each is copied before it is
 * deleted, so that an end at any moment loses none; when the old table is empty its file is emptied, too.
 */
import { withTransaction, type Pool } from '@vitrine/runtime/database';
import type { StoredKey } from './store/keys.ts';

const batchSize = 500;

interface Row {
  readonly buyer_id: string;
  readonly version: number;
  readonly wrapped_key: Buffer;
  readonly master_key_id: string;
}

/** Whether data keys are still where they were. */
export async function hasUnmovedKeys(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>('select exists (select from buyer_keys) as found');
  return rows[0]?.found ?? false;
}

/** May be called by several processes at once. @returns how many keys this call moved */
export async function moveBuyerKeys(
  pool: Pool,
  keyStore: { readonly insert: (ownerId: string, key: StoredKey) => Promise<boolean> },
): Promise<number> {
  let moved = 0;
  for (;;) {
    const { rows } = await pool.query<Row>(
      'select buyer_id, version, wrapped_key, master_key_id from buyer_keys order by buyer_id, version limit $1',
      [batchSize],
    );
    if (rows.length === 0) break;
    for (const row of rows) {
      const key = { version: row.version, wrapped: row.wrapped_key, masterKeyId: row.master_key_id };
      if (!(await keyStore.insert(row.buyer_id, key))) throw new Error('a data key to move is wrapped by a retired master key');
      const { rowCount } = await pool.query('delete from buyer_keys where buyer_id = $1 and version = $2', [row.buyer_id, row.version]);
      moved += rowCount ?? 0;
    }
  }
  if (moved > 0) {
    await withTransaction(pool, async (transaction) => {
      await transaction.query('lock table buyer_keys in access exclusive mode');
      const { rowCount } = await transaction.query('select from buyer_keys limit 1');
      // Deleted rows stay in the table's file until then.
      if (rowCount === 0) await transaction.query('truncate buyer_keys');
    });
  }
  return moved;
}
