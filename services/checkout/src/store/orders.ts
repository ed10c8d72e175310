/** Statements on orders. Each change writes the order, its history and its event together, guarded by the order's version. */
import type { CancelReason, DisputeState, FulfilmentState, ReturnState } from '@vitrine/contracts/order-events';
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import { createBatcher, type Batcher } from '@vitrine/runtime/group-commit';
import { newId } from '@vitrine/runtime/ids';
import { money } from '@vitrine/runtime/money';
import type { NewEvent } from '@vitrine/runtime/outbox';
import type { OrderStatus, StoredPaymentState } from '../order-moves.ts';
import { statesToTell, type Order, type OrderLine } from '../order.ts';
import type { DueOrder } from '../order-store.ts';

export interface OrderRow {
  readonly order_id: string;
  readonly buyer_id: string;
  readonly seller_id: string;
  readonly market: string;
  readonly currency: string;
  readonly status: OrderStatus;
  readonly payment_state: StoredPaymentState;
  readonly fulfilment_state: FulfilmentState;
  readonly return_state: ReturnState;
  readonly dispute_state: DisputeState;
  readonly lines: OrderLine[];
  readonly subtotal_minor: number;
  readonly shipping_minor: number;
  readonly tax_minor: number;
  readonly total_minor: number;
  readonly refunded_minor: number;
  readonly shipping_service: string;
  readonly source_post_id: string | null;
  readonly sequence: number;
  readonly request_id: string;
  readonly placed_at: Date;
  readonly confirmed_at: Date | null;
  readonly cancelled_at: Date | null;
  readonly cancel_reason: CancelReason | null;
  readonly capture_at: Date;
}

export const toOrder = (row: OrderRow): Order => ({
  orderId: row.order_id,
  buyerId: row.buyer_id,
  sellerId: row.seller_id,
  market: row.market,
  status: row.status,
  payment: row.payment_state,
  fulfilment: row.fulfilment_state,
  returns: row.return_state,
  dispute: row.dispute_state,
  lines: row.lines,
  subtotal: money(row.subtotal_minor, row.currency),
  shipping: money(row.shipping_minor, row.currency),
  tax: money(row.tax_minor, row.currency),
  total: money(row.total_minor, row.currency),
  refundedMinor: row.refunded_minor,
  shippingService: row.shipping_service,
  sourcePostId: row.source_post_id,
  sequence: row.sequence,
  requestId: row.request_id,
  placedAt: row.placed_at,
  confirmedAt: row.confirmed_at,
  cancelledAt: row.cancelled_at,
  cancelReason: row.cancel_reason,
  captureAt: row.capture_at,
});

/** Orders by id, in any order. */
export async function findOrders(queryable: Queryable, orderIds: readonly string[]): Promise<Order[]> {
  const { rows } = await queryable.query<OrderRow>({
    name: 'orders-by-id',
    text: 'select * from orders where order_id = any($1)',
    values: [orderIds],
  });
  return rows.map(toOrder);
}

/** A buyer's orders, newest first, after a given one. */
export async function listOrders(queryable: Queryable, buyerId: string, first: number, afterOrderId: string | null): Promise<Order[]> {
  const { rows } = await queryable.query<OrderRow>({
    name: 'orders-of-buyer',
    text: `select * from orders where buyer_id = $1 and ($3::text is null or order_id < $3) order by order_id desc limit $2`,
    values: [buyerId, first, afterOrderId],
  });
  return rows.map(toOrder);
}

/** Locks an order for the rest of the transaction; null when there is none. */
export async function lockOrder(transaction: Transaction, orderId: string): Promise<Order | null> {
  const { rows } = await transaction.query<OrderRow>({
    name: 'order-lock',
    text: 'select * from orders where order_id = $1 for update',
    values: [orderId],
  });
  return rows[0] === undefined ? null : toOrder(rows[0]);
}

/** Why a step was taken, for the order's history. */
export type Cause = 'buyer' | 'seller' | 'operator' | 'schedule' | 'payment' | 'recovery' | 'reconciler';

