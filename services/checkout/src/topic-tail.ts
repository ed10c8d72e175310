/**
 * Reads along a topic and keeps which events it has seen, until somebody has taken note of them. It commits nothing, and
 * reads headers only; what it keeps is bounded.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Logger } from '@vitrine/runtime/telemetry';

/** Where an event was seen first. */
export interface Seen {
  readonly partition: number;
  readonly offset: number;
  readonly sequence: number;
  readonly key: string;
  /** When it was produced, ms since 1970. */
  readonly at: number;
}

export interface TopicTail {
  /**
   * Begins to read at a moment, unless it reads already. What it sees is kept from then on.
   * @throws when Kafka cannot be reached
   */
  start(from: Date): Promise<void>;
  /** Waits until everything is read that the topic holds now; false when that takes longer than `timeoutMs`. */
  catchUp(timeoutMs: number): Promise<boolean>;
  find(eventId: string): Seen | undefined;
  /** Forgets an event that is accounted for. */
  forget(eventId: string): void;
  /** Forgets what was produced before a moment: repeats, and events that nobody asks for. */
  forgetBefore(moment: number): void;
  /** Ends reading and forgets everything. `start` begins anew. */
  stop(): Promise<void>;
}

/** Unasked events that are kept before reading waits for somebody to ask. */
const maxKept = 50_000;
const checkMs = 50;

interface Reading {
  readonly consumer: Consumer;
  readonly admin: Admin;
  /** Offset that is read next, by partition. */
  readonly next: Map<number, number>;
  hasCrashed: boolean;
}

export function createTopicTail(options: { readonly kafka: Kafka; readonly topic: string; readonly logger: Logger }): TopicTail {
  const { kafka, topic, logger } = options;
  const seen = new Map<string, Seen>();
  let reading: Reading | undefined;

  const take = async (current: Reading, payload: EachBatchPayload): Promise<void> => {
    const { batch } = payload;
    for (const { key, headers, offset, timestamp } of batch.messages) {
      if (!payload.isRunning() || payload.isStale()) return;
      const position = Number(offset);
      const eventId = headers?.['ce_id']?.toString();
      const sequence = Number(headers?.['ce_sequence']?.toString());
      // A repeat is seen where it was first.
      if (eventId !== undefined && position >= (current.next.get(batch.partition) ?? 0) && !seen.has(eventId)) {
        seen.set(eventId, { partition: batch.partition, offset: position, sequence, key: key?.toString() ?? '', at: Number(timestamp) });
      }
    }
    current.next.set(batch.partition, Math.max(current.next.get(batch.partition) ?? 0, Number(batch.lastOffset()) + 1));
    payload.resolveOffset(batch.lastOffset());
    await payload.heartbeat();
    if (seen.size <= maxKept) return;
    const resume = payload.pause();
    setTimeout(resume, 1_000).unref();
  };

  const begin = async (from: Date): Promise<Reading> => {
    const admin = kafka.admin();
    const consumer = kafka.consumer({
      groupId: `checkout-reconciler-${randomUUID()}`,
      maxWaitTimeInMs: 1_000,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: async () => false },
    });
    const current: Reading = { consumer, admin, next: new Map(), hasCrashed: false };
    try {
      await admin.connect();
      const starts = await admin.fetchTopicOffsetsByTimestamp(topic, from.getTime());
      for (const { partition, offset } of starts) current.next.set(partition, Number(offset));
      consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
        current.hasCrashed = true;
        logger.warn({ err: error, topic }, 'the topic cannot be read along at the moment');
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: (payload) => take(current, payload) });
      // kafkajs takes a position only when it runs; what comes before it is passed over by its offset.
      for (const [partition, offset] of current.next) consumer.seek({ topic, partition, offset: String(offset) });
      return current;
    } catch (error) {
      await end(current);
      throw error;
    }
  };

  const end = async ({ consumer, admin }: Pick<Reading, 'consumer' | 'admin'>): Promise<void> => {
    // A group that committed nothing is gone with its only member.
    for (const client of [consumer, admin]) {
      await client.disconnect().catch((error: unknown) => logger.debug({ err: error, topic }, 'a Kafka client could not be closed'));
    }
  };

  const tail: TopicTail = {
    async start(from) {
      if (reading?.hasCrashed === true) await tail.stop();
      reading ??= await begin(from);
    },
    async catchUp(timeoutMs) {
      const current = reading;
      if (current === undefined) return false;
      const ends = await current.admin.fetchTopicOffsets(topic);
      const isThere = (): boolean =>
        ends.every(({ partition, low, high }) => high === low || (current.next.get(partition) ?? 0) >= Number(high));
      const until = performance.now() + timeoutMs;
      while (!isThere()) {
        if (current.hasCrashed || reading !== current || performance.now() > until) return false;
        await pause(checkMs);
      }
      return true;
    },
    find: (eventId) => seen.get(eventId),
    forget: (eventId) => void seen.delete(eventId),
    forgetBefore(moment) {
      // Kept in the order of arrival, which is about that of time: the rest is younger.
      for (const [eventId, { at }] of seen) {
        if (at >= moment) return;
        seen.delete(eventId);
      }
    },
    async stop() {
      const current = reading;
      reading = undefined;
      seen.clear();
      if (current !== undefined) await end(current);
    },
  };
  return tail;
}
