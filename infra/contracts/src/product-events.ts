/** `catalog.product.v1`, key = product id: what a post may show, and whose it is. */
import { Type, type Static } from 'typebox';
import { Money, ProductId, SellerId } from './json-types.ts';

export const productTopic = 'catalog.product.v1';

/** A product as it is after the event; stock is not part of it. */
export const ProductSnapshot = Type.Object({
  productId: ProductId,
  sellerId: SellerId,
  sku: Type.String(),
  title: Type.String(),
  price: Money,
  discontinued: Type.Boolean(),
});
export type ProductSnapshot = Static<typeof ProductSnapshot>;

export const ProductCreated = Type.Object({ product: ProductSnapshot });
export const ProductUpdated = Type.Object({ product: ProductSnapshot });

export type ProductChanged = Static<typeof ProductUpdated>;

/** Schema of each event type on the topic. */
export const productEvents = {
  'product.created': ProductCreated,
  'product.updated': ProductUpdated,
} as const;
