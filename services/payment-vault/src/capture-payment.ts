/** Captures the whole authorized amount of an order, once. */
import { randomUUID } from 'node:crypto';
import type { CaptureResponse } from '@vitrine/contracts/payment-vault-http';
import { changeIntent } from './change-intent.ts';
import { claimSoon } from './claim-soon.ts';
import type { Deps } from './deps.ts';
import { settleDelayMs, type Payment } from './payment.ts';
import { recordOutcome } from './record-outcome.ts';
import { budgetOf } from './stripe-call.ts';

const stripeBudgetMs = 9_000;
const retryLater: CaptureResponse = { status: 'retry_later', retryAfterMs: 1_000 };

export async function capturePayment(deps: Deps, orderId: string): Promise<CaptureResponse> {
  const found = await deps.payments.find(orderId);
  if (found?.kind !== 'payment') return { status: 'not_capturable' };
  const decided = decidedResponse(found.payment);
  if (decided !== null) return decided;
  const leaseToken = randomUUID();
  const claimed = await claimSoon(deps, orderId, leaseToken, ['authorized']);
  if (claimed.kind === 'busy') return retryLater;
  if (claimed.kind === 'other_state') return decidedResponse(claimed.payment) ?? retryLater;

  const held = claimed.payment;
  const { stripePaymentIntentId: intentId } = held;
  if (intentId === null) throw new Error(`${orderId} is authorized and has no PaymentIntent`);
  if (held.voidRequestedAt !== null) {
    await deps.payments.release(orderId, leaseToken, { settleInMs: null });
    return { status: 'not_capturable' };
  }
  const end = await changeIntent(deps, { ...held, stripePaymentIntentId: intentId }, leaseToken, 'capture', budgetOf(stripeBudgetMs));
  if (end === 'unknown') {
    await deps.payments.release(orderId, leaseToken, { settleInMs: settleDelayMs(held.settleAttempts) });
    return retryLater;
  }
  const status = end === 'captured' ? 'captured' : 'voided';
  const recorded = await recordOutcome(deps, held, leaseToken, { status, stripePaymentIntentId: intentId, settleInMs: null });
  return recorded.kind === 'recorded' ? (decidedResponse(recorded.payment) ?? retryLater) : retryLater;
}

/** The answer for a payment that cannot be captured, or was; null for one that can. */
function decidedResponse(payment: Payment): CaptureResponse | null {
  if (payment.status === 'captured') return { status: 'captured', capturedAt: (payment.capturedAt ?? payment.createdAt).toISOString() };
  return payment.status === 'authorized' && payment.voidRequestedAt === null ? null : { status: 'not_capturable' };
}
