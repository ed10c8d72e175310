/** SQL of the inbox of Stripe's events, and of how far Stripe's list has been read. */
import type { Queryable } from '@vitrine/runtime/database';
import { createBatcher } from '@vitrine/runtime/group-commit';
import { type StripeEventType } from '@vitrine/contracts/stripe-events';
import { noNewsIn, type StripeEvent } from '../stripe-event.ts';

export interface WaitingEvent extends StripeEvent {
  /** This attempt's number, from 1. */
  readonly attempts: number;
}

export type StripeEventStore = ReturnType<typeof createStripeEventStore>;

/** Longer than applying an event may take; an event whose process died is taken by another one after it. */
const firstRetrySeconds = 20;
/** How long a process reads the list without being given up on. */
const readingLeaseSeconds = 120;

type Source = 'webhook' | 'list';

/** `no_news`: it tells of a state that the payment has already, so there is nothing to apply. */
export type Added = 'waits' | 'no_news' | 'known';

export function createStripeEventStore(database: Queryable) {
  const additions = createBatcher<StripeEvent, Added>({
    name: 'stripe-event',
    write: (events) => addEvents(database, events, 'webhook'),
    maxBatch: 100,
    maxWaiting: 5_000,
    keyOf: ({ id }) => id,
  });

  return {
    /** Stores an event unless it is known, together with those that come at the same time. */
    addOne: (event: StripeEvent): Promise<Added> => additions.add(event),

    /** Stores those that are not known yet; answers how many of these wait to be applied. */
    async add(events: readonly StripeEvent[], source: Source): Promise<number> {
      return (await addEvents(database, events, source)).filter((added) => added === 'waits').length;
    },

    /** Takes events that wait; each comes back later by itself unless it is marked as applied. */
    async claim(limit: number): Promise<WaitingEvent[]> {
      const { rows } = await database.query<{
        event_id: string;
        type: StripeEventType;
        object_id: string;
        stripe_payment_intent_id: string | null;
        order_id: string | null;
        occurred_at: Date;
        attempts: number;
      }>({
        name: 'stripe-events-claim',
        text: `update stripe_events
                  set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => least(${firstRetrySeconds} * 2 ^ least(attempts, 10), 3600))
                where event_id in (
                        select event_id from stripe_events where applied_at is null and next_attempt_at <= now()
                         order by next_attempt_at limit $1 for update skip locked)
               returning event_id, type, object_id, stripe_payment_intent_id, order_id, occurred_at, attempts`,
        values: [limit],
      });
      return rows.map((row) => ({
        id: row.event_id,
        type: row.type,
        objectId: row.object_id,
        paymentIntentId: row.stripe_payment_intent_id,
        orderId: row.order_id,
        occurredAt: row.occurred_at,
        attempts: row.attempts,
      }));
    },

    async markApplied(ids: readonly string[]): Promise<void> {
      await database.query({
        name: 'stripe-events-applied',
        text: 'update stripe_events set applied_at = now() where event_id = any($1)',
        values: [ids],
      });
    },

    /** Forgets applied events that neither a webhook nor the list can bring again. */
    async prune(): Promise<void> {
      await database.query(`delete from stripe_events where applied_at < now() - interval '40 days'`);
    },

    /** Takes the list for reading, from the time up to which it was read; null when another process reads it. */
    async claimReading(now: Date): Promise<Date | null> {
      const { rows } = await database.query<{ read_until: Date }>(
        `insert into stripe_event_cursor (read_until, leased_until) values ($1, now() + make_interval(secs => ${readingLeaseSeconds}))
         on conflict (only_one) do update set leased_until = excluded.leased_until
          where stripe_event_cursor.leased_until is null or stripe_event_cursor.leased_until < now()
         returning read_until`,
        [now.toISOString()],
      );
      return rows[0]?.read_until ?? null;
    },

    /** Gives the list back. Null: it was not read to its end, and is read from the same time again. */
    async finishReading(readUntil: Date | null): Promise<void> {
      await database.query('update stripe_event_cursor set leased_until = null, read_until = coalesce($1, read_until)', [
        readUntil?.toISOString() ?? null,
      ]);
    },
  };
}

async function addEvents(database: Queryable, events: readonly StripeEvent[], source: Source): Promise<Added[]> {
  if (events.length === 0) return [];
  const { rows } = await database.query<{ event_id: string; waits: boolean }>({
    name: 'stripe-events-add',
    text: `insert into stripe_events (event_id, type, object_id, stripe_payment_intent_id, order_id, occurred_at, source, applied_at)
           select e.id, e.type, e.object_id, e.intent_id, e.order_id, e.occurred_at, $7,
                  case when exists (select from payments p where p.order_id = e.order_id and p.status = any(string_to_array(e.no_news_in, ',')))
                         or e.order_id is null and exists (select from payments p where p.stripe_payment_intent_id = e.intent_id
                                                              and p.status = any(string_to_array(e.no_news_in, ',')))
                       then now() end
             from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $8::text[])
               as e (id, type, object_id, intent_id, order_id, occurred_at, no_news_in)
           on conflict (event_id) do nothing
           returning event_id, applied_at is null as waits`,
    values: [
      events.map(({ id }) => id),
      events.map(({ type }) => type),
      events.map(({ objectId }) => objectId),
      events.map(({ paymentIntentId }) => paymentIntentId),
      events.map(({ orderId }) => orderId),
      events.map(({ occurredAt }) => occurredAt.toISOString()),
      source,
      events.map(({ type }) => noNewsIn(type).join(',')),
    ],
  });
  const added = new Map(rows.map((row) => [row.event_id, row.waits ? 'waits' : 'no_news'] as const));
  return events.map(({ id }) => added.get(id) ?? 'known');
}
