/**
 * Measures what a gateway itself costs: Vitrine's, with its checks off and on, beside others, in one run and turn and turn about, with
 * the same operations, clients and stand-in for the subgraphs. See README.md for what is measured and how.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { testRoot } from '../support/stack.ts';
import { rivalNames, startContestant, type Contestant, type GatewayName } from './gateway-contestants.ts';
import { createLoadGenerator, type Expected, type LoadGenerator, type LoadLimits } from './gateway-load.ts';
import type { OperationName } from './gateway-operations.ts';
import { readGatewayOptions, type GatewayOptions } from './gateway-options.ts';
import { profileGateway, profileLines } from './gateway-profile.ts';
import { measureRefusals } from './gateway-refusals.ts';
import { installRivals } from './gateway-rivals.ts';
import { gatewayTable, reportLoad, summarizeGateways, type Measured, type MeasuredLoad, type ReportedLoad } from './gateway-summary.ts';
import { startSurroundings, type Surroundings } from './gateway-surroundings.ts';
import { readMachineSeconds, readProcessTable, residentBytesOf, secondsOf, shareOfOthers, treeOf } from './process-accounting.ts';
import { referenceWorkMs } from './reference-work.ts';

/** Long enough for V8 to have compiled what is hot. */
const warmUp: LoadLimits & { readonly requests: number } = { seconds: 10, requests: 1_500 };
const starts = 3;

type Writing = { readonly write: (line: string) => void; readonly signal: AbortSignal };

/** @param args of the command line @throws Error when nothing could be measured */
export async function benchGateway(args: readonly string[], signal: AbortSignal): Promise<boolean> {
  const options = readGatewayOptions(args);
  const startedAt = performance.now();
  const write = (line: string): void => console.error(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
  const file = path.resolve(options.out ?? path.join(testRoot, 'bench-gateway.json'));
  mkdirSync(path.dirname(file), { recursive: true });
  const around = await startSurroundings(write, signal);
  let keep = true;
  try {
    const writing = { write, signal };
    if (options.gateways.some((name) => rivalNames.has(name))) await installRivals(around, write, signal);
    const { loads, wrongAnswers } = await measureLoads(around, options, writing);
    const { readyMs, refusals } = options.memory ? await measureLife(around, writing) : { readyMs: [], refusals: null };
    const profiles: Partial<Record<GatewayName, Awaited<ReturnType<typeof profileGateway>>>> = {};
    for (const name of options.profiled) {
      write(`profile of ${name}`);
      profiles[name] = await profileGateway(name, options, { around, signal, folder: path.dirname(file) });
    }
    const summary = summarizeGateways({ loads, wrongAnswers, readyMs, refusals });
    const machine = { processors: os.availableParallelism(), model: os.cpus()[0]?.model ?? null, node: process.version };
    const { clients, seconds: secondsEach, rounds } = options;
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    const report = { ...summary, profiles, clients, secondsEach, rounds, machine, seconds };
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
    const lines = [
      gatewayTable(summary),
      ...Object.entries(profiles).flatMap(([name, readings]) => ['', ...profileLines(name as GatewayName, readings)]),
    ].join('\n');
    if (options.json) {
      console.error(lines);
      await new Promise((resolve) => process.stdout.write(`${JSON.stringify(report)}\n`, resolve));
    } else await new Promise((resolve) => process.stdout.write(`${lines}\n${file}\n`, resolve));
    keep = summary.wrongAnswers.length > 0 || summary.results.some(({ failures }) => Object.keys(failures).length > 0);
    return summary.passed;
  } finally {
    await around.stop(keep);
  }
}

type Running = {
  readonly contestant: Contestant;
  readonly generator: LoadGenerator;
  readonly expected: Map<OperationName, Expected>;
};

async function measureLoads(
  around: Surroundings,
  options: GatewayOptions,
  { write, signal }: Writing,
): Promise<Pick<Measured, 'loads' | 'wrongAnswers'>> {
  const { operations, clients, seconds, rounds } = options;
  const wrongAnswers: string[] = [];
  const loads: ReportedLoad[] = [];
  const running: Running[] = [];
  // What the first gateway answered, by operation and set of variables.
  const digests = new Map<OperationName, ReadonlyMap<number, string>>();
  try {
    for (const name of options.gateways) {
      const contestant = await startContestant(name, { around, clients, signal });
      const one: Running = { contestant, generator: createLoadGenerator(contestant.url, clients), expected: new Map() };
      running.push(one);
      write(`${name}: ready after ${Math.round(contestant.readyMs)} ms; warming up`);
      for (const operation of operations) {
        const found = await one.generator.look(await contestant.each(operation));
        one.expected.set(operation, found.expected);
        const first = digests.get(operation);
        if (first === undefined) digests.set(operation, found.digests);
        else {
          const different = [...found.digests].filter(([index, digest]) => first.get(index) !== digest).length;
          if (different > 0)
            wrongAnswers.push(`${name} answered ${different} of ${found.digests.size} requests of ${operation} differently`);
        }
        const traffic = await contestant.traffic(operation, warmUp);
        const load = await one.generator.run(traffic, found.expected, warmUp, signal);
        for (const [failure, count] of Object.entries(load.failures))
          wrongAnswers.push(`${name}, warming up for ${operation}: ${failure} × ${count}`);
      }
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const operation of operations) {
        for (const { contestant, generator, expected } of running) {
          const traffic = await contestant.traffic(operation, { seconds });
          const run = () => generator.run(traffic, expected.get(operation) ?? { lengths: new Map() }, { seconds }, signal);
          const load = reportLoad({ gateway: contestant.name, operation, round, ...(await account(around, contestant.pid, run)) });
          const { cpuMsPerRequest, rps, failures, referenceMs, othersShare } = load;
          const slowness = `reference work ${referenceMs} ms, others had ${Math.round(100 * othersShare)} %`;
          write(`${operation}, ${contestant.name}: ${cpuMsPerRequest} CPU-ms, ${rps}/s, ${slowness}, failed ${JSON.stringify(failures)}`);
          loads.push(load);
        }
      }
    }
    return { loads, wrongAnswers };
  } finally {
    for (const { contestant, generator } of running) {
      await generator.close();
      await contestant.stop();
    }
  }
}

