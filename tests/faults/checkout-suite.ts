/**
 * The fault suite of purchases: a whole stack with two processes of checkout, many buyers at once, faults of Stripe, and stores and
 * processes that stop and come back; afterwards orders, money, stock, events, the sellers' lists and what buyers were told have to agree.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { custodianHalves, openSecrets } from '@vitrine/local/secrets';
import { seed as seedStack } from '@vitrine/local/seed';
import { runStack, type RunningStack } from '@vitrine/local/stack';
import { removeStackFolder } from '@vitrine/local/stack-folder';
import { crowdAddress, crowdLimits, withoutRepairs } from '../support/crowd.ts';
import { createSignedCalls } from '../support/signed-calls.ts';
import { cache, testRoot, uniqueName } from '../support/stack.ts';
import type { Violation } from './judge.ts';
import { gatherPurchaseFacts } from './purchase-facts.ts';
import { judgePurchases } from './purchase-judge.ts';
import { openPurchaseMarket, type PurchaseMarket } from './purchase-market.ts';
import { planPurchase, purchaseCards } from './purchase-plan.ts';
import { createPurchaseRun, type PurchaseRun, type PurchaseWorld } from './purchase-run.ts';
import { newPurchaseTestimony } from './purchase-told.ts';
import { bringAbandonedForward, passBankTime, waitForRest } from './purchases-at-rest.ts';
import { createCheckoutProcess } from './checkout-process.ts';
import { findInLogs } from './secrets-in-logs.ts';
import { makeStackFault, planStackFaults, untilReady, type FaultDurations, type StackUnderFaults } from './stack-faults.ts';
import { countFaults, endFaults, injectFaults, stripeFaultPlans } from './stripe-faults.ts';

export interface CheckoutSuiteOptions {
  /** By number; without an end when `minutes` is given. */
  readonly runs: Iterable<number>;
  readonly seed: number;
  /** Runs at a time. */
  readonly concurrency: number;
  /** No run begins after this long; null for no limit. */
  readonly minutes: number | null;
  readonly durations: FaultDurations;
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface CheckoutSuiteResult {
  readonly runs: number;
  readonly orders: number;
  /** How often each fault hit: of the stack and of Stripe. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often each answer came. */
  readonly answers: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

const undoWindowSeconds = 2;
const buyersOfEachCard = 12;
const restTimeoutMs = 240_000;

export async function runCheckoutSuite(options: CheckoutSuiteOptions): Promise<CheckoutSuiteResult> {
  const { write, signal } = options;
  mkdirSync(testRoot, { recursive: true });
  const root = path.join(testRoot, uniqueName('faults'));
  const environment = { ...crowdLimits.checkout, ...withoutRepairs };
  const stack = await runStack({
    root,
    seed: seedStack,
    // A server that is stopped in immediate mode keeps what was committed only when it is durable.
    durable: true,
    // A process that cannot read Kafka for long ends, and is started again.
    restart: true,
    serviceEnvironment: { ...crowdLimits, checkout: environment },
    write,
    onFailure: (error) => write(error.message),
    signal,
  });
  const second = await createCheckoutProcess(stack.state, { name: 'checkout-2', readyPath: '/readyz', environment });
  const ended = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  let passed = false;
  try {
    const result = await Promise.race([ended, examine(options, stack, second)]);
    passed = result.violations.length === 0;
    return result;
  } finally {
    await second.kill();
    await stack.stop();
    if (passed) await removeStackFolder(root, cache);
    else write(`the logs of the processes are in ${stack.state.logFolder}`);
  }
}

async function examine(
  options: CheckoutSuiteOptions,
  stack: RunningStack,
  second: StackUnderFaults['second'],
): Promise<CheckoutSuiteResult> {
  const { write, signal } = options;
  const { state } = stack;
  const sandbox = state.stripe.apiBase;
  const calls = createSignedCalls(state);
  try {
    await second.start();
    const market = await openPurchaseMarket(calls, state, { undoWindowSeconds, buyersOfEachCard });
    write('the stack runs; the load begins');
    const testimony = newPurchaseTestimony();
    const world: PurchaseWorld = { calls, testimony, origins: [state.serviceUrls.checkout, second.origin], totals: market.totals };
    const load = await runLoad(options, stack, second, world, market);
    write(`the load has ended after ${load.runs.length} runs; the apps ask again`);
    await finishAll(load.runs);
    write('every app has asked again; what is left is undone');
    const open = await waitForRest(state, restTimeoutMs, write, async (checkout) => {
      await passBankTime(checkout);
      await bringAbandonedForward(checkout);
    });
    const facts = await gatherPurchaseFacts(state, market.shelves, signal);
    const secrets = openSecrets(state.root);
    const answers: Record<string, number> = {};
    for (const { said } of testimony.taps.flatMap((tap) => tap.answers)) answers[said] = (answers[said] ?? 0) + 1;
    for (const { said } of testimony.undos) answers[`undo ${said}`] = (answers[`undo ${said}`] ?? 0) + 1;
    return {
      runs: load.runs.length,
      orders: facts.orders.length,
      faults: { ...load.stackFaults, ...(await countFaults(sandbox)), ...load.stripeFaults },
      answers,
      violations: [
        ...open,
        ...load.violations,
        ...judgePurchases(facts, testimony),
        ...(await findInLogs(state.logFolder, [
          ...Object.values(purchaseCards),
          '_secret_',
          state.stripe.secretKey,
          ...(state.stripe.webhookSecret === undefined ? [] : [state.stripe.webhookSecret]),
          ...custodianHalves(secrets),
          crowdAddress.name,
          crowdAddress.line1,
        ])),
      ],
    };
  } finally {
    await calls.close();
  }
}

interface Load {
  readonly runs: readonly PurchaseRun[];
  readonly stackFaults: Readonly<Record<string, number>>;
  readonly stripeFaults: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

async function runLoad(
  { runs: numbers, seed, concurrency, minutes, durations, write }: CheckoutSuiteOptions,
  stack: RunningStack,
  second: StackUnderFaults['second'],
  world: PurchaseWorld,
  market: PurchaseMarket,
): Promise<Load> {
  const sandbox = stack.state.stripe.apiBase;
  const stripeFaults: Record<string, number> = {};
  const stackFaults: Record<string, number> = {};
  const violations: Violation[] = [];
  const noteStripeFaults = async (): Promise<void> => {
    for (const [fault, count] of Object.entries(await countFaults(sandbox))) stripeFaults[fault] = (stripeFaults[fault] ?? 0) + count;
    await endFaults(sandbox);
  };
  const inject = (): Promise<void> => injectFaults(sandbox, stripeFaultPlans(seed));
  const faulty: StackUnderFaults = {
    stack,
    second,
    durations,
    silenceWebhooks: async () => {
      await injectFaults(sandbox, [{ seed: seed + 1, rates: { drop: 1 } }]);
      return async () => {
        await noteStripeFaults();
        await inject();
      };
    },
  };
  await inject();
  const runs: PurchaseRun[] = [];
  const endsAt = minutes === null ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000;
  const waiting = numbers[Symbol.iterator]();
  let isLoaded = true;
  const buyer = async (): Promise<void> => {
    while (Date.now() < endsAt) {
      const next = waiting.next();
      if (next.done === true) return;
      const plan = planPurchase(seed, next.value, { undoWindowSeconds });
      const run = createPurchaseRun(world, plan, market.buyerOf(plan), market.shelfOf(plan));
      runs.push(run);
      await run.drive();
      if (runs.length % 100 === 0) write(`${runs.length} runs`);
    }
  };
  const breaker = async (): Promise<void> => {
    for (const { fault, afterMs } of planStackFaults(seed)) {
      await wait(afterMs);
      if (!isLoaded) return;
      write(`fault: ${fault}`);
      try {
        await makeStackFault(faulty, fault);
        stackFaults[fault] = (stackFaults[fault] ?? 0) + 1;
      } catch (error) {
        violations.push({ invariant: 'the-stack-comes-back', run: null, detail: `after ${fault}: ${String(error)}` });
        return;
      }
    }
  };
  // The second checkout has no supervisor.
  const keeper = async (): Promise<void> => {
    for (let deaths = second.deaths(); isLoaded; await wait(500)) {
      if (second.deaths() === deaths) continue;
      deaths = second.deaths();
      stackFaults['second_checkout_ended'] = (stackFaults['second_checkout_ended'] ?? 0) + 1;
      await second.start();
    }
  };
  const around = Promise.all([breaker(), keeper()]);
  await Promise.all(Array.from({ length: concurrency }, buyer));
  isLoaded = false;
  await around;
  await noteStripeFaults();
  // A last time everything that holds purchases is killed: what is left has to be found by those that start.
  for (const service of ['checkout', 'catalog', 'payment-vault', 'seller-eligibility'] as const) {
    await untilReady(service, stack.state.serviceUrls[service]);
    await stack.kill(service, 'SIGKILL');
  }
  await second.kill();
  for (const service of ['payment-vault', 'catalog', 'seller-eligibility', 'checkout'] as const) await stack.restart(service);
  await second.start();
  return { runs, stackFaults, stripeFaults, violations };
}

async function finishAll(runs: readonly PurchaseRun[]): Promise<void> {
  const waiting = [...runs];
  const app = async (): Promise<void> => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) await run.finish();
  };
  await Promise.all(Array.from({ length: 12 }, app));
}
