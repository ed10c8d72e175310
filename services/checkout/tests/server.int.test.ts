import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { buildServer } from '../src/server.ts';
import { productId, scriptServices, total, type ScriptedServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

const key = () => randomBytes(32).toString('base64');
const keys = parseIdentityKeys(`gateway>checkout:k1:${key()},catalog>checkout:k1:${key()},checkout>gateway:k1:${key()}`);

let database: TestDatabase;
let pool: Pool;
let services: ScriptedServices;
let server: FastifyInstance;

const ada = { role: 'buyer', accountId: newId('usr'), country: 'US' } as const;
const grace = { role: 'buyer', accountId: newId('usr'), country: 'US' } as const;

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 8, name: 'test', logger });
  services = scriptServices();
  const deps = { ...createTestDeps(pool, services), duplicateWindowSeconds: 0 };
  server = buildServer(deps, keys);
  await server.ready();
});
afterAll(async () => {
  await server.close();
  await pool.end();
  await database.drop();
});
beforeEach(() => {
  for (const name of Object.keys(services.answers)) delete services.answers[name as keyof typeof services.answers];
});

async function ask(actor: Actor, query: string, variables: object = {}, from = 'gateway') {
  const identity = signIdentity(keys, { from, to: 'checkout', actor, requestId: randomUUID() });
  const response = await server.inject({
    method: 'POST',
    url: '/graphql',
    headers: { [identityHeader]: identity },
    payload: { query, variables },
  });
  return {
    status: response.statusCode,
    ...response.json<{ data?: Record<string, never>; errors?: { message: string; extensions: { code: string } }[] }>(),
  };
}

const buy = (actor: Actor, input: object = {}) =>
  ask(
    actor,
    `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename ... on UserError { message } ... on PlaceOrderSuccess { order { id status total { amountMinor currency } lines { title quantity } placedAt } } } }`,
    { input: { idempotencyKey: randomUUID(), productId, expectedTotal: total, ...input } },
  );