/** A change of an order: the order as it is afterwards (`moveOrder`), the event that tells of it, and why. */
export interface OrderChange {
  readonly order: Order;
  readonly event: NewEvent;
  readonly cause: Cause;
  /** How often it was tried. 1 unless given. */
  readonly attempt?: number;
  /** For the history; nothing personal. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

interface ChangeRow {
  readonly order_id: string;
  readonly event_id: string;
  readonly detail: unknown;
}

const changeColumns = `order_id text, status text, payment_state text, fulfilment_state text, return_state text, dispute_state text,
  refunded_minor int, cancel_reason text, confirmed_at timestamptz, cancelled_at timestamptz, sequence int, buyer_id text,
  event_id text, topic text, type text, payload jsonb, correlation_id text, causation_id text, cause text, attempt int, detail jsonb, states text`;

/** The rows that events and history get for changes; the statement's input must be called `changed`. */
export const recordChanges = `
  history as (
    insert into order_history (order_id, buyer_id, event_id, sequence, step, cause, attempt, detail, states)
    select order_id, buyer_id, event_id, sequence, type, cause, attempt, detail, states from changed
  )
  insert into outbox (event_id, topic, key, type, sequence, payload, correlation_id, causation_id)
  select event_id, topic, order_id, type, sequence, payload, correlation_id, causation_id from changed
  returning key as order_id`;

/** What history and outbox store of a change. */
export const changeRecord = ({ order, event, cause, attempt = 1, detail = {} }: OrderChange): ChangeRow & Record<string, unknown> => ({
  order_id: order.orderId,
  buyer_id: order.buyerId,
  sequence: order.sequence,
  event_id: newId('evt'),
  topic: event.topic,
  type: event.type,
  payload: event.payload,
  correlation_id: event.correlationId,
  causation_id: event.causationId ?? null,
  cause,
  attempt,
  detail,
  states: statesToTell(order),
});

/**
 * Writes changes of different orders, each with its history and event, in one statement. A change is written only if the
 * order still has the version before it; answers the ids of those that were.
 */
export async function saveChanges(queryable: Queryable, changes: readonly OrderChange[]): Promise<ReadonlySet<string>> {
  if (changes.length === 0) return new Set();
  const { rows } = await queryable.query<{ order_id: string }>({
    name: 'orders-change',
    text: `with input as (select * from jsonb_to_recordset($1::jsonb) as i (${changeColumns})),
           changed as (
             update orders o
                set status = i.status, payment_state = i.payment_state, fulfilment_state = i.fulfilment_state, return_state = i.return_state,
                    dispute_state = i.dispute_state, refunded_minor = i.refunded_minor, cancel_reason = i.cancel_reason,
                    confirmed_at = i.confirmed_at, cancelled_at = i.cancelled_at, sequence = i.sequence, capture_leased_until = null,
                    void_leased_until = null
               from input i
              where o.order_id = i.order_id and o.sequence = i.sequence - 1
             returning i.*
           ), ${recordChanges}`,
    values: [
      JSON.stringify(
        changes.map((change) => {
          const { order } = change;
          return {
            ...changeRecord(change),
            status: order.status,
            payment_state: order.payment,
            fulfilment_state: order.fulfilment,
            return_state: order.returns,
            dispute_state: order.dispute,
            refunded_minor: order.refundedMinor,
            cancel_reason: order.cancelReason,
            confirmed_at: order.confirmedAt,
            cancelled_at: order.cancelledAt,
          };
        }),
      ),
    ],
  });
  return new Set(rows.map((row) => row.order_id));
}

/** Changes of orders in groups; answers for each whether the order still had the version before it. */
export const createChangeBatcher = (database: Queryable): Batcher<OrderChange, boolean> =>
  createBatcher({
    name: 'order-change',
    write: async (changes) => {
      const saved = await saveChanges(database, changes);
      return changes.map(({ order }) => saved.has(order.orderId));
    },
    maxBatch: 64,
    maxWaiting: 5_000,
    keyOf: ({ order }) => order.orderId,
  });

/**
 * Changes one order under its lock: `decide` sees it as it is and answers a change, or something else (a refusal), which is
 * handed through and nothing is written. What `alongside` writes is part of the same transaction.
 */
export async function changeOrder<Refusal>(
  transaction: Transaction,
  orderId: string,
  decide: (order: Order) => { readonly change: OrderChange } | { readonly refusal: Refusal },
  alongside?: (transaction: Transaction, changed: Order) => Promise<void>,
): Promise<{ readonly order: Order } | { readonly refusal: Refusal } | null> {
  const order = await lockOrder(transaction, orderId);
  if (order === null) return null;
  const decision = decide(order);
  if (!('change' in decision)) return decision;
  const saved = await saveChanges(transaction, [decision.change]);
  if (!saved.has(orderId)) throw new Error(`${orderId} changed under its lock`);
  await alongside?.(transaction, decision.change.order);
  return { order: decision.change.order };
}

/** Longer than a call to payment-vault can take. */
const paymentLeaseSeconds = 20;

/**
 * Takes placed orders whose undo window has closed. From here on they cannot be undone: of an undo and the close exactly
 * one wins, on this row.
 */
export async function claimOrdersToCapture(queryable: Queryable, limit: number): Promise<DueOrder[]> {
  const { rows } = await queryable.query<OrderRow & { readonly capture_attempts: number }>({
    name: 'orders-claim-capture',
    text: `update orders
              set payment_state = 'capturing', capture_attempts = capture_attempts + 1,
                  capture_leased_until = now() + make_interval(secs => $2)
            where order_id in (
              select order_id from orders
               where status = 'placed' and payment_state in ('authorized', 'capturing') and capture_at <= now()
                 and (capture_leased_until is null or capture_leased_until < now())
               order by capture_at limit $1 for update skip locked)
            returning *`,
    values: [limit, paymentLeaseSeconds],
  });
  return rows.map((row) => ({ order: toOrder(row), attempts: row.capture_attempts }));
}

/** Takes cancelled orders whose authorization is still to be let go. */
export async function claimOrdersToVoid(queryable: Queryable, limit: number): Promise<DueOrder[]> {
  const { rows } = await queryable.query<OrderRow & { readonly void_attempts: number }>({
    name: 'orders-claim-void',
    text: `update orders set void_attempts = void_attempts + 1, void_leased_until = now() + make_interval(secs => $2)
            where order_id in (
              select order_id from orders
               where payment_state = 'voiding' and (void_leased_until is null or void_leased_until < now())
               order by order_id limit $1 for update skip locked)
            returning *`,
    values: [limit, paymentLeaseSeconds],
  });
  return rows.map((row) => ({ order: toOrder(row), attempts: row.void_attempts }));
}

/** Puts the next try of a capture or a void off, and writes down why. */
export async function postponePayment(
  queryable: Queryable,
  { order, attempts }: DueOrder,
  step: 'capture' | 'void',
  seconds: number,
  reason: string,
): Promise<void> {
  const lease = step === 'capture' ? 'capture_leased_until' : 'void_leased_until';
  await queryable.query({
    name: `order-postpone-${step}`,
    text: `with postponed as (
             update orders set ${lease} = now() + make_interval(secs => $2) where order_id = $1 returning order_id, buyer_id
           )
           insert into order_history (order_id, buyer_id, step, cause, attempt, detail)
           select order_id, buyer_id, $3, 'schedule', $4, jsonb_build_object('postponed', $5::text, 'seconds', $2::float8) from postponed`,
    values: [order.orderId, seconds, `${step}_payment`, attempts, reason],
  });
}

/** What became of the purchase that an order id was given out for. */
export async function findClaim(queryable: Queryable, orderId: string): Promise<'placed' | 'pending' | 'none'> {
  const { rows } = await queryable.query<{ undecided: boolean; status: OrderStatus | null }>(
    `select p.outcome is null as undecided, o.status from purchases p left join orders o using (order_id) where p.order_id = $1`,
    [orderId],
  );
  const row = rows[0];
  if (row === undefined) return 'none';
  if (row.status !== null) return row.status === 'cancelled' ? 'none' : 'placed';
  return row.undecided ? 'pending' : 'none';
}
