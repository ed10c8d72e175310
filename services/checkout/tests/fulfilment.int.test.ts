import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { RetryableError } from '@vitrine/runtime/errors';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { cancelOrder, cancelOrderAsSeller } from '../src/cancel-order.ts';
import { captureOrders } from '../src/capture-orders.ts';
import type { Deps } from '../src/deps.ts';
import { expireOrders } from '../src/expire-orders.ts';
import { placeOrder } from '../src/place-order.ts';
import { readReceipts } from '../src/read-receipts.ts';
import { hashReceipt } from '../src/receipt.ts';
import { recordShipmentEvent, type RecordShipmentEventCommand } from '../src/record-shipment-event.ts';
import { reportDeliveries } from '../src/report-deliveries.ts';
import { shipOrder, type ShipOrderCommand } from '../src/ship-order.ts';
import { findOrders } from '../src/store/orders.ts';
import { findRefundsOf } from '../src/store/refunds.ts';
import { findShipmentEvents, findShipments } from '../src/store/shipments.ts';
import { insertConfirmedOrder, type ConfirmedOrder } from './confirmed-orders.ts';
import { productId, scriptServices, sellerId, total, type ScriptedServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

let database: TestDatabase;
let pool: Pool;
let services: ScriptedServices;
let deps: Deps;

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 24, name: 'test', logger });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => {
  services = scriptServices();
  deps = createTestDeps(pool, services);
});

const ship = (order: ConfirmedOrder, given: Partial<ShipOrderCommand> = {}) =>
  shipOrder(deps, {
    ...order.seller,
    idempotencyKey: randomUUID(),
    orderId: order.orderId,
    lines: null,
    carrier: 'usps',
    carrierName: null,
    trackingNumber: '9400 1000 0000 0000 0000 00',
    trackingUrl: null,
    shippedAt: null,
    expectedVersion: null,
    ...given,
  });
const shipped = async (order: ConfirmedOrder, given: Partial<ShipOrderCommand> = {}): Promise<string> => {
  const result = await ship(order, given);
  if (result.kind !== 'shipped') throw new Error(`not shipped: ${result.kind}`);
  return result.shipmentId;
};
const tell = (
  order: ConfirmedOrder,
  shipmentId: string,
  status: RecordShipmentEventCommand['status'],
  given: Partial<RecordShipmentEventCommand> = {},
) =>
  recordShipmentEvent(deps, {
    ...order.seller,
    idempotencyKey: randomUUID(),
    shipmentId,
    status,
    at: null,
    expectedVersion: null,
    ...given,
  });
const cancel = ({ orderId, buyerId }: ConfirmedOrder, given: object = {}) =>
  cancelOrder(deps, { idempotencyKey: randomUUID(), orderId, buyerId, reason: null, expectedVersion: null, ...given });
const cancelAsSeller = ({ orderId, seller }: ConfirmedOrder, given: object = {}) =>
  cancelOrderAsSeller(deps, { ...seller, idempotencyKey: randomUUID(), orderId, reason: 'OUT_OF_STOCK', expectedVersion: null, ...given });

const orderOf = async ({ orderId }: Pick<ConfirmedOrder, 'orderId'>) => {
  const [order] = await findOrders(pool, [orderId]);
  if (order === undefined) throw new Error('no such order');
  return order;
};
const eventsOf = async ({ orderId }: Pick<ConfirmedOrder, 'orderId'>) =>
  (
    await pool.query<{ type: string; sequence: number; payload: { order: { fulfilment: string }; shipment?: object } }>(
      'select type, sequence, payload from outbox where key = $1 order by sequence',
      [orderId],
    )
  ).rows;
const stepsOf = async ({ orderId }: Pick<ConfirmedOrder, 'orderId'>) =>
  (
    await pool.query<{ step: string; sequence: number | null; cause: string; detail: object }>(
      'select step, sequence, cause, detail from order_history where order_id = $1 order by position',
      [orderId],
    )
  ).rows;

