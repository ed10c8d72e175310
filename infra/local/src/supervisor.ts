/**
 * Keeps the parts of a stack: stops them in the reverse order of their start, and reports one that
 * ended by itself with the end of its log.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { describeExit, lastLines } from './processes.ts';
import type { Exit, RunningProcess } from './processes.ts';

/** In the order of starting. Parts of a later stage are stopped before those of an earlier one. */
const stages = ['store', 'outside', 'service', 'gateway'] as const;

export type Stage = (typeof stages)[number];

/** What a part's start function returns: at least its process. */
export type Part = { readonly process: RunningProcess };

export type SupervisorOptions = {
  /** Gets a report of several lines when a part ended by itself. */
  readonly report: (text: string) => void;
  /** Start a part that ended by itself again, at most five times in a minute. */
  readonly restart: boolean;
  /** How long to wait before that; 1,000 ms unless told. */
  readonly restartDelayMs?: number;
  /** Aborted when everything is to end: then an end is no surprise. */
  readonly signal: AbortSignal;
  /** Called once, when a part ended by itself and is not started again. */
  readonly onFailure: (error: Error) => void;
};

export type Supervisor = {
  /** Starts a part. */
  readonly run: <P extends Part>(name: string, stage: Stage, start: () => Promise<P>) => Promise<P>;
  /** Ends a part with a signal, waits for its end, and leaves it ended. */
  readonly kill: (name: string, signal: NodeJS.Signals) => Promise<Exit>;
  /** Stops a part if it runs, and starts it again. */
  readonly restart: (name: string) => Promise<void>;
  readonly pids: () => Readonly<Record<string, number>>;
  readonly stop: () => Promise<void>;
};

const restartWindowMs = 60_000;
const restartsInWindow = 5;

type Kept = {
  readonly name: string;
  readonly stage: Stage;
  readonly start: () => Promise<Part>;
  process: RunningProcess;
  restarts: readonly number[];
};

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const parts = new Map<string, Kept>();
  let stopCalled = false;
  const isStopping = () => stopCalled || options.signal.aborted;

  const keptPart = (name: string): Kept => {
    const part = parts.get(name);
    if (part === undefined) throw new Error(`the stack has no part called ${name}`);
    return part;
  };

  const watch = (part: Kept): void => {
    const watched = part.process;
    void watched.exited.then(async (exit) => {
      if (watched.stopping() || isStopping()) return;
      const title = `${part.name} ended by itself (${describeExit(exit)}); the end of ${watched.logFile}:`;
      options.report(`${title}\n${lastLines(watched.logFile)}`);
      try {
        if (!options.restart) throw new Error(`${part.name} ended by itself`);
        await startAgain(part);
      } catch (error) {
        if (!isStopping()) options.onFailure(error instanceof Error ? error : new Error(String(error)));
      }
    });
  };

  const startAgain = async (part: Kept): Promise<void> => {
    const now = Date.now();
    part.restarts = [...part.restarts.filter((at) => at > now - restartWindowMs), now];
    if (part.restarts.length > restartsInWindow) {
      throw new Error(`${part.name} ended by itself ${restartsInWindow + 1} times in a minute`);
    }
    await delay(options.restartDelayMs ?? 1_000);
    if (isStopping()) return;
    part.process = (await part.start()).process;
    // Stopped while it started: `stop` has not seen this process.
    if (isStopping()) {
      await part.process.stop();
      return;
    }
    watch(part);
    options.report(`${part.name} runs again`);
  };

  return {
    run: async (name, stage, start) => {
      const started = await start();
      const part: Kept = { name, stage, start, process: started.process, restarts: [] };
      parts.set(name, part);
      watch(part);
      return started;
    },
    kill: async (name, signal) => keptPart(name).process.kill(signal),
    restart: async (name) => {
      const part = keptPart(name);
      await part.process.stop();
      part.process = (await part.start()).process;
      watch(part);
    },
    pids: () => Object.fromEntries([...parts.values()].map((part) => [part.name, part.process.pid])),
    stop: async () => {
      stopCalled = true;
      for (const stage of stages.toReversed()) {
        const inStage = [...parts.values()].filter((part) => part.stage === stage);
        await Promise.all(inStage.map((part) => part.process.stop()));
      }
    },
  };
}
