/**
 * `npm run test:mutations -- vault`: breaks the code on purpose, one named way after the other, and asks the test that has to
 * notice. `--only <name>` (as often as wanted) tries these alone. The last line is a JSON summary; the exit code is 0 only when
 * every mutation was caught.
 */
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { onTermination } from '@vitrine/local/termination';
import { endAbandonedRuns, startSharedComponents } from '../support/stack.ts';
import { copyCheckout, type CheckoutCopy } from './checkout-copy.ts';
import { mutate, type Mutation } from './mutation.ts';
import { vaultMutations } from './vault.ts';
import { verdictOf, type JestReport, type Verdict } from './verdict.ts';

const suites: Readonly<Record<string, readonly Mutation[]>> = { vault: vaultMutations };

const checkout = path.resolve(import.meta.dirname, '../..');
/** A test that ends at all ends in less. */
const runTimeoutMs = 150_000;
const atOnce = 2;

const interrupted = new AbortController();
onTermination((why) => interrupted.abort(new Error(`ended: ${why}`)));

/** As a pattern that matches this text alone. */
const literally = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');

/** Runs tests in a copy. Null when jest gave no report. */
async function runJest({ root }: CheckoutCopy, files: readonly string[], tests: readonly string[]): Promise<JestReport | null> {
  const reportFile = path.join(root, 'jest-report.json');
  await rm(reportFile, { force: true });
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=TimeoutNegativeWarning',
      path.join(root, 'node_modules/jest/bin/jest.js'),
      '--json',
      `--outputFile=${reportFile}`,
      `--testNamePattern=${tests.map(literally).join('|')}`,
      '--runTestsByPath',
      ...files,
    ],
    { cwd: root, env: { ...process.env, TEST_TIER: 'fast' }, stdio: 'ignore' },
  );
  const stop = () => child.kill('SIGTERM');
  const timer = setTimeout(stop, runTimeoutMs * files.length);
  interrupted.signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => resolve());
    });
  } finally {
    clearTimeout(timer);
    interrupted.signal.removeEventListener('abort', stop);
  }
  interrupted.signal.throwIfAborted();
  try {
    return JSON.parse(await readFile(reportFile, 'utf8')) as JestReport;
  } catch {
    // jest ended before it could report.
    return null;
  }
}

/** The tests that have to notice must pass on code that is whole. */
async function requireHealthyTests(copy: CheckoutCopy, mutations: readonly Mutation[]): Promise<void> {
  const files = [...new Set(mutations.map(({ caughtBy }) => caughtBy.file))];
  const tests = [...new Set(mutations.map(({ caughtBy }) => caughtBy.test))];
  const report = await runJest(copy, files, tests);
  if (report === null) throw new Error('jest gave no report on the unbroken code');
  const problems = mutations.flatMap(({ name, caughtBy }) => {
    const ofFile = report.testResults.filter((result) => result.name === path.join(copy.root, caughtBy.file));
    const [own] = ofFile;
    if (own === undefined) return [`${name}: ${caughtBy.file} was not run`];
    const counted = own.assertionResults.filter(({ fullName }) => fullName.includes(caughtBy.test));
    const failed = counted.filter(({ status }) => status === 'failed');
    if (failed.length > 0)
      return [`${name}: its test fails on unbroken code: ${failed[0]?.fullName}\n${failed[0]?.failureMessages?.[0]?.split('\n', 1)[0]}`];
    return counted.some(({ status }) => status === 'passed')
      ? []
      : [`${name}: ${caughtBy.file} has no test “${caughtBy.test}”: ${own.message.trim().slice(0, 300)}`];
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

async function tryMutation(copy: CheckoutCopy, mutation: Mutation): Promise<Verdict> {
  const { file, test } = mutation.caughtBy;
  const changed = mutate(mutation, copy.read);
  const originals = [...changed.keys()].map((name) => [name, copy.read(name)] as const);
  for (const [name, text] of changed) await copy.write(name, text);
  try {
    const report = await runJest(copy, [file], [test]);
    return report === null ? { kind: 'broken', why: 'jest gave no report' } : verdictOf(report, test);
  } finally {
    for (const [name, text] of originals) await copy.write(name, text);
  }
}

async function runSuite(mutations: readonly Mutation[]): Promise<ReadonlyMap<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  const copies = await Promise.all(Array.from({ length: Math.min(atOnce, mutations.length) }, () => copyCheckout(checkout)));
  try {
    const [first] = copies;
    if (first === undefined) return verdicts;
    // Before anything is started, which takes a while.
    for (const mutation of mutations) mutate(mutation, first.read);
    await endAbandonedRuns(true);
    const components = await startSharedComponents((line) => console.error(line), interrupted.signal);
    try {
      await requireHealthyTests(first, mutations);
      const queue = mutations.values();
      const lane = async (copy: CheckoutCopy): Promise<void> => {
        for (const mutation of queue) {
          const startedAt = performance.now();
          const verdict = await tryMutation(copy, mutation);
          verdicts.set(mutation.name, verdict);
          const line = `${verdict.kind.padEnd(8)}  ${mutation.name.padEnd(44)}  ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
          console.log(verdict.kind === 'broken' ? `${line}  ${verdict.why}` : line);
        }
      };
      const ended = await Promise.allSettled(copies.map(lane));
      for (const result of ended) if (result.status === 'rejected') throw result.reason;
    } finally {
      await components.stop();
    }
  } finally {
    await Promise.all(copies.map((copy) => copy.remove()));
  }
  return verdicts;
}

/** @throws Error when the arguments name no suite, or a mutation that it has not. */
function select(args: readonly string[]): { readonly suite: string; readonly mutations: readonly Mutation[] } {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { only: { type: 'string', multiple: true } },
  });
  const [suite = ''] = positionals;
  const all = suites[suite];
  if (all === undefined || positionals.length > 1) throw new Error(`name one of these: ${Object.keys(suites).join(', ')}`);
  const unknown = values.only?.find((name) => all.every((mutation) => mutation.name !== name));
  if (unknown !== undefined) throw new Error(`${suite} has no mutation ${unknown}: ${all.map(({ name }) => name).join(', ')}`);
  return { suite, mutations: values.only === undefined ? all : all.filter(({ name }) => values.only?.includes(name)) };
}

const startedAt = performance.now();
try {
  const { suite, mutations } = select(process.argv.slice(2));
  const verdicts = await runSuite(mutations);
  const named = (kind: Verdict['kind']) => mutations.map(({ name }) => name).filter((name) => verdicts.get(name)?.kind === kind);
  const caught = named('caught').length;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(
    JSON.stringify({ suite, mutations: mutations.length, caught, survived: named('survived'), broken: named('broken'), seconds }),
  );
  process.exitCode = caught === mutations.length ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(JSON.stringify({ suite: process.argv[2] ?? null, mutations: 0, caught: 0, survived: [], broken: [], seconds }));
  process.exitCode = 1;
}
