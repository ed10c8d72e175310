import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ReservationResponse } from '@vitrine/contracts/catalog-http';
import { newId } from '@vitrine/runtime/ids';
import { reserveStock } from '../src/reserve-stock.ts';
import { createPurchaseStatements } from '../src/store/purchase-statements.ts';
import { insertReservations } from '../src/store/stock-reservations.ts';
import { newKey, startCatalogUnderTest, type CatalogUnderTest, type SellerActor } from './catalog-under-test.ts';

let catalog: CatalogUnderTest;
let seller: SellerActor;
beforeAll(async () => {
  catalog = await startCatalogUnderTest();
  seller = await catalog.addSeller();
});
afterAll(() => catalog.stop());

const requestFor = (productId: string, quantity = 1) => ({
  orderId: newId('ord'),
  buyerId: newId('usr'),
  productId,
  quantity,
  ttlSeconds: 600,
});
const reserve = (request: object) => catalog.internal<ReservationResponse>('reservations', request);
const release = (orderId: string) => catalog.internal<{ status: string }>('reservations/release', { orderId });
const counted = (onHand: number, reserved: number) => ({ onHand, reserved, ledgerOnHand: onHand, ledgerReserved: reserved });
const change = (input: object) =>
  catalog.graphql(seller, `mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { __typename } }`, {
    input: { idempotencyKey: newKey(), ...input },
  });

describe('offers', () => {
  test('tell price and what is available, without holding anything', async () => {
    const productId = await catalog.addProduct(seller, 3, { sku: 'offered' });
    const offer = {
      productId,
      sellerId: seller.sellerId,
      sku: 'offered',
      title: 'Blue mug',
      price: { amountMinor: 1_500, currency: 'USD' },
    };
    expect(await catalog.internal('offers', { productId })).toEqual({ status: 'offered', offer, availableQuantity: 3 });
    await reserve(requestFor(productId, 2));
    expect(await catalog.internal('offers', { productId })).toEqual({ status: 'offered', offer, availableQuantity: 1 });
    expect(await catalog.stockOf(productId)).toEqual(counted(3, 2));
    expect(await catalog.internal('offers', { productId: newId('prd') })).toEqual({ status: 'not_found' });
    await change({ productId, discontinued: true });
    expect(await catalog.internal('offers', { productId })).toMatchObject({ status: 'offered', availableQuantity: 0 });
  });
});

