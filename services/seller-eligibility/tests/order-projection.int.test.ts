import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { orderTopic } from '@vitrine/contracts/order-events';
import { orderProjectionReplayPath } from '@vitrine/contracts/replay-http';
import { startConsumer, type RunningConsumer } from '@vitrine/runtime/consumer';
import { createKafka, toHeaders, type EventEnvelope } from '@vitrine/runtime/events';
import { newId } from '@vitrine/runtime/ids';
import type { Producer } from 'kafkajs';
import { createTestTopic, kafkaBrokers, uniqueName } from '../../../tests/support/stack.ts';
import { eventHandlers } from '../src/events.ts';
import { abandonedEvent, cancelledEvent, confirmedEvent, newOrder, placedEvent } from './order-events.ts';
import { activeSeller, logger, startService, type ServiceUnderTest } from './service-under-test.ts';

const groupId = uniqueName('seller-eligibility');
const kafka = createKafka({ name: groupId, brokers: kafkaBrokers(), logger });
let service: ServiceUnderTest;
let producer: Producer;
let consumer: RunningConsumer;
let topic: string;
let deadLetters: string;

beforeAll(async () => {
  service = await startService();
  topic = await createTestTopic('order', 3);
  deadLetters = await createTestTopic('order-dlt');
  producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const handlers = eventHandlers[orderTopic] ?? {};
  consumer = await startConsumer({
    kafka,
    pool: service.pool,
    groupId,
    handlers: { [topic]: handlers },
    deadLetterTopic: () => deadLetters,
    logger,
    onCrash: (error) => {
      throw error;
    },
  });
});
afterAll(async () => {
  await consumer.stop();
  await producer.disconnect();
  await service.stop();
});
beforeEach(async () => {
  await service.pool.query('truncate seller_orders, inbox');
});

const publish = async (...events: readonly EventEnvelope[]) => {
  await producer.send({
    topic,
    acks: -1,
    messages: events.map((event) => ({
      key: event.key,
      value: JSON.stringify(event.payload),
      headers: toHeaders({ ...event, source: 'checkout' }),
    })),
  });
};
const rows = async () =>
  (await service.pool.query<{ row: string }>('select seller_orders::text as row from seller_orders order by order_id')).rows.map(
    ({ row }) => row,
  );
const statusOf = async (orderId: string) =>
  (
    await service.pool.query<{ status: string; shown: boolean; sequence: number }>(
      'select status, confirmed_at is not null as shown, sequence from seller_orders where order_id = $1',
      [orderId],
    )
  ).rows[0];
