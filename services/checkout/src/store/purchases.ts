/** Purchases in PostgreSQL. What every purchase writes goes in groups: one statement for all that wait at the same time. */
import { createBatcher, ItemFailure } from '@vitrine/runtime/group-commit';
import type { Queryable } from '@vitrine/runtime/database';
import { RetryableError } from '@vitrine/runtime/errors';
import type { NewEvent } from '@vitrine/runtime/outbox';
import type { Order } from '../order.ts';
import type { Compensation, Purchase, PurchaseInput, PurchaseOutcome, PurchaseStep, Quote, RecoveryPoint } from '../purchase.ts';
import {
  leaseSeconds,
  LeaseLostError,
  type Checkpoint,
  type NewPurchase,
  type PurchaseClaim,
  type PurchaseStore,
} from '../purchase-store.ts';
import { changeRecord, recordChanges } from './orders.ts';

interface PurchaseRow {
  readonly order_id: string;
  readonly buyer_id: string;
  readonly buyer_country: string | null;
  readonly device_id: string | null;
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
  deviceId: row.device_id,
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

/** What every new purchase has to undo: it may have reserved stock from its first call on. */
const firstCompensations: readonly Compensation[] = ['release_stock'];

interface Write<Value> {
  readonly purchase: Purchase;
  readonly value: Value;
}

const maxBatch = 64;
const maxWaiting = 5_000;

export interface GroupedPurchaseStore extends PurchaseStore {
  /** Writes what waits, then ends. */
  stop(): Promise<void>;
}

export function createPurchaseStore(database: Queryable): GroupedPurchaseStore {
  const batcher = <Item, Result>(
    name: string,
    write: (items: readonly Item[]) => Promise<readonly (Result | ItemFailure)[]>,
    keyOf: (item: Item) => string | readonly string[],
  ) => createBatcher<Item, Result>({ name, write, maxBatch, maxWaiting, keyOf });
  const ofPurchase = ({ purchase }: Write<unknown>): string => purchase.orderId;

  const inserts = batcher<NewPurchase, Purchase | null>(
    'purchase-insert',
    (items) => insertPurchases(database, items),
    ({ buyerId, idempotencyKey, input }) => [`${buyerId} ${input.productId}`, `${buyerId} key ${idempotencyKey}`],
  );
  const checkpoints = batcher<Write<Checkpoint>, Purchase>('purchase-checkpoint', (items) => writeCheckpoints(database, items), ofPurchase);
  const placements = batcher<Write<Placement>, null>('order-place', (items) => placeOrders(database, items), ofPurchase);

  return {
    async claim(purchase) {
      const inserted = await inserts.add(purchase);
      return inserted === null ? findKnown(database, purchase) : { kind: 'claimed', purchase: inserted, isNew: true };
    },
    claimDue: (leaseToken, limit) => claimDuePurchases(database, leaseToken, limit),
    async renewLease(purchase) {
      await database.query(
        'update purchases set leased_until = now() + make_interval(secs => $3) where order_id = $1 and lease_token = $2',
        [purchase.orderId, purchase.leaseToken, leaseSeconds],
      );
    },
    checkpoint: (purchase, value) => checkpoints.add({ purchase, value }),
    async suspend(purchase, nextAttemptInSeconds, step) {
      await database.query({
        name: 'purchase-suspend',
        text: `update purchases
                  set attempts = attempts + 1, lease_token = null, leased_until = null, updated_at = now(), steps = steps || $4::jsonb,
                      next_attempt_at = coalesce(now() + make_interval(secs => $3), next_attempt_at)
                where order_id = $1 and lease_token = $2`,
        values: [purchase.orderId, purchase.leaseToken, nextAttemptInSeconds, JSON.stringify([step])],
      });
    },
    async finish(purchase, outcome, step) {
      const { rowCount } = await database.query({
        name: 'purchase-finish',
        text: `update purchases
                  set recovery_point = 'finished', compensations = '{}', outcome = $3, lease_token = null, leased_until = null,
                      updated_at = now(), steps = steps || $4::jsonb
                where order_id = $1 and lease_token = $2`,
        values: [purchase.orderId, purchase.leaseToken, JSON.stringify(outcome), JSON.stringify([step])],
      });
      if (rowCount === 0) throw leaseLost(purchase);
    },
    async place(purchase, order, event, step) {
      await placements.add({ purchase, value: { order, event, step } });
    },
    async stop() {
      await Promise.all([inserts.stop(), checkpoints.stop(), placements.stop()]);
    },
  };
}

const leaseLost = ({ orderId }: Purchase): LeaseLostError => new LeaseLostError(`${orderId} is driven by another process`);

/** Begins purchases; null for one whose key is known, or that comes too soon after another one of the same product. */
async function insertPurchases(database: Queryable, items: readonly NewPurchase[]): Promise<(Purchase | null)[]> {
  const createdAt = new Date();
  const rows = items.map((item) => ({
    order_id: item.orderId,
    buyer_id: item.buyerId,
    buyer_country: item.buyerCountry,
    device_id: item.deviceId,
    product_id: item.input.productId,
    idempotency_key: item.idempotencyKey,
    input_hash: item.inputHash.toString('hex'),
    input: item.input,
    request_id: item.requestId,
    lease_token: item.leaseToken,
    overrules: item.overrules,
    abandon_after: item.abandonAfterSeconds,
    recent: item.duplicateWindowSeconds,
  }));
  // A purchase whose key is known must not take the place of the last one in recent_purchases.
  const inserted = await database.query<{ order_id: string }>({
    name: 'purchase-insert',
    text: `with input as (
             select * from jsonb_to_recordset($1::jsonb) as i (order_id text, buyer_id text, buyer_country text, device_id text, product_id text,
               idempotency_key text, input_hash text, input jsonb, request_id text, lease_token uuid, overrules text, abandon_after float8, recent float8)
           ), recent as (
             insert into recent_purchases as r (buyer_id, product_id, order_id, guarded_until, overrules)
             select buyer_id, product_id, order_id, now() + make_interval(secs => recent), overrules from input i
              where not exists (select from purchases p where p.buyer_id = i.buyer_id and p.idempotency_key = i.idempotency_key)
             on conflict (buyer_id, product_id) do update
               set order_id = excluded.order_id, guarded_until = excluded.guarded_until, overrules = excluded.overrules
             where r.guarded_until <= now() or excluded.overrules = r.order_id
             returning order_id
           )
           insert into purchases (order_id, buyer_id, buyer_country, device_id, product_id, idempotency_key, input_hash, input, request_id,
                                  compensations, lease_token, leased_until, next_attempt_at, created_at)
           select order_id, buyer_id, buyer_country, device_id, product_id, idempotency_key, decode(input_hash, 'hex'), input, request_id,
                  $2::text[], lease_token, now() + make_interval(secs => $3), now() + make_interval(secs => abandon_after), $4
             from input join recent using (order_id)
           on conflict (buyer_id, idempotency_key) do nothing
           returning order_id`,
    values: [JSON.stringify(rows), firstCompensations, leaseSeconds, createdAt],
  });
  const begun = new Set(inserted.rows.map((row) => row.order_id));
  return items.map((item) =>
    begun.has(item.orderId)
      ? {
          orderId: item.orderId,
          buyerId: item.buyerId,
          buyerCountry: item.buyerCountry,
          deviceId: item.deviceId,
          requestId: item.requestId,
          input: item.input,
          recoveryPoint: 'started',
          compensations: firstCompensations,
          quote: null,
          outcome: null,
          attempts: 0,
          leaseToken: item.leaseToken,
          createdAt,
        }
      : null,
  );
}

/** What a purchase that was not begun met. */
async function findKnown(database: Queryable, purchase: NewPurchase): Promise<PurchaseClaim> {
  const known = await database.query<PurchaseRow>('select * from purchases where buyer_id = $1 and idempotency_key = $2', [
    purchase.buyerId,
    purchase.idempotencyKey,
  ]);
  const row = known.rows[0];
  if (row === undefined) return findRecent(database, purchase);
  if (!row.input_hash.equals(purchase.inputHash)) return { kind: 'reused' };
  if (row.outcome !== null) return { kind: 'decided', orderId: row.order_id, outcome: row.outcome };
  const leased = await database.query<PurchaseRow>(
    `update purchases set lease_token = $2, leased_until = now() + make_interval(secs => $3)
      where order_id = $1 and outcome is null and (leased_until is null or leased_until < now())
      returning *`,
    [row.order_id, purchase.leaseToken, leaseSeconds],
  );
  return leased.rows[0] === undefined ? { kind: 'in_flight' } : { kind: 'claimed', purchase: toPurchase(leased.rows[0]), isNew: false };
}

async function findRecent(database: Queryable, { buyerId, idempotencyKey, input }: NewPurchase): Promise<PurchaseClaim> {
  const { rows } = await database.query<{ order_id: string; is_own: boolean; came_to_nothing: boolean }>(
    `select r.order_id, coalesce(p.idempotency_key = $3, false) as is_own,
            p.order_id is null or (p.outcome is not null and p.outcome->>'kind' <> 'placed') or coalesce(o.status = 'cancelled', false) as came_to_nothing
       from recent_purchases r left join purchases p using (order_id) left join orders o using (order_id)
      where r.buyer_id = $1 and r.product_id = $2`,
    [buyerId, input.productId, idempotencyKey],
  );
  const row = rows[0];
  if (row === undefined) throw new RetryableError('the purchase just before is gone');
  // Begun by another call with the same key since this one looked for it.
  if (row.is_own) return { kind: 'in_flight' };
  return { kind: 'duplicate', orderId: row.order_id, cameToNothing: row.came_to_nothing };
}

/** There is news of the payments of these: those that wait for their buyers are due now. Answers how many. */
export async function wakePurchases(queryable: Queryable, orderIds: readonly string[]): Promise<number> {
  const { rowCount } = await queryable.query({
    name: 'purchases-wake',
    text: `update purchases set next_attempt_at = now() where order_id = any($1) and recovery_point = 'awaiting_buyer' and next_attempt_at > now()`,
    values: [orderIds],
  });
  return rowCount ?? 0;
}

/** Forgets which purchases were the last of their buyers and products once nothing is held back for them; answers how many. */
export async function forgetRecent(database: Queryable, limit: number): Promise<number> {
  const { rowCount } = await database.query({
    name: 'purchases-forget-recent',
    text: `delete from recent_purchases where (buyer_id, product_id) in (
             select buyer_id, product_id from recent_purchases where guarded_until < now() - interval '1 hour'
              order by guarded_until limit $1 for update skip locked)`,
    values: [limit],
  });
  return rowCount ?? 0;
}

/** Takes purchases that are due and that nobody drives. */
export async function claimDuePurchases(database: Queryable, leaseToken: string, limit: number): Promise<Purchase[]> {
  const { rows } = await database.query<PurchaseRow>({
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

async function writeCheckpoints(database: Queryable, items: readonly Write<Checkpoint>[]): Promise<(Purchase | ItemFailure)[]> {
  const after = items.map(({ purchase, value }): Purchase => ({
    ...purchase,
    recoveryPoint: value.recoveryPoint,
    compensations: value.compensations ?? purchase.compensations,
    quote: value.quote ?? purchase.quote,
    outcome: value.outcome ?? purchase.outcome,
  }));
  const { rows } = await database.query<{ order_id: string }>({
    name: 'purchase-checkpoint',
    text: `update purchases p
              set recovery_point = i.recovery_point, compensations = array(select jsonb_array_elements_text(i.compensations)),
                  quote = nullif(i.quote, 'null'), outcome = nullif(i.outcome, 'null'), steps = p.steps || i.step,
                  next_attempt_at = now() + make_interval(secs => i.next_attempt), leased_until = now() + make_interval(secs => $2), updated_at = now()
             from jsonb_to_recordset($1::jsonb) as i (order_id text, lease_token uuid, recovery_point text, compensations jsonb, quote jsonb,
                    outcome jsonb, step jsonb, next_attempt float8)
            where p.order_id = i.order_id and p.lease_token = i.lease_token
           returning p.order_id`,
    values: [
      JSON.stringify(
        items.map(({ purchase, value }, index) => ({
          order_id: purchase.orderId,
          lease_token: purchase.leaseToken,
          recovery_point: value.recoveryPoint,
          compensations: after[index]?.compensations,
          quote: after[index]?.quote,
          outcome: after[index]?.outcome,
          step: [value.step],
          next_attempt: value.nextAttemptInSeconds ?? 0,
        })),
      ),
      leaseSeconds,
    ],
  });
  const written = new Set(rows.map((row) => row.order_id));
  return after.map((purchase) => (written.has(purchase.orderId) ? purchase : new ItemFailure(leaseLost(purchase))));
}

interface Placement {
  readonly order: Order;
  readonly event: NewEvent;
  readonly step: PurchaseStep;
}

async function placeOrders(database: Queryable, items: readonly Write<Placement>[]): Promise<(null | ItemFailure)[]> {
  const { rows } = await database.query<{ order_id: string }>({
    name: 'order-place',
    text: `with input as (
             select * from jsonb_to_recordset($1::jsonb) as i (order_id text, lease_token uuid, buyer_id text, seller_id text, market text,
               currency text, lines jsonb, subtotal_minor int, shipping_minor int, tax_minor int, total_minor int, shipping_service text,
               source_post_id text, sequence int, request_id text, placed_at timestamptz, capture_at timestamptz, saga_step jsonb, event_id text,
               topic text, type text, payload jsonb, correlation_id text, causation_id text, cause text, attempt int, detail jsonb, states text)
           ), finished as (
             update purchases p
                set recovery_point = 'finished', compensations = '{}', outcome = '{"kind":"placed"}', lease_token = null, leased_until = null,
                    updated_at = now(), steps = p.steps || i.saga_step
               from input i where p.order_id = i.order_id and p.lease_token = i.lease_token
             returning p.order_id
           ), changed as (
             select input.* from input join finished using (order_id)
           ), placed as (
             insert into orders (order_id, buyer_id, seller_id, market, currency, status, payment_state, lines, subtotal_minor, shipping_minor,
                                 tax_minor, total_minor, shipping_service, source_post_id, sequence, request_id, placed_at, capture_at)
             select order_id, buyer_id, seller_id, market, currency, 'placed', 'authorized', lines, subtotal_minor, shipping_minor, tax_minor,
                    total_minor, shipping_service, source_post_id, sequence, request_id, placed_at, capture_at from changed
           ), ${recordChanges}`,
    values: [
      JSON.stringify(
        items.map(({ purchase, value: { order, event, step } }) => ({
          ...changeRecord({ order, event, cause: step.by === 'completer' ? 'recovery' : 'buyer', attempt: step.attempt }),
          lease_token: purchase.leaseToken,
          seller_id: order.sellerId,
          market: order.market,
          currency: order.total.currency,
          lines: order.lines,
          subtotal_minor: order.subtotal.amountMinor,
          shipping_minor: order.shipping.amountMinor,
          tax_minor: order.tax.amountMinor,
          total_minor: order.total.amountMinor,
          shipping_service: order.shippingService,
          source_post_id: order.sourcePostId,
          request_id: order.requestId,
          placed_at: order.placedAt,
          capture_at: order.captureAt,
          saga_step: [step],
        })),
      ),
    ],
  });
  const written = new Set(rows.map((row) => row.order_id));
  return items.map(({ purchase }) => (written.has(purchase.orderId) ? null : new ItemFailure(leaseLost(purchase))));
}
