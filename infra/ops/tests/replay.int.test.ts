import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { orderTopic } from '@vitrine/contracts/order-events';
import { orderProjectionReplayPath } from '@vitrine/contracts/replay-http';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { createKafka, toHeaders, type EventEnvelope } from '@vitrine/runtime/events';
import { createInternalClient, parseIdentityKeys, type InternalClient } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { createLogger } from '@vitrine/runtime/telemetry';
import type { Producer } from 'kafkajs';
import { buildServer } from '../../../services/seller-eligibility/src/server.ts';
import { createFactsReader } from '../../../services/seller-eligibility/src/store/eligibility.ts';
import { cancelledEvent, confirmedEvent, newOrder, placedEvent } from '../../../services/seller-eligibility/tests/order-events.ts';
import { createTestDatabase, createTestTopic, kafkaBrokers, type TestDatabase } from '../../../tests/support/stack.ts';
import { replayEvents, type Replay, type ReplayCounts } from '../src/replay-events.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const kafka = createKafka({ name: 'ops-test', brokers: kafkaBrokers(), logger });
const identityKeysText = `ops>seller-eligibility:test:${randomBytes(32).toString('base64')}`;
const identityKeys = parseIdentityKeys(identityKeysText);

let database: TestDatabase;
let pool: Pool;
let server: ReturnType<typeof buildServer>;
let client: InternalClient;
let producer: Producer;
let baseUrl: string;

beforeAll(async () => {
  database = await createTestDatabase('seller-eligibility');
  pool = createPool({ url: database.url, size: 4, name: 'test', logger });
  server = buildServer({ pool, facts: createFactsReader(pool), identityKeys, logger, wakeRelay: () => {}, readiness: {} });
  await server.listen({ host: '127.0.0.1', port: 0 });
  baseUrl = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  client = createInternalClient({ keys: identityKeys, from: 'ops', to: 'seller-eligibility', baseUrl });
  producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
});
afterAll(async () => {
  await producer.disconnect();
  await client.close();
  await server.close();
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate seller_orders');
});

/** Publishes as the relay does. @param at when the messages say that they were produced */
const publish = async (topic: string, events: readonly EventEnvelope[], at = new Date()) =>
  producer.send({
    topic,
    acks: -1,
    messages: events.map((event) => ({
      key: event.key,
      value: JSON.stringify(event.payload),
      headers: toHeaders({ ...event, source: 'checkout' }),
      timestamp: String(at.getTime()),
    })),
  });
const rows = async () =>
  (await pool.query<{ row: string }>('select seller_orders::text as row from seller_orders order by order_id')).rows.map(({ row }) => row);
const replay = async (topic: string, select: Replay['range']['select'], options: Partial<Replay> = {}): Promise<ReplayCounts> =>
  replayEvents({
    replayId: newId('rpl'),
    range: { topic, select },
    dryRun: false,
    kafka,
    client,
    path: orderProjectionReplayPath,
    signal: new AbortController().signal,
    onProgress: () => {},
    onRefused: () => {},
    ...options,
  });
const groups = async () => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return (await admin.listGroups()).groups.map(({ groupId }) => groupId);
  } finally {
    await admin.disconnect();
  }
};

const beginning = { from: new Date(0) };
const history = (count: number): EventEnvelope[] =>
  Array.from({ length: count }, () => newOrder()).flatMap((order, index) => [
    placedEvent(order),
    confirmedEvent(order),
    ...(index % 3 === 0 ? [cancelledEvent(order)] : []),
  ]);

