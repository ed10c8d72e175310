/** Refunds of captured charges, whole or in parts, and the record of an authorization that was let go. */
import type { Stripe } from 'stripe';
import { refundFee } from './application-fees.ts';
import { recordBalanceChange } from './balance-transactions.ts';
import { behaviourOf } from './cards.ts';
import { decideRefund } from './charges.ts';
import { closeInquiries } from './dispute-state.ts';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { intentState, invalidRequest, noSuch } from './errors.ts';
import { newId } from './ids.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { flag, integer, mergeMetadata, metadata, oneOf, text } from './parameters.ts';
import { idOf, type ChargeRecord, type RefundRecord } from './records.ts';
import { DEFERRAL_MS } from './refund-state.ts';
import type { Transaction } from './store.ts';
import { reverseTransfer } from './transfer-reversals.ts';

function newRefund(charge: Stripe.Charge, amount: number, now: number): Stripe.Refund {
  return {
    id: newId('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: now,
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: {},
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
}

/** Stripe shows the part of an authorization that is let go as a refund of its own; no money moves, so the ledger calls it void. */
export function recordRelease(tx: Transaction, charge: Stripe.Charge, amount: number, now: number): void {
  const refund = newRefund(charge, amount, now);
  tx.put('refund', refund.id, {
    kind: 'release',
    object: { ...refund, destination_details: { card: { type: 'reversal' }, type: 'card' } },
  });
}

function chargeToRefund(tx: Transaction, params: { charge?: string; payment_intent?: string }): ChargeRecord {
  if (params.charge !== undefined && params.payment_intent !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: charge, payment_intent.', {
      code: 'parameters_exclusive',
      param: 'payment_intent',
    });
  }
  if (params.charge !== undefined) {
    const charge = tx.get('charge', params.charge);
    if (charge === undefined) throw noSuch('charge', params.charge, { param: 'charge' });
    return charge;
  }
  if (params.payment_intent === undefined) {
    throw invalidRequest('One of the following params should be provided for this request: payment_intent or charge.');
  }
  const intent = tx.get('payment_intent', params.payment_intent);
  if (intent === undefined) throw noSuch('payment_intent', params.payment_intent, { param: 'payment_intent' });
  const id = idOf(intent.object.latest_charge);
  const charge = id === null ? undefined : tx.get('charge', id);
  if (intent.object.status !== 'succeeded' || charge === undefined) {
    throw intentState(
      'payment_intent_unexpected_state',
      `This PaymentIntent (${intent.object.id}) does not have a successful charge to refund.`,
      {
        payment_intent: intent.object,
      },
    );
  }
  return charge;
}

/** A chargeback has taken the money already, unless it was won; an inquiry has not. */
function checkUndisputed(tx: Transaction, charge: Stripe.Charge): void {
  if (tx.list('dispute', charge.id).every(({ object: dispute }) => dispute.is_charge_refundable)) return;
  throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' });
}

function checkConnected(charge: Stripe.Charge, params: { reverse_transfer?: boolean; refund_application_fee?: boolean }): void {
  if (params.reverse_transfer === true && charge.transfer_data === null) {
    throw invalidRequest(`You cannot reverse the transfer of charge ${charge.id} because it has no associated transfer.`, {
      param: 'reverse_transfer',
    });
  }
  if (params.refund_application_fee === true && charge.application_fee_amount === null) {
    throw invalidRequest(`You cannot refund the application fee of charge ${charge.id} because it has none.`, {
      param: 'refund_application_fee',
    });
  }
}

/** The refund's part of the charge, of `whole`, and never more than `left`; all that is left where all is refunded. */
function partOf(charge: Stripe.Charge, refunded: number, whole: number, left: number): number {
  return charge.refunded ? left : Math.min(left, Math.round((whole * refunded) / charge.amount_captured));
}

/** Takes the refund's part of the transfer back; returns the reversal's id, null where nothing is left to take. */
function reversePart(tx: Transaction, charge: Stripe.Charge, refunded: number, given: { refund: string; now: number }): string | null {
  const record = tx.get('transfer', idOf(charge.transfer) ?? '');
  if (record === undefined) throw new Error('A destination charge has lost its transfer.');
  const { amount, amount_reversed: reversed } = record.object;
  const part = partOf(charge, refunded, amount, amount - reversed);
  return part > 0 ? reverseTransfer(tx, record, { ...given, amount: part }).id : null;
}

