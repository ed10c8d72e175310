import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { orderTopic, type OrderSnapshot } from '@vitrine/contracts/order-events';
import { productTopic } from '@vitrine/contracts/product-events';
import { sellerTopic } from '@vitrine/contracts/seller-events';
import { stockTopic } from '@vitrine/contracts/stock-events';
import { topics } from '@vitrine/contracts/topics';
import { startConsumer, type RunningConsumer } from '@vitrine/runtime/consumer';
import { withTransaction } from '@vitrine/runtime/database';
import { createKafka, toEnvelope, toHeaders, type EventEnvelope } from '@vitrine/runtime/events';
import { newId } from '@vitrine/runtime/ids';
import { startRelay } from '@vitrine/runtime/outbox';
import type { Kafka, Producer } from 'kafkajs';
import { Value } from 'typebox/value';
import { createTestTopic, kafkaBrokers, uniqueName } from '../../../tests/support/stack.ts';
import { eventHandlers } from '../src/events.ts';
import { sellPlacedOrders } from '../src/sell-placed-orders.ts';
import {
  newKey,
  newSellerActor,
  productInput,
  createProductMutation,
  startCatalogUnderTest,
  type CatalogUnderTest,
  type SellerActor,
} from './catalog-under-test.ts';
import { until } from './until.ts';

let catalog: CatalogUnderTest;
let seller: SellerActor;
let kafka: Kafka;
let producer: Producer;
let consumer: RunningConsumer;
/** Topics of this file's own that stand for the real ones, so that other files' events do not come in. */
let ordersTopic: string;
let sellersTopic: string;
let deadLettersTopic: string;

beforeAll(async () => {
  catalog = await startCatalogUnderTest();
  seller = await catalog.addSeller();
  kafka = createKafka({ name: 'catalog-test', brokers: kafkaBrokers(), logger: catalog.deps.logger });
  [ordersTopic, sellersTopic, deadLettersTopic] = await Promise.all([
    createTestTopic('orders', 2),
    createTestTopic('sellers'),
    createTestTopic('dead-letters'),
  ]);
  const handlers = eventHandlers(catalog.deps.logger);
  consumer = await startConsumer({
    kafka,
    pool: catalog.pool,
    groupId: uniqueName('catalog'),
    handlers: { [ordersTopic]: handlers[orderTopic] ?? {}, [sellersTopic]: handlers[sellerTopic] ?? {} },
    deadLetterTopic: () => deadLettersTopic,
    logger: catalog.deps.logger,
    onCrash: (error) => {
      throw error;
    },
  });
  producer = kafka.producer();
  await producer.connect();
});
afterAll(async () => {
  await producer.disconnect();
  await consumer.stop();
  await catalog.stop();
});

async function publish(
  topic: string,
  key: string,
  type: string,
  sequence: number,
  payload: unknown,
  eventId = newId('evt'),
): Promise<string> {
  const event = {
    topic,
    key,
    eventId,
    type,
    sequence,
    occurredAt: new Date().toISOString(),
    correlationId: 'req-1',
    causationId: null,
    replayId: null,
  };
  await producer.send({ topic, messages: [{ key, value: JSON.stringify(payload), headers: toHeaders({ ...event, source: 'test' }) }] });
  return eventId;
}

const isApplied = async (eventId: string): Promise<boolean> =>
  (await catalog.pool.query('select from inbox where event_id = $1', [eventId])).rowCount === 1;

/** Publishes an event, and waits until it is applied. */
async function publishAndApply(...event: Parameters<typeof publish>): Promise<void> {
  const eventId = await publish(...event);
  await until(() => isApplied(eventId));
}

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

function orderOf(productId: string, quantity: number, orderId = newId('ord')): OrderSnapshot {
  return {
    orderId,
    buyerId: newId('usr'),
    sellerId: seller.sellerId,
    market: 'US',
    status: 'placed',
    lines: [{ productId, sku: 'mug', title: 'Blue mug', quantity, unitPrice: usd(1_500) }],
    subtotal: usd(1_500 * quantity),
    shipping: usd(500),
    tax: usd(0),
    total: usd(1_500 * quantity + 500),
    sourcePostId: null,
    placedAt: '2026-11-23T08:30:00.000Z',
    confirmedAt: null,
    cancelledAt: null,
  };
}

