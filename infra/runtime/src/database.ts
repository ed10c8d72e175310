/** PostgreSQL: a pool, transactions, and forward-only SQL migrations. */
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Logger } from './telemetry.ts';

export type Pool = pg.Pool;
/** What a statement runs on: the pool, or the connection of a transaction. */
export type Queryable = Pick<pg.Pool, 'query'>;
/** The connection of an open transaction. */
export type Transaction = pg.PoolClient;

// Counters and positions fit a double (2^53); text would make every caller convert.
pg.types.setTypeParser(pg.types.builtins.INT8, (value) => Number(value));

/**
 * Every statement of the services finds its rows by an index. A named one is planned when its table is new, and would go on reading
 * through all of the table until its statistics are made: measured as 850 pages a statement instead of a handful.
 */
export const plannerOptions = '-c enable_seqscan=off -c jit=off';

/**
 * @param options.answerTimeoutMs how long a statement is waited for at most, if PostgreSQL is there and says nothing; `statement_timeout` is its
 * own, and ends what it has heard of.
 */
export function createPool(options: {
  readonly url: string;
  readonly size: number;
  readonly name: string;
  readonly logger: Logger;
  readonly answerTimeoutMs?: number;
}): Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    application_name: options.name,
    options: plannerOptions,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    keepAlive: true,
    ...(options.answerTimeoutMs === undefined ? {} : { query_timeout: options.answerTimeoutMs }),
    idle_in_transaction_session_timeout: 30_000,
  });
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  pool.on('error', (error) => options.logger.warn({ err: error }, 'idle database connection lost'));
  // The pool listens to idle connections only: one that breaks in use fails its statement, and must not end the process.
  pool.on('connect', (client) => {
    client.on('error', (error) => options.logger.debug({ err: error }, 'database connection lost'));
  });
  return pool;
}

/** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
export async function withTransaction<Result>(pool: Pool, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((rollbackError: unknown) => {
      broken = rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** `code` of an error, if it has one. No `instanceof`: errors of Node's own may come from another realm. */
const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);
const connectionMessages =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed/;

/** Whether the database is away or restarting (SQLSTATE classes 08, 53 and 57P), as opposed to a statement that is wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return /^(08|53|57P)/.test(code) || networkCodes.has(code);
  return typeof error === 'object' && error !== null && 'message' in error && connectionMessages.test(String(error.message));
}

/** Whether a statement failed on a unique constraint (SQLSTATE 23505), of this name if one is given. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return codeOf(error) === '23505' && (constraint === undefined || (error as { readonly constraint?: unknown }).constraint === constraint);
}

/**
 * Brings a database up to date: the runtime's own tables, then the service's SQL files (`NNNN-name.sql`, forward only).
 * Several processes may call it at once; one migrates, the others wait.
 * @param options.runtimeTables whether the database gets the runtime's own tables (outbox, inbox, idempotency keys); true unless told
 * @param options.schema an existing schema that the files are for, instead of the default one; it gets none of the runtime's
 * tables
 */
export async function migrate(options: {
  readonly url: string;
  readonly directory: string;
  readonly schema?: string;
  readonly runtimeTables?: boolean;
  readonly logger?: Logger;
}): Promise<void> {
  const { directory: dir, schema, runtimeTables = schema === undefined } = options;
  const own = { dir: fileURLToPath(new URL('../migrations', import.meta.url)), migrationsTable: 'runtime_migrations' };
  const steps = [
    ...(runtimeTables ? [own] : []),
    { dir, migrationsTable: 'service_migrations', ...(schema === undefined ? {} : { schema }) },
  ];
  for (const step of steps) {
    await runner({
      ...step,
      // One that accepts connections and says nothing would be waited for without end.
      databaseUrl: { connectionString: options.url, connectionTimeoutMillis: 5_000, keepAlive: true },
      direction: 'up',
      checkOrder: true,
      singleTransaction: true,
      advisoryLockMode: 'wait',
      log: (message) => options.logger?.debug({ migration: message.trim() }, 'migration'),
    });
  }
}