function refundFeePart(tx: Transaction, charge: Stripe.Charge, refunded: number, now: number): void {
  const record = tx.get('application_fee', idOf(charge.application_fee) ?? '');
  if (record === undefined) return;
  const { amount, amount_refunded: returned } = record.object;
  const part = partOf(charge, refunded, amount, amount - returned);
  if (part > 0) refundFee(tx, record, { amount: part, now });
}

/** How a refund to this charge's card ends some seconds later; undefined where it has ended at once. */
function endOf(tx: Transaction, charge: Stripe.Charge): 'pending_succeeds' | 'fails' | undefined {
  const method = tx.get('payment_method', charge.payment_method ?? '');
  return method === undefined ? undefined : behaviourOf(method.behaviour).refund;
}

function requireRefund(tx: Transaction, id: string): RefundRecord {
  const record = tx.get('refund', id);
  if (record === undefined) throw noSuch('refund', id, { param: 'id', inPath: true });
  return record;
}

export const refundEndpoints: Endpoint[] = [
  endpoint(
    'POST',
    '/v1/refunds',
    {
      amount: integer(),
      charge: text(),
      metadata: metadata(),
      payment_intent: text(),
      reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
      refund_application_fee: flag(),
      reverse_transfer: flag(),
    },
    ({ tx, params, now }) => {
      const record = chargeToRefund(tx, params);
      checkUndisputed(tx, record.object);
      const decision = decideRefund(record.object, params.amount);
      if (!decision.ok) throw invalidRequest(decision.message, { code: decision.code, param: decision.param });
      checkConnected(record.object, params);
      const { amount, charge } = decision;
      const at = Math.floor(now.getTime() / 1000);
      const refund = newRefund(charge, amount, at);
      const change = recordBalanceChange(tx, { kind: 'refund', source: refund.id, amount: -amount, currency: charge.currency, now: at });
      const reversal = params.reverse_transfer === true ? reversePart(tx, charge, amount, { refund: refund.id, now: at }) : null;
      if (params.refund_application_fee === true) refundFeePart(tx, charge, amount, at);
      const end = endOf(tx, charge);
      const made: Stripe.Refund = {
        ...refund,
        balance_transaction: change.id,
        metadata: mergeMetadata({}, params.metadata),
        reason: params.reason ?? null,
        status: end === 'pending_succeeds' ? 'pending' : 'succeeded',
        transfer_reversal: reversal,
      };
      tx.put('charge', charge.id, { object: charge });
      tx.put('refund', made.id, { kind: 'refund', object: made });
      if (end !== undefined) {
        const dueAt = now.getTime() + DEFERRAL_MS;
        tx.put('deferral', made.id, { kind: 'refund', id: made.id, outcome: end === 'fails' ? 'fail' : 'succeed', dueAt, done: false });
      }
      const paymentIntent = idOf(charge.payment_intent);
      if (paymentIntent !== null) tx.move({ kind: 'refund', paymentIntent, amount, at });
      if (charge.refunded) closeInquiries(tx, charge.id);
      return ok(made);
    },
  ),
  endpoint('GET', '/v1/refunds', { ...PAGE, ...CREATED, charge: text(), payment_intent: text() }, ({ tx, params }) => {
    const found = tx
      .list('refund', params.charge ?? params.payment_intent)
      .map(({ object: refund }) => refund)
      .filter(
        (refund) =>
          createdWithin(refund.created, params.created) &&
          (params.payment_intent === undefined || refund.payment_intent === params.payment_intent),
      );
    return ok(page(found, '/v1/refunds', 'refund', params));
  }),
  endpoint('GET', '/v1/refunds/:id', {}, ({ tx, path }) => ok(requireRefund(tx, idIn(path)).object)),
  endpoint('POST', '/v1/refunds/:id', { metadata: metadata() }, ({ tx, path, params }) => {
    const record = requireRefund(tx, idIn(path));
    const refund = { ...record.object, metadata: mergeMetadata(record.object.metadata ?? {}, params.metadata) };
    tx.put('refund', refund.id, { ...record, object: refund });
    return ok(refund);
  }),
  endpoint('POST', '/v1/refunds/:id/cancel', {}, ({ tx, path }) => {
    const { object: refund } = requireRefund(tx, idIn(path));
    // Only a refund that waits for the buyer can be canceled, and one to a card never does.
    throw invalidRequest(
      `You cannot cancel refund ${refund.id} because it has a status of ${refund.status}. Only a refund with a status of requires_action may be canceled.`,
    );
  }),
];
