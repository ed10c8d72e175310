/** Balance transactions: every change of the platform's balance with Stripe's fee, and the balance as their sum. */
import type { Stripe } from 'stripe';
import { endpoint, idIn, ok, type Endpoint } from './endpoint.ts';
import { noSuch } from './errors.ts';
import { newId } from './ids.ts';
import { CREATED, createdWithin, PAGE, page } from './lists.ts';
import { text } from './parameters.ts';
import type { Transaction } from './store.ts';

/** Stripe's names for the same change in the API (`type`) and in reports (`reporting_category`). */
const CATEGORIES = {
  charge: { type: 'charge', category: 'charge' },
  refund: { type: 'refund', category: 'refund' },
  refund_failure: { type: 'refund_failure', category: 'refund_failure' },
  transfer: { type: 'transfer', category: 'transfer' },
  transfer_reversal: { type: 'transfer_refund', category: 'transfer_reversal' },
  application_fee: { type: 'application_fee', category: 'platform_earning' },
  application_fee_refund: { type: 'application_fee_refund', category: 'platform_earning_refund' },
  dispute: { type: 'adjustment', category: 'dispute' },
  dispute_reversal: { type: 'adjustment', category: 'dispute_reversal' },
} as const;

/** New money of cards is pending for two days in the United States. */
const PENDING_SECONDS = 2 * 24 * 60 * 60;

interface Change {
  kind: keyof typeof CATEGORIES;
  /** The object that caused it. */
  source: string;
  /** Minor units; negative where money leaves the balance. */
  amount: number;
  currency: string;
  /** Seconds since 1970. */
  now: number;
  description?: string | null;
  fee?: { amount: number; description: string };
  /** Seconds since 1970 from which the money can be used; now when absent. */
  availableOn?: number;
}

/** Writes one change of the balance and returns it. */
export function recordBalanceChange(tx: Transaction, change: Change): Stripe.BalanceTransaction {
  const { kind, source, amount, currency, now, fee, availableOn = now } = change;
  const { type, category } = CATEGORIES[kind];
  const object: Stripe.BalanceTransaction = {
    id: newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: availableOn,
    balance_type: 'payments',
    created: now,
    currency,
    description: change.description ?? null,
    exchange_rate: null,
    fee: fee?.amount ?? 0,
    fee_details:
      fee === undefined ? [] : [{ amount: fee.amount, application: null, currency, description: fee.description, type: 'stripe_fee' }],
    net: amount - (fee?.amount ?? 0),
    reporting_category: category,
    source,
    status: availableOn > now ? 'pending' : 'available',
    type,
  };
  tx.put('balance_transaction', object.id, { object });
  return object;
}

/** A captured charge, less Stripe's 2.9 % and 30 minor units; `atOnce` skips the two days until it can be used. */
export function recordChargeIncome(tx: Transaction, charge: Stripe.Charge, now: number, atOnce: boolean): Stripe.BalanceTransaction {
  return recordBalanceChange(tx, {
    kind: 'charge',
    source: charge.id,
    amount: charge.amount_captured,
    currency: charge.currency,
    now,
    description: charge.description,
    fee: { amount: Math.round(charge.amount_captured * 0.029) + 30, description: 'Stripe processing fees' },
    availableOn: atOnce ? now : now + PENDING_SECONDS,
  });
}

function asOf(object: Stripe.BalanceTransaction, now: Date): Stripe.BalanceTransaction {
  return { ...object, status: object.available_on * 1000 > now.getTime() ? 'pending' : 'available' };
}

/** What can be used now and what is still pending, in minor units by currency. */
export function balanceOf(tx: Transaction, now: Date): Map<string, { available: number; pending: number }> {
  const balances = new Map<string, { available: number; pending: number }>([['usd', { available: 0, pending: 0 }]]);
  for (const { object } of tx.list('balance_transaction')) {
    const { status, currency, net } = asOf(object, now);
    const balance = balances.get(currency) ?? { available: 0, pending: 0 };
    balance[status === 'pending' ? 'pending' : 'available'] += net;
    balances.set(currency, balance);
  }
  return balances;
}

export const balanceEndpoints: Endpoint[] = [
  endpoint('GET', '/v1/balance', {}, ({ tx, now }) => {
    const balances = [...balanceOf(tx, now)];
    const amounts = (part: 'available' | 'pending'): object[] =>
      balances.map(([currency, balance]) => ({ amount: balance[part], currency, source_types: { card: balance[part] } }));
    return ok({ object: 'balance', available: amounts('available'), livemode: false, pending: amounts('pending') });
  }),
  endpoint(
    'GET',
    '/v1/balance_transactions',
    { ...PAGE, ...CREATED, currency: text(), source: text(), type: text() },
    ({ tx, params, now }) => {
      const found = tx
        .list('balance_transaction', params.source)
        .map(({ object }) => asOf(object, now))
        .filter(
          (entry) =>
            createdWithin(entry.created, params.created) &&
            (params.type === undefined || entry.type === params.type) &&
            (params.currency === undefined || entry.currency === params.currency),
        );
      return ok(page(found, '/v1/balance_transactions', 'balance transaction', params));
    },
  ),
  endpoint('GET', '/v1/balance_transactions/:id', {}, ({ tx, path, now }) => {
    const id = idIn(path);
    const record = tx.get('balance_transaction', id);
    if (record === undefined) throw noSuch('balance transaction', id, { param: 'id', inPath: true });
    return ok(asOf(record.object, now));
  }),
];
