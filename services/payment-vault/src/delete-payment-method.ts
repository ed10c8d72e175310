/**
 * Forgets a card, at Stripe as well. It is marked first and cannot be used from that moment; Stripe lets it go after
 * that, if need be after a crash or an outage; then its row goes.
 */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId, newId } from '@vitrine/runtime/ids';
import type { Card } from './card.ts';
import type { Deletion } from './deletion.ts';
import type { Deps } from './deps.ts';
import { detachCard } from './detach-cards.ts';
import { providerUnavailable, type NotFound, type ProviderUnavailable } from './refusals.ts';
import { listCards, lockBuyer, makeCardDefault, markCardDeleting } from './store/cards.ts';
import { findRunningDeletion, insertDeletion } from './store/deletions.ts';
import { budgetOf } from './stripe-call.ts';

export type DeletePaymentMethodResult =
  | { readonly kind: 'deleted'; readonly paymentMethodId: string; readonly defaultCard: Card | null; readonly deletion: Deletion }
  | NotFound
  | ProviderUnavailable
  | IdempotencyRefusal;

const budgetMs = 12_000;

export async function deletePaymentMethod(
  deps: Deps,
  call: { readonly buyerId: string; readonly idempotencyKey: string; readonly paymentMethodId: string },
): Promise<DeletePaymentMethodResult> {
  const { buyerId, idempotencyKey, paymentMethodId } = call;
  const result = await runIdempotent<{ readonly kind: 'marked'; readonly deletionId: string } | NotFound>(
    deps.pool,
    { actorId: buyerId, operation: 'deletePaymentMethod', idempotencyKey, input: { paymentMethodId } },
    async (transaction) => {
      const notFound: NotFound = { kind: 'not_found', id: paymentMethodId };
      if (!isId('pmt', paymentMethodId)) return notFound;
      await lockBuyer(transaction, buyerId, 'cards');
      const marked = await markCardDeleting(transaction, buyerId, paymentMethodId);
      if (marked === 'not_found') return notFound;
      const first = (await listCards(transaction, buyerId)).find(({ isSaved }) => isSaved);
      if (first !== undefined && !first.isDefault) await makeCardDefault(transaction, buyerId, first.id);
      const known = marked === 'deleting' ? await findRunningDeletion(transaction, buyerId, paymentMethodId) : null;
      const deletionId = known ?? newId('del');
      if (known === null)
        await insertDeletion(transaction, { id: deletionId, buyerId, scope: 'card', subjectId: paymentMethodId, deleted: { CARDS: 1 } });
      return { kind: 'marked', deletionId };
    },
    ({ kind }) => kind === 'marked',
  );
  if (result.kind !== 'marked') return result;

  const detachment = await deps.cards.claimDetachmentOf(buyerId, paymentMethodId);
  // Marked is marked: the loop goes on with it. The buyer may ask again with the same key to learn that it is done.
  if (detachment !== null && !(await detachCard(deps, detachment, budgetOf(budgetMs)))) return providerUnavailable;
  const deletion = await deps.deletions.find(buyerId, result.deletionId);
  if (deletion === null) throw new Error(`the deletion ${result.deletionId} is gone`);
  return { kind: 'deleted', paymentMethodId, defaultCard: await deps.cards.findToUse(buyerId, null), deletion };
}
