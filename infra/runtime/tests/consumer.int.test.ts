import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import kafkajs, { type Kafka, type Producer } from 'kafkajs';
import { startConsumer, type BatchHandler, type EventHandler, type RunningConsumer } from '../src/consumer.ts';
import { createPool, migrate, type Pool } from '../src/database.ts';
import { PermanentError } from '../src/errors.ts';
import { createKafka, toHeaders, type EventEnvelope } from '../src/events.ts';
import { newId } from '../src/ids.ts';
import { createLogger } from '../src/telemetry.ts';
import { createEmptyDatabase, createTestTopic, kafkaBrokers, uniqueName, type TestDatabase } from '../../../tests/support/stack.ts';
import { until } from '../../../tests/support/until.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
let database: TestDatabase;
let pool: Pool;
let kafka: Kafka;
let producer: Producer;
const running: RunningConsumer[] = [];

beforeAll(async () => {
  database = await createEmptyDatabase();
  await migrate({ url: database.url, directory: new URL('./fixtures/migrations', import.meta.url).pathname });
  pool = createPool({ url: database.url, size: 10, name: 'test', logger });
  await pool.query('create table applied (place bigint generated always as identity, topic text, key text, sequence int, tx xid8)');
  kafka = createKafka({ name: 'test', brokers: kafkaBrokers(), logger });
  producer = kafka.producer();
  await producer.connect();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(async (consumer) => consumer.stop()));
});
afterAll(async () => {
  await producer.disconnect();
  await pool.end();
  await database.drop();
});

const eventOf = (topic: string, key: string, sequence: number, type = 'thing.changed'): EventEnvelope => ({
  topic,
  key,
  eventId: newId('evt'),
  type,
  sequence,
  occurredAt: new Date().toISOString(),
  correlationId: 'req-1',
  causationId: null,
  replayId: null,
  payload: { sequence },
});

const messageOf = (event: EventEnvelope) => ({
  key: event.key,
  value: JSON.stringify(event.payload),
  headers: toHeaders({ ...event, source: 'test' }),
});

const publish = async (topic: string, events: readonly EventEnvelope[]) => producer.send({ topic, messages: events.map(messageOf) });

/** Writes down what is applied, and in which transaction. */
const writeDown = async (transaction: Pick<Pool, 'query'>, events: readonly EventEnvelope[]): Promise<void> => {
  await transaction.query(
    'insert into applied (topic, key, sequence, tx) select $1, key, sequence, pg_current_xact_id() from unnest($2::text[], $3::int[]) as t (key, sequence)',
    [events[0]?.topic, events.map(({ key }) => key), events.map(({ sequence }) => sequence)],
  );
};

const appliedOf = async (topic: string) =>
  (
    await pool.query<{ key: string; sequence: number; tx: string }>(
      'select key, sequence, tx from applied where topic = $1 order by place',
      [topic],
    )
  ).rows;

const allApplied = async (topic: string, count: number) =>
  until(`${count} events are applied`, async () => {
    const rows = await appliedOf(topic);
    return rows.length >= count ? rows : undefined;
  });

async function consume(
  topic: string,
  handler: EventHandler | BatchHandler,
  options: {
    readonly groupId?: string;
    readonly kafka?: Kafka;
    readonly pool?: Pool;
    readonly deadLetters?: string;
    readonly stallTimeoutMs?: number;
    readonly onCrash?: (error: Error) => void;
  } = {},
): Promise<RunningConsumer & { readonly deadLetters: string }> {
  const deadLetters = options.deadLetters ?? (await createTestTopic('dead'));
  const consumer = await startConsumer({
    kafka: options.kafka ?? kafka,
    pool: options.pool ?? pool,
    groupId: options.groupId ?? uniqueName('group'),
    handlers: { [topic]: { 'thing.changed': handler, 'thing.removed': handler } },
    deadLetterTopic: () => deadLetters,
    logger,
    onCrash:
      options.onCrash ??
      ((error) => {
        throw error;
      }),
    ...(options.stallTimeoutMs === undefined ? {} : { stallTimeoutMs: options.stallTimeoutMs }),
  });
  running.push(consumer);
  return { ...consumer, deadLetters };
}

/** The keys of what was put aside. */
async function deadLettersIn(topic: string): Promise<string[]> {
  const keys: string[] = [];
  const admin = kafka.admin();
  await admin.connect();
  const [end] = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  if (Number(end?.high) === 0) return keys;
  const reader = kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 50 });
  await reader.connect();
  await reader.subscribe({ topics: [topic], fromBeginning: true });
  const complete = Promise.withResolvers<void>();
  await reader.run({
    eachMessage: async ({ message }) => {
      keys.push(message.key?.toString() ?? '');
      if (Number(message.offset) === Number(end?.high) - 1) complete.resolve();
    },
  });
  await complete.promise;
  await reader.disconnect();
  return keys;
}

