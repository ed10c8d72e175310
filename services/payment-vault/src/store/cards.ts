/** SQL of cards, Stripe customers, card setups and detachments. */
import { withTransaction, type Pool, type Queryable, type Transaction } from '@vitrine/runtime/database';
import type { Card, CardFacts } from '../card.ts';
import type { SealedLabel } from '../label.ts';
import { endConsent } from './consents.ts';

/** What a charge of a card needs. */
export interface Charge {
  /** Stripe's, the same for each use of one card; null when Stripe gave none. */
  readonly fingerprint: string | null;
  readonly stripeCustomerId: string;
  readonly stripePaymentMethodId: string;
}

/** A call of Stripe that has to be made, and the idempotency key that was recorded for it. */
export interface PendingCall {
  readonly stripeKey: string;
}

export interface Detachment extends PendingCall {
  readonly stripePaymentMethodId: string;
  readonly attempts: number;
}

export type CardStore = ReturnType<typeof createCardStore>;

interface Row {
  readonly id: string;
  readonly stripe_payment_method_id: string;
  readonly brand: string;
  readonly last4: string;
  readonly exp_month: number;
  readonly exp_year: number;
  readonly fingerprint: string | null;
  readonly buyer_id: string;
  readonly status: 'active' | 'withdrawn';
  readonly saved: boolean;
  readonly label: Buffer | null;
  readonly label_key_version: number | null;
  readonly is_default: boolean;
  readonly created_at: Date;
}

const toCard = (row: Row): Card => ({
  id: row.id,
  stripePaymentMethodId: row.stripe_payment_method_id,
  brand: row.brand,
  last4: row.last4,
  expMonth: row.exp_month,
  expYear: row.exp_year,
  fingerprint: row.fingerprint,
  buyerId: row.buyer_id,
  status: row.status,
  isSaved: row.saved,
  sealedLabel: row.label === null || row.label_key_version === null ? null : { ciphertext: row.label, keyVersion: row.label_key_version },
  isDefault: row.is_default,
  createdAt: row.created_at,
});

const ordered = 'order by is_default desc, created_at desc, id desc';

