/**
 * Tells apps of the changes of their orders as they are committed: nothing is left out and nothing is told twice, across
 * resumptions as well. What is told is read from the orders' history; news from Kafka only say when to read, and when they
 * fail to come the history is read all the same, some seconds later.
 */
import type { Batcher } from '@vitrine/runtime/group-commit';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { FoundNews, OrderNews, OrderNewsWanted } from './store/order-news.ts';
import { advance, decodePosition, encodePosition, moveTo, overlapMs, wasTold, type StreamPosition } from './stream-position.ts';

/** Where a stream's messages go. */
export interface StreamSink {
  /** Answers false when it wants no more before `onDrain`. */
  write(text: string): boolean;
  onDrain(listener: () => void): void;
  end(): void;
}

export interface OrderStreams {
  /** Begins a stream after this message of an earlier one, or now. */
  open(stream: { readonly buyerId: string; readonly lastEventId: string | null; readonly sink: StreamSink }): { close(): void };
  /** Something changed of these buyers' orders. */
  wake(buyerIds: Iterable<string>): void;
  /** Streams that are open. */
  count(): number;
  /** Ends all of them. */
  stop(): void;
}

interface Stream {
  readonly buyerId: string;
  readonly sink: StreamSink;
  /** Null until it has begun. */
  position: StreamPosition | null;
  readonly resumedFrom: string | null;
  isReading: boolean;
  isBlocked: boolean;
  isClosed: boolean;
  isStale: boolean;
}

const heartbeatMs = 15_000;
const tickMs = 500;

/** An app that reconnects waits for a time of its own: not all come back at once. In milliseconds. */
export const reconnectDelayMs = (): number => 500 + Math.floor(Math.random() * 2_500);

/** The last message of a stream, with which its id stays. */
export const endMessage = (reason: 'RESTARTING'): string =>
  `retry: ${reconnectDelayMs()}\nevent: end\ndata: ${JSON.stringify({ reason })}\n\n`;

