/** Reads what checkout itself knows of orders, for the reconciler: few columns, by primary keys and small partial indexes. */
import type { ReturnState } from '@vitrine/contracts/order-events';
import type { Queryable } from '@vitrine/runtime/database';
import { money } from '@vitrine/runtime/money';
import type { OrderStatus, StoredPaymentState } from '../order-moves.ts';
import type { PurchaseOutcome } from '../purchase.ts';
import type { OrderFacts, PlacedOrderFacts, PurchaseFacts } from '../reconciliation.ts';

export type CheckoutFacts = Pick<OrderFacts, 'orderId' | 'purchase' | 'order'>;

interface FactsRow {
  readonly order_id: string;
  readonly is_finished: boolean;
  readonly outcome: PurchaseOutcome['kind'] | null;
  readonly created_at: Date;
  readonly status: OrderStatus | null;
  readonly payment_state: StoredPaymentState;
  readonly return_state: ReturnState;
  readonly currency: string;
  readonly total_minor: number;
  readonly refunded_minor: number;
  readonly product_id: string;
  readonly quantity: number;
  readonly placed_at: Date;
  readonly capture_at: Date;
  readonly cancelled_at: Date | null;
  readonly sequence: number;
  readonly events: number;
  readonly first: number;
  readonly last: number;
}

// An order's row refers to its purchase, so there is none without.
const statement = (purchases: string): string => `
  select p.order_id, p.recovery_point = 'finished' as is_finished, p.outcome->>'kind' as outcome, p.created_at,
         o.status, o.payment_state, o.return_state, o.currency, o.total_minor, o.refunded_minor, o.lines->0->>'productId' as product_id,
         (o.lines->0->>'quantity')::int as quantity, o.placed_at, o.capture_at, o.cancelled_at, o.sequence, h.events, h.first, h.last
    from ${purchases} p
    left join orders o using (order_id)
    left join lateral (
      select count(*)::int as events, coalesce(min(sequence), 0) as first, coalesce(max(sequence), 0) as last
        from order_history where order_id = o.order_id and sequence is not null) h on true
   order by p.order_id`;

function toFacts(row: FactsRow): CheckoutFacts {
  const purchase: PurchaseFacts = { isFinished: row.is_finished, outcome: row.outcome, createdAt: row.created_at };
  return { orderId: row.order_id, purchase, order: row.status === null ? null : toOrderFacts(row, row.status) };
}

const toOrderFacts = (row: FactsRow, status: OrderStatus): PlacedOrderFacts => ({
  status,
  payment: row.payment_state,
  returns: row.return_state,
  total: money(row.total_minor, row.currency),
  refundedMinor: row.refunded_minor,
  productId: row.product_id,
  quantity: row.quantity,
  placedAt: row.placed_at,
  captureAt: row.capture_at,
  cancelledAt: row.cancelled_at,
  sequence: row.sequence,
  history: { count: row.events, first: row.first, last: row.last },
});

/** Facts of these purchases and their orders; ids that checkout does not know are left out. */
export async function findFacts(queryable: Queryable, orderIds: readonly string[]): Promise<CheckoutFacts[]> {
  if (orderIds.length === 0) return [];
  const { rows } = await queryable.query<FactsRow>({
    name: 'facts-by-id',
    text: statement('(select * from purchases where order_id = any($1))'),
    values: [orderIds],
  });
  return rows.map(toFacts);
}

/** Facts of the first purchases after an order id up to another. */
export async function listFacts(queryable: Queryable, after: string, upTo: string, limit: number): Promise<CheckoutFacts[]> {
  const { rows } = await queryable.query<FactsRow>({
    name: 'facts-in-range',
    text: statement('(select * from purchases where order_id > $1 and order_id <= $2 order by order_id limit $3)'),
    values: [after, upTo, limit],
  });
  return rows.map(toFacts);
}

/** Orders and purchases whose next step is late, found by the indexes of the loops that should have taken it. */
export async function findLate(queryable: Queryable, patienceMs: number, limit: number): Promise<string[]> {
  const { rows } = await queryable.query<{ order_id: string }>({
    name: 'facts-late',
    text: `(select order_id from orders
             where status = 'placed' and payment_state in ('authorized', 'capturing') and capture_at < now() - make_interval(secs => $1)
             order by capture_at limit $2)
           union
           (select order_id from orders where payment_state = 'voiding' and cancelled_at < now() - make_interval(secs => $1)
             order by order_id limit $2)`,
    values: [patienceMs / 1_000, limit],
  });
  return rows.map((row) => row.order_id);
}

/** A step of an order's history. */
export interface HistoryStep {
  readonly position: number;
  readonly orderId: string;
  /** Null for a step without an event. */
  readonly eventId: string | null;
  readonly sequence: number | null;
  readonly at: Date;
}

/**
 * Steps after a position that are older than `graceMs`, in order, up to the first that is not: a step gets its position
 * before it is committed, so younger ones may still turn up before those that are seen.
 */
export async function listSteps(queryable: Queryable, after: number, graceMs: number, limit: number): Promise<HistoryStep[]> {
  const { rows } = await queryable.query<HistoryStep & { readonly is_old: boolean }>({
    name: 'history-steps',
    text: `select position::float8 as position, order_id as "orderId", event_id as "eventId", sequence, at,
                  at < now() - make_interval(secs => $2) as is_old
             from order_history where position > $1 order by position limit $3`,
    values: [after, graceMs / 1_000, limit],
  });
  const young = rows.findIndex((row) => !row.is_old);
  return (young === -1 ? rows : rows.slice(0, young)).map(({ position, orderId, eventId, sequence, at }) => ({
    position,
    orderId,
    eventId,
    sequence,
    at,
  }));
}