export function createCardStore(pool: Pool) {
  return {
    /** The buyer's saved cards, the default first, then the newest; those that Stripe has let go are among them. */
    async list(buyerId: string): Promise<Card[]> {
      const { rows } = await pool.query<Row>({
        name: 'cards-of-buyer',
        text: `select * from payment_methods where buyer_id = $1 and status in ('active', 'withdrawn') and saved ${ordered}`,
        values: [buyerId],
      });
      return rows.map(toCard);
    },

    /** Those of these cards that are the buyer's. */
    async findMany(buyerId: string, ids: readonly string[]): Promise<Card[]> {
      const { rows } = await pool.query<Row>({
        name: 'cards-by-id',
        text: `select * from payment_methods where id = any($2) and buyer_id = $1 and status in ('active', 'withdrawn')`,
        values: [buyerId, ids],
      });
      return rows.map(toCard);
    },

    /** The buyer's named card, or the default one for null. */
    async findToUse(buyerId: string, id: string | null): Promise<Card | null> {
      const { rows } = await pool.query<Row>({
        name: 'card-to-use',
        text: `select * from payment_methods where buyer_id = $1 and status = 'active' and case when $2::text is null then is_default else id = $2 end`,
        values: [buyerId, id],
      });
      return rows[0] === undefined ? null : toCard(rows[0]);
    },

    /** How many usable cards the buyer has of the kind, saved or not, that there are more of. */
    async count(buyerId: string): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(
        `select count(*) as count from payment_methods where buyer_id = $1 and status = 'active' group by saved order by 1 desc limit 1`,
        [buyerId],
      );
      return rows[0]?.count ?? 0;
    },

    async findCustomer(buyerId: string): Promise<string | null> {
      const { rows } = await pool.query<{ stripe_customer_id: string | null }>({
        name: 'stripe-customer',
        text: 'select stripe_customer_id from stripe_customers where buyer_id = $1',
        values: [buyerId],
      });
      return rows[0]?.stripe_customer_id ?? null;
    },

    /** Records that a customer is about to be made, with its key; of two calls the first one's key counts. */
    async startCustomer(buyerId: string, stripeKey: string): Promise<PendingCall> {
      const { rows } = await pool.query<{ stripe_key: string }>(
        'insert into stripe_customers (buyer_id, stripe_key) values ($1, $2) on conflict (buyer_id) do update set stripe_key = stripe_customers.stripe_key returning stripe_key',
        [buyerId, stripeKey],
      );
      return { stripeKey: rows[0]?.stripe_key ?? stripeKey };
    },

    /** Replaces a key that Stripe has spent; a key that somebody else has replaced already stays. */
    async replaceCustomerKey(buyerId: string, spent: string, next: string): Promise<void> {
      await pool.query(
        'update stripe_customers set stripe_key = $3 where buyer_id = $1 and stripe_key = $2 and stripe_customer_id is null',
        [buyerId, spent, next],
      );
    },

    /**
     * Answers the buyer's customer, which is another one if somebody was faster; null when the buyer's data was deleted
     * while this one was made, which then deletes it.
     */
    async finishCustomer(buyerId: string, stripeKey: string, stripeCustomerId: string): Promise<string | null> {
      const { rows } = await pool.query<{ stripe_customer_id: string }>(
        `update stripe_customers set stripe_customer_id = coalesce(stripe_customer_id, $3)
          where buyer_id = $1 and (stripe_key = $2 or stripe_customer_id is not null) returning stripe_customer_id`,
        [buyerId, stripeKey, stripeCustomerId],
      );
      return rows[0]?.stripe_customer_id ?? null;
    },

    /** Forgets a customer that Stripe does not have any more, and its cards with it. */
    async forgetCustomer(buyerId: string, stripeCustomerId: string): Promise<void> {
      await pool.query('delete from stripe_customers where buyer_id = $1 and stripe_customer_id = $2', [buyerId, stripeCustomerId]);
    },

    /** Records that a SetupIntent is about to be made. From then on the buyer's customer is kept until the setup is over. */
    startSetup: (buyerId: string, idempotencyKey: string, stripeKey: string): Promise<PendingCall> =>
      withTransaction(pool, async (transaction) => {
        await lockBuyer(transaction, buyerId, 'cards');
        const { rows } = await transaction.query<{ stripe_key: string }>(
          `insert into card_setups (buyer_id, idempotency_key, stripe_key) values ($1, $2, $3)
           on conflict (buyer_id, idempotency_key) do update set look_at = coalesce(card_setups.look_at, excluded.look_at) returning stripe_key`,
          [buyerId, idempotencyKey, stripeKey],
        );
        return { stripeKey: rows[0]?.stripe_key ?? stripeKey };
      }),

    async replaceSetupKey(buyerId: string, idempotencyKey: string, spent: string, next: string): Promise<void> {
      await pool.query('update card_setups set stripe_key = $4 where buyer_id = $1 and idempotency_key = $2 and stripe_key = $3', [
        buyerId,
        idempotencyKey,
        spent,
        next,
      ]);
    },

    /** Setups that nobody can ask for by their key any more. */
    async pruneSetups(): Promise<void> {
      await pool.query(`delete from card_setups where look_at is null and created_at < now() - interval '7 days'`);
    },

    /** Takes detachments that are due; each comes back later by itself unless it is finished. */
    async claimDetachments(limit: number): Promise<Detachment[]> {
      const { rows } = await pool.query<{ stripe_payment_method_id: string; stripe_key: string; attempts: number }>(
        `update detachments
            set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => least(15 * 2 ^ least(attempts, 10), 3600))
          where stripe_payment_method_id in (
                  select stripe_payment_method_id from detachments where next_attempt_at <= now() order by next_attempt_at limit $1 for update skip locked)
         returning stripe_payment_method_id, stripe_key, attempts`,
        [limit],
      );
      return rows.map((row) => ({
        stripePaymentMethodId: row.stripe_payment_method_id,
        stripeKey: row.stripe_key,
        attempts: row.attempts,
      }));
    },

    /** Takes the detachment of a card that is being deleted, due or not; null when it is done. */
    async claimDetachmentOf(buyerId: string, id: string): Promise<Detachment | null> {
      const { rows } = await pool.query<{ stripe_payment_method_id: string; stripe_key: string; attempts: number }>(
        `update detachments d set attempts = d.attempts + 1, next_attempt_at = now() + make_interval(secs => 15)
           from payment_methods m
          where m.id = $2 and m.buyer_id = $1 and m.status = 'deleting' and d.stripe_payment_method_id = m.stripe_payment_method_id
         returning d.stripe_payment_method_id, d.stripe_key, d.attempts`,
        [buyerId, id],
      );
      const row = rows[0];
      return row === undefined
        ? null
        : { stripePaymentMethodId: row.stripe_payment_method_id, stripeKey: row.stripe_key, attempts: row.attempts };
    },

    async replaceDetachmentKey(stripePaymentMethodId: string, next: string): Promise<void> {
      await pool.query('update detachments set stripe_key = $2 where stripe_payment_method_id = $1', [stripePaymentMethodId, next]);
    },

    /** Forgets a card that Stripe has let go, and that it had to be. */
    async finishDetachment(stripePaymentMethodId: string): Promise<void> {
      await pool.query(
        `with done as (
           delete from detachments where stripe_payment_method_id = $1
         ), gone as (
           delete from payment_methods where stripe_payment_method_id = $1 and status = 'deleting' returning id, buyer_id
         ), noted as (
           update stripe_customers set check_at = now() where buyer_id in (select buyer_id from gone)
         )
         update deletions set completed_at = now() where subject_id in (select id from gone) and completed_at is null`,
        [stripePaymentMethodId],
      );
    },
  };
}

/** Changes of one buyer's cards, addresses or permissions come one after the other: the limit and the one default depend on all of them. */
export async function lockBuyer(transaction: Transaction, buyerId: string, what: 'cards' | 'addresses' | 'permissions'): Promise<void> {
  await transaction.query({
    name: 'buyer-lock',
    text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))',
    values: [`payment-vault ${what} ${buyerId}`],
  });
}