describe('a replay of a topic', () => {
  test('brings an emptied projection back equal, and run twice changes nothing', async () => {
    const topic = await createTestTopic('order', 6);
    const events = history(700);
    await publish(topic, events);
    expect(await replay(topic, beginning)).toEqual({ read: events.length, applied: events.length, changed: 700, refused: 0 });
    const before = await rows();
    await pool.query('truncate seller_orders');
    expect(await replay(topic, beginning)).toMatchObject({ changed: 700 });
    expect(await rows()).toEqual(before);
    expect(await replay(topic, beginning)).toEqual({ read: events.length, applied: events.length, changed: 0, refused: 0 });
    expect(await rows()).toEqual(before);
  });

  test('as a dry run counts what would change and changes nothing', async () => {
    const topic = await createTestTopic('order', 2);
    await publish(topic, history(20));
    expect(await replay(topic, beginning, { dryRun: true })).toMatchObject({ changed: 20 });
    expect(await rows()).toEqual([]);
  });

  test('from a time takes what was published from then on', async () => {
    const topic = await createTestTopic('order', 3);
    const [earlier, later] = [history(10), history(4)];
    const hourMs = 3_600_000;
    const [then, afterwards] = [Date.now() - 2 * hourMs, Date.now() - hourMs];
    await publish(topic, earlier, new Date(then));
    await publish(topic, later, new Date(afterwards));
    expect(await replay(topic, { from: new Date(afterwards) })).toMatchObject({ read: later.length, changed: 4 });
    expect(await replay(topic, { from: new Date(afterwards + 1) })).toEqual({ read: 0, applied: 0, changed: 0, refused: 0 });
    expect(await replay(topic, { from: new Date(then) })).toMatchObject({
      read: earlier.length + later.length,
      changed: 10,
    });
  });

  test('of one order takes the events of that order only, wherever they lie', async () => {
    const topic = await createTestTopic('order', 6);
    const events = history(30);
    await publish(topic, events);
    const keys = [...new Set(events.map(({ key }) => key))];
    for (const key of keys.slice(0, 8)) {
      const own = events.filter((event) => event.key === key).length;
      expect(await replay(topic, { key })).toEqual({ read: own, applied: own, changed: 1, refused: 0 });
    }
    expect(await rows()).toHaveLength(8);
    expect(await replay(topic, { key: newId('ord') })).toMatchObject({ read: 0 });
  });

  test('of an empty topic ends at once', async () => {
    const topic = await createTestTopic('order', 3);
    expect(await replay(topic, beginning)).toEqual({ read: 0, applied: 0, changed: 0, refused: 0 });
  });

  test('of a topic that does not exist says so', async () => {
    await expect(replay('no.such.topic', beginning)).rejects.toThrow('There is no topic no.such.topic');
  });

  test('ends at what was there when it began, and reports how far it is', async () => {
    const topic = await createTestTopic('order');
    const events = history(5);
    await publish(topic, events);
    const progress: [number, number][] = [];
    let published: Promise<unknown> | undefined;
    const counts = await replay(topic, beginning, {
      onProgress: (done, total) => {
        published ??= publish(topic, history(5));
        progress.push([done, total]);
      },
    });
    await published;
    expect(counts.read).toBe(events.length);
    expect(progress[0]).toEqual([0, events.length]);
    expect(progress.at(-1)).toEqual([events.length, events.length]);
  });

  test('leaves out what can never be applied, names it, and applies the rest', async () => {
    const topic = await createTestTopic('order');
    const wrong: EventEnvelope = { ...confirmedEvent(newOrder()), payload: { order: {} } };
    await publish(topic, [wrong]);
    await producer.send({ topic, messages: [{ key: 'x', value: 'no event' }] });
    await publish(topic, [confirmedEvent(newOrder())]);
    const refused: string[] = [];
    const counts = await replay(topic, beginning, { onRefused: (eventId) => refused.push(eventId) });
    expect(counts).toEqual({ read: 3, applied: 1, changed: 1, refused: 2 });
    expect(refused.toSorted()).toEqual([wrong.eventId, 'offset 1'].toSorted());
  });

  test('leaves no consumer group behind, also when it is interrupted', async () => {
    const topic = await createTestTopic('order', 2);
    await publish(topic, history(10));
    const replayId = newId('rpl');
    await replay(topic, beginning, { replayId });
    const interruption = new AbortController();
    const interruptedId = newId('rpl');
    const interrupted = replay(topic, beginning, {
      replayId: interruptedId,
      signal: interruption.signal,
      onProgress: () => interruption.abort(new Error('enough')),
    });
    await expect(interrupted).rejects.toThrow('enough');
    const left = await groups();
    expect(left.filter((group) => group.includes(replayId) || group.includes(interruptedId))).toEqual([]);
  });
});

describe('npm run ops -- replay', () => {
  const main = path.resolve(import.meta.dirname, '../src/main.ts');
  const ops = async (args: readonly string[], environment: Record<string, string> = {}) =>
    new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
      const env = { PATH: process.env['PATH'] ?? '', ...environment };
      execFile(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main, ...args], { env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  const target = () => ({ KAFKA_BROKERS: kafkaBrokers().join(','), SELLER_ELIGIBILITY_URL: baseUrl, IDENTITY_KEYS: identityKeysText });

  test("rebuilds one order's row from the topic and says what it did", async () => {
    const order = newOrder();
    await publish(orderTopic, [placedEvent(order), confirmedEvent(order)]);
    const args = ['replay', '--consumer', 'seller-eligibility', '--order', order.orderId];
    const dry = await ops([...args, '--dry-run'], target());
    expect(dry).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 events read from checkout.order.v1, 2 applied, 1 rows would change'),
    });
    expect(await rows()).toEqual([]);
    expect(await ops(args, target())).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 rows changed'),
      stderr: expect.stringContaining('100 %'),
    });
    expect(await rows()).toEqual([expect.stringContaining(order.orderId)]);
    const again = await ops([...args, '--json'], target());
    expect(JSON.parse(again.stdout)).toEqual({
      replayId: expect.stringMatching(/^rpl_/),
      consumer: 'seller-eligibility',
      topic: orderTopic,
      dryRun: false,
      read: 2,
      applied: 2,
      changed: 0,
      refused: 0,
      seconds: expect.any(Number),
    });
  }, 60_000);

  test('with wrong arguments explains itself and ends with 2', async () => {
    for (const [args, message] of [
      [[], 'No command is given'],
      [['rewind'], 'There is no command rewind'],
      [['replay', '--consumer', 'nobody', '--from', '2026-11-23T08:30:00Z'], 'There is no consumer nobody'],
    ] as const) {
      const { code, stdout, stderr } = await ops(args);
      expect(stderr).toContain(message);
      expect(stderr).toContain('npm run ops --');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    }
  }, 60_000);

  test('of a service that stays away ends with 1 and a sentence, not a stack', async () => {
    const order = newOrder();
    await publish(orderTopic, [confirmedEvent(order)]);
    const args = ['replay', '--consumer', 'seller-eligibility', '--order', order.orderId];
    const { code, stderr } = await ops(args, { ...target(), SELLER_ELIGIBILITY_URL: 'http://127.0.0.1:9' });
    expect(code).toBe(1);
    expect(stderr).toContain('seller-eligibility could not be asked');
    expect(stderr).not.toContain('    at ');
  }, 60_000);

  test('tells how it is used', async () => {
    expect(await ops(['replay', '--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--dry-run') });
    expect(await ops(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('replay') });
  }, 60_000);
});
