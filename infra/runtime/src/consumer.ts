/**
 * Idempotent consumer: an event's effect and the note that it was applied are one transaction, so a redelivery changes
 * nothing. What fails is tried again with back-off, in order; what cannot work goes to the dead-letter topic with its
 * cause. A database that is away is waited for: an event is never put aside because of it.
 */
import type { Consumer, Kafka, KafkaMessage, Producer } from 'kafkajs';
import { isDatabaseUnavailable, withTransaction, type Pool, type Transaction } from './database.ts';
import { PermanentError } from './errors.ts';
import { toEnvelope, type EventEnvelope } from './events.ts';
import type { Logger } from './telemetry.ts';

/** Applies one event within the transaction that also remembers it. Throw `PermanentError` for one that can never be applied. */
export type EventHandler = (transaction: Transaction, event: EventEnvelope) => Promise<void>;

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
  /** Handlers by topic and event type. A type without a handler is none of this consumer's business and is skipped. */
  readonly handlers: Readonly<Record<string, Readonly<Record<string, EventHandler>>>>;
  /** Name of the topic for what cannot be applied. */
  readonly deadLetterTopic: (topic: string, groupId: string) => string;
  readonly logger: Logger;
  /** Called when an event has been applied, outside the transaction. */
  readonly onApplied?: () => void;
  /** Called when the consumer has ended for good, which the process should not outlive. */
  readonly onCrash: (error: Error) => void;
}

const maxAttempts = 6;
const backoffMs = (attempt: number): number => Math.min(50 * 2 ** attempt, 5_000);

/** Applies one event once, whatever was tried before. Exported for tests and replay-free rebuilding. */
export async function applyOnce(pool: Pool, groupId: string, event: EventEnvelope, handler: EventHandler): Promise<'applied' | 'known'> {
  return withTransaction(pool, async (transaction) => {
    const inserted = await transaction.query({
      name: 'inbox-insert',
      text: 'insert into inbox (consumer_group, event_id) values ($1, $2) on conflict do nothing',
      values: [groupId, event.eventId],
    });
    if (inserted.rowCount === 0) return 'known';
    await handler(transaction, event);
    return 'applied';
  });
}

/** Starts a consumer group member. Resolves when it has subscribed. */
export async function startConsumer(options: ConsumerOptions): Promise<RunningConsumer> {
  const { kafka, pool, groupId, handlers, logger } = options;
  const topics = Object.keys(handlers);
  const consumer: Consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    sessionTimeout: 30_000,
    heartbeatInterval: 3_000,
    allowAutoTopicCreation: false,
  });
  const deadLetters: Producer = kafka.producer({ allowAutoTopicCreation: false });
  let connected = false;
  let stopping = false;
  let deadLettersConnected = false;

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

  const apply = async (topic: string, message: KafkaMessage): Promise<void> => {
    const event = toEnvelope({ topic, key: message.key, value: message.value, headers: message.headers });
    const handler = handlers[topic]?.[event.type];
    if (handler === undefined) return;
    await applyOnce(pool, groupId, event, handler);
    options.onApplied?.();
  };

  consumer.on(consumer.events.GROUP_JOIN, () => {
    connected = true;
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    connected = false;
    // kafkajs restarts by itself unless it says so; when it does not, a silent service would be worse than a restarted one.
    if (!payload.restart && !stopping) options.onCrash(payload.error);
  });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    autoCommit: true,
    autoCommitThreshold: 100,
    autoCommitInterval: 1_000,
    eachBatchAutoResolve: false,
    eachBatch: async (payload) => {
      const { batch } = payload;
      for (const message of batch.messages) {
        for (let attempt = 1; ; attempt += 1) {
          if (!payload.isRunning() || payload.isStale()) return;
          try {
            await apply(batch.topic, message);
            break;
          } catch (error) {
            const unavailable = isDatabaseUnavailable(error);
            const hopeless = error instanceof PermanentError || error instanceof SyntaxError;
            if (hopeless || (!unavailable && attempt >= maxAttempts)) {
              await putAside(batch.topic, batch.partition, message, error, attempt);
              break;
            }
            logger.warn({ err: error, topic: batch.topic, offset: message.offset, attempt }, 'event could not be applied; trying again');
            await new Promise((resolve) => setTimeout(resolve, backoffMs(attempt)));
            await payload.heartbeat();
          }
        }
        payload.resolveOffset(message.offset);
        await payload.commitOffsetsIfNecessary();
        await payload.heartbeat();
      }
    },
  });

  return {
    isConnected: () => connected,
    async stop() {
      stopping = true;
      await consumer.disconnect();
      if (deadLettersConnected) await deadLetters.disconnect();
    },
  };
}
