/** Refunds of captured charges, whole or in parts, and the record of an authorization that was let go; charges are read here too. */
import type { Stripe } from 'stripe';
import { decideRefund } from './charges.ts';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { intentState, invalidRequest, noSuch } from './errors.ts';
import { newId } from './ids.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { flag, integer, mergeMetadata, metadata, oneOf, text } from './parameters.ts';
import { idOf, type ChargeRecord } from './records.ts';
import type { Transaction } from './store.ts';

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
      const decision = decideRefund(record.object, params.amount);
      if (!decision.ok) throw invalidRequest(decision.message, { code: decision.code, param: decision.param });
      if (params.reverse_transfer === true && record.object.transfer_data === null) {
        throw invalidRequest(`You cannot reverse the transfer of charge ${record.object.id} because it has no associated transfer.`, {
          param: 'reverse_transfer',
        });
      }
      if (params.refund_application_fee === true && record.object.application_fee_amount === null) {
        throw invalidRequest(`You cannot refund the application fee of charge ${record.object.id} because it has none.`, {
          param: 'refund_application_fee',
        });
      }
      const at = Math.floor(now.getTime() / 1000);
      const refund = {
        ...newRefund(decision.charge, decision.amount, at),
        metadata: mergeMetadata({}, params.metadata),
        reason: params.reason ?? null,
      };
      tx.put('charge', decision.charge.id, { object: decision.charge });
      tx.put('refund', refund.id, { kind: 'refund', object: refund });
      const paymentIntent = idOf(decision.charge.payment_intent);
      if (paymentIntent !== null) tx.move({ kind: 'refund', paymentIntent, amount: decision.amount, at });
      return ok(refund);
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
  endpoint('GET', '/v1/refunds/:id', {}, ({ tx, path }) => {
    const id = idIn(path);
    const record = tx.get('refund', id);
    if (record === undefined) throw noSuch('refund', id, { param: 'id', inPath: true });
    return ok(record.object);
  }),
  endpoint('GET', '/v1/charges/:id', {}, ({ tx, path }) => {
    const id = idIn(path);
    const record = tx.get('charge', id);
    if (record === undefined) throw noSuch('charge', id, { param: 'charge', inPath: true });
    return ok(record.object);
  }),
];
