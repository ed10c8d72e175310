/**
 * Measures the purchase from the tap to the seller's list on the real stack, and what it costs in processor time. See README.md for
 * what is measured, what is not, and what was tried.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { databaseName } from '@vitrine/local/databases';
import { testRoot } from '../support/stack.ts';
import { readDatabases } from './database-accounting.ts';
import { readMachineSeconds, shareOfOthers } from './process-accounting.ts';
import { createBuying, type LoadLimits } from './purchase-load.ts';
import { observePurchases, type Observation } from './purchase-observation.ts';
import { readPurchaseOptions, type PurchaseOptions, type SandboxPace } from './purchase-options.ts';
import { createRest, leftQueries } from './purchase-settled.ts';
import { openMarketForBuyers } from './purchase-shops.ts';
import { startMeasuredStack, type MeasuredStack } from './purchase-stack.ts';
import { reportRun, runTable, summarize, type MeasuredRun, type ReportedRun, type Summary } from './purchase-summary.ts';
import { watchSellerLists } from './seller-list-watch.ts';
import { openAccounts } from './stack-accounts.ts';
import { referenceWorkMs } from './reference-work.ts';
import { rounded } from './statistics.ts';

const latencies: Readonly<Record<SandboxPace, object>> = {
  instant: { meanMs: 0 },
  slow: { meanMs: 150, jitterMs: 50 },
};
/** V8 and the JVM compile what they find to be hot. */
const warmUp: LoadLimits = { clients: 32, purchases: 3_000, seconds: 30 };
const observed: LoadLimits = { clients: 32, purchases: 500, seconds: 20 };
const idleSeconds = 5;
const settleTimeoutMs = 120_000;