describe('placeOrder', () => {
  test('answers the order', async () => {
    expect(await buy(ada)).toMatchObject({
      status: 200,
      data: {
        placeOrder: {
          __typename: 'PlaceOrderSuccess',
          order: { status: 'PLACED', total, lines: [{ title: 'Dot-grid notebook', quantity: 1 }] },
        },
      },
    });
  });

  test('is for buyers only', async () => {
    const { data, errors } = await buy({ role: 'seller', accountId: newId('usr'), sellerId: newId('sel') });
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  test.each([
    [{ quantity: 0 }, 'InvalidInputError'],
    [{ quantity: -1 }, 'InvalidInputError'],
    [{ idempotencyKey: 'short' }, 'InvalidInputError'],
    [{ addressId: 'adr_1' }, 'InvalidInputError'],
    [{ sourcePostId: "pst_' or true" }, 'InvalidInputError'],
    [{ expectedTotal: { amountMinor: 1, currency: 'USD' } }, 'PriceChangedError'],
    [{ expectedTotal: { amountMinor: -1, currency: 'USD' } }, 'InvalidInputError'],
    [{ expectedTotal: { ...total, currency: 'EUR' } }, 'PriceChangedError'],
  ])('%j is answered with %s', async (input, typename) => {
    expect(await buy(ada, input)).toMatchObject({ data: { placeOrder: { __typename: typename, message: expect.any(String) } } });
  });

  test('a quantity beyond 32 bits is refused as input, not as a fault of ours', async () => {
    const { status, errors } = await buy(ada, { quantity: 2 ** 31 });
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });
});

describe('openBuy', () => {
  const sheet = `query ($input: OpenBuyInput!) { openBuy(input: $input) { __typename ... on UserError { message } ... on BuySheet { unitPrice { amountMinor } shipping { amountMinor } tax { amountMinor } total { amountMinor currency } missing address { id } paymentMethod { id } } } }`;

  test('a returning buyer sees the total and misses nothing', async () => {
    expect(await ask(ada, sheet, { input: { productId } })).toMatchObject({
      data: { openBuy: { __typename: 'BuySheet', total, missing: [] } },
    });
  });

  test('a first-time buyer sees the price before entering anything', async () => {
    services.answers.readiness = async () => ({ paymentMethod: null, address: null });
    expect(await ask(ada, sheet, { input: { productId } })).toMatchObject({
      data: {
        openBuy: {
          __typename: 'BuySheet',
          unitPrice: { amountMinor: 1_800 },
          total: null,
          missing: ['DELIVERY_ADDRESS', 'PAYMENT_METHOD'],
        },
      },
    });
  });
});

describe('orders', () => {
  const orderIds = async (actor: Actor, first = 2, after: string | null = null) => {
    const answer = await ask(
      actor,
      `query ($first: Int!, $after: String) { viewer { orders(first: $first, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } } }`,
      {
        first,
        after,
      },
    );
    return answer as unknown as {
      data: {
        viewer: { orders: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } | null };
      };
      errors?: { extensions: { code: string } }[];
    };
  };

  test('are paged newest first, without gaps or repeats', async () => {
    const linus = { role: 'buyer', accountId: newId('usr'), country: 'US' } as const;
    const placed: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { data } = (await buy(linus)) as unknown as { data: { placeOrder: { order: { id: string } } } };
      placed.unshift(data.placeOrder.order.id);
    }
    const seen: string[] = [];
    let after: string | null = null;
    for (let more = true; more;) {
      const page: Awaited<ReturnType<typeof orderIds>> = await orderIds(linus, 2, after);
      seen.push(...(page.data.viewer.orders?.edges.map(({ node }) => node.id) ?? []));
      more = page.data.viewer.orders?.pageInfo.hasNextPage ?? false;
      after = page.data.viewer.orders?.pageInfo.endCursor ?? null;
    }
    expect(seen).toEqual(placed);
  });

  test.each([
    [0, null],
    [101, null],
    [1, 'nonsense'],
  ])('first %p after %p is refused as input', async (first, after) => {
    expect((await orderIds(ada, first, after)).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test("another buyer's order is not there, by no door", async () => {
    const { data } = (await buy(ada)) as unknown as { data: { placeOrder: { order: { id: string } } } };
    const { id } = data.placeOrder.order;
    const byId = `query ($id: ID!) { order(id: $id) { id } }`;
    const byEntity = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Order { id status } ... on Viewer { id } } }`;
    expect(await ask(ada, byId, { id })).toMatchObject({ data: { order: { id } } });
    expect(await ask(grace, byId, { id })).toMatchObject({ data: { order: null } });
    const representations = [
      { __typename: 'Order', id },
      { __typename: 'Viewer', id: ada.accountId },
    ];
    expect(await ask(ada, byEntity, { representations })).toMatchObject({ data: { _entities: [{ id }, { id: ada.accountId }] } });
    expect(await ask(grace, byEntity, { representations })).toMatchObject({ data: { _entities: [null, null] } });
  });
});

describe('oneTapTotal', () => {
  const totals = (actor: Actor) =>
    ask(
      actor,
      `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { oneTapTotal { amountMinor currency } } } }`,
      {
        representations: [{ __typename: 'Product', id: productId, price: { amountMinor: 1_800, currency: 'USD' } }],
      },
    );

  test('is the total that placeOrder takes', async () => {
    expect(await totals(ada)).toMatchObject({ data: { _entities: [{ oneTapTotal: total }] } });
  });

  test('is null for somebody who has no card yet', async () => {
    services.answers.readiness = async () => ({ paymentMethod: null, address: null });
    expect(await totals(ada)).toMatchObject({ data: { _entities: [{ oneTapTotal: null }] } });
  });
});

describe('the doors', () => {
  test('the subgraph answers the gateway only', async () => {
    expect(await ask({ role: 'service' }, '{ __typename }', {}, 'catalog')).toMatchObject({ status: 403 });
    const unsigned = await server.inject({ method: 'POST', url: '/graphql', payload: { query: '{ _service { sdl } }' } });
    expect(unsigned.statusCode).toBe(401);
    expect(unsigned.body).not.toContain('PlaceOrder');
  });

  test('the stock claim answers catalog only', async () => {
    const claim = async (from: string) => {
      const identity = signIdentity(keys, { from, to: 'checkout', actor: { role: 'service' }, requestId: randomUUID() });
      return server.inject({
        method: 'POST',
        url: '/internal/stock-claims',
        headers: { [identityHeader]: identity },
        payload: { orderId: newId('ord') },
      });
    };
    expect((await claim('catalog')).json()).toEqual({ claim: 'none' });
    expect((await claim('gateway')).statusCode).toBe(403);
  });
});
