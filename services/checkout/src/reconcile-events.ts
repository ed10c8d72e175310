/**
 * Compares the orders' history with the topic: every event of the history has to be there, those of an order in their
 * order. One that is missing is published again; what waits for too long to be published is a case.
 */
import type { Pool } from '@vitrine/runtime/database';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { CaseKind, Detail, EventCaseKind, ReconcilerSettings } from './reconciliation.ts';
import { listSteps, type HistoryStep } from './store/order-facts.ts';
import { endCase, seeCase } from './store/reconciliation-cases.ts';
import {
  addMissing,
  findEventTime,
  forgetMissing,
  listMissing,
  postponeMissing,
  readBacklog,
  republishEvent,
  type Backlog,
  type MissingEvent,
} from './store/published-events.ts';
import type { Seen, TopicTail } from './topic-tail.ts';

export interface EventDeps {
  readonly pool: Pool;
  readonly logger: Logger;
  readonly tail: TopicTail;
  readonly wakeRelay: () => void;
  readonly settings: Pick<ReconcilerSettings, 'graceMs' | 'patienceMs'>;
}

export interface CheckedEvents {
  readonly eventsAfter: number;
  readonly checked: number;
  readonly repairs: number;
  readonly opened: number;
  /** Whether there is more to check at once. */
  readonly more: boolean;
}

const pageSize = 2_000;
const catchUpMs = 5_000;
/** An event is produced before it is marked as published, and clocks differ: the topic is read from this long before. */
const earlierMs = 2 * 60_000;
/** Events that nobody asked for (repeats) are kept this long after those that are asked for. */
const keepMs = 10 * 60_000;
/** A row is written at the beginning of its transaction's time, a step at its own. */
const clockSkewMs = 1_000;
const maxRepublished = 3;
/** Orders whose last event is remembered, to compare the next one's place with. */
const maxRemembered = 10_000;

/** Where each order's last event is in the topic, of those seen lately. */
export type LastPlaces = Map<string, Pick<Seen, 'partition' | 'offset' | 'sequence'>>;

/** Whether an event comes before one that it has to come after. */
export function isOutOfOrder(places: LastPlaces, seen: Pick<Seen, 'partition' | 'offset' | 'sequence' | 'key'>): boolean {
  const last = places.get(seen.key);
  if (last !== undefined && last.sequence >= seen.sequence) return false;
  places.delete(seen.key);
  places.set(seen.key, seen);
  const oldest = places.keys().next();
  if (places.size > maxRemembered && oldest.done !== true) places.delete(oldest.value);
  return last !== undefined && (last.partition !== seen.partition || last.offset > seen.offset);
}

/** Checks a page of events after a position, and looks again for those that were missing. */
export async function reconcileEvents(deps: EventDeps, places: LastPlaces, eventsAfter: number, now: Date): Promise<CheckedEvents> {
  const { pool, tail, settings } = deps;
  const backlog = await readBacklog(pool);
  const counts = { repairs: 0, opened: await checkBacklog(deps, backlog, now) };
  const listed = await listSteps(pool, eventsAfter, settings.graceMs, pageSize);
  const steps = publishedBefore(listed, backlog.oldestAt);
  const events = steps.flatMap(({ eventId, orderId, sequence, at }) =>
    eventId === null || sequence === null ? [] : [{ eventId, orderId, sequence, at }],
  );
  const missing = await listMissing(pool, 'due', pageSize);
  const reached = steps.at(-1)?.position ?? eventsAfter;
  const result = (checked: number, upTo: number): CheckedEvents => ({
    eventsAfter: upTo,
    checked,
    ...counts,
    more: steps.length === pageSize && upTo > eventsAfter,
  });
  if (events.length === 0 && missing.length === 0) return result(0, reached);

  const [oldestMissing] = await listMissing(pool, 'all', 1);
  const oldest = Math.min(
    ...[oldestMissing?.at, (await findEventTime(pool, eventsAfter)) ?? undefined].flatMap((at) => at?.getTime() ?? []),
  );
  await tail.start(new Date(oldest - earlierMs));
  if (!(await tail.catchUp(catchUpMs))) {
    deps.logger.warn({ events: events.length }, 'the topic could not be read to its end; its events are compared later');
    return result(0, eventsAfter);
  }
  const absent: typeof events = [];
  for (const event of events) {
    const seen = tail.find(event.eventId);
    if (seen === undefined) absent.push(event);
    else if (seen.key !== event.orderId || seen.sequence !== event.sequence || isOutOfOrder(places, seen)) {
      counts.opened += await open(deps, 'event_out_of_order', event.orderId, { sequence: event.sequence, inTopic: seen.sequence });
    }
  }
  await addMissing(pool, absent, settings.graceMs);
  for (const event of missing) await lookForMissing(deps, event, counts);
  for (const { eventId } of events) tail.forget(eventId);
  tail.forgetBefore(oldest - keepMs);
  return result(events.length, reached);
}

