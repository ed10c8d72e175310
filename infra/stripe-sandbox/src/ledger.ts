/**
 * Where the money is: what was authorized, captured, refunded and voided, per payment intent and per order (`metadata.order_id`).
 * It is a fold over the movements that the money transitions emit and never reads balances from the objects, so that it can
 * judge them.
 */
import type { Stripe } from 'stripe';

type MovementKind = 'authorize' | 'capture' | 'refund' | 'void';

/** Amount in minor units of the intent's currency. */
export interface Movement {
  kind: MovementKind;
  paymentIntent: string;
  amount: number;
  /** Seconds since 1970. */
  at: number;
}

/** Amounts in minor units; counts are numbers of movements. `open` is authorized and neither captured nor voided. */
interface Totals {
  authorized: number;
  captured: number;
  refunded: number;
  voided: number;
  open: number;
  counts: { authorized: number; captured: number; refunded: number; voided: number };
}

interface Account {
  intents: Map<string, { object: Stripe.PaymentIntent; movements: Movement[] }>;
}

const FIELD = { authorize: 'authorized', capture: 'captured', refund: 'refunded', void: 'voided' } as const;

export function totalsOf(movements: readonly Movement[]): Totals {
  const totals: Totals = {
    authorized: 0,
    captured: 0,
    refunded: 0,
    voided: 0,
    open: 0,
    counts: { authorized: 0, captured: 0, refunded: 0, voided: 0 },
  };
  for (const { kind, amount } of movements) {
    totals[FIELD[kind]] += amount;
    totals.counts[FIELD[kind]] += 1;
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
    for (const [account, { intents }] of this.#accounts) {
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
        const ofCurrency = byCurrency.get(object.currency) ?? [];
        byCurrency.set(object.currency, ofCurrency);
        ofCurrency.push(...movements);
        if (orderId === null) continue;
        const order = byOrder.get(orderId) ?? { currency: object.currency, ids: [], movements: [] };
        byOrder.set(orderId, order);
        order.ids.push(object.id);
        order.movements.push(...movements);
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
    const present = this.#accounts.get(account) ?? { intents: new Map() };
    this.#accounts.set(account, present);
    return present;
  }
}
