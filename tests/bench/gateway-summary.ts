/** What the gateway benchmark reports, made from what was measured: results, ratios, targets and the table. */
import type { GatewayName } from './gateway-contestants.ts';
import { operationNames, type OperationName } from './gateway-operations.ts';
import { alignedTable } from './purchase-summary.ts';
import { rounded, spreadOf, type Spread } from './statistics.ts';

/** One load, as it was measured. */
export type MeasuredLoad = {
  readonly gateway: GatewayName;
  readonly operation: OperationName;
  /** From 1. */
  readonly round: number;
  readonly answerMs: readonly number[];
  readonly failures: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Of the gateway's process with all its descendants. */
  readonly cpuSeconds: number;
  /** Of PostgreSQL and Redis together. */
  readonly storesCpuSeconds: number;
  /** Resident, of the whole tree, after the load. */
  readonly memoryBytes: number;
  /** What the stand-in was asked, by subgraph. */
  readonly subgraphRequests: Readonly<Record<string, number>>;
  /** What of it the stand-in had to work out. */
  readonly executedRequests: number;
  /** Of `referenceWorkMs`, right before and after, the mean. */
  readonly referenceMs: number;
  /** 0 to 1. */
  readonly othersShare: number;
};

export type ReportedLoad = Spread & {
  readonly gateway: GatewayName;
  readonly operation: OperationName;
  readonly round: number;
  readonly requests: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly cpuMsPerRequest: number | null;
  readonly storesCpuMsPerRequest: number | null;
  readonly rps: number;
  readonly memory: number;
  readonly subgraphRequestsPerRequest: Readonly<Record<string, number>>;
  readonly executedRequests: number;
  readonly referenceMs: number;
  readonly othersShare: number;
};

/** One gateway and one operation: of several rounds the best, and the most memory. */
export type Result = {
  readonly gateway: GatewayName;
  readonly operation: OperationName;
  /** Processor time of the gateway's process tree, in milliseconds. */
  readonly cpuMsPerRequest: number | null;
  /** The same of PostgreSQL and Redis, which only Vitrine's gateway has beside it. */
  readonly storesCpuMsPerRequest: number | null;
  /** Answers a second. */
  readonly rps: number;
  /** Milliseconds. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** Resident memory of the process tree, in MiB. */
  readonly memory: number;
  /** Requests to subgraphs for one of a client. */
  readonly subgraphRequestsPerRequest: Readonly<Record<string, number>>;
  /** Answers that do not count, in all rounds. */
  readonly failures: Readonly<Record<string, number>>;
};

export type TargetResult = {
  readonly name: string;
  readonly unit: string;
  readonly atMost: number;
  /** Null when it was not measured. */
  readonly reached: number | null;
  /** What was not measured does not hold. */
  readonly met: boolean;
};

const mebibyte = 1_048_576;

export function reportLoad(load: MeasuredLoad): ReportedLoad {
  const requests = load.answerMs.length;
  const each = (seconds: number): number | null => (requests === 0 ? null : rounded((seconds * 1_000) / requests, 4));
  return {
    gateway: load.gateway,
    operation: load.operation,
    round: load.round,
    requests,
    failures: load.failures,
    cpuMsPerRequest: each(load.cpuSeconds),
    storesCpuMsPerRequest: each(load.storesCpuSeconds),
    rps: rounded(requests / load.seconds, 0),
    ...spreadOf(load.answerMs),
    memory: rounded(load.memoryBytes / mebibyte, 0),
    subgraphRequestsPerRequest: Object.fromEntries(
      Object.entries(load.subgraphRequests)
        .map(([name, count]) => [name, rounded(count / Math.max(requests, 1), 2)] as const)
        .filter(([, count]) => count > 0),
    ),
    executedRequests: load.executedRequests,
    referenceMs: rounded(load.referenceMs, 0),
    othersShare: rounded(load.othersShare, 2),
  };
}

