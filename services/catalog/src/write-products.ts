/** Adding, changing and counting products: the rows, the stock ledger and the events, all in the caller's transaction. */
import type { Transaction } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { appendEvents } from '@vitrine/runtime/outbox';
import type { Product, ProductDetails, ProductDraft } from './product.ts';
import { productCreated, productUpdated, stockSet, type Cause } from './published-events.ts';
import { insertProducts, updateProducts } from './store/products.ts';
import { insertFirstMoves, setOnHand } from './store/stock.ts';

/** Adds a seller's products. Those that come with pieces get their first stock event, too. */
export async function addProducts(
  transaction: Transaction,
  sellerId: string,
  drafts: readonly ProductDraft[],
  cause: Cause,
): Promise<Product[]> {
  if (drafts.length === 0) return [];
  const products = await insertProducts(
    transaction,
    sellerId,
    drafts.map((draft) => ({ ...draft, id: newId('prd') })),
  );
  const stocked = products.filter((product) => product.onHand > 0);
  if (stocked.length > 0) await insertFirstMoves(transaction, stocked);
  await appendEvents(transaction, [
    ...products.map((product) => productCreated(product, cause)),
    ...stocked.map((product) => stockSet(product, cause)),
  ]);
  return products;
}

/** Gives products other details. They must differ, and be locked. */
export async function changeProducts(
  transaction: Transaction,
  changes: readonly (ProductDetails & { readonly id: string })[],
  cause: Cause,
): Promise<void> {
  if (changes.length === 0) return;
  const products = await updateProducts(transaction, changes);
  await appendEvents(
    transaction,
    products.map((product) => productUpdated(product, cause)),
  );
}

/** Sets products' pieces on hand. The counts must differ, be at least what is reserved, and the products be locked. */
export async function countProducts(
  transaction: Transaction,
  counts: readonly { readonly id: string; readonly onHand: number }[],
  cause: Cause,
): Promise<void> {
  if (counts.length === 0) return;
  const products = await setOnHand(transaction, counts);
  await appendEvents(
    transaction,
    products.map((product) => stockSet(product, cause)),
  );
}
