/** SQL of the sellers' shares. Whoever holds the lease of an order's share takes the next step with the seller's money. */
import { withTransaction, type Pool } from '@vitrine/runtime/database';
import { shareKey, type ShareBasis, type ShareStep, type StepPlan } from '../share.ts';

/** Longer than all calls of Stripe that a holder makes may take together. */
const leaseSeconds = 15;

/** A share with what it follows from; what is disputed is known elsewhere. */
export interface Share extends Omit<ShareBasis, 'disputedMinor'> {
  readonly orderId: string;
  readonly sellerId: string;
  readonly currency: string;
  readonly stripeChargeId: string | null;
  readonly transferredMinor: number;
  readonly reversedMinor: number;
  readonly attempts: number;
}

/** When the loop looks at a share again. `waitsForAccount`: earlier when the seller's account can take money. */
export interface NextLook {
  readonly inMs: number | null;
  readonly waitsForAccount: boolean;
}

export type ShareStore = ReturnType<typeof createShareStore>;

interface ShareRow {
  readonly order_id: string;
  readonly seller_id: string;
  readonly transferred_minor: number;
  readonly reversed_minor: number;
  readonly attempts: number;
  readonly amount_minor: number;
  readonly currency: string;
  readonly seller_share_minor: number;
  readonly captured_minor: number;
  readonly refunded_minor: number;
  readonly stripe_charge_id: string | null;
}

interface StepRow {
  readonly step: number;
  readonly kind: ShareStep['kind'];
  readonly amount_minor: number;
  readonly stripe_account_id: string;
  readonly reversed_step: number | null;
  readonly status: ShareStep['status'];
  readonly stripe_key: string;
  readonly sent_at: Date;
  readonly key_spent_at: Date | null;
  readonly stripe_id: string | null;
}

const shareColumns = `s.order_id, s.seller_id, s.transferred_minor, s.reversed_minor, s.attempts, p.amount_minor, p.currency,
                      p.seller_share_minor, p.captured_minor, p.refunded_minor, p.stripe_charge_id`;

const toShare = (row: ShareRow): Share => ({
  orderId: row.order_id,
  sellerId: row.seller_id,
  currency: row.currency,
  amountMinor: row.amount_minor,
  sellerShareMinor: row.seller_share_minor,
  capturedMinor: row.captured_minor,
  refundedMinor: row.refunded_minor,
  stripeChargeId: row.stripe_charge_id,
  transferredMinor: row.transferred_minor,
  reversedMinor: row.reversed_minor,
  attempts: row.attempts,
});

const toStep = (row: StepRow): ShareStep => ({
  step: row.step,
  kind: row.kind,
  amountMinor: row.amount_minor,
  stripeAccountId: row.stripe_account_id,
  reversedStep: row.reversed_step,
  status: row.status,
  stripeKey: row.stripe_key,
  sentAt: row.sent_at,
  keySpentAt: row.key_spent_at,
  stripeId: row.stripe_id,
});

/** What is due of an order may have changed: the loop compares again. */
export async function wakeShare(queryable: Pick<Pool, 'query'>, orderId: string): Promise<void> {
  await queryable.query({
    name: 'share-wake',
    text: 'update seller_shares set share_at = now(), woken = true where order_id = $1',
    values: [orderId],
  });
}

