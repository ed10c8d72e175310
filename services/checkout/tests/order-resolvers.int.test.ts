import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor, staffRoles } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { buildServer } from '../src/server.ts';
import { insertConfirmedOrder, type ConfirmedOrder } from './confirmed-orders.ts';
import { scriptServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

const keys = parseIdentityKeys(`gateway>checkout:k1:${randomBytes(32).toString('base64')}`);

let database: TestDatabase;
let pool: Pool;
let server: FastifyInstance;

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 8, name: 'test', logger });
  server = buildServer(createTestDeps(pool, scriptServices()), keys);
  await server.ready();
});
afterAll(async () => {
  await server.close();
  await pool.end();
  await database.drop();
});

interface Answer {
  readonly data: Record<string, Record<string, unknown> & { readonly order?: Record<string, unknown> }> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

async function ask(actor: Actor, query: string, variables: object = {}): Promise<Answer> {
  const identity = signIdentity(keys, { from: 'gateway', to: 'checkout', actor, requestId: randomUUID() });
  const response = await server.inject({
    method: 'POST',
    url: '/graphql',
    headers: { [identityHeader]: identity },
    payload: { query, variables },
  });
  return response.json<Answer>();
}

const operator: Actor = { role: 'operator', accountId: newId('usr'), staffRoles };
const buyerOf = ({ buyerId }: ConfirmedOrder): Actor => ({ role: 'buyer', accountId: buyerId, country: 'US' });
const sellerOf = ({ seller }: ConfirmedOrder): Actor => ({ role: 'seller', ...seller });
const anotherBuyer: Actor = { role: 'buyer', accountId: newId('usr'), country: 'US' };
const anotherSeller: Actor = { role: 'seller', accountId: newId('usr'), sellerId: newId('sel') };

const shipMutation = `mutation ($input: ShipOrderInput!) { shipOrder(input: $input) { __typename ... on UserError { message }
  ... on NotShippableError { unshipped { productId quantity } } ... on InvalidInputError { path } ... on OrderChangedError { currentVersion }
  ... on ShipOrderSuccess { order { id version fulfilment unshipped { productId quantity } shipBy } shipment { id status carrier carrierName } } } }`;
const eventMutation = `mutation ($input: RecordShipmentEventInput!) { recordShipmentEvent(input: $input) { __typename ... on UserError { message }
  ... on InvalidInputError { path } ... on ShipmentOverError { status }
  ... on RecordShipmentEventSuccess { order { fulfilment } shipment { status events { status at } } } } }`;
const cancelMutation = `mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { __typename ... on UserError { message }
  ... on OrderChangedError { currentVersion } ... on TooLateError { order { id fulfilment } } ... on CancelOrderSuccess { order { status cancelReason } } } }`;
const sellerCancelMutation = `mutation ($input: CancelOrderAsSellerInput!) { cancelOrderAsSeller(input: $input) { __typename ... on UserError { message }
  ... on CancelOrderAsSellerSuccess { order { cancelReason givenReason unshipped { quantity } } } } }`;
const newKey = () => ({ idempotencyKey: randomUUID() });

const ship = (actor: Actor, { orderId }: ConfirmedOrder, input: object = {}) =>
  ask(actor, shipMutation, { input: { ...newKey(), orderId, carrier: 'USPS', trackingNumber: '9400100000001234', ...input } });
const shipped = async (order: ConfirmedOrder, input: object = {}): Promise<string> => {
  const answer = await ship(sellerOf(order), order, input);
  const { shipment } = (answer.data?.['shipOrder'] ?? {}) as { readonly shipment?: { readonly id: string } };
  if (shipment === undefined) throw new Error(`not shipped: ${JSON.stringify(answer)}`);
  return shipment.id;
};

describe('a seller', () => {
  test('ships, tells what became of the parcel, and sees it all on the order', async () => {
    const order = await insertConfirmedOrder(pool, [2]);
    const [productId] = order.products;
    expect(await ship(sellerOf(order), order, { lines: [{ productId, quantity: 1 }], expectedVersion: 2 })).toMatchObject({
      data: {
        shipOrder: {
          __typename: 'ShipOrderSuccess',
          order: { version: 3, fulfilment: 'PARTIALLY_SHIPPED', unshipped: [{ productId, quantity: 1 }], shipBy: null },
          shipment: { status: 'SHIPPED', carrier: 'USPS', carrierName: 'USPS' },
        },
      },
    });
    expect(await ship(sellerOf(order), order, { lines: [{ productId, quantity: 2 }] })).toMatchObject({
      data: { shipOrder: { __typename: 'NotShippableError', unshipped: [{ productId, quantity: 1 }] } },
    });
    expect(await ship(sellerOf(order), order, { expectedVersion: 2 })).toMatchObject({
      data: { shipOrder: { __typename: 'OrderChangedError', currentVersion: 3 } },
    });
    const shipmentId = await shipped(order);
    const tell = (status: string, input: object = {}) =>
      ask(sellerOf(order), eventMutation, { input: { ...newKey(), shipmentId, status, ...input } });
    expect(await tell('SHIPPED')).toMatchObject({ data: { recordShipmentEvent: { __typename: 'InvalidInputError', path: ['status'] } } });
    expect(await tell('DELIVERED', { occurredAt: 'today' })).toMatchObject({
      data: { recordShipmentEvent: { __typename: 'InvalidInputError', path: ['occurredAt'] } },
    });
    expect(await tell('DELIVERED')).toMatchObject({
      data: {
        recordShipmentEvent: {
          order: { fulfilment: 'SHIPPED' },
          shipment: { status: 'DELIVERED', events: [{ status: 'SHIPPED' }, { status: 'DELIVERED' }] },
        },
      },
    });
    expect(await tell('IN_TRANSIT')).toMatchObject({
      data: { recordShipmentEvent: { __typename: 'ShipmentOverError', status: 'DELIVERED' } },
    });
  });

  test('cancels with a reason; it is refused a reason that is none', async () => {
    const order = await insertConfirmedOrder(pool);
    const input = { ...newKey(), orderId: order.orderId, reason: 'OUT_OF_STOCK' };
    expect((await ask(sellerOf(order), sellerCancelMutation, { input: { ...input, reason: 'BORED' } })).errors).toHaveLength(1);
    expect(await ask(sellerOf(order), sellerCancelMutation, { input })).toMatchObject({
      data: { cancelOrderAsSeller: { order: { cancelReason: 'CANCELLED_BY_SELLER', givenReason: 'OUT_OF_STOCK', unshipped: [] } } },
    });
    expect(await ask(sellerOf(order), sellerCancelMutation, { input: { ...input, ...newKey() } })).toMatchObject({
      data: { cancelOrderAsSeller: { __typename: 'NotCancellableError' } },
    });
  });
});

describe('whoever else calls', () => {
  test('ships, follows and cancels nothing', async () => {
    const order = await insertConfirmedOrder(pool);
    const { orderId } = order;
    const shipmentId = await shipped(await insertConfirmedOrder(pool));
    for (const actor of [buyerOf(order), operator, { role: 'service' } as const]) {
      for (const [query, input] of [
        [shipMutation, { orderId, carrier: 'USPS' }],
        [eventMutation, { shipmentId, status: 'DELIVERED' }],
        [sellerCancelMutation, { orderId, reason: 'OTHER' }],
      ] as const)
        expect((await ask(actor, query, { input: { ...newKey(), ...input } })).errors).toMatchObject([
          { extensions: { code: 'FORBIDDEN' } },
        ]);
    }
    for (const actor of [sellerOf(order), operator, { role: 'service' } as const])
      expect((await ask(actor, cancelMutation, { input: { ...newKey(), orderId } })).errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN' } },
      ]);
    const nothing = { __typename: 'NotFoundError' };
    expect(await ship(anotherSeller, order)).toMatchObject({ data: { shipOrder: nothing } });
    expect(await ask(anotherSeller, eventMutation, { input: { ...newKey(), shipmentId, status: 'DELIVERED' } })).toMatchObject({
      data: { recordShipmentEvent: nothing },
    });
    expect(await ask(anotherSeller, sellerCancelMutation, { input: { ...newKey(), orderId, reason: 'OTHER' } })).toMatchObject({
      data: { cancelOrderAsSeller: nothing },
    });
    expect(await ask(anotherBuyer, cancelMutation, { input: { ...newKey(), orderId } })).toMatchObject({ data: { cancelOrder: nothing } });
  });

  test('sees nothing of an order through any door', async () => {
    const order = await insertConfirmedOrder(pool);
    await shipped(order);
    const { orderId } = order;
    const query = `query ($id: ID!, $representations: [_Any!]!) { order(id: $id) { id receipt { number } history { step } shipments { id } }
      _entities(representations: $representations) { ... on Order { version } ... on SellerOrder { sellerVersion: version history { step } } } }`;
    const entities = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Order { version } ... on SellerOrder { sellerVersion: version } } }`;
    const representations = [
      { __typename: 'Order', id: orderId },
      { __typename: 'SellerOrder', id: orderId },
    ];
    expect(await ask(anotherBuyer, query, { id: orderId, representations })).toMatchObject({
      data: { order: null, _entities: [null, null] },
    });
    expect(await ask(anotherSeller, entities, { representations })).toMatchObject({ data: { _entities: [null, null] } });
    expect(await ask(buyerOf(order), entities, { representations })).toMatchObject({ data: { _entities: [{ version: 3 }, null] } });
    expect(await ask(sellerOf(order), entities, { representations })).toMatchObject({ data: { _entities: [null, { sellerVersion: 3 }] } });
    expect(await ask(operator, entities, { representations })).toMatchObject({
      data: { _entities: [{ version: 3 }, { sellerVersion: 3 }] },
    });
    expect((await ask(sellerOf(order), `{ order(id: "${orderId}") { id } }`)).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
    for (const actor of [buyerOf(order), sellerOf(order)])
      expect((await ask(actor, `{ purchase(orderId: "${orderId}") { outcome } }`)).errors).toMatchObject([
        { extensions: { code: 'FORBIDDEN' } },
      ]);
  });

  test('sees an order that is not final yet as its seller: not even its seller does', async () => {
    const order = await insertConfirmedOrder(pool);
    const placedId = newId('ord');
    await pool.query(
      `insert into purchases
       select (jsonb_populate_record(p, jsonb_build_object('order_id', $2::text, 'idempotency_key', $2::text))).* from purchases p where order_id = $1`,
      [order.orderId, placedId],
    );
    await pool.query(
      `insert into orders select (jsonb_populate_record(o, jsonb_build_object('order_id', $2::text, 'status', 'placed', 'payment_state', 'authorized', 'confirmed_at', null))).* from orders o where order_id = $1`,
      [order.orderId, placedId],
    );
    const placed = { ...order, orderId: placedId };
    expect(await ship(sellerOf(order), placed)).toMatchObject({ data: { shipOrder: { __typename: 'NotFoundError' } } });
    const entity = `{ _entities(representations: [{ __typename: "SellerOrder", id: "${placedId}" }]) { ... on SellerOrder { version } } }`;
    expect(await ask(sellerOf(order), entity)).toMatchObject({ data: { _entities: [null] } });
    expect(await ask(buyerOf(order), `{ order(id: "${placedId}") { status receipt { number } } }`)).toMatchObject({
      data: { order: { status: 'PLACED', receipt: null } },
    });
  });
});

describe('a buyer', () => {
  test('follows a parcel, and cancels until something is on its way', async () => {
    const order = await insertConfirmedOrder(pool);
    const { orderId } = order;
    await shipped(order);
    const query = `query ($id: ID!) { order(id: $id) { shipBy shipments { trackingNumber trackingUrl lines { productId quantity } } history { step version cause attempt detail } } }`;
    expect(await ask(buyerOf(order), query, { id: orderId })).toMatchObject({
      data: {
        order: {
          shipBy: null,
          shipments: [
            {
              trackingNumber: '9400100000001234',
              trackingUrl: 'https://tools.usps.com/go/TrackConfirmAction?tLabels=9400100000001234',
              lines: [{ productId: order.products[0], quantity: 1 }],
            },
          ],
          history: [
            { step: 'order.placed', version: 1, cause: 'BUYER', attempt: 1, detail: [] },
            { step: 'order.confirmed', version: 2, cause: 'SCHEDULE', detail: [] },
            { step: 'order.shipped', version: 3, cause: 'SELLER', detail: [] },
          ],
        },
      },
    });
    const input = { orderId, reason: 'CHANGED_MIND' };
    expect(await ask(buyerOf(order), cancelMutation, { input: { ...newKey(), ...input } })).toMatchObject({
      data: { cancelOrder: { __typename: 'TooLateError', order: { id: orderId, fulfilment: 'SHIPPED' } } },
    });
    const other = await insertConfirmedOrder(pool);
    expect(await ask(buyerOf(other), cancelMutation, { input: { ...newKey(), orderId: other.orderId, expectedVersion: 1 } })).toMatchObject(
      {
        data: { cancelOrder: { __typename: 'OrderChangedError', currentVersion: 2 } },
      },
    );
    expect(await ask(buyerOf(other), cancelMutation, { input: { ...newKey(), ...input, orderId: other.orderId } })).toMatchObject({
      data: { cancelOrder: { __typename: 'CancelOrderSuccess', order: { status: 'CANCELLED', cancelReason: 'CANCELLED_BY_BUYER' } } },
    });
  });

  test('has a receipt with the terms of the purchase', async () => {
    const terms = { seller: { displayName: 'Paper & Pencil', country: 'US' }, taxPpm: 70_000, returnWindowDays: 30, policyVersion: 'us-1' };
    const order = await insertConfirmedOrder(pool, [2], { terms });
    const query = `{ order(id: "${order.orderId}") { receipt { number hash sellerName sellerCountry taxRatePpm returnWindowDays policyVersion
      lines { title quantity amount { amountMinor } } subtotal { amountMinor } shipping { amountMinor } tax { amountMinor } total { amountMinor currency } } } }`;
    const { data } = await ask(buyerOf(order), query);
    expect(data?.['order']?.['receipt']).toMatchObject({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      sellerName: 'Paper & Pencil',
      sellerCountry: 'US',
      taxRatePpm: 70_000,
      returnWindowDays: 30,
      policyVersion: 'us-1',
      lines: [{ title: 'Thing 0', quantity: 2, amount: { amountMinor: 2_000 } }],
      total: { amountMinor: order.totalMinor, currency: 'USD' },
    });
    expect((await ask(operator, query)).data).toEqual(data);
  });
});

describe('network staff', () => {
  test('see every step from the tap on with cause, time and attempt; the numbers of the events have no gap; the tracking number is masked', async () => {
    const order = await insertConfirmedOrder(pool);
    await shipped(order);
    await pool.query(
      `insert into order_history (order_id, buyer_id, step, cause, attempt, detail) values ($1, $2, 'capture_payment', 'schedule', 3, '{"postponed":"no answer","seconds":4}')`,
      [order.orderId, order.buyerId],
    );
    const query = `{ order(id: "${order.orderId}") { buyerId version shipments { trackingNumber trackingUrl } history { step at cause attempt version detail } }
      purchase(orderId: "${order.orderId}") { outcome recoveryPoint steps { step cause attempt detail } } }`;
    const { data } = await ask(operator, query);
    expect(data?.['order']).toMatchObject({
      buyerId: order.buyerId,
      shipments: [{ trackingNumber: '…1234', trackingUrl: null }],
      history: [
        { step: 'purchase.stock_reserved', cause: 'BUYER', attempt: 1, version: null },
        { step: 'purchase.placed', cause: 'RECOVERY', attempt: 2, version: null, detail: ['detail: taken up'] },
        { step: 'order.placed', version: 1 },
        { step: 'order.confirmed', version: 2 },
        { step: 'order.shipped', version: 3, detail: expect.arrayContaining([expect.stringMatching(/^shipmentId: shp_/)]) },
        { step: 'capture_payment', cause: 'SCHEDULE', attempt: 3, version: null, detail: ['seconds: 4', 'postponed: no answer'] },
      ],
    });
    expect(data?.['purchase']).toMatchObject({ outcome: 'placed', recoveryPoint: 'finished', steps: [{ attempt: 1 }, { attempt: 2 }] });
    const history = data?.['order']?.['history'] as readonly { at: string; version: number | null }[];
    expect(history.every(({ at }) => !Number.isNaN(Date.parse(at)))).toBe(true);
    const versions = history.map(({ version }) => version).filter((version) => version !== null);
    expect(versions).toEqual(Array.from({ length: Number(data?.['order']?.['version']) }, (_, index) => index + 1));
  });
});
