/**
 * Lets an order's authorization go. The wish is written first and wins from then on: an authorization that is under way
 * is undone by whoever is driving it, and one that comes later is refused by the tombstone.
 */
import { randomUUID } from 'node:crypto';
import type { VoidResponse } from '@vitrine/contracts/payment-vault-http';
import { changeIntent } from './change-intent.ts';
import { claimSoon } from './claim-soon.ts';
import type { Deps } from './deps.ts';
import { lookUpIntent } from './look-up-intent.ts';
import { lateIntentDelaysMs, settleDelayMs, type Payment } from './payment.ts';
import { endedOutcome, recordOutcome } from './record-outcome.ts';
import { budgetOf, type Budget } from './stripe-call.ts';

const stripeBudgetMs = 9_000;
const retryLater: VoidResponse = { status: 'retry_later', retryAfterMs: 1_000 };

export async function voidPayment(deps: Deps, orderId: string): Promise<VoidResponse> {
  const asked = await deps.payments.requestVoid(orderId);
  if (asked.kind === 'tombstone') return { status: 'voided' };
  const ended = endedResponse(asked.payment);
  if (ended !== null) return ended;
  const leaseToken = randomUUID();
  const claimed = await claimSoon(deps, orderId, leaseToken, ['started', 'requires_action', 'authorized']);
  if (claimed.kind === 'busy') return retryLater;
  if (claimed.kind === 'other_state') return endedResponse(claimed.payment) ?? retryLater;
  return undoAuthorization(deps, claimed.payment, leaseToken, budgetOf(stripeBudgetMs));
}

/** The answer for a payment that is over. A declined one has nothing to let go. */
function endedResponse(payment: Payment): VoidResponse | null {
  if (payment.status === 'captured') return { status: 'already_captured' };
  return payment.status === 'voided' || payment.status === 'declined' ? { status: 'voided' } : null;
}

/** Carries out a void that was asked for, for the holder of the payment's lease, which ends with it. */
export async function undoAuthorization(deps: Deps, held: Payment, leaseToken: string, budget: Budget): Promise<VoidResponse> {
  const later = async (): Promise<VoidResponse> => {
    await deps.payments.release(held.orderId, leaseToken, { settleInMs: settleDelayMs(held.settleAttempts) });
    return retryLater;
  };
  let intentId = held.stripePaymentIntentId;
  if (intentId === null && held.sentAt !== null) {
    const looked = await lookUpIntent(deps, held, budget);
    if (looked.kind === 'unknown') return later();
    if (looked.kind === 'intent') {
      intentId = looked.intent.id;
      if (!(await deps.payments.noteIntent(held.orderId, leaseToken, intentId))) return retryLater;
    }
  }
  if (intentId === null) {
    // What was sent and given up on may still arrive: it is looked for again, and cancelled then.
    const settleInMs = held.sentAt === null ? null : (lateIntentDelaysMs[0] ?? null);
    const recorded = await recordOutcome(deps, held, leaseToken, { status: 'voided', stripePaymentIntentId: null, settleInMs });
    return recorded.kind === 'recorded' ? { status: 'voided' } : retryLater;
  }
  const end = await changeIntent(deps, { ...held, stripePaymentIntentId: intentId }, leaseToken, { step: 'void' }, budget);
  if (end.kind === 'unknown') return later();
  const recorded = await recordOutcome(deps, held, leaseToken, endedOutcome(end, intentId));
  if (recorded.kind !== 'recorded') return retryLater;
  return end.kind === 'captured' ? { status: 'already_captured' } : { status: 'voided' };
}
