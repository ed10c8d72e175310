/**
 * Lets each DPoP proof in once. All gateway processes share what Redis remembers; while Redis is away each remembers for itself, which
 * stops a replay at the same process only, and says so.
 */
import type { Redis } from 'ioredis';
import type { AcceptedNonce } from './dpop-nonces.ts';
import { createSingleUse } from './single-use.ts';

export type ReplayCheck =
  /** `shared`: no gateway process has seen it. `local`: this one has not. */
  | { readonly kind: 'first'; readonly replayGuard: 'shared' | 'local' }
  | { readonly kind: 'repeated' }
  /** Redis is away, and this process can remember no more. */
  | { readonly kind: 'unavailable' };

export interface ReplayGuard {
  /** @param id of the proof, among all proofs; needs to be remembered as long as the nonce is accepted */
  check(id: string, nonce: AcceptedNonce, nowMs: number): Promise<ReplayCheck>;
}

/** Clocks of processes differ: a nonce that is over here may be accepted elsewhere for a moment. */
const clockSkewMs = 10_000;
const maxRemembered = 200_000;

export function createReplayGuard(redis: Pick<Redis, 'set'>, limit: number = maxRemembered): ReplayGuard {
  const shared = createSingleUse(redis, 'dpop');
  /** By the window of the nonce: a window's proofs are forgotten together. */
  const seen = new Map<number, Set<string>>();
  let total = 0;

  const rememberHere = (id: string, nonce: AcceptedNonce): ReplayCheck => {
    // A nonce in its second window is the oldest that is accepted.
    const oldest = nonce.isOld ? nonce.window : nonce.window - 1;
    for (const [window, ids] of seen) {
      if (window >= oldest) continue;
      seen.delete(window);
      total -= ids.size;
    }
    let ids = seen.get(nonce.window);
    if (ids === undefined) {
      ids = new Set();
      seen.set(nonce.window, ids);
    }
    if (ids.has(id)) return { kind: 'repeated' };
    if (total >= limit) return { kind: 'unavailable' };
    ids.add(id);
    total += 1;
    return { kind: 'first', replayGuard: 'local' };
  };

  return {
    async check(id, nonce, nowMs) {
      const claim = await shared.claim(id, nonce.untilMs - nowMs + clockSkewMs, '1');
      if (claim.kind === 'first') return { kind: 'first', replayGuard: 'shared' };
      return claim.kind === 'taken' ? { kind: 'repeated' } : rememberHere(id, nonce);
    },
  };
}
