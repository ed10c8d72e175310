/**
 * Makes a refund at Stripe, or finds out what became of one. After an outcome that is not known the intent's refunds are
 * read before anything is sent again, and another key is taken only when the first one cannot have an effect any more.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { RefundReason, RefundResponse } from '@vitrine/contracts/payment-vault-http';
import { unreachable } from '@vitrine/runtime/errors';
import type { Deps } from './deps.ts';
import { refundEvent } from './events.ts';
import { keyToSend } from './key-to-send.ts';
import { settleDelayMs, type Payment } from './payment.ts';
import type { Refund, RefundRefusal } from './refund.ts';
import type { Budget, StripeRefusal } from './stripe-call.ts';
import { recordRefunds, takeInRefunds } from './take-in-refunds.ts';

const maxTries = 3;
const pauseMs = 150;

export const retryLater = { status: 'retry_later', retryAfterMs: 1_000 } as const;

/** For the holder of the refund's lease, which ends with it. `isNew`: nothing was sent so far. */
export async function makeRefund(deps: Deps, held: Refund, leaseToken: string, budget: Budget, isNew: boolean): Promise<RefundResponse> {
  const end = await drive(deps, held, leaseToken, budget, isNew);
  const refund = (await deps.refunds.find(held.refundId)) ?? held;
  const isOpen = refund.status === 'started' || refund.status === 'pending';
  await deps.refunds.release(held.refundId, leaseToken, isOpen ? (end.settleInMs ?? settleDelayMs(held.settleAttempts)) : null);
  return answerRefund(deps, refund);
}

/** The answer for a refund as it is now. */
export async function answerRefund(deps: Pick<Deps, 'payments'>, refund: Refund): Promise<RefundResponse> {
  const { status, orderId, amountMinor } = refund;
  const found = await deps.payments.find(orderId);
  if (found?.kind !== 'payment') throw new Error(`${orderId} has no payment`);
  const { currency, refundedMinor } = found.payment;
  switch (status) {
    case 'started':
      return retryLater;
    case 'pending':
      return { status: 'pending', amount: { amountMinor, currency } };
    case 'refunded':
      return {
        status: 'refunded',
        refundedAt: (refund.refundedAt ?? refund.createdAt).toISOString(),
        amount: { amountMinor, currency },
        refundedTotal: { amountMinor: refundedMinor, currency },
      };
    case 'failed':
      return { status: 'failed', reason: refund.failure ?? 'UNKNOWN' };
    case 'refused':
      return { status: 'not_refundable', reason: refund.refusal ?? 'REFUSED', refundableMinor: refundableOf(found.payment) };
    default:
      return unreachable(status);
  }
}

/** What no refund has taken. */
export const refundableOf = ({ capturedMinor, refundReservedMinor }: Payment): number =>
  Math.max(0, (capturedMinor ?? 0) - refundReservedMinor);

/** `settleInMs`: when to look again, if it is not over; null for the usual time. */
interface End {
  readonly settleInMs: number | null;
}
const usual: End = { settleInMs: null };

async function drive(deps: Deps, held: Refund, leaseToken: string, budget: Budget, isNew: boolean): Promise<End> {
  const { refunds, stripeRefunds } = deps;
  const { orderId, refundId, amountMinor } = held;
  const found = await deps.payments.find(orderId);
  if (found?.kind !== 'payment') throw new Error(`${orderId} has no payment`);
  const { payment } = found;
  const { stripePaymentIntentId } = payment;
  if (stripePaymentIntentId === null) throw new Error(`${orderId} is captured and has no PaymentIntent`);

  let mustLook = !isNew;
  for (let tries = 0; tries < maxTries; tries += 1) {
    if (tries > 0) await pause(pauseMs * 2 ** tries);
    let refund: Refund = held;
    if (mustLook) {
      if (!(await takeInRefunds(deps, payment, budget))) continue;
      const current = await refunds.find(refundId);
      if (current === null || current.status !== 'started') return usual;
      const next = keyToSend({ ...current, ...ours(current) }, deps.now());
      if ('waitMs' in next) return { settleInMs: next.waitMs };
      if (!(await refunds.markSent(current, leaseToken, next.key))) return usual;
      refund = { ...current, stripeKey: next.key };
    }
    const { stripeKey, reason } = ours(refund);
    const terms = { orderId, refundId, amountMinor, reason, stripePaymentIntentId };
    const outcome = await stripeRefunds.create(terms, stripeKey, budget);
    mustLook = true;
    switch (outcome.kind) {
      case 'ok':
        if (outcome.replayed) break;
        await recordRefunds(deps, orderId, [outcome.value]);
        return usual;
      case 'refused':
        // What an earlier call came to counts, and so does what others have refunded meanwhile.
        if (!(await takeInRefunds(deps, payment, budget))) break;
        await refuse(deps, held, leaseToken, outcome.refusal);
        return usual;
      case 'key_conflict':
        await refunds.markKeySpent(refundId, leaseToken);
        break;
      case 'unknown':
        if (outcome.replayed) await refunds.markKeySpent(refundId, leaseToken);
        break;
      case 'in_flight':
        break;
      case 'not_sent':
        return usual;
      default:
        return unreachable(outcome);
    }
  }
  if (mustLook) await takeInRefunds(deps, payment, budget);
  return usual;
}

/** A refund of ours has both; only one that was made at Stripe has not, and that is never sent. */
function ours({ refundId, stripeKey, reason }: Refund): { readonly stripeKey: string; readonly reason: RefundReason } {
  if (stripeKey === null || reason === null) throw new Error(`${refundId} was made at Stripe`);
  return { stripeKey, reason };
}

async function refuse(deps: Deps, held: Refund, leaseToken: string, refusal: StripeRefusal): Promise<void> {
  const { orderId, refundId } = held;
  const reason = refusalOf(refusal);
  const context = { orderId, refundId, reason, status: refusal.status, code: refusal.code, param: refusal.param };
  if ((await deps.refunds.refuse(held, leaseToken, reason, refundEvent)) === null) return;
  deps.wakeRelay();
  if (reason === 'REFUSED') deps.logger.error(context, 'Stripe does not take this refund');
  else deps.logger.warn(context, 'Stripe does not take this refund');
}

/** Stripe's codes (https://docs.stripe.com/error-codes) as far as they tell a caller something. */
function refusalOf({ code, param }: StripeRefusal): RefundRefusal {
  if (code === 'charge_disputed') return 'DISPUTED';
  return code === 'charge_already_refunded' || param === 'amount' ? 'EXCEEDS_CAPTURED' : 'REFUSED';
}
