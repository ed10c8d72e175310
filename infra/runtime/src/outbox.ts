/**
 * Transactional outbox and its relay. An event is a row in the same transaction as the change, published afterwards at
 * least once, in order for each key. The relay takes exactly the rows that are not published and marks exactly those
 * that Kafka acknowledged: a row that commits late with a lower position is found in the next round.
 */
import type { Kafka, Producer } from 'kafkajs';
import { newId } from './ids.ts';
import { toHeaders } from './events.ts';
import type { Pool, Queryable, Transaction } from './database.ts';
import { pruneOnce } from './prune.ts';
import type { Logger } from './telemetry.ts';

/** An event to be published. */
export interface NewEvent {
  readonly topic: string;
  /** Id of the thing that changed: events of one key keep their order. */
  readonly key: string;
  readonly type: string;
  /** Taken under the lock of the changed row: 1, 2, 3, … for each key. */
  readonly sequence: number;
  readonly payload: unknown;
  readonly correlationId: string;
  readonly causationId?: string | null;
}

/** Events as the eight parameters of `outboxInsert`. Each gets a new id. */
export const outboxColumns = (events: readonly NewEvent[]): readonly unknown[] => [
  events.map(() => newId('evt')),
  events.map((event) => event.topic),
  events.map((event) => event.key),
  events.map((event) => event.type),
  events.map((event) => event.sequence),
  events.map((event) => JSON.stringify(event.payload)),
  events.map((event) => event.correlationId),
  events.map((event) => event.causationId ?? null),
];

/**
 * The `insert` that writes events given as parameters, for a statement that makes their changes, too: a part of a `with`,
 * or the end of it. The event's time is that of its transaction.
 *
 * A position has to be taken after the row of the event's key is locked, or a later change could get a lower position.
 * The parts of a statement have no order but by what they read: where a part updates a row that exists, `where` has to
 * read from it, for example `where event.key in (select order_id from changed)`. Rows that are new need none.
 * @param first number of the first of the eight parameters (`outboxColumns`)
 * @param where a condition on `event` (its columns are the outbox's)
 */
export const outboxInsert = (first: number, where = ''): string => {
  const types = ['text', 'text', 'text', 'text', 'int', 'json', 'text', 'text'];
  const columns = 'event_id, topic, key, type, sequence, payload, correlation_id, causation_id';
  return `insert into outbox (${columns})
          select ${columns} from unnest(${types.map((type, index) => `$${first + index}::${type}[]`).join(', ')}) with ordinality
            as event (${columns}, place) ${where} order by place`;
};

const appendStatement = outboxInsert(1);

/** Writes events into the transaction of the change that they tell of. Call `Relay.wake` after the commit. */
export async function appendEvents(transaction: Queryable, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await transaction.query({ name: 'outbox-append', text: appendStatement, values: [...outboxColumns(events)] });
}

interface OutboxRow {
  readonly position: number;
  readonly event_id: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly sequence: number;
  /** JSON, published as it is. */
  readonly payload: string;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly occurred_at: Date;
}

/**
 * Rows of one topic with each key's in the order of their sequence. They come that way, since positions are taken under the lock of the
 * key's row; a writer that got this wrong is put right as far as its events are seen together.
 */
function inSequence(rows: readonly OutboxRow[]): readonly OutboxRow[] {
  const last = new Map<string, number>();
  const isOrdered = rows.every(({ key, sequence }) => {
    const ordered = (last.get(key) ?? 0) <= sequence;
    last.set(key, sequence);
    return ordered;
  });
  if (isOrdered) return rows;
  const byKey = Map.groupBy(rows, ({ key }) => key);
  for (const own of byKey.values()) own.sort((a, b) => b.sequence - a.sequence);
  return rows.map(({ key }) => byKey.get(key)?.pop() as OutboxRow);
}

const toMessage = (source: string, row: OutboxRow) => ({
  key: row.key,
  value: row.payload,
  headers: toHeaders({
    source,
    topic: row.topic,
    key: row.key,
    eventId: row.event_id,
    type: row.type,
    sequence: row.sequence,
    occurredAt: row.occurred_at.toISOString(),
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    replayId: null,
  }),
});

export interface Relay {
  /** Says that there is something to publish: it goes out within milliseconds instead of at the next poll. */
  wake(): void;
  /** Publishes what is committed, then stops. */
  stop(): Promise<void>;
}

export interface RelayOptions {
  readonly pool: Pool;
  readonly kafka: Kafka;
  readonly source: string;
  readonly logger: Logger;
  /**
   * How long after `wake` more events may gather, in milliseconds: fewer and larger batches for as much delay. At
   * 300 events a second, 50 instead of 20 saves a fifth of what an event costs from here to its consumer.
   * @default 50
   */
  readonly lingerMs?: number;
}

const batchSize = 500;
const pollIntervalMs = 250;
/** How often a process that does not relay asks whether it should. */
const followIntervalMs = 1_000;
const pruneLimit = 2_000;
const pruneIntervalMs = 10 * 60_000;
const pruneAgainMs = 1_000;

