import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Producer } from 'kafkajs';
import { postTopic, PostCreated, PostDeleted } from '@vitrine/contracts/post-events';
import { productTopic } from '@vitrine/contracts/product-events';
import { sellerTopic } from '@vitrine/contracts/seller-events';
import { deadLetterTopic } from '@vitrine/contracts/topics';
import { startConsumer, type RunningConsumer } from '@vitrine/runtime/consumer';
import { createKafka, toEnvelope, toHeaders, type EventEnvelope } from '@vitrine/runtime/events';
import { newId } from '@vitrine/runtime/ids';
import { startRelay } from '@vitrine/runtime/outbox';
import { Compile } from 'typebox/compile';
import { kafkaBrokers, uniqueName } from '../../../tests/support/stack.ts';
import { eventHandlers } from '../src/events.ts';
import { logger, seller, startTimelineService, until, type TimelineService } from './timeline-service.ts';

let timeline: TimelineService;
let consumer: RunningConsumer;
let producer: Producer;
const kafka = () => createKafka({ name: 'timeline-test', brokers: kafkaBrokers(), logger });

beforeAll(async () => {
  timeline = await startTimelineService();
  producer = kafka().producer();
  await producer.connect();
  consumer = await startConsumer({
    kafka: kafka(),
    pool: timeline.pool,
    groupId: uniqueName('timeline'),
    handlers: eventHandlers,
    // The topic exists for the service's own group.
    deadLetterTopic: (topic) => deadLetterTopic(topic, 'timeline'),
    logger,
    onCrash: (error) => {
      throw error;
    },
  });
  await until(() => consumer.isConnected());
}, 60_000);
afterAll(async () => {
  await consumer.stop();
  await producer.disconnect();
  await timeline.stop();
}, 60_000);

async function publish(
  events: readonly { topic: string; key: string; type: string; sequence: number; payload: unknown; eventId?: string }[],
): Promise<void> {
  for (const { topic, key, type, sequence, payload, eventId = newId('evt') } of events) {
    const headers = toHeaders({
      source: 'test',
      topic,
      key,
      type,
      sequence,
      eventId,
      occurredAt: new Date().toISOString(),
      correlationId: 'test',
      causationId: null,
      replayId: null,
    });
    await producer.send({ topic, messages: [{ key, value: JSON.stringify(payload), headers }] });
  }
}

const product = (productId: string, sellerId: string, sequence: number, discontinued = false) => ({
  topic: productTopic,
  key: productId,
  type: sequence === 1 ? 'product.created' : 'product.updated',
  sequence,
  payload: { product: { productId, sellerId, sku: 'MUG-1', title: 'Mug', price: { amountMinor: 1_900, currency: 'USD' }, discontinued } },
});
const sellerEvent = (sellerId: string, accountId: string, sequence: number, status: 'invited' | 'active' | 'suspended') => ({
  topic: sellerTopic,
  key: sellerId,
  type: { invited: 'seller.invited', active: 'seller.activated', suspended: 'seller.suspended' }[status],
  sequence,
  payload: { seller: { sellerId, accountId, displayName: 'Shop', country: 'US', status } },
});
const productRow = async (productId: string) =>
  (await timeline.pool.query('select seller_id, discontinued, sequence from products where product_id = $1', [productId])).rows[0];
const sellerRow = async (sellerId: string) =>
  (await timeline.pool.query('select account_id, status, sequence from sellers where seller_id = $1', [sellerId])).rows[0];

