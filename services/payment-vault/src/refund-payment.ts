/**
 * Gives a part of what was captured, or all of it, back to the card. The refund, its key and its room under the captured
 * amount are written before Stripe is called; whatever breaks in between, it is made once or not at all.
 */
import { randomUUID } from 'node:crypto';
import type { RefundRequest, RefundResponse } from '@vitrine/contracts/payment-vault-http';
import type { Deps } from './deps.ts';
import { answerRefund, makeRefund, refundableOf, retryLater } from './make-refund.ts';
import { sameRefund, type Refund, type RefundTerms } from './refund.ts';
import { budgetOf } from './stripe-call.ts';

/** Less than a lease, and than checkout waits. */
const stripeBudgetMs = 12_000;

/** `conflict`: the refund was begun with other terms. */
export type RefundResult = RefundResponse | { readonly status: 'conflict' };

export async function refundPayment(deps: Deps, request: RefundRequest, requestId: string): Promise<RefundResult> {
  const { refundId, orderId, amountMinor, reason } = request;
  const terms: RefundTerms = { orderId, amountMinor, reason };
  const leaseToken = randomUUID();
  const known = await deps.refunds.find(refundId);
  if (known !== null) return repeat(deps, known, terms, leaseToken);

  const started = await deps.refunds.start(refundId, terms, leaseToken, requestId);
  if (typeof started === 'object') return makeRefund(deps, started, leaseToken, budgetOf(stripeBudgetMs), true);
  // Another call with this id may have been quicker.
  const begun = await deps.refunds.find(refundId);
  return begun === null ? refuse(deps, orderId) : repeat(deps, begun, terms, leaseToken);
}

async function repeat(deps: Deps, known: Refund, terms: RefundTerms, leaseToken: string): Promise<RefundResult> {
  if (!sameRefund(known, terms)) return { status: 'conflict' };
  if (known.status !== 'started' && known.status !== 'pending') return answerRefund(deps, known);
  const claimed = await deps.refunds.claim(known.refundId, leaseToken);
  if (claimed !== null) return makeRefund(deps, claimed, leaseToken, budgetOf(stripeBudgetMs), false);
  const current = (await deps.refunds.find(known.refundId)) ?? known;
  return current.status === 'started' ? { ...retryLater, retryAfterMs: 250 } : answerRefund(deps, current);
}

async function refuse(deps: Deps, orderId: string): Promise<RefundResult> {
  const found = await deps.payments.find(orderId);
  if (found?.kind !== 'payment' || found.payment.status !== 'captured')
    return { status: 'not_refundable', reason: 'NOT_CAPTURED', refundableMinor: 0 };
  return { status: 'not_refundable', reason: 'EXCEEDS_CAPTURED', refundableMinor: refundableOf(found.payment) };
}
