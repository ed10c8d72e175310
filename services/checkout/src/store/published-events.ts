/**
 * Events of orders in the outbox, for the reconciler. The outbox has no index by event: a row is looked for among those of
 * its time, which its place in the table tells.
 */
import type { Queryable } from '@vitrine/runtime/database';

/** Rows of this long before and after an event's time are looked through. */
const nearbyMs = 60_000;
/** A stretch of positions that is not divided further. */
const stretch = 256;

/** The last position whose row is older than a moment, give or take a stretch. */
async function positionAt(queryable: Queryable, moment: Date): Promise<number> {
  const limits = await queryable.query<{ low: number | null; high: number | null }>(
    'select min(position)::float8 as low, max(position)::float8 as high from outbox',
  );
  let { low, high } = { low: limits.rows[0]?.low ?? 0, high: limits.rows[0]?.high ?? 0 };
  while (high - low > stretch) {
    const middle = Math.floor((low + high) / 2);
    const { rows } = await queryable.query<{ is_older: boolean }>(
      'select occurred_at < $2 as is_older from outbox where position >= $1 order by position limit 1',
      [middle, moment],
    );
    if (rows[0]?.is_older === true) low = middle;
    else high = middle;
  }
  return low;
}

/** `again`: it is published once more. `waiting`: it is still to be published. `gone`: the outbox does not have it. */
export type Republished = 'again' | 'waiting' | 'gone';

/** Has an order's event published again, with the same id, by which consumers that know it pass it over. */
export async function republishEvent(
  queryable: Queryable,
  event: { readonly orderId: string; readonly eventId: string; readonly at: Date },
): Promise<Republished> {
  const from = await positionAt(queryable, new Date(event.at.getTime() - nearbyMs));
  const upTo = await positionAt(queryable, new Date(event.at.getTime() + nearbyMs));
  const { rows } = await queryable.query<{ was_published: boolean }>(
    `with found as (
       select position, published_at is not null as was_published from outbox
        where position between $3 and $4 and key = $1 and event_id = $2
     ), again as (
       update outbox o set published_at = null from found where o.position = found.position and found.was_published
     )
     select was_published from found`,
    [event.orderId, event.eventId, from, upTo + 2 * stretch],
  );
  if (rows[0] === undefined) return 'gone';
  return rows[0].was_published ? 'again' : 'waiting';
}

/** An order's latest event of a type; null when it has none. */
export async function findEvent(
  queryable: Queryable,
  orderId: string,
  type: string,
): Promise<{ readonly eventId: string; readonly at: Date } | null> {
  const { rows } = await queryable.query<{ eventId: string; at: Date }>(
    `select event_id as "eventId", at from order_history where order_id = $1 and step = $2 and event_id is not null order by position desc limit 1`,
    [orderId, type],
  );
  return rows[0] ?? null;
}

/** The oldest event that waits to be published, and how many do, 10,000 at most. */
export interface Backlog {
  readonly waiting: number;
  readonly oldestAt: Date | null;
}

export async function readBacklog(queryable: Queryable): Promise<Backlog> {
  const { rows } = await queryable.query<Backlog>({
    name: 'outbox-backlog',
    text: `select count(*)::int as waiting, min(occurred_at) as "oldestAt" from (select occurred_at from outbox where published_at is null limit 10000) as waiting`,
  });
  return rows[0] ?? { waiting: 0, oldestAt: null };
}

/** An event that was not found in the topic. */
export interface MissingEvent {
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
  readonly attempts: number;
  /** When it was written. */
  readonly at: Date;
}

export async function addMissing(
  queryable: Queryable,
  events: readonly Pick<MissingEvent, 'eventId' | 'orderId' | 'sequence' | 'at'>[],
  lookInMs: number,
): Promise<void> {
  if (events.length === 0) return;
  await queryable.query(
    `insert into missing_events (event_id, order_id, sequence, since, look_at)
     select event_id, order_id, sequence, at, now() + make_interval(secs => $2)
       from jsonb_to_recordset($1::jsonb) as i (event_id text, order_id text, sequence int, at timestamptz)
     on conflict (event_id) do nothing`,
    [
      JSON.stringify(events.map(({ eventId, orderId, sequence, at }) => ({ event_id: eventId, order_id: orderId, sequence, at }))),
      lookInMs / 1_000,
    ],
  );
}

/** Missing events, the oldest first; those alone that are due to be looked for again, unless all are asked for. */
export async function listMissing(queryable: Queryable, which: 'due' | 'all', limit: number): Promise<MissingEvent[]> {
  const { rows } = await queryable.query<MissingEvent>(
    `select event_id as "eventId", order_id as "orderId", sequence, attempts, since as at from missing_events
      where $1 = 'all' or look_at <= now() order by since limit $2`,
    [which, limit],
  );
  return rows;
}

export async function forgetMissing(queryable: Queryable, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length > 0) await queryable.query('delete from missing_events where event_id = any($1)', [eventIds]);
}

/** Puts the next look for a missing event off. */
export async function postponeMissing(queryable: Queryable, eventId: string, attempts: number, lookInMs: number): Promise<void> {
  await queryable.query('update missing_events set attempts = $2, look_at = now() + make_interval(secs => $3) where event_id = $1', [
    eventId,
    attempts,
    lookInMs / 1_000,
  ]);
}

/** When the event just after a position was written; null when there is none. */
export async function findEventTime(queryable: Queryable, after: number): Promise<Date | null> {
  const { rows } = await queryable.query<{ at: Date }>(
    'select at from order_history where position > $1 and event_id is not null order by position limit 1',
    [after],
  );
  return rows[0]?.at ?? null;
}