describe('a shipment', () => {
  test('of all that is left ships the order, with a parcel, an event and a step in one transaction', async () => {
    const order = await insertConfirmedOrder(pool, [2, 1]);
    const shipmentId = await shipped(order);
    expect(await orderOf(order)).toMatchObject({ fulfilment: 'shipped', sequence: 3 });
    expect(await findShipments(pool, [order.orderId])).toMatchObject([
      {
        shipmentId,
        carrier: 'usps',
        trackingNumber: '9400100000000000000000',
        trackingUrl: 'https://tools.usps.com/go/TrackConfirmAction?tLabels=9400100000000000000000',
        status: 'shipped',
        lines: [
          { productId: order.products[0], quantity: 2 },
          { productId: order.products[1], quantity: 1 },
        ],
      },
    ]);
    const [event] = await eventsOf(order);
    expect(event).toMatchObject({
      type: 'order.shipped',
      sequence: 3,
      payload: { order: { fulfilment: 'shipped' }, shipment: { shipmentId } },
    });
    expect(await stepsOf(order)).toContainEqual(expect.objectContaining({ step: 'order.shipped', sequence: 3, cause: 'seller' }));
  });

  test('tells nobody but the two the tracking number: it is in no event and in no history', async () => {
    const order = await insertConfirmedOrder(pool);
    await shipped(order, { trackingNumber: 'CANARY12345' });
    const told = await pool.query<{ text: string }>(
      `select o::text as text from outbox o where key = $1 union all select h::text from order_history h where order_id = $1`,
      [order.orderId],
    );
    expect(told.rows.length).toBeGreaterThanOrEqual(2);
    expect(told.rows.map(({ text }) => text).join()).not.toContain('CANARY');
  });

  test('of a part leaves the rest, and the last part ships the order', async () => {
    const order = await insertConfirmedOrder(pool, [3, 1]);
    const [first = '', second = ''] = order.products;
    await shipped(order, { lines: [{ productId: first, quantity: 2 }] });
    expect(await orderOf(order)).toMatchObject({ fulfilment: 'partially_shipped' });
    expect(await ship(order, { lines: [{ productId: first, quantity: 2 }] })).toEqual({
      kind: 'not_shippable',
      isCancelled: false,
      left: [
        { productId: first, quantity: 1 },
        { productId: second, quantity: 1 },
      ],
    });
    await shipped(order, {
      lines: [
        { productId: first, quantity: 1 },
        { productId: second, quantity: 1 },
      ],
    });
    expect(await orderOf(order)).toMatchObject({ fulfilment: 'shipped', sequence: 4 });
    expect(await ship(order)).toMatchObject({ kind: 'not_shippable', left: [] });
  });

  test('of more pieces than were bought is refused by the database itself', async () => {
    const order = await insertConfirmedOrder(pool, [2]);
    await shipped(order);
    const insert = (id: string, quantity: number) =>
      pool.query(
        `insert into shipments (shipment_id, order_id, lines, carrier, status_at, shipped_at, created_by) values ($1, $2, $3, 'ups', now(), now(), 'x')`,
        [newId('shp'), order.orderId, JSON.stringify([{ productId: id, quantity }])],
      );
    await expect(insert(order.products[0] ?? '', 1)).rejects.toThrow('shipped_pieces_never_above_ordered');
    await expect(insert(newId('prd'), 1)).rejects.toThrow(/no rows/);
    await expect(insert(order.products[0] ?? '', 0)).rejects.toThrow(/at least one piece/);
  });

  test('with the same key and input is one parcel; with another input it is refused', async () => {
    const order = await insertConfirmedOrder(pool, [2]);
    const [product = ''] = order.products;
    const given = { idempotencyKey: randomUUID(), lines: [{ productId: product, quantity: 1 }] };
    const first = await ship(order, given);
    expect(await ship(order, given)).toEqual(first);
    expect(await findShipments(pool, [order.orderId])).toHaveLength(1);
    expect(await ship(order, { ...given, trackingNumber: null })).toMatchObject({ kind: 'idempotency_key_reused' });
  });

  test('sent ten times at once with new keys is sent as often as there are pieces', async () => {
    const order = await insertConfirmedOrder(pool, [3]);
    const [product = ''] = order.products;
    const results = await Promise.all(Array.from({ length: 10 }, () => ship(order, { lines: [{ productId: product, quantity: 1 }] })));
    expect(results.filter(({ kind }) => kind === 'shipped')).toHaveLength(3);
    expect(results.filter(({ kind }) => kind === 'not_shippable')).toHaveLength(7);
    expect(await orderOf(order)).toMatchObject({ fulfilment: 'shipped', sequence: 5 });
  });

  test('by somebody who saw the order before it changed is refused', async () => {
    const order = await insertConfirmedOrder(pool, [2]);
    expect(await ship(order, { expectedVersion: 1 })).toEqual({ kind: 'changed', currentVersion: 2 });
    expect(await ship(order, { expectedVersion: 2 })).toMatchObject({ kind: 'shipped' });
  });

  test("of another seller's order, of one that is not final, and of none, is a shipment of nothing", async () => {
    const order = await insertConfirmedOrder(pool);
    const other = { sellerId: newId('sel'), accountId: order.seller.accountId };
    expect(await ship(order, other)).toEqual({ kind: 'not_found', orderId: order.orderId });
    for (const orderId of [newId('ord'), 'ord_1', "' or true"])
      expect(await ship(order, { orderId })).toEqual({ kind: 'not_found', orderId });
    expect(await findShipments(pool, [order.orderId])).toEqual([]);
  });

  test.each<[string, Partial<ShipOrderCommand>, string]>([
    ['no lines', { lines: [] }, 'lines'],
    ['a foreign product', { lines: [{ productId: 'prd_1', quantity: 1 }] }, 'lines'],
    ['no tracking number', { trackingNumber: 'é' }, 'trackingNumber'],
    ['another site', { trackingUrl: 'https://usps.com.example.org/1' }, 'trackingUrl'],
    ['a plain page', { trackingUrl: 'http://usps.com/1' }, 'trackingUrl'],
    ['an unnamed carrier', { carrier: 'other' }, 'carrierName'],
    ['a time to come', { shippedAt: new Date(Date.now() + 3_600_000) }, 'shippedAt'],
    ['a time before the purchase', { shippedAt: new Date(0) }, 'shippedAt'],
  ])('with %s is refused as input', async (_name, given, path) => {
    const order = await insertConfirmedOrder(pool);
    expect(await ship(order, given)).toMatchObject({ kind: 'invalid_input', path: expect.arrayContaining([path]) });
    expect(await eventsOf(order)).toEqual([]);
  });
});

