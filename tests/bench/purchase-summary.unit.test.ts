import { expect, test } from '@jest/globals';
import { readPurchaseOptions } from './purchase-options.ts';
import { alignedTable, perPurchase, reportRun, runTable, summarize, type MeasuredRun } from './purchase-summary.ts';
import { percentile, rounded, spreadOf } from './statistics.ts';

const measured = (changes: Partial<MeasuredRun> = {}): MeasuredRun => ({
  sandbox: 'instant',
  clients: 32,
  purchases: 500,
  failures: {},
  seconds: 10,
  settlingSeconds: 2,
  placedMs: [10, 20, 30],
  arrivalMs: [40, 50, 60],
  cpuSeconds: { checkout: 0.5, 'postgres checkout': 0.25, 'stripe-sandbox': 1, 'load-generator': 3, 'identity-provider': 7 },
  idleCpuSecondsPerSecond: { checkout: 0.02, 'postgres checkout': 0.005, 'load-generator': 1 },
  transactions: { checkout: 1_500, catalog: 500, timeline: 0 },
  walBytes: 1_000_000,
  referenceMs: 20.4,
  othersShare: 0.123,
  ...changes,
});

test('a percentile is the nearest rank, of unsorted values too', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile(hundred, 1)).toBe(100);
  expect(percentile([7], 0.01)).toBe(7);
  expect(percentile([], 0.5)).toBeNull();
  expect(spreadOf([1.04, 3.06, 2])).toEqual({ p50: 2, p99: 3.1 });
  expect(rounded(null, 1)).toBeNull();
});

test('what a purchase costs is what Vitrine uses: the sandbox is told apart, who measures is never in it', () => {
  expect(reportRun(measured())).toMatchObject({
    purchasesPerSecond: 50,
    tapToPlacedMs: { p50: 20, p99: 30 },
    tapToSellerListMs: { p50: 50, p99: 60 },
    cpuSecondsPer1000: 1.5,
    cpuSecondsPer1000WithSandbox: 3.5,
    // 12 s of 0.025 each.
    cpuSecondsPer1000AboveIdle: 0.9,
    cpuSecondsPer1000ByProcess: {
      checkout: 1,
      'postgres checkout': 0.5,
      'stripe-sandbox': 2,
      'load-generator': 6,
      'identity-provider': 14,
    },
    transactionsPerPurchase: { checkout: 3, catalog: 1 },
    walBytesPerPurchase: 2_000,
    referenceMs: 20,
    othersShare: 0.12,
  });
});

test('a run without a purchase has no cost', () => {
  const report = reportRun(measured({ purchases: 0, placedMs: [], arrivalMs: [] }));
  expect(report).toMatchObject({ cpuSecondsPer1000: null, walBytesPerPurchase: null, tapToPlacedMs: { p50: null, p99: null } });
  expect(summarize([report], 0).passed).toBe(false);
});

test('the summary has the cost by concurrency, for each pace of the sandbox, and the lowest of repeated runs', () => {
  const summary = summarize(
    [
      reportRun(measured({ clients: 1 })),
      reportRun(measured({ purchases: 100 })),
      reportRun(measured()),
      reportRun(measured({ sandbox: 'slow', purchases: 250 })),
    ],
    0,
  );
  expect(summary).toMatchObject({
    benchmark: 'purchase',
    passed: true,
    target: { clients: 32, atMost: 5, met: true },
    cpuSecondsPer1000: { 1: 1.5, 32: 1.5 },
    cpuSecondsPer1000WithSandbox: { 1: 3.5, 32: 3.5 },
    slowSandboxCpuSecondsPer1000: { 32: 3 },
    slowSandboxCpuSecondsPer1000WithSandbox: { 32: 7 },
  });
  expect(summary.runs).toHaveLength(4);
});

test('the target is met, missed, or not measured', () => {
  const met = (changes: Partial<MeasuredRun>) => summarize([reportRun(measured(changes))], 0).target.met;
  expect(met({ cpuSeconds: { checkout: 2.5 } })).toBe(true);
  expect(met({ cpuSeconds: { checkout: 2.51 } })).toBe(false);
  expect(met({ clients: 8 })).toBeNull();
  expect(met({ sandbox: 'slow' })).toBeNull();
});

test('one purchase that fails is enough to fail, in a run or outside', () => {
  expect(summarize([reportRun(measured({ failures: { OutOfStockError: 1 } }))], 0).passed).toBe(false);
  expect(summarize([reportRun(measured())], 1).passed).toBe(false);
});

test('counts are shared out among the purchases, the largest first, without what is nothing', () => {
  expect(Object.entries(perPurchase({ a: 1, b: 200, c: 100 }, 1_000))).toEqual([
    ['b', 0.2],
    ['c', 0.1],
  ]);
});

test('the table has a column for each run, and is aligned', () => {
  const lines = runTable([reportRun(measured()), reportRun(measured({ sandbox: 'slow', failures: { HTTP: 2 } }))]).split('\n');
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  expect(lines[0]).toMatch(/ instant 32 +slow 32$/);
  expect(lines.find((line) => line.startsWith('failures'))).toMatch(/ 0 +2$/);
  expect(
    alignedTable([
      ['a', 'bb'],
      ['ccc', 'd'],
    ]),
  ).toBe('a    bb\nccc   d');
});

test('options are read, and a wrong one is named', () => {
  expect(readPurchaseOptions([])).toEqual({
    clients: [1, 8, 32, 128],
    paces: ['instant', 'slow'],
    purchases: null,
    seconds: 10,
    repeat: 1,
    profiled: [],
    json: false,
    out: undefined,
  });
  expect(readPurchaseOptions(['--clients', '4', '--sandbox', 'slow', '--purchases', '9', '--profile', 'checkout', '--json'])).toMatchObject(
    {
      clients: [4],
      paces: ['slow'],
      purchases: 9,
      profiled: ['checkout'],
      json: true,
    },
  );
  expect(() => readPurchaseOptions(['--clients', '0'])).toThrow('--clients');
  expect(() => readPurchaseOptions(['--sandbox', 'fast'])).toThrow('--sandbox');
  expect(() => readPurchaseOptions(['--profile', 'kafka'])).toThrow('--profile');
});