const until = async (condition: () => Promise<boolean>) => {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition was not met in 20 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const applied = async (...events: readonly EventEnvelope[]) =>
  until(
    async () =>
      (await service.pool.query('select 1 from inbox where event_id = any($1)', [events.map(({ eventId }) => eventId)])).rowCount ===
      events.length,
  );
const replay = async (events: readonly EventEnvelope[], options: { readonly dryRun?: boolean; readonly from?: string } = {}) =>
  service.call(options.from ?? 'ops', orderProjectionReplayPath, { replayId: newId('rpl'), dryRun: options.dryRun ?? false, events });

describe('events from the topic', () => {
  test('show an order to its seller from its confirmation on, and its cancellation', async () => {
    const order = newOrder();
    const confirmation = confirmedEvent(order);
    await publish(placedEvent(order), confirmation);
    await applied(confirmation);
    expect(await statusOf(order.orderId)).toEqual({ status: 'confirmed', shown: true, sequence: 2 });
    const cancellation = cancelledEvent(order);
    await publish(cancellation);
    await applied(cancellation);
    expect(await statusOf(order.orderId)).toEqual({ status: 'cancelled', shown: true, sequence: 3 });
  });

  test('delivered again change nothing, with the same event id and with another', async () => {
    const order = newOrder();
    const events = [confirmedEvent(order), cancelledEvent(order)];
    await publish(...events);
    await applied(...events);
    const before = await rows();
    const again = [confirmedEvent(order), cancelledEvent(order)];
    await publish(...events, ...again);
    await applied(...again);
    expect(await rows()).toEqual(before);
  });

  test('in the wrong order end in the same row', async () => {
    const order = newOrder();
    const events = [cancelledEvent(order), confirmedEvent(order)];
    await publish(...events);
    await applied(...events);
    expect(await statusOf(order.orderId)).toEqual({ status: 'cancelled', shown: true, sequence: 3 });
  });

  test('never show an order that was cancelled before it was confirmed, even if an older confirmation arrives late', async () => {
    const order = newOrder();
    const events = [abandonedEvent(order, 3), confirmedEvent(order, { sequence: 2 })];
    await publish(...events);
    await applied(...events);
    expect(await statusOf(order.orderId)).toEqual({ status: 'cancelled', shown: false, sequence: 3 });
    const seller = await activeSeller(service);
    const own = newOrder({ sellerId: seller.sellerId });
    const abandoned = abandonedEvent(own);
    await publish(placedEvent(own), abandoned);
    await applied(abandoned);
    const { data } = await service.ask(seller, '{ viewerSeller { orders { edges { node { id } } } } }');
    expect(data.viewerSeller.orders.edges).toEqual([]);
  });

  test('that can never be applied go to the dead letters, and the ones behind them are applied', async () => {
    const good = newOrder();
    const contradictory = confirmedEvent(newOrder());
    const wrong: readonly EventEnvelope[] = [
      { ...confirmedEvent(newOrder()), payload: { order: { orderId: 'ord_1' } } },
      { ...confirmedEvent(newOrder()), key: newId('ord') },
      { ...placedEvent(newOrder()), type: 'order.confirmed' },
      { ...contradictory, payload: { order: { ...(contradictory.payload as { order: object }).order, confirmedAt: null } } },
      confirmedEvent(newOrder({ tax: { amountMinor: 1, currency: 'EUR' } })),
    ];
    const confirmation = confirmedEvent(good);
    await publish(...wrong, confirmation);
    await applied(confirmation);
    const admin = kafka.admin();
    await admin.connect();
    await until(async () => {
      const [partition] = await admin.fetchTopicOffsets(deadLetters);
      return Number(partition?.high) === wrong.length;
    });
    await admin.disconnect();
    expect(await rows()).toHaveLength(1);
  });
});

describe('a replay', () => {
  const history = () => {
    const orders = Array.from({ length: 30 }, () => newOrder());
    return orders.flatMap((order, index) => [
      placedEvent(order),
      ...(index % 5 === 4 ? [abandonedEvent(order)] : [confirmedEvent(order)]),
      ...(index % 3 === 0 && index % 5 !== 4 ? [cancelledEvent(order)] : []),
    ]);
  };

  test('brings an emptied projection back byte for byte, and a second one changes nothing', async () => {
    const events = history();
    await publish(...events);
    await applied(...events.filter(({ type }) => type !== 'order.placed'));
    const before = await rows();
    expect(before).toHaveLength(30);

    await service.pool.query('truncate seller_orders');
    expect((await replay(events)).body).toEqual({ examined: events.length, changed: 30, refused: [] });
    expect(await rows()).toEqual(before);
    expect((await replay(events)).body).toEqual({ examined: events.length, changed: 0, refused: [] });
    expect(await rows()).toEqual(before);
  });

  test('repairs a row that was changed by hand to an older state, and leaves the others', async () => {
    const order = newOrder();
    await replay([confirmedEvent(order), confirmedEvent(newOrder())]);
    const before = await rows();
    await service.pool.query(`update seller_orders set sequence = 1, total_minor = 0 where order_id = $1`, [order.orderId]);
    expect((await replay([confirmedEvent(order)])).body).toMatchObject({ changed: 1 });
    expect(await rows()).toEqual(before);
  });

  test('of past events does not undo newer ones', async () => {
    const order = newOrder();
    await replay([cancelledEvent(order)]);
    const before = await rows();
    expect((await replay([placedEvent(order), confirmedEvent(order)])).body).toMatchObject({ examined: 2, changed: 0 });
    expect(await rows()).toEqual(before);
  });

  test('as a dry run counts the same and changes nothing', async () => {
    const events = history();
    const kept = newOrder();
    await replay([confirmedEvent(kept)]);
    const before = await rows();
    const dry = await replay([...events, cancelledEvent(kept)], { dryRun: true });
    expect(dry.body).toEqual({ examined: events.length + 1, changed: 31, refused: [] });
    expect(await rows()).toEqual(before);
    expect((await replay([...events, cancelledEvent(kept)])).body).toEqual(dry.body);
  });

  test('has no effect outside the projection', async () => {
    const count = async () =>
      (
        await service.pool.query<{ counts: string }>(
          `select concat((select count(*) from outbox), ' ', (select count(*) from inbox), ' ', (select count(*) from idempotency_keys)) as counts`,
        )
      ).rows[0]?.counts;
    const before = await count();
    await replay(history());
    expect(await count()).toBe(before);
  });

  test('names the events that can never be applied, and applies the rest', async () => {
    const wrong = { ...confirmedEvent(newOrder()), payload: { order: {} } };
    const { body } = await replay([wrong, confirmedEvent(newOrder())]);
    expect(body).toEqual({
      examined: 2,
      changed: 1,
      refused: [{ eventId: wrong.eventId, cause: expect.stringContaining('order.confirmed') }],
    });
  });

  test('is for operators only, in batches of at most 500 events', async () => {
    const event = confirmedEvent(newOrder());
    for (const from of ['checkout', 'gateway', 'catalog']) expect((await replay([event], { from })).status).toBe(403);
    expect((await replay(Array.from({ length: 501 }, () => event))).status).toBe(400);
    expect((await replay([])).body).toEqual({ examined: 0, changed: 0, refused: [] });
    expect(await rows()).toEqual([]);
  });
});
