/**
 * Reads a part of a topic, from a time or for one key, up to where the topic ends at the start, and no further. No
 * consumer group of a service is touched: it reads in a group of its own, which commits nothing and is deleted.
 */
import { setTimeout } from 'node:timers/promises';
import kafkajs, { type Admin, type Consumer, type Kafka, type KafkaMessage } from 'kafkajs';
import { CommandError } from './command.ts';

export interface TopicRange {
  readonly topic: string;
  /** Messages that were produced at this time or later, or all messages with this key. */
  readonly select: { readonly from: Date } | { readonly key: string };
}

export interface TopicReader {
  readonly kafka: Kafka;
  /** Name of a consumer group that nobody else uses. */
  readonly groupId: string;
  readonly signal: AbortSignal;
  /** Takes messages in the order of their partition, one call after the other. */
  readonly onMessages: (messages: readonly KafkaMessage[]) => Promise<void>;
  /** Called with how many messages lie behind, of how many in the range. */
  readonly onProgress: (done: number, total: number) => void;
}

/** One partition's part of the range, which may be empty; `next` moves from the start towards `end`, both offsets. */
interface Stretch {
  readonly partition: number;
  next: number;
  readonly end: number;
}

const silenceTimeoutMs = 60_000;
const maxAttempts = 5;
const retryDelayMs = 1_000;

/** @throws CommandError when there is no such topic, or when it falls silent before its end. */
export async function readTopicRange(range: TopicRange, reader: TopicReader): Promise<void> {
  const admin = reader.kafka.admin();
  await admin.connect();
  try {
    const stretches = await planStretches(admin, range);
    const total = remaining(stretches);
    reader.onProgress(0, total);
    if (total === 0) return;
    const onProgress = (): void => reader.onProgress(total - remaining(stretches), total);
    try {
      for (let attempt = 1; remaining(stretches) > 0; attempt += 1) {
        try {
          await readStretches(range, stretches, { ...reader, onProgress });
        } catch (error) {
          // A broker that has just started, or is gone for a moment: go on where the last attempt ended.
          if (!(error instanceof kafkajs.KafkaJSError) || attempt === maxAttempts) throw error;
          await setTimeout(retryDelayMs);
        }
      }
    } finally {
      await deleteGroup(admin, reader.groupId);
    }
  } finally {
    await admin.disconnect();
  }
}

const remaining = (stretches: readonly Stretch[]): number => stretches.reduce((sum, { next, end }) => sum + Math.max(end - next, 0), 0);

async function planStretches(admin: Admin, { topic, select }: TopicRange): Promise<Stretch[]> {
  if (!(await admin.listTopics()).includes(topic)) throw new CommandError(`There is no topic ${topic} on this Kafka.`);
  const limits = await admin.fetchTopicOffsets(topic);
  const toStretches = (start: (partition: number, low: number, high: number) => number): Stretch[] =>
    limits.map(({ partition, low, high }) => ({ partition, next: start(partition, Number(low), Number(high)), end: Number(high) }));
  if ('from' in select) {
    const found = await admin.fetchTopicOffsetsByTimestamp(topic, select.from.getTime());
    return toStretches((partition, low) => Number(found.find((offset) => offset.partition === partition)?.offset ?? low));
  }
  const [metadata] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
  if (metadata === undefined) throw new CommandError(`Kafka does not describe the topic ${topic}.`);
  // The relay's producer chose the partition in the same way.
  const partitionOfKey = kafkajs.Partitioners.DefaultPartitioner()({
    topic,
    partitionMetadata: metadata.partitions,
    message: { key: select.key, value: null },
  });
  return toStretches((partition, low, high) => (partition === partitionOfKey ? low : high));
}

async function readStretches(
  { topic, select }: TopicRange,
  stretches: readonly Stretch[],
  reader: Omit<TopicReader, 'onProgress'> & { readonly onProgress: () => void },
): Promise<void> {
  const { kafka, groupId, signal, onMessages, onProgress } = reader;
  const consumer: Consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    sessionTimeout: 60_000,
    allowAutoTopicCreation: false,
    // Its position would be lost in a restart of kafkajs's own.
    retry: { retries: 8, restartOnFailure: async () => false },
  });
  const finished = Promise.withResolvers<void>();
  let activeAt = performance.now();
  let working = false;
  let over = false;
  const watchdog = setInterval(() => {
    if (!working && performance.now() - activeAt > silenceTimeoutMs) {
      finished.reject(new CommandError(`${topic} delivered nothing for ${silenceTimeoutMs / 1_000} s before its end was reached.`));
    }
  }, 1_000);
  const abort = (): void => finished.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  // A rejection that comes before it is awaited below is not lost, only early.
  finished.promise.catch(() => {});
  consumer.on(consumer.events.CRASH, ({ payload }) => finished.reject(payload.error));
  try {
    signal.throwIfAborted();
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => {
        if (over || !payload.isRunning() || payload.isStale()) return;
        const { batch } = payload;
        working = true;
        try {
          const stretch = stretches.find(({ partition }) => partition === batch.partition);
          if (stretch !== undefined) {
            const inRange = batch.messages.filter(({ offset }) => Number(offset) >= stretch.next && Number(offset) < stretch.end);
            const selected = 'key' in select ? inRange.filter(({ key }) => key?.toString() === select.key) : inRange;
            if (selected.length > 0) await onMessages(selected);
            stretch.next = Math.max(stretch.next, Math.min(Number(batch.lastOffset()) + 1, stretch.end));
            onProgress();
          }
          payload.resolveOffset(batch.lastOffset());
          await payload.heartbeat();
          if (remaining(stretches) === 0) finished.resolve();
        } catch (error) {
          // Thrown on, it would make kafkajs try the batch again for ever.
          over = true;
          finished.reject(error);
        } finally {
          working = false;
          activeAt = performance.now();
        }
      },
    });
    // kafkajs takes a position only when it runs; what came before is out of range and has been left aside.
    for (const { partition, next } of stretches) consumer.seek({ topic, partition, offset: String(next) });
    await finished.promise;
  } finally {
    over = true;
    clearInterval(watchdog);
    signal.removeEventListener('abort', abort);
    await consumer.disconnect();
  }
}

const groupIdNotFound = 69;

async function deleteGroup(admin: Admin, groupId: string): Promise<void> {
  try {
    await admin.deleteGroups([groupId]);
  } catch (error) {
    // A group that committed nothing can be gone as soon as its only member has left.
    const groups = error instanceof kafkajs.KafkaJSDeleteGroupsError ? (error.groups ?? []) : [];
    if (groups.length === 0 || groups.some(({ errorCode }) => errorCode !== groupIdNotFound)) throw error;
  }
}
