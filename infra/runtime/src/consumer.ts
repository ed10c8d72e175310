/**
 * Idempotent consumer: an event's effect and the note that it was applied are one transaction, so a redelivery changes
 * nothing. Events that come together are applied together; when that fails, one by one: what fails is tried again with
 * back-off, in order; what cannot work goes to the dead-letter topic with its cause. A database that is away is waited
 * for: an event is never put aside because of it.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage, Producer } from 'kafkajs';
import { startWatchdog } from './consumer-watchdog.ts';
import { isDatabaseUnavailable, withTransaction, type Pool, type Transaction } from './database.ts';
import { PermanentError } from './errors.ts';
import { eventTypeOf, toEnvelope, type EventEnvelope } from './events.ts';
import { createBatcher } from './group-commit.ts';
import type { Logger } from './telemetry.ts';

/** Applies one event within the transaction that also remembers it. Throw `PermanentError` for one that can never be applied. */
export type EventHandler = (transaction: Transaction, event: EventEnvelope) => Promise<void>;

/**
 * Applies events together, in one statement at best: those that follow each other and have this same handler, in order;
 * several may be of one key. When it throws, nothing was applied, and each event gets a call of its own.
 */
export interface BatchHandler {
  readonly applyBatch: (transaction: Transaction, events: readonly EventEnvelope[]) => Promise<void>;
}

/** Handlers by topic and event type. A type without a handler is none of the consumer's business and is skipped. */
export type Handlers = Readonly<Record<string, Readonly<Record<string, EventHandler | BatchHandler>>>>;

export interface RunningConsumer {
  /** Whether the consumer is a member of its group. */
  isConnected(): boolean;
  stop(): Promise<void>;
}

export interface ConsumerOptions {
  readonly kafka: Kafka;
  readonly pool: Pool;
  /** The service's name. */
  readonly groupId: string;
  readonly handlers: Handlers;
  /** Name of the topic for what cannot be applied. */
  readonly deadLetterTopic: (topic: string, groupId: string) => string;
  readonly logger: Logger;
  /** Called when events have been applied, outside the transaction. */
  readonly onApplied?: () => void;
  /** Called when the consumer stands still while events wait: the process should not outlive it. */
  readonly onCrash: (error: Error) => void;
  /**
   * How long events may wait while the consumer does nothing, in milliseconds, before it counts as standing still.
   * @default 120 000
   */
  readonly stallTimeoutMs?: number;
}

const maxAttempts = 6;
/** How long after a try to join the group the next one is made, when Kafka is away. */
const rejoinMs = 1_000;
const backoffMs = (attempt: number): number => Math.min(50 * 2 ** attempt, 5_000);
/** Events of one partition in one transaction, at most. */
const chunkSize = 200;
/** Partitions that are applied at the same time, in one transaction if they come together. */
const concurrentPartitions = 8;
/**
 * An event that comes alone is applied at once. What follows it within this time is read together, in one fetch and one
 * transaction: most of what an event costs is what a fetch costs, here and in Kafka.
 */
const gatherMs = 100;
/** What is read again after a crash is known from the inbox, so offsets need not be committed with each batch. */
const commitIntervalMs = 5_000;

/** An event that this consumer handles. */
interface Work {
  readonly event: EventEnvelope;
  readonly handler: EventHandler | BatchHandler;
}

/** Applies what was not applied before, in order and in one transaction. */
async function applyOnce(pool: Pool, groupId: string, works: readonly Work[]): Promise<void> {
  await withTransaction(pool, async (transaction) => {
    const { rows } = await transaction.query<{ event_id: string }>({
      name: 'inbox-insert',
      text: `insert into inbox (consumer_group, event_id) select $1, event_id from unnest($2::text[]) as event_id
             on conflict do nothing returning event_id`,
      values: [groupId, works.map(({ event }) => event.eventId)],
    });
    const unknown = new Set(rows.map((row) => row.event_id));
    // The first of two that are the same event stays.
    const fresh = works.filter(({ event }) => unknown.delete(event.eventId));
    for (let from = 0; from < fresh.length;) {
      const { handler, event } = fresh[from] as Work;
      let to = from + 1;
      if (typeof handler === 'function') await handler(transaction, event);
      else {
        while (fresh[to]?.handler === handler) to += 1;
        await handler.applyBatch(
          transaction,
          fresh.slice(from, to).map((work) => work.event),
        );
      }
      from = to;
    }
  });
}

