/** Remembers in Redis what may be used once, so that all gateway processes know of it. */
import type { Redis } from 'ioredis';

export type Claim =
  | { readonly kind: 'first' }
  /** `holder` is what the first user gave. */
  | { readonly kind: 'taken'; readonly holder: string }
  /** Redis does not answer: nothing is known. */
  | { readonly kind: 'unavailable' };

export interface SingleUse {
  /**
   * Takes an id for `ttlMs` in one round trip. Of callers at the same time exactly one is the first.
   * @param holder what later callers are told; nothing secret
   */
  claim(id: string, ttlMs: number, holder: string): Promise<Claim>;
}

/** @param purpose keeps the ids of one purpose from those of another */
export function createSingleUse(redis: Pick<Redis, 'set'>, purpose: string): SingleUse {
  return {
    async claim(id, ttlMs, holder) {
      try {
        const before = await redis.set(`once:${purpose}:${id}`, holder, 'PX', Math.ceil(ttlMs), 'NX', 'GET');
        return before === null ? { kind: 'first' } : { kind: 'taken', holder: before };
      } catch (error) {
        // The connection's owner logs that Redis is away; here it is an answer. That it refuses the command is another thing.
        if (isRefusal(error)) throw error;
        return { kind: 'unavailable' };
      }
    },
  };
}

/** Answers of a Redis that cannot write for the moment: it is starting, full, a replica, or busy. */
const passing = /^(LOADING|OOM|READONLY|MISCONF|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)\b/;

/** Whether Redis answered that it will not do it: no right to, or a version before 7. */
const isRefusal = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError' && !passing.test(error.message);
