/** SQL of deletions and of what an erasure takes with it. */
import { withTransaction, type Pool, type Transaction } from '@vitrine/runtime/database';
import type { DeletedKind, Deletion, DeletionScope, ErasureStep, KeptGround, KeptItem, KeptKind } from '../deletion.ts';

/** An erasure that a runner has taken. */
export interface ClaimedErasure {
  readonly id: string;
  readonly buyerId: string;
  readonly steps: readonly ErasureStep[];
  readonly attempts: number;
}

/** A buyer whose key was destroyed, and when. */
export interface ErasedBuyer {
  readonly buyerId: string;
  /** Keys up to this version are destroyed. */
  readonly keyVersion: number;
  readonly destroyedAt: Date;
}

interface Row {
  readonly id: string;
  readonly scope: DeletionScope;
  readonly subject_id: string | null;
  readonly requested_at: Date;
  readonly completed_at: Date | null;
  readonly deleted: Partial<Record<DeletedKind, number>>;
  readonly kept: readonly { readonly what: KeptKind; readonly count: number; readonly ground: KeptGround; readonly until: string }[];
}

interface ClaimedRow {
  readonly id: string;
  readonly buyer_id: string;
  readonly steps: ErasureStep[];
  readonly attempts: number;
}

const columns = 'id, scope, subject_id, requested_at, completed_at, deleted, kept';

const toDeletion = (row: Row): Deletion => ({
  id: row.id,
  scope: row.scope,
  subjectId: row.subject_id,
  requestedAt: row.requested_at,
  completedAt: row.completed_at,
  deleted: Object.entries(row.deleted).flatMap(([what, count]) => (count > 0 ? [{ what: what as DeletedKind, count }] : [])),
  kept: row.kept.map(({ until, ...item }) => ({ ...item, until: new Date(until) })),
});

const toClaimed = (row: ClaimedRow): ClaimedErasure => ({
  id: row.id,
  buyerId: row.buyer_id,
  steps: row.steps,
  attempts: row.attempts,
});

/** A runner that died is followed by another one after this, and one that failed a little later each time. */
const backOff = 'make_interval(secs => least(15 * 2 ^ least(attempts, 8), 3600))';

export type DeletionStore = ReturnType<typeof createDeletionStore>;

