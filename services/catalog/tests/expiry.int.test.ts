import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { StockClaimRequest, type StockClaimResponse } from '@vitrine/contracts/checkout-http';
import type { OrderSnapshot } from '@vitrine/contracts/order-events';
import { withTransaction } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { createServer, requireCaller } from '@vitrine/runtime/server';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { FastifyInstance } from 'fastify';
import { createCheckoutClient } from '../src/clients.ts';
import { startExpiryLoop } from '../src/expiry-loop.ts';
import { sellOrderedStock } from '../src/sell-ordered-stock.ts';
import { settleExpired } from '../src/settle-expired.ts';
import { identityKeys, startCatalogUnderTest, type CatalogUnderTest, type SellerActor } from './catalog-under-test.ts';
import { until } from './until.ts';

let catalog: CatalogUnderTest;
let seller: SellerActor;
beforeAll(async () => {
  catalog = await startCatalogUnderTest();
  seller = await catalog.addSeller();
});
afterAll(() => catalog.stop());

/** A stand-in for checkout that is reached over HTTP and checks who asks. */
let checkout: FastifyInstance;
let client: ReturnType<typeof createCheckoutClient>;
let asked: string[];
let answers: Map<string, StockClaimResponse['claim']>;
beforeEach(async () => {
  asked = [];
  answers = new Map();
  checkout = createServer({ name: 'checkout', logger: catalog.deps.logger, identityKeys, readiness: {} });
  checkout.post<{ Body: StockClaimRequest; Reply: StockClaimResponse }>(
    '/internal/stock-claims',
    { schema: { body: StockClaimRequest } },
    async (request) => {
      requireCaller(request, 'catalog');
      asked.push(request.body.orderId);
      const claim = answers.get(request.body.orderId);
      if (claim === undefined) throw new Error('checkout does not know what to say');
      return { claim };
    },
  );
  client = createCheckoutClient({ keys: identityKeys, baseUrl: await checkout.listen({ port: 0, host: '127.0.0.1' }) });
  await catalog.pool.query(`update reservations set expires_at = 'infinity'`);
});
afterEach(async () => {
  await client.close();
  await checkout.close();
});

const settle = () => settleExpired({ ...catalog.deps, askStockClaim: client.askStockClaim });

/** A reservation of 2 of 5 pieces whose time is up. */
async function expiredReservation(claim?: StockClaimResponse['claim']): Promise<{ orderId: string; productId: string }> {
  const productId = await catalog.addProduct(seller, 5);
  const orderId = newId('ord');
  await catalog.internal('reservations', { orderId, buyerId: newId('usr'), productId, quantity: 2, ttlSeconds: 60 });
  await expire(orderId);
  if (claim !== undefined) answers.set(orderId, claim);
  return { orderId, productId };
}

const expire = (orderId: string) => catalog.pool.query('update reservations set expires_at = now() where order_id = $1', [orderId]);
const reservationOf = async (orderId: string) =>
  (
    await catalog.pool.query<{ status: string; seconds: number; attempts: number }>(
      `select status, extract(epoch from expires_at - now())::float as seconds, claim_attempts as attempts from reservations where order_id = $1`,
      [orderId],
    )
  ).rows[0];
const counted = (onHand: number, reserved: number) => ({ onHand, reserved, ledgerOnHand: onHand, ledgerReserved: reserved });

