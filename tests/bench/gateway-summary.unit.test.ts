import { expect, test } from '@jest/globals';
import type { GatewayName } from './gateway-contestants.ts';
import type { OperationName } from './gateway-operations.ts';
import { cpuTargets, gatewayTable, reportLoad, resultsOf, summarizeGateways, type Measured, type MeasuredLoad } from './gateway-summary.ts';

const load = (changes: Partial<MeasuredLoad> = {}): MeasuredLoad => ({
  gateway: 'vitrine',
  operation: 'timeline',
  round: 1,
  answerMs: [10, 20, 30, 40],
  failures: {},
  seconds: 2,
  cpuSeconds: 0.002,
  storesCpuSeconds: 0.001,
  memoryBytes: 100 * 1_048_576,
  subgraphRequests: { timeline: 4, catalog: 4, checkout: 4, 'seller-eligibility': 8, 'payment-vault': 0 },
  executedRequests: 0,
  referenceMs: 20.4,
  othersShare: 0.123,
  ...changes,
});

/** One answer that costs so many milliseconds. */
const costing = (gateway: GatewayName, operation: OperationName, cpuMs: number): MeasuredLoad =>
  load({ gateway, operation, answerMs: [5], cpuSeconds: cpuMs / 1_000 });

const flat = { refused: [], growth: { heap: 0.5, memory: 3 } };
/** Every target is just met. */
const allMet: readonly MeasuredLoad[] = [
  costing('executor', 'timeline', 1),
  costing('executor', 'read', 1),
  costing('executor', 'mutation', 1),
  costing('apollo-server', 'timeline', 2.8),
  costing('vitrine', 'timeline', 0.35),
  costing('vitrine', 'read', 0.4),
  costing('vitrine', 'mutation', 0.4),
  costing('vitrine-checked', 'timeline', 0.56),
  costing('vitrine-checked', 'read', 0.64),
  costing('vitrine-checked', 'mutation', 0.64),
];
const summary = (loads: readonly MeasuredLoad[], changes: Partial<Measured> = {}) =>
  summarizeGateways({ loads: loads.map(reportLoad), readyMs: [2_500, 1_900], refusals: flat, wrongAnswers: [], ...changes });

test('what a request costs is what the process tree used, divided by the answers that count', () => {
  expect(reportLoad(load())).toEqual({
    gateway: 'vitrine',
    operation: 'timeline',
    round: 1,
    requests: 4,
    failures: {},
    cpuMsPerRequest: 0.5,
    storesCpuMsPerRequest: 0.25,
    rps: 2,
    p50: 20,
    p99: 40,
    memory: 100,
    subgraphRequestsPerRequest: { timeline: 1, catalog: 1, checkout: 1, 'seller-eligibility': 2 },
    executedRequests: 0,
    referenceMs: 20,
    othersShare: 0.12,
  });
});

test('of several rounds the cheapest counts, with all failures and the most memory', () => {
  const loads = [
    load({ memoryBytes: 300 * 1_048_576, failures: { 'HTTP 500': 1 } }),
    load({ round: 2, cpuSeconds: 0.001, answerMs: [5, 5, 5, 60], failures: { 'HTTP 500': 2 } }),
    load({ gateway: 'executor', cpuSeconds: 0.004 }),
  ];
  expect(resultsOf(loads.map(reportLoad))).toMatchObject([
    { gateway: 'vitrine', operation: 'timeline', cpuMsPerRequest: 0.25, p50: 5, p99: 40, memory: 300, failures: { 'HTTP 500': 3 } },
    { gateway: 'executor', operation: 'timeline', cpuMsPerRequest: 1 },
  ]);
});

test('the run passes when every target holds', () => {
  const { passed, targets, ratios } = summary(allMet);
  expect(targets.filter(({ met }) => !met)).toEqual([]);
  expect(passed).toBe(true);
  expect(ratios).toContainEqual({ operation: 'timeline', gateway: 'vitrine', toExecutor: 0.35, toVitrine: 1 });
  expect(ratios).toContainEqual({ operation: 'mutation', gateway: 'vitrine-checked', toExecutor: 0.64, toVitrine: 1.6 });
});

test.each(cpuTargets)('a gateway that costs more than the target allows fails the run: $gateway, $operation, of $of', (target) => {
  const loads = allMet.map((one) =>
    one.gateway === target.gateway && one.operation === target.operation ? { ...one, cpuSeconds: one.cpuSeconds * 1.01 } : one,
  );
  const { passed, targets } = summary(loads);
  expect(targets.filter(({ met }) => !met).map(({ name }) => name)).toContain(`${target.operation}: ${target.gateway} of ${target.of}`);
  expect(passed).toBe(false);
});

test('what was not measured does not hold', () => {
  const { passed, targets } = summary(allMet.filter(({ gateway }) => gateway !== 'apollo-server'));
  expect(targets.find(({ name }) => name === 'timeline: vitrine of apollo-server')).toMatchObject({ reached: null, met: false });
  expect(passed).toBe(false);
  expect(summary(allMet, { refusals: null }).passed).toBe(false);
  expect(summary(allMet, { readyMs: [] }).passed).toBe(false);
});

test('a slow start, memory that grows, an answer that failed or was another than the others gave fails the run', () => {
  expect(summary(allMet, { readyMs: [2_001] }).passed).toBe(false);
  expect(summary(allMet, { refusals: { refused: [], growth: { heap: 9, memory: 3 } } }).passed).toBe(false);
  expect(summary(allMet, { refusals: { refused: [], growth: { heap: 1, memory: 33 } } }).passed).toBe(false);
  expect(summary(allMet, { wrongAnswers: ['hive-gateway answered 1 of 900'] }).passed).toBe(false);
  expect(summary([...allMet, load({ gateway: 'hive-gateway', failures: { 'another answer': 1 } })]).passed).toBe(false);
  expect(summary([...allMet, load({ gateway: 'hive-gateway', answerMs: [] })]).passed).toBe(false);
});

test('the table has a line for each gateway and operation, and one for each target', () => {
  const table = gatewayTable(summary(allMet.slice(0, 5), { wrongAnswers: ['one'] }));
  expect(table).toMatch(/^timeline: vitrine +0\.35 +0\.35 +1 /m);
  expect(table).toMatch(/^timeline: executor +1 +1 +2\.857 /m);
  expect(table).toMatch(/^read: vitrine of executor +0\.4 × CPU +– +not measured$/m);
  expect(table).toMatch(/^start to ready +2000 ms +1900 +met *$/m);
  expect(table).toMatch(/^wrong: one$/m);
});
