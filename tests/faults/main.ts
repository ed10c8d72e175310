/**
 * `npm run test:faults -- vault [--runs N] [--seed S] [--run K] [--concurrency C] [--vault main.ts]`: random work under faults and
 * SIGKILLs. Exits with 0 only when every invariant holds. Each failure is written with the command that repeats its run alone; the
 * last line is a JSON summary.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { onTermination } from '@vitrine/local/termination';
import { runVaultSuite, vaultMain } from './vault-suite.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    run: { type: 'string' },
    concurrency: { type: 'string', default: '24' },
    vault: { type: 'string', default: vaultMain },
  },
});

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name} must be a whole number from ${least}`);
  return value;
}

const [suite = '', ...others] = positionals;
if (suite !== 'vault' || others.length > 0) throw new Error('name one suite: vault');
const seed = wholeNumber('seed', values.seed, 0);
const only = values.run === undefined ? undefined : wholeNumber('run', values.run, 0);
const runs = only === undefined ? Array.from({ length: wholeNumber('runs', values.runs, 1) }, (_, run) => run) : [only];
const startedAt = performance.now();
const write = (line: string): void => console.error(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
const interrupted = new AbortController();
onTermination((why) => interrupted.abort(new Error(`ended: ${why}`)));

const maxListed = 50;
const result = await runVaultSuite({
  runs,
  seed,
  concurrency: wholeNumber('concurrency', values.concurrency, 1),
  vaultMain: path.resolve(values.vault),
  write,
  signal: interrupted.signal,
}).catch((error: unknown) => {
  write(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { kills: 0, faults: 0, orders: 0, violations: [{ invariant: 'suite-runs', run: null, detail: String(error) }] };
});
const { kills, faults, orders, violations } = result;
for (const { invariant, run, detail } of violations.slice(0, maxListed)) {
  write(`violated ${invariant}: ${detail}`);
  write(`  repeat: npm run test:faults -- vault --seed ${seed} ${run === null ? `--runs ${runs.length}` : `--run ${run}`}`);
}
const seconds = Math.round((performance.now() - startedAt) / 1_000);
const passed = violations.length === 0;
const summary = {
  suite,
  runs: runs.length,
  seed,
  passed,
  orders,
  kills,
  faults,
  violations: violations.slice(0, maxListed),
  violationCount: violations.length,
  seconds,
};
await new Promise((resolve) => process.stdout.write(`${JSON.stringify(summary)}\n`, resolve));
process.exit(passed ? 0 : 1);
