import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import {
  buyer,
  createProductMutation,
  newKey,
  newSellerActor,
  operator,
  productInput,
  startCatalogUnderTest,
  type CatalogUnderTest,
  type SellerActor,
} from './catalog-under-test.ts';
import { named } from './named.ts';

let catalog: CatalogUnderTest;
let seller: SellerActor;
let otherSeller: SellerActor;
beforeAll(async () => {
  catalog = await startCatalogUnderTest();
  seller = await catalog.addSeller();
  otherSeller = await catalog.addSeller();
});
afterAll(() => catalog.stop());

type Result = {
  readonly __typename: string;
  readonly message?: string;
  readonly path?: readonly string[];
  readonly product?: { readonly id: string };
};

const create = async (actor: Parameters<CatalogUnderTest['graphql']>[0], input: object) =>
  (await catalog.graphql<{ createProduct: Result }>(actor, createProductMutation, { input })).data.createProduct;

const update = async (actor: SellerActor, input: object) =>
  (
    await catalog.graphql<{ updateProduct: Result }>(
      actor,
      `mutation ($input: UpdateProductInput!) { updateProduct(input: $input) {
         __typename
         ... on UpdateProductSuccess { product { id title description image { url alt } price { amountMinor } availability } }
         ... on NotFoundError { id }
         ... on InvalidInputError { path }
         ... on UserError { message }
       } }`,
      { input: { idempotencyKey: newKey(), ...input } },
    )
  ).data.updateProduct;

const setStock = async (actor: SellerActor, input: object) =>
  (
    await catalog.graphql<{ setStock: Result }>(
      actor,
      `mutation ($input: SetStockInput!) { setStock(input: $input) {
         __typename
         ... on SetStockSuccess { product { id availability stock { onHand reserved available } } }
         ... on NotFoundError { id }
         ... on InvalidInputError { path }
         ... on UserError { message }
       } }`,
      { input: { idempotencyKey: newKey(), ...input } },
    )
  ).data.setStock;

const productCount = async (): Promise<number> =>
  (await catalog.pool.query<{ count: number }>('select count(*) as count from products')).rows[0]?.count ?? -1;

