/**
 * Posts, with an own product if wanted. Post, event and the work row of its fan-out are one transaction; the author's
 * own timeline is served at once, those of the followers right after.
 */
import { appendEvents } from '@vitrine/runtime/outbox';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId, newId } from '@vitrine/runtime/ids';
import type { Call, Deps } from './deps.ts';
import { postCreated } from './events.ts';
import { HomeCacheUnavailableError } from './home-cache.ts';
import { parsePostText, whyNotShown, type Author, type Post } from './post.ts';
import { findPostEvenDeleted, findProduct, hasAccount, insertPost } from './store.ts';

export interface NewPost {
  readonly text: string;
  readonly productId: string | null;
}

type Refusal =
  | { readonly kind: 'invalid_text'; readonly message: string }
  | { readonly kind: 'product_not_found'; readonly productId: string }
  | { readonly kind: 'not_allowed'; readonly message: string }
  | IdempotencyRefusal;

export type CreatePostResult = { readonly kind: 'created'; readonly post: Post } | Refusal;

export async function createPost(deps: Deps, call: Call & Author, input: NewPost): Promise<CreatePostResult> {
  const parsed = parsePostText(input.text);
  if (parsed.kind !== 'text') return parsed;
  const { productId } = input;
  if (productId !== null && !isId('prd', productId)) return { kind: 'product_not_found', productId };

  const result = await runIdempotent<{ readonly kind: 'created'; readonly postId: string } | Refusal>(
    deps.pool,
    { actorId: call.accountId, operation: 'createPost', idempotencyKey: call.idempotencyKey, input },
    async (transaction) => {
      if (!(await hasAccount(transaction, call.accountId)))
        return { kind: 'not_allowed', message: 'Save a profile first: a post needs an author with a name.' };
      if (productId !== null) {
        const product = await findProduct(transaction, productId);
        if (product === null) return { kind: 'product_not_found', productId };
        const reason = whyNotShown(call, product);
        if (reason !== null) return { kind: 'not_allowed', message: reason };
      }
      const post: Post = { id: newId('pst'), authorId: call.accountId, text: parsed.text, productId, createdAt: new Date().toISOString() };
      await insertPost(transaction, post);
      await appendEvents(transaction, [postCreated(post, call.requestId)]);
      return { kind: 'created', postId: post.id };
    },
    // What is missing may come: the profile, the seller's approval, or the product, of which timeline learns by events.
    (outcome) => outcome.kind === 'created',
  );
  if (result.kind !== 'created') return result;
  deps.wakeRelay();
  deps.wakeFanOut();
  const [post] = await Promise.all([findPostEvenDeleted(deps.pool, result.postId), addToOwnTimeline(deps, call.accountId, result.postId)]);
  if (post === null) throw new Error(`${result.postId} is not there after it was written`);
  return { kind: 'created', post };
}

/** So that authors see their post as soon as they have the answer. */
async function addToOwnTimeline({ homeCache, logger }: Deps, authorId: string, postId: string): Promise<void> {
  try {
    await homeCache.add([{ viewerId: authorId, postId }]);
  } catch (error) {
    if (!(error instanceof HomeCacheUnavailableError)) throw error;
    logger.debug({ err: error, postId }, 'the fan-out will put the post into the own timeline');
  }
}
