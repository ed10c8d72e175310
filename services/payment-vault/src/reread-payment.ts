/** Compares a payment's record with what Stripe shows of it now. Nothing is changed at Stripe or here. */
import type { ProviderRecord } from '@vitrine/contracts/reconciliation-http';
import type { Deps } from './deps.ts';
import { lookUpIntent } from './look-up-intent.ts';
import { meaningOf, type IntentMeaning, type Payment, type PaymentStatus } from './payment.ts';
import { moneyRefunds } from './refund.ts';
import type { Budget } from './stripe-call.ts';

type State = Exclude<ProviderRecord['state'], 'unknown'>;

/** States of Stripe's that go with a state of ours. Ours may be behind while a payment is under way, never once it is over. */
const expected: Readonly<Record<PaymentStatus, readonly State[]>> = {
  started: ['none', 'authorized', 'requires_action', 'canceled', 'failed'],
  requires_action: ['requires_action', 'authorized', 'canceled', 'failed'],
  authorized: ['authorized'],
  captured: ['captured'],
  declined: ['none', 'canceled', 'failed'],
  voided: ['none', 'canceled', 'failed'],
};

const stateOf = (meaning: IntentMeaning | { readonly kind: 'none' }): State => meaning.kind;

/** What Stripe shows as refunded or on its way; null when it cannot say. */
async function readRefunded(deps: Pick<Deps, 'stripeRefunds'>, intentId: string, chargeId: string, budget: Budget): Promise<number | null> {
  const listed = await deps.stripeRefunds.list(intentId, chargeId, budget);
  if (listed.kind !== 'ok') return null;
  return moneyRefunds(listed.value.refunds, listed.value.charge).reduce(
    (sum, { status, amountMinor }) => (status === 'failed' ? sum : sum + amountMinor),
    0,
  );
}

/** A payment that changes while it is read may seem to differ: who asks looks twice. */
export async function rereadPayment(
  deps: Pick<Deps, 'stripePayments' | 'stripeRefunds'>,
  payment: Payment,
  budget: Budget,
): Promise<ProviderRecord> {
  const unknown: ProviderRecord = { verdict: 'UNKNOWN', state: 'unknown', capturedMinor: 0, refundedMinor: null };
  const looked = await lookUpIntent(deps, payment, budget);
  if (looked.kind === 'unknown') return unknown;
  const state = stateOf(looked.kind === 'intent' ? meaningOf(looked.intent) : looked);
  if (state === 'pending') return { ...unknown, state };
  if (looked.kind === 'none' || state !== 'captured') {
    return { verdict: expected[payment.status].includes(state) ? 'SAME' : 'DIFFERS', state, capturedMinor: 0, refundedMinor: null };
  }
  const { id, chargeId, receivedMinor } = looked.intent;
  const refundedMinor = chargeId === null ? null : await readRefunded(deps, id, chargeId, budget);
  if (refundedMinor === null) return { ...unknown, state, capturedMinor: receivedMinor };
  // A refund on its way counts at Stripe and is reserved here; one that has not reached Stripe is reserved only.
  const isSame =
    payment.status === 'captured' &&
    payment.capturedMinor === receivedMinor &&
    refundedMinor >= payment.refundedMinor &&
    refundedMinor <= payment.refundReservedMinor;
  return { verdict: isSame ? 'SAME' : 'DIFFERS', state, capturedMinor: receivedMinor, refundedMinor };
}