/** Other work on the machine can only add to what a request costs, so the round in which it cost least counts. */
export function resultsOf(loads: readonly ReportedLoad[]): Result[] {
  const groups = Map.groupBy(loads, ({ gateway, operation }) => `${operation} ${gateway}`);
  return [...groups.values()].flatMap((rounds) => {
    const [first] = rounds;
    if (first === undefined) return [];
    const best = rounds.reduce(
      (least, load) => ((load.cpuMsPerRequest ?? Infinity) < (least.cpuMsPerRequest ?? Infinity) ? load : least),
      first,
    );
    const { gateway, operation, cpuMsPerRequest, storesCpuMsPerRequest, subgraphRequestsPerRequest } = best;
    return [
      {
        gateway,
        operation,
        cpuMsPerRequest,
        storesCpuMsPerRequest,
        rps: Math.max(...rounds.map(({ rps }) => rps)),
        p50: least(rounds.map(({ p50 }) => p50)),
        p99: least(rounds.map(({ p99 }) => p99)),
        memory: Math.max(...rounds.map(({ memory }) => memory)),
        subgraphRequestsPerRequest,
        failures: sumOf(rounds.map(({ failures }) => failures)),
      },
    ];
  });
}

function least(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const each of counts) for (const [name, count] of Object.entries(each)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

type CpuTarget = { readonly gateway: GatewayName; readonly of: GatewayName; readonly operation: OperationName; readonly atMost: number };

/** Of the processor time of one request. */
export const cpuTargets: readonly CpuTarget[] = [
  { gateway: 'vitrine', of: 'executor', operation: 'timeline', atMost: 0.35 },
  { gateway: 'vitrine', of: 'apollo-server', operation: 'timeline', atMost: 0.125 },
  { gateway: 'vitrine', of: 'executor', operation: 'read', atMost: 0.4 },
  { gateway: 'vitrine', of: 'executor', operation: 'mutation', atMost: 0.4 },
  { gateway: 'vitrine-checked', of: 'vitrine', operation: 'timeline', atMost: 1.6 },
  { gateway: 'vitrine-checked', of: 'vitrine', operation: 'read', atMost: 1.6 },
  { gateway: 'vitrine-checked', of: 'vitrine', operation: 'mutation', atMost: 1.6 },
];

/** Milliseconds from the start of the process to the first 200 of `/readyz`. */
export const readyTargetMs = 2_000;
/** How much a gateway may grow while it refuses the last 80,000 of 100,000 operations, in MiB; less than 100 bytes each is no leak. */
export const growthTargets = { heap: 8, memory: 32 } as const;

/** In MiB. */
export type RefusalMemory = {
  readonly refused: readonly { readonly operations: number; readonly heap: number; readonly memory: number }[];
  readonly growth: { readonly heap: number; readonly memory: number };
};

export type Measured = {
  readonly loads: readonly ReportedLoad[];
  /** Starts of Vitrine's gateway. */
  readonly readyMs: readonly number[];
  readonly refusals: RefusalMemory | null;
  /** Answers that were wrong outside the loads, in words. */
  readonly wrongAnswers: readonly string[];
};

export type Ratio = {
  readonly operation: OperationName;
  readonly gateway: GatewayName;
  readonly toExecutor: number;
  readonly toVitrine: number;
};

export type GatewaySummary = {
  readonly benchmark: 'gateway';
  /** Every answer was right, and every target holds. */
  readonly passed: boolean;
  readonly results: readonly Result[];
  /** Of the processor time of a request. */
  readonly ratios: readonly Partial<Ratio>[];
  readonly targets: readonly TargetResult[];
  readonly readyMs: readonly number[];
  readonly refusals: RefusalMemory | null;
  readonly wrongAnswers: readonly string[];
  readonly runs: readonly ReportedLoad[];
};

export function summarizeGateways({ loads, readyMs, refusals, wrongAnswers }: Measured): GatewaySummary {
  const results = resultsOf(loads);
  const cpuOf = (gateway: GatewayName, operation: OperationName): number | null =>
    results.find((result) => result.gateway === gateway && result.operation === operation)?.cpuMsPerRequest ?? null;
  const ratio = (gateway: GatewayName, of: GatewayName, operation: OperationName): number | null => {
    const [cost, whole] = [cpuOf(gateway, operation), cpuOf(of, operation)];
    return cost === null || whole === null || whole === 0 ? null : rounded(cost / whole, 3);
  };
  const target = (name: string, unit: string, atMost: number, reached: number | null): TargetResult => ({
    name,
    unit,
    atMost,
    reached,
    met: reached !== null && reached <= atMost,
  });
  const targets = [
    ...cpuTargets.map(({ gateway, of, operation, atMost }) =>
      target(`${operation}: ${gateway} of ${of}`, '× CPU', atMost, ratio(gateway, of, operation)),
    ),
    target('start to ready', 'ms', readyTargetMs, readyMs.length === 0 ? null : rounded(Math.min(...readyMs), 0)),
    target('growth of the heap over refused operations', 'MiB', growthTargets.heap, refusals?.growth.heap ?? null),
    target('growth of resident memory over refused operations', 'MiB', growthTargets.memory, refusals?.growth.memory ?? null),
  ];
  const allRight = results.every(({ cpuMsPerRequest, failures }) => cpuMsPerRequest !== null && Object.keys(failures).length === 0);
  return {
    benchmark: 'gateway',
    passed: allRight && wrongAnswers.length === 0 && targets.every(({ met }) => met),
    results,
    ratios: results.map(({ gateway, operation }) => ({
      operation,
      gateway,
      toExecutor: ratio(gateway, 'executor', operation) ?? undefined,
      toVitrine: ratio(gateway, 'vitrine', operation) ?? undefined,
    })),
    targets,
    readyMs: readyMs.map((ms) => rounded(ms, 0)),
    refusals,
    wrongAnswers,
    runs: loads,
  };
}

/** A line for each operation and gateway, and one for each target. */
export function gatewayTable({ results, ratios, targets, wrongAnswers }: GatewaySummary): string {
  const shown = (value: number | null | undefined): string => String(value ?? '–');
  const rows = operationNames.flatMap((operation) =>
    results.flatMap((result, index) => {
      if (result.operation !== operation) return [];
      const failed = Object.values(result.failures).reduce((sum, count) => sum + count, 0);
      return [
        [
          `${operation}: ${result.gateway}`,
          shown(rounded(result.cpuMsPerRequest, 3)),
          shown(ratios[index]?.toExecutor),
          shown(ratios[index]?.toVitrine),
          shown(result.rps),
          shown(result.p50),
          shown(result.p99),
          shown(result.memory),
          shown(Object.values(result.subgraphRequestsPerRequest).length),
          shown(
            rounded(
              Object.values(result.subgraphRequestsPerRequest).reduce((sum, count) => sum + count, 0),
              2,
            ),
          ),
          shown(rounded(result.storesCpuMsPerRequest, 3)),
          shown(failed),
        ],
      ];
    }),
  );
  const head = [
    '',
    'CPU-ms',
    '× executor',
    '× vitrine',
    'rps',
    'p50 ms',
    'p99 ms',
    'MiB',
    'subgraphs',
    'fetches',
    'stores CPU-ms',
    'failed',
  ];
  return [
    ...(rows.length === 0 ? [] : [alignedTable([head, ...rows]), '']),
    alignedTable([
      ['target', 'at most', 'reached', ''],
      ...targets.map(({ name, unit, atMost, reached, met }) => [
        name,
        `${atMost} ${unit}`,
        shown(reached),
        met ? 'met' : reached === null ? 'not measured' : 'missed',
      ]),
    ]),
    ...wrongAnswers.map((answer) => `wrong: ${answer}`),
  ].join('\n');
}