export function createShareStore(pool: Pool) {
  return {
    wake: (orderId: string): Promise<void> => wakeShare(pool, orderId),

    /** A seller's shares of these orders. */
    async findMany(sellerId: string, orderIds: readonly string[]): Promise<Share[]> {
      const { rows } = await pool.query<ShareRow>({
        name: 'shares-find',
        text: `select ${shareColumns} from seller_shares s join payments p using (order_id) where s.seller_id = $1 and s.order_id = any($2)`,
        values: [sellerId, orderIds],
      });
      return rows.map(toShare);
    },

    /** Takes the leases of shares that may not be even. */
    async claimDue(leaseToken: string, limit: number): Promise<Share[]> {
      const { rows } = await pool.query<ShareRow>({
        name: 'shares-claim-due',
        text: `with due as (
                 select order_id from seller_shares
                  where share_at <= now() and (leased_until is null or leased_until < now())
                  order by share_at limit $2 for update skip locked
               ), s as (
                 update seller_shares set lease_token = $1, leased_until = now() + make_interval(secs => ${leaseSeconds}), woken = false, updated_at = now()
                  where order_id in (select order_id from due)
                 returning *
               )
               select ${shareColumns} from s join payments p using (order_id)`,
        values: [leaseToken, limit],
      });
      return rows.map(toShare);
    },

    async listSteps(orderId: string): Promise<ShareStep[]> {
      const { rows } = await pool.query<StepRow>('select * from share_steps where order_id = $1 order by step', [orderId]);
      return rows.map(toStep);
    },

    /** Records a step that is about to be taken, with its key. Null when the lease was lost. */
    async startStep(
      orderId: string,
      leaseToken: string,
      plan: Exclude<StepPlan, { readonly kind: 'even' }>,
      stripeAccountId: string,
    ): Promise<ShareStep | null> {
      return withTransaction(pool, async (transaction) => {
        const { rows: shares } = await transaction.query<{ last_step: number }>(
          'update seller_shares set last_step = last_step + 1 where order_id = $1 and lease_token = $2 returning last_step',
          [orderId, leaseToken],
        );
        const step = shares[0]?.last_step;
        if (step === undefined) return null;
        const { rows } = await transaction.query<StepRow>(
          `insert into share_steps (order_id, step, kind, amount_minor, stripe_account_id, reversed_step, stripe_key)
           values ($1, $2, $3, $4, $5, $6, $7) returning *`,
          [
            orderId,
            step,
            plan.kind,
            plan.amountMinor,
            stripeAccountId,
            plan.kind === 'reversal' ? plan.transfer.step : null,
            shareKey(orderId, step),
          ],
        );
        return rows[0] === undefined ? null : toStep(rows[0]);
      });
    },

    /** Before a step is sent again: with which key. False when the lease was lost. */
    async markSent(orderId: string, leaseToken: string, step: ShareStep, key: string): Promise<boolean> {
      const { rowCount } = await pool.query(
        `update share_steps
            set sent_at = case when stripe_key = $4 then sent_at else now() end, key_spent_at = case when stripe_key = $4 then key_spent_at end,
                stripe_key = $4, updated_at = now()
          where order_id = $1 and step = $2 and status = 'started'
            and exists (select 1 from seller_shares where order_id = $1 and lease_token = $3)`,
        [orderId, step.step, leaseToken, key],
      );
      return rowCount === 1;
    },

    /** Stripe will answer this step's key with a failure of its own for ever. */
    async markKeySpent(orderId: string, step: number): Promise<void> {
      await pool.query('update share_steps set key_spent_at = coalesce(key_spent_at, now()) where order_id = $1 and step = $2', [
        orderId,
        step,
      ]);
    },

    /** Writes that a step was taken, whoever has seen it; once. */
    async finishStep(orderId: string, step: ShareStep, stripeId: string): Promise<void> {
      await pool.query(
        `with done as (
           update share_steps set status = 'done', stripe_id = $3, updated_at = now()
            where order_id = $1 and step = $2 and status = 'started'
           returning kind, amount_minor
         )
         update seller_shares
            set transferred_minor = transferred_minor + case when done.kind = 'transfer' then done.amount_minor else 0 end,
                reversed_minor = reversed_minor + case when done.kind = 'reversal' then done.amount_minor else 0 end,
                attempts = 0, updated_at = now()
           from done where order_id = $1`,
        [orderId, step.step, stripeId],
      );
    },

    /** Ends a step that Stripe does not take. */
    async refuseStep(orderId: string, leaseToken: string, step: ShareStep, refusal: string | null): Promise<void> {
      await pool.query(
        `update share_steps set status = 'refused', refusal = $4, updated_at = now()
          where order_id = $1 and step = $2 and status = 'started'
            and exists (select 1 from seller_shares where order_id = $1 and lease_token = $3)`,
        [orderId, step.step, leaseToken, refusal],
      );
    },

    /** Gives the lease back. A change that came meanwhile is looked at at once. */
    async release(orderId: string, leaseToken: string, next: NextLook): Promise<void> {
      await pool.query({
        name: 'share-release',
        text: `update seller_shares
                  set lease_token = null, leased_until = null, waits_for_account = $4, attempts = attempts + 1, updated_at = now(),
                      share_at = case when woken then now() else now() + make_interval(secs => $3::float8 / 1000) end
                where order_id = $1 and lease_token = $2`,
        values: [orderId, leaseToken, next.inMs, next.waitsForAccount],
      });
    },
  };
}
