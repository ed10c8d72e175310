/** Runs seeds on all processors. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Finding, Portion, Report, WorkerOptions } from './seed-worker.ts';

export interface Plan {
  readonly from: number;
  readonly seeds: number;
  /** The name of a planted bug; null for none. */
  readonly bug: string | null;
  /** Ends when so many seeds have violated something. */
  readonly enough: number;
  readonly isTraced?: boolean;
  /** @default as many as there are processors */
  readonly threads?: number;
  readonly onProgress?: (seedsDone: number) => void;
}

export interface Outcome {
  /** By seed. */
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
  readonly seeds: number;
}

const portionSize = 250;

export async function runSeeds(plan: Plan): Promise<Outcome> {
  const { from, seeds, bug, enough, isTraced = false, threads = availableParallelism(), onProgress } = plan;
  const findings: Finding[] = [];
  const counts: Record<string, number> = {};
  let given = 0;
  let done = 0;

  const take = (): Portion | null => {
    if (given >= seeds || findings.filter(({ violations }) => violations.length > 0).length >= enough) return null;
    const portion = { from: from + given, seeds: Math.min(portionSize, seeds - given), isTraced };
    given += portion.seeds;
    return portion;
  };
  const runThread = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const options: WorkerOptions = { bug };
      const worker = new Worker(path.join(import.meta.dirname, 'seed-worker.ts'), {
        workerData: options,
        execArgv: ['--disable-warning=ExperimentalWarning'],
      });
      const next = (): void => {
        const portion = take();
        if (portion === null) void worker.terminate().then(() => resolve(), reject);
        else worker.postMessage(portion, []);
      };
      worker.on('error', reject);
      worker.on('message', (report: Report) => {
        findings.push(...report.findings);
        for (const [what, times] of Object.entries(report.counts)) counts[what] = (counts[what] ?? 0) + times;
        done += report.seeds;
        onProgress?.(done);
        next();
      });
      next();
    });
  await Promise.all(Array.from({ length: Math.max(1, Math.min(threads, Math.ceil(seeds / portionSize))) }, runThread));
  return { findings: findings.toSorted((a, b) => a.seed - b.seed), counts, seeds: done };
}
