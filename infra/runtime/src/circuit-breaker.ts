/**
 * A circuit breaker: after a few failures in a row nothing is tried for a moment, then one call at a time until one
 * goes well. It keeps what hangs from costing every request a timeout.
 */

export interface CircuitBreaker {
  /** Whether to try. When the pause is over, says yes to one caller and goes on pausing for the others. */
  allows(): boolean;
  /** @returns whether this closed the breaker again. */
  succeeded(): boolean;
  /** @returns whether this opened the breaker. */
  failed(): boolean;
}

export function createCircuitBreaker(options: {
  readonly failureThreshold: number;
  readonly pauseMs: number;
  readonly nowMs?: () => number;
}): CircuitBreaker {
  const { failureThreshold, pauseMs, nowMs = () => performance.now() } = options;
  let failures = 0;
  let pausedUntilMs: number | null = null;
  return {
    allows() {
      if (pausedUntilMs === null) return true;
      if (nowMs() < pausedUntilMs) return false;
      pausedUntilMs = nowMs() + pauseMs;
      return true;
    },
    succeeded() {
      const wasOpen = pausedUntilMs !== null;
      failures = 0;
      pausedUntilMs = null;
      return wasOpen;
    },
    failed() {
      const wasOpen = pausedUntilMs !== null;
      failures += 1;
      if (failures < failureThreshold) return false;
      pausedUntilMs = nowMs() + pauseMs;
      return !wasOpen;
    },
  };
}
