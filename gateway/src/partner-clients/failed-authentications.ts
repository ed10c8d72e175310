/** Slows down whoever tries secrets: after some failures, nothing more is tried from there for a moment. */
import { createBoundedCache } from '../bounded-cache.ts';
import { addressKey } from '../limits/client-address.ts';

/** Who asks. The address and the client together, so that a stranger cannot lock a client out. */
export interface Attempt {
  /** As Node gives it. All of an IPv6 /64 counts as one: a subscriber has all of it. */
  readonly address: string;
  /** An id, as it was claimed; null when none was. */
  readonly clientId: string | null;
}

export interface FailedAuthentications {
  /** Seconds to wait before the next attempt is looked at; 0 for none. */
  waitSeconds(attempt: Attempt): Promise<number>;
  count(attempt: Attempt): Promise<void>;
}

const windowMs = 60_000;
/** Failures within a window. */
const maxOfClient = 10;
const maxOfAddress = 50;
const maxRemembered = 50_000;

/** Counts in this process only. */
export function createFailedAuthentications(now: () => number = Date.now): FailedAuthentications {
  const windows = createBoundedCache<{ readonly endsAtMs: number; failures: number }>(maxRemembered);
  const subjectsOf = ({ address, clientId }: Attempt): readonly (readonly [string, number])[] => {
    const key = addressKey(address);
    return [
      [key, maxOfAddress],
      [`${key} ${clientId}`, maxOfClient],
    ];
  };
  const windowOf = (subject: string) => {
    const window = windows.get(subject);
    return window === undefined || window.endsAtMs <= now() ? undefined : window;
  };

  return {
    async waitSeconds(attempt) {
      const waits = subjectsOf(attempt).map(([subject, max]) => {
        const window = windowOf(subject);
        return window === undefined || window.failures < max ? 0 : Math.ceil((window.endsAtMs - now()) / 1_000);
      });
      return Math.max(...waits);
    },
    async count(attempt) {
      for (const [subject] of subjectsOf(attempt)) {
        const window = windowOf(subject);
        if (window === undefined) windows.set(subject, { endsAtMs: now() + windowMs, failures: 1 });
        else window.failures += 1;
      }
    },
  };
}
