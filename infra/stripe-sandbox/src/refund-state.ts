/** How a refund ends after it was answered: a pending one reaches the buyer, or one fails and its amount can be refunded again. */
import type { Stripe } from 'stripe';
import { recordBalanceChange } from './balance-transactions.ts';
import type { DeferralRecord } from './records.ts';
import { idOf } from './records.ts';
import type { Transaction } from './store.ts';

/** Milliseconds until a refund or a payment that takes a while has ended. */
export const DEFERRAL_MS = 3000;

/** The refund after its end; undefined where it has ended before or was never made. `now` in seconds. */
export function finishRefund(tx: Transaction, id: string, outcome: DeferralRecord['outcome'], now: number): Stripe.Refund | undefined {
  const record = tx.get('refund', id);
  if (record === undefined) return undefined;
  const { object: refund } = record;
  if (refund.status === 'failed' || refund.status === 'canceled') return undefined;
  if (outcome === 'succeed') {
    const done: Stripe.Refund = { ...refund, status: 'succeeded' };
    tx.put('refund', id, { ...record, object: done });
    return done;
  }
  const change = recordBalanceChange(tx, { kind: 'refund_failure', source: id, amount: refund.amount, currency: refund.currency, now });
  const failed: Stripe.Refund = {
    ...refund,
    status: 'failed',
    failure_balance_transaction: change.id,
    failure_reason: 'expired_or_canceled_card',
  };
  const charge = tx.get('charge', idOf(refund.charge) ?? '')?.object;
  if (charge === undefined) throw new Error('A refund has lost its charge.');
  tx.put('charge', charge.id, { object: { ...charge, amount_refunded: charge.amount_refunded - refund.amount, refunded: false } });
  tx.put('refund', id, { ...record, object: failed });
  const paymentIntent = idOf(refund.payment_intent);
  if (paymentIntent !== null) tx.move({ kind: 'refund_failed', paymentIntent, amount: refund.amount, at: now });
  return failed;
}
