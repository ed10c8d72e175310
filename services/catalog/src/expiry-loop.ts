/** The loop that settles reservations whose time is up, about once a second, at once again while there are many. */
import type { Logger } from '@vitrine/runtime/telemetry';
import { settleBatchSize, type SettledBatch } from './settle-expired.ts';

export interface ExpiryLoop {
  /** Ends the loop when the batch under way is done. */
  stop(): Promise<void>;
}

const complaintIntervalMs = 60_000;

export function startExpiryLoop(options: {
  readonly settle: () => Promise<SettledBatch>;
  readonly logger: Logger;
  readonly intervalMs?: number;
}): ExpiryLoop {
  const { settle, logger, intervalMs = 1_000 } = options;
  let stopping = false;
  let wakeUp: (() => void) | undefined;
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

  const loop = async (): Promise<void> => {
    while (!stopping) {
      let more = false;
      try {
        const { due, failures } = await settle();
        complain(failures);
        more = due === settleBatchSize && failures.length === 0;
      } catch (error) {
        complain([error]);
      }
      if (stopping || more) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, intervalMs);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();

  return {
    async stop() {
      stopping = true;
      wakeUp?.();
      await running;
    },
  };
}
