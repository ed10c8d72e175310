/**
 * Drives each refund to its end: payment-vault is asked until it says what became of it, by whichever process holds the
 * refund's lease. What it is asked for was written before, so asking again makes no second refund.
 */
import { withTransaction } from '@vitrine/runtime/database';
import { unreachable } from '@vitrine/runtime/errors';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';
import { endRefund } from './end-refund.ts';
import { lockOrder } from './store/orders.ts';
import { claimDueRefunds, pendingSeconds, postponeRefund, type DueRefund, type RefundEnd } from './store/refunds.ts';

const batchSize = 16;
const backoffSeconds = (attempts: number): number => Math.min(2 ** attempts, 300);

type SettleDeps = Pick<Deps, 'pool' | 'clients' | 'logger' | 'wakeRelay'>;

/** Asks for what is due, once; answers how many refunds there were. */
export async function settleRefunds(deps: SettleDeps): Promise<number> {
  const due = await claimDueRefunds(deps.pool, batchSize);
  await Promise.all(due.map((refund) => settle(deps, refund)));
  return due.length;
}

/** When it is to be looked at again, and why if that is worth a line of the order's history. */
interface Postponed {
  readonly seconds: number;
  readonly reason: string | null;
}

async function settle(deps: SettleDeps, due: DueRefund): Promise<void> {
  const { refundId, orderId } = due.refund;
  let postponed: Postponed | null;
  try {
    postponed = await ask(deps, due);
  } catch (error) {
    deps.logger.warn({ err: error, orderId, refundId, attempts: due.attempts }, 'refund could not be made; trying again');
    postponed = { seconds: backoffSeconds(due.attempts), reason: 'payment-vault could not be asked' };
  }
  if (postponed === null) return;
  await postponeRefund(deps.pool, due, postponed.seconds, postponed.reason).catch((error: unknown) => {
    // The lease runs out by itself.
    deps.logger.warn({ err: error, orderId, refundId }, 'lease could not be given back');
  });
}

async function ask(deps: SettleDeps, due: DueRefund): Promise<Postponed | null> {
  const { refundId, orderId, amountMinor, reason } = due.refund;
  if (reason === null) throw new Error(`${refundId} was made at the payment provider`);
  const answer = await deps.clients.refund({ orderId, refundId, amountMinor, reason }, due.requestId);
  switch (answer.status) {
    case 'refunded':
      await take(deps, due, { status: 'refunded', refundedAt: new Date(answer.refundedAt) });
      return null;
    case 'failed':
      await take(deps, due, { status: 'failed', failure: answer.reason });
      return null;
    case 'not_refundable':
      // Checkout believed that it was: the reconciler compares what both know of the order.
      deps.logger.warn({ orderId, refundId, amountMinor, reason: answer.reason }, 'payment-vault does not make this refund');
      await take(deps, due, { status: 'refused', failure: answer.reason });
      return null;
    case 'pending':
      await take(deps, due, { status: 'pending' });
      return { seconds: pendingSeconds, reason: null };
    case 'retry_later':
      return {
        seconds: Math.max(answer.retryAfterMs / 1_000, backoffSeconds(due.attempts)),
        reason: 'the payment provider cannot say at the moment',
      };
    default:
      return unreachable(answer);
  }
}

async function take(deps: SettleDeps, { refund, attempts }: DueRefund, end: RefundEnd): Promise<void> {
  const isNews = await withTransaction(deps.pool, async (transaction) => {
    const order = await lockOrder(transaction, refund.orderId);
    if (order === null) throw new Error(`${refund.orderId} is gone`);
    return endRefund(transaction, order, refund.refundId, end, { cause: 'schedule', attempt: attempts, causationId: null });
  });
  if (isNews) deps.wakeRelay();
}

export const startRefunds = (deps: SettleDeps): Loop =>
  startLoop({ name: 'refunds', logger: deps.logger, intervalMs: 500, run: async () => (await settleRefunds(deps)) === batchSize });
