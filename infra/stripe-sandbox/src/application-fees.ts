/** Application fees: the platform's part of a destination charge, and what it gives back of it. */
import type { Stripe } from 'stripe';
import { formatAmount } from './amounts.ts';
import { recordBalanceChange } from './balance-transactions.ts';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { invalidRequest, noSuch } from './errors.ts';
import { newId } from './ids.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { integer, mergeMetadata, metadata, text } from './parameters.ts';
import { idOf, type ApplicationFeeRecord } from './records.ts';
import type { Transaction } from './store.ts';

function requireFee(tx: Transaction, id: string): ApplicationFeeRecord {
  const record = tx.get('application_fee', id);
  if (record === undefined) throw noSuch('application fee', id, { param: 'id', inPath: true });
  return record;
}

function move(tx: Transaction, kind: 'application_fee' | 'application_fee_refund', charge: string, amount: number, at: number): void {
  const paymentIntent = idOf(tx.get('charge', charge)?.object.payment_intent);
  if (paymentIntent !== null) tx.move({ kind, paymentIntent, amount, at });
}

/** Writes the fee that is taken of a charge, which has to be written already. */
export function takeFee(tx: Transaction, charge: Stripe.Charge, id: string, account: string, amount: number, now: number): void {
  const change = recordBalanceChange(tx, { kind: 'application_fee', source: id, amount, currency: charge.currency, now });
  const object: Stripe.ApplicationFee = {
    id,
    object: 'application_fee',
    account,
    amount,
    amount_refunded: 0,
    application: 'ca_sandbox',
    balance_transaction: change.id,
    charge: charge.id,
    created: now,
    currency: charge.currency,
    fee_source: { charge: charge.id, type: 'charge' },
    livemode: false,
    originating_transaction: charge.id,
    refunded: false,
    refunds: { object: 'list', data: [], has_more: false, url: `/v1/application_fees/${id}/refunds` },
  };
  tx.put('application_fee', id, { object });
  move(tx, 'application_fee', charge.id, amount, now);
}

/** Writes a refund of an amount of the fee that was checked. */
export function refundFee(
  tx: Transaction,
  { object: fee }: ApplicationFeeRecord,
  given: { amount: number; now: number; metadata?: Record<string, string> },
): Stripe.FeeRefund {
  const { amount, now } = given;
  const id = newId('fr');
  const change = recordBalanceChange(tx, { kind: 'application_fee_refund', source: id, amount: -amount, currency: fee.currency, now });
  const refund: Stripe.FeeRefund = {
    id,
    object: 'fee_refund',
    amount,
    balance_transaction: change.id,
    created: now,
    currency: fee.currency,
    fee: fee.id,
    metadata: given.metadata ?? {},
  };
  const refunded = fee.amount_refunded + amount;
  tx.put('fee_refund', id, { object: refund });
  tx.put('application_fee', fee.id, {
    object: {
      ...fee,
      amount_refunded: refunded,
      refunded: refunded === fee.amount,
      refunds: { ...fee.refunds, data: [refund, ...fee.refunds.data].slice(0, 10) },
    },
  });
  move(tx, 'application_fee_refund', idOf(fee.charge) ?? '', amount, now);
  return refund;
}

export const applicationFeeEndpoints: Endpoint[] = [
  endpoint('GET', '/v1/application_fees', { ...PAGE, ...CREATED, charge: text() }, ({ tx, params }) => {
    const found = tx
      .list('application_fee', params.charge)
      .map(({ object: fee }) => fee)
      .filter((fee) => createdWithin(fee.created, params.created));
    return ok(page(found, '/v1/application_fees', 'application fee', params));
  }),
  endpoint('GET', '/v1/application_fees/:id', {}, ({ tx, path }) => ok(requireFee(tx, idIn(path)).object)),
  endpoint(
    'POST',
    '/v1/application_fees/:id/refunds',
    { amount: integer({ min: 1 }), metadata: metadata() },
    ({ tx, path, params, now }) => {
      const record = requireFee(tx, idIn(path));
      const left = record.object.amount - record.object.amount_refunded;
      if (left === 0) throw invalidRequest(`Application fee ${record.object.id} has already been refunded.`);
      const amount = params.amount ?? left;
      if (amount > left) {
        throw invalidRequest(
          `Refund amount (${formatAmount(amount, record.object.currency)}) is greater than unrefunded amount on fee (${formatAmount(left, record.object.currency)})`,
          { param: 'amount' },
        );
      }
      return ok(refundFee(tx, record, { amount, now: Math.floor(now.getTime() / 1000), metadata: mergeMetadata({}, params.metadata) }));
    },
  ),
  endpoint('GET', '/v1/application_fees/:id/refunds', PAGE, ({ tx, path, params }) => {
    const { object: fee } = requireFee(tx, idIn(path));
    const found = tx.list('fee_refund', fee.id).map(({ object: refund }) => refund);
    return ok(page(found, `/v1/application_fees/${fee.id}/refunds`, 'fee refund', params));
  }),
  endpoint('GET', '/v1/application_fees/:id/refunds/:refund', {}, ({ tx, path }) => {
    const id = path['refund'] ?? '';
    const record = tx.get('fee_refund', id);
    if (record === undefined || record.object.fee !== idIn(path)) throw noSuch('fee refund', id, { param: 'id', inPath: true });
    return ok(record.object);
  }),
];
