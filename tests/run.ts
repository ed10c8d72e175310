/**
 * `npm test`: starts what integration tests share, runs the fast tests, lets Stripe's own artefacts judge the calls that they made to
 * its sandbox, and then runs the end-to-end tests, one at a time. Arguments go to jest: `npm test -- outbox` runs the files with `outbox` in their path. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { givenStripeAccount, StripeAccountError } from '@vitrine/local/stripe-account';
import { onTermination } from '@vitrine/local/termination';
import { endAbandonedRuns, startSharedComponents } from './support/stack.ts';
import { callsStripe, prepareStripeJudging } from './support/stripe-mock.ts';

const checkout = path.resolve(import.meta.dirname, '..');
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

type Counts = { readonly passed: number; readonly failed: number };

/** The part of jest's report that is read here. */
type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Files that could not be run at all. */
  readonly numRuntimeErrorTestSuites: number;
};

const interrupted = new AbortController();
onTermination((why) => interrupted.abort(new Error(`ended: ${why}`)));

async function runTier(tier: 'fast' | 'judge' | 'e2e', args: readonly string[]): Promise<Counts> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vitrine-tests-'));
  const reportFile = path.join(folder, 'report.json');
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=TimeoutNegativeWarning',
      jest,
      '--passWithNoTests',
      '--json',
      `--outputFile=${reportFile}`,
      ...(tier === 'e2e' ? ['--runInBand'] : []),
      ...args,
    ],
    {
      cwd: checkout,
      env: { ...process.env, TEST_TIER: tier },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const stop = () => child.kill('SIGTERM');
  interrupted.signal.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  interrupted.signal.removeEventListener('abort', stop);
  interrupted.signal.throwIfAborted();
  const counts = countsOf(reportFile);
  await rm(folder, { recursive: true });
  // Something outside a test went wrong, such as an open handle or a bad argument.
  if (code !== 0 && counts.failed === 0) return { ...counts, failed: 1 };
  return counts;
}

function countsOf(reportFile: string): Counts {
  let text: string;
  try {
    text = readFileSync(reportFile, 'utf8');
  } catch {
    // jest ended before it could report: its own output says why.
    return { passed: 0, failed: 1 };
  }
  const report = JSON.parse(text) as Report;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
  };
}

const testFiles = globSync('**/*.{unit,int,contract,e2e}.test.ts', {
  cwd: checkout,
  exclude: (name) => ['node_modules', '.local', '.test', '.git'].includes(name),
});

/** The test files that the arguments select: what only unit tests need is not started. */
function selectedFiles(args: readonly string[]): readonly string[] {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const patterns = args.slice(0, firstOption === -1 ? args.length : firstOption).map((pattern) => new RegExp(pattern, 'i'));
  return testFiles.filter((file) => patterns.length === 0 || patterns.some((pattern) => pattern.test(path.join(checkout, file))));
}

async function runFastTier(args: readonly string[], selected: readonly string[]): Promise<readonly Counts[]> {
  if (!selected.some(callsStripe)) return [await runTier('fast', args)];
  const judging = await prepareStripeJudging((line) => console.error(line), interrupted.signal);
  try {
    const fast = await runTier('fast', args);
    const isComplete = args.every((arg) => !arg.startsWith('-')) && testFiles.filter(callsStripe).every((file) => selected.includes(file));
    if (!isComplete && !judging.hasCalls()) return [fast];
    await judging.begin(isComplete);
    return [fast, await runTier('judge', [])];
  } finally {
    await judging.stop();
  }
}

async function runTests(args: readonly string[]): Promise<Counts> {
  const selected = selectedFiles(args);
  const suffixes = new Set(selected.map((file) => /\.(\w+)\.test\.ts$/.exec(file)?.[1] ?? ''));
  const counts: Counts[] = [];
  await endAbandonedRuns(true);
  if (['unit', 'int', 'contract'].some((suffix) => suffixes.has(suffix))) {
    const components = suffixes.has('int') ? await startSharedComponents((line) => console.error(line), interrupted.signal) : undefined;
    try {
      counts.push(...(await runFastTier(args, selected)));
    } finally {
      await components?.stop();
    }
  }
  if (suffixes.has('e2e')) {
    let failed = true;
    try {
      const e2e = await runTier('e2e', args);
      counts.push(e2e);
      failed = e2e.failed > 0;
    } finally {
      await endAbandonedRuns(!failed);
    }
    if (failed) console.error('the logs of the stacks are below .test/ until the next run');
  }
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
  };
}

try {
  // A live key that lies in the environment would reach whatever a test starts.
  givenStripeAccount(process.env);
  const { passed, failed } = await runTests(process.argv.slice(2));
  if (passed + failed === 0) console.error('no test matches');
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
} catch (error) {
  const isForUser = error instanceof StripeAccountError;
  console.error(error instanceof Error && !isForUser ? (error.stack ?? error.message) : String(error));
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
