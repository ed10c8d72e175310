/**
 * A token bucket kept as one number, the moment at which it will be full again: it says how much is gone, and needs no
 * clock to refill it (the "generic cell rate algorithm" of ATM networks).
 */

/** @param quota a full bucket, in units of cost; refilled within `windowSeconds` */
export interface Bucket {
  readonly quota: number;
  readonly windowSeconds: number;
}

export type Taken =
  /** `left` of the quota; the bucket is full again after `fullAfterMs` if nothing more is taken. */
  | { readonly kind: 'taken'; readonly left: number; readonly fullAfterMs: number }
  /** Nothing was taken. */
  | { readonly kind: 'short'; readonly left: number; readonly retryAfterMs: number };

/** How long a bucket takes to refill what the cost takes out of it. What is more than a full bucket empties it. */
export const refillMs = ({ quota, windowSeconds }: Bucket, cost: number): number => (Math.min(cost, quota) / quota) * windowSeconds * 1_000;

/** What is left of a bucket that will be full again after `fullAfterMs`. */
export const leftOf = ({ quota, windowSeconds }: Bucket, fullAfterMs: number): number =>
  Math.max(0, Math.floor(quota * (1 - fullAfterMs / (windowSeconds * 1_000))));

export interface LocalBuckets {
  /** Takes the cost out of the bucket of `key`, which is full when it is not known. */
  take(key: string, bucket: Bucket, cost: number): Taken;
  /** Takes it even where the bucket is empty, down to one window of debt. */
  drain(key: string, bucket: Bucket, cost: number): void;
  /** Buckets that are remembered. */
  readonly size: number;
}

/**
 * Buckets of this process alone. Those that were used longest ago are forgotten first, so what is remembered is bounded
 * whatever number of keys is made up.
 */
export function createLocalBuckets(maxKeys: number, nowMs: () => number = () => performance.now()): LocalBuckets {
  // A Map remembers the order of insertion.
  const fullAt = new Map<string, number>();
  const remember = (key: string, at: number): void => {
    fullAt.delete(key);
    fullAt.set(key, at);
    if (fullAt.size <= maxKeys) return;
    const [oldest] = fullAt.keys();
    if (oldest !== undefined) fullAt.delete(oldest);
  };
  return {
    take(key, bucket, cost) {
      const now = nowMs();
      const before = Math.max(0, (fullAt.get(key) ?? now) - now);
      const after = before + refillMs(bucket, cost);
      const windowMs = bucket.windowSeconds * 1_000;
      if (after > windowMs) return { kind: 'short', left: leftOf(bucket, before), retryAfterMs: after - windowMs };
      remember(key, now + after);
      return { kind: 'taken', left: leftOf(bucket, after), fullAfterMs: after };
    },
    drain(key, bucket, cost) {
      const now = nowMs();
      const before = Math.max(0, (fullAt.get(key) ?? now) - now);
      remember(key, now + Math.min(before + refillMs(bucket, cost), 2 * bucket.windowSeconds * 1_000));
    },
    get size() {
      return fullAt.size;
    },
  };
}
