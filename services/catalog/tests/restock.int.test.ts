import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { orderTopic, type OrderReturnReceived, type OrderSnapshot } from '@vitrine/contracts/order-events';
import { stockTopic } from '@vitrine/contracts/stock-events';
import type { EventHandler } from '@vitrine/runtime/consumer';
import { withTransaction } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { eventHandlers } from '../src/events.ts';
import { returnOrderedStock } from '../src/return-ordered-stock.ts';
import { sellPlacedOrders } from '../src/sell-placed-orders.ts';
import { startCatalogUnderTest, type CatalogUnderTest, type SellerActor } from './catalog-under-test.ts';

let catalog: CatalogUnderTest;
let seller: SellerActor;

beforeAll(async () => {
  catalog = await startCatalogUnderTest();
  seller = await catalog.addSeller();
});
afterAll(async () => {
  await catalog.stop();
});

const cause = { correlationId: 'req-1', causationId: null };
const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

/** An order that has its pieces. */
async function soldOrder(productId: string, quantity: number): Promise<OrderSnapshot> {
  const order: OrderSnapshot = {
    orderId: newId('ord'),
    buyerId: newId('usr'),
    sellerId: seller.sellerId,
    market: 'US',
    status: 'confirmed',
    lines: [{ productId, sku: 'mug', title: 'Blue mug', quantity, unitPrice: usd(1_500) }],
    subtotal: usd(1_500 * quantity),
    shipping: usd(500),
    tax: usd(0),
    total: usd(1_500 * quantity + 500),
    sourcePostId: null,
    placedAt: '2026-11-23T08:30:00.000Z',
    confirmedAt: '2026-11-23T08:31:00.000Z',
    cancelledAt: null,
  };
  const { orderId, buyerId } = order;
  await catalog.internal('reservations', { orderId, buyerId, productId, quantity, ttlSeconds: 600 });
  await withTransaction(catalog.pool, (transaction) => sellPlacedOrders(transaction, [{ order, cause }], catalog.deps.logger));
  return order;
}

/** Applies the event as the consumer does, for the first time. */
async function received(order: OrderSnapshot, returnId: string, quantity: number, restock = true): Promise<void> {
  const productId = order.lines[0]?.productId ?? '';
  const payload: OrderReturnReceived = {
    order,
    return: { returnId, reason: 'DOES_NOT_FIT', lines: [{ productId, quantity }] },
    received: [{ productId, quantity, restock }],
  };
  const handler = eventHandlers(catalog.deps.logger)[orderTopic]?.['order.return_received'] as EventHandler;
  await withTransaction(catalog.pool, (transaction) =>
    handler(transaction, {
      topic: orderTopic,
      key: order.orderId,
      eventId: newId('evt'),
      type: 'order.return_received',
      sequence: 5,
      occurredAt: '2026-11-24T08:30:00.000Z',
      correlationId: 'req-1',
      causationId: null,
      replayId: null,
      payload,
    }),
  );
}

const counted = (onHand: number) => ({ onHand, reserved: 0, ledgerOnHand: onHand, ledgerReserved: 0 });
const stockEvents = async (productId: string) => (await catalog.eventsOf(productId)).filter(({ topic }) => topic === stockTopic);

describe('a received return', () => {
  test('restocks its pieces once, and so does the next one of the order', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const order = await soldOrder(productId, 3);
    const first = newId('rtn');
    await received(order, first, 1);
    await received(order, first, 1);
    expect(await catalog.stockOf(productId)).toEqual(counted(8));
    await received(order, newId('rtn'), 2);
    expect(await catalog.stockOf(productId)).toEqual(counted(10));
    const events = await stockEvents(productId);
    expect(events.map(({ type, sequence }) => `${type} ${sequence}`)).toEqual([
      'stock.set 1',
      'stock.sold 2',
      'stock.returned 3',
      'stock.returned 4',
    ]);
    expect(events[2]?.payload).toMatchObject({ orderId: order.orderId, returnId: first, quantity: 1, stock: { onHand: 8 } });
  });

  test('of pieces that cannot be sold again leaves the stock as it is', async () => {
    const productId = await catalog.addProduct(seller, 10);
    await received(await soldOrder(productId, 3), newId('rtn'), 2, false);
    expect(await catalog.stockOf(productId)).toEqual(counted(7));
    expect(await stockEvents(productId)).toHaveLength(2);
  });

  test('of more pieces than were sold is refused by the database; a cancelled order gives back only the rest', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const order = await soldOrder(productId, 3);
    await received(order, newId('rtn'), 2);
    await expect(received(order, newId('rtn'), 2)).rejects.toMatchObject({ constraint: 'reservations_never_restock_above_sold' });
    expect(await catalog.stockOf(productId)).toEqual(counted(9));
    await withTransaction(catalog.pool, (transaction) => returnOrderedStock(transaction, order.orderId, cause));
    expect(await catalog.stockOf(productId)).toEqual(counted(10));
    await received(order, newId('rtn'), 1);
    expect(await catalog.stockOf(productId)).toEqual(counted(10));
  });

  test('that twenty tell of at once restocks once', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const order = await soldOrder(productId, 3);
    const returnId = newId('rtn');
    await Promise.allSettled(Array.from({ length: 20 }, () => received(order, returnId, 1)));
    expect(await catalog.stockOf(productId)).toEqual(counted(8));
    expect(await stockEvents(productId)).toHaveLength(3);
  });
});
