import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  maxListed,
  type ListReservationsRequest,
  type ListReservationsResponse,
  type SettleReservationsResponse,
} from '@vitrine/contracts/reconciliation-http';
import { withTransaction } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { sellHeldStock } from '../src/sell-ordered-stock.ts';
import { settleExpired } from '../src/settle-expired.ts';
import { returnSold } from '../src/store/stock.ts';
import { buyer, startCatalogUnderTest, type CatalogUnderTest } from './catalog-under-test.ts';

let catalog: CatalogUnderTest;
let productId: string;
beforeAll(async () => {
  catalog = await startCatalogUnderTest();
  productId = await catalog.addProduct(await catalog.addSeller(), 100);
});
afterAll(() => catalog.stop());

async function reserve(quantity = 2): Promise<string> {
  const orderId = newId('ord');
  await catalog.internal('reservations', {
    orderId,
    buyerId: buyer.role === 'buyer' ? buyer.accountId : '',
    productId,
    quantity,
    ttlSeconds: 3_600,
  });
  return orderId;
}
const sell = (orderId: string) =>
  withTransaction(catalog.pool, (transaction) => sellHeldStock(transaction, orderId, { correlationId: 'req-test', causationId: null }));
const list = (request: ListReservationsRequest) => catalog.internal<ListReservationsResponse>('reservations/list', request);
const record = (orderId: string, status: string, changes: object = {}) => ({
  orderId,
  status,
  productId,
  quantity: 2,
  ledgerAgrees: true,
  ...changes,
});

test('each reservation is told with its status, and a ledger that says the same', async () => {
  const [held, sold, released, returned, tombstone] = [await reserve(), await reserve(), await reserve(), await reserve(), newId('ord')];
  for (const orderId of [sold, returned]) await sell(orderId);
  await withTransaction(catalog.pool, (transaction) => returnSold(transaction, returned));
  for (const orderId of [released, tombstone]) await catalog.internal('reservations/release', { orderId });
  const { reservations, more } = await list({ orderIds: [held, sold, released, returned, tombstone, newId('ord')] });
  expect(more).toBe(false);
  expect(reservations.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1))).toEqual(
    [
      record(held, 'held'),
      record(sold, 'sold'),
      record(released, 'released'),
      record(returned, 'returned'),
      record(tombstone, 'released', { productId: null, quantity: 0 }),
    ].toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1)),
  );
});

test('a status that the ledger does not bear out is told', async () => {
  const [sold, released, more] = [await reserve(), await reserve(), await reserve()];
  // As if somebody had repaired by hand: the ledger itself cannot be changed.
  await catalog.pool.query(`update reservations set status = 'sold' where order_id = $1`, [sold]);
  await catalog.pool.query(`update reservations set status = 'released' where order_id = $1`, [released]);
  await catalog.pool.query('update reservations set quantity = 3 where order_id = $1', [more]);
  const { reservations } = await list({ orderIds: [sold, released, more] });
  expect(reservations.map(({ ledgerAgrees }) => ledgerAgrees)).toEqual([false, false, false]);
});

test('a range tells of all that lie in it, page by page', async () => {
  const after = newId('ord');
  const orderIds: string[] = [];
  for (let count = 0; count < 5; count += 1) orderIds.push(await reserve(1));
  const upTo = newId('ord');
  await reserve(1);
  const found: string[] = [];
  for (
    let page = await list({ range: { after, upTo, limit: 2 } });
    ;
    page = await list({ range: { after: found.at(-1) ?? after, upTo, limit: 2 } })
  ) {
    found.push(...page.reservations.map(({ orderId }) => orderId));
    if (!page.more) break;
  }
  expect(found).toEqual(orderIds);
  const both = await list({ orderIds: [orderIds[0] ?? '', orderIds[4] ?? ''], range: { after, upTo: orderIds[1] ?? '', limit: 10 } });
  expect(new Set(both.reservations.map(({ orderId }) => orderId))).toEqual(new Set([orderIds[0], orderIds[1], orderIds[4]]));
  expect(both.reservations).toHaveLength(3);
});

test('stock whose settlement is asked for is settled before its time, and no other', async () => {
  const [asked, other] = [await reserve(), await reserve()];
  expect(await catalog.internal<SettleReservationsResponse>('reservations/settle', { orderIds: [asked, newId('ord')] })).toEqual({
    due: 1,
  });
  await settleExpired({ ...catalog.deps, askStockClaim: async () => 'placed' });
  const { reservations } = await list({ orderIds: [asked, other] });
  expect(new Map(reservations.map(({ orderId, status }) => [orderId, status]))).toEqual(
    new Map([
      [asked, 'sold'],
      [other, 'held'],
    ]),
  );
});

test('nobody but checkout may list or settle, and no more than a page at once', async () => {
  for (const path of ['reservations/list', 'reservations/settle']) {
    for (const from of ['gateway', 'timeline']) {
      const { statusCode } = await catalog.post(`/internal/${path}`, { orderIds: [] }, { from, actor: { role: 'service' } });
      expect([path, from, statusCode]).toEqual([path, from, 403]);
    }
    const tooMany = { orderIds: Array.from({ length: maxListed + 1 }, () => newId('ord')) };
    expect((await catalog.post(`/internal/${path}`, tooMany, { from: 'checkout', actor: { role: 'service' } })).statusCode).toBe(400);
  }
});