export function createDeletionStore(pool: Pool) {
  return {
    /** The buyer's own deletions, newest first, after one of them. */
    async list(buyerId: string, page: { readonly limit: number; readonly afterId: string | null }): Promise<Deletion[]> {
      const { rows } = await pool.query<Row>({
        name: 'deletions-of-buyer',
        text: `select ${columns} from deletions
                where buyer_id = $1 and origin = 'buyer' and ($2::text is null or id < $2) order by id desc limit $3`,
        values: [buyerId, page.afterId, page.limit],
      });
      return rows.map(toDeletion);
    },

    async find(buyerId: string, id: string): Promise<Deletion | null> {
      const { rows } = await pool.query<Row>(`select ${columns} from deletions where buyer_id = $1 and id = $2`, [buyerId, id]);
      return rows[0] === undefined ? null : toDeletion(rows[0]);
    },

    /** Takes erasures that are due; each comes back later by itself unless it is finished. */
    async claimDue(limit: number): Promise<ClaimedErasure[]> {
      const { rows } = await pool.query<ClaimedRow>(
        `update deletions set attempts = attempts + 1, next_attempt_at = now() + ${backOff}
          where id in (select id from deletions where next_attempt_at <= now() order by next_attempt_at limit $1 for update skip locked)
         returning id, buyer_id, steps, attempts`,
        [limit],
      );
      return rows.map(toClaimed);
    },

    /** Takes an erasure, due or not; null when it is over. */
    async claim(id: string): Promise<ClaimedErasure | null> {
      const { rows } = await pool.query<ClaimedRow>(
        `update deletions set attempts = attempts + 1, next_attempt_at = now() + ${backOff}
          where id = $1 and completed_at is null and scope = 'everything'
         returning id, buyer_id, steps, attempts`,
        [id],
      );
      return rows[0] === undefined ? null : toClaimed(rows[0]);
    },

    /** Carries out a step and notes it with what it deleted, both or neither; a step that was done before is not done again. */
    async finishStep(
      id: string,
      step: ErasureStep,
      effect: (
        transaction: Transaction,
      ) => Promise<{ readonly deleted: Partial<Record<DeletedKind, number>>; readonly keyVersion?: number }>,
    ): Promise<void> {
      await withTransaction(pool, async (transaction) => {
        const { rowCount } = await transaction.query(
          'update deletions set steps = steps || $2::text where id = $1 and not ($2::text = any (steps))',
          [id, step],
        );
        if (rowCount === 0) return;
        const { deleted, keyVersion } = await effect(transaction);
        await transaction.query(
          'update deletions set deleted = deleted || $2::jsonb, key_version = coalesce($3, key_version) where id = $1',
          [id, JSON.stringify(deleted), keyVersion ?? null],
        );
      });
    },

    /** The end of an erasure, and of deletions of the buyer's single cards that were under way. */
    async finish(id: string, buyerId: string): Promise<void> {
      await pool.query(
        `update deletions set completed_at = clock_timestamp(), next_attempt_at = null
          where completed_at is null and (id = $1 or buyer_id = $2 and scope <> 'everything')`,
        [id, buyerId],
      );
    },

    async retryIn(id: string, delayMs: number): Promise<void> {
      await pool.query(
        'update deletions set next_attempt_at = now() + make_interval(secs => $2::float8 / 1000) where id = $1 and completed_at is null',
        [id, delayMs],
      );
    },

    /** Which of these erased buyers have data here that is older than their erasure: a restored backup brought it back. */
    async findRestored(erased: readonly ErasedBuyer[]): Promise<ErasedBuyer[]> {
      const { rows } = await pool.query<{ buyer_id: string; key_version: number; destroyed_at: Date }>({
        name: 'deletions-restored',
        text: `select e.buyer_id, e.key_version, e.destroyed_at
                 from unnest($1::text[], $2::int[], $3::timestamptz[]) as e (buyer_id, key_version, destroyed_at)
                where (exists (select 1 from addresses x where x.buyer_id = e.buyer_id and (x.created_at < e.destroyed_at or x.key_version <= e.key_version))
                    or exists (select 1 from order_addresses x where x.buyer_id = e.buyer_id and (x.created_at < e.destroyed_at or x.key_version <= e.key_version))
                    or exists (select 1 from payment_methods x where x.buyer_id = e.buyer_id and x.created_at < e.destroyed_at)
                    or exists (select 1 from stripe_customers x where x.buyer_id = e.buyer_id and x.created_at < e.destroyed_at)
                    or exists (select 1 from permissions x where x.buyer_id = e.buyer_id and x.created_at < e.destroyed_at and x.revoked_at is null)
                    or exists (select 1 from marketing_decisions x where x.buyer_id = e.buyer_id and x.granted and x.decided_at < e.destroyed_at
                                  and not exists (select 1 from marketing_decisions n where n.buyer_id = x.buyer_id and n.seller_id = x.seller_id
                                                     and n.channel = x.channel and n.id > x.id)))
                  and not exists (select 1 from deletions d where d.buyer_id = e.buyer_id and d.scope = 'everything' and d.completed_at is null)`,
        values: [
          erased.map(({ buyerId }) => buyerId),
          erased.map(({ keyVersion }) => keyVersion),
          erased.map(({ destroyedAt }) => destroyedAt),
        ],
      });
      return rows.map((row) => ({ buyerId: row.buyer_id, keyVersion: row.key_version, destroyedAt: row.destroyed_at }));
    },

    /** Begins to delete again what a restored backup brought back, as of the erasure that it forgot. The buyer may have a new key by now. */
    async startRestored(id: string, { buyerId, keyVersion, destroyedAt }: ErasedBuyer): Promise<void> {
      await withTransaction(pool, async (transaction) => {
        await lockErasure(transaction, buyerId);
        await transaction.query(
          `insert into deletions (id, buyer_id, scope, origin, requested_at, steps, key_version, next_attempt_at)
           values ($1, $2, 'everything', 'restored', $3, array['key'], $4, now())
           on conflict (buyer_id) where scope = 'everything' and completed_at is null do nothing`,
          [id, buyerId, destroyedAt, keyVersion],
        );
      });
    },
  };
}

/** Waits for everybody who is adding something about the buyer, and holds off who comes later, until the transaction ends. */
async function lockErasure(transaction: Transaction, buyerId: string): Promise<void> {
  await transaction.query(`select pg_advisory_xact_lock(hashtextextended('payment-vault erasure ' || $1, 0))`, [buyerId]);
}

/**
 * The state in which an erasure would begin; nobody adds anything about the buyer until the transaction ends. Open is an
 * order that is not charged yet, or whose seller still needs the address.
 */
