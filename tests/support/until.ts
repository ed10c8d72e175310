/** Waits on conditions. */
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Asks until the answer is not undefined, and answers it.
 * @throws Error that says what did not come.
 */
export async function until<Value>(what: string, ask: () => Promise<Value | undefined>, timeoutMs = 20_000): Promise<Value> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await wait(20);
  }
}
