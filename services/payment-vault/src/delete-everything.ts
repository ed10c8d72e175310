/**
 * Deletes everything about a buyer that no law makes us keep. What has to be done is written down before anything is
 * deleted; from that moment nothing new is taken about the buyer until it is done, here or by the loop.
 */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { newId } from '@vitrine/runtime/ids';
import type { Deletion } from './deletion.ts';
import type { Deps } from './deps.ts';
import { eraseBuyer } from './erase-buyer.ts';
import { insertDeletion, lockForErasure } from './store/deletions.ts';
import { budgetOf } from './stripe-call.ts';

export type DeleteEverythingResult =
  | { readonly kind: 'deletion'; readonly deletion: Deletion }
  | { readonly kind: 'open_orders'; readonly orderIds: readonly string[] }
  | IdempotencyRefusal;

type Begun =
  | { readonly kind: 'begun'; readonly deletionId: string }
  | { readonly kind: 'open_orders'; readonly orderIds: readonly string[] };

const budgetMs = 12_000;

export async function deleteEverything(
  deps: Deps,
  call: { readonly buyerId: string; readonly idempotencyKey: string; readonly includeOpenOrders: boolean },
): Promise<DeleteEverythingResult> {
  const { buyerId, idempotencyKey, includeOpenOrders } = call;
  const result = await runIdempotent<Begun>(
    deps.pool,
    { actorId: buyerId, operation: 'deleteEverything', idempotencyKey, input: { includeOpenOrders } },
    async (transaction) => {
      const { runningId, openOrderIds } = await lockForErasure(transaction, buyerId);
      if (runningId !== null) return { kind: 'begun', deletionId: runningId };
      if (openOrderIds.length > 0 && !includeOpenOrders) return { kind: 'open_orders', orderIds: openOrderIds };
      const deletionId = newId('del');
      await insertDeletion(transaction, { id: deletionId, buyerId, scope: 'everything', subjectId: null });
      return { kind: 'begun', deletionId };
    },
    ({ kind }) => kind === 'begun',
  );
  if (result.kind !== 'begun') return result;

  const claimed = await deps.deletions.claim(result.deletionId);
  // What is left open is done by the loop; the report says whether it is.
  if (claimed !== null) await eraseBuyer(deps, claimed, budgetOf(budgetMs));
  const deletion = await deps.deletions.find(buyerId, result.deletionId);
  if (deletion === null) throw new Error(`the deletion ${result.deletionId} is gone`);
  return { kind: 'deletion', deletion };
}
