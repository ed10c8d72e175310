/**
 * Deletes what the runtime's tables need no more, a bounded number of rows at a time, found by an index: a busy table is
 * never read as a whole.
 */
import type { Queryable } from './database.ts';

const keepPublishedDays = 7;
/** Redeliveries come within minutes; this is for offsets that were lost or set back. */
const keepInboxDays = 30;
const keepIdempotencyKeysHours = 72;

const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 60 * 60_000);

/** The least event id of a moment on: ids are UUIDv7, which begin with the time in milliseconds. */
function eventIdFrom(moment: Date): string {
  const time = moment.getTime().toString(16).padStart(12, '0');
  return `evt_${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/**
 * Deletes up to `limit` rows each of published events, of the inbox and of idempotency keys that are too old.
 * @returns whether there may be more
 */
export async function pruneOnce(queryable: Queryable, limit: number): Promise<boolean> {
  const counts: number[] = [];
  const remove = async (statement: { readonly name: string; readonly text: string; readonly values: unknown[] }): Promise<void> => {
    counts.push((await queryable.query(statement)).rowCount ?? 0);
  };
  await remove({
    name: 'prune-outbox',
    // The oldest are at the low end of the primary key; no more than those are looked at.
    text: `delete from outbox
            where position = any(array(select position from outbox order by position limit $1)) and published_at < $2`,
    values: [limit, hoursAgo(24 * keepPublishedDays)],
  });
  const inboxCutoff = hoursAgo(24 * keepInboxDays);
  await remove({
    name: 'prune-inbox',
    // By the primary key, group by group. An old event may have been applied lately, and is then kept.
    text: `with recursive groups (name) as (
             select min(consumer_group) from inbox
             union all
             select (select min(consumer_group) from inbox where consumer_group > groups.name) from groups where groups.name is not null
           )
           delete from inbox where (consumer_group, event_id) in (
             select old.consumer_group, old.event_id from groups cross join lateral (
               select consumer_group, event_id from inbox
                where consumer_group = groups.name and event_id < $2 and applied_at < $3 order by event_id limit $1
             ) as old
           )`,
    values: [limit, eventIdFrom(inboxCutoff), inboxCutoff],
  });
  await remove({
    name: 'prune-idempotency-keys',
    // By physical place, which nothing changes under the statement: these rows are never updated.
    text: `delete from idempotency_keys
            where ctid = any(array(select ctid from idempotency_keys where created_at < $2 order by created_at limit $1))`,
    values: [limit, hoursAgo(keepIdempotencyKeysHours)],
  });
  return counts.some((count) => count >= limit);
}