/** What is known of a payment method of Stripe: the buyer's card, or that it is being deleted. */
export async function findCardOf(
  transaction: Transaction,
  buyerId: string,
  stripePaymentMethodId: string,
): Promise<{ readonly id: string; readonly deleting: boolean } | null> {
  const { rows } = await transaction.query<{ id: string; status: string }>(
    `select id, status from payment_methods where stripe_payment_method_id = $2 and buyer_id = $1
     union all select '', 'deleting' from detachments where stripe_payment_method_id = $2 limit 1`,
    [buyerId, stripePaymentMethodId],
  );
  return rows[0] === undefined ? null : { id: rows[0].id, deleting: rows[0].status === 'deleting' };
}

/** The buyer's active cards, the default first, then the newest. */
export async function listCards(queryable: Queryable, buyerId: string): Promise<Card[]> {
  const { rows } = await queryable.query<Row>(`select * from payment_methods where buyer_id = $1 and status = 'active' ${ordered}`, [
    buyerId,
  ]);
  return rows.map(toCard);
}

export async function insertCard(transaction: Transaction, buyerId: string, id: string, card: CardFacts, isSaved: boolean): Promise<void> {
  await transaction.query(
    `insert into payment_methods (id, buyer_id, stripe_payment_method_id, brand, last4, exp_month, exp_year, fingerprint, saved) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, buyerId, card.stripePaymentMethodId, card.brand, card.last4, card.expMonth, card.expYear, card.fingerprint, isSaved],
  );
}

/** The buyer's saved card with this fingerprint, also one that Stripe has let go. */
export async function findSavedCard(transaction: Transaction, buyerId: string, fingerprint: string | null): Promise<Card | null> {
  const { rows } = await transaction.query<Row>(
    `select * from payment_methods where buyer_id = $1 and fingerprint = $2 and saved and status in ('active', 'withdrawn')
      order by status, created_at desc limit 1`,
    [buyerId, fingerprint],
  );
  return rows[0] === undefined ? null : toCard(rows[0]);
}

/** Points a stored card to a newer payment method of the same card, with which it can be used again. */
export async function replaceCard(transaction: Transaction, id: string, card: CardFacts): Promise<void> {
  await transaction.query(
    `update payment_methods set stripe_payment_method_id = $2, brand = $3, last4 = $4, exp_month = $5, exp_year = $6, status = 'active' where id = $1`,
    [id, card.stripePaymentMethodId, card.brand, card.last4, card.expMonth, card.expYear],
  );
}

export async function makeCardDefault(transaction: Transaction, buyerId: string, id: string): Promise<void> {
  await transaction.query('update payment_methods set is_default = false where buyer_id = $1 and is_default and id <> $2', [buyerId, id]);
  await transaction.query('update payment_methods set is_default = true where id = $1 and not is_default', [id]);
}

/** From now on the card cannot be used, and Stripe has to let it go. Answers whether it was there, or is on its way out already. */
export async function markCardDeleting(
  transaction: Transaction,
  buyerId: string,
  id: string,
): Promise<'marked' | 'deleting' | 'not_found'> {
  const { rows } = await transaction.query<{ status: string; stripe_payment_method_id: string }>(
    'select status, stripe_payment_method_id from payment_methods where id = $2 and buyer_id = $1 for update',
    [buyerId, id],
  );
  const row = rows[0];
  if (row === undefined) return 'not_found';
  if (row.status === 'deleting') return 'deleting';
  await transaction.query(`update payment_methods set status = 'deleting', is_default = false where id = $1`, [id]);
  await endConsent(transaction, buyerId, id);
  await queueDetachment(transaction, row.stripe_payment_method_id);
  return 'marked';
}

export async function queueDetachment(transaction: Transaction, stripePaymentMethodId: string): Promise<void> {
  await transaction.query(
    `insert into detachments (stripe_payment_method_id, stripe_key, next_attempt_at) values ($1, $2, now() + interval '15 seconds') on conflict do nothing`,
    [stripePaymentMethodId, `${stripePaymentMethodId}:detach`],
  );
}

/** From now on the card is kept. */
export async function saveCard(transaction: Transaction, id: string): Promise<void> {
  await transaction.query('update payment_methods set saved = true where id = $1 and not saved', [id]);
}

/** Answers false when the buyer has no such card. */
export async function labelCard(transaction: Transaction, buyerId: string, id: string, label: SealedLabel | null): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `update payment_methods set label = $3, label_key_version = $4 where id = $2 and buyer_id = $1 and status in ('active', 'withdrawn')`,
    [buyerId, id, label?.ciphertext ?? null, label?.keyVersion ?? null],
  );
  return rowCount === 1;
}

/** A setup whose card is stored needs no looking after. */
export async function forgetSetup(transaction: Transaction, buyerId: string, setupIntentId: string): Promise<void> {
  await transaction.query('update card_setups set setup_intent_id = null, look_at = null where buyer_id = $1 and setup_intent_id = $2', [
    buyerId,
    setupIntentId,
  ]);
}
