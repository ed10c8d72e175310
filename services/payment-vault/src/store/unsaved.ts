/** SQL of what nobody wanted saved, and of what is left of it at Stripe. */
import { withTransaction, type Pool, type Transaction } from '@vitrine/runtime/database';
import { lockBuyer } from './cards.ts';

export type UnsavedStore = ReturnType<typeof createUnsavedStore>;

/** A setup that no app came back from. */
export interface AbandonedSetup {
  readonly buyerId: string;
  readonly setupIntentId: string;
}

/** Not used within this time, it is not wanted any more. */
const unusedFor = `interval '24 hours'`;
/** How long after a decline the buyer may try again with the same details. */
const retryFor = `interval '1 hour'`;

/** The purchases of a row by `payments.<column>`: none is open, and one was paid, or the time for another try is over. */
const isOver = (row: string, column: 'payment_method_id' | 'address_id'): string => `
  not exists (select 1 from payments p where p.${column} = ${row}.id and p.status in ('started', 'requires_action', 'authorized'))
  and (exists (select 1 from payments p where p.${column} = ${row}.id and p.status = 'captured')
       or coalesce((select max(p.ended_at) + ${retryFor} from payments p where p.${column} = ${row}.id), ${row}.created_at + ${unusedFor}) < now())`;

export function createUnsavedStore(pool: Pool) {
  return {
    /** Cards: from now on they cannot be used, and Stripe has to let them go. Answers how many. */
    async sweepCards(limit: number): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(
        `with over as (
           select m.id from payment_methods m where not m.saved and m.status <> 'deleting' and ${isOver('m', 'payment_method_id')}
            order by m.created_at limit $1 for update skip locked
         ), gone as (
           update payment_methods set status = 'deleting' where id in (select id from over) returning stripe_payment_method_id
         ), queued as (
           insert into detachments (stripe_payment_method_id, stripe_key, next_attempt_at)
           select stripe_payment_method_id, stripe_payment_method_id || ':detach', now() from gone on conflict do nothing
         )
         select count(*) as count from gone`,
        [limit],
      );
      return rows[0]?.count ?? 0;
    },

    /** Addresses. An order keeps its own copy as long as it needs it. Answers how many. */
    async sweepAddresses(limit: number): Promise<number> {
      const { rowCount } = await pool.query(
        `delete from addresses where id in (
           select a.id from addresses a where not a.saved and ${isOver('a', 'address_id')} order by a.created_at limit $1 for update skip locked)`,
        [limit],
      );
      return rowCount ?? 0;
    },

    /** Notes which setup an app was given, so that it can be looked after. */
    async noteSetup(buyerId: string, idempotencyKey: string, setupIntentId: string): Promise<void> {
      await pool.query('update card_setups set setup_intent_id = $3 where buyer_id = $1 and idempotency_key = $2', [
        buyerId,
        idempotencyKey,
        setupIntentId,
      ]);
    },

    /** Takes setups that no app came back from; each comes back in a quarter of an hour unless it is finished. */
    async claimAbandonedSetups(limit: number): Promise<AbandonedSetup[]> {
      // One whose intent is not noted was given to no app, so nobody can confirm it.
      const { rows } = await pool.query<{ buyer_id: string; setup_intent_id: string | null }>(
        `with noted as (
           update card_setups set look_at = case when setup_intent_id is null then null else now() + interval '15 minutes' end
            where (buyer_id, idempotency_key) in (
                    select buyer_id, idempotency_key from card_setups where look_at <= now() order by look_at limit $1 for update skip locked)
           returning buyer_id, setup_intent_id
         ), checked as (
           update stripe_customers set check_at = now() where buyer_id in (select buyer_id from noted where setup_intent_id is null)
         )
         select * from noted`,
        [limit],
      );
      return rows.flatMap((row) => (row.setup_intent_id === null ? [] : [{ buyerId: row.buyer_id, setupIntentId: row.setup_intent_id }]));
    },

    /** Has Stripe let go of a card that came of a setup and was not stored; then the setup is forgotten. */
    finishAbandonedSetup: ({ buyerId, setupIntentId }: AbandonedSetup, stripePaymentMethodId: string | null): Promise<void> =>
      withTransaction(pool, async (transaction) => {
        // An app may come back at this very moment.
        await lockBuyer(transaction, buyerId, 'cards');
        if (stripePaymentMethodId !== null) {
          await transaction.query(
            `insert into detachments (stripe_payment_method_id, stripe_key, next_attempt_at)
             select $1, $1 || ':detach', now() where not exists (select 1 from payment_methods where stripe_payment_method_id = $1)
             on conflict do nothing`,
            [stripePaymentMethodId],
          );
        }
        await transaction.query('delete from card_setups where buyer_id = $1 and setup_intent_id = $2', [buyerId, setupIntentId]);
        await transaction.query('update stripe_customers set check_at = now() where buyer_id = $1', [buyerId]);
      }),

    /** Buyers whose customer at Stripe may be of no use any more. Each comes back in an hour unless it is checked. */
    async claimCustomersToCheck(limit: number): Promise<string[]> {
      const { rows } = await pool.query<{ buyer_id: string }>(
        `update stripe_customers set check_at = now() + interval '1 hour'
          where buyer_id in (select buyer_id from stripe_customers where check_at <= now() order by check_at limit $1 for update skip locked)
         returning buyer_id`,
        [limit],
      );
      return rows.map((row) => row.buyer_id);
    },

    /** Forgets the buyer's customer, which Stripe then has to delete, unless a card, a setup or a payment needs it. */
    dropCustomerIfUnused: (buyerId: string): Promise<boolean> =>
      withTransaction(pool, async (transaction) => {
        await lockBuyer(transaction, buyerId, 'cards');
        // An erasure that has begun deletes the customer itself; one that begins waits for this.
        await transaction.query(`select pg_advisory_xact_lock_shared(hashtextextended('payment-vault erasure ' || $1, 0))`, [buyerId]);
        const { rows } = await transaction.query<{ kept: boolean; paying: boolean }>(
          `select exists (select 1 from payment_methods where buyer_id = $1)
                  or exists (select 1 from card_setups where buyer_id = $1 and look_at is not null)
                  or exists (select 1 from deletions where buyer_id = $1 and scope = 'everything' and completed_at is null) as kept,
                  exists (select 1 from payments where buyer_id = $1
                             and (status in ('started', 'requires_action', 'authorized') or settle_at is not null)) as paying`,
          [buyerId],
        );
        const { kept = true, paying = true } = rows[0] ?? {};
        // Whatever keeps it asks for another check when it goes; a payment does not, so that is looked at again.
        if (kept) await transaction.query('update stripe_customers set check_at = null where buyer_id = $1', [buyerId]);
        if (kept || paying) return false;
        await dropCustomer(transaction, buyerId);
        return true;
      }),

    /** Takes customers that Stripe has to delete; each comes back later by itself unless it is finished. */
    async claimCustomerDeletions(limit: number): Promise<string[]> {
      const { rows } = await pool.query<{ stripe_customer_id: string }>(
        `update customer_deletions
            set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => least(60 * 2 ^ least(attempts, 10), 3600))
          where stripe_customer_id in (
                  select stripe_customer_id from customer_deletions where next_attempt_at <= now() order by next_attempt_at limit $1 for update skip locked)
         returning stripe_customer_id`,
        [limit],
      );
      return rows.map((row) => row.stripe_customer_id);
    },

    /** The buyer's customers that Stripe still has to delete. */
    async listCustomerDeletions(buyerId: string): Promise<string[]> {
      const { rows } = await pool.query<{ stripe_customer_id: string }>(
        'select stripe_customer_id from customer_deletions where buyer_id = $1',
        [buyerId],
      );
      return rows.map((row) => row.stripe_customer_id);
    },

    async finishCustomerDeletion(stripeCustomerId: string): Promise<void> {
      await pool.query('delete from customer_deletions where stripe_customer_id = $1', [stripeCustomerId]);
    },
  };
}

/** Forgets a buyer's customer, and records that Stripe has to delete it. For a holder of the lock on the buyer's cards. */
export async function dropCustomer(transaction: Transaction, buyerId: string): Promise<void> {
  await transaction.query(
    `with gone as (delete from stripe_customers where buyer_id = $1 returning stripe_customer_id)
     insert into customer_deletions (stripe_customer_id, buyer_id)
     select stripe_customer_id, $1 from gone where stripe_customer_id is not null
     on conflict do nothing`,
    [buyerId],
  );
}
