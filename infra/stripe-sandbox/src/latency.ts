/** How long the sandbox takes for each call of Stripe's API, for measurements: at once unless told. A restart forgets it. */
import { setTimeout as wait } from 'node:timers/promises';

export interface LatencySetting {
  /** Milliseconds. */
  meanMs: number;
  /** A call takes from `meanMs - jitterMs` to `meanMs + jitterMs`, each length as likely as the others. */
  jitterMs: number;
}

const longestMs = 10_000;

type Read = { ok: true; setting: LatencySetting } | { ok: false; message: string };

/** Reads `{ meanMs, jitterMs? }`; `jitterMs` is 0 when absent. */
function readSetting(given: unknown): Read {
  const fields = typeof given === 'object' && given !== null ? Object.entries(given) : [['', null] as const];
  if (fields.some(([name]) => name !== 'meanMs' && name !== 'jitterMs')) {
    return { ok: false, message: 'A latency is { "meanMs": …, "jitterMs": … }.' };
  }
  const { meanMs, jitterMs = 0 } = Object.fromEntries(fields) as { meanMs?: unknown; jitterMs?: unknown };
  if (typeof meanMs !== 'number' || !(meanMs >= 0 && meanMs <= longestMs)) {
    return { ok: false, message: `meanMs must be from 0 to ${longestMs}.` };
  }
  if (typeof jitterMs !== 'number' || !(jitterMs >= 0 && jitterMs <= meanMs)) {
    return { ok: false, message: 'jitterMs must be from 0 to meanMs.' };
  }
  return { ok: true, setting: { meanMs, jitterMs } };
}

export class Latency {
  #setting: LatencySetting = { meanMs: 0, jitterMs: 0 };

  get setting(): LatencySetting {
    return { ...this.#setting };
  }

  /** Calls that arrive from now on take this long; see `readSetting`. */
  set(given: unknown): Read {
    const read = readSetting(given);
    if (read.ok) this.#setting = read.setting;
    return read;
  }

  /** Resolves when a call that arrives now is to be worked on. */
  async pass(): Promise<void> {
    const { meanMs, jitterMs } = this.#setting;
    if (meanMs > 0) await wait(meanMs + (2 * Math.random() - 1) * jitterMs);
  }
}