export async function lockForErasure(
  transaction: Transaction,
  buyerId: string,
): Promise<{ readonly runningId: string | null; readonly openOrderIds: readonly string[] }> {
  await lockErasure(transaction, buyerId);
  const running = await transaction.query<{ id: string }>(
    `select id from deletions where buyer_id = $1 and scope = 'everything' and completed_at is null`,
    [buyerId],
  );
  const open = await transaction.query<{ order_id: string }>(
    `select p.order_id from payments p
      where p.buyer_id = $1
        and (p.status in ('started', 'requires_action', 'authorized')
             or p.status = 'captured' and exists (select 1 from grants g join order_addresses a on a.order_id = g.order_id
                                                   where g.order_id = p.order_id and g.expires_at > now()))
      order by p.order_id desc limit 100`,
    [buyerId],
  );
  return { runningId: running.rows[0]?.id ?? null, openOrderIds: open.rows.map((row) => row.order_id) };
}

/** Writes down a deletion that is about to be carried out, with what outlives it. */
export async function insertDeletion(
  transaction: Transaction,
  deletion: {
    readonly id: string;
    readonly buyerId: string;
    readonly scope: DeletionScope;
    readonly subjectId: string | null;
    readonly deleted?: Partial<Record<DeletedKind, number>>;
    readonly completed?: boolean;
  },
): Promise<void> {
  const { id, buyerId, scope, subjectId, deleted = {}, completed = false } = deletion;
  const kept = await findKept(transaction, buyerId, scope, subjectId);
  await transaction.query(
    `insert into deletions (id, buyer_id, scope, subject_id, requested_at, completed_at, deleted, kept, next_attempt_at)
     values ($1, $2, $3, $4, clock_timestamp(), case when $5 then clock_timestamp() end, $6, $7, case when $3 = 'everything' then now() + interval '15 seconds' end)`,
    [id, buyerId, scope, subjectId, completed, JSON.stringify(deleted), JSON.stringify(kept)],
  );
}

/** The deletion of one card or address that is under way. */
export async function findRunningDeletion(transaction: Transaction, buyerId: string, subjectId: string): Promise<string | null> {
  const { rows } = await transaction.query<{ id: string }>(
    'select id from deletions where buyer_id = $1 and subject_id = $2 and completed_at is null order by id desc limit 1',
    [buyerId, subjectId],
  );
  return rows[0]?.id ?? null;
}

async function findKept(transaction: Transaction, buyerId: string, scope: DeletionScope, subjectId: string | null): Promise<KeptItem[]> {
  const { rows } = await transaction.query<{ what: KeptKind; count: number; ground: KeptGround; until: Date }>({
    name: 'deletion-kept',
    text: `with periods as (
             select record, max(days) as days, (array_agg(ground order by days desc))[1] as ground from retention_periods group by record
           ), records as (
             select 'PAYMENTS' as what, count(*) as count, max(created_at) as newest from payments
              where buyer_id = $1 and ($2 = 'everything' or $2 = 'card' and payment_method_id = $3 or $2 = 'address' and address_id = $3)
             union all
             select 'DISCLOSURES', count(*), max(disclosed_at) from disclosures where buyer_id = $1 and $2 = 'everything'
             union all
             select 'CONSENTS', count(*), now()
               from (select 1 from permissions where buyer_id = $1 union all select 1 from marketing_decisions where buyer_id = $1
                     union all select 1 from consents where buyer_id = $1) proofs where $2 = 'everything'
             union all
             select 'DELETIONS', 1, now()
           )
           select r.what, r.count, p.ground, r.newest + make_interval(days => p.days) as until
             from records r join periods p on p.record = r.what where r.count > 0
           union all
           select 'ORDER_ADDRESSES', count(*), 'ORDER_FULFILMENT', max(g.expires_at)
             from order_addresses a join payments p on p.order_id = a.order_id join grants g on g.order_id = a.order_id
            where $2 = 'address' and a.buyer_id = $1 and p.address_id = $3 having count(*) > 0
           union all
           select 'REQUEST_KEYS', count(*), 'SAFE_REPETITION', max(created_at) + interval '72 hours'
             from idempotency_keys where $2 = 'everything' and actor_id = $1 having count(*) > 0`,
    values: [buyerId, scope, subjectId],
  });
  return rows;
}

/** Orders that an erasure has to let go, since nobody could ship them any more. */
export async function findUnchargedOrders(pool: Pool, buyerId: string, deletionId: string): Promise<string[]> {
  const { rows } = await pool.query<{ order_id: string }>(
    `select order_id from payments where buyer_id = $1 and created_at <= (select requested_at from deletions where id = $2) and status in ('started', 'requires_action', 'authorized')`,
    [buyerId, deletionId],
  );
  return rows.map((row) => row.order_id);
}

const counted = (rowCount: number | null): number => rowCount ?? 0;