const placed = (order: OrderSnapshot, eventId?: string) =>
  publishAndApply(ordersTopic, order.orderId, 'order.placed', 1, { order }, eventId);
const cancelled = (order: OrderSnapshot) =>
  publishAndApply(ordersTopic, order.orderId, 'order.cancelled', 2, {
    order: { ...order, status: 'cancelled', cancelledAt: '2026-11-23T08:31:00.000Z' },
    reason: 'capture_failed',
  });

const reserve = ({ orderId, buyerId, lines }: OrderSnapshot) =>
  catalog.internal<{ status: string }>('reservations', {
    orderId,
    buyerId,
    productId: lines[0]?.productId,
    quantity: lines[0]?.quantity,
    ttlSeconds: 600,
  });
const counted = (onHand: number, reserved: number) => ({ onHand, reserved, ledgerOnHand: onHand, ledgerReserved: reserved });
const stockEvents = async (productId: string): Promise<string[]> =>
  (await catalog.eventsOf(productId)).filter(({ topic }) => topic === stockTopic).map(({ type, sequence }) => `${type} ${sequence}`);
const statusOf = async (orderId: string) =>
  (await catalog.pool.query<{ status: string }>('select status from reservations where order_id = $1', [orderId])).rows[0]?.status;

/** Publishes an event that cannot be applied, and waits for it in the dead-letter topic. */
async function publishHopeless(...event: Parameters<typeof publish>): Promise<string> {
  const eventId = await publish(...event);
  const found = await readTopic(deadLettersTopic, (events) => events.some((each) => each.eventId === eventId));
  expect(found.map((each) => each.eventId)).toContain(eventId);
  expect(await isApplied(eventId)).toBe(false);
  return eventId;
}

/** Reads a topic from its beginning until what was read is enough. */
async function readTopic(topic: string, isEnough: (events: readonly EventEnvelope[]) => boolean): Promise<EventEnvelope[]> {
  const reader = kafka.consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 100 });
  const events: EventEnvelope[] = [];
  await reader.connect();
  try {
    await reader.subscribe({ topic, fromBeginning: true });
    await reader.run({
      eachMessage: async ({ message }) => {
        events.push(toEnvelope({ topic, ...message }));
      },
    });
    await until(() => isEnough(events));
  } finally {
    await reader.disconnect();
  }
  return events;
}

