/**
 * Captures or cancels a PaymentIntent. After an outcome that is not known the intent is read before anything is sent
 * again; what counts in the end is the state that Stripe shows.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Deps } from './deps.ts';
import { captureOf, nextStripeKey, stripeKey, type Capture, type Intent, type Payment } from './payment.ts';
import type { Budget } from './stripe-call.ts';

/** `gone`: Stripe does not have the intent at all. `unknown`: somebody has to ask again. */
export type IntentEnd =
  | { readonly kind: 'captured'; readonly capture: Capture }
  | { readonly kind: 'canceled' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unknown' };

/** `amountMinor`: how much to capture; the rest is let go. */
export type IntentChange = { readonly step: 'capture'; readonly amountMinor: number } | { readonly step: 'void' };

const maxTries = 3;
const pauseMs = 150;

const endOf = (intent: Intent): IntentEnd | null =>
  intent.status === 'succeeded'
    ? { kind: 'captured', capture: captureOf(intent) }
    : intent.status === 'canceled'
      ? { kind: 'canceled' }
      : null;

/**
 * For the holder of the payment's lease. The wish and its key are recorded before each call. `isRequested`: for the first
 * one they are already, and nothing was sent so far.
 */
export async function changeIntent(
  deps: Pick<Deps, 'payments' | 'stripePayments' | 'logger'>,
  held: Payment & { readonly stripePaymentIntentId: string },
  leaseToken: string,
  change: IntentChange,
  budget: Budget,
  isRequested = false,
): Promise<IntentEnd> {
  const { payments, stripePayments, logger } = deps;
  const { orderId, stripePaymentIntentId: intentId } = held;
  const { step } = change;
  const usedKey = step === 'capture' ? held.captureKey : held.voidKey;
  let key = usedKey ?? stripeKey(orderId, step);
  let mustLook = usedKey !== null && !isRequested;
  let mustRequest = !isRequested;

  for (let tries = 0; tries < maxTries; tries += 1) {
    if (tries > 0) await pause(pauseMs * 2 ** tries);
    if (mustLook) {
      const looked = await stripePayments.retrieve(intentId, budget);
      if (looked.kind === 'refused' && looked.refusal.code === 'resource_missing') return { kind: 'gone' };
      if (looked.kind !== 'ok') continue;
      const end = endOf(looked.value);
      if (end !== null) return end;
      mustLook = false;
    }
    if (mustRequest && !(await payments.request(orderId, leaseToken, change, key))) return { kind: 'unknown' };
    mustRequest = true;
    const outcome =
      change.step === 'capture'
        ? await stripePayments.capture(intentId, change.amountMinor, key, budget)
        : await stripePayments.cancel(intentId, key, budget);
    mustLook = true;
    if (outcome.kind === 'ok') {
      const end = outcome.replayed ? null : endOf(outcome.value);
      if (end !== null) return end;
    } else if (outcome.kind === 'refused') {
      logger.info({ orderId, step, code: outcome.refusal.code }, 'intent cannot be changed as it is');
    }
    // A key whose answer is stored can bring nothing new. An intent is captured or cancelled once whatever the key is.
    if (outcome.kind === 'refused' || outcome.kind === 'key_conflict' || (outcome.kind === 'unknown' && outcome.replayed))
      key = nextStripeKey(key);
  }
  const looked = await stripePayments.retrieve(intentId, budget);
  return (looked.kind === 'ok' ? endOf(looked.value) : null) ?? { kind: 'unknown' };
}
