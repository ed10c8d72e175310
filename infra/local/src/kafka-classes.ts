/**
 * Makes later brokers start in about half the time: a throw-away broker, at the lowest priority and long after the start,
 * leaves an archive of its loaded classes. The stack's own broker could do that too, but its stop would wait for it.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaDistribution } from './kafka-distribution.ts';
import { hasClassArchive, startKafka } from './kafka.ts';
import type { Ports } from './ports.ts';
import type { ProcessLedger } from './processes.ts';
import type { StackFolders } from './state.ts';

// When whoever has started the stack has had a first look at it.
const waitMs = 30_000;

export type RecordingOptions = {
  readonly folders: StackFolders;
  readonly ledger: ProcessLedger;
  readonly ports: Ports;
  readonly java: string;
  readonly distribution: KafkaDistribution;
  readonly note: (line: string) => void;
};

/** Does nothing when there is an archive. @returns how to break it off, which takes no time */
export function recordBrokerClasses(options: RecordingOptions): () => Promise<void> {
  if (hasClassArchive(options.distribution)) return async () => {};
  const broken = new AbortController();
  const recorded = record(options, broken.signal).catch((error: unknown) => {
    // It is an improvement only, and is tried again at the next start.
    if (!broken.signal.aborted) options.note(`kafka: no class archive could be made: ${String(error)}`);
  });
  return async () => {
    broken.abort();
    await recorded;
  };
}

async function record({ folders, ledger, ports, java, distribution }: RecordingOptions, signal: AbortSignal): Promise<void> {
  await delay(waitMs, undefined, { signal, ref: false });
  const dir = path.join(folders.root, 'kafka-classes');
  const own = killable(ledger);
  signal.addEventListener('abort', own.killAll);
  try {
    const broker = await startKafka({
      dir,
      port: await ports.take('kafka-classes'),
      controllerPort: await ports.take('kafka-classes-controller'),
      java,
      distribution,
      logFile: path.join(folders.logs, 'kafka-classes.log'),
      ledger: own,
      recordClasses: true,
      lowPriority: true,
    });
    await broker.stop();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The same ledger, of which `killAll` ends the processes only that were added through this. */
function killable(ledger: ProcessLedger): ProcessLedger {
  const pids = new Set<number>();
  let killed = false;
  return {
    add: (name, pid) => {
      pids.add(pid);
      ledger.add(name, pid);
      if (killed) process.kill(pid, 'SIGKILL');
    },
    remove: (pid) => {
      pids.delete(pid);
      ledger.remove(pid);
    },
    killAll: () => {
      killed = true;
      for (const pid of pids) process.kill(pid, 'SIGKILL');
    },
  };
}
