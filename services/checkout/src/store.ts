/** Every SQL statement of checkout. Hot ones are named: PostgreSQL plans them once for each connection. */
import { appendEvents, type NewEvent } from '@vitrine/runtime/outbox';
import { withTransaction, type Pool, type Queryable } from '@vitrine/runtime/database';
import { money } from '@vitrine/runtime/money';
import { RetryableError } from '@vitrine/runtime/errors';
import type { Order, OrderLine, OrderStatus } from './order.ts';
import type { Rates } from './pricing.ts';
import type { Compensation, Purchase, PurchaseInput, PurchaseOutcome, Quote, RecoveryPoint } from './purchase.ts';

/** How long a process may go without a word before another one takes its purchase over. */
export const leaseSeconds = 10;

/** Somebody else drives this purchase now: stop, whatever was found out. */
export class LeaseLostError extends RetryableError {}

interface PurchaseRow {
  readonly order_id: string;
  readonly buyer_id: string;
  readonly buyer_country: string | null;
  readonly request_id: string;
  readonly input_hash: Buffer;
  readonly input: PurchaseInput;
  readonly recovery_point: RecoveryPoint;
  readonly compensations: Compensation[];
  readonly quote: Quote | null;
  readonly outcome: PurchaseOutcome | null;
  readonly attempts: number;
  readonly lease_token: string;
  readonly created_at: Date;
}

const toPurchase = (row: PurchaseRow): Purchase => ({
  orderId: row.order_id,
  buyerId: row.buyer_id,
  buyerCountry: row.buyer_country,
  requestId: row.request_id,
  input: row.input,
  recoveryPoint: row.recovery_point,
  compensations: row.compensations,
  quote: row.quote,
  outcome: row.outcome,
  attempts: row.attempts,
  leaseToken: row.lease_token,
  createdAt: row.created_at,
});

/** JSON text, or SQL's null: a JSON null would not be one. */
const jsonOrNull = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

export interface NewPurchase {
  readonly orderId: string;
  readonly buyerId: string;
  readonly buyerCountry: string | null;
  readonly idempotencyKey: string;
  readonly inputHash: Buffer;
  readonly input: PurchaseInput;
  readonly requestId: string;
  readonly leaseToken: string;
  /** When the completer undoes it if the buyer's call ended before money could move, in seconds. */
  readonly abandonAfterSeconds: number;
}

export type PurchaseClaim =
  | { readonly kind: 'claimed'; readonly purchase: Purchase }
  | { readonly kind: 'decided'; readonly orderId: string; readonly outcome: PurchaseOutcome }
  | { readonly kind: 'reused' }
  | { readonly kind: 'in_flight' };

/** Begins a purchase, or takes up the one that this key began, unless it is decided or somebody drives it. */
export async function claimPurchase(queryable: Queryable, purchase: NewPurchase): Promise<PurchaseClaim> {
  const inserted = await queryable.query<PurchaseRow>({
    name: 'purchase-insert',
    text: `insert into purchases (order_id, buyer_id, buyer_country, idempotency_key, input_hash, input, request_id, lease_token, leased_until, next_attempt_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9), now() + make_interval(secs => $10))
           on conflict (buyer_id, idempotency_key) do nothing
           returning *`,
    values: [
      purchase.orderId,
      purchase.buyerId,
      purchase.buyerCountry,
      purchase.idempotencyKey,
      purchase.inputHash,
      JSON.stringify(purchase.input),
      purchase.requestId,
      purchase.leaseToken,
      leaseSeconds,
      purchase.abandonAfterSeconds,
    ],
  });
  if (inserted.rows[0] !== undefined) return { kind: 'claimed', purchase: toPurchase(inserted.rows[0]) };

  const known = await queryable.query<PurchaseRow>('select * from purchases where buyer_id = $1 and idempotency_key = $2', [
    purchase.buyerId,
    purchase.idempotencyKey,
  ]);
  const row = known.rows[0];
  if (row === undefined) throw new RetryableError('a purchase was there and is gone');
  if (!row.input_hash.equals(purchase.inputHash)) return { kind: 'reused' };
  if (row.outcome !== null) return { kind: 'decided', orderId: row.order_id, outcome: row.outcome };
  const leased = await queryable.query<PurchaseRow>(
    `update purchases set lease_token = $2, leased_until = now() + make_interval(secs => $3)
      where order_id = $1 and outcome is null and (leased_until is null or leased_until < now())
      returning *`,
    [row.order_id, purchase.leaseToken, leaseSeconds],
  );
  return leased.rows[0] === undefined ? { kind: 'in_flight' } : { kind: 'claimed', purchase: toPurchase(leased.rows[0]) };
}

