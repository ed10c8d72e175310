/**
 * Few connections that many statements share: each is sent at once, behind those that are under way, and answered in its
 * turn. Under load that costs a third of what a pool costs, on both sides. Every statement is a transaction of its own,
 * and fails by itself; when a connection breaks, the outcome of those under way on it is unknown, and the next statement
 * gets a new connection.
 */
import pg from 'pg';
import { plannerOptions, type Pool, type Queryable } from './database.ts';
import type { Logger } from './telemetry.ts';

export interface Pipeline extends Queryable {
  /** Waits for what is under way, then closes the connections. */
  end(): Promise<void>;
}

export interface PipelineOptions {
  readonly url: string;
  /** `application_name` of the connections. */
  readonly name: string;
  /**
   * How many connections share the statements. More of them spread what waits for a lock; fewer gather more in one packet.
   * @default 2
   */
  readonly connections?: number;
  /** A statement is cancelled after this long, in milliseconds. @default 15 000 */
  readonly statementTimeoutMs?: number;
  readonly logger: Logger;
}

interface Connection {
  readonly client: pg.Client;
  readonly connected: Promise<unknown>;
  underWay: number;
}

type Statement = string | (pg.QueryConfig & { readonly text: string });

/** What begins, ends or alters a session or transaction would do so for everybody's statements. */
const sessionStatement = /^\s*(begin|start|commit|end|rollback|savepoint|release|set|reset|listen|lock|declare|prepare|discard)\b/i;
const connectTimeoutMs = 5_000;
/** The server cancels first; this is for a server that has fallen silent. */
const graceMs = 5_000;

const isUnknownStatement = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === '26000';

/**
 * Opens connections when they are first needed. For single statements, named ones best; never for a statement whose row
 * locks belong to a transaction that itself waits for this pipeline, which would wait for itself.
 * @throws what `isDatabaseUnavailable` recognises when a connection cannot be made or breaks.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { connections: size = 2, statementTimeoutMs = 15_000, logger } = options;
  const connections: (Connection | undefined)[] = Array.from({ length: size });
  let ended = false;

  const forget = (connection: Connection): void => {
    const place = connections.indexOf(connection);
    if (place !== -1) connections[place] = undefined;
  };

  const open = (place: number): Connection => {
    const config: pg.ClientConfig & { readonly pipeline: true } = {
      connectionString: options.url,
      application_name: options.name,
      // What comes as a parameter is a few rows, each of which has a key.
      options: `${plannerOptions} -c enable_hashjoin=off -c enable_mergejoin=off`,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + graceMs,
      keepAlive: true,
      pipeline: true,
    };
    const client = new pg.Client(config);
    const connection: Connection = { client, connected: client.connect(), underWay: 0 };
    client.on('error', (error) => {
      logger.warn({ err: error }, 'pipelined database connection lost');
      forget(connection);
    });
    client.on('end', () => forget(connection));
    connection.connected.catch((error: unknown) => {
      logger.debug({ err: error }, 'pipelined database connection could not be made');
      forget(connection);
    });
    connections[place] = connection;
    return connection;
  };

  /** The connection with the least under way. */
  const choose = (): Connection => {
    let best = 0;
    for (let place = 1; place < size; place += 1)
      if ((connections[place]?.underWay ?? 0) < (connections[best]?.underWay ?? 0)) best = place;
    return connections[best] ?? open(best);
  };

  const query = async (statement: Statement, values?: unknown[]): Promise<pg.QueryResult> => {
    if (ended) throw new Error('the pipeline has ended');
    if (sessionStatement.test(typeof statement === 'string' ? statement : statement.text))
      throw new Error('a pipeline takes statements that are transactions by themselves');
    const connection = choose();
    connection.underWay += 1;
    try {
      await connection.connected;
      return await connection.client.query(statement, values);
    } catch (error) {
      // The driver takes for prepared what the server does not know any more: only a new connection sets that right.
      if (isUnknownStatement(error)) {
        forget(connection);
        void connection.client.end();
      }
      throw error;
    } finally {
      connection.underWay -= 1;
    }
  };

  return {
    // The overloads of `Pool.query` that a statement and its values fit; the others take a callback or a cursor.
    query: query as unknown as Pool['query'],
    async end() {
      ended = true;
      await Promise.all(
        connections.map(async (connection) => {
          if (connection === undefined) return;
          await connection.connected.catch(() => undefined);
          await connection.client.end();
        }),
      );
    },
  };
}
