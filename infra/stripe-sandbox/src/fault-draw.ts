/** Decides faults by a seed: the same seed, the same call and the same attempt always meet the same fault, in whatever order calls run. */
import { createHash } from 'node:crypto';
import type { FaultName } from './fault-requests.ts';

interface Draw {
  fault: FaultName;
  /** For faults that come in two kinds. */
  coin: boolean;
}

/**
 * Draws at most one of `faults` by their rates.
 * @param identity what makes the call itself: method, path, idempotency key
 * @param attempt how often it was seen before, from 1
 */
export function drawFault(
  seed: number,
  identity: string,
  attempt: number,
  faults: readonly FaultName[],
  rates: Partial<Record<FaultName, number>>,
): Draw | undefined {
  const digest = createHash('sha256').update(`${seed}\n${attempt}\n${identity}`).digest();
  const drawn = digest.readUIntBE(0, 6) / 2 ** 48;
  let upTo = 0;
  for (const fault of faults) {
    upTo += rates[fault] ?? 0;
    if (drawn < upTo) return { fault, coin: (digest[6] ?? 0) % 2 === 0 };
  }
  return undefined;
}
