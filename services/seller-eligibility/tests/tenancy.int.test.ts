import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { withTransaction } from '@vitrine/runtime/database';
import type { Actor } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { projectOrders } from '../src/events.ts';
import { cancelledEvent, confirmedEvent, newOrder, placedEvent } from './order-events.ts';
import { activeSeller, buyer, operator, startService, type SellerActor, type ServiceUnderTest } from './service-under-test.ts';

let service: ServiceUnderTest;
let anna: SellerActor;
let bert: SellerActor;
beforeAll(async () => {
  service = await startService();
  anna = await activeSeller(service, { displayName: 'Anna' });
  bert = await activeSeller(service, { displayName: 'Bert' });
});
afterAll(async () => {
  await service.stop();
});
beforeEach(async () => {
  await service.pool.query('truncate seller_orders');
});

const project = async (...events: Parameters<typeof projectOrders>[1]) =>
  withTransaction(service.pool, (transaction) => projectOrders(transaction, events));
const sellerFields = 'id displayName country status accountId orders { edges { node { id } } }';
const viewerSeller = async (actor: Actor) => (await service.ask(actor, `{ viewerSeller { ${sellerFields} } }`)).data.viewerSeller;
const seller = async (actor: Actor, id: string) =>
  (await service.ask(actor, `query ($id: ID!) { seller(id: $id) { ${sellerFields} } }`, { id })).data.seller;
const entity = async (actor: Actor, representation: object, fields: string) =>
  (
    await service.ask(actor, `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${fields} } }`, {
      representations: [representation],
    })
  ).data._entities[0];
const sellerEntity = async (actor: Actor, id: string) => entity(actor, { __typename: 'Seller', id }, `... on Seller { ${sellerFields} }`);
/** An order by both doors, which have to agree. */
const orderEntity = async (actor: Actor, id: string) => {
  const fields = 'id sellerId total { amountMinor currency }';
  const byEntity = await entity(actor, { __typename: 'SellerOrder', id }, `... on SellerOrder { ${fields} }`);
  const byId = (await service.ask(actor, `query ($id: ID!) { sellerOrder(id: $id) { ${fields} } }`, { id })).data.sellerOrder;
  expect(byId).toEqual(byEntity);
  return byEntity;
};

describe('a seller', () => {
  test('sees itself and its own orders by each way', async () => {
    const order = newOrder({ sellerId: anna.sellerId });
    await project(confirmedEvent(order));
    const own = {
      id: anna.sellerId,
      displayName: 'Anna',
      country: 'US',
      status: 'ACTIVE',
      accountId: anna.accountId,
      orders: { edges: [{ node: { id: order.orderId } }] },
    };
    expect(await viewerSeller(anna)).toEqual(own);
    // The partner graph has no such field: a seller is not asked for which one it is.
    expect(await seller(anna, anna.sellerId)).toBeNull();
    expect(await sellerEntity(anna, anna.sellerId)).toEqual(own);
    expect(await orderEntity(anna, order.orderId)).toEqual({
      id: order.orderId,
      sellerId: anna.sellerId,
      total: { amountMinor: 3_531, currency: 'USD' },
    });
  });

  test('gets nothing of another seller by any way', async () => {
    const order = newOrder({ sellerId: bert.sellerId });
    await project(confirmedEvent(order));
    expect(await viewerSeller(anna)).toMatchObject({ id: anna.sellerId, orders: { edges: [] } });
    expect(await seller(anna, bert.sellerId)).toBeNull();
    expect(await sellerEntity(anna, bert.sellerId)).toBeNull();
    expect(await orderEntity(anna, order.orderId)).toBeNull();
  });

  test("gets nothing with a token that names another account's seller", async () => {
    const order = newOrder({ sellerId: bert.sellerId });
    await project(confirmedEvent(order));
    const forged: SellerActor = { role: 'seller', accountId: anna.accountId, sellerId: bert.sellerId };
    expect(await viewerSeller(forged)).toBeNull();
    expect(await seller(forged, bert.sellerId)).toBeNull();
    expect(await sellerEntity(forged, bert.sellerId)).toBeNull();
    expect(await orderEntity(forged, order.orderId)).toBeNull();
  });

  test('that the network does not know is nobody', async () => {
    expect(await viewerSeller({ role: 'seller', accountId: newId('usr'), sellerId: newId('sel') })).toBeNull();
    expect(await viewerSeller({ role: 'seller', accountId: newId('usr'), sellerId: "' or 1=1 --" })).toBeNull();
  });
});

test('a buyer sees the name and country of a seller, and nothing else', async () => {
  const order = newOrder({ sellerId: anna.sellerId });
  await project(confirmedEvent(order));
  const shown = { id: anna.sellerId, displayName: 'Anna', country: 'US', status: null, accountId: null, orders: null };
  expect(await seller(buyer(), anna.sellerId)).toEqual(shown);
  expect(await sellerEntity(buyer(), anna.sellerId)).toEqual(shown);
  // The account of a seller gains nothing by being a buyer as well.
  expect(await seller({ role: 'buyer', accountId: anna.accountId, country: 'US' }, anna.sellerId)).toEqual(shown);
  expect(await orderEntity(buyer(), order.orderId)).toBeNull();
  expect(await viewerSeller(buyer())).toBeNull();
});

test('network staff sees every seller and order', async () => {
  const order = newOrder({ sellerId: anna.sellerId });
  await project(confirmedEvent(order));
  expect(await seller(operator, anna.sellerId)).toMatchObject({
    status: 'ACTIVE',
    accountId: anna.accountId,
    orders: { edges: [{ node: { id: order.orderId } }] },
  });
  expect(await orderEntity(operator, order.orderId)).toMatchObject({ id: order.orderId });
});

