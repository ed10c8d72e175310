/** Kills checkout at every point of a purchase, and holds what is there in the end against what buyers were told. */
import { judgePurchases } from '../faults/purchase-judge.ts';
import { gatherPurchaseFacts } from '../faults/purchase-facts.ts';
import { newPurchaseTestimony } from '../faults/purchase-told.ts';
import { passBankTime, waitForRest } from '../faults/purchases-at-rest.ts';
import type { Violation } from '../faults/judge.ts';
import { fillShelves, introduceBuyers, openMarket, totalOf, type CrowdBuyer, type Shelf } from '../support/crowd.ts';
import type { SignedCalls } from '../support/signed-calls.ts';
import { until } from '../support/until.ts';
import { nameOf, scenarioCards, type CrashPoint, type CrashRound } from './crash-points.ts';
import { runCrashRound, type CrashSubject } from './crash-round.ts';
import { startCrashStack } from './crash-stack.ts';
import { killAtRandom } from './random-kills.ts';

export interface CrashOptions {
  readonly rounds: readonly CrashRound[];
  /** How long processes are killed at random moments while many buy, in seconds; 0 for not at all. */
  readonly randomSeconds: number;
  readonly seed: number;
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface CrashResult {
  /** Points that checkout was killed at. */
  readonly points: number;
  readonly kills: number;
  readonly orders: number;
  /** The longest time from a restart to a decision, in milliseconds. */
  readonly slowestDecisionMs: number;
  /** Purchases under kills at random moments. */
  readonly runs: number;
  readonly violations: readonly Violation[];
}

const piecesOfProduct = 3;
const maxTries = 4;
const restTimeoutMs = 90_000;

export async function runCrashSuite(options: CrashOptions): Promise<CrashResult> {
  const { rounds, randomSeconds, seed, write, signal } = options;
  const crash = await startCrashStack();
  const ended = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  let passed = false;
  const examine = async (): Promise<CrashResult> => {
    const { stack } = crash;
    const testimony = newPurchaseTestimony();
    const violations: Violation[] = [];
    const shelves: Shelf[] = [];
    let points = 0;
    let kills = 0;
    let slowestDecisionMs = 0;
    for (const [number, round] of rounds.entries()) {
      let left = round.points;
      for (let tries = 1; left.length > 0 && tries <= maxTries; tries += 1) {
        const subjects = await prepare(crash.calls, stack.state, left, round.undoWindowSeconds, points);
        shelves.push(...subjects.map(({ shelf }) => shelf));
        const result = await runCrashRound(crash, testimony, subjects);
        violations.push(...result.violations);
        points += left.length - result.missed.length;
        kills += 1;
        slowestDecisionMs = Math.max(slowestDecisionMs, result.slowestMs);
        write(
          `round ${number + 1} of ${rounds.length}: killed at ${left.length - result.missed.length} points, decided within ${(result.slowestMs / 1_000).toFixed(1)} s`,
        );
        left = result.missed;
      }
      for (const point of left)
        violations.push({ invariant: 'points-are-reached', run: null, detail: `${nameOf(point)} was given up before the kill` });
    }
    const random = await killAtRandom(crash, testimony, { seconds: randomSeconds, seed, write });
    shelves.push(...random.shelves);
    violations.push(...random.violations);
    violations.push(...(await waitForRest(stack.state, restTimeoutMs, write, passBankTime)));
    const facts = await gatherPurchaseFacts(stack.state, shelves, signal);
    violations.push(...judgePurchases(facts, testimony));
    passed = violations.length === 0;
    return { points, kills: kills + random.kills, orders: facts.orders.length, slowestDecisionMs, runs: random.runs, violations };
  };
  try {
    return await Promise.race([ended, examine()]);
  } finally {
    await crash.stop(!passed);
    if (!passed) write(`the logs of the processes are in ${crash.stack.state.logFolder}`);
  }
}

/** A buyer and a product of its own for each point. */
async function prepare(
  calls: SignedCalls,
  state: Parameters<typeof fillShelves>[1],
  points: readonly CrashPoint[],
  undoWindowSeconds: number,
  firstRun: number,
): Promise<CrashSubject[]> {
  await openMarket(calls, undoWindowSeconds);
  const shelves = await fillShelves(
    calls,
    state,
    '@paperandpine',
    points.map(() => piecesOfProduct),
  );
  const buyers = await introduceBuyers(calls, points.length, (index) => scenarioCards[points[index]?.scenario ?? 'bought']);
  const [someone, something] = [buyers[0], shelves[0]];
  if (someone === undefined || something === undefined) throw new Error('a round has a point at least');
  await until('checkout knows the window', async () =>
    (await windowOf(calls, someone, something)) === undoWindowSeconds ? true : undefined,
  );
  const total = await totalOf(calls, someone, something);
  return points.map((point, index) => ({
    run: firstRun + index,
    point,
    buyer: buyers[index] as CrowdBuyer,
    shelf: shelves[index] as Shelf,
    total,
  }));
}

async function windowOf(calls: SignedCalls, { actor }: CrowdBuyer, { productId }: Shelf): Promise<unknown> {
  const sheet = await calls.graph(
    'checkout',
    actor,
    'query ($input: OpenBuyInput!) { result: openBuy(input: $input) { __typename ... on BuySheet { undoWindowSeconds } } }',
    { input: { productId } },
  );
  return sheet?.['undoWindowSeconds'];
}
