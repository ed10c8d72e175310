/**
 * Counts how often each operation is executed, by app version, and adds the counts to PostgreSQL every few seconds.
 * Takes a bounded amount of memory whatever versions callers say they are. A flush whose answer is lost is made again:
 * its uses may then be counted twice.
 */
import { startLoop } from '@vitrine/runtime/loop';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { GraphName } from '../graphs.ts';
import type { AppVersion, OperationStore, UseCount } from './operation-store.ts';

export interface OperationUses {
  /** @param app null when the caller does not say which */
  record(operation: { readonly graph: GraphName; readonly id: string }, app: AppVersion | null, failed: boolean): void;
  /** Versions that are told apart whatever else callers say. */
  know(apps: readonly AppVersion[]): void;
  /** Writes what was counted so far. @throws when it cannot; the counts are kept */
  flush(): Promise<void>;
  /** Ends, after a last flush. */
  close(): Promise<void>;
}

/**
 * The version that uses are counted under: builds of a version have the same precedence, and are the same app
 * (https://semver.org, point 10).
 * @param version `5.2.0+431`; what comes out is `5.2.0`
 */
export const countedVersion = (version: string): string => version.replace(/\+.*$/s, '');

const flushMs = 10_000;
/** Versions that no publication tells of; the others are one, until the process starts again. */
const maxUnknownVersions = 100;
/** Counts that wait for PostgreSQL; past these only known ones go on counting. */
const maxCounts = 50_000;
const keptDays = 400;
const pruneMs = 6 * 60 * 60_000;

type Count = { -readonly [Key in keyof UseCount]: UseCount[Key] };

const nobody: AppVersion = { platform: 'unknown', version: 'unknown' };

export function createOperationUses(options: {
  readonly store: Pick<OperationStore, 'addUses' | 'pruneUses'>;
  readonly logger: Logger;
  readonly now?: () => number;
  readonly intervalMs?: number;
}): OperationUses {
  const { store, logger, now = Date.now } = options;
  let counts = new Map<string, Count>();
  const published = new Set<string>();
  const others = new Set<string>();
  let lost = 0;
  let prunedAtMs = Number.NEGATIVE_INFINITY;
  let dayEndsMs = 0;
  let day = '';

  const today = (): string => {
    const nowMs = now();
    if (nowMs >= dayEndsMs || nowMs < dayEndsMs - 86_400_000) {
      day = new Date(nowMs).toISOString().slice(0, 10);
      dayEndsMs = Date.parse(day) + 86_400_000;
    }
    return day;
  };
  const toldApart = ({ platform, version: told }: AppVersion): AppVersion => {
    const version = countedVersion(told);
    const name = `${platform}/${version}`;
    if (published.has(name) || others.has(name)) return { platform, version };
    if (others.size >= maxUnknownVersions) return { platform: 'unknown', version: 'other' };
    others.add(name);
    return { platform, version };
  };
  const add = (count: UseCount): void => {
    const key = `${count.day} ${count.graph} ${count.operationId} ${count.platform} ${count.version}`;
    const known = counts.get(key);
    if (known !== undefined) {
      known.uses += count.uses;
      known.failures += count.failures;
    } else if (counts.size < maxCounts) counts.set(key, { ...count });
    else lost += count.uses;
  };
  const flush = async (): Promise<void> => {
    if (lost > 0) logger.warn({ lost }, 'uses of operations were not counted: PostgreSQL did not take the counts before them');
    lost = 0;
    const taken = counts;
    if (taken.size === 0) return;
    counts = new Map();
    try {
      // In the order of the key, so that two processes cannot wait for each other's rows.
      await store.addUses([...taken.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, count]) => count));
    } catch (error) {
      for (const count of taken.values()) add(count);
      throw error;
    }
  };
  const loop = startLoop({
    name: 'operation-uses',
    logger,
    intervalMs: options.intervalMs ?? flushMs,
    async run() {
      await flush();
      if (now() - prunedAtMs > pruneMs) {
        await store.pruneUses(keptDays);
        prunedAtMs = now();
      }
      return false;
    },
  });

  return {
    record({ graph, id: operationId }, app, failed) {
      const { platform, version } = app === null ? nobody : toldApart(app);
      add({ day: today(), graph, operationId, platform, version, uses: 1, failures: failed ? 1 : 0 });
    },
    know(apps) {
      published.clear();
      for (const { platform, version } of apps) published.add(`${platform}/${countedVersion(version)}`);
    },
    flush,
    async close() {
      await loop.stop();
      try {
        await flush();
      } catch (error) {
        logger.warn({ err: error, counts: counts.size }, 'the last uses of operations could not be counted');
      }
    },
  };
}