describe('order.placed', () => {
  test('sells what was reserved', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const order = orderOf(productId, 3);
    await reserve(order);
    await placed(order);
    expect(await catalog.stockOf(productId)).toEqual(counted(7, 0));
    expect(await statusOf(order.orderId)).toBe('sold');
    expect((await catalog.eventsOf(productId)).at(-1)?.payload).toEqual({
      stock: { productId, sellerId: seller.sellerId, onHand: 7, reserved: 0 },
      orderId: order.orderId,
      quantity: 3,
    });
    expect(await reserve(order)).toMatchObject({ status: 'reserved' });
    expect(await catalog.internal('reservations/release', { orderId: order.orderId })).toEqual({ status: 'released' });
    expect(await catalog.stockOf(productId)).toEqual(counted(7, 0));
  });

  test('redelivered, or told again under another id, changes nothing', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const order = orderOf(productId, 3);
    await reserve(order);
    const eventId = newId('evt');
    await placed(order, eventId);
    await publish(ordersTopic, order.orderId, 'order.placed', 1, { order }, eventId);
    await placed(order);
    expect(await catalog.stockOf(productId)).toEqual(counted(7, 0));
    expect(await stockEvents(productId)).toEqual(['stock.set 1', 'stock.sold 2']);
  });

  test('without a reservation is sold from what is free, and leaves what others hold', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const holder = orderOf(productId, 6);
    await reserve(holder);
    const unreserved = orderOf(productId, 3);
    await placed(unreserved);
    expect(await catalog.stockOf(productId)).toEqual(counted(7, 6));
    const released = orderOf(productId, 1);
    await reserve(released);
    await catalog.internal('reservations/release', { orderId: released.orderId });
    await placed(released);
    expect(await catalog.stockOf(productId)).toEqual(counted(6, 6));
    expect([await statusOf(unreserved.orderId), await statusOf(released.orderId)]).toEqual(['sold', 'sold']);
    const tooMany = orderOf(productId, 1);
    await publishHopeless(ordersTopic, tooMany.orderId, 'order.placed', 1, { order: tooMany });
    expect(await catalog.stockOf(productId)).toEqual(counted(6, 6));
    expect(await statusOf(tooMany.orderId)).toBeUndefined();
    await cancelled(unreserved);
    expect(await catalog.stockOf(productId)).toEqual(counted(9, 6));
  });

  test('told of many at once sells each as if it were alone, and what cannot be sold is put aside alone', async () => {
    const [productId, otherId] = [await catalog.addProduct(seller, 20), await catalog.addProduct(seller, 5)];
    const orders = [1, 2, 3, 4].map((quantity) => orderOf(productId, quantity));
    const other = orderOf(otherId, 2);
    const unreserved = orderOf(productId, 1);
    const impossible = orderOf(otherId, 5);
    for (const order of [...orders, other]) await reserve(order);
    const told = [orders[0], other, orders[1], orders[1], unreserved, impossible, orders[2], orders[3]].filter(
      (order) => order !== undefined,
    );
    // One partition: they come in one batch.
    await producer.send({
      topic: ordersTopic,
      messages: told.map((order) => ({
        key: order.orderId,
        partition: 0,
        value: JSON.stringify({ order }),
        headers: toHeaders({
          topic: ordersTopic,
          key: order.orderId,
          eventId: newId('evt'),
          type: 'order.placed',
          sequence: 1,
          occurredAt: new Date().toISOString(),
          correlationId: 'req-1',
          causationId: null,
          replayId: null,
          source: 'test',
        }),
      })),
    });
    await readTopic(deadLettersTopic, (events) => events.some(({ key }) => key === impossible.orderId));
    await until(async () => (await statusOf(orders[3]?.orderId ?? '')) === 'sold');
    expect(await catalog.stockOf(productId)).toEqual(counted(9, 0));
    expect(await catalog.stockOf(otherId)).toEqual(counted(3, 0));
    expect(await statusOf(impossible.orderId)).toBeUndefined();
    const payloads = async (id: string) => (await catalog.eventsOf(id)).filter(({ type }) => type === 'stock.sold');
    expect((await payloads(productId)).map(({ sequence, payload }) => ({ sequence, ...(payload as object) }))).toEqual(
      [
        { order: orders[0], quantity: 1, onHand: 19, reserved: 9 },
        { order: orders[1], quantity: 2, onHand: 17, reserved: 7 },
        { order: unreserved, quantity: 1, onHand: 16, reserved: 7 },
        { order: orders[2], quantity: 3, onHand: 13, reserved: 4 },
        { order: orders[3], quantity: 4, onHand: 9, reserved: 0 },
      ].map(({ order, quantity, onHand, reserved }, index) => ({
        sequence: index + 2,
        orderId: order?.orderId,
        quantity,
        stock: { productId, sellerId: seller.sellerId, onHand, reserved },
      })),
    );
  });

  test('and of many whose pieces are held is sold in one go, as the single events tell', async () => {
    const productId = await catalog.addProduct(seller, 20);
    const orders = [3, 1, 2].map((quantity) => orderOf(productId, quantity));
    for (const order of orders) await reserve(order);
    const [held] = orders;
    await withTransaction(catalog.pool, async (transaction) =>
      sellPlacedOrders(
        transaction,
        [...orders, held as OrderSnapshot].map((order, index) => ({
          order,
          cause: { correlationId: 'req-1', causationId: `evt_${index}` },
        })),
        catalog.deps.logger,
      ),
    );
    expect(await catalog.stockOf(productId)).toEqual(counted(14, 0));
    const sold = (await catalog.eventsOf(productId)).filter(({ type }) => type === 'stock.sold');
    expect(sold.map(({ sequence, payload }) => [sequence, (payload as { stock: object }).stock])).toEqual(
      [
        [17, 3],
        [16, 2],
        [14, 0],
      ].map(([onHand, reserved], index) => [index + 2, { productId, sellerId: seller.sellerId, onHand, reserved }]),
    );
  });

  test('for something else than was reserved is put aside, and changes nothing', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const order = orderOf(productId, 3);
    await reserve(order);
    const other = orderOf(productId, 4, order.orderId);
    await publishHopeless(ordersTopic, order.orderId, 'order.placed', 1, { order: other });
    await publishHopeless(ordersTopic, order.orderId, 'order.placed', 1, { order: { ...order, lines: [...order.lines, ...order.lines] } });
    await publishHopeless(ordersTopic, order.orderId, 'order.placed', 1, { order: { ...order, orderId: 'ord_1' } });
    expect(await catalog.stockOf(productId)).toEqual(counted(10, 3));
    await placed(order);
    expect(await catalog.stockOf(productId)).toEqual(counted(7, 0));
  });
});

