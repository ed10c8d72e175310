/**
 * Forgets what nobody wanted saved: cards and addresses of one purchase when that is over, setups that no app came back
 * from, and the customer at Stripe when nothing of the buyer needs it.
 */
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';
import { budgetOf, type Budget } from './stripe-call.ts';
import type { AbandonedSetup } from './store/unsaved.ts';

const intervalMs = 60_000;
const batchSize = 100;
const budgetMs = 12_000;

/** Sweeps once; answers whether there is more. */
export async function sweepUnsaved(deps: Deps): Promise<boolean> {
  const cards = await deps.unsaved.sweepCards(batchSize);
  const addresses = await deps.unsaved.sweepAddresses(batchSize);
  const setups = await deps.unsaved.claimAbandonedSetups(batchSize);
  for (const setup of setups) if (!(await endSetup(deps, setup))) break;
  let customers = 0;
  for (const buyerId of await deps.unsaved.claimCustomersToCheck(batchSize))
    if (await deps.unsaved.dropCustomerIfUnused(buyerId)) customers += 1;
  for (const stripeCustomerId of await deps.unsaved.claimCustomerDeletions(batchSize))
    if (!(await deleteUnusedCustomer(deps, stripeCustomerId, budgetOf(budgetMs)))) break;
  if (cards + addresses + setups.length + customers > 0)
    deps.logger.info({ cards, addresses, setups: setups.length, customers }, 'unsaved details swept');
  return cards === batchSize || addresses === batchSize;
}

export const startSweepingUnsaved = (deps: Deps): Loop =>
  startLoop({ name: 'sweep-unsaved', logger: deps.logger, intervalMs, run: () => sweepUnsaved(deps) });

/** Answers false when Stripe cannot say at the moment: what was claimed comes back by itself. */
async function endSetup(deps: Deps, setup: AbandonedSetup): Promise<boolean> {
  const budget = budgetOf(budgetMs);
  const looked = await deps.stripeCards.retrieveSetup(setup.setupIntentId, budget);
  if (looked.kind !== 'ok' && !(looked.kind === 'refused' && looked.refusal.code === 'resource_missing')) return false;
  const found = looked.kind === 'ok' ? looked.value : null;
  if (found !== null && found.status !== 'succeeded' && found.status !== 'canceled') {
    // Whoever has the client secret could still confirm it. If that happens now, this is refused, and it is looked at again.
    const canceled = await deps.stripeCards.cancelSetup(setup.setupIntentId, budget);
    if (canceled.kind !== 'ok') return canceled.kind === 'refused';
  }
  await deps.unsaved.finishAbandonedSetup(setup, found?.card?.stripePaymentMethodId ?? null);
  return true;
}

/** Has Stripe delete a customer that was recorded for it. Answers false when Stripe cannot say at the moment. */
export async function deleteUnusedCustomer(
  deps: Pick<Deps, 'unsaved' | 'stripeCards'>,
  stripeCustomerId: string,
  budget: Budget,
): Promise<boolean> {
  const outcome = await deps.stripeCards.deleteCustomer(stripeCustomerId, budget);
  if (outcome.kind !== 'ok' && !(outcome.kind === 'refused' && outcome.refusal.code === 'resource_missing')) return false;
  await deps.unsaved.finishCustomerDeletion(stripeCustomerId);
  return true;
}
