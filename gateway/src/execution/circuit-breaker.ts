/**
 * Keeps calls from a subgraph that fails: after failures in a row, or too many of them among its calls, none is made for
 * a while; then one call tries it, and its outcome decides.
 */

export interface CircuitBreaker {
  /** Whether a call may be made now. Who is told yes reports the outcome. */
  allow(): boolean;
  succeeded(): void;
  failed(): void;
  /** The call says nothing about the subgraph. */
  inconclusive(): void;
}

export const breakerLimits = {
  /** Failures without a success between them. */
  failuresInARow: 10,
  /** Share of failures among the calls of a window, once there are enough to tell. */
  failureShare: 0.5,
  callsToTell: 20,
  windowMs: 10_000,
  openMs: 1_000,
} as const;

export function createCircuitBreaker(options: {
  readonly onChange: (state: 'open' | 'closed') => void;
  /** A clock that does not go back, in milliseconds. */
  readonly now?: () => number;
}): CircuitBreaker {
  const { onChange, now = () => performance.now() } = options;
  let openSinceMs: number | null = null;
  let isProbing = false;
  let inARow = 0;
  let window = { startedAtMs: now(), calls: 0, failures: 0 };

  const count = (failures: 0 | 1): void => {
    const atMs = now();
    if (atMs - window.startedAtMs > breakerLimits.windowMs) window = { startedAtMs: atMs, calls: 0, failures: 0 };
    window.calls += 1;
    window.failures += failures;
  };
  const open = (): void => {
    const isNew = openSinceMs === null;
    openSinceMs = now();
    isProbing = false;
    if (isNew) onChange('open');
  };

  return {
    allow() {
      if (openSinceMs === null) return true;
      if (isProbing || now() - openSinceMs < breakerLimits.openMs) return false;
      isProbing = true;
      return true;
    },
    succeeded() {
      // A success of a call that was made before says nothing about now.
      if (openSinceMs !== null && !isProbing) return;
      inARow = 0;
      if (openSinceMs === null) {
        count(0);
        return;
      }
      openSinceMs = null;
      isProbing = false;
      window = { startedAtMs: now(), calls: 0, failures: 0 };
      onChange('closed');
    },
    failed() {
      if (openSinceMs !== null) {
        if (isProbing) open();
        return;
      }
      inARow += 1;
      count(1);
      const { calls, failures } = window;
      if (inARow >= breakerLimits.failuresInARow || (calls >= breakerLimits.callsToTell && failures / calls >= breakerLimits.failureShare))
        open();
    },
    inconclusive() {
      if (isProbing) open();
    },
  };
}
