/**
 * Where the money is: what was authorized, captured, refunded, voided, transferred, disputed and kept as a fee, per payment intent and
 * per order (`metadata.order_id`). It is a fold over the movements that the money transitions emit and never reads balances from the
 * objects, so that it can judge them.
 */
import type { Stripe } from 'stripe';

/**
 * What happened. `dispute` is money that a card network withdrew and `reinstate` what it gave back; `refund_failed` is a refund that
 * did not reach the buyer and came back.
 */
type MovementKind =
  | 'authorize'
  | 'capture'
  | 'refund'
  | 'void'
  | 'transfer'
  | 'reverse'
  | 'dispute'
  | 'reinstate'
  | 'application_fee'
  | 'application_fee_refund'
  | 'refund_failed';

/** Amount in minor units of the intent's currency. */
export interface Movement {
  kind: MovementKind;
  /** Null for a transfer that belongs to no charge. */
  paymentIntent: string | null;
  /** The order of a movement without a payment intent. */
  orderId?: string | null;
  /** The currency of a movement without a payment intent. */
  currency?: string;
  amount: number;
  /** Seconds since 1970. */
  at: number;
}

/** Numbers of movements of each kind, by what they add to. */
interface Counts {
  authorized: number;
  captured: number;
  refunded: number;
  voided: number;
  transferred: number;
  reversed: number;
  disputed: number;
  reinstated: number;
  application_fees: number;
  application_fees_refunded: number;
  refunds_failed: number;
}

/**
 * Amounts in minor units. `open` is authorized and neither captured nor voided. `refunded` is without the refunds that failed, which
 * are in `refunds_failed`; `disputed` is withdrawn less reinstated; `application_fees` is without what was given back.
 */
interface Totals {
  authorized: number;
  captured: number;
  refunded: number;
  voided: number;
  open: number;
  transferred: number;
  reversed: number;
  disputed: number;
  application_fees: number;
  refunds_failed: number;
  counts: Counts;
}

interface Account {
  intents: Map<string, { object: Stripe.PaymentIntent; movements: Movement[] }>;
  /** Movements of no payment intent. */
  loose: Movement[];
}

type Sum = Exclude<keyof Totals, 'open' | 'counts'>;

/** What a movement counts as, and the sums that it adds to or takes from. */
const EFFECTS: Record<MovementKind, { count: keyof Counts; sums: Partial<Record<Sum, 1 | -1>> }> = {
  authorize: { count: 'authorized', sums: { authorized: 1 } },
  capture: { count: 'captured', sums: { captured: 1 } },
  refund: { count: 'refunded', sums: { refunded: 1 } },
  void: { count: 'voided', sums: { voided: 1 } },
  transfer: { count: 'transferred', sums: { transferred: 1 } },
  reverse: { count: 'reversed', sums: { reversed: 1 } },
  dispute: { count: 'disputed', sums: { disputed: 1 } },
  reinstate: { count: 'reinstated', sums: { disputed: -1 } },
  application_fee: { count: 'application_fees', sums: { application_fees: 1 } },
  application_fee_refund: { count: 'application_fees_refunded', sums: { application_fees: -1 } },
  refund_failed: { count: 'refunds_failed', sums: { refunded: -1, refunds_failed: 1 } },
};

export function totalsOf(movements: readonly Movement[]): Totals {
  const totals: Totals = {
    authorized: 0,
    captured: 0,
    refunded: 0,
    voided: 0,
    open: 0,
    transferred: 0,
    reversed: 0,
    disputed: 0,
    application_fees: 0,
    refunds_failed: 0,
    counts: {
      authorized: 0,
      captured: 0,
      refunded: 0,
      voided: 0,
      transferred: 0,
      reversed: 0,
      disputed: 0,
      reinstated: 0,
      application_fees: 0,
      application_fees_refunded: 0,
      refunds_failed: 0,
    },
  };
  for (const { kind, amount } of movements) {
    const { count, sums } = EFFECTS[kind];
    totals.counts[count] += 1;
    for (const [sum, sign] of Object.entries(sums)) totals[sum as Sum] += sign * amount;
  }
  totals.open = totals.authorized - totals.captured - totals.voided;
  return totals;
}

interface LedgerIntent extends Totals {
  id: string;
  account: string;
  order_id: string | null;
  customer: string | null;
  currency: string;
  status: Stripe.PaymentIntent.Status;
}

interface LedgerOrder extends Totals {
  order_id: string;
  currency: string;
  payment_intents: string[];
}

export interface LedgerReport {
  orders: Record<string, LedgerOrder>;
  payment_intents: Record<string, LedgerIntent>;
  totals: Record<string, Totals>;
}

export class Ledger {
  readonly #accounts = new Map<string, Account>();

  add(account: string, movement: Movement): void {
    if (movement.paymentIntent === null) {
      this.#of(account).loose.push(movement);
      return;
    }
    const entry = this.#of(account).intents.get(movement.paymentIntent);
    if (entry === undefined) throw new Error('A movement came before its payment intent.');
    entry.movements.push(movement);
  }

  /** Takes the intent's present status, order and currency. */
  describe(account: string, object: Stripe.PaymentIntent): void {
    const { intents } = this.#of(account);
    intents.set(object.id, { object, movements: intents.get(object.id)?.movements ?? [] });
  }

  /** The whole ledger, or one order or account of it. `totals` is keyed by currency. */
  report(filter: { orderId?: string; account?: string } = {}): LedgerReport {
    const intentsById = new Map<string, LedgerIntent>();
    const byOrder = new Map<string, { currency: string; ids: string[]; movements: Movement[] }>();
    const byCurrency = new Map<string, Movement[]>();
    const count = (orderId: string | null, currency: string, movements: Movement[], intent?: string): void => {
      const ofCurrency = byCurrency.get(currency) ?? [];
      byCurrency.set(currency, ofCurrency);
      ofCurrency.push(...movements);
      if (orderId === null) return;
      const order = byOrder.get(orderId) ?? { currency, ids: [], movements: [] };
      byOrder.set(orderId, order);
      if (intent !== undefined) order.ids.push(intent);
      order.movements.push(...movements);
    };
    for (const [account, { intents, loose }] of this.#accounts) {
      if (filter.account !== undefined && filter.account !== account) continue;
      for (const { object, movements } of intents.values()) {
        const orderId = object.metadata['order_id'] ?? null;
        if (filter.orderId !== undefined && filter.orderId !== orderId) continue;
        intentsById.set(object.id, {
          id: object.id,
          account,
          order_id: orderId,
          customer: typeof object.customer === 'string' ? object.customer : null,
          currency: object.currency,
          status: object.status,
          ...totalsOf(movements),
        });
        count(orderId, object.currency, movements, object.id);
      }
      for (const movement of loose) {
        const { orderId = null, currency = '' } = movement;
        if (filter.orderId === undefined || filter.orderId === orderId) count(orderId, currency, [movement]);
      }
    }
    const orders = [...byOrder].map(([orderId, { currency, ids, movements }]) => {
      const order: LedgerOrder = { order_id: orderId, currency, payment_intents: ids, ...totalsOf(movements) };
      return [orderId, order] as const;
    });
    return {
      orders: Object.fromEntries(orders),
      payment_intents: Object.fromEntries(intentsById),
      totals: Object.fromEntries([...byCurrency].map(([currency, movements]) => [currency, totalsOf(movements)])),
    };
  }

  #of(account: string): Account {
    const present = this.#accounts.get(account) ?? { intents: new Map(), loose: [] };
    this.#accounts.set(account, present);
    return present;
  }
}
