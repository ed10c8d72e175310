/**
 * Applies past order events to the sellers' orders again. It goes around the inbox, which knows them all, so that an
 * emptied projection comes back; the version check holds as ever, and nothing but the projection is touched.
 */
import type { ReplayRequest, ReplayResponse } from '@vitrine/contracts/replay-http';
import { withTransaction, type Pool } from '@vitrine/runtime/database';
import { projectOrders } from './events.ts';

/** In a dry run the same is done and taken back. */
export async function replayOrders(pool: Pool, { replayId, dryRun, events }: ReplayRequest): Promise<ReplayResponse> {
  return withTransaction(pool, async (transaction) => {
    if (dryRun) await transaction.query('savepoint dry_run');
    const { changed, refused } = await projectOrders(
      transaction,
      events.map((event) => ({ ...event, replayId })),
    );
    if (dryRun) await transaction.query('rollback to savepoint dry_run');
    return { examined: events.length, changed, refused: [...refused] };
  });
}
