/**
 * Lets payment methods go at Stripe. Each one is recorded before the call and forgotten after it; what a crash or a
 * failure leaves open is done by the loop.
 */
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';
import { nextStripeKey } from './payment.ts';
import type { Detachment } from './store/cards.ts';
import { budgetOf, type Budget } from './stripe-call.ts';

const batchSize = 10;
const intervalMs = 5_000;
const budgetMs = 12_000;
const pruneIntervalMs = 60 * 60_000;

/** Detaches one; answers whether it is done. A payment method that is detached already, or unknown to Stripe, is. */
export async function detachCard(
  deps: Pick<Deps, 'cards' | 'stripeCards' | 'logger'>,
  detachment: Detachment,
  budget: Budget,
): Promise<boolean> {
  const { stripePaymentMethodId, stripeKey } = detachment;
  const outcome = await deps.stripeCards.detach(stripePaymentMethodId, stripeKey, budget);
  if (outcome.kind !== 'ok') {
    const looked = await deps.stripeCards.isAttached(stripePaymentMethodId, budget);
    if (looked.kind !== 'ok' || looked.value.attached) {
      const isSpent = outcome.kind === 'refused' || outcome.kind === 'key_conflict' || (outcome.kind === 'unknown' && outcome.replayed);
      if (isSpent) await deps.cards.replaceDetachmentKey(stripePaymentMethodId, nextStripeKey(stripeKey));
      return false;
    }
  }
  await deps.cards.finishDetachment(stripePaymentMethodId);
  deps.logger.info({ attempts: detachment.attempts }, 'card detached');
  return true;
}

/** Detaches what is due, once; answers how many there were. */
export async function detachCards(deps: Deps): Promise<number> {
  const due = await deps.cards.claimDetachments(batchSize);
  await Promise.all(
    due.map(async (detachment) => {
      try {
        await detachCard(deps, detachment, budgetOf(budgetMs));
      } catch (error) {
        deps.logger.error({ err: error, attempts: detachment.attempts }, 'card cannot be detached');
      }
    }),
  );
  return due.length;
}

export function startDetaching(deps: Deps): Loop {
  let prunedAt = 0;
  return startLoop({
    name: 'detach-cards',
    logger: deps.logger,
    intervalMs,
    run: async () => {
      if (Date.now() - prunedAt > pruneIntervalMs) {
        prunedAt = Date.now();
        await deps.cards.pruneSetups();
      }
      return (await detachCards(deps)) === batchSize;
    },
  });
}
