/** The settle loop of refunds: whoever began one and ended, it is made or found out, so that no refund is without an end. */
import { randomUUID } from 'node:crypto';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';
import { makeRefund } from './make-refund.ts';
import { budgetOf } from './stripe-call.ts';

const batchSize = 10;
const intervalMs = 2_000;
const stripeBudgetMs = 12_000;

/** Settles what is due, once; answers how many refunds there were. */
export async function settleRefunds(deps: Deps): Promise<number> {
  const leaseToken = randomUUID();
  const due = await deps.refunds.claimDue(leaseToken, batchSize);
  await Promise.all(
    due.map(async (held) => {
      try {
        await makeRefund(deps, held, leaseToken, budgetOf(stripeBudgetMs), false);
      } catch (error) {
        // Its lease runs out, and it is due again.
        deps.logger.error({ err: error, orderId: held.orderId, refundId: held.refundId }, 'refund cannot be settled');
      }
    }),
  );
  return due.length;
}

export const startSettlingRefunds = (deps: Deps): Loop =>
  startLoop({
    name: 'settle-refunds',
    logger: deps.logger,
    intervalMs,
    run: async () => (await settleRefunds(deps)) === batchSize,
  });