describe('reserving', () => {
  test('holds pieces until there are too few, and says how many are left', async () => {
    const productId = await catalog.addProduct(seller, 5);
    expect(await reserve(requestFor(productId, 3))).toMatchObject({ status: 'reserved', offer: { productId } });
    expect(await reserve(requestFor(productId, 3))).toEqual({ status: 'out_of_stock', availableQuantity: 2 });
    expect(await reserve(requestFor(newId('prd')))).toEqual({ status: 'not_found' });
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 3));
  });

  test('a repeat answers the same reservation at the price of now, and holds nothing more', async () => {
    const productId = await catalog.addProduct(seller, 5);
    const request = requestFor(productId, 2);
    await reserve(request);
    await change({ productId, price: { amountMinor: 1_700, currency: 'USD' } });
    expect(await reserve(request)).toMatchObject({ status: 'reserved', offer: { price: { amountMinor: 1_700, currency: 'USD' } } });
    await change({ productId, discontinued: true });
    expect(await reserve(request)).toMatchObject({ status: 'reserved' });
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 2));
  });

  test('an order cannot come back for something else', async () => {
    const productId = await catalog.addProduct(seller, 5);
    const request = requestFor(productId, 2);
    await reserve(request);
    await expect(reserve({ ...request, quantity: 3 })).rejects.toThrow('400');
    await expect(reserve({ ...request, productId: await catalog.addProduct(seller, 5) })).rejects.toThrow('400');
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 2));
  });

  test('a discontinued product cannot be reserved', async () => {
    const productId = await catalog.addProduct(seller, 5);
    await change({ productId, discontinued: true });
    expect(await reserve(requestFor(productId))).toEqual({ status: 'out_of_stock', availableQuantity: 0 });
  });

  test('100 pieces and 500 buyers at once: exactly 100 are reserved', async () => {
    const productId = await catalog.addProduct(seller, 100);
    const answers = await Promise.all(Array.from({ length: 500 }, () => reserve(requestFor(productId))));
    const count = (status: string) => answers.filter((answer) => answer.status === status).length;
    expect([count('reserved'), count('out_of_stock')]).toEqual([100, 400]);
    for (const answer of answers) if (answer.status === 'out_of_stock') expect(answer.availableQuantity).toBe(0);
    expect(await catalog.stockOf(productId)).toEqual(counted(100, 100));
  });

  test('orders of several pieces never take more than there are', async () => {
    const productId = await catalog.addProduct(seller, 100);
    const requests = Array.from({ length: 150 }, (_, index) => requestFor(productId, 1 + (index % 4)));
    const answers = await Promise.all(requests.map(reserve));
    const taken = requests.reduce((sum, { quantity }, index) => sum + (answers[index]?.status === 'reserved' ? quantity : 0), 0);
    expect(taken).toBeGreaterThan(96);
    expect(await catalog.stockOf(productId)).toEqual(counted(100, taken));
  });

  test('300 buyers of different quantities at once: never more than there are, and no pieces are left that would have done', async () => {
    const productId = await catalog.addProduct(seller, 100);
    const requests = Array.from({ length: 300 }, (_, index) => requestFor(productId, [7, 3, 60, 1, 12][index % 5]));
    const answers = await Promise.all(requests.map(reserve));
    const taken = requests.reduce((sum, { quantity }, index) => sum + (answers[index]?.status === 'reserved' ? quantity : 0), 0);
    expect(taken).toBe(100);
    for (const [index, answer] of answers.entries())
      if (answer.status === 'out_of_stock') expect(answer.availableQuantity).toBeLessThan(requests[index]?.quantity ?? 0);
    expect(await catalog.stockOf(productId)).toEqual(counted(100, 100));
  });

  test('two processes serve the same buyers of many products: each product is sold to its last piece and no further', async () => {
    const other = createPurchaseStatements(catalog.pool);
    const productIds = await Promise.all(Array.from({ length: 6 }, () => catalog.addProduct(seller, 20)));
    const requests = Array.from({ length: 300 }, (_, index) => requestFor(productIds[(index * 7) % 6] ?? '', 1 + (index % 2)));
    const answers = await Promise.all(
      requests.map((request, index) =>
        index % 3 === 0 ? reserveStock({ ...catalog.deps, purchases: other }, request, 'req-other') : reserve(request),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['reserved', 'out_of_stock']));
    for (const productId of productIds) expect(await catalog.stockOf(productId)).toEqual(counted(20, 20));
    await other.stop();
  });

  test('a purchase of more than there is does not keep back a smaller one that comes right after it', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const quantities = [4, 9, 7, 5, 2, 1, 1];
    const found = await insertReservations(
      catalog.pool,
      quantities.map((quantity) => ({ ...requestFor(productId, quantity), correlationId: 'req-test' })),
    );
    expect(found.map(({ reserved }) => reserved)).toEqual([true, false, false, true, false, true, false]);
    expect(found.map(({ left }) => left)).toEqual(quantities.map(() => 0));
    expect(await catalog.stockOf(productId)).toEqual(counted(10, 10));
  });

  test('orders of one moment are answered each for itself: held, known, released, sold out, discontinued, unknown', async () => {
    const [productId, soldOut, discontinued] = await Promise.all([5, 0, 5].map((onHand) => catalog.addProduct(seller, onHand)));
    await change({ productId: discontinued, discontinued: true });
    const [known, gone] = [requestFor(productId ?? '', 2), requestFor(productId ?? '', 2)];
    await reserve(known);
    await release(gone.orderId);
    const requests = [
      requestFor(newId('prd')),
      known,
      requestFor(soldOut ?? ''),
      gone,
      requestFor(discontinued ?? ''),
      requestFor(productId ?? ''),
    ];
    const answers = await Promise.all([...requests, ...requests].map(reserve));
    const expected = ['not_found', 'reserved', 'out_of_stock', 'released', 'out_of_stock', 'reserved'];
    expect(answers.map(({ status }) => status)).toEqual([...expected, ...expected]);
    expect(await catalog.stockOf(productId ?? '')).toEqual(counted(5, 3));
  });

  test('one order that is asked for 40 times at once is reserved once', async () => {
    const productId = await catalog.addProduct(seller, 100);
    const request = requestFor(productId, 2);
    const answers = await Promise.all(Array.from({ length: 40 }, () => reserve(request)));
    for (const answer of answers) expect(answer.status).toBe('reserved');
    expect(await catalog.stockOf(productId)).toEqual(counted(100, 2));
  });
});