/** @param args of the command line @throws Error when nothing could be measured */
export async function benchPurchase(args: readonly string[], signal: AbortSignal): Promise<boolean> {
  const options = readPurchaseOptions(args);
  const startedAt = performance.now();
  const write = (line: string): void => console.error(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
  const file = path.resolve(options.out ?? path.join(testRoot, 'bench-purchase.json'));
  mkdirSync(path.dirname(file), { recursive: true });
  const measured = await startMeasuredStack({ profiled: options.profiled, write, signal });
  let keep = true;
  try {
    const { summary, observation, idle } = await measure(measured, options, { write, signal, folder: path.dirname(file) });
    const machine = { processors: os.availableParallelism(), model: os.cpus()[0]?.model ?? null, node: process.version };
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    const report = { ...summary, observed: observation, idleCpuSecondsPerSecond: idle, machine, seconds };
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
    const table = describe(summary, observation);
    if (options.json) {
      console.error(table);
      await new Promise((resolve) => process.stdout.write(`${JSON.stringify(report)}\n`, resolve));
    } else await new Promise((resolve) => process.stdout.write(`${table}\n${file}\n`, resolve));
    keep = !summary.passed;
    return summary.passed;
  } finally {
    await measured.stop(keep);
  }
}

type Surroundings = {
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
  /** For profiles. */
  readonly folder: string;
};

type Measurements = {
  readonly summary: Summary;
  readonly observation: Observation;
  /** What the stack uses when nobody buys, by process. */
  readonly idle: Readonly<Record<string, number>>;
};

async function measure(measured: MeasuredStack, options: PurchaseOptions, { write, signal, folder }: Surroundings): Promise<Measurements> {
  const { state, pids } = measured.stack;
  write('buyers come in');
  const buying = createBuying(state.gatewayUrl, await openMarketForBuyers(state));
  const admin = await measured.connect();
  const projection = await measured.connect(databaseName('seller-eligibility'));
  const rest = await createRest((service) => measured.connect(databaseName(service)), state.stripe.apiBase);
  const setPace = async (pace: SandboxPace): Promise<void> => {
    const body = JSON.stringify(latencies[pace]);
    const answer = await fetch(`${state.stripe.apiBase}/_sandbox/latency`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (!answer.ok) throw new Error(`the sandbox's latency cannot be set: ${answer.status}`);
  };

  let idle: Readonly<Record<string, number>> = {};
  const run = async (sandbox: SandboxPace, limits: LoadLimits): Promise<MeasuredRun> => {
    const referenceBefore = referenceWorkMs();
    const databasesBefore = await readDatabases(admin);
    const watch = watchSellerLists(projection);
    const machineBefore = readMachineSeconds();
    const accounts = openAccounts(pids(), measured.ownBackends);
    const load = await buying.run(limits, watch.expect, signal);
    const answeredAt = performance.now();
    await watch.untilComplete(settleTimeoutMs, signal);
    await watch.stop();
    const looks = await rest.untilSettled(settleTimeoutMs, signal);
    const cpuSeconds = accounts.close();
    const machineAfter = readMachineSeconds();
    const settlingSeconds = (performance.now() - answeredAt) / 1_000;
    // Sessions of PostgreSQL report what they did up to a second later.
    await wait(1_100);
    const databases = await readDatabases(admin);
    return {
      sandbox,
      clients: limits.clients,
      purchases: load.placed.size,
      failures: load.failures,
      seconds: load.seconds,
      settlingSeconds,
      placedMs: load.answerMs,
      arrivalMs: watch.arrivalMs,
      cpuSeconds,
      idleCpuSecondsPerSecond: idle,
      transactions: without(difference(databases.transactions, databasesBefore.transactions), {
        ...Object.fromEntries(Object.keys(leftQueries).map((service) => [service, looks])),
        'seller-eligibility': looks + watch.looks(),
      }),
      walBytes: databases.walBytes - databasesBefore.walBytes,
      othersShare: shareOfOthers(
        machineBefore,
        machineAfter,
        Object.values(cpuSeconds).reduce((sum, seconds) => sum + seconds, 0),
      ),
      referenceMs: (referenceBefore + referenceWorkMs()) / 2,
    };
  };

  write('warming up');
  let otherFailures = 0;
  const countFailures = ({ failures }: MeasuredRun): void => {
    for (const [failure, count] of Object.entries(failures)) {
      otherFailures += count;
      write(`failed: ${failure} × ${count}`);
    }
  };
  countFailures(await run('instant', warmUp));
  const idleAccounts = openAccounts(pids(), measured.ownBackends);
  await wait(idleSeconds * 1_000, undefined, { signal });
  idle = Object.fromEntries(Object.entries(idleAccounts.close()).map(([name, seconds]) => [name, rounded(seconds / idleSeconds, 3)]));

  const runs: ReportedRun[] = [];
  for (const pace of options.paces) {
    await setPace(pace);
    for (const clients of options.clients.flatMap((count) => Array<number>(options.repeat).fill(count))) {
      const report = reportRun(await run(pace, { clients, purchases: options.purchases, seconds: options.seconds }));
      const { purchasesPerSecond, cpuSecondsPer1000, failures, referenceMs, othersShare } = report;
      const slowness = `reference work ${referenceMs} ms, others had ${Math.round(100 * othersShare)} %`;
      write(
        `${pace} ${clients}: ${purchasesPerSecond}/s, ${cpuSecondsPer1000} CPU-s per 1,000, ${slowness}, failed ${JSON.stringify(failures)}`,
      );
      runs.push(report);
    }
  }
  await setPace('instant');
  write('counting what happens in a purchase');
  const observation = await observePurchases(measured, admin, folder, async () => {
    const counted = await run('instant', observed);
    countFailures(counted);
    return counted;
  });
  await buying.close();
  return { summary: summarize(runs, otherFailures), observation, idle };
}

/** What the benchmark did itself is nobody's. */
const without = (counts: Readonly<Record<string, number>>, own: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, Math.max(value - (own[name] ?? 0), 0)]));

function difference(after: Readonly<Record<string, number>>, before: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
}

function describe({ target, cpuSecondsPer1000, runs }: Summary, observation: Observation): string {
  const reached = cpuSecondsPer1000[String(target.clients)];
  const verdict = target.met === null ? 'not measured' : `${reached}, ${target.met ? 'met' : 'missed'}`;
  return [
    runTable(runs),
    '',
    `in a purchase, on average of ${observation.purchases}: ${JSON.stringify(observation.perPurchase)}`,
    `  statements   ${JSON.stringify(observation.statementsPerPurchase)}`,
    ...Object.entries(observation.roundTripsPerPurchase).map(([name, trips]) => `  round trips  ${name} ${JSON.stringify(trips)}`),
    ...Object.entries(observation.requestsPerPurchase).map(([name, requests]) => `  requests     ${name} ${JSON.stringify(requests)}`),
    ...observation.statements
      .slice(0, 12)
      .map(
        ({ service, calls, milliseconds, walBytes, pages, text }) =>
          `  statement    ${service} × ${calls}, ${milliseconds} ms, ${walBytes} B of log, ${pages} pages: ${text.slice(0, 80)}`,
      ),
    ...Object.entries(observation.profiles).flatMap(([name, reading]) =>
      Object.entries(reading).flatMap(([kind, shares]) => [
        `  profile of ${name}, ${kind}`,
        ...shares.map(({ place, share }) => `    ${(100 * share).toFixed(1).padStart(5)} %  ${place}`),
      ]),
    ),
    '',
    `target: at most ${target.atMost} CPU-s per 1,000 purchases at ${target.clients} clients: ${verdict}`,
  ].join('\n');
}