describe('a reservation whose time is up', () => {
  test('placed: its pieces are sold, once, and the sale is told', async () => {
    const { orderId, productId } = await expiredReservation('placed');
    expect(await settle()).toEqual({ due: 1, failures: [] });
    expect(await settle()).toEqual({ due: 0, failures: [] });
    expect(asked).toEqual([orderId]);
    expect(await reservationOf(orderId)).toMatchObject({ status: 'sold' });
    expect(await catalog.stockOf(productId)).toEqual(counted(3, 0));
    expect((await catalog.eventsOf(productId)).at(-1)).toEqual({
      topic: 'catalog.stock.v1',
      type: 'stock.sold',
      sequence: 2,
      payload: { stock: { productId, sellerId: seller.sellerId, onHand: 3, reserved: 0 }, orderId, quantity: 2 },
    });
  });

  test('pending: it is held for a minute more, then asked about again', async () => {
    const { orderId, productId } = await expiredReservation('pending');
    await settle();
    const held = await reservationOf(orderId);
    expect(held).toMatchObject({ status: 'held', attempts: 0 });
    expect(held?.seconds).toBeGreaterThan(50);
    expect(held?.seconds).toBeLessThanOrEqual(60);
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 2));
    await expire(orderId);
    await settle();
    expect(asked).toEqual([orderId, orderId]);
  });

  test('none: its pieces are free again, and the order is over', async () => {
    const { orderId, productId } = await expiredReservation('none');
    await settle();
    expect(await reservationOf(orderId)).toMatchObject({ status: 'released' });
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 0));
    expect(await catalog.internal('reservations', { orderId, buyerId: newId('usr'), productId, quantity: 2, ttlSeconds: 60 })).toEqual({
      status: 'released',
    });
  });

  test('none, and word that the order was placed comes only then: a cancelled order is never sold anything', async () => {
    const { orderId, productId } = await expiredReservation('none');
    await settle();
    const order: OrderSnapshot = {
      orderId,
      buyerId: newId('usr'),
      sellerId: seller.sellerId,
      market: 'US',
      status: 'placed',
      lines: [{ productId, sku: 'mug', title: 'Blue mug', quantity: 2, unitPrice: { amountMinor: 1_500, currency: 'USD' } }],
      subtotal: { amountMinor: 3_000, currency: 'USD' },
      shipping: { amountMinor: 500, currency: 'USD' },
      tax: { amountMinor: 0, currency: 'USD' },
      total: { amountMinor: 3_500, currency: 'USD' },
      sourcePostId: null,
      placedAt: '2026-11-23T08:30:00.000Z',
      confirmedAt: null,
      cancelledAt: null,
    };
    const cause = { correlationId: 'req-1', causationId: null };
    await withTransaction(catalog.pool, (transaction) => sellOrderedStock(transaction, order, cause, catalog.deps.logger));
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 0));
  });

  test('no answer: it stays held, and the pauses between questions grow to a minute', async () => {
    const { orderId, productId } = await expiredReservation();
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const { due, failures } = await settle();
      expect([due, failures.length]).toEqual([1, 1]);
      const held = await reservationOf(orderId);
      expect(held).toMatchObject({ status: 'held', attempts: attempt });
      pauses.push(Math.ceil(held?.seconds ?? 0));
      expect(await settle()).toEqual({ due: 0, failures: [] });
      await expire(orderId);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60]);
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 2));
    answers.set(orderId, 'none');
    await settle();
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 0));
  });

  test('checkout away, or answering nonsense: nothing is released', async () => {
    const { orderId, productId } = await expiredReservation();
    answers.set(orderId, 'maybe' as 'none');
    expect((await settle()).failures).toEqual([expect.objectContaining({ message: expect.stringContaining('something else') })]);
    await checkout.close();
    await expire(orderId);
    expect((await settle()).failures).toEqual([expect.objectContaining({ name: 'RetryableError' })]);
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 2));
  });

  test('is asked about by one of several processes', async () => {
    const reservations = await Promise.all(Array.from({ length: 6 }, () => expiredReservation('none')));
    await Promise.all([settle(), settle(), settle()]);
    expect(asked.toSorted()).toEqual(reservations.map(({ orderId }) => orderId).toSorted());
    for (const { productId } of reservations) expect(await catalog.stockOf(productId)).toEqual(counted(5, 0));
  });
});

describe('the loop', () => {
  test('settles what expires while it runs, through outages of checkout, and complains once a minute at most', async () => {
    const complaints: unknown[] = [];
    const logger = { warn: (...line: unknown[]) => complaints.push(line) } as Partial<Logger> as Logger;
    const open = await expiredReservation();
    const loop = startExpiryLoop({ settle, logger, intervalMs: 10 });
    try {
      await until(() => asked.includes(open.orderId));
      await expire(open.orderId);
      await until(() => asked.length === 2);
      const many = await Promise.all(Array.from({ length: 25 }, () => expiredReservation('none')));
      await until(
        async () =>
          (
            await catalog.pool.query(`select from reservations where status = 'held' and order_id = any($1)`, [
              many.map(({ orderId }) => orderId),
            ])
          ).rowCount === 0,
      );
      expect(await catalog.stockOf(open.productId)).toEqual(counted(5, 2));
      expect(complaints).toHaveLength(1);
    } finally {
      await loop.stop();
    }
    const after = await expiredReservation('none');
    expect(asked).not.toContain(after.orderId);
  });
});
