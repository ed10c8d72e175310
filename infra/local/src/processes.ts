/**
 * Child processes of the stack. Every one is written down (pid and start moment) before it can do
 * anything, so that a starter that was killed leaves nothing that the next start cannot find and end.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isSameProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { readJsonFile, writeJsonFile } from './state.ts';

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type ProcessSpec = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly ledger: ProcessLedger;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Asks for an orderly end; SIGTERM unless told. */
  readonly stopSignal?: NodeJS.Signals;
  /** How long an orderly end may take before SIGKILL; 15,000 ms unless told. */
  readonly stopTimeoutMs?: number;
};

export type RunningProcess = {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process has ended, for whatever reason. */
  readonly exited: Promise<Exit>;
  /** Whether the end was asked for through `stop` or `kill`. */
  readonly stopping: () => boolean;
  /** Sends a signal whose consequences are expected. */
  readonly kill: (signal: NodeJS.Signals) => Promise<Exit>;
  /** Orderly end, then SIGKILL. Resolves when the process is gone; may be called again. */
  readonly stop: () => Promise<void>;
};

type LedgerEntry = ProcessIdentity & { readonly name: string };

/** The pids of one stack, on disk. */
export type ProcessLedger = {
  readonly add: (name: string, pid: number) => void;
  readonly remove: (pid: number) => void;
  /** SIGKILL to every process that is written down. */
  readonly killAll: () => void;
};

export function openProcessLedger(file: string): ProcessLedger {
  let entries: readonly LedgerEntry[] = [];
  const write = () => writeJsonFile(file, entries);
  return {
    add: (name, pid) => {
      const identity = identityOf(pid);
      if (identity === undefined) return;
      entries = [...entries, { name, ...identity }];
      write();
    },
    remove: (pid) => {
      entries = entries.filter((entry) => entry.pid !== pid);
      write();
    },
    killAll: () => {
      for (const entry of entries) signalIfAlive(entry, 'SIGKILL');
    },
  };
}

/**
 * Ends what an earlier starter left running. Only processes that are the very ones written down are
 * touched; a pid that was given to something else is not.
 * @returns the names of the processes that had to be ended
 */
export async function endLeftovers(file: string, graceMs = 5_000): Promise<readonly string[]> {
  const entries = (readJsonFile(file) as readonly LedgerEntry[] | undefined) ?? [];
  const alive = entries.filter(isSameProcess);
  // Latest first, as in an orderly stop: services before the stores they use.
  for (const entry of alive.toReversed()) signalIfAlive(entry, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (alive.some(isSameProcess) && Date.now() < deadline) await delay(25);
  for (const entry of alive) signalIfAlive(entry, 'SIGKILL');
  while (alive.some(isSameProcess)) await delay(10);
  writeJsonFile(file, []);
  return alive.map((entry) => entry.name);
}

function signalIfAlive(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isSameProcess(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!gone) throw error;
  }
}

/**
 * Starts a child in a session of its own, so that Ctrl-C in the terminal reaches the starter only,
 * which then stops its children in order. Its output goes straight to a file: it stays writable
 * when the starter is gone.
 */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const log = openLog(spec.logFile);
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    uid: spec.uid,
    gid: spec.gid,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`${spec.name}: ${spec.command} cannot be run`, { cause: error })));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${spec.name}: started without a pid`);
  spec.ledger.add(spec.name, pid);
  let ended = false;
  void exited.then(() => {
    ended = true;
    spec.ledger.remove(pid);
  });

  let stopping = false;
  const kill = async (signal: NodeJS.Signals): Promise<Exit> => {
    stopping = true;
    if (!ended) child.kill(signal);
    return exited;
  };
  const stop = async (): Promise<void> => {
    stopping = true;
    if (ended) return;
    child.kill(spec.stopSignal ?? 'SIGTERM');
    if (!(await settlesWithin(exited, spec.stopTimeoutMs ?? 15_000))) await kill('SIGKILL');
  };
  return {
    name: spec.name,
    pid,
    logFile: spec.logFile,
    exited,
    stopping: () => stopping,
    kill,
    stop,
  };
}

/** Ended before it was ready, or not ready in time; the message carries the end of its log. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

/**
 * Polls `probe` until it answers true.
 * @throws NotReadyError when the process ends first or `timeoutMs` pass; the process is then stopped
 */
export async function untilReady(
  running: RunningProcess,
  probe: () => Promise<boolean>,
  { timeoutMs, intervalMs = 25, signal }: ReadyOptions,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let exit: Exit | undefined;
  void running.exited.then((value) => {
    exit = value;
  });
  try {
    while (!(await probe())) {
      if (exit !== undefined) throw notReady(running, `ended (${describeExit(exit)})`);
      if (Date.now() > deadline) throw notReady(running, `not ready after ${timeoutMs} ms`);
      await delay(intervalMs, undefined, { signal });
    }
  } catch (error) {
    await running.stop();
    signal?.throwIfAborted();
    throw error;
  }
}

export type ReadyOptions = {
  readonly timeoutMs: number;
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
};

/** Runs a command to its end with its output in the log file. @throws when it fails */
export async function runCommand(spec: ProcessSpec, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const running = await startProcess(spec);
  const abort = () => void running.stop();
  if (signal?.aborted === true) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  const exit = await running.exited;
  signal?.removeEventListener('abort', abort);
  signal?.throwIfAborted();
  if (exit.code !== 0) throw notReady(running, `failed (${describeExit(exit)})`);
}

export function describeExit(exit: Exit): string {
  return exit.signal === null ? `exit code ${exit.code}` : exit.signal;
}

/** The last lines of a log, for a report on a process that ended. */
export function lastLines(file: string, count = 15): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.slice(-count).join('\n');
}

/** What a child needs from our own environment to run at all; no credentials, no settings. */
export function baseEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'];
  const entries = names.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function notReady(running: RunningProcess, what: string): NotReadyError {
  return new NotReadyError(`${running.name} ${what}; the end of ${running.logFile}:\n${lastLines(running.logFile)}`);
}

async function settlesWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const timer = new AbortController();
  const timeout = delay(timeoutMs, false, { signal: timer.signal }).catch(() => false);
  const settled = await Promise.race([promise.then(() => true), timeout]);
  timer.abort();
  return settled;
}

const rotateAtBytes = 8 * 1024 * 1024;

function openLog(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > rotateAtBytes) {
    renameSync(file, `${file}.1`);
  }
  return openSync(file, 'a', 0o600);
}