describe('createProduct', () => {
  test('adds the product, its first pieces in the ledger, and one event of each', async () => {
    const input = { ...productInput(), sku: '  mug-a  ', title: ' Blue mug ' };
    const answer = await create(seller, input);
    expect(answer).toEqual({
      __typename: 'CreateProductSuccess',
      product: {
        id: expect.stringMatching(/^prd_/),
        sku: 'mug-a',
        title: 'Blue mug',
        description: 'Stoneware, 350 ml.',
        image: { url: 'https://images.example/mug.jpg', alt: 'A blue mug on a table' },
        price: { amountMinor: 1_500, currency: 'USD' },
        availability: 'IN_STOCK',
        stock: { onHand: 10, reserved: 0, available: 10 },
        seller: { id: seller.sellerId },
        sellerId: seller.sellerId,
      },
    });
    const productId = answer.product?.id ?? '';
    expect(await catalog.stockOf(productId)).toEqual({ onHand: 10, reserved: 0, ledgerOnHand: 10, ledgerReserved: 0 });
    const snapshot = {
      productId,
      sellerId: seller.sellerId,
      sku: 'mug-a',
      title: 'Blue mug',
      price: { amountMinor: 1_500, currency: 'USD' },
      discontinued: false,
    };
    expect(await catalog.eventsOf(productId)).toEqual([
      { topic: 'catalog.product.v1', type: 'product.created', sequence: 1, payload: { product: snapshot } },
      {
        topic: 'catalog.stock.v1',
        type: 'stock.set',
        sequence: 1,
        payload: { stock: { productId, sellerId: seller.sellerId, onHand: 10, reserved: 0 } },
      },
    ]);
  });

  test('a product without pieces is sold out and has no stock event; the image text is the title when not given', async () => {
    const { imageAlt: _imageAlt, ...input } = productInput();
    const answer = await create(seller, { ...input, stockOnHand: 0 });
    expect(answer.product).toMatchObject({ availability: 'SOLD_OUT', image: { alt: 'Blue mug' }, stock: { onHand: 0 } });
    expect((await catalog.eventsOf(answer.product?.id ?? '')).map(({ type }) => type)).toEqual(['product.created']);
  });

  test('a repeated key answers the same product and adds none; with another input it is refused', async () => {
    const input = productInput();
    const first = await create(seller, input);
    const before = await productCount();
    expect(await create(seller, input)).toEqual(first);
    expect(await create(seller, { ...input, title: 'Red mug' })).toEqual({
      __typename: 'IdempotencyKeyReusedError',
      message: expect.any(String),
      idempotencyKey: input.idempotencyKey,
    });
    expect(await productCount()).toBe(before);
    expect((await create(otherSeller, input)).__typename).toBe('CreateProductSuccess');
  });

  test('ten calls at once with one key add one product', async () => {
    const input = productInput();
    const before = await productCount();
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(seller, input)));
    for (const answer of answers) expect(['CreateProductSuccess', 'IdempotencyKeyInFlightError']).toContain(answer.__typename);
    expect((await create(seller, input)).__typename).toBe('CreateProductSuccess');
    expect(await productCount()).toBe(before + 1);
  });

  test('a call whose key is in use says when to ask again', async () => {
    const input = productInput();
    const client = await catalog.pool.connect();
    try {
      await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`${seller.accountId} createProduct ${input.idempotencyKey}`]);
      expect(await create(seller, input)).toEqual({
        __typename: 'IdempotencyKeyInFlightError',
        message: expect.any(String),
        retryAfterMs: expect.any(Number),
      });
    } finally {
      client.release(true);
    }
  });

  test('an article number is taken once for a seller, also by calls at once', async () => {
    const { sku } = productInput();
    const answers = await Promise.all(Array.from({ length: 5 }, () => create(seller, { ...productInput(), sku })));
    const created = answers.filter((answer) => answer.__typename === 'CreateProductSuccess');
    expect(created).toHaveLength(1);
    for (const answer of answers.filter((each) => each !== created[0])) {
      expect(answer).toEqual({ __typename: 'SkuTakenError', message: expect.any(String), product: { id: created[0]?.product?.id } });
    }
    expect((await create(otherSeller, { ...productInput(), sku })).__typename).toBe('CreateProductSuccess');
  });

  test.each(
    named([
      [{ idempotencyKey: 'short' }, ['idempotencyKey']],
      [{ sku: '  ' }, ['sku']],
      [{ sku: 'x'.repeat(65) }, ['sku']],
      [{ title: '' }, ['title']],
      [{ title: 'x'.repeat(151) }, ['title']],
      [{ description: 'x'.repeat(5_001) }, ['description']],
      [{ imageUrl: 'javascript:alert(1)' }, ['imageUrl']],
      [{ imageUrl: 'http://images.example/mug.jpg' }, ['imageUrl']],
      [{ imageAlt: '' }, ['imageAlt']],
      [{ price: { amountMinor: 49, currency: 'USD' } }, ['price', 'amountMinor']],
      [{ price: { amountMinor: 100_000_000, currency: 'USD' } }, ['price', 'amountMinor']],
      [{ price: { amountMinor: 1_500, currency: 'usd' } }, ['price', 'currency']],
      [{ stockOnHand: -1 }, ['stockOnHand']],
      [{ stockOnHand: 1_000_001 }, ['stockOnHand']],
    ]),
  )('%s is refused with its path, changes nothing and leaves the key free', async (_name, change, path) => {
    const before = await productCount();
    const input = { ...productInput(), ...change };
    expect(await create(seller, input)).toEqual({ __typename: 'InvalidInputError', message: expect.any(String), path });
    expect(await productCount()).toBe(before);
    const key = 'idempotencyKey' in change ? newKey() : input.idempotencyKey;
    expect((await create(seller, { ...productInput(), idempotencyKey: key })).__typename).toBe('CreateProductSuccess');
  });

  test('only an active seller may; the refusal is not remembered under the key', async () => {
    const arriving = newSellerActor();
    const input = productInput();
    expect(await create(arriving, input)).toEqual({ __typename: 'NotAllowedError', message: expect.stringContaining('on its way') });
    await catalog.pool.query(`insert into sellers values ($1, $2, 'invited', 1)`, [arriving.sellerId, arriving.accountId]);
    expect(await create(arriving, input)).toEqual({ __typename: 'NotAllowedError', message: expect.stringContaining('on its way') });
    await catalog.pool.query(`update sellers set status = 'active' where seller_id = $1`, [arriving.sellerId]);
    expect((await create(arriving, input)).__typename).toBe('CreateProductSuccess');

    const suspended = await catalog.addSeller('suspended');
    expect(await create(suspended, productInput())).toEqual({
      __typename: 'NotAllowedError',
      message: expect.stringContaining('suspended'),
    });
    for (const actor of [buyer, operator]) {
      const { errors } = await catalog.graphql(actor, createProductMutation, { input: productInput() });
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
    }
  });
});

