/** The gateway's database, for commands that keep what the gateway reads. */
import type { StackState } from '@vitrine/local/stack';
import { createPool, isDatabaseUnavailable, type Pool } from '@vitrine/runtime/database';
import { createLogger } from '@vitrine/runtime/telemetry';
import { CommandError, StackNotRunningError, type Terminal } from './command.ts';

/** Where the local stack of this checkout can be reached, when it is running. */
export type FindGatewayDatabase = () => Pick<StackState, 'databaseUrls'> | undefined;

/**
 * Works on the database at `DATABASE_URL_GATEWAY`, or on that of the stack that runs.
 * @throws CommandError when the database cannot be reached or has no tables yet
 */
export async function withGatewayDatabase<Result>(
  terminal: Terminal,
  findStack: FindGatewayDatabase,
  work: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  const url = terminal.env['DATABASE_URL_GATEWAY'] || findStack()?.databaseUrls.gateway;
  if (url === undefined)
    throw new StackNotRunningError(
      "No stack is running: start one with `npm start`, or set DATABASE_URL_GATEWAY to the gateway's database.",
    );
  const pool = createPool({ url, size: 2, name: 'ops', logger: createLogger({ name: 'ops', level: 'silent' }) });
  try {
    return await work(pool);
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw new CommandError("The gateway's database cannot be reached.");
    if (error instanceof Error && 'code' in error && error.code === '42P01')
      throw new CommandError("The gateway's database is not up to date: start the gateway of this version first.");
    throw error;
  } finally {
    await pool.end();
  }
}
