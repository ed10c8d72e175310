/**
 * The operations that may be executed by id: the gateway's own files and what app builds published. Kept in memory and
 * brought up to date by a cheap question every few seconds; while PostgreSQL is away what is in memory goes on.
 */
import { startLoop } from '@vitrine/runtime/loop';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { GraphName } from '../graphs.ts';
import { describeFault, type LiveGraphs } from './live-graphs.ts';
import type { AppVersion, OperationStore } from './operation-store.ts';
import { createOperationUses } from './operation-uses.ts';
import type { PreparingGraph, RegisteredOperation, SafelistedOperation } from './safelisted-operation.ts';

export type OperationLookup<Executable> =
  | { readonly kind: 'listed'; readonly operation: SafelistedOperation<Executable> }
  | { readonly kind: 'not-listed' }
  /** Not among what is in memory, and PostgreSQL cannot be asked whether there is more by now. */
  | { readonly kind: 'unavailable' };

/** How much of the list is known. */
export type SafelistState =
  /** All of it, as of a few seconds ago. */
  | 'current'
  /** PostgreSQL has not answered lately: what was known before. */
  | 'stale'
  /** PostgreSQL has not answered since the start. */
  | 'built-in only';

export interface OperationSafelist<Executable> {
  /** From memory; planned at once when that is still to be done. */
  find(graph: GraphName, id: string): SafelistedOperation<Executable> | undefined;
  /**
   * From memory, or when it may have been published just now, from PostgreSQL. However many ids that are nowhere come,
   * PostgreSQL is asked a few times a second at most, and nothing of them is kept.
   */
  lookUp(graph: GraphName, id: string): Promise<OperationLookup<Executable>>;
  /** Counts one execution. @param app null when the caller does not say which */
  recordUse(operation: { readonly graph: GraphName; readonly id: string }, app: AppVersion | null, failed: boolean): void;
  state(): SafelistState;
  /** Ends, after the uses that were counted are written. */
  close(): Promise<void>;
}

const refreshMs = 3_000;
/** One look serves everybody who asked before it began. */
const lookPauseMs = 100;
/** How long the start waits for PostgreSQL; what it answers later is served from then on. */
const firstLookMs = 1_500;
/** Without a look that succeeded for so long, the list counts as stale. */
const currentForMs = 15_000;
/** How long a request waits for PostgreSQL to say whether its operation was published. */
const lookUpMs = 1_000;
/** Requests that wait at the same time; past these the list counts as it is in memory. */
const maxWaiting = 1_000;

/**
 * Makes the built-in operations ready, and those that PostgreSQL has, as far as they have a plan; when PostgreSQL does not
 * answer, it is asked again and again.
 */
export async function createOperationSafelist<Executable, Graph extends PreparingGraph<Executable>>(options: {
  readonly liveGraphs: LiveGraphs<Executable, Graph>;
  readonly builtIn: readonly RegisteredOperation[];
  readonly store: OperationStore;
  /** Brings the database up to date; asked before the first look until it has succeeded. */
  readonly migrate?: () => Promise<void>;
  readonly logger: Logger;
  readonly refreshMs?: number;
  /** A clock that does not go back, in milliseconds. */
  readonly now?: () => number;
}): Promise<OperationSafelist<Executable>> {
  const { liveGraphs, builtIn, store, migrate, logger, now = () => performance.now() } = options;
  const uses = createOperationUses({ store, logger });
  /** When the last look succeeded; null before the first. */
  let currentAtMs: number | null = null;
  let lastLookFailed = false;
  let isLoaded = false;
  let revision: number | undefined;
  let reportedFaults = '';

  // One whose answer never comes neither succeeds nor fails.
  const state = (): SafelistState => {
    if (currentAtMs === null) return 'built-in only';
    return lastLookFailed || now() - currentAtMs > currentForMs ? 'stale' : 'current';
  };
  const serve = async (operations: readonly RegisteredOperation[]): Promise<void> => {
    const faults = (await liveGraphs.setOperations(operations)).map(describeFault);
    // Said once, not at every look.
    if (faults.length > 0 && faults.join() !== reportedFaults)
      logger.error({ operations: faults }, 'operations of the safelist do not fit their graph and are not served');
    reportedFaults = faults.join();
  };
  /** Brings the list up to date. @throws when PostgreSQL does not answer */
  const look = async (): Promise<void> => {
    try {
      if (revision === undefined) await migrate?.();
      if (revision === undefined || (await store.revision()) !== revision) {
        const loaded = await store.load();
        isLoaded = true;
        const operations = new Map(builtIn.map((each) => [`${each.graph} ${each.id}`, each]));
        for (const each of loaded.operations) operations.set(`${each.graph} ${each.id}`, each);
        await serve([...operations.values()]);
        uses.know(loaded.operations.flatMap(({ apps }) => apps));
        revision = loaded.revision;
        logger.info({ revision, published: loaded.operations.length, builtIn: builtIn.length }, 'the safelist is up to date');
      }
      currentAtMs = now();
      lastLookFailed = false;
    } catch (error) {
      lastLookFailed = true;
      throw error;
    }
  };

  // Looks never overlap. Who comes while one is under way waits for the next, which began after it came.
  let looking: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let beganAtMs = Number.NEGATIVE_INFINITY;
  let waiting = 0;
  const lookOnce = (): Promise<void> => {
    next ??= (async () => {
      await looking?.catch(() => undefined);
      const pauseMs = beganAtMs + lookPauseMs - performance.now();
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      beganAtMs = performance.now();
      looking = look();
      next = undefined;
      await looking;
    })();
    return next;
  };

  const firstLook = lookOnce().catch((error: unknown) => error);
  let failure = await inTime(firstLookMs, firstLook, new Error('PostgreSQL says nothing'));
  // It did answer: its list is being made ready.
  if (isLoaded) failure = await firstLook;
  if (failure !== undefined) {
    logger.warn({ err: failure }, 'the safelist cannot be read from PostgreSQL: the built-in operations only are served until it can');
    await serve(builtIn);
  }
  const loop = startLoop({
    name: 'operation-safelist',
    logger,
    intervalMs: options.refreshMs ?? refreshMs,
    async run() {
      await lookOnce();
      return false;
    },
  });

  const find = (graph: GraphName, id: string) => liveGraphs.find(graph, id);
  return {
    find,
    async lookUp(graph, id) {
      const known = find(graph, id);
      if (known !== undefined) return { kind: 'listed', operation: known };
      // The next look of the loop tells when PostgreSQL is back: a request does not wait for that.
      if (state() !== 'current') return { kind: 'unavailable' };
      if (waiting >= maxWaiting) return { kind: 'not-listed' };
      waiting += 1;
      try {
        const look = lookOnce().then(
          () => true,
          () => false,
        );
        const isCurrent = await inTime(lookUpMs, look, false);
        const published = find(graph, id);
        if (published !== undefined) return { kind: 'listed', operation: published };
        return { kind: isCurrent ? 'not-listed' : 'unavailable' };
      } finally {
        waiting -= 1;
      }
    },
    recordUse: (operation, app, failed) => uses.record(operation, app, failed),
    state,
    async close() {
      await loop.stop();
      await uses.close();
    },
  };
}

/** What `work` comes to, or `otherwise` when that takes too long. */
async function inTime<Value, Otherwise>(limitMs: number, work: Promise<Value>, otherwise: Otherwise): Promise<Value | Otherwise> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<Otherwise>((resolve) => {
    timer = setTimeout(resolve, limitMs, otherwise);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
