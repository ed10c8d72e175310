import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPool, isDatabaseUnavailable, migrate, withTransaction, type Pool } from '../src/database.ts';
import { createLogger } from '../src/telemetry.ts';
import { createEmptyDatabase, type TestDatabase } from '../../../tests/support/stack.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createEmptyDatabase();
  pool = createPool({ url: database.url, size: 4, name: 'test', logger: createLogger({ name: 'test', level: 'silent' }) });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('a connection that PostgreSQL ends', () => {
  test('in the middle of a transaction fails the transaction, and neither the process nor the pool', async () => {
    const cut = withTransaction(pool, async (transaction) => {
      const { rows } = await transaction.query<{ pid: number }>('select pg_backend_pid() as pid');
      // The connection breaks while nothing is asked of it: without a listener the error would end the process.
      const ended = new Promise<void>((resolve) => {
        transaction.once('end', resolve);
      });
      await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
      await ended;
      await transaction.query('select 1');
    });
    const error: unknown = await cut.then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});

test('a statement that is not answered in time counts as a database that is away', async () => {
  const impatient = createPool({
    url: database.url,
    size: 1,
    name: 'test',
    logger: createLogger({ name: 'test', level: 'silent' }),
    answerTimeoutMs: 100,
  });
  const error: unknown = await impatient.query('select pg_sleep(20)').then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(isDatabaseUnavailable(error)).toBe(true);
  await pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep%' and pid <> pg_backend_pid()",
  );
  await impatient.end();
});

test('a transaction that throws leaves nothing behind', async () => {
  await pool.query('create table things (id integer)');
  await expect(
    withTransaction(pool, async (transaction) => {
      await transaction.query('insert into things values (1)');
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  expect((await pool.query('select * from things')).rows).toEqual([]);
});

test('a migration ends with an error when what it connects to says nothing', async () => {
  const connections: Socket[] = [];
  const silent = createServer((socket) => connections.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const error: unknown = await migrate({ url: `postgres://nobody@127.0.0.1:${port}/none`, directory: 'none' }).catch(
    (cause: unknown) => cause,
  );
  expect(isDatabaseUnavailable(error)).toBe(true);
  for (const connection of connections) connection.destroy();
  await new Promise((resolve) => silent.close(resolve));
}, 15_000);
