/**
 * Keeps calls from a subgraph that fails: after failures in a row, or too many of them among its calls, none is made for
 * a while; then one read tries it, and its outcome decides.
 */

/** A call that may be made. Who has one reports the outcome of the call with it. */
export interface CallPermit {
  /** In which state of the breaker it was given: outcomes count in that one only. */
  readonly generation: number;
  readonly beganAtMs: number;
}

export interface CircuitBreaker {
  /**
   * Null when no call may be made now. When the pause is over, one read at a time tries the subgraph; a mutation goes then
   * without waiting for it, and keeps no read from trying.
   */
  allow(kind: 'query' | 'mutation'): CallPermit | null;
  succeeded(permit: CallPermit): void;
  failed(permit: CallPermit): void;
  /** No answer within the time of a call. It may be the read that is slow, not the subgraph: only the share of such calls tells. */
  slow(permit: CallPermit): void;
  /** The call says nothing about the subgraph. */
  inconclusive(permit: CallPermit): void;
}

export const breakerLimits = {
  /** Failures without a success since the first of them began. */
  failuresInARow: 10,
  /** Share of failures among the calls of a window, once there are enough to tell. */
  failureShare: 0.5,
  callsToTell: 20,
  windowMs: 10_000,
  openMs: 1_000,
  /** Another read may try when the one that tries has not come back for so long. */
  probeMs: 3_000,
} as const;

export function createCircuitBreaker(options: {
  readonly onChange: (state: 'open' | 'closed') => void;
  /** A clock that does not go back, in milliseconds. */
  readonly now?: () => number;
}): CircuitBreaker {
  const { onChange, now = () => performance.now() } = options;
  let generation = 0;
  let openSinceMs: number | null = null;
  let probe: CallPermit | null = null;
  let inARow = 0;
  let succeededAtMs = Number.NEGATIVE_INFINITY;
  let window = { startedAtMs: now(), calls: 0, failures: 0 };

  const count = (failures: 0 | 1): void => {
    const atMs = now();
    if (atMs - window.startedAtMs > breakerLimits.windowMs) window = { startedAtMs: atMs, calls: 0, failures: 0 };
    window.calls += 1;
    window.failures += failures;
  };
  const open = (): void => {
    const isNew = openSinceMs === null;
    generation += 1;
    openSinceMs = now();
    probe = null;
    if (isNew) onChange('open');
  };
  const close = (): void => {
    generation += 1;
    openSinceMs = null;
    probe = null;
    inARow = 0;
    window = { startedAtMs: now(), calls: 0, failures: 0 };
    onChange('closed');
  };
  const countFailure = (permit: CallPermit, isOfARow: boolean): void => {
    if (permit.generation !== generation) return;
    if (openSinceMs !== null) return open();
    count(1);
    // One that began before the last success came says nothing about the time since.
    if (isOfARow && permit.beganAtMs >= succeededAtMs) inARow += 1;
    const { calls, failures } = window;
    if (inARow >= breakerLimits.failuresInARow || (calls >= breakerLimits.callsToTell && failures / calls >= breakerLimits.failureShare))
      open();
  };

  return {
    allow(kind) {
      const beganAtMs = now();
      const permit: CallPermit = { generation, beganAtMs };
      if (openSinceMs === null) return permit;
      if (beganAtMs - openSinceMs < breakerLimits.openMs) return null;
      // Money waits for no read, and a payment is not what finds out whether a subgraph is back.
      if (kind === 'mutation') return permit;
      if (probe !== null && beganAtMs - probe.beganAtMs < breakerLimits.probeMs) return null;
      probe = permit;
      return permit;
    },
    succeeded(permit) {
      if (permit.generation !== generation) return;
      succeededAtMs = now();
      if (openSinceMs !== null) return close();
      inARow = 0;
      count(0);
    },
    failed: (permit) => countFailure(permit, true),
    slow: (permit) => countFailure(permit, false),
    inconclusive(permit) {
      if (permit === probe) open();
    },
  };
}
