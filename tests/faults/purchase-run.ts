/** One buyer as an app drives it: taps, asks again, goes to the bank, takes back, cancels; and is told what is written down. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Money } from '@vitrine/runtime/money';
import { answerBank } from '../support/bank.ts';
import { cancelOrder, tapBuy, undoOrder, type CrowdBuyer, type Shelf, type Tap } from '../support/crowd.ts';
import type { Result, SignedCalls } from '../support/signed-calls.ts';
import type { PurchasePlan } from './purchase-plan.ts';
import { isFinal, type PurchaseTestimony, type ToldTap } from './purchase-told.ts';

export interface PurchaseWorld {
  readonly calls: SignedCalls;
  readonly testimony: PurchaseTestimony;
  /** The processes of checkout. */
  readonly origins: readonly string[];
  /** What one and two pieces cost. */
  readonly totals: readonly [Money, Money];
}

export interface PurchaseRun {
  /** Does what the plan says, while faults happen. */
  drive(): Promise<void>;
  /** Asks again for what is not decided, as an app does that is opened later. */
  finish(): Promise<void>;
}

const decisionMs = 20_000;
const finishMs = 60_000;
const orderOf = (answer: Result | null): string | null => (answer?.['order'] as { readonly id: string } | undefined)?.id ?? null;

