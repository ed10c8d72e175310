import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { orderTopic } from '@vitrine/contracts/order-events';
import { createPool, withTransaction, type Pool } from '@vitrine/runtime/database';
import { createKafka } from '@vitrine/runtime/events';
import type { Batcher } from '@vitrine/runtime/group-commit';
import { newId } from '@vitrine/runtime/ids';
import { startRelay } from '@vitrine/runtime/outbox';
import { createTestDatabase, kafkaBrokers, type TestDatabase } from '../../../tests/support/stack.ts';
import { until } from '../../../tests/support/until.ts';
import { captureOrders } from '../src/capture-orders.ts';
import type { Deps } from '../src/deps.ts';
import { startOrderNewsFeed } from '../src/order-news-feed.ts';
import { createOrderStreams, type OrderStreams } from '../src/order-streams.ts';
import { placeOrder } from '../src/place-order.ts';
import { createOrderNews, type FoundNews, type OrderNewsWanted } from '../src/store/order-news.ts';
import { scriptServices, total } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

let database: TestDatabase;
let pool: Pool;
let deps: Deps;
let news: Batcher<OrderNewsWanted, FoundNews>;
let streams: OrderStreams;
const never = 1_000_000;

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 16, name: 'test', logger });
  deps = { ...createTestDeps(pool, scriptServices()), duplicateWindowSeconds: 0 };
  news = createOrderNews(pool);
});
afterAll(async () => {
  await news.stop();
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate purchases, orders, outbox, order_history, recent_purchases cascade');
  streams = createOrderStreams({ news, logger, pollMs: () => never });
});
afterEach(() => streams.stop());

interface Message {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An app. It hangs up by `close`. */
function follow(buyerId: string, lastEventId: string | null = null, on = streams) {
  const messages: Message[] = [];
  const state = { takes: true, drained: () => {}, ended: false };
  const stream = on.open({
    buyerId,
    lastEventId,
    sink: {
      write: (text) => {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
        if (!text.startsWith(':'))
          messages.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) as Message['data'] });
        return state.takes;
      },
      onDrain: (listener) => {
        state.drained = listener;
      },
      end: () => {
        state.ended = true;
      },
    },
  });
  return {
    messages,
    state,
    close: () => stream.close(),
    lastId: () => messages.at(-1)?.id ?? '',
    /** What it was told, as `order sequence`. */
    told: () =>
      messages.flatMap(({ event, data }) => (event === 'order' ? [`${String(data['orderId'])} ${String(data['sequence'])}`] : [])),
    ready: () => until('the stream to be open', async () => messages.find(({ event }) => event === 'ready' || event === 'reset')),
  };
}

async function buy(buyerId: string): Promise<string> {
  const result = await placeOrder(deps, {
    buyerId,
    buyerCountry: 'US',
    deviceId: null,
    requestId: randomUUID(),
    idempotencyKey: randomUUID(),
    input: {
      productId: newId('prd'),
      quantity: 1,
      expectedTotal: total,
      addressId: null,
      paymentMethodId: null,
      sourcePostId: null,
      shippingService: null,
      quoteId: null,
      besideOrderId: null,
    },
  });
  if (result.kind !== 'finished' || result.outcome.kind !== 'placed') throw new Error(`not placed: ${result.kind}`);
  return result.orderId;
}

/** A change in the history, as an order's transaction writes it. */
const insert = `insert into order_history (order_id, buyer_id, event_id, sequence, step, cause, states, at)
  values ($1, $2, $3, $4, 'order.shipped', 'seller', 'confirmed captured shipped none', coalesce($5, clock_timestamp()))`;
const change = (buyerId: string, orderId: string, sequence: number, at: Date | null = null) => [
  orderId,
  buyerId,
  newId('evt'),
  sequence,
  at,
];
const write = (buyerId: string, orderId: string, sequence: number, at: Date | null = null) =>
  pool.query(insert, change(buyerId, orderId, sequence, at));
const wokenUntil = (buyerId: string, what: string, condition: () => boolean) =>
  until(what, async () => {
    streams.wake([buyerId]);
    return condition() ? true : undefined;
  });

