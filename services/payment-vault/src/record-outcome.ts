/** Writes what became of a payment together with the event that tells of it. */
import type { Deps } from './deps.ts';
import { paymentEvent } from './events.ts';
import type { Payment } from './payment.ts';
import type { Outcome, Recorded } from './store/payments.ts';

/** For the holder of the payment's lease, which ends with it unless a void was asked for. */
export async function recordOutcome(
  deps: Pick<Deps, 'payments' | 'wakeRelay' | 'logger'>,
  held: Payment,
  leaseToken: string,
  outcome: Omit<Outcome, 'event'>,
): Promise<Recorded> {
  const recorded = await deps.payments.record(held, leaseToken, { ...outcome, event: paymentEvent(outcome.status) });
  if (recorded.kind === 'recorded') deps.wakeRelay();
  deps.logger.info(
    { orderId: held.orderId, from: held.status, to: outcome.status, declineReason: outcome.declineReason, result: recorded.kind },
    'payment',
  );
  return recorded;
}