/** Forgets the buyer's cards here and records that Stripe has to let each of them go. */
export async function eraseCards(transaction: Transaction, buyerId: string, deletionId: string): Promise<number> {
  const { rowCount } = await transaction.query(
    `with gone as (
       delete from payment_methods where buyer_id = $1 and created_at <= (select requested_at from deletions where id = $2) returning stripe_payment_method_id
     ), queued as (
       insert into detachments (stripe_payment_method_id, stripe_key)
       select stripe_payment_method_id, stripe_payment_method_id || ':detach' from gone on conflict do nothing
     )
     select 1 from gone`,
    [buyerId, deletionId],
  );
  await transaction.query(
    'delete from card_setups where buyer_id = $1 and created_at <= (select requested_at from deletions where id = $2)',
    [buyerId, deletionId],
  );
  return counted(rowCount);
}

export async function eraseAddresses(
  transaction: Transaction,
  buyerId: string,
  deletionId: string,
): Promise<{ readonly addresses: number; readonly orderAddresses: number }> {
  const addresses = await transaction.query(
    'delete from addresses where buyer_id = $1 and created_at <= (select requested_at from deletions where id = $2)',
    [buyerId, deletionId],
  );
  await transaction.query(
    'delete from grants g using order_addresses a where a.order_id = g.order_id and a.buyer_id = $1 and a.created_at <= (select requested_at from deletions where id = $2)',
    [buyerId, deletionId],
  );
  const copies = await transaction.query(
    'delete from order_addresses where buyer_id = $1 and created_at <= (select requested_at from deletions where id = $2)',
    [buyerId, deletionId],
  );
  return { addresses: counted(addresses.rowCount), orderAddresses: counted(copies.rowCount) };
}

/** Ends what the buyer agreed to. The records of it stay as proof. */
export async function withdrawConsents(
  transaction: Transaction,
  buyerId: string,
  deletionId: string,
  newWithdrawalId: () => string,
): Promise<Partial<Record<DeletedKind, number>>> {
  const permissions = await transaction.query(
    'update permissions set revoked_at = now() where buyer_id = $1 and created_at <= (select requested_at from deletions where id = $2) and revoked_at is null and expires_at > now()',
    [buyerId, deletionId],
  );
  const consents = await transaction.query(
    'update consents set withdrawn_at = now() where buyer_id = $1 and given_at <= (select requested_at from deletions where id = $2) and withdrawn_at is null',
    [buyerId, deletionId],
  );
  const { rows: inForce } = await transaction.query<{ seller_id: string; channel: string }>(
    `select seller_id, channel from (
       select distinct on (seller_id, channel) seller_id, channel, granted, decided_at from marketing_decisions
        where buyer_id = $1 order by seller_id, channel, id desc) newest
      where granted and decided_at <= (select requested_at from deletions where id = $2)`,
    [buyerId, deletionId],
  );
  await transaction.query(
    `insert into marketing_decisions (id, buyer_id, seller_id, channel, granted)
     select id, $1, seller_id, channel, false from unnest($2::text[], $3::text[], $4::text[]) as w (id, seller_id, channel)`,
    [buyerId, inForce.map(() => newWithdrawalId()), inForce.map((row) => row.seller_id), inForce.map((row) => row.channel)],
  );
  return { PERMISSIONS: counted(permissions.rowCount), CONSENTS: counted(consents.rowCount), MARKETING_CONSENTS: inForce.length };
}

/** The buyer's customer at Stripe from before the erasure, if there is one, and whether a payment may still need it. */
export async function findCustomerToErase(
  pool: Pool,
  buyerId: string,
  deletionId: string,
): Promise<{ readonly stripeKey: string; readonly stripeCustomerId: string | null; readonly isNeeded: boolean } | null> {
  const { rows } = await pool.query<{ stripe_key: string; stripe_customer_id: string | null; is_needed: boolean }>(
    `select c.stripe_key, c.stripe_customer_id,
            exists (select 1 from payments p where p.buyer_id = c.buyer_id and p.status in ('started', 'requires_action', 'authorized')) as is_needed
       from stripe_customers c where c.buyer_id = $1 and c.created_at <= (select requested_at from deletions where id = $2)`,
    [buyerId, deletionId],
  );
  const row = rows[0];
  return row === undefined ? null : { stripeKey: row.stripe_key, stripeCustomerId: row.stripe_customer_id, isNeeded: row.is_needed };
}

export async function eraseCustomer(transaction: Transaction, buyerId: string, deletionId: string): Promise<number> {
  const { rowCount } = await transaction.query(
    'delete from stripe_customers where buyer_id = $1 and created_at <= (select requested_at from deletions where id = $2)',
    [buyerId, deletionId],
  );
  return counted(rowCount);
}

const erasureRunningCode = 'VE001';

/** Whether a statement was refused because the buyer's data is being deleted (the trigger `refuse_during_erasure`). */
export const isRefusedDuringErasure = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === erasureRunningCode;