describe('order.cancelled', () => {
  test('brings sold pieces back, once; the order cannot sell again', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const order = orderOf(productId, 3);
    await reserve(order);
    await placed(order);
    await cancelled(order);
    await cancelled(order);
    await placed(order);
    expect(await catalog.stockOf(productId)).toEqual(counted(10, 0));
    expect(await statusOf(order.orderId)).toBe('returned');
    expect(await stockEvents(productId)).toEqual(['stock.set 1', 'stock.sold 2', 'stock.returned 3']);
    expect(await reserve(order)).toEqual({ status: 'released' });
  });

  test('frees what is still held, and a placed event that comes after it sells nothing', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const order = orderOf(productId, 3);
    await reserve(order);
    await cancelled(order);
    await placed(order);
    expect(await catalog.stockOf(productId)).toEqual(counted(10, 0));
    expect(await statusOf(order.orderId)).toBe('released');
    expect(await stockEvents(productId)).toEqual(['stock.set 1']);
  });

  test('of an order that was never reserved ends it', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const order = orderOf(productId, 3);
    await cancelled(order);
    await placed(order);
    expect(await reserve(order)).toEqual({ status: 'released' });
    expect(await catalog.stockOf(productId)).toEqual(counted(10, 0));
  });
});

describe('seller events', () => {
  test('open and close the door, whatever order they come in', async () => {
    const actor = newSellerActor();
    const tell = (type: string, sequence: number, status: string) =>
      publishAndApply(sellersTopic, actor.sellerId, type, sequence, {
        seller: { sellerId: actor.sellerId, accountId: actor.accountId, displayName: 'Shop', country: 'US', status },
      });
    const create = async () =>
      (
        await catalog.graphql<{ createProduct: { __typename: string } }>(actor, createProductMutation, {
          input: { ...productInput(), idempotencyKey: newKey() },
        })
      ).data.createProduct.__typename;
    expect(await create()).toBe('NotAllowedError');
    await tell('seller.activated', 2, 'active');
    expect(await create()).toBe('CreateProductSuccess');
    await tell('seller.invited', 1, 'invited');
    expect(await create()).toBe('CreateProductSuccess');
    await tell('seller.suspended', 3, 'suspended');
    expect(await create()).toBe('NotAllowedError');
  });
});

describe('what is published', () => {
  test('reaches Kafka in the order of each key, in the shape of its contract', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const order = orderOf(productId, 3);
    await reserve(order);
    await placed(order);
    await cancelled(order);
    await catalog.graphql(seller, `mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { __typename } }`, {
      input: { idempotencyKey: newKey(), productId, title: 'Red mug' },
    });
    const relay = startRelay({ pool: catalog.pool, kafka, source: 'catalog', logger: catalog.deps.logger });
    try {
      const ofProduct = async (topic: string, count: number) => {
        const events = await readTopic(topic, (all) => all.filter(({ key }) => key === productId).length >= count);
        return events.filter(({ key }) => key === productId);
      };
      const [products, stock] = await Promise.all([ofProduct(productTopic, 2), ofProduct(stockTopic, 3)]);
      expect(products.map(({ type, sequence }) => `${type} ${sequence}`)).toEqual(['product.created 1', 'product.updated 2']);
      expect(stock.map(({ type, sequence }) => `${type} ${sequence}`)).toEqual(['stock.set 1', 'stock.sold 2', 'stock.returned 3']);
      for (const { topic, type, payload } of [...products, ...stock]) {
        const schema = topics[topic]?.[type];
        expect(schema !== undefined && Value.Check(schema, payload)).toBe(true);
      }
      expect(stock[1]).toMatchObject({ correlationId: 'req-1', causationId: expect.stringMatching(/^evt_/) });
    } finally {
      await relay.stop();
    }
  });
});
