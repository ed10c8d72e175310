/** A seller changes what a product says, costs, or whether it is on sale. What is not given stays. */
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { Identity } from '@vitrine/runtime/identity';
import { changeAsSeller, invalidInput, type Refusal } from './change-as-seller.ts';
import type { Dependencies } from './dependencies.ts';
import type { UpdateProductInput } from './generated/schema.ts';
import {
  amountFault,
  descriptionFault,
  differs,
  imageAltFault,
  readImageUrl,
  titleFault,
  type FieldFault,
  type Product,
  type ProductDetails,
} from './product.ts';
import { lockProduct } from './store/products.ts';
import { changeProducts } from './write-products.ts';

export type UpdateProductOutcome =
  | { readonly kind: 'updated'; readonly productId: string }
  | Exclude<Refusal, { kind: 'sku_taken' }>
  | IdempotencyRefusal;

export async function updateProduct(deps: Dependencies, identity: Identity, input: UpdateProductInput): Promise<UpdateProductOutcome> {
  return changeAsSeller<Exclude<UpdateProductOutcome, IdempotencyRefusal>>(
    deps,
    identity,
    { operation: 'updateProduct', input },
    async (transaction, sellerId) => {
      const product = await lockProduct(transaction, sellerId, input.productId);
      if (product === null) return { kind: 'not_found', id: input.productId, message: 'This seller has no product with this id.' };
      const details = readDetails(input, product);
      if ('path' in details) return invalidInput(details.path, details.message);
      if (differs(product, details))
        await changeProducts(transaction, [{ ...details, id: product.id }], { correlationId: identity.requestId, causationId: null });
      return { kind: 'updated', productId: product.id };
    },
  );
}

function readDetails(input: UpdateProductInput, product: Product): ProductDetails | FieldFault {
  const title = input.title?.trim() ?? product.title;
  const description = input.description?.trim() ?? product.description;
  const image = readImageUrl(input.imageUrl?.trim() ?? product.imageUrl);
  const imageAlt = input.imageAlt?.trim() ?? product.imageAlt;
  const priceMinor = input.price?.amountMinor ?? product.priceMinor;
  const currency = input.price?.currency ?? product.currency;
  const faults: readonly (readonly [readonly string[], string | null])[] = [
    [['title'], titleFault(title)],
    [['description'], descriptionFault(description)],
    [['imageUrl'], 'fault' in image ? image.fault : null],
    [['imageAlt'], imageAltFault(imageAlt)],
    [['price', 'amountMinor'], amountFault(priceMinor)],
    [
      ['price', 'currency'],
      currency === product.currency ? null : `The product is priced in ${product.currency}, which cannot be changed.`,
    ],
  ];
  for (const [path, message] of faults) {
    if (message !== null) return { path, message };
  }
  return {
    title,
    description,
    imageUrl: 'url' in image ? image.url : product.imageUrl,
    imageAlt,
    priceMinor,
    discontinued: input.discontinued ?? product.discontinued,
  };
}
