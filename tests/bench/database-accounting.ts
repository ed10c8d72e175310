/** What the services asked of PostgreSQL: transactions, written log, and, while they are counted, statements by database. */
import type pg from 'pg';
import { databaseName } from '@vitrine/local/databases';
import { serviceNames } from '@vitrine/local/service-names';
import type { ServiceName } from '@vitrine/local/service-names';

export type DatabaseReading = {
  /** Committed and rolled back. A statement outside a transaction is one, too. */
  readonly transactions: Readonly<Partial<Record<ServiceName, number>>>;
  /** Bytes of write-ahead log since the server was made. */
  readonly walBytes: number;
};

export async function readDatabases(admin: pg.Client): Promise<DatabaseReading> {
  // Sessions report at most once a second, and their last report may be that old.
  await admin.query('select pg_stat_clear_snapshot()');
  const found = await admin.query<{ name: string; transactions: string }>(
    `select datname as name, xact_commit + xact_rollback as transactions from pg_stat_database where datname is not null`,
  );
  const wal = await admin.query<{ bytes: string }>(`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`);
  const byName = new Map(found.rows.map(({ name, transactions }) => [name, Number(transactions)]));
  return {
    transactions: Object.fromEntries(serviceNames.map((service) => [service, byName.get(databaseName(service)) ?? 0])),
    walBytes: Number(wal.rows[0]?.bytes),
  };
}

export type CountedStatement = {
  readonly service: ServiceName;
  readonly calls: number;
  /** In the server, waiting included, of all calls together. */
  readonly milliseconds: number;
  readonly walBytes: number;
  /** Pages of 8 KiB that were looked at, however often: many a call, and it reads through a table. */
  readonly pages: number;
  readonly text: string;
};

/** Counts from now on, by `pg_stat_statements`. */
export async function beginCountingStatements(admin: pg.Client): Promise<void> {
  await admin.query('create extension if not exists pg_stat_statements');
  await admin.query(`alter system set pg_stat_statements.track = 'top'`);
  await admin.query('select pg_reload_conf()');
  await admin.query('select pg_stat_statements_reset()');
}

/** Until this, statements cost more: a server that loads `pg_stat_statements` counts from its start. */
export async function stopCountingStatements(admin: pg.Client): Promise<void> {
  await admin.query(`alter system set pg_stat_statements.track = 'none'`);
  await admin.query('select pg_reload_conf()');
}

/** What was counted, what took longest first; the benchmark's own is not in it. BEGIN and COMMIT are statements as well. */
export async function readStatements(admin: pg.Client): Promise<CountedStatement[]> {
  const { rows } = await admin.query<{ name: string; calls: string; milliseconds: number; wal: string; pages: string; text: string }>(
    `select d.datname as name, s.calls, s.total_exec_time as milliseconds, s.wal_bytes as wal,
            s.shared_blks_hit + s.shared_blks_read as pages, regexp_replace(s.query, '\\s+', ' ', 'g') as text
       from pg_stat_statements s join pg_database d on d.oid = s.dbid join pg_roles r on r.oid = s.userid
      where r.rolname <> 'postgres' order by s.total_exec_time desc`,
  );
  const services = new Map(serviceNames.map((service) => [databaseName(service), service]));
  return rows.flatMap(({ name, calls, milliseconds, wal, pages, text }) => {
    const service = services.get(name);
    return service === undefined
      ? []
      : [{ service, calls: Number(calls), milliseconds, walBytes: Number(wal), pages: Number(pages), text }];
  });
}