describe('news of a parcel', () => {
  test('is kept in the order in which it happened, whatever the order in which it is told', async () => {
    const order = await insertConfirmedOrder(pool, [1], { confirmedAt: new Date(Date.now() - 86_400_000) });
    const at = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    const shipmentId = await shipped(order, { shippedAt: at(20) });
    await tell(order, shipmentId, 'delivery_failed', { at: at(2) });
    await tell(order, shipmentId, 'in_transit', { at: at(10) });
    expect(await findShipments(pool, [order.orderId])).toMatchObject([{ status: 'delivery_failed' }]);
    const events = (await findShipmentEvents(pool, [shipmentId])).get(shipmentId);
    expect(events?.map(({ status }) => status)).toEqual(['shipped', 'in_transit', 'delivery_failed']);
    expect((await eventsOf(order)).map(({ type }) => type)).toEqual(['order.shipped', 'order.shipment_updated', 'order.shipment_updated']);
  });

  test('delivers the order when the last parcel has arrived, and nothing follows', async () => {
    const order = await insertConfirmedOrder(pool, [2]);
    const [product = ''] = order.products;
    const first = await shipped(order, { lines: [{ productId: product, quantity: 1 }] });
    await tell(order, first, 'delivered');
    expect(await orderOf(order)).toMatchObject({ fulfilment: 'partially_shipped' });
    const second = await shipped(order);
    expect(await orderOf(order)).toMatchObject({ fulfilment: 'shipped' });
    await tell(order, second, 'delivered');
    expect(await orderOf(order)).toMatchObject({ fulfilment: 'delivered' });
    expect((await eventsOf(order)).map(({ type }) => type)).toEqual([
      'order.shipped',
      'order.shipment_updated',
      'order.shipped',
      'order.delivered',
    ]);
    expect(await tell(order, second, 'in_transit')).toEqual({ kind: 'over', status: 'delivered' });
  });

  test('that it came back lets its pieces be shipped again, and the order be cancelled', async () => {
    const order = await insertConfirmedOrder(pool, [2, 1]);
    const [product = ''] = order.products;
    const first = await shipped(order, { lines: [{ productId: product, quantity: 2 }] });
    const second = await shipped(order);
    await tell(order, first, 'returned_to_sender');
    expect(await orderOf(order)).toMatchObject({ fulfilment: 'partially_shipped' });
    await tell(order, second, 'delivered');
    expect(await orderOf(order)).toMatchObject({ fulfilment: 'partially_shipped' });
    const again = await shipped(order);
    await tell(order, again, 'delivered');
    expect(await orderOf(order)).toMatchObject({ fulfilment: 'delivered' });

    const other = await insertConfirmedOrder(pool);
    await tell(other, await shipped(other), 'returned_to_sender');
    expect(await orderOf(other)).toMatchObject({ fulfilment: 'unshipped' });
    expect(await cancel(other)).toMatchObject({ kind: 'cancelled' });
  });

  test("of another seller's parcel, or of none, is refused; and so is what is older than the parcel or stale", async () => {
    const order = await insertConfirmedOrder(pool);
    const shipmentId = await shipped(order);
    expect(await tell(order, shipmentId, 'delivered', { sellerId: newId('sel') })).toEqual({ kind: 'not_found', shipmentId });
    expect(await tell(order, 'shp_1', 'delivered')).toEqual({ kind: 'not_found', shipmentId: 'shp_1' });
    expect(await tell(order, shipmentId, 'delivered', { at: new Date(0) })).toMatchObject({ kind: 'invalid_input' });
    expect(await tell(order, shipmentId, 'delivered', { expectedVersion: 2 })).toEqual({ kind: 'changed', currentVersion: 3 });
  });

  test('told twice with one key is told once', async () => {
    const order = await insertConfirmedOrder(pool);
    const shipmentId = await shipped(order);
    const idempotencyKey = randomUUID();
    expect(await tell(order, shipmentId, 'delivered', { idempotencyKey })).toMatchObject({ kind: 'recorded' });
    expect(await tell(order, shipmentId, 'delivered', { idempotencyKey })).toMatchObject({ kind: 'recorded' });
    expect(await tell(order, shipmentId, 'in_transit', { idempotencyKey })).toMatchObject({ kind: 'idempotency_key_reused' });
    expect((await findShipmentEvents(pool, [shipmentId])).get(shipmentId)).toHaveLength(2);
  });

  test('is never rewritten', async () => {
    const order = await insertConfirmedOrder(pool);
    const shipmentId = await shipped(order);
    for (const statement of [
      `update shipment_events set status = 'delivered' where shipment_id = $1`,
      'delete from shipment_events where shipment_id = $1',
      `update shipments set tracking_number = 'OTHER' where shipment_id = $1`,
      'delete from shipments where shipment_id = $1',
    ])
      await expect(pool.query(statement, [shipmentId])).rejects.toThrow('is never rewritten');
  });
});

