/** One kill of checkout: a purchase stands at each point of a round when the process ends, and each has to end, too, once it runs again. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Money } from '@vitrine/runtime/money';
import { isFinal, type PurchaseTestimony, type ToldTap } from '../faults/purchase-told.ts';
import type { Violation } from '../faults/judge.ts';
import { answerBank } from '../support/bank.ts';
import { tapBuy, undoOrder, type CrowdBuyer, type Shelf, type Tap } from '../support/crowd.ts';
import type { Result } from '../support/signed-calls.ts';
import { nameOf, type CrashPoint } from './crash-points.ts';
import type { CrashStack } from './crash-stack.ts';

/** A purchase has to be decided this long after checkout is back. */
export const decidedWithinMs = 30_000;
const reachTimeoutMs = 30_000;

export interface CrashSubject {
  readonly run: number;
  readonly point: CrashPoint;
  readonly buyer: CrowdBuyer;
  readonly shelf: Shelf;
  readonly total: Money;
}

/** A purchase that stands at its point. */
interface Standing {
  readonly subject: CrashSubject;
  readonly tap: Tap;
  readonly told: ToldTap;
  readonly undoKey: string;
  /** Called when the process is dead. */
  readonly letGo: () => Promise<void>;
  /** Whether it still stands where it was held. */
  readonly stands: () => boolean;
}

export interface RoundResult {
  readonly violations: readonly Violation[];
  /** Points that were left before the kill, since a call was given up: to be tried again. */
  readonly missed: readonly CrashPoint[];
  /** From the restart to the last decision, in milliseconds. */
  readonly slowestMs: number;
}

const gaveUp = Symbol('gave up');

async function within<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value | typeof gaveUp> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, wait(timeoutMs, gaveUp, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}

export async function runCrashRound(
  crash: CrashStack,
  testimony: PurchaseTestimony,
  subjects: readonly CrashSubject[],
): Promise<RoundResult> {
  const { checkout } = crash;
  const violations: Violation[] = [];
  const standing: Standing[] = [];
  const isPatient = ({ point: { place } }: CrashSubject): boolean => place.kind === 'call' && patient.has(place.call);
  const isWrite = ({ point: { place } }: CrashSubject): boolean => place.kind === 'write';
  const reach = async (subject: CrashSubject): Promise<void> => {
    const reached = await goToPoint(crash, testimony, subject);
    if (reached === null)
      violations.push({ invariant: 'points-are-reached', run: subject.run, detail: `${nameOf(subject.point)} was not reached` });
    else standing.push(reached);
  };
  // Writes one after the other; calls together, those last that are given up after seconds.
  for (const subject of subjects.filter(isWrite)) await reach(subject);
  await Promise.all(subjects.filter(isPatient).map(reach));
  await Promise.all(subjects.filter((subject) => !isWrite(subject) && !isPatient(subject)).map(reach));
  const missed = standing.filter(({ stands }) => !stands()).map(({ subject: { point } }) => point);
  await checkout.kill();
  for (const { letGo } of standing) await letGo();
  const restartedAt = performance.now();
  const [ended] = await Promise.all([Promise.all(standing.map((one) => finish(crash, one, restartedAt))), checkout.start()]);
  const slowestMs = Math.max(0, ...ended.map((millis) => millis ?? decidedWithinMs));
  for (const [index, millis] of ended.entries()) {
    if (millis !== null) continue;
    const { run, point } = (standing[index] as Standing).subject;
    violations.push({ invariant: 'decided-in-time', run, detail: `${nameOf(point)}: no decision within ${decidedWithinMs / 1_000} s` });
  }
  return { violations, missed, slowestMs };
}

/** Calls that checkout waits for longer than a few seconds. */
const patient: ReadonlySet<string> = new Set(['authorize', 'capture', 'voidPayment']);