describe('events that come together', () => {
  test('are applied in few transactions, each key in its order, by one call where a handler takes a batch', async () => {
    const topic = await createTestTopic('together', 3);
    const events = Array.from({ length: 120 }, (_, index) =>
      eventOf(topic, `key-${index % 12}`, Math.floor(index / 12) + 1, index % 2 === 0 ? 'thing.changed' : 'thing.removed'),
    );
    await publish(topic, events);
    const calls: number[] = [];
    await consume(topic, {
      applyBatch: async (transaction, batch) => {
        calls.push(batch.length);
        await writeDown(transaction, batch);
      },
    });
    const rows = await allApplied(topic, events.length);
    expect(rows).toHaveLength(events.length);
    expect(calls.reduce((sum, length) => sum + length, 0)).toBe(events.length);
    expect(calls.length).toBeLessThanOrEqual(6);
    expect(new Set(rows.map(({ tx }) => tx)).size).toBeLessThanOrEqual(6);
    for (const key of new Set(events.map((event) => event.key)))
      expect(rows.filter((row) => row.key === key).map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 10 }, (_, index) => index + 1),
      );
  });

  test('share a transaction, too, where a handler takes one at a time', async () => {
    const topic = await createTestTopic('single');
    await publish(
      topic,
      Array.from({ length: 30 }, (_, index) => eventOf(topic, 'key', index + 1)),
    );
    await consume(topic, async (transaction, event) => writeDown(transaction, [event]));
    const rows = await allApplied(topic, 30);
    expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(new Set(rows.map(({ tx }) => tx)).size).toBeLessThanOrEqual(2);
  });

  test('and are the same event twice are applied once', async () => {
    const topic = await createTestTopic('same');
    const [first, second] = [eventOf(topic, 'key', 1), eventOf(topic, 'key', 2)];
    await publish(topic, [first, first, second]);
    await consume(topic, { applyBatch: writeDown });
    expect((await allApplied(topic, 2)).map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  test('with one among them that can never be applied: that is put aside alone, the others are applied once and in order', async () => {
    const topic = await createTestTopic('poison');
    await publish(
      topic,
      Array.from({ length: 20 }, (_, index) => eventOf(topic, index === 7 ? 'poison' : 'key', index + 1)),
    );
    const consumer = await consume(topic, {
      applyBatch: async (transaction, batch) => {
        await writeDown(transaction, batch);
        if (batch.some(({ key }) => key === 'poison')) throw new PermanentError('no such thing');
      },
    });
    const rows = await allApplied(topic, 19);
    expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(await deadLettersIn(consumer.deadLetters)).toEqual(['poison']);
  });

  test('wait for one before them that fails for a while', async () => {
    const topic = await createTestTopic('order');
    await publish(
      topic,
      Array.from({ length: 10 }, (_, index) => eventOf(topic, 'key', index + 1)),
    );
    let failures = 0;
    await consume(topic, {
      applyBatch: async (transaction, batch) => {
        await writeDown(transaction, batch);
        if (batch.some(({ sequence }) => sequence === 4) && failures < 3) {
          failures += 1;
          throw new Error('not yet');
        }
      },
    });
    expect((await allApplied(topic, 10)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(failures).toBe(3);
  });

  test('stay together, and none is put aside, when the database was away', async () => {
    const topic = await createTestTopic('away');
    await publish(
      topic,
      Array.from({ length: 10 }, (_, index) => eventOf(topic, 'key', index + 1)),
    );
    let refusals = 0;
    const connect = async () => {
      if (refusals === 3) return pool.connect();
      refusals += 1;
      throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    };
    const consumer = await consume(topic, { applyBatch: writeDown }, { pool: { connect } as unknown as Pool });
    const rows = await allApplied(topic, 10);
    expect(refusals).toBe(3);
    expect(new Set(rows.map(({ tx }) => tx)).size).toBe(1);
    expect(await deadLettersIn(consumer.deadLetters)).toEqual([]);
  });

  test('are skipped unread when nobody handles their type; what is no event is put aside', async () => {
    const topic = await createTestTopic('skipped');
    const unhandled = messageOf(eventOf(topic, 'unhandled', 1, 'thing.ignored'));
    await producer.send({
      topic,
      messages: [
        { ...unhandled, value: 'no JSON' },
        { key: 'no-type', value: '{}' },
        { ...messageOf(eventOf(topic, 'no-json', 1)), value: 'no JSON' },
      ],
    });
    await publish(topic, [eventOf(topic, 'good', 1)]);
    const consumer = await consume(topic, { applyBatch: writeDown });
    expect((await allApplied(topic, 1)).map(({ key }) => key)).toEqual(['good']);
    expect(await deadLettersIn(consumer.deadLetters)).toEqual(['no-type', 'no-json']);
  });
});

describe('a consumer that starts again', () => {
  test('applies nothing twice, and puts nothing aside twice', async () => {
    const topic = await createTestTopic('again');
    const groupId = uniqueName('group');
    const handler: EventHandler = async (transaction, event) => {
      if (event.key === 'poison') throw new PermanentError('no such thing');
      await writeDown(transaction, [event]);
    };
    await publish(topic, [eventOf(topic, 'first', 1), eventOf(topic, 'poison', 1), eventOf(topic, 'second', 1)]);
    const first = await consume(topic, handler, { groupId });
    await allApplied(topic, 2);
    await first.stop();
    await publish(topic, [eventOf(topic, 'third', 1)]);
    await consume(topic, handler, { groupId, deadLetters: first.deadLetters });
    expect((await allApplied(topic, 3)).map(({ key }) => key)).toEqual(['first', 'second', 'third']);
    expect(await deadLettersIn(first.deadLetters)).toEqual(['poison']);
  });

  test('begins behind what it has applied', async () => {
    const topic = await createTestTopic('behind');
    const groupId = uniqueName('group');
    await publish(topic, [eventOf(topic, 'first', 1), eventOf(topic, 'second', 1)]);
    const consumer = await consume(topic, { applyBatch: writeDown }, { groupId });
    await allApplied(topic, 2);
    await consumer.stop();
    const admin = kafka.admin();
    await admin.connect();
    const offsets = await admin.fetchOffsets({ groupId, topics: [topic] });
    await admin.disconnect();
    expect(offsets[0]?.partitions[0]?.offset).toBe('2');
  });
});

describe('the watchdog', () => {
  /** Kafka whose consumers do nothing with what they read, without a word, as kafkajs may after a rebalance. */
  const silent = (): Kafka =>
    ({
      admin: () => kafka.admin(),
      producer: () => kafka.producer(),
      consumer: (config: Parameters<Kafka['consumer']>[0]) => {
        const consumer = kafka.consumer(config);
        const released = Promise.withResolvers<void>();
        return {
          ...consumer,
          run: async (run: Parameters<typeof consumer.run>[0]) => consumer.run({ ...run, eachBatch: async () => released.promise }),
          disconnect: async () => {
            released.resolve();
            await consumer.disconnect();
          },
        };
      },
    }) as unknown as Kafka;

  test('ends a consumer that stands still while events wait', async () => {
    const topic = await createTestTopic('still');
    const crash = Promise.withResolvers<Error>();
    const consumer = await consume(topic, { applyBatch: writeDown }, { kafka: silent(), stallTimeoutMs: 1_000, onCrash: crash.resolve });
    await publish(topic, [eventOf(topic, 'waits', 1)]);
    expect((await crash.promise).message).toMatch(new RegExp(`stands still: events of ${topic}/0 have waited`));
    expect(consumer.isConnected()).toBe(false);
  });

  test('lets one be that has nothing to do, or that works at what fails', async () => {
    const idle = await createTestTopic('idle');
    const failing = await createTestTopic('failing');
    const crashes: Error[] = [];
    const options = { stallTimeoutMs: 800, onCrash: (error: Error) => crashes.push(error) };
    await publish(idle, [eventOf(idle, 'done', 1)]);
    await consume(idle, { applyBatch: writeDown }, options);
    await publish(failing, [eventOf(failing, 'hard', 1)]);
    let attempts = 0;
    await consume(
      failing,
      async (transaction, event) => {
        attempts += 1;
        if (attempts < 5) throw new Error('not yet');
        await writeDown(transaction, [event]);
      },
      options,
    );
    await allApplied(failing, 1);
    const began = Date.now();
    await until('three stall timeouts pass', async () => (Date.now() - began > 2_400 ? true : undefined));
    expect(crashes).toEqual([]);
  });
});

describe('a consumer whose Kafka is away when it starts', () => {
  test('starts, is not ready, and reads everything when Kafka is there', async () => {
    const [broker = ''] = kafkaBrokers();
    const [host, brokerPort] = broker.split(':');
    const door = createServer((client) => {
      const upstream = connect(Number(brokerPort), host);
      // A side that is gone takes the other one with it.
      client.pipe(upstream).on('error', () => client.destroy());
      upstream.pipe(client).on('error', () => upstream.destroy());
    });
    const port = await new Promise<number>((resolve) => {
      const reserved = createServer().listen(0, '127.0.0.1', () => {
        const { port: free } = reserved.address() as AddressInfo;
        reserved.close(() => resolve(free));
      });
    });
    const away = new kafkajs.Kafka({
      brokers: [`127.0.0.1:${port}`],
      connectionTimeout: 500,
      retry: { initialRetryTime: 20, retries: 1 },
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const topic = await createTestTopic('away');
    await publish(topic, [eventOf(topic, 'key-1', 1)]);
    let crashes = 0;
    const consumer = await consume(topic, { applyBatch: writeDown }, { kafka: away, onCrash: () => (crashes += 1) });
    expect(consumer.isConnected()).toBe(false);
    await new Promise<void>((resolve) => door.listen(port, '127.0.0.1', resolve));
    try {
      expect(await allApplied(topic, 1)).toHaveLength(1);
      expect(consumer.isConnected()).toBe(true);
      expect(crashes).toBe(0);
    } finally {
      await running.pop()?.stop();
      await new Promise((resolve) => door.close(resolve));
    }
  });
});
