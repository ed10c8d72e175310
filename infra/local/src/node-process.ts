/** A process of our own in the local stack: a TypeScript entry run by this Node, ready when it says so over HTTP. */
import path from 'node:path';
import { loopback } from './ports.ts';
import { baseEnvironment, startProcess, untilReady } from './processes.ts';
import type { ProcessLedger, RunningProcess } from './processes.ts';

export type NodeProcessOptions = {
  readonly name: string;
  /** Absolute. */
  readonly entry: string;
  readonly port: number;
  /** Answers 200 when the process can do its work. */
  readonly readyPath: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where downloads and compiled code are kept. */
  readonly cache: string;
  readonly logFile: string;
  readonly ledger: ProcessLedger;
  readonly signal?: AbortSignal;
};

export type NodeProcess = { readonly url: string; readonly process: RunningProcess };

export async function startNodeProcess(options: NodeProcessOptions): Promise<NodeProcess> {
  const running = await startProcess({
    name: options.name,
    command: process.execPath,
    // kafkajs sets timers in the past, which does no harm.
    args: ['--disable-warning=TimeoutNegativeWarning', options.entry],
    cwd: path.dirname(options.entry),
    env: {
      ...baseEnvironment(),
      // Loading our modules costs half the processor time at the second start.
      NODE_COMPILE_CACHE: path.join(options.cache, 'node'),
      ...options.env,
      HOST: loopback,
      PORT: String(options.port),
    },
    logFile: options.logFile,
    ledger: options.ledger,
  });
  const url = addressOf(options.port);
  const { readyPath, signal } = options;
  await untilReady(running, () => answers(`${url}${readyPath}`), { timeoutMs: 60_000, signal });
  return { url, process: running };
}

export function addressOf(port: number): string {
  return `http://${loopback}:${port}`;
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Not listening yet, or too busy starting to answer.
    return false;
  }
}
