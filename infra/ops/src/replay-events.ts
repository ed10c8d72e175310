/** Sends a part of a topic to a service's replay route, in requests that it accepts, and counts what came of it. */
import { maxReplayedEvents, type ReplayedEvent, type ReplayRequest, type ReplayResponse } from '@vitrine/contracts/replay-http';
import { RetryableError } from '@vitrine/runtime/errors';
import { toEnvelope } from '@vitrine/runtime/events';
import type { InternalClient } from '@vitrine/runtime/identity';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { readTopicRange, type TopicRange } from './topic-range.ts';

export interface Replay {
  /** `rpl_…` */
  readonly replayId: string;
  readonly range: TopicRange;
  readonly dryRun: boolean;
  readonly kafka: Kafka;
  /** Calls the service whose projection is rebuilt. */
  readonly client: InternalClient;
  /** Its replay route. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number, counts: ReplayCounts) => void;
  /** Called for each event that can never be applied. */
  readonly onRefused: (eventId: string, cause: string) => void;
}

export interface ReplayCounts {
  /** Events of the range. */
  readonly read: number;
  /** Those of them that the service accepted. */
  readonly applied: number;
  /** Rows that were inserted or altered, or would be in a dry run. */
  readonly changed: number;
  /** Events that can never be applied: no events at all, or against their contract. */
  readonly refused: number;
}

/** Well below what a service takes as a request's body. */
const maxRequestBytes = 1024 * 1024;
const timeoutMs = 30_000;
const maxAttempts = 5;

/** @throws RetryableError when the service stays away, CommandError when the topic cannot be read to its end. */
export async function replayEvents(replay: Replay): Promise<ReplayCounts> {
  let counts: ReplayCounts = { read: 0, applied: 0, changed: 0, refused: 0 };
  const apply = async (messages: readonly KafkaMessage[]): Promise<void> => {
    const { events, unreadable } = toEvents(replay.range.topic, messages);
    for (const { offset, cause } of unreadable) replay.onRefused(`offset ${offset}`, cause);
    counts = { ...counts, read: counts.read + messages.length, refused: counts.refused + unreadable.length };
    for (const part of split(events)) {
      replay.signal.throwIfAborted();
      const { examined, changed, refused } = await post(replay, part);
      for (const { eventId, cause } of refused) replay.onRefused(eventId, cause);
      counts = {
        ...counts,
        applied: counts.applied + examined - refused.length,
        changed: counts.changed + changed,
        refused: counts.refused + refused.length,
      };
    }
  };
  await readTopicRange(replay.range, {
    kafka: replay.kafka,
    groupId: `ops-replay-${replay.replayId}`,
    signal: replay.signal,
    onMessages: apply,
    onProgress: (done, total) => replay.onProgress(done, total, counts),
  });
  return counts;
}

function toEvents(
  topic: string,
  messages: readonly KafkaMessage[],
): { readonly events: ReplayedEvent[]; readonly unreadable: { readonly offset: string; readonly cause: string }[] } {
  const events: ReplayedEvent[] = [];
  const unreadable: { offset: string; cause: string }[] = [];
  for (const { key, value, headers, offset } of messages) {
    try {
      const { replayId: _, ...event } = toEnvelope({ topic, key, value, headers });
      events.push(event);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // The message of a JSON error quotes the text that it failed on.
      unreadable.push({ offset, cause: 'not an event' });
    }
  }
  return { events, unreadable };
}

/** Parts of at most 500 events and about a mebibyte, in order. */
function split(events: readonly ReplayedEvent[]): ReplayedEvent[][] {
  const parts: ReplayedEvent[][] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event));
    const part = parts.at(-1);
    if (part === undefined || part.length === maxReplayedEvents || bytes + size > maxRequestBytes) {
      parts.push([event]);
      bytes = size;
    } else {
      part.push(event);
      bytes += size;
    }
  }
  return parts;
}

/** A part can be sent again at any time: the service's version check makes the second time change nothing. */
async function post({ client, path, replayId, dryRun, signal }: Replay, events: ReplayedEvent[]): Promise<ReplayResponse> {
  const request: ReplayRequest = { replayId, dryRun, events };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.post<ReplayResponse>(path, request, { requestId: replayId, timeoutMs });
    } catch (error) {
      if (!(error instanceof RetryableError) || attempt === maxAttempts || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** attempt));
    }
  }
}
