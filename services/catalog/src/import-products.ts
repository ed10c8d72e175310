/** A seller's product feed: good rows are taken together in one transaction, bad ones are named with line and reason. */
import type { Transaction } from '@vitrine/runtime/database';
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { Identity } from '@vitrine/runtime/identity';
import { changeAsSeller, invalidInput, type Refusal } from './change-as-seller.ts';
import type { Dependencies } from './dependencies.ts';
import { maxFeedRows, readFeedRows, type FeedEntry, type RefusedRow } from './feed.ts';
import type { ImportProductsInput } from './generated/schema.ts';
import { differs, reservedFault, type Product, type ProductDetails, type ProductDraft } from './product.ts';
import type { Cause } from './published-events.ts';
import { readTsvFeed } from './read-tsv-feed.ts';
import { readXmlFeed } from './read-xml-feed.ts';
import { lockProductsBySku } from './store/products.ts';
import { addProducts, changeProducts, countProducts } from './write-products.ts';

export interface ImportReport {
  readonly createdCount: number;
  readonly updatedCount: number;
  readonly unchangedCount: number;
  /** By line. */
  readonly refusedRows: readonly RefusedRow[];
}

export type ImportProductsOutcome =
  | ({ readonly kind: 'imported' } & ImportReport)
  | Extract<Refusal, { kind: 'not_allowed' | 'invalid_input' }>
  | IdempotencyRefusal;

const maxBytes = 1024 * 1024;

export async function importProducts(deps: Dependencies, identity: Identity, input: ImportProductsInput): Promise<ImportProductsOutcome> {
  return changeAsSeller<Exclude<ImportProductsOutcome, IdempotencyRefusal>>(
    deps,
    identity,
    { operation: 'importProducts', input },
    async (transaction, sellerId) => {
      const { format, content } = input;
      if (Buffer.byteLength(content) > maxBytes) return invalidInput(['content'], 'A feed may have 1 MiB at most. Send it in parts.');
      const feed = format === 'TSV' ? readTsvFeed(content) : readXmlFeed(content);
      if (feed.kind === 'unreadable') return invalidInput(['content'], `Line ${feed.line}: ${feed.message}`);
      if (feed.rows.length > maxFeedRows)
        return invalidInput(['content'], `A feed may have ${maxFeedRows} rows at most. Send it in parts.`);
      const { entries, refused } = readFeedRows(feed.rows);
      const applied = await applyEntries(transaction, sellerId, entries, { correlationId: identity.requestId, causationId: null });
      return { kind: 'imported', ...applied, refusedRows: [...refused, ...applied.refusedRows].toSorted((a, b) => a.line - b.line) };
    },
  );
}

async function applyEntries(
  transaction: Transaction,
  sellerId: string,
  entries: readonly FeedEntry[],
  cause: Cause,
): Promise<ImportReport> {
  const stored = await lockProductsBySku(
    transaction,
    sellerId,
    entries.map((entry) => entry.sku),
  );
  const bySku = new Map(stored.map((product) => [product.sku, product]));
  const drafts: ProductDraft[] = [];
  const changes: (ProductDetails & { readonly id: string })[] = [];
  const counts: { readonly id: string; readonly onHand: number }[] = [];
  const refusedRows: RefusedRow[] = [];
  let updatedCount = 0;
  let unchangedCount = 0;
  for (const entry of entries) {
    const product = bySku.get(entry.sku);
    if (product === undefined) {
      drafts.push({ ...entry, imageAlt: entry.title });
      continue;
    }
    const refusal = changeFault(product, entry);
    if (refusal !== null) {
      refusedRows.push({ line: entry.line, sku: entry.sku, ...refusal });
      continue;
    }
    const details = mergeEntry(product, entry);
    const changed = differs(product, details);
    const counted = entry.onHand !== product.onHand;
    if (changed) changes.push({ ...details, id: product.id });
    if (counted) counts.push({ id: product.id, onHand: entry.onHand });
    if (changed || counted) updatedCount += 1;
    else unchangedCount += 1;
  }
  await addProducts(transaction, sellerId, drafts, cause);
  await changeProducts(transaction, changes, cause);
  await countProducts(transaction, counts, cause);
  return { createdCount: drafts.length, updatedCount, unchangedCount, refusedRows };
}

/** Why a row cannot be applied to the product that it names. */
function changeFault(product: Product, entry: FeedEntry): Pick<RefusedRow, 'attribute' | 'reason'> | null {
  if (entry.currency !== product.currency)
    return { attribute: 'price', reason: `The product is priced in ${product.currency}, which cannot be changed.` };
  const reason = reservedFault(product, entry.onHand);
  return reason === null ? null : { attribute: 'quantity', reason };
}

/**
 * A product with what a row says. A feed has no image text: one that the seller has written stays as long as the image
 * and is the title otherwise. And a feed does not put a discontinued product back on sale.
 */
function mergeEntry(product: Product, entry: FeedEntry): ProductDetails {
  const { title, description, imageUrl, priceMinor } = entry;
  const written = product.imageAlt !== product.title && product.imageUrl === imageUrl;
  return { title, description, imageUrl, priceMinor, imageAlt: written ? product.imageAlt : title, discontinued: product.discontinued };
}
