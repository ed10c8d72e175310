/**
 * What the capture of a charge sets off: Stripe's balance transaction, the transfer and the application fee of a destination charge,
 * and the dispute that a test card asks for.
 */
import type { Stripe } from 'stripe';
import { takeFee } from './application-fees.ts';
import { recordChargeIncome } from './balance-transactions.ts';
import { behaviourOf } from './cards.ts';
import { openDispute } from './dispute-state.ts';
import { newId } from './ids.ts';
import { idOf } from './records.ts';
import type { Transaction } from './store.ts';
import { putTransfer } from './transfers.ts';

/** Writes the captured charge and all that follows from it. Returns the charge as written; `now` in seconds. */
export function settleCapture(tx: Transaction, charge: Stripe.Charge, now: number): Stripe.Charge {
  const method = tx.get('payment_method', charge.payment_method ?? '');
  const behaviour = method === undefined ? undefined : behaviourOf(method.behaviour);
  const income = recordChargeIncome(tx, charge, now, behaviour?.skipsPending === true);
  const settled: Stripe.Charge = {
    ...charge,
    balance_transaction: income.id,
    disputed: behaviour?.dispute !== undefined,
  };
  const destination = idOf(charge.transfer_data?.destination);
  const paymentIntent = idOf(charge.payment_intent);
  const fee = destination !== null && charge.application_fee_amount !== null && charge.application_fee_amount > 0;
  if (destination !== null) {
    const part = charge.transfer_data?.amount ?? charge.amount_captured;
    settled.transfer_group = charge.transfer_group ?? `group_${paymentIntent ?? charge.id}`;
    settled.transfer = putTransfer(tx, {
      amount: Math.min(part, charge.amount_captured),
      currency: charge.currency,
      destination,
      charge: settled,
      group: settled.transfer_group,
      ledger: { paymentIntent, orderId: null },
      now,
    }).id;
    if (fee) settled.application_fee = newId('fee');
  }
  tx.put('charge', charge.id, { object: settled });
  if (fee) takeFee(tx, settled, idOf(settled.application_fee) ?? '', destination, charge.application_fee_amount ?? 0, now);
  if (behaviour?.dispute !== undefined) openDispute(tx, settled, behaviour.dispute, now);
  return settled;
}
