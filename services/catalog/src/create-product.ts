/** A seller adds a product. */
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { Identity } from '@vitrine/runtime/identity';
import { changeAsSeller, invalidInput, type Refusal } from './change-as-seller.ts';
import type { Dependencies } from './dependencies.ts';
import type { CreateProductInput } from './generated/schema.ts';
import {
  amountFault,
  currencyFault,
  descriptionFault,
  imageAltFault,
  onHandFault,
  readImageUrl,
  skuFault,
  titleFault,
  type FieldFault,
  type ProductDraft,
} from './product.ts';
import { lockProductsBySku } from './store/products.ts';
import { addProducts } from './write-products.ts';

export type CreateProductOutcome =
  | { readonly kind: 'created'; readonly productId: string }
  | Exclude<Refusal, { kind: 'not_found' }>
  | IdempotencyRefusal;

export async function createProduct(deps: Dependencies, identity: Identity, input: CreateProductInput): Promise<CreateProductOutcome> {
  return changeAsSeller<Exclude<CreateProductOutcome, IdempotencyRefusal>>(
    deps,
    identity,
    { operation: 'createProduct', input },
    async (transaction, sellerId) => {
      const draft = readDraft(input);
      if ('path' in draft) return invalidInput(draft.path, draft.message);
      const [taken] = await lockProductsBySku(transaction, sellerId, [draft.sku]);
      if (taken !== undefined) return { kind: 'sku_taken', productId: taken.id };
      const [product] = await addProducts(transaction, sellerId, [draft], { correlationId: identity.requestId, causationId: null });
      if (product === undefined) throw new Error('the product was not stored');
      return { kind: 'created', productId: product.id };
    },
  );
}

function readDraft(input: CreateProductInput): ProductDraft | FieldFault {
  const sku = input.sku.trim();
  const title = input.title.trim();
  const description = input.description.trim();
  const imageAlt = input.imageAlt?.trim() ?? title;
  const image = readImageUrl(input.imageUrl.trim());
  const { amountMinor: priceMinor, currency } = input.price;
  const faults: readonly (readonly [readonly string[], string | null])[] = [
    [['sku'], skuFault(sku)],
    [['title'], titleFault(title)],
    [['description'], descriptionFault(description)],
    [['imageUrl'], 'fault' in image ? image.fault : null],
    [['imageAlt'], imageAltFault(imageAlt)],
    [['price', 'amountMinor'], amountFault(priceMinor)],
    [['price', 'currency'], currencyFault(currency)],
    [['stockOnHand'], onHandFault(input.stockOnHand)],
  ];
  for (const [path, message] of faults) {
    if (message !== null) return { path, message };
  }
  return { sku, title, description, imageUrl: 'url' in image ? image.url : '', imageAlt, priceMinor, currency, onHand: input.stockOnHand };
}
