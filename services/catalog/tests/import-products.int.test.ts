import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { buyer, newKey, startCatalogUnderTest, type CatalogUnderTest, type SellerActor } from './catalog-under-test.ts';

let catalog: CatalogUnderTest;
let seller: SellerActor;
beforeAll(async () => {
  catalog = await startCatalogUnderTest();
});
beforeEach(async () => {
  seller = await catalog.addSeller();
});
afterAll(() => catalog.stop());

type Result = {
  readonly __typename: string;
  readonly createdCount?: number;
  readonly refusedRows?: readonly {
    readonly line: number;
    readonly sku: string | null;
    readonly attribute: string | null;
    readonly reason: string;
  }[];
};

const importMutation = `mutation ($input: ImportProductsInput!) { importProducts(input: $input) {
       __typename
       ... on ImportProductsSuccess { createdCount updatedCount unchangedCount refusedRows { line sku attribute reason } }
       ... on InvalidInputError { path }
       ... on UserError { message }
     } }`;
const inputOf = (content: string, input: object = {}) => ({ input: { idempotencyKey: newKey(), format: 'TSV', content, ...input } });

const importFeed = async (content: string, input: object = {}, actor: Parameters<CatalogUnderTest['graphql']>[0] = seller) => {
  const answer = await catalog.graphql<{ importProducts: Result }>(actor, importMutation, inputOf(content, input));
  return answer.data.importProducts;
};

const header = 'id\ttitle\tdescription\tlink\timage_link\tavailability\tprice\tquantity';
const row = (id: string, { title = 'Mug', price = '15.00 USD', quantity = '10', image = 'mug', availability = 'in_stock' } = {}): string =>
  [id, title, 'Stoneware.', 'https://shop.example/mug', `https://cdn.example/${image}.jpg`, availability, price, quantity].join('\t');
const feed = (...rows: readonly string[]): string => [header, ...rows].join('\n');
const imported = (createdCount: number, updatedCount: number, unchangedCount: number, refusedRows: unknown = []) => ({
  __typename: 'ImportProductsSuccess',
  createdCount,
  updatedCount,
  unchangedCount,
  refusedRows,
});

const productsOf = async () =>
  (
    await catalog.pool.query<{
      product_id: string;
      sku: string;
      title: string;
      image_alt: string;
      price_minor: number;
      on_hand: number;
      discontinued: boolean;
    }>('select product_id, sku, title, image_alt, price_minor, on_hand, discontinued from products where seller_id = $1 order by sku', [
      seller.sellerId,
    ])
  ).rows;

test('good rows are taken, bad ones named, and the next import changes only what differs', async () => {
  const content = feed(row('a'), row('b', { price: '15 dollars' }), row('c', { quantity: '0' }), row('a', { title: 'Again' }));
  expect(await importFeed(content)).toEqual(
    imported(2, 0, 0, [
      { line: 3, sku: 'b', attribute: 'price', reason: expect.any(String) },
      { line: 5, sku: 'a', attribute: 'id', reason: expect.stringContaining('Line 2') },
    ]),
  );
  expect(await importFeed(content)).toMatchObject({ createdCount: 0, updatedCount: 0, unchangedCount: 2 });
  expect(await importFeed(feed(row('a', { price: '16.00 USD' }), row('c', { quantity: '7' }), row('d')))).toEqual(imported(1, 2, 0));

  const products = await productsOf();
  expect(products.map(({ sku, price_minor, on_hand }) => [sku, price_minor, on_hand])).toEqual([
    ['a', 1_600, 10],
    ['c', 1_500, 7],
    ['d', 1_500, 10],
  ]);
  const events = await Promise.all(
    products.map(async ({ product_id }) => (await catalog.eventsOf(product_id)).map(({ type, sequence }) => `${type} ${sequence}`)),
  );
  expect(events).toEqual([
    ['product.created 1', 'stock.set 1', 'product.updated 2'],
    ['product.created 1', 'stock.set 1'],
    ['product.created 1', 'stock.set 1'],
  ]);
  for (const { product_id, on_hand } of products)
    expect(await catalog.stockOf(product_id)).toMatchObject({ onHand: on_hand, ledgerOnHand: on_hand, ledgerReserved: 0 });
});

test('an XML feed is taken, too', async () => {
  const item = (id: string) =>
    `<item><g:id>${id}</g:id><title>Mug &amp; saucer</title><description>Stoneware.</description><link>https://shop.example/mug</link><g:image_link>https://cdn.example/mug.jpg</g:image_link><g:availability>in stock</g:availability><g:price>15.00 USD</g:price><g:quantity>3</g:quantity></item>`;
  const content = `<?xml version="1.0"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n${item('x')}\n${item('y').replace('15.00', 'many')}\n</channel></rss>`;
  expect(await importFeed(content, { format: 'XML' })).toEqual(
    imported(1, 0, 0, [{ line: 4, sku: 'y', attribute: 'price', reason: expect.any(String) }]),
  );
  expect(await productsOf()).toEqual([expect.objectContaining({ sku: 'x', title: 'Mug & saucer', image_alt: 'Mug & saucer', on_hand: 3 })]);
});