describe('an app that follows its orders', () => {
  test('is told of each change in order, with its states and nothing personal, and of nobody else’s', async () => {
    const [buyerId, other] = [newId('usr'), newId('usr')];
    const app = follow(buyerId);
    const others = follow(other);
    await Promise.all([app.ready(), others.ready()]);
    const orderId = await buy(buyerId);
    await captureOrders(deps);
    await wokenUntil(buyerId, 'both changes', () => app.told().length === 2);
    const common = { orderId, fulfilment: 'unshipped', returns: 'none', at: expect.stringMatching(/^\d{4}-.*Z$/) };
    expect(app.messages.slice(1).map(({ event, data }) => ({ event, data }))).toEqual([
      { event: 'order', data: { ...common, sequence: 1, type: 'order.placed', status: 'placed', payment: 'authorized' } },
      { event: 'order', data: { ...common, sequence: 2, type: 'order.confirmed', status: 'confirmed', payment: 'captured' } },
    ]);
    streams.wake([other]);
    await news.add({ buyerId: other, since: null });
    expect(others.told()).toEqual([]);
  });

  test('that begins anew is told nothing of before', async () => {
    const buyerId = newId('usr');
    await buy(buyerId);
    const app = follow(buyerId);
    await app.ready();
    const second = await buy(buyerId);
    await wokenUntil(buyerId, 'the second order', () => app.told().length > 0);
    expect(app.told()).toEqual([`${second} 1`]);
  });

  test('that takes no more is told the rest when it does', async () => {
    const buyerId = newId('usr');
    const app = follow(buyerId);
    await app.ready();
    app.state.takes = false;
    const orderId = newId('ord');
    await write(buyerId, orderId, 1);
    await wokenUntil(buyerId, 'the first change', () => app.told().length === 1);
    await write(buyerId, orderId, 2);
    streams.wake([buyerId]);
    await news.add({ buyerId, since: null });
    expect(app.told()).toEqual([`${orderId} 1`]);
    app.state.takes = true;
    app.state.drained();
    await until('the second change', async () => (app.told().length === 2 ? true : undefined));
  });

  test('is asked to come back when the process stops', async () => {
    const app = follow(newId('usr'));
    await app.ready();
    streams.stop();
    expect(app.messages.at(-1)).toMatchObject({ event: 'end', data: { reason: 'RESTARTING' } });
    expect(app.state.ended).toBe(true);
    expect(streams.count()).toBe(0);
  });
});

