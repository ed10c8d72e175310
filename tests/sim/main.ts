/**
 * `npm run test:sim -- [--seeds N] [--from S] [--seed K] [--bug name] [--bugs]`: runs the purchase's saga against simulated stores,
 * services and buyers in virtual time. `--seed` runs one seed and prints its trace; `--bugs` plants one bug after the other (or the
 * one of `--bug`), each of which must be found. The last line is a JSON summary; the exit code is 0 only when no invariant is
 * violated, or every planted bug was found.
 */
import { parseArgs } from 'node:util';
import { plantedBugs } from './planted-bugs.ts';
import { runSeeds } from './run-seeds.ts';
import type { Finding } from './seed-worker.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    bug: { type: 'string' },
    bugs: { type: 'boolean', default: false },
  },
});

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name} must be a whole number from ${least}`);
  return value;
}

const startedAt = performance.now();
const secondsSince = (time: number): number => Math.round((performance.now() - time) / 100) / 10;
const write = (line: string): void => console.error(line);
const maxListed = 20;

const only = values.seed === undefined ? null : wholeNumber('seed', values.seed, 0);
const from = only ?? wholeNumber('from', values.from, 0);
const asked = values.seeds === undefined ? null : wholeNumber('seeds', values.seeds, 1);

const toListed = (findings: readonly Finding[]) =>
  findings.flatMap(({ seed, violations }) => violations.map(({ invariant, detail }) => ({ invariant, seed, detail })));

/** Runs seeds on the code as it is, or one of them, and says what they violate. */
async function runAsIs(bug: string | null): Promise<{ readonly passed: boolean; readonly summary: object }> {
  const seeds = only === null ? (asked ?? 100_000) : 1;
  let toldAt = performance.now();
  const outcome = await runSeeds({
    from,
    seeds,
    bug,
    enough: maxListed,
    isTraced: only !== null,
    onProgress(done) {
      if (performance.now() - toldAt < 10_000) return;
      toldAt = performance.now();
      write(`${done} of ${seeds} seeds, ${secondsSince(startedAt)} s`);
    },
  });
  for (const { trace } of outcome.findings) for (const line of trace ?? []) write(line);
  const found = outcome.findings.filter(({ violations }) => violations.length > 0);
  const [first] = found;
  if (first !== undefined && only === null) {
    const traced = await runSeeds({ from: first.seed, seeds: 1, bug, enough: 1, isTraced: true });
    for (const line of traced.findings[0]?.trace ?? []) write(line);
  }
  const violations = toListed(found).slice(0, maxListed);
  for (const { invariant, seed, detail } of violations) {
    write(`violated: ${invariant}: ${detail}`);
    write(`  repeat: npm run test:sim -- --seed ${seed}${bug === null ? '' : ` --bug ${bug}`}`);
  }
  return {
    passed: found.length === 0,
    summary: { seeds: outcome.seeds, seed: from, violations, violationCount: found.length, counts: outcome.counts },
  };
}

/** Plants one bug after the other; each must be found. */
async function runPlanted(names: readonly string[]): Promise<{ readonly passed: boolean; readonly summary: object }> {
  const results: { readonly name: string; readonly found: boolean; readonly atSeed: number | null; readonly invariant: string | null }[] =
    [];
  let seeds = 0;
  for (const { name, foundWithin } of plantedBugs.filter((bug) => names.includes(bug.name))) {
    const since = performance.now();
    const outcome = await runSeeds({ from, seeds: asked ?? foundWithin, bug: name, enough: 1 });
    seeds += outcome.seeds;
    const [first] = outcome.findings;
    const invariant = first?.violations[0]?.invariant ?? null;
    results.push({ name, found: first !== undefined, atSeed: first?.seed ?? null, invariant });
    const verdict = first === undefined ? 'MISSED' : `found at seed ${first.seed}: ${invariant}`;
    write(`${name.padEnd(40)}  ${verdict}  (${outcome.seeds} seeds, ${secondsSince(since)} s)`);
  }
  const missed = results.filter(({ found }) => !found).map(({ name }) => name);
  return { passed: missed.length === 0, summary: { seeds, seed: from, violations: [], bugs: results, missed } };
}

if (values.bug !== undefined && !plantedBugs.some(({ name }) => name === values.bug)) {
  throw new Error(`there is no planted bug ${values.bug}: ${plantedBugs.map(({ name }) => name).join(', ')}`);
}
const isPlanting = values.bugs || (values.bug !== undefined && only === null);
const { passed, summary } = isPlanting
  ? await runPlanted(values.bug === undefined ? plantedBugs.map(({ name }) => name) : [values.bug])
  : await runAsIs(values.bug ?? null);
const line = JSON.stringify({ suite: 'sim', passed, ...summary, seconds: secondsSince(startedAt) });
await new Promise((resolve) => process.stdout.write(`${line}\n`, resolve));
process.exit(passed ? 0 : 1);
