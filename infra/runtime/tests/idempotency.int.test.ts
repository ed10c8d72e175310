import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPool, migrate, type Pool, type Transaction } from '../src/database.ts';
import { runIdempotent, type IdempotentCall } from '../src/idempotency.ts';
import { createLogger } from '../src/telemetry.ts';
import { createEmptyDatabase, type TestDatabase } from '../../../tests/support/stack.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createEmptyDatabase();
  await migrate({ url: database.url, directory: new URL('./fixtures/migrations', import.meta.url).pathname });
  pool = createPool({ url: database.url, size: 12, name: 'test', logger: createLogger({ name: 'test', level: 'silent' }) });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const call = (overrides: Partial<IdempotentCall> = {}): IdempotentCall => ({
  actorId: 'usr_1',
  operation: 'addThing',
  idempotencyKey: randomUUID(),
  input: { a: 1 },
  ...overrides,
});
const addThing = (key: string) =>
  runIdempotent(pool, call({ idempotencyKey: key }), async (transaction) => {
    await transaction.query('insert into counters (key) values ($1)', [randomUUID()]);
    return { kind: 'added' as const };
  });
const things = async () => (await pool.query<{ count: number }>('select count(*)::int as count from counters')).rows[0]?.count;

describe('an idempotent call', () => {
  test('repeated has one effect and one answer', async () => {
    const before = (await things()) ?? 0;
    const key = randomUUID();
    expect(await addThing(key)).toEqual({ kind: 'added' });
    expect(await addThing(key)).toEqual({ kind: 'added' });
    expect(await things()).toBe(before + 1);
  });

  test('made ten times at once has one effect', async () => {
    const before = (await things()) ?? 0;
    const key = randomUUID();
    const results = await Promise.all(Array.from({ length: 10 }, async () => addThing(key)));
    expect(results.every(({ kind }) => kind === 'added' || kind === 'idempotency_key_in_flight')).toBe(true);
    expect(await things()).toBe(before + 1);
  });

  test('that comes the moment another one with its key ends gets the answer of the other, whatever it would find by itself', async () => {
    for (let round = 0; round < 30; round += 1) {
      const first = call();
      const key = randomUUID();
      const effect = async (transaction: Transaction) => {
        const { rowCount } = await transaction.query('insert into counters (key) values ($1) on conflict do nothing', [key]);
        return { kind: rowCount === 1 ? ('added' as const) : ('there already' as const) };
      };
      const answers = await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (;;) {
            const answer = await runIdempotent(pool, first, effect, ({ kind }) => kind === 'added');
            if (answer.kind !== 'idempotency_key_in_flight') return answer.kind;
          }
        }),
      );
      expect(new Set(answers)).toEqual(new Set(['added']));
    }
  });

  test('repeated while the first runs is told to wait, and after it gets its answer', async () => {
    const first = call();
    const going = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const answer = runIdempotent(pool, first, async () => {
      began.resolve();
      await going.promise;
      return { kind: 'added' as const };
    });
    await began.promise;
    expect(await runIdempotent(pool, first, async () => ({ kind: 'added' as const }))).toMatchObject({ kind: 'idempotency_key_in_flight' });
    going.resolve();
    expect(await answer).toEqual({ kind: 'added' });
    expect(await runIdempotent(pool, first, async () => ({ kind: 'added again' as const }))).toEqual({ kind: 'added' });
  });

  test('with another input is refused; by another actor or for another mutation it is another call', async () => {
    const first = call();
    const effect = async () => ({ kind: 'added' as const });
    await runIdempotent(pool, first, effect);
    expect(await runIdempotent(pool, { ...first, input: { a: 2 } }, effect)).toMatchObject({ kind: 'idempotency_key_reused' });
    expect(await runIdempotent(pool, { ...first, input: { a: 2 }, actorId: 'usr_2' }, effect)).toEqual({ kind: 'added' });
    expect(await runIdempotent(pool, { ...first, input: { a: 2 }, operation: 'removeThing' }, effect)).toEqual({ kind: 'added' });
  });

  test('whose result is not to be kept leaves no effect and a free key', async () => {
    const before = await things();
    const first = call();
    const tryIt = (ready: boolean) =>
      runIdempotent(
        pool,
        first,
        async (transaction) => {
          await transaction.query('insert into counters (key) values ($1)', [randomUUID()]);
          return { kind: ready ? ('added' as const) : ('not_yet' as const) };
        },
        ({ kind }) => kind === 'added',
      );
    expect(await tryIt(false)).toEqual({ kind: 'not_yet' });
    expect(await things()).toBe(before);
    expect(await tryIt(true)).toEqual({ kind: 'added' });
  });

  test.each(['', 'short', 'x'.repeat(129), 'with a space in it', 'ümlautümlautümlaut'])(
    'with %p as key is refused',
    async (idempotencyKey) => {
      expect(await runIdempotent(pool, call({ idempotencyKey }), async () => 1)).toMatchObject({ kind: 'idempotency_key_invalid' });
    },
  );
});
