/** What is true after all runs: the sandbox's ledger and lists on the one side, the vault's tables on the other. */
import type pg from 'pg';
import type { DeletedCard } from './told.ts';

/** Amounts in minor units. */
export interface LedgerOrder {
  readonly payment_intents: readonly string[];
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
  readonly voided: number;
  readonly open: number;
  readonly transferred: number;
  readonly reversed: number;
  readonly disputed: number;
  readonly counts: { readonly authorized: number; readonly captured: number; readonly refunded: number };
}

export interface PaymentRow {
  readonly order_id: string;
  readonly payment_id: string | null;
  readonly status: string;
  readonly seller_id: string | null;
  readonly amount_minor: number | null;
  readonly captured_minor: number | null;
  readonly refunded_minor: number;
  readonly refund_reserved_minor: number;
  readonly sequence: number;
  readonly has_address: boolean;
  readonly transferred_minor: number | null;
  readonly reversed_minor: number | null;
}

export interface EventRow {
  readonly key: string;
  readonly type: string;
  readonly sequence: number;
  readonly refund_id: string | null;
  readonly captured_minor: number | null;
}

export interface StripeRefund {
  readonly refundId: string | null;
  readonly orderId: string | null;
  readonly amountMinor: number;
  readonly status: string;
}

export interface Facts {
  readonly ledger: Readonly<Record<string, LedgerOrder>>;
  readonly payments: readonly PaymentRow[];
  readonly refunds: readonly {
    readonly refund_id: string;
    readonly order_id: string;
    readonly status: string;
    readonly amount_minor: number;
  }[];
  readonly events: readonly EventRow[];
  readonly inbox: readonly string[];
  readonly stripeRefunds: readonly StripeRefund[];
  readonly stripeEvents: ReadonlySet<string>;
  readonly stillAttached: readonly DeletedCard[];
  readonly activeSellers: ReadonlySet<string>;
}

/** What is read of Stripe's objects and lists. */
interface Shown {
  readonly id: string;
  readonly amount?: number;
  readonly status?: string;
  readonly customer?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly data?: readonly Shown[];
  readonly has_more?: boolean;
}

export async function gatherFacts(
  database: pg.Pool,
  stripeOrigin: string,
  secretKey: string,
  deletedCards: readonly DeletedCard[],
): Promise<Facts> {
  const stripe = async (path: string): Promise<Shown> => {
    const response = await fetch(`${stripeOrigin}${path}`, { headers: { authorization: `Bearer ${secretKey}` } });
    if (!response.ok) throw new Error(`Stripe's ${path} answered ${response.status}`);
    return (await response.json()) as Shown;
  };
  const list = async (path: string): Promise<Shown[]> => {
    const all: Shown[] = [];
    for (;;) {
      const last = all.at(-1)?.id;
      const { data = [], has_more: hasMore } = await stripe(`${path}?limit=100${last === undefined ? '' : `&starting_after=${last}`}`);
      all.push(...data);
      if (hasMore !== true) return all;
    }
  };
  const rows = async <Row extends pg.QueryResultRow>(text: string): Promise<Row[]> => (await database.query<Row>(text)).rows;

  const stripeRefunds = (await list('/v1/refunds')).map(({ metadata, amount = 0, status = '' }): StripeRefund => ({
    refundId: metadata?.['refund_id'] ?? null,
    orderId: metadata?.['order_id'] ?? null,
    amountMinor: amount,
    status,
  }));
  const stripeEvents = new Set((await list('/v1/events')).map(({ id }) => id));
  const stillAttached: DeletedCard[] = [];
  for (const deleted of deletedCards) {
    const { customer } = await stripe(`/v1/payment_methods/${deleted.stripePaymentMethodId}`);
    if (customer !== null) stillAttached.push(deleted);
  }
  const ledger = (await (await fetch(`${stripeOrigin}/_sandbox/ledger`)).json()) as { readonly orders: Facts['ledger'] };
  const active = await rows<{ seller_id: string }>(`select seller_id from seller_accounts where status = 'active'`);
  return {
    ledger: ledger.orders,
    payments: await rows<PaymentRow>(
      `select p.order_id, p.payment_id, p.status, p.seller_id, p.amount_minor, p.captured_minor, p.refunded_minor, p.refund_reserved_minor, p.sequence,
              exists (select 1 from order_addresses a where a.order_id = p.order_id) as has_address, s.transferred_minor, s.reversed_minor
         from payments p left join seller_shares s using (order_id)`,
    ),
    refunds: await rows('select refund_id, order_id, status, amount_minor from refunds'),
    events: await rows<EventRow>(
      `select key, type, sequence, payload->>'refundId' as refund_id, (payload->'payment'->>'capturedMinor')::int as captured_minor
         from outbox where topic = 'payment-vault.payment.v1' order by position`,
    ),
    inbox: (await rows<{ event_id: string }>('select event_id from stripe_events')).map(({ event_id: id }) => id),
    stripeRefunds,
    stripeEvents,
    stillAttached,
    activeSellers: new Set(active.map(({ seller_id: id }) => id)),
  };
}