describe('payment-vault is told that an order arrived', () => {
  const arrive = async () => {
    const order = await insertConfirmedOrder(pool);
    await tell(order, await shipped(order), 'delivered');
    return order;
  };
  const letTimePass = () => pool.query(`update delivery_reports set due_at = now() - interval '1 second' where due_at is not null`);

  test('once, with the time of the arrival', async () => {
    const order = await arrive();
    const told: { orderId: string; deliveredAt: string }[] = [];
    services.answers.recordDelivery = async (request) => {
      told.push(request);
      return { status: 'recorded', addressUntil: new Date().toISOString() };
    };
    await reportDeliveries(deps);
    await letTimePass();
    await reportDeliveries(deps);
    const [parcel] = await findShipments(pool, [order.orderId]);
    expect(told.filter(({ orderId }) => orderId === order.orderId)).toEqual([
      { orderId: order.orderId, deliveredAt: parcel?.statusAt.toISOString() },
    ]);
    expect(await stepsOf(order)).toContainEqual({
      step: 'report_delivery',
      sequence: null,
      cause: 'schedule',
      detail: { outcome: 'recorded' },
    });
  });

  test('later, when it could not be told, and by one of several processes', async () => {
    const order = await arrive();
    services.answers.recordDelivery = async () => {
      throw new RetryableError('payment-vault could not be asked');
    };
    await reportDeliveries(deps);
    delete services.answers.recordDelivery;
    services.calls.length = 0;
    await reportDeliveries(deps);
    expect(services.calls).toEqual([]);
    await letTimePass();
    await Promise.all([reportDeliveries(deps), reportDeliveries(deps), reportDeliveries(deps)]);
    expect(services.calls).toEqual(['recordDelivery']);
    expect(await stepsOf(order)).toContainEqual(expect.objectContaining({ step: 'report_delivery' }));
  });
});