/**
 * Starts a consumer group member. It joins when Kafka is there, and again when it was away: what its process does without
 * Kafka goes on meanwhile.
 */
export async function startConsumer(options: ConsumerOptions): Promise<RunningConsumer> {
  const { kafka, pool, groupId, handlers, logger } = options;
  const topics = Object.keys(handlers);
  const consumer: Consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 500,
    sessionTimeout: 30_000,
    heartbeatInterval: 3_000,
    allowAutoTopicCreation: false,
    retry: { retries: 5, restartOnFailure: async () => !stopping },
  });
  const deadLetters: Producer = kafka.producer({ allowAutoTopicCreation: false });
  let connected = false;
  let stopping = false;
  let deadLettersConnected = false;
  let assigned: Readonly<Record<string, readonly number[]>> = {};
  let lastActivityAt = Date.now();
  let lastPayload: EachBatchPayload | undefined;
  let nextFetchAt = 0;
  const stopped = new AbortController();

  const putAside = async (topic: string, partition: number, message: KafkaMessage, error: unknown, attempts: number): Promise<void> => {
    const cause = error instanceof Error ? error : new Error(String(error));
    if (!deadLettersConnected) {
      await deadLetters.connect();
      deadLettersConnected = true;
    }
    await deadLetters.send({
      topic: options.deadLetterTopic(topic, groupId),
      acks: -1,
      messages: [
        {
          key: message.key,
          value: message.value,
          headers: {
            ...message.headers,
            'vitrine-origin-topic': topic,
            'vitrine-origin-partition': String(partition),
            'vitrine-origin-offset': message.offset,
            'vitrine-cause': cause.name,
            'vitrine-attempts': String(attempts),
            'vitrine-failed-at': new Date().toISOString(),
          },
        },
      ],
    });
    logger.error({ err: cause, topic, partition, offset: message.offset, attempts }, 'event put aside in the dead-letter topic');
  };

  /** Reads a message; null when it is none of this consumer's business. @throws SyntaxError for one that is no event. */
  const read = (topic: string, message: KafkaMessage): Work | null => {
    const handler = handlers[topic]?.[eventTypeOf(message.headers)];
    if (handler === undefined) return null;
    return { event: toEnvelope({ topic, key: message.key, value: message.value, headers: message.headers }), handler };
  };

  const apply = async (works: readonly Work[]): Promise<void> => {
    await applyOnce(pool, groupId, works);
    options.onApplied?.();
  };

  /** Partitions come together from Kafka, and share a transaction; a partition that cannot be applied does not fail another. */
  const chunks = createBatcher<readonly Work[], void>({
    name: `${groupId} events`,
    maxBatch: concurrentPartitions,
    maxWaiting: 2 * concurrentPartitions,
    write: async (gathered) => {
      await apply(gathered.flat());
      return gathered.map(() => undefined);
    },
  });

  const mayGoOn = (payload: EachBatchPayload): boolean => !stopping && payload.isRunning() && !payload.isStale();

  const pauseAfter = async (payload: EachBatchPayload, attempt: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt)));
    await payload.heartbeat();
  };

  /** Applies the messages together; false when that failed for a reason of theirs. */
  const applyTogether = async (payload: EachBatchPayload, messages: readonly KafkaMessage[]): Promise<boolean> => {
    const { topic, partition } = payload.batch;
    const fields = { topic, partition, offset: messages[0]?.offset, events: messages.length };
    for (let attempt = 1; mayGoOn(payload); attempt += 1) {
      lastActivityAt = Date.now();
      try {
        const works = messages.map((message) => read(topic, message)).filter((work) => work !== null);
        if (works.length > 0) await chunks.add(works);
        return true;
      } catch (error) {
        if (!isDatabaseUnavailable(error)) {
          logger.debug({ err: error, ...fields }, 'events could not be applied together');
          return false;
        }
        logger.warn({ err: error, ...fields, attempt }, 'events could not be applied; trying again');
        await pauseAfter(payload, attempt);
      }
    }
    return false;
  };

  /** Applies one message, or puts it aside; false when the consumer has to let go of it before. */
  const applyAlone = async (payload: EachBatchPayload, message: KafkaMessage): Promise<boolean> => {
    const { topic, partition } = payload.batch;
    for (let attempt = 1; mayGoOn(payload); attempt += 1) {
      lastActivityAt = Date.now();
      try {
        const work = read(topic, message);
        if (work !== null) await apply([work]);
        return true;
      } catch (error) {
        const unavailable = isDatabaseUnavailable(error);
        const hopeless = error instanceof PermanentError || error instanceof SyntaxError;
        if (hopeless || (!unavailable && attempt >= maxAttempts)) {
          await putAside(topic, partition, message, error, attempt);
          payload.resolveOffset(message.offset);
          // The inbox does not know it: read again, it would be put aside again.
          await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
          return true;
        }
        logger.warn({ err: error, topic, offset: message.offset, attempt }, 'event could not be applied; trying again');
        await pauseAfter(payload, attempt);
      }
    }
    return false;
  };

  /** Puts the next fetch off while events gather, but for a partition that has more to read already. */
  const gather = async ({ batch }: EachBatchPayload): Promise<void> => {
    const waitMs = nextFetchAt - Date.now();
    if (stopping || waitMs <= 0 || batch.offsetLag() !== '0') return;
    await wait(waitMs, undefined, { signal: stopped.signal }).catch((error: unknown) => {
      if (!stopped.signal.aborted) throw error;
    });
  };

  const applyBatch = async (payload: EachBatchPayload): Promise<void> => {
    lastPayload = payload;
    const { messages } = payload.batch;
    // The partitions of one fetch begin within milliseconds of each other and share its time.
    if (Date.now() >= nextFetchAt) nextFetchAt = Date.now() + gatherMs;
    for (let from = 0; from < messages.length; from += chunkSize) {
      const chunk = messages.slice(from, from + chunkSize);
      if (await applyTogether(payload, chunk)) {
        payload.resolveOffset((chunk.at(-1) as KafkaMessage).offset);
        await payload.heartbeat();
        continue;
      }
      for (const message of chunk) {
        if (!(await applyAlone(payload, message))) return;
        payload.resolveOffset(message.offset);
        await payload.heartbeat();
      }
    }
    await gather(payload);
  };

  const commit = async (): Promise<void> => {
    try {
      await lastPayload?.commitOffsetsIfNecessary(lastPayload.uncommittedOffsets());
    } catch (error) {
      logger.debug({ err: error, groupId }, 'offsets could not be committed; what is read again is known');
    }
  };

  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    connected = true;
    assigned = payload.memberAssignment;
    lastActivityAt = Date.now();
  });
  const pause = async (): Promise<void> => {
    await wait(rejoinMs, undefined, { signal: stopped.signal }).catch((error: unknown) => {
      if (!stopped.signal.aborted) throw error;
    });
  };
  const join = async (): Promise<void> => {
    while (!stopping) {
      try {
        await consumer.connect();
        await consumer.subscribe({ topics, fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: concurrentPartitions,
          eachBatch: applyBatch,
        });
        return;
      } catch (error) {
        logger.warn({ err: error, groupId }, 'Kafka is away; events wait');
        await pause();
      }
    }
  };
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    connected = false;
    // kafkajs begins again by itself if it says so. If it does not, as when it finds no broker for long, nobody else would.
    if (payload.restart || stopping) return;
    logger.warn({ err: payload.error, groupId }, 'the consumer has ended; it begins again');
    void pause().then(join);
  });
  void join();
  const commits = setInterval(() => void commit(), commitIntervalMs);
  const watchdog = startWatchdog({
    kafka,
    groupId,
    topics,
    stallTimeoutMs: options.stallTimeoutMs ?? 120_000,
    lastActivityAt: () => lastActivityAt,
    commit,
    assigned: () => assigned,
    logger,
    onStall: (error) => {
      connected = false;
      if (!stopping) options.onCrash(error);
    },
  });

  return {
    isConnected: () => connected,
    async stop() {
      stopping = true;
      stopped.abort();
      clearInterval(commits);
      await watchdog.stop();
      await chunks.stop();
      await commit();
      const left = consumer.disconnect();
      // One that waits to be let in has nothing to leave in order, and Kafka may keep it waiting for long.
      if (connected) await left;
      else left.catch((error: unknown) => logger.debug({ err: error, groupId }, 'the consumer could not be closed'));
      if (deadLettersConnected) await deadLetters.disconnect();
    },
  };
}
