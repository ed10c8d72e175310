/**
 * The share loop: brings what a seller got of an order to what is due, one transfer or reversal at a time. A step is written
 * with its amount and key before Stripe is called, and looked for there after an outcome that is not known.
 */
import { randomUUID } from 'node:crypto';
import { unreachable } from '@vitrine/runtime/errors';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';
import { dueOf, planStep, shareDelayMs, type ShareStep } from './share.ts';
import type { NextLook, Share } from './store/shares.ts';
import { budgetOf, type Budget } from './stripe-call.ts';
import { takeStep } from './take-share-step.ts';

const batchSize = 10;
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
        await deps.shares.release(share.orderId, leaseToken, await payShare(deps, share, leaseToken, budgetOf(stripeBudgetMs)));
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

async function payShare(deps: Deps, share: Share, leaseToken: string, budget: Budget): Promise<NextLook> {
  const { orderId, sellerId } = share;
  const steps = await deps.shares.listSteps(orderId);
  const open = steps.find(({ status }) => status === 'started');
  const step = open ?? (await beginStep(deps, share, steps, leaseToken));
  if ('inMs' in step) return step;

  const taken = await takeStep(deps, share, step, steps, leaseToken, budget, open === undefined);
  switch (taken.kind) {
    case 'done':
      deps.logger.info({ orderId, sellerId, step: step.step, kind: step.kind, amountMinor: step.amountMinor }, 'seller share');
      return atOnce;
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
async function beginStep(deps: Deps, share: Share, steps: readonly ShareStep[], leaseToken: string): Promise<ShareStep | NextLook> {
  const { orderId, sellerId } = share;
  const disputedMinor = await deps.disputedMinor(orderId);
  const plan = planStep(dueOf({ ...share, disputedMinor }), steps);
  if (plan.kind === 'even') return even;
  let accountId: string;
  if (plan.kind === 'reversal') accountId = plan.transfer.stripeAccountId;
  else {
    const account = await deps.sellerAccounts.find(sellerId);
    if (account === null || account.status !== 'active' || account.stripeAccountId === null) return waiting;
    accountId = account.stripeAccountId;
  }
  return (await deps.shares.startStep(orderId, leaseToken, plan, accountId)) ?? atOnce;
}