describe('products and sellers', () => {
  test('a product of an activated seller can be shown as soon as both are heard of', async () => {
    const shop = seller();
    const productId = newId('prd');
    await timeline.saveProfile(shop, { handle: uniqueName('shop').replaceAll('-', '_'), displayName: 'Shop' });
    await publish([
      sellerEvent(shop.sellerId, shop.accountId, 1, 'invited'),
      sellerEvent(shop.sellerId, shop.accountId, 2, 'active'),
      product(productId, shop.sellerId, 1),
    ]);
    await until(async () => (await timeline.createPost(shop, { text: 'Look', productId })).__typename === 'CreatePostSuccess');
  });

  test('events that come late, twice or again from the start do not go back in time', async () => {
    const [shop, productId, marker] = [seller(), newId('prd'), newId('prd')];
    const oldest = product(productId, shop.sellerId, 1);
    const repeated = { ...product(productId, shop.sellerId, 3, true), eventId: newId('evt') };
    const active = sellerEvent(shop.sellerId, shop.accountId, 2, 'active');
    const suspended = sellerEvent(shop.sellerId, shop.accountId, 3, 'suspended');
    // A replay gives out new event ids or meets an inbox that was emptied: only the sequence tells.
    await publish([repeated, repeated, product(productId, shop.sellerId, 2), oldest, suspended, active, suspended, active]);
    await until(async () => (await sellerRow(shop.sellerId))?.sequence === 3);
    await publish([oldest, active, product(marker, shop.sellerId, 1), sellerEvent(marker, shop.accountId, 1, 'invited')]);
    // Same key, same partition: what was sent before has been applied when the same key's next event is.
    await publish([product(productId, shop.sellerId, 4, true), sellerEvent(shop.sellerId, shop.accountId, 4, 'suspended')]);
    await until(async () => (await productRow(productId))?.sequence === 4 && (await sellerRow(shop.sellerId))?.sequence === 4);
    expect(await productRow(productId)).toEqual({ seller_id: shop.sellerId, discontinued: true, sequence: 4 });
    expect(await sellerRow(shop.sellerId)).toEqual({ account_id: shop.accountId, status: 'suspended', sequence: 4 });
  });

  test('each order of two events leaves the newer one', async () => {
    const [one, two] = [newId('prd'), newId('prd')];
    const apply = async (events: readonly ReturnType<typeof product>[]) => {
      for (const { topic, type, ...event } of events) {
        const connection = await timeline.pool.connect();
        const envelope: EventEnvelope = {
          ...event,
          topic,
          type,
          eventId: newId('evt'),
          occurredAt: new Date().toISOString(),
          correlationId: 'test',
          causationId: null,
          replayId: null,
        };
        await eventHandlers[topic]?.[type]?.(connection, envelope);
        connection.release();
      }
    };
    const [before, after] = [newId('sel'), newId('sel')];
    await apply([product(one, before, 1), product(one, after, 2)]);
    await apply([product(two, after, 2), product(two, before, 1)]);
    expect(await productRow(one)).toEqual(await productRow(two));
    expect(await productRow(one)).toMatchObject({ seller_id: after, sequence: 2 });
  });

  test('an event that does not fit its contract is put aside and holds nothing up', async () => {
    const [broken, whole] = [newId('prd'), newId('prd')];
    await publish([
      { ...product(broken, newId('sel'), 1), key: whole, payload: { product: { productId: broken } } },
      product(whole, newId('sel'), 1),
    ]);
    await until(async () => (await productRow(whole)) !== undefined);
    expect(await productRow(broken)).toBeUndefined();
  });
});

describe('posts', () => {
  const schemas = { 'post.created': Compile(PostCreated), 'post.deleted': Compile(PostDeleted) } as const;

  test('are told of on timeline.post.v1 in order, as the contract says, without their text', async () => {
    const ada = await timeline.person();
    const relay = startRelay({ pool: timeline.pool, kafka: kafka(), source: 'timeline', logger });
    const received: EventEnvelope[] = [];
    const reader = kafka().consumer({ groupId: uniqueName('reader'), maxWaitTimeInMs: 100 });
    const text = `kept here ${uniqueName('text')}`;
    let postId = '';
    try {
      await reader.connect();
      await reader.subscribe({ topic: postTopic, fromBeginning: true });
      await reader.run({
        eachMessage: async ({ topic, message }) => {
          await Promise.resolve(received.push(toEnvelope({ topic, key: message.key, value: message.value, headers: message.headers })));
        },
      });
      postId = await timeline.post(ada, text);
      await timeline.deletePost(ada, postId);
      await until(() => received.filter(({ key }) => key === postId).length === 2);
    } finally {
      await reader.disconnect();
      await relay.stop();
    }
    const events = received.filter(({ key }) => key === postId);
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['post.created', 1],
      ['post.deleted', 2],
    ]);
    for (const { type, payload } of events) expect(schemas[type as keyof typeof schemas].Check(payload)).toBe(true);
    expect(JSON.stringify(events)).not.toContain(text);
  }, 60_000);

  test.each(['post.created', 'post.deleted'] as const)('the sample of %s fits its contract', (type) => {
    const file = new URL(`../../../infra/contracts/samples/${postTopic}/${type}.v1.json`, import.meta.url);
    const { headers, value } = JSON.parse(readFileSync(file, 'utf8')) as {
      headers: Record<string, string>;
      value: { post: { postId: string } };
    };
    expect(schemas[type].Check(value)).toBe(true);
    const envelope = toEnvelope({ topic: postTopic, key: null, value: Buffer.from(JSON.stringify(value)), headers });
    expect(envelope).toMatchObject({ type, key: value.post.postId });
    expect(headers).toEqual(toHeaders({ ...envelope, source: 'timeline' }));
  });
});
