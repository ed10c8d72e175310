/** A seller counts the pieces of a product. */
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { Identity } from '@vitrine/runtime/identity';
import { changeAsSeller, invalidInput, type Refusal } from './change-as-seller.ts';
import type { Dependencies } from './dependencies.ts';
import type { SetStockInput } from './generated/schema.ts';
import { onHandFault, reservedFault } from './product.ts';
import { lockProduct } from './store/products.ts';
import { countProducts } from './write-products.ts';

export type SetStockOutcome =
  | { readonly kind: 'counted'; readonly productId: string }
  | Exclude<Refusal, { kind: 'sku_taken' }>
  | IdempotencyRefusal;

export async function setStock(deps: Dependencies, identity: Identity, input: SetStockInput): Promise<SetStockOutcome> {
  return changeAsSeller<Exclude<SetStockOutcome, IdempotencyRefusal>>(
    deps,
    identity,
    { operation: 'setStock', input },
    async (transaction, sellerId) => {
      const { productId, onHand } = input;
      const product = await lockProduct(transaction, sellerId, productId);
      if (product === null) return { kind: 'not_found', id: productId, message: 'This seller has no product with this id.' };
      const message = onHandFault(onHand) ?? reservedFault(product, onHand);
      if (message !== null) return invalidInput(['onHand'], message);
      if (onHand !== product.onHand)
        await countProducts(transaction, [{ id: productId, onHand }], { correlationId: identity.requestId, causationId: null });
      return { kind: 'counted', productId };
    },
  );
}
