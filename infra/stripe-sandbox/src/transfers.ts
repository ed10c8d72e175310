/** Transfers to connected accounts: never more of a charge than is left of it, never to an account that may not take them. */
import type { Stripe } from 'stripe';
import { requireDestination } from './accounts.ts';
import { formatAmount } from './amounts.ts';
import { balanceOf, recordBalanceChange } from './balance-transactions.ts';
import { refundableOf } from './charges.ts';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { invalidRequest, missingParameter, noSuch } from './errors.ts';
import { newId } from './ids.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { clearableText, integer, mergeMetadata, metadata, oneOf, required, text } from './parameters.ts';
import { idOf, type LedgerOwner, type TransferRecord } from './records.ts';
import type { Transaction } from './store.ts';

/** The transfer of a path; throws ApiError 404. */
export function requireTransfer(tx: Transaction, id: string): TransferRecord {
  const record = tx.get('transfer', id);
  if (record === undefined) throw noSuch('transfer', id, { param: 'id', inPath: true });
  return record;
}

/** What has not yet been given back or passed on of a charge, in minor units; below zero where more was refunded than is left. */
export function transferableOf(tx: Transaction, charge: Stripe.Charge): number {
  const transferred = tx
    .list('transfer', charge.id)
    .filter(({ object: transfer }) => transfer.source_transaction === charge.id)
    .reduce((sum, { object: transfer }) => sum + transfer.amount - transfer.amount_reversed, 0);
  return refundableOf(charge) - transferred;
}

interface NewTransfer {
  amount: number;
  currency: string;
  destination: string;
  description?: string;
  metadata?: Record<string, string>;
  charge?: Stripe.Charge;
  group: string | null;
  ledger: LedgerOwner;
  /** Seconds since 1970. */
  now: number;
}

