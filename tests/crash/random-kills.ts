/** Many buy while two processes of checkout are killed in turn, at random moments. */
import { setTimeout as wait } from 'node:timers/promises';
import { choicesOf } from '../faults/choices.ts';
import type { Violation } from '../faults/judge.ts';
import { planPurchase } from '../faults/purchase-plan.ts';
import { createPurchaseRun, type PurchaseRun } from '../faults/purchase-run.ts';
import type { PurchaseTestimony } from '../faults/purchase-told.ts';
import { createCheckoutProcess } from '../faults/checkout-process.ts';
import { waitUntilDecided } from '../faults/purchases-at-rest.ts';
import { openPurchaseMarket } from '../faults/purchase-market.ts';
import type { Shelf } from '../support/crowd.ts';
import { decidedWithinMs } from './crash-round.ts';
import type { CrashStack } from './crash-stack.ts';

export interface RandomKills {
  readonly kills: number;
  readonly runs: number;
  readonly shelves: readonly Shelf[];
  readonly violations: readonly Violation[];
}

const buyersAtOnce = 12;
const undoWindowSeconds = 2;
/** Runs of a purchase's own numbers, beside those of the crash points. */
const firstRun = 100_000;

export async function killAtRandom(
  crash: CrashStack,
  testimony: PurchaseTestimony,
  options: { readonly seconds: number; readonly seed: number; readonly write: (line: string) => void },
): Promise<RandomKills> {
  const { seconds, seed, write } = options;
  if (seconds === 0) return { kills: 0, runs: 0, shelves: [], violations: [] };
  const { stack, calls, checkout } = crash;
  const market = await openPurchaseMarket(calls, stack.state, { undoWindowSeconds, buyersOfEachCard: buyersAtOnce });
  const second = await createCheckoutProcess(stack.state, {
    name: 'checkout-2',
    readyPath: '/livez',
    environment: crash.checkoutEnvironment,
  });
  await second.start();
  const world = { calls, testimony, origins: [stack.state.serviceUrls.checkout, second.origin], totals: market.totals };
  const runs: PurchaseRun[] = [];
  const endsAt = Date.now() + seconds * 1_000;
  let next = firstRun;
  let kills = 0;
  const buyer = async (): Promise<void> => {
    while (Date.now() < endsAt) {
      const plan = planPurchase(seed, (next += 1), { undoWindowSeconds });
      const run = createPurchaseRun(world, plan, market.buyerOf(plan), market.shelfOf(plan));
      runs.push(run);
      await run.drive();
    }
  };
  const killer = async (): Promise<void> => {
    const choices = choicesOf(seed, 'kills');
    while (Date.now() < endsAt) {
      await wait(choices.integer(200, 4_000));
      const victim = kills % 2 === 0 ? checkout : second;
      await victim.kill();
      await victim.start();
      kills += 1;
    }
  };
  try {
    await Promise.all([killer(), ...Array.from({ length: buyersAtOnce }, buyer)]);
    await Promise.all([checkout.kill(), second.kill()]);
    kills += 2;
    const restarted = Promise.all([checkout.start(), second.start()]);
    write(`${runs.length} runs under ${kills} kills; the apps ask again`);
    const decided = waitUntilDecided(stack.state, decidedWithinMs);
    await restarted;
    const waiting = [...runs];
    const app = async (): Promise<void> => {
      for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) await run.finish();
    };
    await Promise.all(Array.from({ length: buyersAtOnce }, app));
    return { kills, runs: runs.length, shelves: market.shelves, violations: await decided };
  } finally {
    await second.kill();
  }
}