async function goToPoint(crash: CrashStack, testimony: PurchaseTestimony, subject: CrashSubject): Promise<Standing | null> {
  const { calls } = crash;
  const { run, point, buyer, shelf, total } = subject;
  const tap: Tap = { idempotencyKey: randomUUID(), productId: shelf.productId, quantity: 1, expectedTotal: total };
  const told: ToldTap = {
    run,
    buyerId: buyer.buyerId,
    idempotencyKey: tap.idempotencyKey,
    productId: shelf.productId,
    answers: [],
    gone: !point.appReturns,
  };
  testimony.taps.push(told);
  const undoKey = randomUUID();
  const ask = async (): Promise<Result | null> => noteAnswer(told, await tapBuy(calls, buyer, tap));

  let hold = point.afterBank ? null : await arm(crash, point, buyer, shelf);
  // It may never be answered: checkout is killed meanwhile.
  const first = ask();
  if (point.afterBank) {
    const answer = await first;
    if (answer?.__typename !== 'PaymentActionRequired') return null;
    hold = await arm(crash, point, buyer, shelf);
    await answerBank(calls, String(answer['clientSecret']), 'complete');
    if (point.appReturns) void ask();
  }
  if (point.scenario === 'undone') {
    const order = (await first)?.['order'] as { readonly id: string } | undefined;
    if (order === undefined) return null;
    void undoOrder(calls, buyer, { idempotencyKey: undoKey, orderId: order.id });
  }
  if (hold === null) return null;
  const { reached, letGo, stands } = hold;
  return (await within(reached, reachTimeoutMs)) === gaveUp ? null : { subject, tap, told, undoKey, letGo, stands };
}

async function arm(
  { holdCall, writes }: CrashStack,
  { place }: CrashPoint,
  { buyerId }: CrowdBuyer,
  { productId }: Shelf,
): Promise<Pick<Standing, 'letGo' | 'stands'> & { readonly reached: Promise<void> }> {
  if (place.kind === 'call') {
    const held = holdCall(place.call, place.moment, { buyerId, productId });
    return { reached: held.reached, stands: () => held.stands(), letGo: async () => held.drop() };
  }
  const held = await writes.hold(place.write, buyerId);
  return { reached: held.reached, stands: () => true, letGo: () => held.release(place.how) };
}

function noteAnswer(told: ToldTap, answer: Result | null): Result | null {
  if (answer !== null) {
    const order = answer['order'] as { readonly id: string } | undefined;
    told.answers.push({ said: answer.__typename, orderId: order?.id ?? null });
  }
  return answer;
}

/** Drives a purchase to its end as its app does, or waits for it. @returns milliseconds since the restart; null when it took too long */
async function finish(
  { calls, stack }: CrashStack,
  { subject, tap, told, undoKey }: Standing,
  restartedAt: number,
): Promise<number | null> {
  const { buyer, point } = subject;
  const passed = (): number => performance.now() - restartedAt;
  if (!point.appReturns) return (await endsAlone(stack.state.databaseUrls.checkout, told, passed)) ? passed() : null;
  for (;;) {
    const answer = noteAnswer(told, await tapBuy(calls, buyer, tap));
    if (answer?.__typename === 'PaymentActionRequired') await answerBank(calls, String(answer['clientSecret']), 'complete');
    else if (answer !== null && isFinal(answer.__typename)) break;
    if (passed() > decidedWithinMs) return null;
    await wait(100);
  }
  const decidedAfterMs = passed();
  // Whoever asks once more is told the same.
  const answer = noteAnswer(told, await tapBuy(calls, buyer, tap));
  const order = answer?.['order'] as { readonly id: string } | undefined;
  if (point.scenario === 'undone' && order !== undefined) {
    const undone = await undoOrder(calls, buyer, { idempotencyKey: undoKey, orderId: order.id });
    if (undone?.__typename !== 'UndoOrderSuccess') return null;
  }
  return decidedAfterMs;
}

/** Whether the purchase ends without its app. The minute in which the app could come back passes at once. */
async function endsAlone(databaseUrl: string, { buyerId, idempotencyKey }: ToldTap, passed: () => number): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`update purchases set next_attempt_at = now() where buyer_id = $1 and recovery_point = 'started'`, [buyerId]);
    for (;;) {
      const { rows } = await client.query<{ recovery_point: string }>(
        'select recovery_point from purchases where buyer_id = $1 and idempotency_key = $2',
        [buyerId, idempotencyKey],
      );
      if (rows.every((row) => row.recovery_point === 'finished')) return true;
      if (passed() > decidedWithinMs) return false;
      await wait(100);
    }
  } finally {
    await client.end();
  }
}