/** Takes purchases that are due and that nobody drives. */
export async function claimDuePurchases(queryable: Queryable, leaseToken: string, limit: number): Promise<Purchase[]> {
  const { rows } = await queryable.query<PurchaseRow>({
    name: 'purchases-claim-due',
    text: `update purchases set lease_token = $1, leased_until = now() + make_interval(secs => $2)
            where order_id in (
              select order_id from purchases
               where recovery_point <> 'finished' and next_attempt_at <= now() and (leased_until is null or leased_until < now())
               order by next_attempt_at limit $3 for update skip locked)
            returning *`,
    values: [leaseToken, leaseSeconds, limit],
  });
  return rows.map(toPurchase);
}

/** Keeps a purchase while a call takes long. */
export async function renewLease(queryable: Queryable, purchase: Purchase): Promise<void> {
  await queryable.query('update purchases set leased_until = now() + make_interval(secs => $3) where order_id = $1 and lease_token = $2', [
    purchase.orderId,
    purchase.leaseToken,
    leaseSeconds,
  ]);
}

/** What a checkpoint changes; the rest stays. */
export interface Checkpoint {
  readonly recoveryPoint: RecoveryPoint;
  readonly compensations?: readonly Compensation[];
  readonly quote?: Quote;
  readonly outcome?: PurchaseOutcome;
  /** From when the completer may go on with it, in seconds from now. Now, when not given. */
  readonly nextAttemptInSeconds?: number;
}

/**
 * Writes a recovery point.
 * @throws LeaseLostError when another process drives the purchase by now.
 */
export async function checkpoint(queryable: Queryable, purchase: Purchase, next: Checkpoint): Promise<Purchase> {
  const { rows } = await queryable.query<PurchaseRow>({
    name: 'purchase-checkpoint',
    text: `update purchases
              set recovery_point = $3, compensations = $4, quote = $5, outcome = $6,
                  next_attempt_at = now() + make_interval(secs => $7), leased_until = now() + make_interval(secs => $8), updated_at = now()
            where order_id = $1 and lease_token = $2
            returning *`,
    values: [
      purchase.orderId,
      purchase.leaseToken,
      next.recoveryPoint,
      next.compensations ?? purchase.compensations,
      jsonOrNull(next.quote ?? purchase.quote),
      jsonOrNull(next.outcome ?? purchase.outcome),
      next.nextAttemptInSeconds ?? 0,
      leaseSeconds,
    ],
  });
  if (rows[0] === undefined) throw new LeaseLostError(`${purchase.orderId} is driven by another process`);
  return toPurchase(rows[0]);
}

/** Lets go of a purchase that is not over; the completer, or the buyer's next call, goes on with it. */
export async function suspend(queryable: Queryable, purchase: Purchase, nextAttemptInSeconds: number | null): Promise<void> {
  await queryable.query({
    name: 'purchase-suspend',
    text: `update purchases
              set attempts = attempts + 1, lease_token = null, leased_until = null, updated_at = now(),
                  next_attempt_at = coalesce(now() + make_interval(secs => $3), next_attempt_at)
            where order_id = $1 and lease_token = $2`,
    values: [purchase.orderId, purchase.leaseToken, nextAttemptInSeconds],
  });
}

/** Ends a purchase that placed no order. */
export async function finishPurchase(queryable: Queryable, purchase: Purchase, outcome: PurchaseOutcome): Promise<void> {
  const { rowCount } = await queryable.query({
    name: 'purchase-finish',
    text: `update purchases
              set recovery_point = 'finished', compensations = '{}', outcome = $3, lease_token = null, leased_until = null, updated_at = now()
            where order_id = $1 and lease_token = $2`,
    values: [purchase.orderId, purchase.leaseToken, JSON.stringify(outcome)],
  });
  if (rowCount === 0) throw new LeaseLostError(`${purchase.orderId} is driven by another process`);
}

