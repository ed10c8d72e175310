/** Divergences that were found for certain: one row for each kind and order, opened again when it is seen again. */
import type { CloseReason, ReconciliationCase } from '@vitrine/contracts/reconciliation-http';
import type { Queryable } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import type { CaseKind, Detail } from '../reconciliation.ts';

/** A case as it is after it was seen. */
export interface SeenCase {
  readonly caseId: string;
  readonly state: ReconciliationCase['state'];
  readonly repairAttempts: number;
  /** Of the refund that repairs it. */
  readonly refundId: string;
  /** Whether it has just begun to need a person. */
  readonly isOpened: boolean;
}

/**
 * Writes that a divergence was seen for certain. `opens`: a person has to look at it; else it is being repaired, and
 * `attempts` tells of how many tries. One that was accepted as it is stays closed.
 */
export async function seeCase(
  queryable: Queryable,
  seen: {
    readonly kind: CaseKind;
    readonly orderId: string | null;
    readonly detail: Detail;
    readonly opens: boolean;
    readonly isAttempt: boolean;
  },
): Promise<SeenCase> {
  const { rows } = await queryable.query<SeenCase>({
    name: 'case-see',
    text: `with before as (select state from reconciliation_cases where kind = $2 and order_id is not distinct from $3)
           insert into reconciliation_cases as c (case_id, kind, order_id, state, detail, repair_attempts, refund_id)
           values ($1, $2, $3, case when $5 then 'open' else 'repairing' end, $4, case when $6 then 1 else 0 end, $7)
           on conflict (kind, order_id) do update
              set last_seen = now(), detail = excluded.detail,
                  state = case when c.close_reason = 'ACCEPTED' and c.detail = excluded.detail then c.state
                               when c.state = 'open' then c.state else excluded.state end,
                  times_opened = c.times_opened
                    + case when c.state in ('closed', 'repaired') and not (coalesce(c.close_reason, '') = 'ACCEPTED' and c.detail = excluded.detail) then 1 else 0 end,
                  repair_attempts = case when c.state in ('closed', 'repaired') then 0 else c.repair_attempts end + excluded.repair_attempts,
                  closed_by = case when c.close_reason = 'ACCEPTED' and c.detail = excluded.detail then c.closed_by end,
                  closed_at = case when c.close_reason = 'ACCEPTED' and c.detail = excluded.detail then c.closed_at end,
                  close_reason = case when c.close_reason = 'ACCEPTED' and c.detail = excluded.detail then c.close_reason end,
                  refund_id = case when c.state in ('closed', 'repaired') then excluded.refund_id else coalesce(c.refund_id, excluded.refund_id) end
           returning case_id as "caseId", state, repair_attempts as "repairAttempts", refund_id as "refundId",
                     state = 'open' and coalesce((select state from before), '') <> 'open' as "isOpened"`,
    values: [newId('cas'), seen.kind, seen.orderId, JSON.stringify(seen.detail), seen.opens, seen.isAttempt, newId('ref')],
  });
  if (rows[0] === undefined) throw new Error('a case that was written did not come back');
  return rows[0];
}

/** A case that is not over. */
export interface LiveCase {
  readonly kind: CaseKind;
  readonly orderId: string | null;
  readonly state: 'repairing' | 'open';
  readonly repairAttempts: number;
}

/** Cases of these orders that are not over. */
export async function findLiveCases(queryable: Queryable, orderIds: readonly string[]): Promise<LiveCase[]> {
  const { rows } = await queryable.query<LiveCase>({
    name: 'cases-live',
    text: `select kind, order_id as "orderId", state, repair_attempts as "repairAttempts" from reconciliation_cases
            where order_id = any($1) and state in ('repairing', 'open')`,
    values: [orderIds],
  });
  return rows;
}

/** A divergence is not there any more: repaired, if a repair was tried, else it went away. */
export async function endCase(queryable: Queryable, kind: CaseKind, orderId: string | null): Promise<void> {
  await queryable.query({
    name: 'case-end',
    text: `update reconciliation_cases
              set state = case when repair_attempts > 0 then 'repaired' else 'closed' end, closed_at = now(),
                  closed_by = case when repair_attempts > 0 then null else 'reconciler' end,
                  close_reason = case when repair_attempts > 0 then null else 'WENT_AWAY' end
            where kind = $1 and order_id is not distinct from $2 and state in ('repairing', 'open')`,
    values: [kind, orderId],
  });
}

/** Closes a case by hand. */
export async function closeCase(
  queryable: Queryable,
  caseId: string,
  reason: CloseReason,
): Promise<'closed' | 'not_found' | 'closed_before'> {
  const { rows } = await queryable.query<{ closed: boolean }>(
    `with closed as (
       update reconciliation_cases set state = 'closed', closed_by = 'operator', close_reason = $2, closed_at = now()
        where case_id = $1 and state in ('repairing', 'open') returning case_id
     )
     select exists (select from closed) as closed from reconciliation_cases where case_id = $1`,
    [caseId, reason],
  );
  if (rows[0] === undefined) return 'not_found';
  return rows[0].closed ? 'closed' : 'closed_before';
}

interface CaseRow {
  readonly case_id: string;
  readonly kind: string;
  readonly order_id: string | null;
  readonly state: ReconciliationCase['state'];
  readonly detail: ReconciliationCase['detail'];
  readonly repair_attempts: number;
  readonly first_seen: Date;
  readonly last_seen: Date;
  readonly closed_by: string | null;
  readonly close_reason: ReconciliationCase['closeReason'];
}

/** Cases, the newest first; of one order, if it is given. `all`: those that are over, too. */
export async function listCases(
  queryable: Queryable,
  wanted: { readonly orderId: string | null; readonly all: boolean; readonly after: string | null; readonly limit: number },
): Promise<ReconciliationCase[]> {
  const { rows } = await queryable.query<CaseRow>(
    `select * from reconciliation_cases
      where ($1::text is null or order_id = $1) and ($2 or state in ('repairing', 'open')) and ($3::text is null or case_id < $3)
      order by case_id desc limit $4`,
    [wanted.orderId, wanted.all, wanted.after, wanted.limit],
  );
  return rows.map((row) => ({
    caseId: row.case_id,
    kind: row.kind,
    orderId: row.order_id,
    state: row.state,
    detail: row.detail,
    repairAttempts: row.repair_attempts,
    firstSeenAt: row.first_seen.toISOString(),
    lastSeenAt: row.last_seen.toISOString(),
    closedBy: row.closed_by,
    closeReason: row.close_reason,
  }));
}

/** How many cases need a person, and how many are being repaired. */
export async function countCases(queryable: Queryable): Promise<{ readonly open: number; readonly repairing: number }> {
  const { rows } = await queryable.query<{ open: number; repairing: number }>(
    `select count(*) filter (where state = 'open')::int as open, count(*) filter (where state = 'repairing')::int as repairing
       from reconciliation_cases where state in ('repairing', 'open')`,
  );
  return rows[0] ?? { open: 0, repairing: 0 };
}
