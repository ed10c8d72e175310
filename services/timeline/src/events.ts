/** What timeline publishes on `timeline.post.v1`, and what it remembers of products and sellers. */
import { postTopic } from '@vitrine/contracts/post-events';
import { ProductCreated, ProductUpdated, productTopic } from '@vitrine/contracts/product-events';
import { SellerActivated, SellerInvited, SellerSuspended, sellerTopic } from '@vitrine/contracts/seller-events';
import type { EventHandler } from '@vitrine/runtime/consumer';
import { PermanentError } from '@vitrine/runtime/errors';
import type { NewEvent } from '@vitrine/runtime/outbox';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Post } from './post.ts';
import { saveProduct, saveSeller } from './store.ts';

const postEvent = (type: string, { id, authorId, productId, createdAt }: Post, sequence: number, correlationId: string): NewEvent => ({
  topic: postTopic,
  key: id,
  type,
  sequence,
  payload: { post: { postId: id, authorId, productId, createdAt } },
  correlationId,
});

export const postCreated = (post: Post, correlationId: string): NewEvent => postEvent('post.created', post, 1, correlationId);

export const postDeleted = (post: Post, sequence: number, correlationId: string): NewEvent =>
  postEvent('post.deleted', post, sequence, correlationId);

/** An event whose payload does not fit its contract can never be applied. */
function reader<Schema extends TSchema>(schema: Schema): (payload: unknown) => Static<Schema> {
  const validator = Compile(schema);
  return (payload) => {
    if (!validator.Check(payload)) throw new PermanentError('the payload does not fit its contract');
    return payload;
  };
}

const productHandler = (schema: typeof ProductCreated | typeof ProductUpdated): EventHandler => {
  const read = reader(schema);
  return async (transaction, { payload, sequence }) => {
    const { productId, sellerId, discontinued } = read(payload).product;
    await saveProduct(transaction, { productId, sellerId, discontinued, sequence });
  };
};

const sellerHandler = (schema: typeof SellerInvited | typeof SellerActivated | typeof SellerSuspended): EventHandler => {
  const read = reader(schema);
  return async (transaction, { payload, sequence }) => {
    const { sellerId, accountId, status } = read(payload).seller;
    await saveSeller(transaction, { sellerId, accountId, status, sequence });
  };
};

/** Handlers by topic and event type. */
export const eventHandlers: Readonly<Record<string, Readonly<Record<string, EventHandler>>>> = {
  [productTopic]: { 'product.created': productHandler(ProductCreated), 'product.updated': productHandler(ProductUpdated) },
  [sellerTopic]: {
    'seller.invited': sellerHandler(SellerInvited),
    'seller.activated': sellerHandler(SellerActivated),
    'seller.suspended': sellerHandler(SellerSuspended),
  },
};
