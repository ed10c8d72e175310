/**
 * Transactional outbox and its relay. An event is a row in the same transaction as the change, published afterwards at
 * least once, in order for each key. The relay takes exactly the rows that are not published and marks exactly those
 * that Kafka acknowledged: a row that commits late with a lower position is found in the next round.
 */
import type { Kafka, Producer } from 'kafkajs';
import { newId } from './ids.ts';
import { toHeaders } from './events.ts';
import type { Pool, Queryable } from './database.ts';
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

/** Writes events into the transaction of the change that they tell of. Call `Relay.wake` after the commit. */
export async function appendEvents(transaction: Queryable, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await transaction.query({
    name: 'outbox-append',
    text: `insert into outbox (event_id, topic, key, type, sequence, payload, correlation_id, causation_id)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::jsonb[], $7::text[], $8::text[])`,
    values: [
      events.map(() => newId('evt')),
      events.map((event) => event.topic),
      events.map((event) => event.key),
      events.map((event) => event.type),
      events.map((event) => event.sequence),
      events.map((event) => JSON.stringify(event.payload)),
      events.map((event) => event.correlationId),
      events.map((event) => event.causationId ?? null),
    ],
  });
}

interface OutboxRow {
  readonly position: number;
  readonly event_id: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly sequence: number;
  readonly payload: unknown;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly occurred_at: Date;
}

export interface Relay {
  /** Says that there is something to publish: it goes out within milliseconds instead of at the next poll. */
  wake(): void;
  /** Publishes what is committed, then stops. */
  stop(): Promise<void>;
}

const batchSize = 500;
const pollIntervalMs = 250;
const keepPublishedDays = 7;
const pruneIntervalMs = 10 * 60_000;

/**
 * Starts publishing a service's outbox. Of several processes of one service one relays at a time (an advisory lock),
 * since two could turn the order of a key around.
 */
export function startRelay(options: {
  readonly pool: Pool;
  readonly kafka: Kafka;
  readonly source: string;
  readonly logger: Logger;
}): Relay {
  const { pool, kafka, source, logger } = options;
  const newProducer = (): Producer => kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  let producer = newProducer();
  let stopping = false;
  let connected = false;
  let pending = false;
  let wakeUp: (() => void) | undefined;
  let failures = 0;
  let prunedAt = 0;

  const pause = (timeoutMs: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /** Publishes one batch; answers how many rows it held. */
  const publishBatch = async (): Promise<number> => {
    const client = await pool.connect();
    let broken = true;
    try {
      const lock = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(hashtext('outbox-relay')) as locked`);
      if (lock.rows[0]?.locked !== true) {
        broken = false;
        return 0;
      }
      const { rows } = await client.query<OutboxRow>(
        `select position, event_id, topic, key, type, sequence, payload, correlation_id, causation_id, occurred_at
           from outbox where published_at is null order by position limit $1`,
        [batchSize],
      );
      if (rows.length > 0) {
        if (!connected) {
          await producer.connect();
          connected = true;
        }
        const byTopic = Map.groupBy(rows, (row) => row.topic);
        await producer.sendBatch({
          acks: -1,
          topicMessages: [...byTopic].map(([topic, topicRows]) => ({
            topic,
            messages: topicRows.map((row) => ({
              key: row.key,
              value: JSON.stringify(row.payload),
              headers: toHeaders({
                source,
                topic,
                key: row.key,
                eventId: row.event_id,
                type: row.type,
                sequence: row.sequence,
                occurredAt: row.occurred_at.toISOString(),
                correlationId: row.correlation_id,
                causationId: row.causation_id,
                replayId: null,
              }),
            })),
          })),
        });
        await client.query(`update outbox set published_at = now() where position = any($1::bigint[])`, [rows.map((row) => row.position)]);
      }
      if (Date.now() - prunedAt > pruneIntervalMs) {
        prunedAt = Date.now();
        await client.query(`delete from outbox where published_at < now() - make_interval(days => $1)`, [keepPublishedDays]);
        await client.query(`delete from inbox where applied_at < now() - make_interval(days => $1)`, [30]);
        await client.query(`delete from idempotency_keys where created_at < now() - interval '72 hours'`);
      }
      await client.query(`select pg_advisory_unlock(hashtext('outbox-relay'))`);
      broken = false;
      return rows.length;
    } finally {
      // A connection that failed half-way is closed, which also gives the lock back.
      client.release(broken);
    }
  };

  const loop = async (): Promise<void> => {
    for (;;) {
      pending = false;
      try {
        const published = await publishBatch();
        failures = 0;
        if (published === batchSize || pending) continue;
      } catch (error) {
        failures += 1;
        logger.warn({ err: error, failures }, 'events could not be published; trying again');
        // A batch that was written but not acknowledged leaves Kafka and this producer with different sequence numbers for
        // ever. A new producer begins anew; consumers know a repeat by its event id.
        await producer.disconnect().catch((cause: unknown) => logger.debug({ err: cause }, 'producer could not be closed'));
        producer = newProducer();
        connected = false;
      }
      if (stopping) break;
      await pause(failures === 0 ? pollIntervalMs : Math.min(100 * 2 ** failures, 5_000));
      if (stopping && failures > 0) break;
    }
    if (connected) await producer.disconnect();
  };
  const running = loop();

  return {
    wake() {
      pending = true;
      if (failures === 0) wakeUp?.();
    },
    async stop() {
      stopping = true;
      wakeUp?.();
      await running;
    },
  };
}
