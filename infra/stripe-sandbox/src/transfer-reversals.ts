/** Transfer reversals: money taken back from a connected account, never more than was transferred. */
import type { Stripe } from 'stripe';
import { formatAmount } from './amounts.ts';
import { refundFee } from './application-fees.ts';
import { recordBalanceChange } from './balance-transactions.ts';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { invalidRequest, noSuch } from './errors.ts';
import { newId } from './ids.ts';
import { PAGE, page } from './lists.ts';
import { flag, integer, mergeMetadata, metadata, text } from './parameters.ts';
import { idOf, type TransferRecord, type TransferReversalRecord } from './records.ts';
import type { Transaction } from './store.ts';
import { requireTransfer } from './transfers.ts';

/** How many reversals Stripe shows inside their transfer. */
const SHOWN = 10;

interface NewReversal {
  amount: number;
  metadata?: Record<string, string>;
  /** The refund that asked for it. */
  refund?: string;
  /** Seconds since 1970. */
  now: number;
}

/** Writes a reversal of an amount that was checked, its change of the balance and its movement in the ledger. */
export function reverseTransfer(tx: Transaction, record: TransferRecord, given: NewReversal): Stripe.TransferReversal {
  const { object: transfer, ledger } = record;
  const { amount, now } = given;
  const id = newId('trr');
  const change = recordBalanceChange(tx, { kind: 'transfer_reversal', source: id, amount, currency: transfer.currency, now });
  const reversal: Stripe.TransferReversal = {
    id,
    object: 'transfer_reversal',
    amount,
    balance_transaction: change.id,
    created: now,
    currency: transfer.currency,
    destination_payment_refund: null,
    metadata: given.metadata ?? {},
    source_refund: given.refund ?? null,
    transfer: transfer.id,
  };
  const reversed = transfer.amount_reversed + amount;
  const shown = [reversal, ...transfer.reversals.data];
  tx.put('transfer_reversal', id, { object: reversal });
  tx.put('transfer', transfer.id, {
    ledger,
    object: {
      ...transfer,
      amount_reversed: reversed,
      reversed: reversed === transfer.amount,
      reversals: { ...transfer.reversals, data: shown.slice(0, SHOWN), has_more: transfer.reversals.has_more || shown.length > SHOWN },
    },
  });
  tx.move({ kind: 'reverse', ...ledger, currency: transfer.currency, amount, at: now });
  return reversal;
}

function checkReversal(transfer: Stripe.Transfer, requested: number | undefined): number {
  const left = transfer.amount - transfer.amount_reversed;
  if (left === 0) throw invalidRequest(`Transfer ${transfer.id} has already been fully reversed.`);
  const amount = requested ?? left;
  if (amount > left) {
    throw invalidRequest(
      `Transfer reversal amount (${formatAmount(amount, transfer.currency)}) is greater than unreversed amount on transfer (${formatAmount(left, transfer.currency)})`,
      { param: 'amount' },
    );
  }
  return amount;
}

/** The application fee of the destination charge that made the transfer; throws ApiError 400 where there is none. */
function refundFeeOf(tx: Transaction, transfer: Stripe.Transfer, amount: number, now: number): void {
  const charge = tx.get('charge', idOf(transfer.source_transaction) ?? '');
  const fee = tx.get('application_fee', idOf(charge?.object.application_fee) ?? '');
  if (fee === undefined) {
    throw invalidRequest(`You cannot refund the application fee of transfer ${transfer.id} because it has none.`, {
      param: 'refund_application_fee',
    });
  }
  const left = fee.object.amount - fee.object.amount_refunded;
  const part = Math.min(left, Math.round((fee.object.amount * amount) / transfer.amount));
  if (part > 0) refundFee(tx, fee, { amount: part, now });
}

function requireReversal(tx: Transaction, path: Record<string, string>): TransferReversalRecord {
  const id = path['reversal'] ?? '';
  const record = tx.get('transfer_reversal', id);
  if (record === undefined || record.object.transfer !== requireTransfer(tx, idIn(path)).object.id) {
    throw noSuch('transfer reversal', id, { param: 'id', inPath: true });
  }
  return record;
}

export const transferReversalEndpoints: Endpoint[] = [
  endpoint(
    'POST',
    '/v1/transfers/:id/reversals',
    { amount: integer({ min: 1 }), description: text(), metadata: metadata(), refund_application_fee: flag() },
    ({ tx, path, params, now }) => {
      const record = requireTransfer(tx, idIn(path));
      const at = Math.floor(now.getTime() / 1000);
      const amount = checkReversal(record.object, params.amount);
      if (params.refund_application_fee === true) refundFeeOf(tx, record.object, amount, at);
      return ok(reverseTransfer(tx, record, { amount, metadata: mergeMetadata({}, params.metadata), now: at }));
    },
  ),
  endpoint('GET', '/v1/transfers/:id/reversals', PAGE, ({ tx, path, params }) => {
    const { object: transfer } = requireTransfer(tx, idIn(path));
    const found = tx.list('transfer_reversal', transfer.id).map(({ object: reversal }) => reversal);
    return ok(page(found, `/v1/transfers/${transfer.id}/reversals`, 'transfer reversal', params));
  }),
  endpoint('GET', '/v1/transfers/:id/reversals/:reversal', {}, ({ tx, path }) => ok(requireReversal(tx, path).object)),
  endpoint('POST', '/v1/transfers/:id/reversals/:reversal', { metadata: metadata() }, ({ tx, path, params }) => {
    const { object: reversal } = requireReversal(tx, path);
    const next = { ...reversal, metadata: mergeMetadata(reversal.metadata ?? {}, params.metadata) };
    tx.put('transfer_reversal', reversal.id, { object: next });
    return ok(next);
  }),
];
