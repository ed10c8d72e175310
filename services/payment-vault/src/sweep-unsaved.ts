/**
 * Forgets what nobody wanted saved: cards and addresses of one purchase when that is over, and cards that Stripe got in a
 * setup that was never finished here.
 */
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';
import { budgetOf } from './stripe-call.ts';

const intervalMs = 60_000;
const batchSize = 100;
const budgetMs = 12_000;

/** Sweeps once; answers whether there is more. */
export async function sweepUnsaved(deps: Deps): Promise<boolean> {
  const cards = await deps.unsaved.sweepCards(batchSize);
  const addresses = await deps.unsaved.sweepAddresses(batchSize);
  const setups = await deps.unsaved.claimAbandonedSetups(batchSize);
  for (const setupIntentId of setups) {
    const looked = await deps.stripeCards.retrieveSetup(setupIntentId, budgetOf(budgetMs));
    // Its claim comes back by itself.
    if (looked.kind !== 'ok' && !(looked.kind === 'refused' && looked.refusal.code === 'resource_missing')) continue;
    const card = looked.kind === 'ok' ? looked.value.card : null;
    await deps.unsaved.finishAbandonedSetup(setupIntentId, card?.stripePaymentMethodId ?? null);
  }
  if (cards + addresses + setups.length > 0) deps.logger.info({ cards, addresses, setups: setups.length }, 'unsaved details swept');
  return cards === batchSize || addresses === batchSize;
}

export const startSweepingUnsaved = (deps: Deps): Loop =>
  startLoop({ name: 'sweep-unsaved', logger: deps.logger, intervalMs, run: () => sweepUnsaved(deps) });