/** Writes a transfer with its change of the balance and its movement in the ledger. */
export function putTransfer(tx: Transaction, { charge, ledger, now, ...given }: NewTransfer): Stripe.Transfer {
  const id = newId('tr');
  const source = charge === undefined ? undefined : tx.get('balance_transaction', idOf(charge.balance_transaction) ?? '');
  const change = recordBalanceChange(tx, {
    kind: 'transfer',
    source: id,
    amount: -given.amount,
    currency: given.currency,
    now,
    description: given.description ?? null,
    ...(source === undefined ? {} : { availableOn: Math.max(now, source.object.available_on) }),
  });
  const object: Stripe.Transfer = {
    id,
    object: 'transfer',
    amount: given.amount,
    amount_reversed: 0,
    balance_transaction: change.id,
    created: now,
    currency: given.currency,
    description: given.description ?? null,
    destination: given.destination,
    destination_payment: newId('py'),
    livemode: false,
    metadata: given.metadata ?? {},
    reversals: { object: 'list', data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
    reversed: false,
    source_transaction: charge?.id ?? null,
    source_type: 'card',
    transfer_group: given.group,
  };
  tx.put('transfer', id, { object, ledger });
  tx.move({ kind: 'transfer', ...ledger, currency: object.currency, amount: object.amount, at: now });
  return object;
}

function sourceOf(tx: Transaction, id: string, amount: number, currency: string): Stripe.Charge {
  const charge = tx.get('charge', id)?.object;
  if (charge === undefined) throw noSuch('charge', id, { param: 'source_transaction' });
  if (charge.status !== 'succeeded' || !charge.captured) {
    throw invalidRequest(`The charge ${id} cannot be used as a source_transaction because it has not been captured.`, {
      param: 'source_transaction',
    });
  }
  if (charge.currency !== currency) {
    throw invalidRequest(
      `The currency of the source_transaction's balance (${charge.currency}) must be the same as the transfer currency (${currency})`,
      { param: 'currency' },
    );
  }
  const left = transferableOf(tx, charge);
  if (amount > left) {
    throw invalidRequest(
      `Cannot transfer ${formatAmount(amount, currency)} of charge ${id}: only ${formatAmount(Math.max(0, left), currency)} of it is left to transfer.`,
      { param: 'amount' },
    );
  }
  return charge;
}

/** The ledger's order: of the charge, else by the transfer's own metadata, else by its group, which names an order or an intent's group. */
function ledgerOwner(
  tx: Transaction,
  charge: Stripe.Charge | undefined,
  orderId: string | undefined,
  group: string | undefined,
): LedgerOwner {
  const paymentIntent = idOf(charge?.payment_intent);
  if (paymentIntent !== null) return { paymentIntent, orderId: null };
  if (orderId !== undefined || group === undefined) return { paymentIntent: null, orderId: orderId ?? null };
  const [intent] = tx.list('payment_intent', group);
  return intent === undefined ? { paymentIntent: null, orderId: group } : { paymentIntent: intent.object.id, orderId: null };
}

function checkAvailable(tx: Transaction, now: Date, amount: number, currency: string): void {
  if ((balanceOf(tx, now).get(currency)?.available ?? 0) >= amount) return;
  throw invalidRequest(
    'You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating Charges using the 4000000000000077 test card. See: https://docs.stripe.com/testing#available-balance',
    { code: 'balance_insufficient' },
  );
}

export const transferEndpoints: Endpoint[] = [
  endpoint(
    'POST',
    '/v1/transfers',
    {
      amount: integer({ min: 1 }),
      currency: required(text()),
      description: text(),
      destination: required(text()),
      metadata: metadata(),
      source_transaction: text(),
      source_type: oneOf('bank_account', 'card', 'fpx'),
      transfer_group: text(),
    },
    ({ tx, params, now }) => {
      const currency = params.currency.toLowerCase();
      const { amount } = params;
      if (amount === undefined) throw missingParameter('amount');
      const destination = requireDestination(tx, params.destination, 'destination');
      const charge = params.source_transaction === undefined ? undefined : sourceOf(tx, params.source_transaction, amount, currency);
      if (charge === undefined) checkAvailable(tx, now, amount, currency);
      const given = mergeMetadata({}, params.metadata);
      const intent = idOf(charge?.payment_intent);
      const transfer = putTransfer(tx, {
        amount,
        currency,
        destination: destination.id,
        description: params.description,
        metadata: given,
        charge,
        group: params.transfer_group ?? charge?.transfer_group ?? (intent === null ? null : `group_${intent}`),
        ledger: ledgerOwner(tx, charge, given['order_id'], params.transfer_group),
        now: Math.floor(now.getTime() / 1000),
      });
      return ok(transfer);
    },
  ),
  endpoint('GET', '/v1/transfers', { ...PAGE, ...CREATED, destination: text(), transfer_group: text() }, ({ tx, params }) => {
    const found = tx
      .list('transfer', params.transfer_group ?? params.destination)
      .map(({ object: transfer }) => transfer)
      .filter(
        (transfer) =>
          createdWithin(transfer.created, params.created) &&
          (params.destination === undefined || transfer.destination === params.destination) &&
          (params.transfer_group === undefined || transfer.transfer_group === params.transfer_group),
      );
    return ok(page(found, '/v1/transfers', 'transfer', params));
  }),
  endpoint('GET', '/v1/transfers/:id', {}, ({ tx, path }) => ok(requireTransfer(tx, idIn(path)).object)),
  endpoint('POST', '/v1/transfers/:id', { description: clearableText(), metadata: metadata() }, ({ tx, path, params }) => {
    const record = requireTransfer(tx, idIn(path));
    const { object: transfer } = record;
    const next = {
      ...transfer,
      description: params.description === undefined ? transfer.description : params.description,
      metadata: mergeMetadata(transfer.metadata, params.metadata),
    };
    tx.put('transfer', transfer.id, { ...record, object: next });
    return ok(next);
  }),
];
