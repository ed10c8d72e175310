/** A thread that runs seeds. With a planted bug it loads the edited text in the place of the files that the bug is in. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { mutate } from '../mutations/mutation.ts';
import { plantedBugs } from './planted-bugs.ts';
import type { SeedResult } from './run-seed.ts';

/** What a worker is told when it is started. */
export interface WorkerOptions {
  /** The name of the planted bug; null for none. */
  readonly bug: string | null;
}

/** Seeds to run; the answer is a `Report`. */
export interface Portion {
  readonly from: number;
  readonly seeds: number;
  /** Whether traces are kept, and are part of the digests. */
  readonly isTraced: boolean;
}

export interface Finding extends Pick<SeedResult, 'seed' | 'violations' | 'digest'> {
  /** Null unless traced. */
  readonly trace: readonly string[] | null;
}

export interface Report {
  /** Of runs that violate something, and of all that are traced. */
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
  readonly seeds: number;
}

const root = path.resolve(import.meta.dirname, '../..');
const { bug: name } = workerData as WorkerOptions;
if (name !== null) {
  const bug = plantedBugs.find((planted) => planted.name === name);
  if (bug === undefined) throw new Error(`there is no planted bug ${name}`);
  const edited = new Map(
    [...mutate({ ...bug, caughtBy: { file: '', test: '' } }, (file) => readFileSync(path.join(root, file), 'utf8'))].map(([file, text]) => [
      pathToFileURL(path.join(root, file)).href,
      text,
    ]),
  );
  registerHooks({
    load(url, context, nextLoad) {
      const source = edited.get(url);
      return source === undefined ? nextLoad(url, context) : { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}
const { runSeed } = await import('./run-seed.ts');

// Errors are ordinary here; their stacks are not looked at.
Error.stackTraceLimit = 0;

async function run({ from, seeds, isTraced }: Portion): Promise<Report> {
  const findings: Finding[] = [];
  const counts: Record<string, number> = {};
  for (let seed = from; seed < from + seeds; seed += 1) {
    const trace = isTraced ? [] : null;
    const result = await runSeed(seed, trace);
    for (const [what, times] of Object.entries(result.counts)) counts[what] = (counts[what] ?? 0) + times;
    if (isTraced || result.violations.length > 0) {
      findings.push({ seed, violations: result.violations, digest: result.digest, trace });
    }
  }
  return { findings, counts, seeds };
}

parentPort?.on('message', (portion: Portion) => {
  run(portion).then(
    (report) => parentPort?.postMessage(report, []),
    (error: unknown) => {
      // An error event of the worker tells of it.
      queueMicrotask(() => {
        throw error;
      });
    },
  );
});
