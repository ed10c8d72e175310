import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Kafka, ProducerBatch, ProducerConfig } from 'kafkajs';
import { createPool, migrate, withTransaction, type Pool } from '../src/database.ts';
import { PermanentError } from '../src/errors.ts';
import { createKafka, toEnvelope, type EventEnvelope } from '../src/events.ts';
import { startConsumer, type EventHandler } from '../src/consumer.ts';
import { appendEvents, outboxColumns, outboxInsert, startRelay, type NewEvent } from '../src/outbox.ts';
import { createLogger } from '../src/telemetry.ts';
import { until } from '../../../tests/support/until.ts';
import { createEmptyDatabase, createTestTopic, kafkaBrokers, uniqueName, type TestDatabase } from '../../../tests/support/stack.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
let database: TestDatabase;
let pool: Pool;
let kafka: Kafka;

beforeAll(async () => {
  database = await createEmptyDatabase();
  await migrate({ url: database.url, directory: new URL('./fixtures/migrations', import.meta.url).pathname });
  pool = createPool({ url: database.url, size: 10, name: 'test', logger });
  kafka = createKafka({ name: 'test', brokers: kafkaBrokers(), logger });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const event = (topic: string, key: string, sequence: number, payload: unknown = { sequence }): NewEvent => ({
  topic,
  key,
  type: 'thing.changed',
  sequence,
  payload,
  correlationId: randomUUID(),
});

/** Reads a topic from its beginning until the condition holds. */
async function readUntil(topic: string, done: (events: EventEnvelope[]) => boolean): Promise<EventEnvelope[]> {
  const events: EventEnvelope[] = [];
  const consumer = kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const complete = Promise.withResolvers<void>();
  await consumer.run({
    eachMessage: async ({ message }) => {
      events.push(toEnvelope({ topic, key: message.key, value: message.value, headers: message.headers }));
      if (done(events)) complete.resolve();
    },
  });
  await complete.promise;
  await consumer.disconnect();
  return events;
}

/** The connections that hold the lock of a relay. */
const relayBackends = async (): Promise<readonly number[]> =>
  (
    await pool.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and granted and objid = (hashtext('outbox-relay')::bigint & 4294967295)::oid
          and database = (select oid from pg_database where datname = current_database())`,
    )
  ).rows.map(({ pid }) => pid);

describe('the relay', () => {
  test('publishes an event with everything that its envelope promises', async () => {
    const topic = await createTestTopic('envelope');
    const relay = startRelay({ pool, kafka, source: 'test', logger });
    await withTransaction(pool, async (transaction) => appendEvents(transaction, [event(topic, 'thing-1', 1)]));
    relay.wake();
    const [published] = await readUntil(topic, (events) => events.length === 1);
    await relay.stop();
    expect(published).toMatchObject({
      topic,
      key: 'thing-1',
      type: 'thing.changed',
      sequence: 1,
      payload: { sequence: 1 },
      causationId: null,
      replayId: null,
    });
    expect(published?.eventId).toMatch(/^evt_/);
    const { rows } = await pool.query('select count(*)::int as open from outbox where published_at is null');
    expect(rows).toEqual([{ open: 0 }]);
  });

  test('an event that commits late with a lower position is not skipped', async () => {
    const topic = await createTestTopic('late');
    const relay = startRelay({ pool, kafka, source: 'test', logger });
    const late = await pool.connect();
    await late.query('begin');
    await appendEvents(late, [event(topic, 'late', 1)]);
    await withTransaction(pool, async (transaction) => appendEvents(transaction, [event(topic, 'early', 1)]));
    relay.wake();
    await readUntil(topic, (events) => events.some(({ key }) => key === 'early'));
    await late.query('commit');
    late.release();
    const events = await readUntil(topic, (all) => all.length === 2);
    await relay.stop();
    expect(events.map(({ key }) => key)).toEqual(['early', 'late']);
  });

  test('an event of a transaction that is rolled back is never published', async () => {
    const topic = await createTestTopic('rollback');
    const relay = startRelay({ pool, kafka, source: 'test', logger });
    await expect(
      withTransaction(pool, async (transaction) => {
        await appendEvents(transaction, [event(topic, 'never', 1)]);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await withTransaction(pool, async (transaction) => appendEvents(transaction, [event(topic, 'after', 1)]));
    relay.wake();
    const events = await readUntil(topic, (all) => all.some(({ key }) => key === 'after'));
    await relay.stop();
    expect(events.map(({ key }) => key)).toEqual(['after']);
  });

  test('a batch whose acknowledgement is lost is sent again, by a producer that begins anew', async () => {
    const topic = await createTestTopic('lost-ack');
    let producers = 0;
    let lost = false;
    const losing = {
      producer: (config: ProducerConfig) => {
        producers += 1;
        const producer = kafka.producer(config);
        return {
          ...producer,
          sendBatch: async (batch: ProducerBatch) => {
            const acknowledged = await producer.sendBatch(batch);
            if (lost) return acknowledged;
            lost = true;
            throw new Error('the acknowledgement was lost');
          },
        };
      },
    } as unknown as Kafka;
    const relay = startRelay({ pool, kafka: losing, source: 'test', logger });
    await withTransaction(pool, async (transaction) => appendEvents(transaction, [event(topic, 'thing', 1)]));
    relay.wake();
    const events = await readUntil(topic, (all) => all.length === 2);
    await relay.stop();
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(1);
    expect(producers).toBe(2);
    expect((await pool.query('select key from outbox where published_at is null')).rows).toEqual([]);
  });

  test('publishes a payload as the text that was written', async () => {
    const topic = await createTestTopic('verbatim');
    const payload = { zebra: 'ünïcode "quoted" \\ 😀', apple: [1.5, null, { deep: true }], amount: 12_345_678_901 };
    await withTransaction(pool, async (transaction) => appendEvents(transaction, [event(topic, 'thing', 1, payload)]));
    const relay = startRelay({ pool, kafka, source: 'test', logger });
    await relay.stop();
    const reader = kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 50 });
    await reader.connect();
    await reader.subscribe({ topics: [topic], fromBeginning: true });
    const value = Promise.withResolvers<string>();
    await reader.run({ eachMessage: async ({ message }) => value.resolve(message.value?.toString() ?? '') });
    expect(await value.promise).toBe(JSON.stringify(payload));
    await reader.disconnect();
  });

  test('lets events gather as long as it is told', async () => {
    const topic = await createTestTopic('gather');
    const sizes: number[] = [];
    const counting = {
      producer: (config: ProducerConfig) => {
        const producer = kafka.producer(config);
        return {
          ...producer,
          sendBatch: async (batch: ProducerBatch) => {
            sizes.push(batch.topicMessages?.flatMap(({ messages }) => messages).length ?? 0);
            return producer.sendBatch(batch);
          },
        };
      },
    } as unknown as Kafka;
    const relay = startRelay({ pool, kafka: counting, source: 'test', logger, lingerMs: 20_000 });
    await until('the relay waits', async () => ((await relayBackends()).length === 1 ? true : undefined));
    for (let sequence = 1; sequence <= 5; sequence += 1) {
      await withTransaction(pool, async (transaction) => appendEvents(transaction, [event(topic, 'thing', sequence)]));
      relay.wake();
    }
    await relay.stop();
    expect(sizes).toEqual([5]);
    expect((await pool.query('select key from outbox where published_at is null')).rows).toEqual([]);
  });

  test('that loses its connection, and the lock with it, leaves no event behind; nor does the one that takes over', async () => {
    const topic = await createTestTopic('lock');
    const relays = [startRelay({ pool, kafka, source: 'test', logger }), startRelay({ pool, kafka, source: 'test', logger })];
    for (let sequence = 1; sequence <= 3; sequence += 1) {
      const [pid] = await until('one relay has the lock', async () => {
        const pids = await relayBackends();
        return pids.length === 1 ? pids : undefined;
      });
      await pool.query('select pg_terminate_backend($1)', [pid]);
      await withTransaction(pool, async (transaction) => appendEvents(transaction, [event(topic, 'thing', sequence)]));
      for (const relay of relays) relay.wake();
    }
    const events = await readUntil(topic, (all) => new Set(all.map(({ sequence }) => sequence)).size === 3);
    await Promise.all(relays.map(async (relay) => relay.stop()));
    expect([...new Set(events.map(({ sequence }) => sequence))]).toEqual([1, 2, 3]);
    // The server ends a session a moment after its connection is closed.
    await until('no relay has a session', async () => ((await relayBackends()).length === 0 ? true : undefined));
  });

  test('publishes the events of a key in the order of their sequence, even if a writer took their positions the wrong way round', async () => {
    const topic = await createTestTopic('wrong-way');
    const other = await pool.connect();
    await other.query('begin');
    await appendEvents(other, [event(topic, 'thing', 2), event(topic, 'else', 7)]);
    await withTransaction(pool, async (transaction) => appendEvents(transaction, [event(topic, 'thing', 1)]));
    await other.query('commit');
    other.release();
    const relay = startRelay({ pool, kafka, source: 'test', logger });
    const events = await readUntil(topic, (all) => all.length === 3);
    await relay.stop();
    expect(events.filter(({ key }) => key === 'thing').map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  test('two relays of one service keep the order of each key', async () => {
    const topic = await createTestTopic('two-relays', 3);
    const relays = [startRelay({ pool, kafka, source: 'test', logger }), startRelay({ pool, kafka, source: 'test', logger })];
    const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`);
    for (let sequence = 1; sequence <= 20; sequence += 1) {
      await withTransaction(pool, async (transaction) =>
        appendEvents(
          transaction,
          keys.map((key) => event(topic, key, sequence)),
        ),
      );
      for (const relay of relays) relay.wake();
    }
    const events = await readUntil(topic, (all) => new Set(all.map(({ key, sequence }) => `${key} ${sequence}`)).size === 200);
    await Promise.all(relays.map(async (relay) => relay.stop()));
    for (const key of keys) {
      const sequences = events.filter((candidate) => candidate.key === key).map(({ sequence }) => sequence);
      expect([...new Set(sequences)]).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    }
  });
});

