/** The loop that settles reservations whose time is up, about once a second, at once again while there are many. */
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Logger } from '@vitrine/runtime/telemetry';
import { settleBatchSize, type SettledBatch } from './settle-expired.ts';

const complaintIntervalMs = 60_000;

export function startExpiryLoop(options: {
  readonly settle: () => Promise<SettledBatch>;
  readonly logger: Logger;
  readonly intervalMs?: number;
}): Loop {
  const { settle, logger, intervalMs = 1_000 } = options;
  let complainedAt = Number.NEGATIVE_INFINITY;

  /** Checkout being away is one fact, however many reservations it keeps open. */
  const complain = (failures: readonly unknown[]): void => {
    if (failures.length === 0 || performance.now() - complainedAt < complaintIntervalMs) return;
    complainedAt = performance.now();
    logger.warn(
      { err: failures[0], open: failures.length },
      'reservations whose time is up stay held: it is not known whether they are wanted',
    );
  };

  return startLoop({
    name: 'expiry',
    logger,
    intervalMs,
    run: async () => {
      try {
        const { due, failures } = await settle();
        complain(failures);
        return due === settleBatchSize && failures.length === 0;
      } catch (error) {
        complain([error]);
        return false;
      }
    },
  });
}