describe('a cancellation', () => {
  test('by the buyer before anything is shipped refunds all that was charged, and tells catalog by the event', async () => {
    const order = await insertConfirmedOrder(pool, [2]);
    expect(await cancel(order, { reason: 'CHANGED_MIND' })).toEqual({ kind: 'cancelled', orderId: order.orderId });
    expect(await orderOf(order)).toMatchObject({
      status: 'cancelled',
      payment: 'captured',
      cancelReason: 'cancelled_by_buyer',
      sequence: 3,
    });
    expect(await findRefundsOf(pool, [order.orderId])).toMatchObject([
      { kind: 'cancellation', amountMinor: order.totalMinor, reason: 'REQUESTED_BY_BUYER', requestedBy: 'buyer', status: 'requested' },
    ]);
    expect(await eventsOf(order)).toMatchObject([{ type: 'order.cancelled', sequence: 3, payload: { reason: 'cancelled_by_buyer' } }]);
    expect(await stepsOf(order)).toContainEqual({
      step: 'order.cancelled',
      sequence: 3,
      cause: 'buyer',
      detail: { reason: 'CHANGED_MIND' },
    });
  });

  test('by the seller has a reason and refunds', async () => {
    const order = await insertConfirmedOrder(pool);
    expect(await cancelAsSeller(order)).toMatchObject({ kind: 'cancelled' });
    expect(await orderOf(order)).toMatchObject({ status: 'cancelled', cancelReason: 'cancelled_by_seller' });
    expect(await findRefundsOf(pool, [order.orderId])).toMatchObject([{ reason: 'CANCELLED_BY_SELLER', requestedBy: 'seller' }]);
    const { rows } = await pool.query('select cancelled_by, reason from cancellations where order_id = $1', [order.orderId]);
    expect(rows).toEqual([{ cancelled_by: 'seller', reason: 'OUT_OF_STOCK' }]);
  });

  test('repeated with its key answers the same and refunds nothing more; with a new key it is too late', async () => {
    const order = await insertConfirmedOrder(pool);
    const idempotencyKey = randomUUID();
    const first = await cancel(order, { idempotencyKey });
    expect(await cancel(order, { idempotencyKey })).toEqual(first);
    expect(await cancel(order, { idempotencyKey, reason: 'OTHER' })).toMatchObject({ kind: 'idempotency_key_reused' });
    expect(await cancel(order)).toMatchObject({ kind: 'too_late' });
    expect(await cancelAsSeller(order)).toMatchObject({ kind: 'too_late' });
    expect(await findRefundsOf(pool, [order.orderId])).toHaveLength(1);
  });

  test('of what is on its way is too late', async () => {
    const order = await insertConfirmedOrder(pool, [2]);
    await shipped(order, { lines: [{ productId: order.products[0] ?? '', quantity: 1 }] });
    expect(await cancel(order)).toMatchObject({ kind: 'too_late' });
    expect(await cancelAsSeller(order)).toMatchObject({ kind: 'too_late' });
    expect(await findRefundsOf(pool, [order.orderId])).toEqual([]);
  });

  test("of another's order is a cancellation of nothing, whoever asks", async () => {
    const order = await insertConfirmedOrder(pool);
    const { orderId } = order;
    expect(await cancel(order, { buyerId: newId('usr') })).toEqual({ kind: 'not_found', orderId });
    expect(await cancelAsSeller(order, { sellerId: newId('sel') })).toEqual({ kind: 'not_found', orderId });
    expect(await cancel(order, { orderId: 'ord_1' })).toEqual({ kind: 'not_found', orderId: 'ord_1' });
    expect(await orderOf(order)).toMatchObject({ status: 'confirmed', sequence: 2 });
  });

  test('by somebody who saw the order before it changed is refused', async () => {
    const order = await insertConfirmedOrder(pool);
    expect(await cancel(order, { expectedVersion: 1 })).toEqual({ kind: 'changed', currentVersion: 2 });
    expect(await cancelAsSeller(order, { expectedVersion: 3 })).toEqual({ kind: 'changed', currentVersion: 2 });
  });

  test.each(Array.from({ length: 20 }, (_, round) => round))(
    'and a shipment at the same time: exactly one wins (round %i)',
    async (round) => {
      const order = await insertConfirmedOrder(pool, [3]);
      const cancels = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? () => cancel(order) : () => cancelAsSeller(order)));
      const ships = Array.from({ length: 10 }, () => () => ship(order));
      const racers = round % 2 === 0 ? [...cancels, ...ships] : [...ships, ...cancels];
      const results = await Promise.all(racers.map((race) => race()));
      const won = results.filter(({ kind }) => kind === 'cancelled' || kind === 'shipped');
      expect(won).toHaveLength(1);
      const isCancelled = won[0]?.kind === 'cancelled';
      expect(await orderOf(order)).toMatchObject(
        isCancelled ? { status: 'cancelled', fulfilment: 'unshipped' } : { status: 'confirmed', fulfilment: 'shipped' },
      );
      expect(await findRefundsOf(pool, [order.orderId])).toHaveLength(isCancelled ? 1 : 0);
      expect(await findShipments(pool, [order.orderId])).toHaveLength(isCancelled ? 0 : 1);
    },
  );

  test('of an order that is only placed is an undo; while it is being charged it has to wait', async () => {
    const buyerId = newId('usr');
    services.answers.decide = async () => ({
      allowed: true,
      market: { country: 'US', currency: 'USD', undoWindowSeconds: 60, platformFeeBps: 500 },
    });
    const orderId = await place(buyerId);
    const command = { orderId, buyerId, idempotencyKey: randomUUID(), reason: null, expectedVersion: null };
    expect(await cancelOrderAsSeller(deps, { ...command, reason: 'OTHER', sellerId, accountId: newId('usr') })).toMatchObject({
      kind: 'not_found',
    });
    expect(await cancelOrder(deps, command)).toMatchObject({ kind: 'cancelled' });
    expect(await orderOf({ orderId })).toMatchObject({ status: 'cancelled', payment: 'voiding', cancelReason: 'undone' });
    expect(await findRefundsOf(pool, [orderId])).toEqual([]);

    delete services.answers.decide;
    const charging = await place(buyerId);
    expect(await cancelOrder(deps, { ...command, orderId: charging, idempotencyKey: randomUUID() })).toMatchObject({
      kind: 'being_charged',
    });
  });
});

