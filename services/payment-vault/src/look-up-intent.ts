/** Finds out at Stripe what became of an order's PaymentIntent, without any effect there. */
import type { Deps } from './deps.ts';
import type { Intent, Payment } from './payment.ts';
import type { Budget } from './stripe-call.ts';

export type LookedUp =
  | { readonly kind: 'intent'; readonly intent: Intent }
  /** Stripe has none for this order. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

export async function lookUpIntent(deps: Pick<Deps, 'stripePayments'>, payment: Payment, budget: Budget): Promise<LookedUp> {
  if (payment.stripePaymentIntentId !== null) {
    const outcome = await deps.stripePayments.retrieve(payment.stripePaymentIntentId, budget);
    if (outcome.kind === 'ok') return { kind: 'intent', intent: outcome.value };
    return outcome.kind === 'refused' && outcome.refusal.code === 'resource_missing' ? { kind: 'none' } : { kind: 'unknown' };
  }
  const outcome = await deps.stripePayments.find(payment, payment.sentAt ?? payment.createdAt, budget);
  if (outcome.kind !== 'ok') return { kind: 'unknown' };
  const { intent } = outcome.value;
  return intent === null ? { kind: 'none' } : { kind: 'intent', intent };
}
