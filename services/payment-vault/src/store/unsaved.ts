/** SQL of what nobody wanted saved. */
import type { Pool } from '@vitrine/runtime/database';

export type UnsavedStore = ReturnType<typeof createUnsavedStore>;

/** Not used within this time, it is not wanted any more. */
const unusedFor = `interval '24 hours'`;
/** How long after a decline the buyer may try again with the same details. */
const retryFor = `interval '1 hour'`;
/** By then the app would have finished the setup. */
const setupFor = `interval '24 hours'`;

/** The purchases of a row by `payments.<column>`: none is open, and one was paid, or the time to try again is over. */
const isOver = (row: string, column: 'payment_method_id' | 'address_id'): string => `
  not exists (select 1 from payments p where p.${column} = ${row}.id and p.status in ('started', 'requires_action', 'authorized'))
  and (exists (select 1 from payments p where p.${column} = ${row}.id and p.status = 'captured')
       or exists (select 1 from payments p where p.${column} = ${row}.id and p.ended_at is not null) and ${row}.created_at < now() - ${retryFor}
          and not exists (select 1 from payments p where p.${column} = ${row}.id and p.ended_at > now() - ${retryFor})
       or ${row}.created_at < now() - ${unusedFor})`;

export function createUnsavedStore(pool: Pool) {
  return {
    /** Cards: from now on they cannot be used, and Stripe has to let them go. Answers how many. */
    async sweepCards(limit: number): Promise<number> {
      const { rowCount } = await pool.query(
        `with over as (
           select m.id from payment_methods m where not m.saved and m.status = 'active' and ${isOver('m', 'payment_method_id')}
            order by m.created_at limit $1 for update skip locked
         ), gone as (
           update payment_methods set status = 'deleting' where id in (select id from over) returning stripe_payment_method_id
         )
         insert into detachments (stripe_payment_method_id, stripe_key, next_attempt_at)
         select stripe_payment_method_id, stripe_payment_method_id || ':detach', now() from gone on conflict do nothing`,
        [limit],
      );
      return rowCount ?? 0;
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
    async claimAbandonedSetups(limit: number): Promise<string[]> {
      const { rows } = await pool.query<{ setup_intent_id: string }>(
        `update card_setups set created_at = created_at + interval '15 minutes'
          where (buyer_id, idempotency_key) in (
                  select buyer_id, idempotency_key from card_setups
                   where setup_intent_id is not null and created_at < now() - ${setupFor} order by created_at limit $1 for update skip locked)
         returning setup_intent_id`,
        [limit],
      );
      return rows.map((row) => row.setup_intent_id);
    },

    /** Has Stripe let go of a card that came of a setup and was not stored; then the setup is forgotten. */
    async finishAbandonedSetup(setupIntentId: string, stripePaymentMethodId: string | null): Promise<void> {
      await pool.query(
        `with orphan as (
           insert into detachments (stripe_payment_method_id, stripe_key, next_attempt_at)
           select $2, $2 || ':detach', now()
            where $2::text is not null and not exists (select 1 from payment_methods where stripe_payment_method_id = $2)
           on conflict do nothing
         )
         delete from card_setups where setup_intent_id = $1`,
        [setupIntentId, stripePaymentMethodId],
      );
    },
  };
}
