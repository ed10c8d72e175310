/** SQL of the sellers' accounts at Stripe. */
import type { Pool } from '@vitrine/runtime/database';
import type { SellerAccount, SellerAccountStatus } from '../seller-account.ts';

export type SellerAccountStore = ReturnType<typeof createSellerAccountStore>;

interface Row {
  readonly seller_id: string;
  readonly stripe_key: string;
  readonly sent_at: Date;
  readonly stripe_account_id: string | null;
  readonly status: SellerAccountStatus;
  readonly refresh_attempts: number;
}

const toAccount = (row: Row): SellerAccount => ({
  sellerId: row.seller_id,
  stripeKey: row.stripe_key,
  sentAt: row.sent_at,
  stripeAccountId: row.stripe_account_id,
  status: row.status,
  refreshAttempts: row.refresh_attempts,
});

export function createSellerAccountStore(pool: Pool) {
  return {
    async find(sellerId: string): Promise<SellerAccount | null> {
      const { rows } = await pool.query<Row>({
        name: 'seller-account-find',
        text: 'select * from seller_accounts where seller_id = $1',
        values: [sellerId],
      });
      return rows[0] === undefined ? null : toAccount(rows[0]);
    },

    async findByStripeId(stripeAccountId: string): Promise<SellerAccount | null> {
      const { rows } = await pool.query<Row>('select * from seller_accounts where stripe_account_id = $1', [stripeAccountId]);
      return rows[0] === undefined ? null : toAccount(rows[0]);
    },

    /** Records that a seller is about to get an account, with the key of the call; answers what is there. */
    async start(sellerId: string, stripeKey: string): Promise<SellerAccount> {
      const { rows } = await pool.query<Row>(
        `insert into seller_accounts (seller_id, stripe_key) values ($1, $2)
         on conflict (seller_id) do update set seller_id = excluded.seller_id returning *`,
        [sellerId, stripeKey],
      );
      if (rows[0] === undefined) throw new Error('a row that was written did not come back');
      return toAccount(rows[0]);
    },

    /** The next call takes another key. */
    async replaceKey(sellerId: string, usedKey: string, stripeKey: string): Promise<void> {
      await pool.query(
        'update seller_accounts set stripe_key = $3, sent_at = now(), updated_at = now() where seller_id = $1 and stripe_key = $2 and stripe_account_id is null',
        [sellerId, usedKey, stripeKey],
      );
    },

    /** Keeps which account a seller has; the first one stays. Answers the one that is kept. */
    async finish(sellerId: string, stripeAccountId: string): Promise<string> {
      const { rows } = await pool.query<{ stripe_account_id: string }>(
        `update seller_accounts set stripe_account_id = coalesce(stripe_account_id, $2), updated_at = now()
          where seller_id = $1 returning stripe_account_id`,
        [sellerId, stripeAccountId],
      );
      if (rows[0] === undefined) throw new Error(`${sellerId} has no account`);
      return rows[0].stripe_account_id;
    },

    /** Records an account link that is about to be asked for; answers the key to ask with. */
    async startSetup(sellerId: string, idempotencyKey: string, stripeKey: string): Promise<string> {
      const { rows } = await pool.query<{ stripe_key: string }>(
        `insert into payout_setups (seller_id, idempotency_key, stripe_key) values ($1, $2, $3)
         on conflict (seller_id, idempotency_key) do update set seller_id = excluded.seller_id returning stripe_key`,
        [sellerId, idempotencyKey, stripeKey],
      );
      if (rows[0] === undefined) throw new Error('a row that was written did not come back');
      return rows[0].stripe_key;
    },

    async replaceSetupKey(sellerId: string, idempotencyKey: string, usedKey: string, stripeKey: string): Promise<void> {
      await pool.query('update payout_setups set stripe_key = $4 where seller_id = $1 and idempotency_key = $2 and stripe_key = $3', [
        sellerId,
        idempotencyKey,
        usedKey,
        stripeKey,
      ]);
    },

    /** Has Stripe asked in a while how an account stands: the seller is setting it up. */
    async expectChange(sellerId: string, afterMs: number): Promise<void> {
      await pool.query(
        `update seller_accounts set refresh_at = now() + make_interval(secs => $2::float8 / 1000), refresh_attempts = 0
          where seller_id = $1 and status <> 'active'`,
        [sellerId, afterMs],
      );
    },

    /** Accounts that Stripe is to be asked about, postponed by a minute while that is done. */
    async claimDue(limit: number): Promise<SellerAccount[]> {
      const { rows } = await pool.query<Row>({
        name: 'seller-account-claim-due',
        text: `update seller_accounts set refresh_at = now() + interval '1 minute', refresh_attempts = refresh_attempts + 1
                where seller_id in (select seller_id from seller_accounts where refresh_at <= now() and stripe_account_id is not null
                                     order by refresh_at limit $1 for update skip locked)
               returning *`,
        values: [limit],
      });
      return rows.map(toAccount);
    },

    /**
     * Writes how an account stood at Stripe at `checkedAt`, unless that is known of a later time. `refreshInMs`: when to ask
     * again; null when an event tells. Money that waited for an active account moves on. Answers whether the status changed.
     */
    async setStatus(sellerId: string, status: SellerAccountStatus, checkedAt: Date, refreshInMs: number | null): Promise<boolean> {
      const { rows } = await pool.query<{ changed: boolean }>({
        name: 'seller-account-set-status',
        text: `with before as (select status from seller_accounts where seller_id = $1),
                    changed as (
                      update seller_accounts
                         set status = $2, checked_at = $3, refresh_at = now() + make_interval(secs => $4::float8 / 1000), updated_at = now()
                       where seller_id = $1 and (checked_at is null or checked_at <= $3)
                      returning status
                    ), woken as (
                      update seller_shares set share_at = now(), woken = true, waits_for_account = false
                       where seller_id = $1 and (waits_for_account or share_at is not null) and exists (select 1 from changed where status = 'active')
                    )
               select before.status <> changed.status as changed from before, changed`,
        values: [sellerId, status, checkedAt, refreshInMs],
      });
      return rows[0]?.changed ?? false;
    },
  };
}
