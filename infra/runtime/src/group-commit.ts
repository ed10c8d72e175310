/**
 * Group commit: writes that arrive together travel together. A lone item is written at once; what arrives while a write
 * is under way forms the next one. Every item gets its own result or its own error, and one that cannot be written does
 * not fail its neighbours.
 */
import { setImmediate as endOfTurn, setTimeout as wait } from 'node:timers/promises';
import { isDatabaseUnavailable } from './database.ts';
import { RetryableError } from './errors.ts';

/** In the place of a result: this item failed by itself, while the write as a whole took effect. Its `add` rejects with `cause`. */
export class ItemFailure {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

export interface BatcherOptions<Item, Result> {
  /** For messages: `stock-reservation`, … */
  readonly name: string;
  /**
   * Writes these items, all or nothing: one statement, or one transaction. Answers one result for each item, in their
   * order; an `ItemFailure` rejects that item alone. When it throws, nothing may have been written, but for what
   * `isOutcomeUnknown` recognises.
   */
  readonly write: (items: readonly Item[]) => Promise<readonly (Result | ItemFailure)[]>;
  /** Items in one write, at most. */
  readonly maxBatch: number;
  /** Items that may wait for a write; one more is refused at once with a `RetryableError`. */
  readonly maxWaiting: number;
  /**
   * How long the first item of a batch waits for company, in milliseconds, unless `maxBatch` is reached before. Worth it
   * only where arrivals are sparse and time is no matter.
   * @default 0
   */
  readonly lingerMs?: number;
  /**
   * Items that share a key never share a write, and are written in the order in which they were added: for
   * `insert … on conflict do update`, which may not touch a row twice. A key that many items share makes batches small.
   */
  readonly keyOf?: (item: Item) => string | readonly string[];
  /**
   * Whether a failed write may have taken effect all the same. Such a write is not repeated: all its items get the error,
   * and their callers find out what became of them.
   * @default the database is away, or the statement timed out
   */
  readonly isOutcomeUnknown?: (error: unknown) => boolean;
}

export interface Batcher<Item, Result> {
  /**
   * Writes an item with those that come with it.
   * @throws RetryableError when too many wait, or after `stop`: the item was not written.
   * @throws what `write` threw for this item alone, or what made the outcome of its batch unknown.
   */
  add(item: Item): Promise<Result>;
  /** Items that wait for a write. */
  waiting(): number;
  /** Takes no more items; resolves when those that were taken are written or have failed. */
  stop(): Promise<void>;
}

interface Entry<Item, Result> {
  readonly item: Item;
  readonly keys: readonly string[];
  readonly resolve: (result: Result) => void;
  readonly reject: (cause: unknown) => void;
}

/** A statement that was cancelled for its length wrote nothing, but repeating it for each item would take as long each time. */
const isTimeout = (error: unknown): boolean => typeof error === 'object' && error !== null && 'code' in error && error.code === '57014';

const mayHaveTakenEffect = (error: unknown): boolean => isDatabaseUnavailable(error) || isTimeout(error);

/** Makes a batcher. One of its writes is under way at a time, so that batches grow with the load by themselves. */
export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  const { name, maxBatch, maxWaiting, lingerMs = 0, keyOf, isOutcomeUnknown = mayHaveTakenEffect } = options;
  if (maxBatch < 1 || maxWaiting < 1) throw new RangeError(`${name}: a batch and a queue hold one item at least`);
  let queue: Entry<Item, Result>[] = [];
  let running: Promise<void> | undefined;
  let stopping = false;
  let fill: (() => void) | undefined;

  /** Takes the next batch from the queue. An item that is passed over holds back those after it that share a key with it. */
  const takeBatch = (): Entry<Item, Result>[] => {
    if (keyOf === undefined) return queue.splice(0, maxBatch);
    const keys = new Set<string>();
    const batch: Entry<Item, Result>[] = [];
    const rest: Entry<Item, Result>[] = [];
    for (const entry of queue) {
      if (batch.length < maxBatch && !entry.keys.some((key) => keys.has(key))) batch.push(entry);
      else rest.push(entry);
      for (const key of entry.keys) keys.add(key);
    }
    queue = rest;
    return batch;
  };

  const settle = (batch: readonly Entry<Item, Result>[], results: readonly (Result | ItemFailure)[]): void => {
    for (const [index, entry] of batch.entries()) {
      const result = results[index] as Result | ItemFailure;
      if (result instanceof ItemFailure) entry.reject(result.cause);
      else entry.resolve(result);
    }
  };

  /** Writes a batch; of one that fails as a whole, each half by itself, until those are left that fail alone. Never rejects. */
  const writeBatch = async (batch: readonly Entry<Item, Result>[]): Promise<void> => {
    try {
      const results = await options.write(batch.map(({ item }) => item));
      if (results.length !== batch.length) {
        const error = new Error(`${name}: ${batch.length} items were written with ${results.length} results`);
        for (const { reject } of batch) reject(error);
      } else settle(batch, results);
    } catch (error) {
      if (batch.length === 1 || isOutcomeUnknown(error)) for (const { reject } of batch) reject(error);
      else {
        const middle = Math.ceil(batch.length / 2);
        await writeBatch(batch.slice(0, middle));
        await writeBatch(batch.slice(middle));
      }
    }
  };

  const linger = async (): Promise<void> => {
    if (lingerMs === 0 || stopping || queue.length >= maxBatch) return;
    const filled = new AbortController();
    fill = () => filled.abort();
    await wait(lingerMs, undefined, { signal: filled.signal }).catch((error: unknown) => {
      if (!filled.signal.aborted) throw error;
    });
    fill = undefined;
  };

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      // What this turn of the event loop still brings (other requests that were read, callers that the last write let go
      // on) joins, at no cost in time.
      await endOfTurn();
      await linger();
      await writeBatch(takeBatch());
    }
    running = undefined;
  };

  return {
    add(item) {
      if (stopping) return Promise.reject(new RetryableError(`${name} is stopping`));
      if (queue.length >= maxWaiting) return Promise.reject(new RetryableError(`${name}: too many writes wait`));
      const key = keyOf?.(item) ?? [];
      return new Promise<Result>((resolve, reject) => {
        queue.push({ item, keys: typeof key === 'string' ? [key] : key, resolve, reject });
        if (queue.length >= maxBatch) fill?.();
        running ??= run();
      });
    },
    waiting: () => queue.length,
    async stop() {
      stopping = true;
      fill?.();
      await running;
    },
  };
}
