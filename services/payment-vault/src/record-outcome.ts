/** Writes what became of a payment together with the event that tells of it. */
import type { Deps } from './deps.ts';
import { paymentEvent } from './events.ts';
import type { Capture, Payment } from './payment.ts';
import type { Outcome, Recorded } from './store/payments.ts';

/** What is written of a payment whose intent is over, whoever ended it. */
export const endedOutcome = (
  end:
    | { readonly kind: 'captured'; readonly capture: Capture }
    | { readonly kind: 'canceled' }
    | { readonly kind: 'gone' }
    | { readonly kind: 'none' },
  stripePaymentIntentId: string | null,
): Omit<Outcome, 'event'> =>
  end.kind === 'captured'
    ? { status: 'captured', capture: end.capture, stripePaymentIntentId, settleInMs: null }
    : { status: 'voided', stripePaymentIntentId, settleInMs: null };

/** For the holder of the payment's lease, which ends with it unless a void was asked for. */
export async function recordOutcome(
  deps: Pick<Deps, 'payments' | 'cardLimits' | 'wakeRelay' | 'logger'>,
  held: Payment,
  leaseToken: string,
  outcome: Omit<Outcome, 'event'>,
): Promise<Recorded> {
  const recorded = await deps.payments.record(held, leaseToken, { ...outcome, event: paymentEvent(outcome.status) });
  if (recorded.kind === 'recorded') {
    deps.wakeRelay();
    if (outcome.status === 'declined' || outcome.status === 'voided') await deps.cardLimits.settlePayment(held, outcome);
  }
  const asked = held.captureMinor;
  if (outcome.capture !== undefined && asked !== null && outcome.capture.capturedMinor !== asked)
    deps.logger.error(
      { orderId: held.orderId, asked, captured: outcome.capture.capturedMinor },
      'another amount was captured than was asked for',
    );
  deps.logger.info(
    { orderId: held.orderId, from: held.status, to: outcome.status, declineReason: outcome.declineReason, result: recorded.kind },
    'payment',
  );
  return recorded;
}
