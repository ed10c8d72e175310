/** Captures an order's authorized amount, or a part of it, once. */
import { randomUUID } from 'node:crypto';
import type { CaptureRequest, CaptureResponse } from '@vitrine/contracts/payment-vault-http';
import { changeIntent } from './change-intent.ts';
import { claimSoon } from './claim-soon.ts';
import type { Deps } from './deps.ts';
import { settleDelayMs, stripeKey, type Payment } from './payment.ts';
import { endedOutcome, recordOutcome } from './record-outcome.ts';
import { budgetOf } from './stripe-call.ts';

const stripeBudgetMs = 9_000;
const retryLater: CaptureResponse = { status: 'retry_later', retryAfterMs: 1_000 };
const conflict = { status: 'conflict' } as const;

/** `conflict`: another amount was asked for before. */
export type CaptureResult = CaptureResponse | typeof conflict;

export async function capturePayment(deps: Deps, { orderId, amountMinor }: CaptureRequest): Promise<CaptureResult> {
  const leaseToken = randomUUID();
  const begun = await deps.payments.beginCapture({
    orderId,
    leaseToken,
    amountMinor: amountMinor ?? null,
    key: stripeKey(orderId, 'capture'),
  });
  if (begun !== null) return sendCapture(deps, begun, leaseToken, amountMinor ?? begun.amountMinor, true);
  const found = await deps.payments.find(orderId);
  if (found === null) return { status: 'not_capturable', reason: 'NOT_AUTHORIZED' };
  if (found.kind === 'tombstone') return { status: 'not_capturable', reason: 'LET_GO' };
  const captureMinor = amountMinor ?? found.payment.amountMinor;
  const decided = decidedResult(found.payment, captureMinor);
  if (decided !== null) return decided;
  const claimed = await claimSoon(deps, orderId, leaseToken, ['authorized']);
  if (claimed.kind === 'busy') return retryLater;
  if (claimed.kind === 'other_state') return decidedResult(claimed.payment, captureMinor) ?? retryLater;

  const held = claimed.payment;
  const decidedMeanwhile = decidedResult(held, captureMinor);
  if (decidedMeanwhile !== null) {
    // What was asked for before this call has to be found out as soon as before.
    await deps.payments.release(orderId, leaseToken, {
      settleInMs: held.captureRequestedAt === null ? null : settleDelayMs(held.settleAttempts),
    });
    return decidedMeanwhile;
  }
  return sendCapture(deps, held, leaseToken, captureMinor, false);
}

/** For the holder of the lease. `isRequested`: the wish and its key are written, and nothing was sent so far. */
async function sendCapture(
  deps: Deps,
  held: Payment,
  leaseToken: string,
  captureMinor: number,
  isRequested: boolean,
): Promise<CaptureResult> {
  const { orderId, stripePaymentIntentId: intentId } = held;
  if (intentId === null) throw new Error(`${orderId} is authorized and has no PaymentIntent`);
  const change = { step: 'capture', amountMinor: captureMinor } as const;
  const intended = { ...held, stripePaymentIntentId: intentId };
  const end = await changeIntent(deps, intended, leaseToken, change, budgetOf(stripeBudgetMs), isRequested);
  if (end.kind === 'unknown') {
    await deps.payments.release(orderId, leaseToken, { settleInMs: settleDelayMs(held.settleAttempts) });
    return retryLater;
  }
  const recorded = await recordOutcome(deps, { ...held, captureMinor }, leaseToken, endedOutcome(end, intentId));
  return recorded.kind === 'recorded' ? (decidedResult(recorded.payment, captureMinor) ?? retryLater) : retryLater;
}

/** The answer for a payment that cannot be captured, or was; null for one that can. */
function decidedResult(payment: Payment, askedMinor: number): CaptureResult | null {
  const { status, captureMinor, capturedMinor, amountMinor, currency } = payment;
  if (captureMinor !== null && captureMinor !== askedMinor) return conflict;
  if (status === 'captured') {
    if (capturedMinor === null) throw new Error(`${payment.orderId} is captured without an amount`);
    const capturedAt = (payment.capturedAt ?? payment.createdAt).toISOString();
    return { status: 'captured', capturedAt, amount: { amountMinor: capturedMinor, currency } };
  }
  // A capture that was sent before the void was asked for may have taken effect: Stripe has to be asked first.
  const maySucceed = status === 'authorized' && payment.captureRequestedAt !== null;
  if (status === 'voided' || (payment.voidRequestedAt !== null && !maySucceed)) return { status: 'not_capturable', reason: 'LET_GO' };
  if (status !== 'authorized') return { status: 'not_capturable', reason: 'NOT_AUTHORIZED' };
  return askedMinor > amountMinor ? { status: 'not_capturable', reason: 'EXCEEDS_AUTHORIZED' } : null;
}
