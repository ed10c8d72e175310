/** Statements on products. */
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import type { Product, ProductDetails, ProductDraft } from '../product.ts';

/** The columns that `toProduct` reads. */
export const productColumns = `product_id, seller_id, sku, title, description, image_url, image_alt, price_minor, currency, discontinued,
  sequence, on_hand, reserved, stock_sequence, updated_at`;
/** The same in a statement that names other tables' columns, too. */
export const qualifiedProductColumns = productColumns.replace(/\w+/g, 'products.$&');

export interface ProductRow {
  readonly product_id: string;
  readonly seller_id: string;
  readonly sku: string;
  readonly title: string;
  readonly description: string;
  readonly image_url: string;
  readonly image_alt: string;
  readonly price_minor: number;
  readonly currency: string;
  readonly discontinued: boolean;
  readonly sequence: number;
  readonly on_hand: number;
  readonly reserved: number;
  readonly stock_sequence: number;
  readonly updated_at: Date;
}

export const toProduct = (row: ProductRow): Product => ({
  id: row.product_id,
  sellerId: row.seller_id,
  sku: row.sku,
  title: row.title,
  description: row.description,
  imageUrl: row.image_url,
  imageAlt: row.image_alt,
  priceMinor: row.price_minor,
  currency: row.currency,
  discontinued: row.discontinued,
  sequence: row.sequence,
  onHand: row.on_hand,
  reserved: row.reserved,
  stockSequence: row.stock_sequence,
  updatedAt: row.updated_at,
});

/** The products with these ids, in any order; ids without a product are left out. */
export async function findProducts(queryable: Queryable, ids: readonly string[]): Promise<Product[]> {
  const { rows } = await queryable.query<ProductRow>({
    name: 'products-by-id',
    text: `select ${productColumns} from products where product_id = any($1::text[])`,
    values: [ids],
  });
  return rows.map(toProduct);
}

/** A seller's product, locked for a change; null when the seller has none with this id. */
export async function lockProduct(transaction: Transaction, sellerId: string, productId: string): Promise<Product | null> {
  const { rows } = await transaction.query<ProductRow>({
    name: 'product-lock',
    text: `select ${productColumns} from products where product_id = $1 and seller_id = $2 for no key update`,
    values: [productId, sellerId],
  });
  return rows[0] === undefined ? null : toProduct(rows[0]);
}

/** A seller's products with these article numbers, locked for a change in the order of their ids. */
export async function lockProductsBySku(transaction: Transaction, sellerId: string, skus: readonly string[]): Promise<Product[]> {
  const { rows } = await transaction.query<ProductRow>({
    name: 'products-lock-by-sku',
    text: `select ${productColumns} from products where seller_id = $1 and sku = any($2::text[]) order by product_id for no key update`,
    values: [sellerId, skus],
  });
  return rows.map(toProduct);
}

/** Adds products. The number of the first stock event is 1 for those that come with pieces, else 0. */
export async function insertProducts(
  transaction: Transaction,
  sellerId: string,
  products: readonly (ProductDraft & { readonly id: string })[],
): Promise<Product[]> {
  const { rows } = await transaction.query<ProductRow>({
    name: 'products-insert',
    text: `insert into products (seller_id, product_id, sku, title, description, image_url, image_alt, price_minor, currency, on_hand, stock_sequence)
           select $1, given.*, (given.on_hand > 0)::int
             from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::text[], $10::int[])
               as given (product_id, sku, title, description, image_url, image_alt, price_minor, currency, on_hand)
           returning ${productColumns}`,
    values: [
      sellerId,
      products.map((product) => product.id),
      products.map((product) => product.sku),
      products.map((product) => product.title),
      products.map((product) => product.description),
      products.map((product) => product.imageUrl),
      products.map((product) => product.imageAlt),
      products.map((product) => product.priceMinor),
      products.map((product) => product.currency),
      products.map((product) => product.onHand),
    ],
  });
  return rows.map(toProduct);
}

/** Gives products these details and counts an event for each. */
export async function updateProducts(
  transaction: Transaction,
  changes: readonly (ProductDetails & { readonly id: string })[],
): Promise<Product[]> {
  const { rows } = await transaction.query<ProductRow>({
    name: 'products-update',
    text: `update products
              set title = given.title, description = given.description, image_url = given.image_url, image_alt = given.image_alt,
                  price_minor = given.price_minor, discontinued = given.discontinued,
                  sequence = products.sequence + 1, updated_at = now()
             from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::boolean[])
               as given (id, title, description, image_url, image_alt, price_minor, discontinued)
            where product_id = given.id
           returning ${qualifiedProductColumns}`,
    values: [
      changes.map((change) => change.id),
      changes.map((change) => change.title),
      changes.map((change) => change.description),
      changes.map((change) => change.imageUrl),
      changes.map((change) => change.imageAlt),
      changes.map((change) => change.priceMinor),
      changes.map((change) => change.discontinued),
    ],
  });
  return rows.map(toProduct);
}

/** One page of a seller's products, newest first. */
export interface ProductPageRequest {
  readonly sellerId: string;
  /** How many; one more than asked for tells whether there is a further page. */
  readonly limit: number;
  /** Id of the last product of the page before; null begins. */
  readonly afterId: string | null;
  readonly withDiscontinued: boolean;
}

/** Several sellers' pages by one statement, in the order of the requests. */
export async function findProductPages(queryable: Queryable, requests: readonly ProductPageRequest[]): Promise<Product[][]> {
  const { rows } = await queryable.query<ProductRow & { readonly request: number }>({
    name: 'product-pages',
    text: `select page.request::int as request, listed.*
             from unnest($1::text[], $2::int[], $3::text[], $4::boolean[]) with ordinality
                    as page (seller_id, size, after_id, with_discontinued, request)
            cross join lateral (
                    select ${productColumns}
                      from products
                     where products.seller_id = page.seller_id
                       and (page.after_id is null or products.product_id < page.after_id)
                       and (page.with_discontinued or not products.discontinued)
                     order by products.product_id desc
                     limit page.size
                  ) listed
            order by page.request, listed.product_id desc`,
    values: [
      requests.map((request) => request.sellerId),
      requests.map((request) => request.limit),
      requests.map((request) => request.afterId),
      requests.map((request) => request.withDiscontinued),
    ],
  });
  const pages = requests.map((): Product[] => []);
  for (const row of rows) pages[row.request - 1]?.push(toProduct(row));
  return pages;
}
