/**
 * The share loop: brings what a seller got of an order to what is due, one transfer or reversal at a time. A step is written
 * with its amount and key before Stripe is called, and looked for there after an outcome that is not known.
 */
import { randomUUID } from 'node:crypto';
import { unreachable } from '@vitrine/runtime/errors';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';
import { dueOf, planStep, shareDelayMs, type ShareStep } from './share.ts';
import type { DueShare, NextLook } from './store/shares.ts';
import { budgetOf, type Budget } from './stripe-call.ts';
import { takeStep } from './take-share-step.ts';

const batchSize = 64;
const intervalMs = 1_000;
const stripeBudgetMs = 12_000;
/** An account that becomes active wakes what waits for it; this is for a wake that is lost. */
const accountWaitMs = 60 * 60_000;

const atOnce: NextLook = { inMs: 0, waitsForAccount: false };
const even: NextLook = { inMs: null, waitsForAccount: false };
const waiting: NextLook = { inMs: accountWaitMs, waitsForAccount: true };

/** Takes the next step of what is due, once; answers how many shares there were. */
export async function payShares(deps: Deps): Promise<number> {
  const leaseToken = randomUUID();
  const due = await deps.shares.claimDue(leaseToken, batchSize);
  await Promise.all(
    due.map(async (share) => {
      try {
        const next = await payShare(deps, share, leaseToken, budgetOf(stripeBudgetMs));
        if (next !== null) await deps.shares.release(share.orderId, leaseToken, next);
      } catch (error) {
        // Its lease runs out, and it is due again.
        deps.logger.error({ err: error, orderId: share.orderId }, 'a seller cannot be paid');
      }
    }),
  );
  return due.length;
}

export const startPayingShares = (deps: Deps): Loop =>
  startLoop({ name: 'pay-shares', logger: deps.logger, intervalMs, run: async () => (await payShares(deps)) === batchSize });

/** When to look again; null when that is written already, with the step that was taken. */
async function payShare(deps: Deps, share: DueShare, leaseToken: string, budget: Budget): Promise<NextLook | null> {
  const { orderId, sellerId, steps } = share;
  const open = steps.find(({ status }) => status === 'started');
  const step = open ?? (await beginStep(deps, share, leaseToken));
  if ('inMs' in step) return step;

  const taken = await takeStep(deps, share, step, steps, leaseToken, budget, open === undefined);
  switch (taken.kind) {
    case 'done': {
      const { stripeId } = taken;
      const after = [...steps.filter((other) => other.step !== step.step), { ...step, status: 'done' as const, stripeId }];
      const isEven = planStep(dueOf(share), after).kind === 'even';
      await deps.shares.finishStep({ orderId, leaseToken, step, stripeId, inMs: isEven ? null : 0 });
      deps.logger.info({ orderId, sellerId, step: step.step, kind: step.kind, amountMinor: step.amountMinor }, 'seller share');
      return null;
    }
    case 'account_cannot':
      // Stripe says how the account stands when it is asked again, later each time.
      await deps.sellerAccounts.setStatus(sellerId, 'restricted', deps.now(), shareDelayMs(share.attempts));
      return waiting;
    case 'refused':
      deps.logger.error({ orderId, sellerId, step: step.step, kind: step.kind, code: taken.code }, "Stripe does not take a seller's share");
      return { inMs: shareDelayMs(share.attempts + 4), waitsForAccount: false };
    case 'unknown':
      return { inMs: taken.waitMs ?? shareDelayMs(share.attempts), waitsForAccount: false };
    default:
      return unreachable(taken);
  }
}

/** The next step, recorded; or when to look again if there is none to be taken now. */
async function beginStep(deps: Deps, share: DueShare, leaseToken: string): Promise<ShareStep | NextLook> {
  const plan = planStep(dueOf(share), share.steps);
  if (plan.kind === 'even') return even;
  const stripeAccountId = plan.kind === 'reversal' ? plan.transfer.stripeAccountId : share.activeAccountId;
  if (stripeAccountId === null) return waiting;
  return (await deps.shares.startStep({ share, leaseToken, plan, stripeAccountId })) ?? atOnce;
}
