/** SQL of the sellers' shares. Whoever holds the lease of an order's share takes the next step with the seller's money. */
import type { Queryable } from '@vitrine/runtime/database';
import { createBatcher } from '@vitrine/runtime/group-commit';
import { harmlessStatuses } from '../dispute.ts';
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

/** A share that is due, with what its next step is decided by. */
export interface DueShare extends Share {
  readonly disputedMinor: number;
  readonly steps: readonly ShareStep[];
  /** Number of the newest step, 0 before the first. */
  readonly lastStep: number;
  /** Where money can go at the moment; null when the seller's account takes none. */
  readonly activeAccountId: string | null;
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
export async function wakeShare(queryable: Queryable, orderId: string): Promise<void> {
  await queryable.query({
    name: 'share-wake',
    text: 'update seller_shares set share_at = now(), woken = true where order_id = $1',
    values: [orderId],
  });
}

interface DueRow extends ShareRow {
  readonly disputed_minor: number;
  /** As JSON: dates are text. */
  readonly steps: readonly (Omit<StepRow, 'sent_at' | 'key_spent_at'> & {
    readonly sent_at: string;
    readonly key_spent_at: string | null;
  })[];
  readonly last_step: number;
  readonly active_account_id: string | null;
}

const toDueShare = (row: DueRow): DueShare => ({
  ...toShare(row),
  disputedMinor: row.disputed_minor,
  steps: row.steps.map((step) =>
    toStep({ ...step, sent_at: new Date(step.sent_at), key_spent_at: step.key_spent_at === null ? null : new Date(step.key_spent_at) }),
  ),
  lastStep: row.last_step,
  activeAccountId: row.active_account_id,
});

/** A step that is about to be taken. */
interface NewStep {
  readonly share: DueShare;
  readonly leaseToken: string;
  readonly plan: Exclude<StepPlan, { readonly kind: 'even' }>;
  readonly stripeAccountId: string;
}

/** A step that was taken, and when its share is looked at again. */
interface FinishedStep {
  readonly orderId: string;
  readonly leaseToken: string;
  readonly step: ShareStep;
  readonly stripeId: string;
  readonly inMs: number | null;
}

const groups = { maxBatch: 64, maxWaiting: 1_000 };

export function createShareStore(database: Queryable) {
  const starts = createBatcher<NewStep, ShareStep | null>({
    ...groups,
    name: 'share-step-start',
    write: (steps) => startSteps(database, steps),
    keyOf: ({ share }) => share.orderId,
  });
  const finishes = createBatcher<FinishedStep, null>({
    ...groups,
    name: 'share-step-finish',
    write: (steps) => finishSteps(database, steps),
    keyOf: ({ orderId }) => orderId,
  });

  return {
    wake: (orderId: string): Promise<void> => wakeShare(database, orderId),

    /** A seller's shares of these orders. */
    async findMany(sellerId: string, orderIds: readonly string[]): Promise<Share[]> {
      const { rows } = await database.query<ShareRow>({
        name: 'shares-find',
        text: `select ${shareColumns} from seller_shares s join payments p using (order_id) where s.seller_id = $1 and s.order_id = any($2)`,
        values: [sellerId, orderIds],
      });
      return rows.map(toShare);
    },

    /** Takes the leases of shares that may not be even. */
    async claimDue(leaseToken: string, limit: number): Promise<DueShare[]> {
      const { rows } = await database.query<DueRow>({
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
               select ${shareColumns}, s.last_step,
                      (select coalesce(sum(d.amount_minor), 0)::int from disputes d where d.order_id = s.order_id and d.status <> all($3)) as disputed_minor,
                      case when s.last_step = 0 then '[]'
                           else (select coalesce(json_agg(t order by t.step), '[]') from share_steps t where t.order_id = s.order_id) end as steps,
                      (select a.stripe_account_id from seller_accounts a where a.seller_id = s.seller_id and a.status = 'active') as active_account_id
                 from s join payments p using (order_id)`,
        values: [leaseToken, limit, harmlessStatuses],
      });
      return rows.map(toDueShare);
    },

    /** Records a step that is about to be taken, with its key. Null when the lease was lost. */
    startStep: (step: NewStep): Promise<ShareStep | null> => starts.add(step),

    /** Before a step is sent again: with which key. False when the lease was lost. */
    async markSent(orderId: string, leaseToken: string, step: ShareStep, key: string): Promise<boolean> {
      const { rowCount } = await database.query(
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
      await database.query('update share_steps set key_spent_at = coalesce(key_spent_at, now()) where order_id = $1 and step = $2', [
        orderId,
        step,
      ]);
    },

    /** Writes that a step was taken, whoever has seen it, once; and gives the lease back, if it is still the caller's. */
    async finishStep(step: FinishedStep): Promise<void> {
      await finishes.add(step);
    },

    /** Ends a step that Stripe does not take. */
    async refuseStep(orderId: string, leaseToken: string, step: ShareStep, refusal: string | null): Promise<void> {
      await database.query(
        `update share_steps set status = 'refused', refusal = $4, updated_at = now()
          where order_id = $1 and step = $2 and status = 'started'
            and exists (select 1 from seller_shares where order_id = $1 and lease_token = $3)`,
        [orderId, step.step, leaseToken, refusal],
      );
    },

    /** Gives the lease back. A change that came meanwhile is looked at at once. */
    async release(orderId: string, leaseToken: string, next: NextLook): Promise<void> {
      await database.query({
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

async function startSteps(database: Queryable, steps: readonly NewStep[]): Promise<(ShareStep | null)[]> {
  const { rows } = await database.query<StepRow & { readonly order_id: string }>({
    name: 'share-steps-start',
    text: `with input as (
             select * from jsonb_to_recordset($1::jsonb) as i (order_id text, lease_token text, step int, kind text, amount_minor int,
               stripe_account_id text, reversed_step int, stripe_key text)
           ), counted as (
             update seller_shares s set last_step = i.step from input i
              where s.order_id = i.order_id and s.lease_token = i.lease_token and s.last_step = i.step - 1
             returning s.order_id
           )
           insert into share_steps (order_id, step, kind, amount_minor, stripe_account_id, reversed_step, stripe_key)
           select order_id, step, kind, amount_minor, stripe_account_id, reversed_step, stripe_key from input join counted using (order_id)
           returning *`,
    values: [
      JSON.stringify(
        steps.map(({ share: { orderId, lastStep }, leaseToken, plan, stripeAccountId }) => ({
          order_id: orderId,
          lease_token: leaseToken,
          step: lastStep + 1,
          kind: plan.kind,
          amount_minor: plan.amountMinor,
          stripe_account_id: stripeAccountId,
          reversed_step: plan.kind === 'reversal' ? plan.transfer.step : null,
          stripe_key: shareKey(orderId, lastStep + 1),
        })),
      ),
    ],
  });
  const byOrder = new Map(rows.map((row) => [row.order_id, row]));
  return steps.map(({ share }) => {
    const row = byOrder.get(share.orderId);
    return row === undefined ? null : toStep(row);
  });
}

async function finishSteps(database: Queryable, steps: readonly FinishedStep[]): Promise<null[]> {
  await database.query({
    name: 'share-steps-finish',
    text: `with input as (
             select * from jsonb_to_recordset($1::jsonb) as i (order_id text, lease_token text, step int, stripe_id text, in_ms float8)
           ), done as (
             update share_steps t set status = 'done', stripe_id = i.stripe_id, updated_at = now() from input i
              where t.order_id = i.order_id and t.step = i.step and t.status = 'started'
             returning t.order_id, t.kind, t.amount_minor
           )
           update seller_shares s
              set transferred_minor = s.transferred_minor + case when d.kind = 'transfer' then d.amount_minor else 0 end,
                  reversed_minor = s.reversed_minor + case when d.kind = 'reversal' then d.amount_minor else 0 end,
                  attempts = 0, waits_for_account = false, updated_at = now(),
                  share_at = case when s.lease_token is distinct from i.lease_token then s.share_at
                                  when s.woken then now() else now() + make_interval(secs => i.in_ms / 1000) end,
                  leased_until = case when s.lease_token is distinct from i.lease_token then s.leased_until end,
                  lease_token = case when s.lease_token is distinct from i.lease_token then s.lease_token end
             from input i left join done d using (order_id)
            where s.order_id = i.order_id`,
    values: [
      JSON.stringify(
        steps.map(({ orderId, leaseToken, step, stripeId, inMs }) => ({
          order_id: orderId,
          lease_token: leaseToken,
          step: step.step,
          stripe_id: stripeId,
          in_ms: inMs,
        })),
      ),
    ],
  });
  return steps.map(() => null);
}
