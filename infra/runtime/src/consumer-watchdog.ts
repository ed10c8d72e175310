/**
 * Sees that a consumer group member that should read does. kafkajs can stop reading without a word (in a rebalance that
 * goes wrong, for example): events wait, nothing fails, and the process looks well. Who keeps still while events wait is
 * reported once.
 */
import type { Admin, Kafka } from 'kafkajs';
import type { Logger } from './telemetry.ts';

export interface WatchdogOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** How long events may wait while the member does nothing. */
  readonly stallTimeoutMs: number;
  /** When the member last did anything with an event, tries that failed included: epoch milliseconds. */
  readonly lastActivityAt: () => number;
  /** Commits what the member has done, so that only what waits counts. */
  readonly commit: () => Promise<void>;
  /** The partitions that the member reads now, by topic. */
  readonly assigned: () => Readonly<Record<string, readonly number[]>>;
  readonly logger: Logger;
  readonly onStall: (error: Error) => void;
}

interface Waiting {
  readonly committed: number;
  readonly since: number;
}

/** Starts watching. A Kafka that cannot be asked is no stall: nothing can be read then. */
export function startWatchdog(options: WatchdogOptions): { stop(): Promise<void> } {
  const { kafka, groupId, topics, stallTimeoutMs, logger } = options;
  let admin: Admin | undefined;
  let checking: Promise<void> | undefined;
  let waiting = new Map<string, Waiting>();

  /** Partitions with events that the group has not committed, and up to where it has. */
  const findLag = async (connected: Admin): Promise<ReadonlyMap<string, number>> => {
    const lagging = new Map<string, number>();
    const committed = await connected.fetchOffsets({ groupId, topics: [...topics] });
    for (const topic of topics) {
      const ends = new Map((await connected.fetchTopicOffsets(topic)).map(({ partition, high, low }) => [partition, { high, low }]));
      for (const { partition, offset } of committed.find((one) => one.topic === topic)?.partitions ?? []) {
        const end = ends.get(partition);
        // Nothing is committed before the first event, and retention may have taken what was.
        if (end !== undefined && Number(end.high) > Math.max(Number(offset), Number(end.low)))
          lagging.set(`${topic}/${partition}`, Number(offset));
      }
    }
    return lagging;
  };

  const check = async (): Promise<void> => {
    const now = Date.now();
    // Who is at work needs no question to Kafka.
    if (now - options.lastActivityAt() < stallTimeoutMs / 2) {
      waiting = new Map();
      return;
    }
    await options.commit();
    if (admin === undefined) {
      admin = kafka.admin();
      await admin.connect();
    }
    const lagging = await findLag(admin);
    waiting = new Map(
      [...lagging].map(([name, committed]) => {
        const before = waiting.get(name);
        return [name, before?.committed === committed ? before : { committed, since: now }];
      }),
    );
    const assigned = options.assigned();
    const own = new Set(Object.entries(assigned).flatMap(([topic, partitions]) => partitions.map((partition) => `${topic}/${partition}`)));
    for (const [name, { since }] of waiting) {
      // A partition of somebody else is theirs to report first; one of nobody is everybody's.
      const patienceMs = own.has(name) ? stallTimeoutMs : 2 * stallTimeoutMs;
      if (now - since < patienceMs || now - options.lastActivityAt() < stallTimeoutMs) continue;
      clearInterval(timer);
      const error = new Error(
        `the consumer ${groupId} stands still: events of ${name} have waited for ${Math.round((now - since) / 1_000)} s and nothing was done`,
      );
      logger.fatal({ err: error, groupId, partition: name }, 'the consumer stands still; the process has to be started again');
      options.onStall(error);
      return;
    }
  };

  const timer = setInterval(() => {
    checking ??= check()
      .catch((error: unknown) => {
        logger.debug({ err: error, groupId }, 'whether events wait could not be asked');
        waiting = new Map();
      })
      .finally(() => {
        checking = undefined;
      });
  }, stallTimeoutMs / 4);
  timer.unref();

  return {
    async stop() {
      clearInterval(timer);
      // Not waited for: a question to a Kafka that is away takes long.
      await admin?.disconnect();
    },
  };
}
