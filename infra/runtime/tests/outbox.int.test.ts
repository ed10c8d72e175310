import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Kafka, ProducerBatch, ProducerConfig } from 'kafkajs';
import { createPool, migrate, withTransaction, type Pool } from '../src/database.ts';
import { PermanentError } from '../src/errors.ts';
import { createKafka, toEnvelope, type EventEnvelope } from '../src/events.ts';
import { startConsumer, type EventHandler } from '../src/consumer.ts';
import { appendEvents, startRelay, type NewEvent } from '../src/outbox.ts';
import { createLogger } from '../src/telemetry.ts';
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