describe('releasing', () => {
  test('gives the pieces back once, and ends the order', async () => {
    const productId = await catalog.addProduct(seller, 5);
    const request = requestFor(productId, 2);
    await reserve(request);
    for (let call = 0; call < 3; call += 1) expect(await release(request.orderId)).toEqual({ status: 'released' });
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 0));
    expect(await reserve(request)).toEqual({ status: 'released' });
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 0));
  });

  test('a release that overtakes its reservation wins', async () => {
    const productId = await catalog.addProduct(seller, 5);
    const request = requestFor(productId, 2);
    expect(await release(request.orderId)).toEqual({ status: 'released' });
    expect(await reserve(request)).toEqual({ status: 'released' });
    expect(await catalog.stockOf(productId)).toEqual(counted(5, 0));
  });

  test('releases racing reservations of the same orders leave nothing held', async () => {
    const productId = await catalog.addProduct(seller, 100);
    const requests = Array.from({ length: 60 }, () => requestFor(productId));
    await Promise.all(
      requests.flatMap((request, index) =>
        index % 2 === 0 ? [reserve(request), release(request.orderId)] : [release(request.orderId), reserve(request)],
      ),
    );
    expect(await catalog.stockOf(productId)).toEqual(counted(100, 0));
    for (const request of requests.slice(0, 5)) expect(await reserve(request)).toEqual({ status: 'released' });
  });

  test('what is free again can be reserved by the next', async () => {
    const productId = await catalog.addProduct(seller, 1);
    const first = requestFor(productId);
    await reserve(first);
    expect(await reserve(requestFor(productId))).toEqual({ status: 'out_of_stock', availableQuantity: 0 });
    await release(first.orderId);
    expect(await reserve(requestFor(productId))).toMatchObject({ status: 'reserved' });
  });
});

describe('the ledger', () => {
  test('cannot be rewritten', async () => {
    await catalog.addProduct(seller, 5);
    for (const statement of ['update stock_moves set on_hand_delta = 1', 'delete from stock_moves', 'truncate stock_moves']) {
      await expect(catalog.pool.query(statement)).rejects.toThrow('append-only');
    }
  });

  test('refuses a second move of one kind for an order, and the product refuses to be oversold', async () => {
    const productId = await catalog.addProduct(seller, 5);
    const request = requestFor(productId);
    await reserve(request);
    const again = `insert into stock_moves (move_id, product_id, kind, order_id, on_hand_delta, reserved_delta) values ($1, $2, 'reserve', $3, 0, 1)`;
    await expect(catalog.pool.query(again, [newId('mov'), productId, request.orderId])).rejects.toThrow('stock_moves_once');
    await expect(catalog.pool.query('update products set reserved = 6 where product_id = $1', [productId])).rejects.toThrow(
      'products_never_oversold',
    );
    await expect(catalog.pool.query('update products set reserved = -1 where product_id = $1', [productId])).rejects.toThrow(
      'products_never_oversold',
    );
  });
});