async function place(buyerId: string): Promise<string> {
  const result = await placeOrder(
    { ...deps, duplicateWindowSeconds: 0 },
    {
      buyerId,
      buyerCountry: 'US',
      deviceId: null,
      requestId: randomUUID(),
      idempotencyKey: randomUUID(),
      input: {
        productId,
        quantity: 1,
        expectedTotal: total,
        addressId: null,
        paymentMethodId: null,
        sourcePostId: null,
        shippingService: null,
        quoteId: null,
        besideOrderId: null,
      },
    },
  );
  if (result.kind !== 'finished') throw new Error(`not placed: ${result.kind}`);
  return result.orderId;
}

describe('an order of which nothing is shipped in time', () => {
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

  test('is cancelled and refunded, once, by one of several processes', async () => {
    const late = await insertConfirmedOrder(pool, [1], { confirmedAt: daysAgo(31) });
    const early = await insertConfirmedOrder(pool, [1], { confirmedAt: daysAgo(29) });
    const partly = await insertConfirmedOrder(pool, [2], { confirmedAt: daysAgo(31) });
    await shipped(partly, { lines: [{ productId: partly.products[0] ?? '', quantity: 1 }] });
    const back = await insertConfirmedOrder(pool, [1], { confirmedAt: daysAgo(31) });
    await tell(back, await shipped(back), 'returned_to_sender');
    const counts = await Promise.all([expireOrders(deps), expireOrders(deps), expireOrders(deps)]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await orderOf(late)).toMatchObject({ status: 'cancelled', cancelReason: 'expired', sequence: 3 });
    expect(await findRefundsOf(pool, [late.orderId])).toMatchObject([
      { kind: 'cancellation', amountMinor: late.totalMinor, reason: 'NOT_DELIVERED', requestedBy: 'system' },
    ]);
    expect(await stepsOf(late)).toContainEqual(expect.objectContaining({ step: 'order.cancelled', cause: 'schedule' }));
    for (const order of [early, partly, back]) expect(await orderOf(order)).toMatchObject({ status: 'confirmed' });
  });

  test('is not cancelled before the time that the configuration gives', async () => {
    const order = await insertConfirmedOrder(pool, [1], { confirmedAt: daysAgo(31) });
    await expireOrders({ ...deps, shipWithinDays: 60 });
    expect(await orderOf(order)).toMatchObject({ status: 'confirmed' });
    await expireOrders(deps);
    expect(await orderOf(order)).toMatchObject({ status: 'cancelled' });
  });
});

