/**
 * Reads at Stripe what refunds an order's payment has and writes what is new: what became of ours, and those that somebody
 * made there. Nothing is changed at Stripe.
 */
import type { Deps } from './deps.ts';
import { refundEvent } from './events.ts';
import type { Payment } from './payment.ts';
import { moneyRefunds, type StripeRefund } from './refund.ts';
import type { Budget } from './stripe-call.ts';

type Needed = Pick<Deps, 'stripePayments' | 'stripeRefunds' | 'refunds' | 'wakeRelay' | 'logger'>;

/** Answers false when Stripe cannot say at the moment. */
export async function takeInRefunds(deps: Needed, payment: Payment, budget: Budget): Promise<boolean> {
  const { orderId, stripePaymentIntentId: intentId } = payment;
  if (intentId === null) throw new Error(`${orderId} is captured and has no PaymentIntent`);
  const chargeId = payment.stripeChargeId ?? (await findCharge(deps, intentId, budget));
  if (chargeId === null) return false;
  const listed = await deps.stripeRefunds.list(intentId, chargeId, budget);
  if (listed.kind !== 'ok') return false;
  await recordRefunds(deps, orderId, moneyRefunds(listed.value.refunds, listed.value.charge));
  return true;
}

/** Payments that were captured before the charge was kept have to ask for it. */
async function findCharge(deps: Needed, intentId: string, budget: Budget): Promise<string | null> {
  const looked = await deps.stripePayments.retrieve(intentId, budget);
  return looked.kind === 'ok' ? looked.value.chargeId : null;
}

/** Writes refunds as Stripe shows them, with the events that tell of them. */
export async function recordRefunds(
  deps: Pick<Deps, 'refunds' | 'wakeRelay' | 'logger'>,
  orderId: string,
  shown: readonly StripeRefund[],
): Promise<void> {
  const changes = await deps.refunds.takeIn(orderId, shown, refundEvent);
  if (changes.length === 0) return;
  deps.wakeRelay();
  for (const { refund, from } of changes) {
    const { refundId, status, failure, amountMinor, stripeRefundId } = refund;
    if (from === null) deps.logger.warn({ orderId, refundId, stripeRefundId, status, amountMinor }, 'a refund was made at Stripe');
    else deps.logger.info({ orderId, refundId, from, to: status, failure, amountMinor }, 'refund');
  }
}
