/** Tells seller-eligibility when and from where keys were last used: once a minute for a key at most, many keys at a time. */
import { randomUUID } from 'node:crypto';
import { startLoop } from '@vitrine/runtime/loop';
import type { Logger } from '@vitrine/runtime/telemetry';
import { createBoundedCache } from '../bounded-cache.ts';
import { networkOf } from './client-address.ts';
import type { ClientDirectory } from './client-directory.ts';

export interface KeyUses {
  /** Costs nothing that a request would wait for. */
  note(keyId: string, address: string): void;
  /** Tells what is left to tell. */
  stop(): Promise<void>;
}

const minuteMs = 60_000;
const tellEveryMs = 5_000;
/** What the other side takes at once. */
const maxTold = 1_000;
const maxRemembered = 50_000;

interface Use {
  readonly usedAt: string;
  readonly network: string;
}

export function createKeyUses(options: {
  readonly directory: Pick<ClientDirectory, 'noteUses'>;
  readonly logger: Logger;
  readonly intervalMs?: number;
  readonly now?: () => number;
}): KeyUses {
  const { directory, logger, intervalMs = tellEveryMs, now = Date.now } = options;
  /** The last minute in which a use of the key was noted. */
  const noted = createBoundedCache<number>(maxRemembered);
  const waiting = new Map<string, Use>();

  const tell = async (): Promise<boolean> => {
    const uses = [...waiting].slice(0, maxTold);
    if (uses.length === 0) return false;
    await directory.noteUses(
      uses.map(([keyId, use]) => ({ keyId, ...use })),
      randomUUID(),
    );
    // One that was noted while these were told waits for the next turn.
    for (const [keyId, use] of uses) if (waiting.get(keyId) === use) waiting.delete(keyId);
    return waiting.size > 0;
  };
  const loop = startLoop({ name: 'key uses', logger, intervalMs, run: tell });

  return {
    note(keyId, address) {
      const nowMs = now();
      const minute = Math.floor(nowMs / minuteMs);
      if (noted.get(keyId) === minute) return;
      const network = networkOf(address);
      if (network === null) return;
      noted.set(keyId, minute);
      waiting.set(keyId, { usedAt: new Date(nowMs).toISOString(), network });
    },
    async stop() {
      await loop.stop();
      try {
        while (await tell());
      } catch (error) {
        logger.warn({ err: error, uses: waiting.size }, 'the last uses of API keys could not be told');
      }
    },
  };
}