/** What was written before everything that waits to be published: the rest is looked for when its turn has come. */
function publishedBefore(steps: readonly HistoryStep[], oldestAt: Date | null): readonly HistoryStep[] {
  if (oldestAt === null) return steps;
  const waiting = steps.findIndex(({ eventId, at }) => eventId !== null && at.getTime() >= oldestAt.getTime() - clockSkewMs);
  return waiting === -1 ? steps : steps.slice(0, waiting);
}

/** Events that wait for too long are one case, however many they are. Answers how many cases were opened. */
async function checkBacklog(deps: EventDeps, { waiting, oldestAt }: Backlog, now: Date): Promise<number> {
  if (oldestAt === null || now.getTime() - oldestAt.getTime() < deps.settings.patienceMs) {
    await endCase(deps.pool, 'outbox_stuck', null);
    return 0;
  }
  deps.wakeRelay();
  return open(deps, 'outbox_stuck', null, { waiting, oldestAt: oldestAt.toISOString() });
}

async function lookForMissing(deps: EventDeps, event: MissingEvent, counts: { repairs: number; opened: number }): Promise<void> {
  const { pool, settings, tail } = deps;
  const { eventId, orderId, sequence, attempts } = event;
  if (tail.find(eventId) !== undefined) {
    tail.forget(eventId);
    await forgetMissing(pool, [eventId]);
    for (const kind of ['event_not_in_topic', 'event_lost'] as const) await endCase(pool, kind, orderId);
    return;
  }
  const detail = { eventId, sequence };
  const lookInMs = Math.min(settings.graceMs * 2 ** attempts, 5 * 60_000);
  const republished = await republishEvent(pool, event);
  switch (republished) {
    case 'waiting':
      await postponeMissing(pool, eventId, attempts, settings.graceMs);
      return;
    case 'gone':
      counts.opened += await open(deps, 'event_lost', orderId, detail);
      await postponeMissing(pool, eventId, attempts + 1, Math.max(lookInMs, 60_000));
      return;
    case 'again': {
      const isHopeless = attempts >= maxRepublished;
      const seen = await seeCase(pool, { kind: 'event_not_in_topic', orderId, detail, opens: isHopeless, isAttempt: true });
      if (seen.isOpened) counts.opened += logOpened(deps, 'event_not_in_topic', orderId, detail);
      counts.repairs += 1;
      deps.logger.warn({ orderId, ...detail, attempts: attempts + 1 }, 'an event is not in the topic; publishing it again');
      deps.wakeRelay();
      await postponeMissing(pool, eventId, attempts + 1, lookInMs);
    }
  }
}

async function open(deps: EventDeps, kind: EventCaseKind, orderId: string | null, detail: Detail): Promise<number> {
  const seen = await seeCase(deps.pool, { kind, orderId, detail, opens: true, isAttempt: false });
  return seen.isOpened ? logOpened(deps, kind, orderId, detail) : 0;
}

/** Tells of a case that needs a person. Answers 1, for the count. */
export function logOpened({ logger }: Pick<EventDeps, 'logger'>, kind: CaseKind, orderId: string | null, detail: Detail): 1 {
  logger.error({ case: kind, orderId, ...detail }, 'a divergence cannot be repaired by rule: a case is open');
  return 1;
}
