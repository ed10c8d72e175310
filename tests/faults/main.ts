/**
 * `npm run test:faults -- vault|checkout [--runs N] [--seed S] [--run K] [--concurrency C]`: random work under faults and SIGKILLs.
 * `vault` takes `--vault main.ts`; `checkout` takes `--minutes M`, which runs for so long instead of N, and `--short` with faults of
 * seconds. Exits with 0 only when every invariant holds. Each failure is written with the command that repeats its run; the last line is
 * a JSON summary.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { onTermination } from '@vitrine/local/termination';
import { runCheckoutSuite } from './checkout-suite.ts';
import type { Violation } from './judge.ts';
import { fullDurations, shortDurations } from './stack-faults.ts';
import { runVaultSuite, vaultMain } from './vault-suite.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    run: { type: 'string' },
    concurrency: { type: 'string', default: '24' },
    vault: { type: 'string', default: vaultMain },
    minutes: { type: 'string' },
    short: { type: 'boolean', default: false },
  },
});

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name} must be a whole number from ${least}`);
  return value;
}

const [suite = '', ...others] = positionals;
if ((suite !== 'vault' && suite !== 'checkout') || others.length > 0) throw new Error('name one suite: vault or checkout');
const seed = wholeNumber('seed', values.seed, 0);
const only = values.run === undefined ? undefined : wholeNumber('run', values.run, 0);
const minutes = values.minutes === undefined ? null : wholeNumber('minutes', values.minutes, 1);
const runs = only === undefined ? Array.from({ length: wholeNumber('runs', values.runs, 1) }, (_, run) => run) : [only];
const concurrency = wholeNumber('concurrency', values.concurrency, 1);
const startedAt = performance.now();
const write = (line: string): void => console.error(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
const interrupted = new AbortController();
onTermination((why) => interrupted.abort(new Error(`ended: ${why}`)));

function* endless(): Generator<number> {
  for (let run = 0; ; run += 1) yield run;
}

interface Result extends Readonly<Record<string, unknown>> {
  readonly violations: readonly Violation[];
}

const { signal } = interrupted;
const runSuite = async (): Promise<Result> => {
  if (suite === 'vault') {
    const result = await runVaultSuite({ runs, seed, concurrency, vaultMain: path.resolve(values.vault), write, signal });
    return { runs: runs.length, ...result };
  }
  const durations = values.short ? shortDurations : fullDurations;
  const numbers = minutes === null || only !== undefined ? runs : endless();
  return { ...(await runCheckoutSuite({ runs: numbers, seed, concurrency, minutes, durations, write, signal })) };
};

const maxListed = 50;
const { violations, ...counts } = await runSuite().catch((error: unknown): Result => {
  write(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { violations: [{ invariant: 'suite-runs', run: null, detail: String(error) }] };
});
for (const { invariant, run, detail } of violations.slice(0, maxListed)) {
  write(`violated ${invariant}: ${detail}`);
  write(`  repeat: npm run test:faults -- ${suite} --seed ${seed} ${run === null ? `--runs ${runs.length}` : `--run ${run}`}`);
}
const passed = violations.length === 0;
const summary = {
  suite,
  seed,
  passed,
  ...counts,
  violations: violations.slice(0, maxListed),
  violationCount: violations.length,
  seconds: Math.round((performance.now() - startedAt) / 1_000),
};
await new Promise((resolve) => process.stdout.write(`${JSON.stringify(summary)}\n`, resolve));
process.exit(passed ? 0 : 1);
