/** A real process that a suite starts, kills and starts again at the same address. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { loopback } from '@vitrine/local/ports';
import { until } from '../support/until.ts';

export interface ProcessUnderTest {
  readonly name: string;
  readonly origin: string;
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** How often it ended without being killed. */
  deaths(): number;
}

const startTimeoutMs = 90_000;

export function createProcess(options: {
  readonly name: string;
  readonly main: string;
  readonly port: number;
  /** Answers 200 when the process is ready. */
  readonly readyPath: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}): ProcessUnderTest {
  const { name, main, port, readyPath, environment, logFile } = options;
  const origin = `http://${loopback}:${port}`;
  const killed = new WeakSet<ChildProcess>();
  let child: ChildProcess | undefined;
  let deaths = 0;

  const isReady = async (): Promise<true | undefined> => {
    if (child?.exitCode !== null) throw new Error(`${name} ended while it was started: see ${logFile}`);
    try {
      const response = await fetch(`${origin}${readyPath}`, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      return response.ok ? true : undefined;
    } catch {
      // Nobody listens yet.
      return undefined;
    }
  };
  const kill = async (): Promise<void> => {
    const running = child;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    killed.add(running);
    running.kill('SIGKILL');
    await ended;
  };
  // Nothing of a suite outlives it.
  process.once('exit', () => child?.kill('SIGKILL'));

  return {
    name,
    origin,
    kill,
    deaths: () => deaths,
    async start() {
      const log = openSync(logFile, 'a');
      const started = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main], {
        env: { PATH: process.env['PATH'], ...environment, PORT: String(port) },
        stdio: ['ignore', log, log],
      });
      closeSync(log);
      child = started;
      started.once('exit', () => {
        if (!killed.has(started)) deaths += 1;
      });
      await until(`${name} answers`, isReady, startTimeoutMs);
    },
  };
}
