/** What is read at Stripe because an event said that it changed: the list of events itself, disputes, and stored cards. */
import type { Stripe } from 'stripe';
import type { CardFacts } from './card.ts';
import type { DisputeFacts } from './dispute.ts';
import type { Budget, StripeCaller, StripeOutcome } from './stripe-call.ts';
import { readCard } from './stripe-cards.ts';
import { stripeEventTypes } from '@vitrine/contracts/stripe-events';
import { readStripeEvent, type StripeEvent } from './stripe-event.ts';

export interface StripeNews {
  /** Events of the types that are taken in, made since then, newest first; `next` goes into the following call as `after`. */
  listEvents(
    since: Date,
    after: string | null,
    budget: Budget,
  ): Promise<StripeOutcome<{ readonly events: readonly StripeEvent[]; readonly next: string | null }>>;
  /** Null for a dispute that Stripe shows in a shape which we cannot read. */
  retrieveDispute(stripeDisputeId: string, budget: Budget): Promise<StripeOutcome<DisputeFacts>>;
  /** A payment method as it is now; null when no customer has it any more. */
  retrieveCard(stripePaymentMethodId: string, budget: Budget): Promise<StripeOutcome<{ readonly card: CardFacts | null }>>;
}

const pageSize = 100;

export function createStripeNews(caller: StripeCaller): StripeNews {
  const { sdk } = caller;
  return {
    async listEvents(since, after, budget) {
      const outcome = await caller.call('events.list', budget, (options) =>
        sdk.events.list(
          {
            types: [...stripeEventTypes],
            created: { gte: Math.floor(since.getTime() / 1000) },
            limit: pageSize,
            ...(after === null ? {} : { starting_after: after }),
          },
          options,
        ),
      );
      if (outcome.kind !== 'ok') return outcome;
      const { data, has_more: hasMore } = outcome.value;
      if (!Array.isArray(data)) return { kind: 'unknown', replayed: false };
      const events = data.flatMap((item) => {
        const read = readStripeEvent(item);
        return read.kind === 'event' ? [read.event] : [];
      });
      return { kind: 'ok', value: { events, next: hasMore ? (data.at(-1)?.id ?? null) : null }, replayed: false };
    },

    async retrieveDispute(stripeDisputeId, budget) {
      const outcome = await caller.call('disputes.retrieve', budget, (options) => sdk.disputes.retrieve(stripeDisputeId, {}, options));
      if (outcome.kind !== 'ok') return outcome;
      const dispute = readDispute(outcome.value);
      return dispute === null ? { kind: 'unknown', replayed: false } : { ...outcome, value: dispute };
    },

    async retrieveCard(stripePaymentMethodId, budget) {
      const outcome = await caller.call('paymentMethods.retrieve', budget, (options) =>
        sdk.paymentMethods.retrieve(stripePaymentMethodId, {}, options),
      );
      if (outcome.kind === 'refused' && outcome.refusal.code === 'resource_missing')
        return { kind: 'ok', value: { card: null }, replayed: false };
      if (outcome.kind !== 'ok') return outcome;
      const method = outcome.value;
      if (typeof method.id !== 'string' || method.customer === undefined) return { kind: 'unknown', replayed: false };
      if (method.customer === null) return { ...outcome, value: { card: null } };
      const card = readCard(method);
      return card === null ? { kind: 'unknown', replayed: false } : { ...outcome, value: { card } };
    },
  };
}

/** Null for a wrong shape: money must not follow from one. */
function readDispute(dispute: Stripe.Dispute): DisputeFacts | null {
  const { id, amount, currency, reason, status, created, payment_intent: intent, evidence_details: evidence } = dispute;
  const dueBy = evidence?.due_by ?? null;
  if (
    typeof id !== 'string' ||
    !Number.isSafeInteger(amount) ||
    amount < 0 ||
    typeof currency !== 'string' ||
    typeof reason !== 'string' ||
    typeof status !== 'string' ||
    typeof created !== 'number'
  )
    return null;
  return {
    stripeDisputeId: id,
    paymentIntentId: typeof intent === 'string' ? intent : (intent?.id ?? null),
    amountMinor: amount,
    currency: currency.toUpperCase(),
    reason,
    status,
    evidenceDueAt: dueBy === null ? null : new Date(dueBy * 1000),
    openedAt: new Date(created * 1000),
  };
}