test('a caller that is only a service sees nothing through the subgraph', async () => {
  expect(await seller({ role: 'service' }, anna.sellerId)).toBeNull();
  expect(await sellerEntity({ role: 'service' }, anna.sellerId)).toBeNull();
});

test.each(['sel_1', '', 'sel_01900000-0000-7000-8000-00000000010', 'x'.repeat(10_000)])(
  'a seller id that is none (%s) is answered with null',
  async (id) => {
    expect(await seller(operator, id)).toBeNull();
  },
);

test('the subgraph answers to the gateway only', async () => {
  for (const from of ['checkout', 'ops']) {
    const { status, body } = await service.call(from, '/graphql', { query: '{ _service { sdl } }' });
    expect(status).toBe(403);
    expect(body.data).toBeUndefined();
  }
  const unsigned = await service.server.inject({ method: 'POST', url: '/graphql', payload: { query: '{ _service { sdl } }' } });
  expect(unsigned.statusCode).toBe(401);
});

describe("a seller's order", () => {
  const page = async (actor: Actor, args: string) =>
    (
      await service.ask(
        actor,
        `{ viewerSeller { orders(${args}) { edges { cursor node { id status } } pageInfo { hasNextPage endCursor } } } }`,
      )
    ).data.viewerSeller.orders;

  test('shows what to ship and never who bought', async () => {
    const order = newOrder({ sellerId: anna.sellerId });
    await project(placedEvent(order), confirmedEvent(order));
    const { data } = await service.ask(
      anna,
      `{ viewerSeller { orders { edges { node {
        id sellerId status lines { productId sku title quantity unitPrice { amountMinor currency } }
        subtotal { amountMinor } shipping { amountMinor } tax { amountMinor } total { amountMinor currency }
        market sourcePostId placedAt confirmedAt cancelledAt
      } } } } }`,
    );
    const [line] = order.lines;
    expect(data.viewerSeller.orders.edges[0]?.node).toEqual({
      id: order.orderId,
      sellerId: anna.sellerId,
      status: 'CONFIRMED',
      lines: [line],
      subtotal: { amountMinor: 2_800 },
      shipping: { amountMinor: 500 },
      tax: { amountMinor: 231 },
      total: { amountMinor: 3_531, currency: 'USD' },
      market: 'US',
      sourcePostId: order.sourcePostId,
      placedAt: order.placedAt,
      confirmedAt: '2026-11-23T08:31:00.000Z',
      cancelledAt: null,
    });
    const { rows } = await service.pool.query<{ row: string }>('select seller_orders::text as row from seller_orders');
    expect(rows[0]?.row).toContain(order.orderId);
    expect(rows[0]?.row).not.toContain(order.buyerId);
  });

  test('that is only placed is not there yet', async () => {
    const order = newOrder({ sellerId: anna.sellerId });
    await project(placedEvent(order));
    expect((await page(anna, 'first: 10')).edges).toEqual([]);
    expect(await orderEntity(anna, order.orderId)).toBeNull();
  });

  test('that is cancelled after it was confirmed stays, as cancelled', async () => {
    const order = newOrder({ sellerId: anna.sellerId });
    await project(confirmedEvent(order));
    await project(cancelledEvent(order));
    expect((await page(anna, 'first: 10')).edges).toMatchObject([{ node: { id: order.orderId, status: 'CANCELLED' } }]);
  });

  test('orders are paged newest first, also where many were confirmed at the same moment', async () => {
    const orders = Array.from({ length: 7 }, () => newOrder({ sellerId: anna.sellerId }));
    const times = ['2026-11-23T10:00:00.000Z', '2026-11-23T10:00:00.001Z'];
    await project(...orders.map((order, index) => confirmedEvent(order, { at: times[index % 2] })));
    const expected = orders
      .map((order, index) => ({ id: order.orderId, at: times[index % 2] ?? '' }))
      .toSorted((a, b) => (a.at === b.at ? (a.id < b.id ? 1 : -1) : a.at < b.at ? 1 : -1))
      .map(({ id }) => id);
    const seen: string[] = [];
    let after = '';
    for (;;) {
      const { edges, pageInfo } = await page(anna, `first: 3${after}`);
      seen.push(...edges.map((edge) => edge.node.id));
      if (!pageInfo.hasNextPage) break;
      after = `, after: "${pageInfo.endCursor}"`;
    }
    expect(seen).toEqual(expected);
  });

  test.each(['first: 0', 'first: 101', 'after: "x"'])('a page with %s is refused', async (args) => {
    const { errors } = await service.ask(anna, `{ viewerSeller { orders(${args}) { edges { cursor } } } }`);
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('twenty orders by reference take two SQL statements: the orders and their seller', async () => {
    const orders = Array.from({ length: 20 }, () => newOrder({ sellerId: anna.sellerId }));
    await project(...orders.map((order) => confirmedEvent(order)));
    const statements: unknown[] = [];
    const query = service.pool.query.bind(service.pool);
    service.pool.query = ((...args: Parameters<typeof query>) => {
      statements.push(args[0]);
      return query(...args);
    }) as typeof query;
    const representations = orders.map(({ orderId }) => ({ __typename: 'SellerOrder', id: orderId }));
    const { data } = await service.ask(
      anna,
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on SellerOrder { id } } }',
      { representations },
    );
    service.pool.query = query;
    expect(data._entities.map(({ id }) => id)).toEqual(orders.map(({ orderId }) => orderId));
    expect(statements).toHaveLength(2);
  });
});
