/** Deletes what is past its time: orders' addresses when nobody needs them any more, and records after their retention period. */
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';

const batchSize = 200;
const intervalMs = 60_000;
const recordsIntervalMs = 6 * 60 * 60_000;

/** Deletes orders' addresses whose time is over, once; answers how many. */
export async function expireAddresses(deps: Pick<Deps, 'grants' | 'logger'>): Promise<number> {
  const count = await deps.grants.endExpired(batchSize);
  if (count > 0) deps.logger.info({ count }, 'addresses of orders deleted after their time');
  return count;
}

/** Deletes records whose retention period is over, once; answers how many. */
export async function expireRecords(deps: Pick<Deps, 'pool' | 'logger'>): Promise<number> {
  const { rows } = await deps.pool.query<{ kind: string; affected: number }>('select kind, affected from delete_expired_records()');
  const count = rows.reduce((sum, { affected }) => sum + affected, 0);
  if (count > 0) deps.logger.info({ records: rows.filter(({ affected }) => affected > 0) }, 'records deleted after their retention period');
  return count;
}

export function startExpiring(deps: Deps): Loop {
  let recordsAt = -Infinity;
  return startLoop({
    name: 'expire-records',
    logger: deps.logger,
    intervalMs,
    run: async () => {
      if (performance.now() - recordsAt > recordsIntervalMs) {
        await expireRecords(deps);
        recordsAt = performance.now();
      }
      return (await expireAddresses(deps)) === batchSize;
    },
  });
}