/** Places the order: the order, the stored outcome and the event are one transaction. */
export async function placeOrderRow(pool: Pool, purchase: Purchase, order: Order, event: NewEvent): Promise<void> {
  await withTransaction(pool, async (transaction) => {
    await finishPurchase(transaction, purchase, { kind: 'placed' });
    await transaction.query({
      name: 'order-insert',
      text: `insert into orders (order_id, buyer_id, seller_id, market, currency, status, lines, subtotal_minor, shipping_minor, tax_minor,
                                 total_minor, source_post_id, sequence, request_id, placed_at, capture_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
      values: [
        order.orderId,
        order.buyerId,
        order.sellerId,
        order.market,
        order.total.currency,
        order.status,
        JSON.stringify(order.lines),
        order.subtotal.amountMinor,
        order.shipping.amountMinor,
        order.tax.amountMinor,
        order.total.amountMinor,
        order.sourcePostId,
        order.sequence,
        order.requestId,
        order.placedAt,
        order.captureAt,
      ],
    });
    await appendEvents(transaction, [event]);
  });
}

interface OrderRow {
  readonly order_id: string;
  readonly buyer_id: string;
  readonly seller_id: string;
  readonly market: string;
  readonly currency: string;
  readonly status: OrderStatus;
  readonly lines: OrderLine[];
  readonly subtotal_minor: number;
  readonly shipping_minor: number;
  readonly tax_minor: number;
  readonly total_minor: number;
  readonly source_post_id: string | null;
  readonly sequence: number;
  readonly request_id: string;
  readonly placed_at: Date;
  readonly confirmed_at: Date | null;
  readonly cancelled_at: Date | null;
  readonly capture_at: Date;
}

const toOrder = (row: OrderRow): Order => ({
  orderId: row.order_id,
  buyerId: row.buyer_id,
  sellerId: row.seller_id,
  market: row.market,
  status: row.status,
  lines: row.lines,
  subtotal: money(row.subtotal_minor, row.currency),
  shipping: money(row.shipping_minor, row.currency),
  tax: money(row.tax_minor, row.currency),
  total: money(row.total_minor, row.currency),
  sourcePostId: row.source_post_id,
  sequence: row.sequence,
  requestId: row.request_id,
  placedAt: row.placed_at,
  confirmedAt: row.confirmed_at,
  cancelledAt: row.cancelled_at,
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

/** Takes placed orders whose undo window has closed; the lease is longer than a capture can take. */
export async function claimOrdersToCapture(queryable: Queryable, limit: number): Promise<{ order: Order; attempts: number }[]> {
  const { rows } = await queryable.query<OrderRow & { readonly capture_attempts: number }>({
    name: 'orders-claim-capture',
    text: `update orders set capture_leased_until = now() + interval '20 seconds', capture_attempts = capture_attempts + 1
            where order_id in (
              select order_id from orders
               where status = 'placed' and capture_at <= now() and (capture_leased_until is null or capture_leased_until < now())
               order by capture_at limit $1 for update skip locked)
            returning *`,
    values: [limit],
  });
  return rows.map((row) => ({ order: toOrder(row), attempts: row.capture_attempts }));
}

/** Lets go of an order that could not be captured yet. */
export async function postponeCapture(queryable: Queryable, orderId: string, seconds: number): Promise<void> {
  await queryable.query(
    `update orders set capture_leased_until = now() + make_interval(secs => $2) where order_id = $1 and status = 'placed'`,
    [orderId, seconds],
  );
}

/**
 * Moves a placed order on, with its event, in one transaction. Null when it is not `placed` any more: somebody else
 * moved it, and nothing is written.
 */
export async function movePlacedOrder(
  pool: Pool,
  orderId: string,
  to: { readonly status: 'confirmed' | 'cancelled'; readonly at: Date },
  eventOf: (order: Order) => NewEvent,
): Promise<Order | null> {
  return withTransaction(pool, async (transaction) => {
    const { rows } = await transaction.query<OrderRow>({
      name: 'order-move',
      text: `update orders
                set status = $2, sequence = sequence + 1, capture_leased_until = null,
                    confirmed_at = case when $2 = 'confirmed' then $3 else confirmed_at end,
                    cancelled_at = case when $2 = 'cancelled' then $3 else cancelled_at end
              where order_id = $1 and status = 'placed'
              returning *`,
      values: [orderId, to.status, to.at],
    });
    if (rows[0] === undefined) return null;
    const order = toOrder(rows[0]);
    await appendEvents(transaction, [eventOf(order)]);
    return order;
  });
}

/** What became of the purchase that an order id was given out for. */
export async function findClaim(queryable: Queryable, orderId: string): Promise<'placed' | 'pending' | 'none'> {
  const { rows } = await queryable.query<{ recovery_point: RecoveryPoint; outcome: PurchaseOutcome | null; status: OrderStatus | null }>(
    `select p.recovery_point, p.outcome, o.status from purchases p left join orders o using (order_id) where p.order_id = $1`,
    [orderId],
  );
  const row = rows[0];
  if (row === undefined) return 'none';
  if (row.status !== null) return row.status === 'cancelled' ? 'none' : 'placed';
  return row.outcome === null ? 'pending' : 'none';
}

/** Shipping and tax for an address; null where Vitrine does not know what to charge. */
export async function findRates(queryable: Queryable, country: string, region: string): Promise<Rates | null> {
  const { rows } = await queryable.query<{ currency: string; amount_minor: number; rate_ppm: number }>({
    name: 'rates',
    text: `select s.currency, s.amount_minor, t.rate_ppm
             from (select currency, amount_minor from shipping_rates where country = $1 and valid_from <= current_date order by valid_from desc limit 1) s,
                  (select rate_ppm from tax_rates where country = $1 and region = $2 and valid_from <= current_date order by valid_from desc limit 1) t`,
    values: [country, region],
  });
  const row = rows[0];
  return row === undefined ? null : { shipping: money(row.amount_minor, row.currency), taxPpm: row.rate_ppm };
}
