/**
 * The settle loop: finds out at Stripe what became of payments that nobody drives any more, so that no authorization is
 * without an end. It carries out what was asked for and records what it finds; it never authorizes or captures.
 */
import { randomUUID } from 'node:crypto';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import { changeIntent } from './change-intent.ts';
import { concludeAuthorization } from './conclude-authorization.ts';
import type { Deps } from './deps.ts';
import { lookUpIntent } from './look-up-intent.ts';
import { lateIntentDelaysMs, meaningOf, settleDelayMs, type Payment } from './payment.ts';
import { endedOutcome, recordOutcome } from './record-outcome.ts';
import { budgetOf, type Budget } from './stripe-call.ts';
import { takeInRefunds } from './take-in-refunds.ts';
import { undoAuthorization } from './void-payment.ts';

const batchSize = 10;
const intervalMs = 2_000;
const stripeBudgetMs = 12_000;
/** A capture that has not shown itself after so many looks did not happen; checkout asks again if it wants it. */
const maxCaptureLooks = 8;

/** Settles what is due, once; answers how many payments there were. */
export async function settlePayments(deps: Deps): Promise<number> {
  const leaseToken = randomUUID();
  const due = await deps.payments.claimDue(leaseToken, batchSize);
  await Promise.all(
    due.map(async (held) => {
      try {
        await settlePayment(deps, held, leaseToken, budgetOf(stripeBudgetMs));
      } catch (error) {
        // Its lease runs out, and it is due again.
        deps.logger.error({ err: error, orderId: held.orderId, status: held.status }, 'payment cannot be settled');
      }
    }),
  );
  return due.length;
}

export const startSettling = (deps: Deps): Loop =>
  startLoop({ name: 'settle-payments', logger: deps.logger, intervalMs, run: async () => (await settlePayments(deps)) === batchSize });

async function settlePayment(deps: Deps, held: Payment, leaseToken: string, budget: Budget): Promise<void> {
  switch (held.status) {
    case 'started':
    case 'requires_action':
      if (held.voidRequestedAt === null) await settleAuthorization(deps, held, leaseToken, budget);
      else await undoAuthorization(deps, held, leaseToken, budget);
      return;
    case 'authorized':
      if (held.voidRequestedAt === null) await settleCapture(deps, held, leaseToken, budget);
      else await undoAuthorization(deps, held, leaseToken, budget);
      return;
    case 'declined':
    case 'voided':
      await endLateIntent(deps, held, leaseToken, budget);
      return;
    case 'captured': {
      const isRead = await takeInRefunds(deps, held, budget);
      await deps.payments.release(held.orderId, leaseToken, { settleInMs: isRead ? null : settleDelayMs(held.settleAttempts) });
    }
  }
}

async function settleAuthorization(deps: Deps, held: Payment, leaseToken: string, budget: Budget): Promise<void> {
  const looked = await lookUpIntent(deps, held, budget);
  if (looked.kind === 'none' && held.stripePaymentIntentId === null) {
    // Long after the call there is still nothing: it never took effect. Checkout may ask again, with the same key.
    const lateMs = lateIntentDelaysMs[0] ?? 0;
    const neverSent = held.sentAt === null || deps.now().getTime() - held.sentAt.getTime() > lateMs;
    await deps.payments.release(
      held.orderId,
      leaseToken,
      neverSent ? { settleInMs: null, neverSent } : { settleInMs: settleDelayMs(held.settleAttempts) },
    );
    return;
  }
  const finding =
    looked.kind === 'intent'
      ? looked
      : looked.kind === 'none'
        ? ({ kind: 'refused', reason: 'PROCESSING_ERROR', mayAppear: false } as const)
        : ({ kind: 'unknown', neverSent: false } as const);
  await concludeAuthorization(deps, held, leaseToken, finding, budget);
}

async function settleCapture(deps: Deps, held: Payment, leaseToken: string, budget: Budget): Promise<void> {
  const looked = await lookUpIntent(deps, held, budget);
  const meaning = looked.kind === 'intent' ? meaningOf(looked.intent) : looked;
  if (meaning.kind === 'captured' || meaning.kind === 'canceled' || meaning.kind === 'none') {
    await recordOutcome(deps, held, leaseToken, endedOutcome(meaning, null));
    return;
  }
  const isOver = meaning.kind === 'authorized' && (held.captureRequestedAt === null || held.settleAttempts >= maxCaptureLooks);
  await deps.payments.release(held.orderId, leaseToken, { settleInMs: isOver ? null : settleDelayMs(held.settleAttempts) });
}

/** A payment ended while Stripe had not answered: an intent that turns up after that is cancelled. */
async function endLateIntent(deps: Deps, held: Payment, leaseToken: string, budget: Budget): Promise<void> {
  const { orderId } = held;
  const looked = await lookUpIntent(deps, held, budget);
  if (looked.kind === 'none') {
    await deps.payments.release(orderId, leaseToken, { settleInMs: lateIntentDelaysMs[held.settleAttempts + 1] ?? null });
    return;
  }
  if (looked.kind === 'intent' && (await deps.payments.noteIntent(orderId, leaseToken, looked.intent.id))) {
    const end = await changeIntent(deps, { ...held, stripePaymentIntentId: looked.intent.id }, leaseToken, { step: 'void' }, budget);
    deps.logger.warn({ orderId, end: end.kind }, 'an intent turned up after its payment had ended');
    if (end.kind === 'canceled' || end.kind === 'gone') {
      await deps.payments.release(orderId, leaseToken, { settleInMs: null });
      return;
    }
    if (end.kind === 'captured') throw new Error(`${orderId} was ended, and is captured at Stripe`);
  }
  await deps.payments.release(orderId, leaseToken, { settleInMs: settleDelayMs(held.settleAttempts) });
}
