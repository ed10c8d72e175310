/**
 * `npm run test:attacks -- schemathesis [--cases N] [--seed S]`: requests that are made up from the schemas; or `-- resources
 * [--rounds N] [--operations N]`: the resource attacks of `npm test`, for longer. Exits with 0 only when nothing got through; the last
 * line is a JSON summary.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { onTermination } from '@vitrine/local/termination';
import { endAbandonedRuns, startSharedComponents } from '../support/stack.ts';
import { runSchemathesis } from './schemathesis.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '50' },
    operations: { type: 'string', default: '100000' },
  },
});

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name} must be a whole number from ${least}`);
  return value;
}

const [suite = '', ...others] = positionals;
if ((suite !== 'schemathesis' && suite !== 'resources') || others.length > 0) throw new Error('name one suite: schemathesis or resources');
const write = (line: string): void => console.error(line);
const interrupted = new AbortController();
onTermination((why) => interrupted.abort(new Error(`ended: ${why}`)));

async function attackSchemas(): Promise<boolean> {
  const cases = wholeNumber('cases', values.cases, 1);
  const seed = wholeNumber('seed', values.seed, 0);
  await endAbandonedRuns(true);
  const components = await startSharedComponents(write, interrupted.signal);
  try {
    const result = await runSchemathesis({ cases, seed, write, signal: interrupted.signal });
    for (const fault of result.faults.slice(0, 20)) write(fault);
    const { faults, ...counts } = result;
    const isEnough = result.cases >= cases;
    if (!isEnough) write(`only ${result.cases} of ${cases} cases were made`);
    console.log(JSON.stringify({ suite, seed, ...counts, faults: faults.length }));
    return isEnough && faults.length === 0;
  } finally {
    await components.stop();
  }
}

async function attackResources(): Promise<boolean> {
  const rounds = wholeNumber('rounds', values.rounds, 1);
  const operations = wholeNumber('operations', values.operations, 1);
  const run = path.resolve(import.meta.dirname, '../run.ts');
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', run, 'attacks/resources'], {
    env: { ...process.env, ATTACK_ROUNDS: String(rounds), ATTACK_OPERATIONS: String(operations) },
    stdio: ['ignore', 'inherit', 'inherit'],
    signal: interrupted.signal,
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  console.log(JSON.stringify({ suite, rounds, operations, passed: code === 0 }));
  return code === 0;
}

try {
  const passed = suite === 'schemathesis' ? await attackSchemas() : await attackResources();
  process.exitCode = passed ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}
