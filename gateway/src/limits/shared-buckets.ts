/**
 * Token buckets in Redis, shared by all gateway processes: a request's buckets are charged together or not at all, in one
 * round trip.
 *
 * A script of ours and not a library: rate-limiter-flexible, the one that is kept well, charges one key a call, so a request
 * that the second of its three limits refuses has used up the first, and its windows let a client do twice the
 * quota around their border. The script takes Redis's clock, since those of the gateway's machines differ, and leaves nothing
 * behind that outlives its window. Keys of a request may lie anywhere: this is for one Redis, with replicas or without, not for a cluster.
 */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { leftOf, refillMs, type Bucket } from './token-bucket.ts';

/** One bucket of a request. */
export interface Charge {
  /** Names the bucket's limit in what clients are told. */
  readonly policy: string;
  /** Of the bucket, among all buckets. */
  readonly key: string;
  readonly bucket: Bucket;
  readonly cost: number;
}

export type Charged =
  /** `tightest` is the bucket that is nearest to empty. */
  | { readonly kind: 'taken'; readonly tightest: Charge; readonly left: number; readonly fullAfterMs: number }
  /** Nothing was taken from any; `tightest` is the one that keeps the request waiting longest. */
  | { readonly kind: 'short'; readonly tightest: Charge; readonly left: number; readonly retryAfterMs: number };

export interface SharedBuckets {
  /** Rejects when Redis does not answer. */
  take(charges: readonly [Charge, ...Charge[]]): Promise<Charged>;
}

/**
 * Buckets → for each the µs that a full one takes to refill, and that the cost takes → whether all were charged, the number of the tightest
 * bucket, µs until that one is full, µs until it would do. A bucket is the time at which it is full, in µs since 1970;
 * 16 digits, which Lua would round if it turned them into text itself.
 */
const script = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local known = redis.call('MGET', unpack(KEYS))
local after, full, tightest, wait, waiting = {}, -1, 1, 0, 0
for i = 1, #KEYS do
  local window, cost = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local before = math.max(0, (tonumber(known[i]) or now) - now)
  after[i] = before + cost
  if after[i] - window > wait then wait, waiting, full = after[i] - window, i, before end
  if waiting == 0 and after[i] / window > full then full, tightest = after[i] / window, i end
end
if waiting > 0 then return {0, waiting, full, math.ceil(wait)} end
for i = 1, #KEYS do
  redis.call('SET', KEYS[i], string.format('%.0f', now + after[i]), 'PX', math.max(1, math.ceil(after[i] / 1000)))
end
return {1, tightest, after[tightest], 0}`;
const scriptId = createHash('sha1').update(script).digest('hex');

export function createSharedBuckets(redis: Pick<Redis, 'evalsha' | 'eval'>): SharedBuckets {
  return {
    async take(charges) {
      const keys = charges.map(({ key }) => key);
      const times = charges.flatMap(({ bucket, cost }) => [bucket.windowSeconds * 1_000_000, Math.round(refillMs(bucket, cost) * 1_000)]);
      let answer: unknown;
      try {
        answer = await redis.evalsha(scriptId, keys.length, ...keys, ...times);
      } catch (error) {
        // It was started anew, or its scripts were flushed.
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        answer = await redis.eval(script, keys.length, ...keys, ...times);
      }
      const [taken = 0, number = 1, fullAfterUs = 0, waitUs = 0] = answer as readonly number[];
      const tightest = charges[number - 1] ?? charges[0];
      const left = leftOf(tightest.bucket, fullAfterUs / 1_000);
      return taken === 1
        ? { kind: 'taken', tightest, left, fullAfterMs: fullAfterUs / 1_000 }
        : { kind: 'short', tightest, left, retryAfterMs: waitUs / 1_000 };
    },
  };
}