/** What a load costs the gateway's process tree, and what the machine did meanwhile. */
async function account(
  around: Surroundings,
  pid: number,
  run: () => ReturnType<LoadGenerator['run']>,
): Promise<Omit<MeasuredLoad, 'gateway' | 'operation' | 'round'>> {
  const referenceBefore = referenceWorkMs();
  const countsBefore = await around.counts();
  const storesSeconds = (table: ReturnType<typeof readProcessTable>): number =>
    around.stores.reduce((sum, store) => sum + secondsOf(treeOf(table, store)), 0);
  const machineBefore = readMachineSeconds();
  const standInAndOwn = (table: ReturnType<typeof readProcessTable>): number => secondsOf(treeOf(table, process.pid));
  const before = readProcessTable();
  const load = await run();
  const after = readProcessTable();
  const machineAfter = readMachineSeconds();
  const countsAfter = await around.counts();
  const subgraphs = Object.keys(countsAfter.requests) as (keyof typeof countsAfter.requests)[];
  return {
    ...load,
    cpuSeconds: secondsOf(treeOf(after, pid)) - secondsOf(treeOf(before, pid)),
    storesCpuSeconds: storesSeconds(after) - storesSeconds(before),
    memoryBytes: residentBytesOf(treeOf(after, pid)),
    subgraphRequests: Object.fromEntries(subgraphs.map((name) => [name, countsAfter.requests[name] - countsBefore.requests[name]])),
    executedRequests: countsAfter.executed - countsBefore.executed,
    // Everything that is measured or measures is a child of this process.
    othersShare: shareOfOthers(machineBefore, machineAfter, standInAndOwn(after) - standInAndOwn(before)),
    referenceMs: (referenceBefore + referenceWorkMs()) / 2,
  };
}

/** How long a start takes, and whether memory stays as it is while operations are refused. */
async function measureLife(around: Surroundings, { write, signal }: Writing): Promise<Pick<Measured, 'readyMs' | 'refusals'>> {
  const readyMs: number[] = [];
  for (let start = 0; start < starts; start += 1) {
    const gateway = await startContestant('vitrine', { around, clients: 1, signal });
    await gateway.stop();
    readyMs.push(gateway.readyMs);
    write(`start to ready: ${Math.round(gateway.readyMs)} ms`);
  }
  const refusals = await measureRefusals(around, signal);
  for (const { operations, heap, memory } of refusals.refused)
    write(`${operations} refused operations: heap ${heap} MiB, memory ${memory} MiB`);
  return { readyMs, refusals };
}