const message = (event: string, position: StreamPosition, data: object): string =>
  `id: ${encodePosition(position)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

function toData({ orderId, sequence, type, states, at }: OrderNews): object {
  const [status, payment, fulfilment, returns] = (states ?? '').split(' ');
  return { orderId, sequence, type, status, payment, fulfilment, returns, at: new Date(at).toISOString() };
}

export function createOrderStreams(options: {
  readonly news: Batcher<OrderNewsWanted, FoundNews>;
  readonly logger: Logger;
  /** How often a stream reads although nothing woke it, in milliseconds. */
  readonly pollMs: () => number;
  /** Called with each stream that opens. */
  readonly onOpen?: () => void;
}): OrderStreams {
  const { news, logger, pollMs, onOpen } = options;
  const byBuyer = new Map<string, Set<Stream>>();
  let open = 0;

  const all = function* (): Generator<Stream> {
    for (const streams of byBuyer.values()) yield* streams;
  };

  const close = (stream: Stream): void => {
    if (stream.isClosed) return;
    stream.isClosed = true;
    open -= 1;
    const streams = byBuyer.get(stream.buyerId);
    streams?.delete(stream);
    if (streams?.size === 0) byBuyer.delete(stream.buyerId);
  };

  const write = (stream: Stream, text: string): void => {
    if (stream.isClosed || stream.sink.write(text)) return;
    stream.isBlocked = true;
    stream.sink.onDrain(() => {
      stream.isBlocked = false;
      refresh(stream);
    });
  };

  /** What of the news is not told yet; null when that cannot be told. */
  const untold = (position: StreamPosition, { news: found }: FoundNews): readonly OrderNews[] | null => {
    const fresh = found?.filter((change) => !wasTold(position, change)) ?? null;
    return fresh?.every(({ states }) => states !== null) === true ? fresh : null;
  };

  /** The position now, as of an app that has just read its orders. */
  const positionAt = async (buyerId: string): Promise<StreamPosition> => {
    const { now, news: lately } = await news.add({ buyerId, since: null });
    return (lately ?? []).reduce<StreamPosition>(
      (position, change) => advance(position, change),
      moveTo({ at: now, told: new Map() }, now),
    );
  };

  const begin = async (stream: Stream): Promise<void> => {
    const { buyerId, resumedFrom } = stream;
    // The clock of the database decides what is too old.
    const fresh = await positionAt(buyerId);
    const resumed = resumedFrom === null ? null : decodePosition(resumedFrom, fresh.at);
    const found = resumed === null ? null : await news.add({ buyerId, since: resumed.at - overlapMs });
    const missed = resumed === null || found === null ? null : untold(resumed, found);
    if (resumed === null || found === null || missed === null) {
      stream.position = fresh;
      write(stream, resumedFrom === null ? message('ready', fresh, {}) : message('reset', fresh, { reason: 'POSITION_UNKNOWN' }));
      return;
    }
    stream.position = resumed;
    tell(stream, resumed, missed);
    // Everything until now is told: the next resumption begins here.
    stream.position = moveTo(stream.position, Math.max(stream.position.at, found.now));
    write(stream, message('ready', stream.position, {}));
  };

  const tell = (stream: Stream, from: StreamPosition, changes: readonly OrderNews[]): void => {
    let position = from;
    for (const change of changes) {
      position = advance(position, change);
      stream.position = position;
      write(stream, message('order', position, toData(change)));
    }
  };

  const goOn = async (stream: Stream, position: StreamPosition): Promise<void> => {
    const found = await news.add({ buyerId: stream.buyerId, since: position.at - overlapMs });
    const changes = untold(position, found);
    if (changes !== null) return tell(stream, position, changes);
    const fresh = await positionAt(stream.buyerId);
    stream.position = fresh;
    write(stream, message('reset', fresh, { reason: 'TOO_MUCH' }));
  };

  const read = async (stream: Stream): Promise<void> => {
    while (stream.isStale && !stream.isBlocked && !stream.isClosed) {
      stream.isStale = false;
      if (stream.position === null) await begin(stream);
      else await goOn(stream, stream.position);
    }
  };

  /** Reads what is new for a stream. While it reads, another wish has it read once more. */
  const refresh = (stream: Stream): void => {
    stream.isStale = true;
    if (stream.isReading) return;
    stream.isReading = true;
    read(stream)
      .catch((error: unknown) => {
        stream.isStale = true;
        logger.warn({ err: error }, 'news of orders could not be read; trying again');
      })
      .finally(() => {
        stream.isReading = false;
      });
  };

  const heartbeat = setInterval(() => {
    for (const stream of all()) if (!stream.isBlocked) write(stream, ': still here\n\n');
  }, heartbeatMs);
  let polledAt = performance.now();
  const poll = setInterval(() => {
    if (performance.now() - polledAt < pollMs()) return;
    polledAt = performance.now();
    for (const stream of all()) refresh(stream);
  }, tickMs);

  return {
    open({ buyerId, lastEventId, sink }) {
      const stream: Stream = {
        buyerId,
        sink,
        position: null,
        resumedFrom: lastEventId,
        isReading: false,
        isBlocked: false,
        isClosed: false,
        isStale: false,
      };
      const streams = byBuyer.get(buyerId);
      if (streams === undefined) byBuyer.set(buyerId, new Set([stream]));
      else streams.add(stream);
      open += 1;
      onOpen?.();
      refresh(stream);
      return { close: () => close(stream) };
    },
    wake(buyerIds) {
      for (const buyerId of buyerIds) for (const stream of byBuyer.get(buyerId) ?? []) refresh(stream);
    },
    count: () => open,
    stop() {
      clearInterval(heartbeat);
      clearInterval(poll);
      for (const stream of all()) {
        write(stream, endMessage('RESTARTING'));
        close(stream);
        stream.sink.end();
      }
    },
  };
}
