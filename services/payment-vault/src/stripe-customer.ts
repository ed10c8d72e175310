/** The buyer's customer at Stripe, made at the first card. Stripe is told neither name nor e-mail address. */
import { randomUUID } from 'node:crypto';
import { unreachable } from '@vitrine/runtime/errors';
import type { Deps } from './deps.ts';
import { nextStripeKey } from './payment.ts';
import type { Budget } from './stripe-call.ts';

/** Answers the customer's id; null when Stripe cannot say at the moment. */
export async function ensureCustomer(deps: Pick<Deps, 'cards' | 'stripeCards'>, buyerId: string, budget: Budget): Promise<string | null> {
  const { cards, stripeCards } = deps;
  const known = await cards.findCustomer(buyerId);
  if (known !== null) return known;
  const { stripeKey } = await cards.startCustomer(buyerId, `${buyerId}:customer:${randomUUID()}`);
  const outcome = await stripeCards.createCustomer(buyerId, stripeKey, budget);
  switch (outcome.kind) {
    case 'ok':
      return cards.finishCustomer(buyerId, stripeKey, outcome.value.id);
    case 'refused':
      throw new Error(`Stripe does not take a customer: ${outcome.refusal.code ?? outcome.refusal.status}`);
    case 'unknown':
    case 'key_conflict':
      // A customer that was made all the same stays empty.
      if (outcome.kind === 'key_conflict' || outcome.replayed) await cards.replaceCustomerKey(buyerId, stripeKey, nextStripeKey(stripeKey));
      return null;
    case 'in_flight':
    case 'not_sent':
      return null;
    default:
      return unreachable(outcome);
  }
}
