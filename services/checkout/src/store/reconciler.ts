/** Where the reconciler is, and what it looks at again. */
import type { ReconciliationPass } from '@vitrine/contracts/reconciliation-http';
import type { Queryable } from '@vitrine/runtime/database';

/** Where the reconciler is. */
export interface ReconcilerState {
  readonly purchasesAfter: string;
  readonly changesAfter: number;
  readonly eventsAfter: number;
  /** Null while no sweep is under way. */
  readonly sweepAfter: string | null;
  readonly sweepStartedAt: Date | null;
  readonly sweepEndedAt: Date | null;
  readonly sweepRequestedAt: Date | null;
}

const columns = `purchases_after as "purchasesAfter", changes_after::float8 as "changesAfter", events_after::float8 as "eventsAfter",
  sweep_after as "sweepAfter", sweep_started_at as "sweepStartedAt", sweep_ended_at as "sweepEndedAt", sweep_requested_at as "sweepRequestedAt"`;

/** Takes or keeps the lease; null while another process has it. */
export async function leaseReconciler(queryable: Queryable, leaseToken: string, seconds: number): Promise<ReconcilerState | null> {
  const { rows } = await queryable.query<ReconcilerState>({
    name: 'reconciler-lease',
    text: `update reconciler set lease_token = $1, leased_until = now() + make_interval(secs => $2)
            where lease_token = $1 or leased_until is null or leased_until < now()
           returning ${columns}`,
    values: [leaseToken, seconds],
  });
  return rows[0] ?? null;
}

/** Gives the lease back. */
export async function releaseReconciler(queryable: Queryable, leaseToken: string): Promise<void> {
  await queryable.query('update reconciler set lease_token = null, leased_until = null where lease_token = $1', [leaseToken]);
}

export interface Cursors {
  readonly purchasesAfter?: string;
  readonly changesAfter?: number;
  readonly eventsAfter?: number;
}

/** Writes how far the holder of the lease has come; what is not given stays. */
export async function saveCursors(queryable: Queryable, leaseToken: string, cursors: Cursors): Promise<void> {
  await queryable.query({
    name: 'reconciler-cursors',
    text: `update reconciler set purchases_after = coalesce($2, purchases_after), changes_after = coalesce($3, changes_after),
                  events_after = coalesce($4, events_after)
            where lease_token = $1`,
    values: [leaseToken, cursors.purchasesAfter ?? null, cursors.changesAfter ?? null, cursors.eventsAfter ?? null],
  });
}

/** Writes how far the sweep has come: `after` null ends it, `begin` is the time of the one that begins. */
export async function saveSweep(queryable: Queryable, leaseToken: string, after: string | null, begins: boolean): Promise<void> {
  await queryable.query({
    name: 'reconciler-sweep',
    text: `update reconciler
              set sweep_after = $2::text, sweep_started_at = case when $3 then now() else sweep_started_at end,
                  sweep_ended_at = case when $2::text is null then now() else sweep_ended_at end
            where lease_token = $1`,
    values: [leaseToken, after, begins],
  });
}

/** Asks for a sweep; answers when. */
export async function requestSweep(queryable: Queryable): Promise<Date> {
  const { rows } = await queryable.query<{ at: Date }>(
    'update reconciler set sweep_requested_at = clock_timestamp() returning sweep_requested_at as at',
  );
  if (rows[0] === undefined) throw new Error('the reconciler has no row');
  return rows[0].at;
}

/** Writes what a pass came to. */
export async function savePass(queryable: Queryable, leaseToken: string, pass: ReconciliationPass): Promise<void> {
  await queryable.query({
    name: 'reconciler-pass',
    text: `update reconciler set last_pass = $2, compared = compared + $3, repairs = repairs + $4, opened = opened + $5 where lease_token = $1`,
    values: [leaseToken, JSON.stringify(pass), pass.compared, pass.repairs, pass.opened],
  });
}

export interface ReconcilerReport {
  readonly lastPass: ReconciliationPass | null;
  readonly compared: number;
  readonly repairs: number;
  readonly opened: number;
  readonly sweepEndedAt: Date | null;
  readonly sweepRequestedAt: Date | null;
  /** Orders with a divergence that was seen and is not a case yet. */
  readonly suspected: number;
}

export async function readReport(queryable: Queryable): Promise<ReconcilerReport> {
  const { rows } = await queryable.query<ReconcilerReport>(
    `select last_pass as "lastPass", compared::float8 as compared, repairs::float8 as repairs, opened::float8 as opened,
            sweep_ended_at as "sweepEndedAt", sweep_requested_at as "sweepRequestedAt",
            (select count(*)::int from reconciliation_watch w
              where exists (select from jsonb_object_keys(w.suspicions) as kind
                             where not exists (select from reconciliation_cases c where c.order_id = w.order_id and c.kind = kind
                                                and (c.state in ('open', 'repairing') or c.close_reason = 'ACCEPTED'))))
              + (select count(*)::int from missing_events m
                  where not exists (select from reconciliation_cases c where c.order_id = m.order_id and c.kind in ('event_lost', 'event_not_in_topic')
                                       and (c.state in ('open', 'repairing') or c.close_reason = 'ACCEPTED'))) as suspected
       from reconciler`,
  );
  if (rows[0] === undefined) throw new Error('the reconciler has no row');
  return rows[0];
}

/** An order that is looked at again. */
export interface Watched {
  readonly orderId: string;
  /** When each kind of divergence was seen first, RFC 3339. */
  readonly suspicions: Readonly<Record<string, string>>;
  readonly looks: number;
}

/** Orders that are due to be looked at again. */
export async function findDue(queryable: Queryable, limit: number): Promise<Watched[]> {
  const { rows } = await queryable.query<Watched>({
    name: 'watch-due',
    text: `select order_id as "orderId", suspicions, looks from reconciliation_watch where look_at <= now() order by look_at limit $1`,
    values: [limit],
  });
  return rows;
}

/** What is watched of these orders. */
export async function findWatched(queryable: Queryable, orderIds: readonly string[]): Promise<Watched[]> {
  const { rows } = await queryable.query<Watched>({
    name: 'watch-by-id',
    text: `select order_id as "orderId", suspicions, looks from reconciliation_watch where order_id = any($1)`,
    values: [orderIds],
  });
  return rows;
}

/** Has orders looked at again after a while, each with its suspicions, and forgets others. */
export async function saveWatched(
  queryable: Queryable,
  watched: readonly (Watched & { readonly lookInMs: number })[],
  settled: readonly string[],
): Promise<void> {
  if (settled.length > 0) {
    await queryable.query({ name: 'watch-forget', text: 'delete from reconciliation_watch where order_id = any($1)', values: [settled] });
  }
  if (watched.length === 0) return;
  await queryable.query({
    name: 'watch-save',
    text: `insert into reconciliation_watch (order_id, suspicions, looks, look_at)
           select order_id, suspicions, looks, now() + make_interval(secs => "lookInMs" / 1000)
             from jsonb_to_recordset($1::jsonb) as i (order_id text, suspicions jsonb, looks int, "lookInMs" float8)
           on conflict (order_id) do update set suspicions = excluded.suspicions, looks = excluded.looks, look_at = excluded.look_at`,
    values: [JSON.stringify(watched.map(({ orderId, ...rest }) => ({ order_id: orderId, ...rest })))],
  });
}
