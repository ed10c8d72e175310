/** GraphQL to use cases and back. Every row that leaves here was decided on for the caller: reference resolvers, too. */
import { unreachable } from '@vitrine/runtime/errors';
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { Actor } from '@vitrine/runtime/identity';
import { isId } from '@vitrine/runtime/ids';
import { parsePage, toConnection } from '@vitrine/runtime/page';
import type { Refusal } from './change-as-seller.ts';
import type { Context } from './context.ts';
import { createProduct } from './create-product.ts';
import type {
  IdempotencyKeyInFlightError,
  IdempotencyKeyReusedError,
  InvalidInputError,
  NotAllowedError,
  NotFoundError,
  Resolvers,
} from './generated/schema.ts';
import { importProducts } from './import-products.ts';
import { availabilityOf, type Product } from './product.ts';
import { setStock } from './set-stock.ts';
import { updateProduct } from './update-product.ts';

/** Whether a caller sees the pieces of a seller's products and all that the seller has. */
const seesAllOf = (actor: Actor, sellerId: string): boolean =>
  actor.role === 'operator' || (actor.role === 'seller' && actor.sellerId === sellerId);

const findProduct = (context: Context, id: string): Promise<Product | null> =>
  isId('prd', id) ? context.products.load(id) : Promise.resolve(null);

/** The product that a mutation of this request has just written or found. */
async function productAfterChange(context: Context, id: string): Promise<Product> {
  const product = await context.products.clear(id).load(id);
  if (product === null) throw new Error(`${id} is gone`);
  return product;
}

type Named<Type extends { readonly __typename?: string }> = Type & { readonly __typename: NonNullable<Type['__typename']> };

/** Failures that look the same in every mutation. */
function toUserError(
  refusal: Exclude<Refusal, { kind: 'sku_taken' | 'not_found' }> | IdempotencyRefusal,
): Named<InvalidInputError> | Named<NotAllowedError> | Named<IdempotencyKeyReusedError> | Named<IdempotencyKeyInFlightError> {
  const { message } = refusal;
  switch (refusal.kind) {
    case 'invalid_input':
      return { __typename: 'InvalidInputError', message, path: refusal.path };
    case 'not_allowed':
      return { __typename: 'NotAllowedError', message };
    case 'idempotency_key_invalid':
      return { __typename: 'InvalidInputError', message, path: ['idempotencyKey'] };
    case 'idempotency_key_reused':
      return { __typename: 'IdempotencyKeyReusedError', message, idempotencyKey: refusal.idempotencyKey };
    case 'idempotency_key_in_flight':
      return { __typename: 'IdempotencyKeyInFlightError', message, retryAfterMs: refusal.retryAfterMs };
    default:
      return unreachable(refusal);
  }
}

const toNotFound = ({ id, message }: Extract<Refusal, { kind: 'not_found' }>): Named<NotFoundError> => ({
  __typename: 'NotFoundError',
  id,
  message,
});

export const resolvers: Resolvers = {
  Query: {
    product: (_root, { id }, context) => findProduct(context, id),
  },

  Product: {
    __resolveReference: ({ id }, context) => findProduct(context, id),
    seller: ({ sellerId }) => ({ id: sellerId }),
    image: ({ imageUrl, imageAlt }) => ({ url: imageUrl, alt: imageAlt }),
    price: ({ priceMinor, currency }) => ({ amountMinor: priceMinor, currency }),
    availability: (product) => availabilityOf(product),
    stock: ({ sellerId, onHand, reserved }, _args, { identity }) =>
      seesAllOf(identity.actor, sellerId) ? { onHand, reserved, available: onHand - reserved } : null,
    updatedAt: ({ updatedAt }) => updatedAt.toISOString(),
  },

  Seller: {
    __resolveReference: ({ id }) => (isId('sel', id) ? { id } : null),
    products: async ({ id: sellerId }, { first, after }, { identity: { actor }, productPages }) => {
      const page = parsePage({ first, after }, 'prd');
      const withDiscontinued = seesAllOf(actor, sellerId);
      if (!withDiscontinued && actor.role !== 'buyer') return null;
      const found = await productPages.load({ sellerId, limit: page.first + 1, afterId: page.afterId, withDiscontinued });
      return toConnection(found, page, (product) => product.id);
    },
  },

  Mutation: {
    createProduct: async (_root, { input }, context) => {
      const outcome = await createProduct(context.deps, context.identity, input);
      if (outcome.kind === 'created')
        return { __typename: 'CreateProductSuccess', product: await productAfterChange(context, outcome.productId) };
      if (outcome.kind !== 'sku_taken') return toUserError(outcome);
      const product = await productAfterChange(context, outcome.productId);
      return {
        __typename: 'SkuTakenError',
        message: 'There is a product with this article number already. Change that one, or take another number.',
        product,
      };
    },
    updateProduct: async (_root, { input }, context) => {
      const outcome = await updateProduct(context.deps, context.identity, input);
      if (outcome.kind === 'updated')
        return { __typename: 'UpdateProductSuccess', product: await productAfterChange(context, outcome.productId) };
      return outcome.kind === 'not_found' ? toNotFound(outcome) : toUserError(outcome);
    },
    setStock: async (_root, { input }, context) => {
      const outcome = await setStock(context.deps, context.identity, input);
      if (outcome.kind === 'counted')
        return { __typename: 'SetStockSuccess', product: await productAfterChange(context, outcome.productId) };
      return outcome.kind === 'not_found' ? toNotFound(outcome) : toUserError(outcome);
    },
    importProducts: async (_root, { input }, context) => {
      const outcome = await importProducts(context.deps, context.identity, input);
      if (outcome.kind !== 'imported') return toUserError(outcome);
      const { kind: _kind, ...report } = outcome;
      return { __typename: 'ImportProductsSuccess', ...report };
    },
  },
};
