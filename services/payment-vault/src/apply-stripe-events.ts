/**
 * Applies Stripe's events: each one only names what has to be read again at Stripe, so their order does not matter, nor
 * how often one comes.
 */
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import { unreachable } from '@vitrine/runtime/errors';
import type { Deps } from './deps.ts';
import { disputeEvent } from './events.ts';
import { refreshSellerAccount } from './refresh-seller-account.ts';
import type { WaitingEvent } from './store/stripe-events.ts';
import { eventMeanings, noNewsIn, type StripeEvent } from './stripe-event.ts';
import { budgetOf } from './stripe-call.ts';

const batchSize = 20;
const intervalMs = 2_000;
const budgetMs = 10_000;
/** From then on an event that cannot be applied is somebody's work; it is tried once an hour all the same. */
const alarmingAttempts = 10;

/** Applies what waits, once; answers how many events there were. */
export async function applyStripeEvents(deps: Deps): Promise<number> {
  const waiting = await deps.stripeEvents.claim(batchSize);
  const done = await Promise.all(waiting.map((event) => applyOrKeep(deps, event)));
  const applied = waiting.filter((_event, index) => done[index]).map(({ id }) => id);
  if (applied.length > 0) await deps.stripeEvents.markApplied(applied);
  return waiting.length;
}

export const startApplyingStripeEvents = (deps: Deps): Loop =>
  startLoop({
    name: 'apply-stripe-events',
    logger: deps.logger,
    intervalMs,
    run: async () => (await applyStripeEvents(deps)) === batchSize,
  });

async function applyOrKeep(deps: Deps, event: WaitingEvent): Promise<boolean> {
  const line = { stripeEventId: event.id, type: event.type, attempts: event.attempts };
  try {
    if (await apply(deps, event)) return true;
    if (event.attempts >= alarmingAttempts) deps.logger.error(line, 'an event of Stripe cannot be applied');
  } catch (error) {
    deps.logger.error({ ...line, err: error }, 'an event of Stripe cannot be applied');
  }
  return false;
}

/** Answers false when it has to be tried again. */
async function apply(deps: Deps, event: StripeEvent): Promise<boolean> {
  const meaning = eventMeanings[event.type];
  switch (meaning.kind) {
    case 'intent':
    case 'refund':
      await wakePayment(deps, event, noNewsIn(event.type));
      return true;
    case 'dispute':
      return takeInDispute(deps, event);
    case 'card':
      return rereadCard(deps, event.objectId);
    case 'customer':
      await deps.cardNews.withdrawCardsOfCustomer(event.objectId);
      return true;
    case 'account':
      return refreshSellerAccount(deps, event.objectId);
    default:
      return unreachable(meaning);
  }
}

/** An intent whose id we do not have yet is known by its order. */
async function wakePayment(
  deps: Deps,
  { paymentIntentId, orderId }: StripeEvent,
  unlessIn: Parameters<Deps['payments']['wake']>[1],
): Promise<void> {
  if (orderId !== null) await deps.payments.wake({ orderId }, unlessIn);
  else if (paymentIntentId !== null) await deps.payments.wake({ intentId: paymentIntentId }, unlessIn);
  deps.wakeSettling();
}

async function takeInDispute(deps: Deps, event: StripeEvent): Promise<boolean> {
  const outcome = await deps.stripeNews.retrieveDispute(event.objectId, budgetOf(budgetMs));
  if (outcome.kind === 'refused' && outcome.refusal.code === 'resource_missing') return true;
  if (outcome.kind !== 'ok') return false;
  const recorded = await deps.disputes.record(outcome.value, disputeEvent);
  if (recorded === 'recorded') {
    deps.wakeRelay();
    const { status, reason, evidenceDueAt } = outcome.value;
    deps.logger.warn({ stripeDisputeId: event.objectId, status, reason, evidenceDueAt }, 'a payment is disputed');
  }
  if (recorded !== 'unknown_payment') return true;
  // The intent may not be noted yet: the settle loop notes it. A charge that is not an order's stays for a person.
  deps.logger.warn({ stripeDisputeId: event.objectId }, 'a payment that is not known here is disputed');
  return false;
}

async function rereadCard(deps: Deps, stripePaymentMethodId: string): Promise<boolean> {
  if (!(await deps.cardNews.isUsable(stripePaymentMethodId))) return true;
  const outcome = await deps.stripeNews.retrieveCard(stripePaymentMethodId, budgetOf(budgetMs));
  if (outcome.kind !== 'ok') return false;
  const { card } = outcome.value;
  if (card === null) await deps.cardNews.withdrawCard(stripePaymentMethodId);
  else await deps.cardNews.refreshCard(card);
  return true;
}
