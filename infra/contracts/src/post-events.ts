/** `timeline.post.v1`, key = post id. */
import { Type, type Static } from 'typebox';
import { AccountId, Instant, PostId, ProductId } from './json-types.ts';

export const postTopic = 'timeline.post.v1';

/** A post without its text: who posted what kind of thing when. */
export const PostSnapshot = Type.Object({
  postId: PostId,
  authorId: AccountId,
  productId: Type.Union([ProductId, Type.Null()]),
  createdAt: Instant,
});
export type PostSnapshot = Static<typeof PostSnapshot>;

export const PostCreated = Type.Object({ post: PostSnapshot });
export const PostDeleted = Type.Object({ post: PostSnapshot });

/** Schema of each event type on the topic. */
export const postEvents = { 'post.created': PostCreated, 'post.deleted': PostDeleted } as const;
