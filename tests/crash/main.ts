/**
 * `npm run test:crash [-- --seed S] [--seconds N] [--rounds representative|all]`: kills checkout before and after each call and on both
 * sides of each commit of a purchase, and at random moments for N seconds while many buy. Exits with 0 only when every purchase ended as
 * it has to. The last line is a JSON summary.
 */
import { parseArgs } from 'node:util';
import { onTermination } from '@vitrine/local/termination';
import { endAbandonedRuns } from '../support/stack.ts';
import { crashRounds, representativeRounds } from './crash-points.ts';
import { runCrashSuite } from './crash-suite.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: 'all' },
  },
});

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} must be a whole number from 0`);
  return value;
}

const [seed, randomSeconds] = [wholeNumber('seed', values.seed), wholeNumber('seconds', values.seconds)];
if (values.rounds !== 'all' && values.rounds !== 'representative') throw new Error('--rounds must be all or representative');
const startedAt = performance.now();
const write = (line: string): void => console.error(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
const interrupted = new AbortController();
onTermination((why) => interrupted.abort(new Error(`ended: ${why}`)));

await endAbandonedRuns(false);
const result = await runCrashSuite({
  rounds: values.rounds === 'all' ? crashRounds : representativeRounds,
  randomSeconds,
  seed,
  write,
  signal: interrupted.signal,
}).catch((error: unknown) => {
  write(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return {
    points: 0,
    kills: 0,
    orders: 0,
    runs: 0,
    slowestDecisionMs: 0,
    violations: [{ invariant: 'suite-runs', run: null, detail: String(error) }],
  };
});
const { points, kills, orders, runs, slowestDecisionMs, violations } = result;
const maxListed = 50;
for (const { invariant, detail } of violations.slice(0, maxListed)) write(`violated ${invariant}: ${detail}`);
const passed = violations.length === 0;
const summary = {
  suite: 'crash',
  seed,
  passed,
  points,
  kills,
  runs,
  orders,
  slowestDecisionSeconds: Math.round(slowestDecisionMs / 100) / 10,
  violations: violations.slice(0, maxListed),
  violationCount: violations.length,
  seconds: Math.round((performance.now() - startedAt) / 1_000),
};
await new Promise((resolve) => process.stdout.write(`${JSON.stringify(summary)}\n`, resolve));
process.exit(passed ? 0 : 1);