/** The connection that holds the lock: who has lost it is no relay any more. */
interface Lead {
  readonly client: Transaction;
  isLost: boolean;
}

/**
 * Starts publishing a service's outbox. Of several processes of one service one relays at a time (an advisory lock that
 * its connection holds), since two could turn the order of a key around.
 */
export function startRelay(options: RelayOptions): Relay {
  const { pool, kafka, source, logger, lingerMs = 50 } = options;
  const newProducer = (): Producer => kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  let producer = newProducer();
  let connected = false;
  let lead: Lead | undefined;
  /** Positions that Kafka has and that are not marked yet. To mark them is right whoever relays by then. */
  let acknowledged: readonly number[] = [];
  let stopping = false;
  let pending = false;
  let failures = 0;
  let pruneAt = 0;
  let wakeUp: (() => void) | undefined;
  let endPause: (() => void) | undefined;

  const pause = async (timeoutMs: number, untilWoken = false): Promise<void> => {
    if (stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
      if (untilWoken) wakeUp = endPause;
    });
    wakeUp = undefined;
  };

  const takeLead = async (): Promise<Lead | undefined> => {
    const client = await pool.connect();
    const taken: Lead = { client, isLost: false };
    try {
      const { rows } = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(hashtext('outbox-relay')) as locked`);
      if (rows[0]?.locked !== true) {
        client.release();
        return undefined;
      }
      client.once('end', () => {
        taken.isLost = true;
      });
      // Statements are planned once, maybe when the table is empty: always by an index.
      await client.query('set enable_seqscan = off; set plan_cache_mode = force_generic_plan');
      return taken;
    } catch (error) {
      client.release(true);
      throw error;
    }
  };

  /** Closes the connection, which gives the lock back. */
  const giveUpLead = (): void => {
    lead?.client.release(true);
    lead = undefined;
  };

  /** Marks what was acknowledged and publishes what is next, in one statement and one request; answers how many rows. */
  const publishBatch = async (current: Lead): Promise<number> => {
    const { rows } = await current.client.query<OutboxRow>({
      name: 'relay-next',
      text: `with marked as (update outbox set published_at = now() where position = any($1::bigint[]))
             select position, event_id, topic, key, type, sequence, payload::text, correlation_id, causation_id, occurred_at
               from outbox
              where published_at is null and position not in (select unnest($1::bigint[]))
              order by position limit $2`,
      values: [acknowledged, batchSize],
    });
    acknowledged = [];
    if (rows.length === 0) return 0;
    if (!connected) {
      await producer.connect();
      connected = true;
    }
    if (current.isLost) throw new Error('the connection that held the lock of the relay is lost');
    const byTopic = Map.groupBy(rows, (row) => row.topic);
    await producer.sendBatch({
      acks: -1,
      topicMessages: [...byTopic].map(([topic, own]) => ({ topic, messages: inSequence(own).map((row) => toMessage(source, row)) })),
    });
    acknowledged = rows.map((row) => row.position);
    return rows.length;
  };

  const prune = async ({ client }: Lead): Promise<void> => {
    if (Date.now() < pruneAt) return;
    const more = await pruneOnce(client, pruneLimit);
    pruneAt = Date.now() + (more ? pruneAgainMs : pruneIntervalMs);
  };

  const recover = async (failure: unknown): Promise<void> => {
    failures += 1;
    logger.warn({ err: failure, failures }, 'events could not be published; trying again');
    giveUpLead();
    // A batch that was written but not acknowledged leaves Kafka and this producer with different sequence numbers for
    // ever. A new producer begins anew; consumers know a repeat by its event id.
    await producer.disconnect().catch((cause: unknown) => logger.debug({ err: cause }, 'producer could not be closed'));
    producer = newProducer();
    connected = false;
  };

  /** One turn; answers whether the next one is due at once. */
  const turn = async (): Promise<boolean> => {
    pending = false;
    lead ??= await takeLead();
    if (lead === undefined) {
      await pause(followIntervalMs);
      return false;
    }
    const published = await publishBatch(lead);
    failures = 0;
    if (published === batchSize) return true;
    await prune(lead);
    // What was published is marked by the statement that asks for what is next: before that, a crash makes Kafka get it twice.
    if (!pending) await pause(pollIntervalMs, true);
    // What comes with the event that woke the relay goes with it.
    if (pending && lingerMs > 0) await pause(lingerMs);
    return published > 0 || pending;
  };

  const loop = async (): Promise<void> => {
    for (;;) {
      // What was committed before `stop` is seen by a turn that begins after it.
      const isLast = stopping;
      let more = false;
      try {
        more = await turn();
      } catch (error) {
        await recover(error);
        if (stopping) break;
        await pause(Math.min(100 * 2 ** failures, 5_000));
      }
      if (isLast && !more) break;
    }
    giveUpLead();
    if (connected) await producer.disconnect();
  };
  const running = loop();

  return {
    wake() {
      pending = true;
      wakeUp?.();
    },
    async stop() {
      stopping = true;
      endPause?.();
      await running;
    },
  };
}
