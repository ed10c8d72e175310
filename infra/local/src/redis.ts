/**
 * A Redis server of the stack's own with an append-only file: what it held is there after a restart.
 * It holds only what can be rebuilt, so a second may be lost when the machine itself fails.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Redis as Client } from 'ioredis';
import { loopback } from './ports.ts';
import { baseEnvironment, startProcess, untilReady } from './processes.ts';
import type { ProcessLedger, RunningProcess } from './processes.ts';

export type RedisOptions = {
  /** The data folder; made when missing. */
  readonly dir: string;
  readonly port: number;
  readonly password: string;
  /** A redis-server or valkey-server. */
  readonly binary: string;
  readonly logFile: string;
  readonly ledger: ProcessLedger;
  readonly durable: boolean;
  readonly signal?: AbortSignal;
};

export type Redis = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly process: RunningProcess;
  readonly stop: () => Promise<void>;
};

export async function startRedis(options: RedisOptions): Promise<Redis> {
  const dir = path.join(options.dir, flavourOf(options.binary));
  mkdirSync(dir, { recursive: true });
  const configFile = path.join(dir, 'redis.conf');
  const settings = [
    `bind ${loopback}`,
    `port ${options.port}`,
    // In a file, because every user of the machine can read a command line.
    `requirepass ${options.password}`,
    `dir "${dir}"`,
    `appendonly ${options.durable ? 'yes' : 'no'}`,
    'appendfsync everysec',
    'save ""',
    // One for each test file of a run; a service uses database 0.
    'databases 1024',
    'daemonize no',
  ];
  writeFileSync(configFile, `${settings.join('\n')}\n`, { mode: 0o600 });
  chmodSync(configFile, 0o600);
  const running = await startProcess({
    name: 'redis',
    command: options.binary,
    args: [configFile],
    env: baseEnvironment(),
    logFile: options.logFile,
    ledger: options.ledger,
  });
  const url = `redis://:${options.password}@${loopback}:${options.port}`;
  await untilReady(running, () => answers(url), { timeoutMs: 30_000, signal: options.signal });
  return { url, port: options.port, pid: running.pid, process: running, stop: running.stop };
}

/** `redis-7` or `valkey-9`: neither reads the files of the other, and what they hold can be rebuilt. */
function flavourOf(binary: string): string {
  const { stdout } = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  const [, name = 'redis', major = '0'] = /^(\w+) server v=(\d+)/i.exec(stdout) ?? [];
  return `${name.toLowerCase()}-${major}`;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } catch {
    // Refused while it starts, or LOADING while it reads its file.
    return false;
  } finally {
    client.disconnect();
  }
}