test('1000 rows are taken at once; one row or one byte more is refused whole', async () => {
  const rows = Array.from({ length: 1_001 }, (_, index) => row(`bulk-${index}`));
  expect(await importFeed(feed(...rows))).toEqual({
    __typename: 'InvalidInputError',
    message: expect.stringContaining('1000 rows'),
    path: ['content'],
  });
  expect(await productsOf()).toEqual([]);
  expect(await importFeed(feed(...rows.slice(1)))).toEqual(imported(1_000, 0, 0));
  const mebibyte = 1024 * 1024;
  const padded = (bytes: number) => `${header}\tnote\n${row('pad')}\t`.padEnd(bytes, 'x');
  expect(await importFeed(padded(mebibyte + 1))).toEqual({
    __typename: 'InvalidInputError',
    message: expect.stringContaining('1 MiB'),
    path: ['content'],
  });
  expect(await importFeed('é'.repeat(mebibyte / 2 + 1))).toMatchObject({
    __typename: 'InvalidInputError',
    message: expect.stringContaining('1 MiB'),
  });
  expect(await importFeed(padded(mebibyte))).toEqual(imported(1, 0, 0));
});

test('a feed that cannot be read is refused with its line and changes nothing', async () => {
  expect(await importFeed(`${feed(row('a'))}\n"b\tnever closed`)).toEqual({
    __typename: 'InvalidInputError',
    message: expect.stringContaining('Line 3'),
    path: ['content'],
  });
  expect(await importFeed('<rss>\n<channel>\n</rss>', { format: 'XML' })).toEqual({
    __typename: 'InvalidInputError',
    message: expect.stringContaining('Line 3'),
    path: ['content'],
  });
  expect(await importFeed('')).toMatchObject({ __typename: 'InvalidInputError', path: ['content'] });
  expect(await productsOf()).toEqual([]);
});

test('a row is refused that would go below what is held, or into another currency', async () => {
  await importFeed(feed(row('a'), row('b')));
  const [a] = await productsOf();
  await catalog.internal('reservations', {
    orderId: newId('ord'),
    buyerId: newId('usr'),
    productId: a?.product_id,
    quantity: 4,
    ttlSeconds: 60,
  });
  expect(await importFeed(feed(row('a', { availability: 'out_of_stock' }), row('b', { price: '15.00 EUR' })))).toEqual(
    imported(0, 0, 0, [
      { line: 2, sku: 'a', attribute: 'quantity', reason: expect.stringContaining('4 pieces') },
      { line: 3, sku: 'b', attribute: 'price', reason: expect.stringContaining('USD') },
    ]),
  );
});

test('image texts that the seller wrote stay with their image; discontinued stays discontinued', async () => {
  await importFeed(feed(row('a')));
  const [a] = await productsOf();
  await catalog.graphql(seller, `mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { __typename } }`, {
    input: { idempotencyKey: newKey(), productId: a?.product_id, imageAlt: 'A mug on a table', discontinued: true },
  });
  await importFeed(feed(row('a', { title: 'Large mug' })));
  expect(await productsOf()).toEqual([expect.objectContaining({ title: 'Large mug', image_alt: 'A mug on a table', discontinued: true })]);
  await importFeed(feed(row('a', { title: 'Large mug', image: 'other' })));
  expect(await productsOf()).toEqual([expect.objectContaining({ image_alt: 'Large mug', discontinued: true })]);
});

test('a repeated key answers the first report and imports once', async () => {
  const input = { idempotencyKey: newKey() };
  const content = feed(row('a'), row('b', { quantity: '' }));
  const first = await importFeed(content, input);
  expect(first).toMatchObject({ createdCount: 1, refusedRows: [{ line: 3, attribute: 'quantity' }] });
  expect(await importFeed(content, input)).toEqual(first);
  expect(await importFeed(feed(row('c')), input)).toMatchObject({ __typename: 'IdempotencyKeyReusedError' });
  expect(await productsOf()).toHaveLength(1);
});

test('two imports of one seller at once end as one after the other', async () => {
  const rows = Array.from({ length: 50 }, (_, index) => row(`r-${index}`));
  const results = await Promise.all([importFeed(feed(...rows)), importFeed(feed(...rows.toReversed())), importFeed(feed(...rows))]);
  expect(results.map(({ createdCount }) => createdCount ?? -1).toSorted((a, b) => a - b)).toEqual([0, 0, 50]);
  expect(await productsOf()).toHaveLength(50);
});

test('only an active seller may import, and into its own products only', async () => {
  await importFeed(feed(row('a')));
  const other = await catalog.addSeller();
  expect(await importFeed(feed(row('a', { title: 'Theirs' })), {}, other)).toEqual(imported(1, 0, 0));
  expect(await productsOf()).toEqual([expect.objectContaining({ title: 'Mug' })]);
  const { errors } = await catalog.graphql(buyer, importMutation, inputOf(feed(row('b'))));
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  expect((await importFeed(feed(row('b')), {}, await catalog.addSeller('suspended'))).__typename).toBe('NotAllowedError');
  expect(await importFeed(feed(row('b')), { idempotencyKey: 'short' })).toMatchObject({
    __typename: 'InvalidInputError',
    path: ['idempotencyKey'],
  });
});
