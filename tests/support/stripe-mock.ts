/**
 * stripe-mock, Stripe's own judge of requests, and the OpenAPI document that it carries: both from the Go module, the one built once
 * into the downloads of the checkout, the other read where Go keeps its modules.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { loopback } from '@vitrine/local/ports';
import { ensure, thisSystem } from '@vitrine/local/prerequisites';
import { baseEnvironment, runCommand, startProcess, untilReady } from '@vitrine/local/processes';
import { claimStackFolder, removeStackFolder, type ClaimedFolder } from '@vitrine/local/stack-folder';
import { withLock } from '@vitrine/local/state';
import { cache, testRoot, uniqueName } from './stack.ts';
import { callsFolderVariable } from './stripe-calls.ts';

const module = 'github.com/stripe/stripe-mock';
const version = 'v0.203.0';

/** How the judging test learns where both are. */
export const stripeMockVariable = 'TEST_STRIPE_MOCK';

/** `yes` when every suite that calls the sandbox was run, so that each listed difference must be met. */
export const completeRunVariable = 'TEST_STRIPE_SUITES_COMPLETE';

export type StripeMockFacts = {
  readonly url: string;
  /** Path of the OpenAPI document. */
  readonly specFile: string;
};

type Options = Pick<ClaimedFolder, 'folders' | 'ledger'> & {
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
};

/** @throws MissingPrerequisiteError without Go, NotReadyError when it cannot be built */
async function prepareStripeMock(options: Options): Promise<{ readonly binary: string; readonly specFile: string }> {
  const { folders, ledger, note, signal } = options;
  const logFile = path.join(folders.logs, 'install.log');
  const { go } = await ensure(['go'], { system: thisSystem(), cache: folders.cache, logFile, ledger, note, signal });
  const env = { ...baseEnvironment(), ...settingsOfGo() };
  const folder = path.join(folders.cache, `stripe-mock-${version}`);
  await withLock(
    `${folder}.lock`,
    async () => {
      if (existsSync(folder)) return;
      note(`stripe-mock: building ${version} (once)`);
      const temporary = `${folder}.new`;
      rmSync(temporary, { recursive: true, force: true });
      mkdirSync(temporary, { recursive: true });
      const build = { command: go, args: ['install', `${module}@${version}`], cwd: temporary, env: { ...env, GOBIN: temporary } };
      await runCommand({ name: 'go', ...build, logFile, ledger }, signal);
      renameSync(temporary, folder);
    },
    signal,
  );
  // Fetches nothing when the module is there; its folder is known to Go only.
  const { stdout } = await promisify(execFile)(go, ['mod', 'download', '-json', `${module}@${version}`], { cwd: folder, env, signal });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  return { binary: path.join(folder, 'stripe-mock'), specFile: path.join(Dir, 'embedded', 'openapi', 'spec3.json') };
}

async function startStripeMock(binary: string, options: Options): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const { folders, ledger, signal } = options;
  const logFile = path.join(folders.logs, 'stripe-mock.log');
  const running = await startProcess({
    name: 'stripe-mock',
    command: binary,
    // Takes a free port by itself: one that was found before could be taken until its large document is read.
    // Without one for HTTPS it takes its standard port, of which a machine has only one.
    args: ['-http-addr', `${loopback}:`, '-https-addr', `${loopback}:`],
    env: baseEnvironment(),
    logFile,
    ledger,
  });
  let address: string | undefined;
  const listens = async () => {
    address = /for HTTP at address: (\S+:\d+)/.exec(readFileSync(logFile, 'utf8'))?.[1];
    return address !== undefined;
  };
  await untilReady(running, listens, { timeoutMs: 60_000, signal });
  return { url: `http://${address ?? ''}`, stop: running.stop };
}

export type StripeJudging = {
  /** Whether a test called a sandbox. */
  readonly hasCalls: () => boolean;
  /** Starts stripe-mock as soon as it is built, and tells the processes that are started afterwards. */
  readonly begin: (isComplete: boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** Whether the calls of a test file, named from the checkout's root, are judged. */
export function callsStripe(file: string): boolean {
  return /^(infra\/stripe-sandbox|services\/payment-vault)\/tests\/.*\.int\.test\.ts$/.test(file);
}

/**
 * Has the test processes that are started afterwards record their calls, and builds stripe-mock meanwhile. All lies in a folder of
 * its own below `.test/` that `stop` removes.
 */
export async function prepareStripeJudging(note: (line: string) => void, signal: AbortSignal): Promise<StripeJudging> {
  const root = path.join(testRoot, uniqueName('judge'));
  const claimed = await claimStackFolder(root, cache);
  const callsFolder = path.join(claimed.folders.data, 'stripe-calls');
  mkdirSync(callsFolder, { recursive: true, mode: 0o700 });
  process.env[callsFolderVariable] = callsFolder;
  const cancel = new AbortController();
  const options = { ...claimed, note, signal: AbortSignal.any([signal, cancel.signal]) };
  const prepared = prepareStripeMock(options);
  // `begin` reports it, which may come a minute later.
  prepared.catch(() => {});
  let stopMock: (() => Promise<void>) | undefined;
  return {
    hasCalls: () => readdirSync(callsFolder).length > 0,
    begin: async (isComplete) => {
      const { binary, specFile } = await prepared;
      const mock = await startStripeMock(binary, options);
      stopMock = mock.stop;
      const facts: StripeMockFacts = { url: mock.url, specFile };
      process.env[stripeMockVariable] = JSON.stringify(facts);
      process.env[completeRunVariable] = isComplete ? 'yes' : 'no';
    },
    stop: async () => {
      cancel.abort(new Error('stripe-mock is not needed any more'));
      await prepared.catch(() => {});
      await stopMock?.();
      claimed.release();
      await removeStackFolder(root, cache);
    },
  };
}

/** Where modules come from and are kept is decided by whoever runs the tests. */
function settingsOfGo(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) =>
    /^(GO[A-Z]+|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy|SSL_CERT_(FILE|DIR))$/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}