describe('updateProduct', () => {
  test('changes what is given, counts one event, and says nothing when nothing differs', async () => {
    const productId = await catalog.addProduct(seller, 10);
    expect(
      await update(seller, { productId, title: 'Red mug', price: { amountMinor: 1_700, currency: 'USD' }, description: null }),
    ).toEqual({
      __typename: 'UpdateProductSuccess',
      product: {
        id: productId,
        title: 'Red mug',
        description: 'Stoneware, 350 ml.',
        image: { url: 'https://images.example/mug.jpg', alt: 'A blue mug on a table' },
        price: { amountMinor: 1_700 },
        availability: 'IN_STOCK',
      },
    });
    expect((await update(seller, { productId, title: 'Red mug' })).__typename).toBe('UpdateProductSuccess');
    const events = (await catalog.eventsOf(productId)).filter(({ topic }) => topic === 'catalog.product.v1');
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['product.created', 1],
      ['product.updated', 2],
    ]);
    expect(events[1]?.payload).toMatchObject({ product: { title: 'Red mug', price: { amountMinor: 1_700, currency: 'USD' } } });
  });

  test('takes a product off sale and puts it back', async () => {
    const productId = await catalog.addProduct(seller, 10);
    expect((await update(seller, { productId, discontinued: true })).product).toMatchObject({ availability: 'DISCONTINUED' });
    expect((await update(seller, { productId, discontinued: false })).product).toMatchObject({ availability: 'IN_STOCK' });
  });

  test('a repeated key changes once', async () => {
    const productId = await catalog.addProduct(seller, 10);
    const input = { idempotencyKey: newKey(), productId, title: 'Red mug' };
    await update(seller, input);
    await update(seller, { productId, title: 'Green mug' });
    expect((await update(seller, input)).product).toMatchObject({ title: 'Green mug' });
    expect((await update(seller, { ...input, title: 'Black mug' })).__typename).toBe('IdempotencyKeyReusedError');
  });

  test.each(
    named([
      [{ title: ' ' }, ['title']],
      [{ description: 'x'.repeat(5_001) }, ['description']],
      [{ imageUrl: 'data:image/png,x' }, ['imageUrl']],
      [{ imageAlt: 'x'.repeat(201) }, ['imageAlt']],
      [{ price: { amountMinor: 0, currency: 'USD' } }, ['price', 'amountMinor']],
      [{ price: { amountMinor: 1_500, currency: 'EUR' } }, ['price', 'currency']],
    ]),
  )('%s is refused with its path', async (_name, change, path) => {
    const productId = await catalog.addProduct(seller, 10);
    expect(await update(seller, { productId, ...change })).toEqual({ __typename: 'InvalidInputError', message: expect.any(String), path });
    expect(await catalog.eventsOf(productId)).toHaveLength(2);
  });
});

describe('setStock', () => {
  test('sets the count, writes the difference into the ledger and tells it', async () => {
    const productId = await catalog.addProduct(seller, 10);
    expect(await setStock(seller, { productId, onHand: 3 })).toEqual({
      __typename: 'SetStockSuccess',
      product: { id: productId, availability: 'LOW_STOCK', stock: { onHand: 3, reserved: 0, available: 3 } },
    });
    await setStock(seller, { productId, onHand: 30 });
    await setStock(seller, { productId, onHand: 30 });
    expect(await catalog.stockOf(productId)).toEqual({ onHand: 30, reserved: 0, ledgerOnHand: 30, ledgerReserved: 0 });
    const events = (await catalog.eventsOf(productId)).filter(({ topic }) => topic === 'catalog.stock.v1');
    expect(events.map(({ type, sequence, payload }) => [type, sequence, (payload as { stock: { onHand: number } }).stock.onHand])).toEqual([
      ['stock.set', 1, 10],
      ['stock.set', 2, 3],
      ['stock.set', 3, 30],
    ]);
  });

  test('cannot go below what is held for purchases', async () => {
    const productId = await catalog.addProduct(seller, 10);
    await catalog.internal('reservations', { orderId: newId('ord'), buyerId: newId('usr'), productId, quantity: 4, ttlSeconds: 60 });
    expect(await setStock(seller, { productId, onHand: 3 })).toEqual({
      __typename: 'InvalidInputError',
      message: expect.stringContaining('4 pieces'),
      path: ['onHand'],
    });
    expect((await setStock(seller, { productId, onHand: 4 })).product).toMatchObject({
      availability: 'SOLD_OUT',
      stock: { onHand: 4, reserved: 4, available: 0 },
    });
  });

  test.each([-1, 1_000_001])('%d is refused', async (onHand) => {
    const productId = await catalog.addProduct(seller, 10);
    expect(await setStock(seller, { productId, onHand })).toEqual({
      __typename: 'InvalidInputError',
      message: expect.any(String),
      path: ['onHand'],
    });
  });
});

describe('whose is what', () => {
  test("a seller cannot change another seller's product, nor one that is not there", async () => {
    const productId = await catalog.addProduct(seller, 10);
    for (const id of [productId, newId('prd'), 'nonsense']) {
      expect(await update(otherSeller, { productId: id, title: 'Mine' })).toEqual({
        __typename: 'NotFoundError',
        id,
        message: expect.any(String),
      });
      expect(await setStock(otherSeller, { productId: id, onHand: 0 })).toEqual({
        __typename: 'NotFoundError',
        id,
        message: expect.any(String),
      });
    }
    expect(await catalog.eventsOf(productId)).toHaveLength(2);
  });

  test('a suspended seller changes nothing, and what it sells stays readable', async () => {
    const suspended = await catalog.addSeller();
    const productId = await catalog.addProduct(suspended, 10);
    await catalog.pool.query(`update sellers set status = 'suspended' where seller_id = $1`, [suspended.sellerId]);
    expect((await update(suspended, { productId, title: 'New' })).__typename).toBe('NotAllowedError');
    expect((await setStock(suspended, { productId, onHand: 1 })).__typename).toBe('NotAllowedError');
    expect((await catalog.graphql(buyer, `query ($id: ID!) { product(id: $id) { title } }`, { id: productId })).data).toEqual({
      product: { title: 'Blue mug' },
    });
  });
});