export function createPurchaseRun(world: PurchaseWorld, plan: PurchasePlan, buyer: CrowdBuyer, shelf: Shelf): PurchaseRun {
  const { calls, testimony, origins, totals } = world;
  const { run } = plan;
  let asked = run;
  const origin = (): string | undefined => origins[(asked += 1) % origins.length];
  const tapWith = (idempotencyKey: string, more: Partial<Tap> = {}): Tap => ({
    idempotencyKey,
    productId: shelf.productId,
    quantity: plan.quantity,
    expectedTotal: plan.quantity === 2 ? totals[1] : totals[0],
    ...more,
  });
  const begin = (tap: Tap): { readonly tap: Tap; readonly told: ToldTap } => {
    const told: ToldTap = {
      run,
      buyerId: buyer.buyerId,
      idempotencyKey: tap.idempotencyKey,
      productId: shelf.productId,
      answers: [],
      gone: plan.gone,
    };
    testimony.taps.push(told);
    return { tap, told };
  };
  const taps = [begin(tapWith(plan.key))];
  let isAtBank = false;
  let undo: { readonly orderId: string; isDecided: boolean } | null = null;
  let cancel: { readonly orderId: string; isDecided: boolean } | null = null;

  const ask = async ({ tap, told }: (typeof taps)[number]): Promise<Result | null> => {
    const answer = await tapBuy(calls, buyer, tap, origin());
    if (answer !== null) told.answers.push({ said: answer.__typename, orderId: orderOf(answer) });
    return answer;
  };
  const goToBank = async (answer: Result): Promise<void> => {
    // A buyer who leaves the bank's page open decides nothing.
    if (plan.bank === 'leave') return;
    await answerBank(calls, String(answer['clientSecret']), plan.bank);
  };
  const askUntilDecided = async (one: (typeof taps)[number], timeoutMs: number): Promise<Result | null> => {
    const endsAt = Date.now() + timeoutMs;
    for (let pauseMs = 150; ; pauseMs = Math.min(pauseMs * 1.5, 2_000)) {
      const answer = await ask(one);
      if (answer?.__typename === 'PossibleDuplicateError') return answer;
      if (answer !== null && isFinal(answer.__typename)) return answer;
      if (answer?.__typename === 'PaymentActionRequired') {
        isAtBank = plan.bank === 'leave';
        if (isAtBank) return answer;
        await goToBank(answer);
      }
      if (plan.gone || Date.now() > endsAt) return null;
      await wait(pauseMs);
    }
  };
  const askOtherwise = async (): Promise<void> => {
    const quantity = plan.quantity === 2 ? 1 : 2;
    const answer = await tapBuy(
      calls,
      buyer,
      tapWith(plan.key, { quantity, expectedTotal: quantity === 2 ? totals[1] : totals[0] }),
      origin(),
    );
    const allowed = ['IdempotencyKeyReusedError', 'TemporarilyUnavailableError', 'IdempotencyKeyInFlightError'];
    if (answer !== null && !allowed.includes(answer.__typename))
      testimony.oddAnswers.push({ run, what: `a key that was used for something else was answered ${answer.__typename}` });
  };
  const undoUntilDecided = async (wanted: NonNullable<typeof undo>, timeoutMs: number): Promise<void> => {
    const endsAt = Date.now() + timeoutMs;
    while (!wanted.isDecided && Date.now() < endsAt) {
      const answer = await undoOrder(calls, buyer, { idempotencyKey: plan.undoKey, orderId: wanted.orderId }, origin());
      if (answer === null || answer.__typename === 'IdempotencyKeyInFlightError') {
        await wait(200);
        continue;
      }
      testimony.undos.push({ run, orderId: wanted.orderId, said: answer.__typename });
      wanted.isDecided = true;
    }
  };
  const cancelUntilDecided = async (wanted: NonNullable<typeof cancel>, timeoutMs: number): Promise<void> => {
    const endsAt = Date.now() + timeoutMs;
    while (!wanted.isDecided && Date.now() < endsAt) {
      const answer = await cancelOrder(calls, buyer, { idempotencyKey: plan.cancelKey, orderId: wanted.orderId }, origin());
      // Before it is confirmed it is too early, which is not stored.
      if (answer?.__typename === 'CancelOrderSuccess') {
        wanted.isDecided = true;
        testimony.undos.push({ run, orderId: wanted.orderId, said: answer.__typename });
      } else await wait(300);
    }
  };

  return {
    async drive() {
      const [first] = taps;
      if (first === undefined) return;
      const answers = await Promise.all(Array.from({ length: plan.together }, () => askUntilDecided(first, decisionMs)));
      if (plan.otherInput && first.told.answers.some(({ said }) => isFinal(said))) await askOtherwise();
      let answer = answers.find((one) => one?.__typename === 'PlaceOrderSuccess') ?? answers[0] ?? null;
      if ((answer === null || answer.__typename === 'PossibleDuplicateError') && plan.newKey !== null && !plan.gone) {
        const again = begin(tapWith(plan.newKey));
        taps.push(again);
        answer = await askUntilDecided(again, decisionMs);
      }
      const orderId = orderOf(answer);
      if (orderId === null || plan.gone) return;
      if (plan.undoAfterMs !== null) {
        undo = { orderId, isDecided: false };
        await wait(plan.undoAfterMs);
        const wanted = undo;
        await Promise.all(Array.from({ length: plan.undoTwice ? 2 : 1 }, () => undoUntilDecided(wanted, decisionMs)));
      } else if (plan.cancels) {
        cancel = { orderId, isDecided: false };
        await cancelUntilDecided(cancel, decisionMs);
      }
    },

    async finish() {
      if (plan.gone) return;
      for (const one of taps) {
        const wasDecided = one.told.answers.some(({ said }) => isFinal(said));
        const answer = await askUntilDecided(one, finishMs);
        const isOpen = answer === null || (answer.__typename === 'PossibleDuplicateError' && wasDecided);
        if (isOpen && !isAtBank) testimony.oddAnswers.push({ run, what: `${one.tap.idempotencyKey} was never decided` });
      }
      if (undo !== null) {
        // Once decided, the answer stays the same.
        const before = testimony.undos.filter(({ run: of }) => of === run).at(-1)?.said;
        undo.isDecided = false;
        await undoUntilDecided(undo, finishMs);
        const after = testimony.undos.filter(({ run: of }) => of === run).at(-1)?.said;
        if (before !== undefined && after !== before)
          testimony.oddAnswers.push({ run, what: `an undo was answered ${before}, then ${after ?? 'nothing'}` });
      }
    },
  };
}
