/** What the purchase benchmark reports, made from what was measured: the JSON object and the table. */
import type { SandboxPace } from './purchase-options.ts';
import { ownLabel } from './stack-accounts.ts';
import { rounded, spreadOf, type Spread } from './statistics.ts';

/** One load, as it was measured. */
export type MeasuredRun = {
  readonly sandbox: SandboxPace;
  readonly clients: number;
  readonly purchases: number;
  readonly failures: Readonly<Record<string, number>>;
  /** From the first tap to the last answer. */
  readonly seconds: number;
  /** From the last answer until everything had settled. */
  readonly settlingSeconds: number;
  readonly placedMs: readonly number[];
  readonly arrivalMs: readonly number[];
  /** By process, from the first tap until everything had settled. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** By process, what it uses in a second when nobody buys. */
  readonly idleCpuSecondsPerSecond: Readonly<Record<string, number>>;
  readonly transactions: Readonly<Record<string, number>>;
  readonly walBytes: number;
  /** Of `referenceWorkMs`, right before and after, the mean. */
  readonly referenceMs: number;
  /** 0 to 1. */
  readonly othersShare: number;
};

export type ReportedRun = {
  readonly sandbox: SandboxPace;
  readonly clients: number;
  readonly purchases: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly settlingSeconds: number;
  readonly purchasesPerSecond: number;
  readonly tapToPlacedMs: Spread;
  readonly tapToSellerListMs: Spread;
  readonly cpuSecondsPer1000: number | null;
  readonly cpuSecondsPer1000WithSandbox: number | null;
  /** Without what the same processes use in that time when nobody buys. */
  readonly cpuSecondsPer1000AboveIdle: number | null;
  readonly cpuSecondsPer1000ByProcess: Readonly<Record<string, number>>;
  readonly transactionsPerPurchase: Readonly<Record<string, number>>;
  readonly walBytesPerPurchase: number | null;
  /** Processor time of a fixed piece of work around the measurement: the more, the slower the machine was. */
  readonly referenceMs: number;
  /** What part of the machine's processor time went to other work, 0 to 1: the more, the less is the cost of a purchase to be trusted. */
  readonly othersShare: number;
};

/** What Vitrine would not run in production, or what only measures. */
const notCounted: ReadonlySet<string> = new Set(['stripe-sandbox', 'identity-provider', ownLabel]);

export const target = { clients: 32, atMost: 5 } as const;

export function reportRun(run: MeasuredRun): ReportedRun {
  const { sandbox, clients, purchases, failures, cpuSeconds } = run;
  const per1000 = (seconds: number): number | null => (purchases === 0 ? null : rounded((seconds * 1_000) / purchases, 2));
  const sum = (counts: (name: string) => boolean, of = cpuSeconds): number =>
    Object.entries(of).reduce((total, [name, seconds]) => total + (counts(name) ? seconds : 0), 0);
  const counted = (name: string): boolean => !notCounted.has(name);
  const idleSeconds = sum(counted, run.idleCpuSecondsPerSecond) * (run.seconds + run.settlingSeconds);
  return {
    sandbox,
    clients,
    purchases,
    failures,
    seconds: rounded(run.seconds, 1),
    settlingSeconds: rounded(run.settlingSeconds, 1),
    purchasesPerSecond: rounded(purchases / run.seconds, 1),
    tapToPlacedMs: spreadOf(run.placedMs),
    tapToSellerListMs: spreadOf(run.arrivalMs),
    cpuSecondsPer1000: per1000(sum(counted)),
    cpuSecondsPer1000WithSandbox: per1000(sum((name) => counted(name) || name === 'stripe-sandbox')),
    cpuSecondsPer1000AboveIdle: per1000(Math.max(sum(counted) - idleSeconds, 0)),
    cpuSecondsPer1000ByProcess: Object.fromEntries(
      Object.entries(cpuSeconds)
        .toSorted(([, a], [, b]) => b - a)
        .map(([name, seconds]) => [name, per1000(seconds) ?? 0]),
    ),
    transactionsPerPurchase: perPurchase(run.transactions, purchases),
    walBytesPerPurchase: purchases === 0 ? null : Math.round(run.walBytes / purchases),
    referenceMs: rounded(run.referenceMs, 0),
    othersShare: rounded(run.othersShare, 2),
  };
}

/** Counts divided by purchases, to a hundredth, the largest first; without those that are less. */
export function perPurchase(counts: Readonly<Record<string, number>>, purchases: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts)
      .map(([name, count]) => [name, rounded(count / Math.max(purchases, 1), 2)] as const)
      .filter(([, share]) => share > 0)
      .toSorted(([, a], [, b]) => b - a),
  );
}

