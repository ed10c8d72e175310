/**
 * Takes an own post away. Timelines in Redis may still name it: PostgreSQL, which every page is checked against, leaves
 * it out from the commit on.
 */
import { appendEvents } from '@vitrine/runtime/outbox';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import type { Call, Deps } from './deps.ts';
import { postDeleted } from './events.ts';
import { deletePost as markDeleted } from './store.ts';

export type DeletePostResult =
  | { readonly kind: 'deleted'; readonly postId: string }
  | { readonly kind: 'not_found'; readonly postId: string }
  | IdempotencyRefusal;

export async function deletePost(deps: Pick<Deps, 'pool' | 'wakeRelay'>, call: Call, postId: string): Promise<DeletePostResult> {
  if (!isId('pst', postId)) return { kind: 'not_found', postId };
  const result = await runIdempotent<DeletePostResult>(
    deps.pool,
    { actorId: call.accountId, operation: 'deletePost', idempotencyKey: call.idempotencyKey, input: { postId } },
    async (transaction) => {
      const deleted = await markDeleted(transaction, postId, call.accountId);
      if (deleted === null) return { kind: 'not_found', postId };
      await appendEvents(transaction, [postDeleted(deleted.post, deleted.sequence, call.requestId)]);
      return { kind: 'deleted', postId };
    },
    (outcome) => outcome.kind === 'deleted',
  );
  if (result.kind === 'deleted') deps.wakeRelay();
  return result;
}
