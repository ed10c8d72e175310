/**
 * Sees when orders come into their sellers' lists: asks seller-eligibility's projection for those that are missing, in batches. What
 * the asking costs is the benchmark's, here and in PostgreSQL.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';

/** So much too late an arrival can be seen, in milliseconds. */
export const watchIntervalMs = 20;

export type SellerListWatch = {
  readonly expect: (orderId: string, tappedAt: number) => void;
  /** Resolves when all that is expected has come. @throws Error when it does not come in time */
  readonly untilComplete: (timeoutMs: number, signal: AbortSignal) => Promise<void>;
  /** From tap to list, in milliseconds, of those that have come. */
  readonly arrivalMs: readonly number[];
  /** How often the database was asked, a transaction each. */
  readonly looks: () => number;
  readonly stop: () => Promise<void>;
};

/** @param client its own connection to seller-eligibility's database */
export function watchSellerLists(client: pg.Client): SellerListWatch {
  const missing = new Map<string, number>();
  const arrivalMs: number[] = [];
  let stopped = false;
  let looks = 0;

  const look = async (): Promise<void> => {
    while (!stopped) {
      if (missing.size > 0) {
        looks += 1;
        const { rows } = await client.query<{ order_id: string }>({
          name: 'bench-arrived',
          text: 'select order_id from seller_orders where order_id = any($1) and confirmed_at is not null',
          values: [[...missing.keys()]],
        });
        const now = performance.now();
        for (const { order_id: orderId } of rows) {
          const tappedAt = missing.get(orderId);
          if (tappedAt === undefined) continue;
          arrivalMs.push(now - tappedAt);
          missing.delete(orderId);
        }
      }
      await wait(watchIntervalMs);
    }
  };
  const looking = look();
  looking.catch(() => {
    // Reported by whoever waits.
    stopped = true;
  });

  return {
    expect: (orderId, tappedAt) => missing.set(orderId, tappedAt),
    untilComplete: async (timeoutMs, signal) => {
      const deadline = performance.now() + timeoutMs;
      while (missing.size > 0) {
        signal.throwIfAborted();
        if (stopped) await looking;
        if (performance.now() > deadline) throw new Error(`${missing.size} orders are not in a seller's list after ${timeoutMs} ms`);
        await wait(watchIntervalMs);
      }
    },
    arrivalMs,
    looks: () => looks,
    stop: async () => {
      stopped = true;
      await looking;
    },
  };
}