describe('an app that resumes', () => {
  test('after any message is told exactly what came after it', async () => {
    const buyerId = newId('usr');
    const app = follow(buyerId);
    await app.ready();
    const orders = [newId('ord'), newId('ord')] as const;
    for (const sequence of [1, 2, 3]) for (const orderId of orders) await write(buyerId, orderId, sequence);
    await wokenUntil(buyerId, 'all changes', () => app.told().length === 6);
    for (const [index, { id }] of app.messages.entries()) {
      const resumed = follow(buyerId, id);
      await resumed.ready();
      expect([...app.told().slice(0, index), ...resumed.told()]).toEqual(app.told());
      // And once more, after what it got last.
      const again = follow(buyerId, resumed.lastId());
      await again.ready();
      expect(again.told()).toEqual([]);
    }
  });

  test('gets a change that was made before its last message and committed after it, once', async () => {
    const buyerId = newId('usr');
    const [late, early] = [newId('ord'), newId('ord')];
    const app = follow(buyerId);
    await app.ready();
    let resumedFrom = '';
    await withTransaction(pool, async (transaction) => {
      await transaction.query(insert, change(buyerId, late, 1));
      await write(buyerId, early, 1);
      await wokenUntil(buyerId, 'the change that is committed', () => app.told().length === 1);
      resumedFrom = app.lastId();
    });
    expect(app.told()).toEqual([`${early} 1`]);
    const resumed = follow(buyerId, resumedFrom);
    await resumed.ready();
    expect(resumed.told()).toEqual([`${late} 1`]);
    await wokenUntil(buyerId, 'the late change', () => app.told().length === 2);
    expect(app.told()).toEqual([`${early} 1`, `${late} 1`]);
  });

  test('an hour later gets all of it', async () => {
    const buyerId = newId('usr');
    const app = follow(buyerId);
    await app.ready();
    const orderId = newId('ord');
    const at = Date.now();
    const old = `1.${(at - 3_600_000).toString(36)}`;
    await write(buyerId, orderId, 1, new Date(at - 3_000_000));
    await write(buyerId, orderId, 2, new Date(at - 2_000_000));
    const resumed = follow(buyerId, old);
    await resumed.ready();
    expect(resumed.told()).toEqual([`${orderId} 1`, `${orderId} 2`]);
    expect(app.told()).toEqual([]);
  });

  test.each([
    ['unknown', 'evt_0190-nonsense'],
    ['too old', `1.${(Date.now() - 25 * 3_600_000).toString(36)}`],
    ['of the future', `1.${(Date.now() + 3_600_000).toString(36)}`],
    ['with too many orders', '1.full'],
    ['forged', `1.${Date.now().toString(36)}.usr_1:1:1`],
  ])('after a message that is %s is told to read its orders anew, and is told what comes then', async (_name, lastEventId) => {
    const buyerId = newId('usr');
    await buy(buyerId);
    const app = follow(buyerId, lastEventId);
    await app.ready();
    expect(app.messages).toMatchObject([{ event: 'reset', data: { reason: 'POSITION_UNKNOWN' } }]);
    const orderId = await buy(buyerId);
    await wokenUntil(buyerId, 'the next order', () => app.told().length > 0);
    expect(app.told()).toEqual([`${orderId} 1`]);
  });

  test('after more changes than are told is told to read its orders anew', async () => {
    const buyerId = newId('usr');
    const app = follow(buyerId);
    await app.ready();
    app.close();
    await pool.query(
      `insert into order_history (order_id, buyer_id, event_id, sequence, step, cause, states)
       select 'ord_' || gen_random_uuid(), $1, 'evt_' || gen_random_uuid(), 1, 'order.placed', 'buyer', 'placed authorized unshipped none' from generate_series(1, 501)`,
      [buyerId],
    );
    const resumed = follow(buyerId, app.lastId());
    await resumed.ready();
    expect(resumed.messages).toMatchObject([{ event: 'reset' }]);
  });

  test.each(Array.from({ length: Number(process.env['ROUNDS'] ?? 1) }, (_, i) => i))(
    'again and again while changes are made, in transactions of any length, gets each once and in order',
    async () => {
      const buyerId = newId('usr');
      const orders = Array.from({ length: 6 }, () => newId('ord'));
      const changes = 8;
      const making = Promise.all(
        orders.map(async (orderId) => {
          for (let sequence = 1; sequence <= changes; sequence += 1) {
            await withTransaction(pool, async (transaction) => {
              await transaction.query(insert, change(buyerId, orderId, sequence));
              await transaction.query('select pg_sleep(random() * 0.03)');
            });
            streams.wake([buyerId]);
          }
        }),
      );
      const first = follow(buyerId);
      await first.ready();
      first.close();
      let lastEventId = first.lastId();
      const told = first.told();
      let isOver = false;
      const over = making.then(() => {
        isOver = true;
      });
      for (let isLast = false; !isLast;) {
        isLast = isOver;
        const app = follow(buyerId, lastEventId);
        await app.ready();
        await pool.query('select pg_sleep(random() * 0.02)');
        app.close();
        told.push(...app.told());
        lastEventId = app.lastId();
      }
      await over;
      expect(new Set(told).size).toBe(told.length);
      // What was committed before the first connection is not told; from then on nothing is left out.
      for (const orderId of orders) {
        const sequences = told.filter((each) => each.startsWith(orderId)).map((each) => Number(each.split(' ')[1]));
        const from = sequences[0] ?? changes + 1;
        expect(sequences).toEqual(Array.from({ length: changes - from + 1 }, (_, index) => from + index));
      }
      expect(told.length).toBeGreaterThan(changes);
    },
  );
});

test('news from Kafka reach the app in well under a second, without polling', async () => {
  const kafka = createKafka({ name: 'test', brokers: kafkaBrokers(), logger });
  const relay = startRelay({ pool, kafka, source: 'checkout', logger });
  const live = createOrderStreams({ news, logger, pollMs: () => never, onOpen: () => feed.wanted() });
  const feed = startOrderNewsFeed({
    kafka,
    topic: orderTopic,
    logger,
    countStreams: () => live.count(),
    onNews: (buyerIds) => live.wake(buyerIds),
  });
  try {
    const buyerId = newId('usr');
    const app = follow(buyerId, null, live);
    await until('the feed', async () => (feed.isLive() ? true : undefined), 60_000);
    await app.ready();
    // The first one may come before the member reads.
    await until('the first order', async () => {
      await buy(buyerId);
      relay.wake();
      return app.told().length > 0 ? true : undefined;
    });
    const orderId = await buy(buyerId);
    const from = performance.now();
    relay.wake();
    await until('the second order', async () => (app.told().includes(`${orderId} 1`) ? true : undefined));
    expect(performance.now() - from).toBeLessThan(2_000);
  } finally {
    live.stop();
    await feed.stop();
    await relay.stop();
  }
}, 120_000);
