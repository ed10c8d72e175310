/**
 * Reads along `checkout.order.v1` for the streams of this process, from the end and without committing anything: each
 * process reads all of it. It reads only while there are streams; while Kafka is away it tries again.
 */
import { randomUUID } from 'node:crypto';
import type { Consumer, Kafka, KafkaMessage } from 'kafkajs';
import { startLoop } from '@vitrine/runtime/loop';
import type { Logger } from '@vitrine/runtime/telemetry';

export interface OrderNewsFeed {
  /** Whether news come at once. */
  isLive(): boolean;
  /** There is somebody to tell. */
  wanted(): void;
  stop(): Promise<void>;
}

const checkMs = 5_000;
/** How long it goes on reading when the last stream has ended. */
const idleMs = 60_000;

const buyerPattern = /"buyerId":\s*"(usr_[0-9a-f-]{36})"/;

/** Whose order a message tells of; the rest of it is not needed. */
const buyerOf = ({ value }: KafkaMessage): string[] => {
  const buyerId = buyerPattern.exec(value?.toString() ?? '')?.[1];
  return buyerId === undefined ? [] : [buyerId];
};

export function startOrderNewsFeed(options: {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly logger: Logger;
  /** Streams that are open. */
  readonly countStreams: () => number;
  readonly onNews: (buyerIds: Iterable<string>) => void;
}): OrderNewsFeed {
  const { kafka, topic, logger, countStreams, onNews } = options;
  let consumer: Consumer | null = null;
  let isLive = false;
  let neededAt = -Infinity;

  const readEnds = async (): Promise<readonly { readonly partition: number; readonly high: string }[]> => {
    const admin = kafka.admin();
    try {
      await admin.connect();
      return await admin.fetchTopicOffsets(topic);
    } finally {
      await admin.disconnect();
    }
  };

  const begin = async (): Promise<void> => {
    const begun = kafka.consumer({
      groupId: `checkout-order-streams-${randomUUID()}`,
      maxWaitTimeInMs: 1_000,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: async () => false },
    });
    consumer = begun;
    begun.on(begun.events.CRASH, ({ payload: { error } }) => {
      isLive = false;
      logger.warn({ err: error, topic }, 'news of orders do not come at the moment');
      if (consumer === begun) consumer = null;
    });
    begun.on(begun.events.GROUP_JOIN, () => {
      isLive = true;
    });
    const ends = await readEnds();
    await begun.connect();
    await begun.subscribe({ topics: [topic], fromBeginning: true });
    await begun.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      eachBatch: async ({ batch }) => {
        if (countStreams() > 0) onNews(new Set(batch.messages.flatMap(buyerOf)));
      },
    });
    // Where a member begins by itself it would commit; and kafkajs takes a position only when it runs.
    for (const { partition, high } of ends) begun.seek({ topic, partition, offset: high });
  };

  // A group that committed nothing is gone with its only member.
  const end = async (): Promise<void> => {
    const ending = consumer;
    consumer = null;
    isLive = false;
    await ending?.disconnect().catch((error: unknown) => logger.debug({ err: error, topic }, 'a Kafka client could not be closed'));
  };

  const loop = startLoop({
    name: 'order-news-feed',
    logger,
    intervalMs: checkMs,
    run: async () => {
      if (countStreams() > 0) neededAt = performance.now();
      const isNeeded = performance.now() - neededAt < idleMs;
      if (isNeeded && consumer === null)
        await begin().catch(async (error: unknown) => {
          await end();
          throw error;
        });
      else if (!isNeeded && consumer !== null) await end();
      return false;
    },
  });
  return {
    isLive: () => isLive,
    wanted: () => {
      if (consumer === null) loop.wake();
    },
    async stop() {
      await loop.stop();
      await end();
    },
  };
}