describe('a receipt', () => {
  const receiptOf = async (orderId: string) => (await readReceipts(pool, await findOrders(pool, [orderId]))).get(orderId);

  test('has the seller, the lines, the tax with its rate and the policies as they were at the purchase', async () => {
    services.answers.decide = async () => ({
      allowed: true,
      market: {
        country: 'US',
        currency: 'USD',
        undoWindowSeconds: 0,
        platformFeeBps: 500,
        returnWindowDays: 45,
        policyVersion: 'us-7',
      },
      seller: { displayName: 'Paper & Pencil', country: 'US' },
    });
    const orderId = await place(newId('usr'));
    expect(await receiptOf(orderId)).toBeUndefined();
    services.answers.decide = async () => ({ allowed: false, reason: 'SELLER_NOT_ELIGIBLE', message: 'Not any more.' });
    await captureOrders(deps);
    const receipt = await receiptOf(orderId);
    expect(receipt).toMatchObject({
      number: expect.stringMatching(/^VT-\d{8}-[0-9A-V]{13}$/),
      content: {
        orderId,
        sellerId,
        seller: { displayName: 'Paper & Pencil', country: 'US' },
        lines: [{ productId, quantity: 1, amount: { amountMinor: 1_800, currency: 'USD' } }],
        taxPpm: 72_500,
        total,
        returnWindowDays: 45,
        policyVersion: 'us-7',
      },
    });
    expect(receipt?.hash).toBe(receipt === undefined ? '' : hashReceipt(receipt.content));
  });

  test('is the same however often it is asked for, also by many at once, and after the order is cancelled and refunded', async () => {
    const order = await insertConfirmedOrder(pool, [2]);
    const receipts = await Promise.all(Array.from({ length: 10 }, () => receiptOf(order.orderId)));
    expect(new Set(receipts.map((receipt) => JSON.stringify(receipt))).size).toBe(1);
    await cancel(order);
    expect(await receiptOf(order.orderId)).toEqual(receipts[0]);
    expect(receipts[0]?.content).toMatchObject({ seller: null, taxPpm: null, policyVersion: null });
  });

  test('is never rewritten, and one that was, past the database, is not shown', async () => {
    const order = await insertConfirmedOrder(pool);
    await receiptOf(order.orderId);
    await expect(pool.query('update receipts set hash = hash where order_id = $1', [order.orderId])).rejects.toThrow('is never rewritten');
    await expect(pool.query('delete from receipts where order_id = $1', [order.orderId])).rejects.toThrow('is never rewritten');
    await pool.query('alter table receipts disable trigger receipts_append_only');
    await pool.query(`update receipts set content = jsonb_set(content, '{total,amountMinor}', '1') where order_id = $1`, [order.orderId]);
    await pool.query('alter table receipts enable trigger receipts_append_only');
    await expect(receiptOf(order.orderId)).rejects.toThrow('is not what it was');
  });

  test('is made of what cannot change: nothing that was bought can be rewritten', async () => {
    const { orderId } = await insertConfirmedOrder(pool, [1], {
      terms: { seller: null, taxPpm: 1, returnWindowDays: null, policyVersion: null },
    });
    for (const statement of [
      `update orders set lines = '[]' where order_id = $1`,
      `update orders set total_minor = total_minor + 1, tax_minor = tax_minor + 1 where order_id = $1`,
      `update orders set confirmed_at = now() + interval '1 day' where order_id = $1`,
      `update purchases set quote = '{}' where order_id = $1`,
    ])
      await expect(pool.query(statement, [orderId])).rejects.toThrow('is never rewritten');
  });
});
