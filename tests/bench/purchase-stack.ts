/** The Vitrine that is measured: a stack of its own with every check on and durable stores, and its processes' accounts. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { openSecrets } from '@vitrine/local/secrets';
import { seed } from '@vitrine/local/seed';
import type { ProcessName } from '@vitrine/local/service-names';
import { processDefinitions } from '@vitrine/local/services';
import { runStack, type RunningStack } from '@vitrine/local/stack';
import { removeStackFolder } from '@vitrine/local/stack-folder';
import { cache, testRoot, uniqueName } from '../support/stack.ts';
import { stopCountingStatements } from './database-accounting.ts';

export type MeasuredStack = {
  readonly stack: RunningStack;
  /** Superuser of the stack's PostgreSQL, in the given database. */
  readonly connect: (database?: string) => Promise<pg.Client>;
  /** Processes of PostgreSQL that work for the benchmark, not for a purchase. */
  readonly ownBackends: ReadonlySet<number>;
  /** Where `observed-process.ts` of a process writes. */
  readonly observationFile: (name: ProcessName) => string;
  /** @param keep leaves data and logs below `.test/` until the next test run */
  readonly stop: (keep: boolean) => Promise<void>;
};

/** What must hold for a measurement to count. */
const durability = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

/**
 * Starts it below `.test/`, seeded. @param profiled processes that take a profile when they are observed
 * @throws Error when PostgreSQL is not as durable as in production
 */
export async function startMeasuredStack(options: {
  readonly profiled: readonly ProcessName[];
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<MeasuredStack> {
  const { profiled, write, signal } = options;
  mkdirSync(testRoot, { recursive: true });
  const root = path.join(testRoot, uniqueName('bench'));
  const observations = mkdtempSync(path.join(os.tmpdir(), 'vitrine-bench-'));
  const observationFile = (name: ProcessName): string => path.join(observations, `${name}.json`);
  const preload = pathToFileURL(path.join(import.meta.dirname, 'observed-process.ts')).href;
  const environmentOf = (name: ProcessName) => ({
    // Libraries check less there. The vault would not make its key file by itself.
    ...(name === 'payment-vault' ? {} : { NODE_ENV: 'production' }),
    NODE_OPTIONS: `--import=${preload}`,
    OBSERVATION_FILE: observationFile(name),
    OBSERVATION_PROFILE: profiled.includes(name) ? '1' : '0',
  });
  const stack = await runStack({
    root,
    seed,
    measured: true,
    logLevel: 'info',
    serviceEnvironment: Object.fromEntries(processDefinitions.map(({ name }) => [name, environmentOf(name)])),
    write,
    onFailure: (error) => write(error.message),
    signal,
  });
  const clients = new Set<pg.Client>();
  const ownBackends = new Set<number>();
  const connect = async (database = 'postgres'): Promise<pg.Client> => {
    const url = new URL(stack.state.databaseUrls.checkout);
    url.username = 'postgres';
    url.password = openSecrets(root).get('postgres');
    url.pathname = `/${database}`;
    const client = new pg.Client({ connectionString: url.href, application_name: 'bench' });
    await client.connect();
    clients.add(client);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    for (const { pid } of rows) ownBackends.add(pid);
    return client;
  };
  const stop = async (keep: boolean): Promise<void> => {
    await Promise.all([...clients].map((client) => client.end()));
    await stack.stop();
    if (keep) write(`logs are in ${stack.state.logFolder}`);
    else await removeStackFolder(root, cache);
    rmSync(observations, { recursive: true, force: true });
  };
  try {
    const admin = await connect();
    await stopCountingStatements(admin);
    for (const [setting, wanted] of Object.entries(durability)) {
      const { rows } = await admin.query<{ value: string }>('select current_setting($1) as value', [setting]);
      if (rows[0]?.value !== wanted) throw new Error(`PostgreSQL runs with ${setting}=${rows[0]?.value}: nothing would be measured`);
    }
  } catch (error) {
    await stop(false);
    throw error;
  }
  return { stack, connect, ownBackends, observationFile, stop };
}