/** By number of clients; of repeated measurements the lowest, since other work on the machine can only add. */
type ByClients = Readonly<Record<string, number | null>>;

export type Summary = {
  readonly benchmark: 'purchase';
  readonly passed: boolean;
  /** `met` is null when this number of clients was not measured. */
  readonly target: { readonly clients: number; readonly atMost: number; readonly met: boolean | null };
  readonly cpuSecondsPer1000: ByClients;
  readonly cpuSecondsPer1000WithSandbox: ByClients;
  readonly cpuSecondsPer1000AboveIdle: ByClients;
  readonly slowSandboxCpuSecondsPer1000: ByClients;
  readonly slowSandboxCpuSecondsPer1000WithSandbox: ByClients;
  readonly runs: readonly ReportedRun[];
};

/** @param otherFailures purchases that failed outside the runs */
export function summarize(runs: readonly ReportedRun[], otherFailures: number): Summary {
  const byClients = (sandbox: SandboxPace, of: (run: ReportedRun) => number | null): ByClients =>
    Object.fromEntries(
      [...Map.groupBy(runs, (run) => (run.sandbox === sandbox ? String(run.clients) : ''))].flatMap(([clients, same]) => {
        if (clients === '') return [];
        const values = same.flatMap((run) => of(run) ?? []);
        return [[clients, values.length === 0 ? null : Math.min(...values)]];
      }),
    );
  const cpuSecondsPer1000 = byClients('instant', (run) => run.cpuSecondsPer1000);
  const reached = cpuSecondsPer1000[String(target.clients)] ?? null;
  const allSucceeded = runs.every(({ purchases, failures }) => purchases > 0 && Object.keys(failures).length === 0);
  return {
    benchmark: 'purchase',
    passed: allSucceeded && otherFailures === 0,
    target: { ...target, met: reached === null ? null : reached <= target.atMost },
    cpuSecondsPer1000,
    cpuSecondsPer1000WithSandbox: byClients('instant', (run) => run.cpuSecondsPer1000WithSandbox),
    cpuSecondsPer1000AboveIdle: byClients('instant', (run) => run.cpuSecondsPer1000AboveIdle),
    slowSandboxCpuSecondsPer1000: byClients('slow', (run) => run.cpuSecondsPer1000),
    slowSandboxCpuSecondsPer1000WithSandbox: byClients('slow', (run) => run.cpuSecondsPer1000WithSandbox),
    runs,
  };
}

/** The runs side by side, and below them the processor time by process. */
export function runTable(runs: readonly ReportedRun[]): string {
  const columns = runs.map((run) => `${run.sandbox} ${run.clients}`);
  const line = (name: string, of: (run: ReportedRun) => number | string | null): string[] => [
    name,
    ...runs.map((run) => String(of(run) ?? '–')),
  ];
  const processes = [...new Set(runs.flatMap((run) => Object.keys(run.cpuSecondsPer1000ByProcess)))];
  return alignedTable([
    ['', ...columns],
    line('purchases', (run) => run.purchases),
    line('failures', (run) => Object.values(run.failures).reduce((sum, count) => sum + count, 0)),
    line('purchases/s', (run) => run.purchasesPerSecond),
    line('tap → placed ms p50 / p99', ({ tapToPlacedMs: { p50, p99 } }) => `${p50} / ${p99}`),
    line('tap → seller’s list ms p50 / p99', ({ tapToSellerListMs: { p50, p99 } }) => `${p50} / ${p99}`),
    line('CPU-ms of the reference work', (run) => run.referenceMs),
    line('share of other work', (run) => run.othersShare),
    line('settling s', (run) => run.settlingSeconds),
    line('WAL bytes a purchase', (run) => run.walBytesPerPurchase),
    line('CPU-s per 1,000 purchases', (run) => run.cpuSecondsPer1000),
    line('  above what idle processes use', (run) => run.cpuSecondsPer1000AboveIdle),
    line('  with Stripe’s sandbox', (run) => run.cpuSecondsPer1000WithSandbox),
    ...processes.map((name) =>
      line(`  ${name}${notCounted.has(name) ? ' (not counted)' : ''}`, (run) => run.cpuSecondsPer1000ByProcess[name] ?? 0),
    ),
  ]);
}

/** The first column to the left, the others to the right. */
export function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '))
    .join('\n');
}
