/**
 * Reads Stripe's list of events into the inbox, so that a webhook that never comes changes nothing in the end. The same
 * event by both ways is one.
 */
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';
import { budgetOf } from './stripe-call.ts';

const intervalMs = 30_000;
const budgetMs = 60_000;
/** An event may show in the list a little after its time. */
const overlapMs = 5 * 60_000;
const pruneIntervalMs = 60 * 60_000;

/** Reads what is new, once; answers how many events were not known yet, or null when the list could not be read. */
export async function pollStripeEvents(
  deps: Pick<Deps, 'stripeEvents' | 'stripeNews' | 'now' | 'wakeInbox' | 'logger'>,
): Promise<number | null> {
  const startedAt = deps.now();
  const since = await deps.stripeEvents.claimReading(startedAt);
  if (since === null) return null;
  const budget = budgetOf(budgetMs);
  let added = 0;
  let isComplete = false;
  try {
    for (let after: string | null = null; ;) {
      const outcome = await deps.stripeNews.listEvents(new Date(since.getTime() - overlapMs), after, budget);
      if (outcome.kind !== 'ok') return null;
      added += await deps.stripeEvents.add(outcome.value.events, 'list');
      after = outcome.value.next;
      if (after === null) break;
    }
    isComplete = true;
  } finally {
    await deps.stripeEvents.finishReading(isComplete ? startedAt : null);
  }
  if (added > 0) {
    deps.wakeInbox();
    deps.logger.info({ added }, 'events of Stripe that no webhook had brought');
  }
  return added;
}

export function startPollingStripeEvents(deps: Deps): Loop {
  let prunedAt = 0;
  return startLoop({
    name: 'poll-stripe-events',
    logger: deps.logger,
    intervalMs,
    run: async () => {
      if (Date.now() - prunedAt > pruneIntervalMs) {
        prunedAt = Date.now();
        await deps.stripeEvents.prune();
      }
      await pollStripeEvents(deps);
      return false;
    },
  });
}
