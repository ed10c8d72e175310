/** A background loop that never overlaps with itself, survives failures and stops in order. */
import type { Logger } from './telemetry.ts';

export interface Loop {
  /** Runs the next turn at once. */
  wake(): void;
  /** Waits for the turn that is running, then ends. */
  stop(): Promise<void>;
}

/** `run` answers whether there is more to do right away. */
export function startLoop(options: {
  readonly name: string;
  readonly logger: Logger;
  readonly intervalMs: number;
  readonly run: () => Promise<boolean>;
}): Loop {
  let stopping = false;
  let woken = false;
  let wakeUp: (() => void) | undefined;

  const turns = async (): Promise<void> => {
    while (!stopping) {
      woken = false;
      let more = false;
      try {
        more = await options.run();
      } catch (error) {
        options.logger.warn({ err: error, loop: options.name }, 'turn failed; trying again');
      }
      if (more || woken || stopping) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, options.intervalMs);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = turns();
  return {
    wake() {
      woken = true;
      wakeUp?.();
    },
    async stop() {
      stopping = true;
      wakeUp?.();
      await running;
    },
  };
}
