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
      } catch {
        // The connection's owner logs what is wrong with it; here it is an answer.
        return { kind: 'unavailable' };
      }
    },
  };
}