describe('events that are written by the statement of their change', () => {
  const change = `with changed as (update counters set count = count + 1 where key = $1 returning key) ${outboxInsert(2, 'where event.key in (select key from changed)')}`;

  test('get their position under the lock of the row that changes: a change that waits for another comes behind it', async () => {
    await pool.query(`insert into counters (key) values ('contended')`);
    const first = await pool.connect();
    await first.query('begin');
    await first.query(`update counters set count = count + 1 where key = 'contended'`);
    const second = pool.query({ text: change, values: ['contended', ...outboxColumns([event('unused', 'contended', 2)])] });
    await until('the second change waits', async () => {
      const { rowCount } = await pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'with changed%'`,
      );
      return rowCount === 1 ? true : undefined;
    });
    await appendEvents(first, [event('unused', 'contended', 1)]);
    await first.query('commit');
    first.release();
    await second;
    const { rows } = await pool.query(`select sequence from outbox where key = 'contended' order by position`);
    await pool.query(`delete from outbox where topic = 'unused'`);
    expect(rows).toEqual([{ sequence: 1 }, { sequence: 2 }]);
  });

  test('have the order that they are given in, and are not written for a change that was not made', async () => {
    await pool.query(`insert into counters (key) values ('made')`);
    const events = [event('unused', 'made', 1), event('unused', 'made', 2), event('unused', 'not-made', 1), event('unused', 'made', 3)];
    await pool.query({ text: change, values: ['made', ...outboxColumns(events)] });
    const { rows } = await pool.query(`select key, sequence, payload from outbox where topic = 'unused' order by position`);
    await pool.query(`delete from outbox where topic = 'unused'`);
    expect(rows).toEqual([1, 2, 3].map((sequence) => ({ key: 'made', sequence, payload: { sequence } })));
  });
});

describe('the consumer', () => {
  async function consume(topic: string, handler: EventHandler): Promise<{ stop: () => Promise<void>; deadLetters: string }> {
    const deadLetters = await createTestTopic('dead');
    const consumer = await startConsumer({
      kafka,
      pool,
      groupId: uniqueName('group'),
      handlers: { [topic]: { 'thing.changed': handler } },
      deadLetterTopic: () => deadLetters,
      logger,
      onCrash: (error) => {
        throw error;
      },
    });
    return { stop: async () => consumer.stop(), deadLetters };
  }

  async function publish(events: readonly NewEvent[]): Promise<void> {
    await withTransaction(pool, async (transaction) => appendEvents(transaction, events));
    const relay = startRelay({ pool, kafka, source: 'test', logger });
    await relay.stop();
  }

  test('applies an event that is delivered twice once, with its effect', async () => {
    const topic = await createTestTopic('twice');
    const seen = Promise.withResolvers<void>();
    const consumer = await consume(topic, async (transaction, { key }) => {
      await transaction.query('update counters set count = count + 1 where key = $1', [key]);
      if (key === 'last') seen.resolve();
    });
    await pool.query(`insert into counters (key) values ('first'), ('last')`);
    await publish([event(topic, 'first', 1)]);
    const [first] = await readUntil(topic, (events) => events.length === 1);
    // The broker gives it again, as after a rebalance.
    await pool.query('update outbox set published_at = null where event_id = $1', [first?.eventId]);
    await publish([event(topic, 'last', 1)]);
    await seen.promise;
    await consumer.stop();
    expect((await readUntil(topic, (events) => events.length === 3)).filter(({ key }) => key === 'first')).toHaveLength(2);
    const { rows } = await pool.query(`select count from counters where key = 'first'`);
    expect(rows).toEqual([{ count: 1 }]);
  });

  test('an effect that fails half-way leaves nothing, and is tried again', async () => {
    const topic = await createTestTopic('retry');
    await pool.query(`insert into counters (key) values ('retried')`);
    let attempts = 0;
    const done = Promise.withResolvers<void>();
    const consumer = await consume(topic, async (transaction, { key }) => {
      await transaction.query('update counters set count = count + 1 where key = $1', [key]);
      attempts += 1;
      if (attempts < 3) throw new Error('not yet');
      done.resolve();
    });
    await publish([event(topic, 'retried', 1)]);
    await done.promise;
    await consumer.stop();
    const { rows } = await pool.query(`select count from counters where key = 'retried'`);
    expect(rows).toEqual([{ count: 1 }]);
  });

  test('an event that can never be applied is put aside with its cause, and the next one is applied', async () => {
    const topic = await createTestTopic('poison');
    const done = Promise.withResolvers<void>();
    const consumer = await consume(topic, async (_transaction, { key }) => {
      if (key === 'poison') throw new PermanentError('no such thing');
      done.resolve();
    });
    await publish([event(topic, 'poison', 1, { canary: true }), event(topic, 'good', 1)]);
    await done.promise;
    const [dead] = await readUntil(consumer.deadLetters, (events) => events.length === 1);
    await consumer.stop();
    expect(dead).toMatchObject({ key: 'poison', payload: { canary: true } });
  });
});
