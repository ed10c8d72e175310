/**
 * Cancels and refunds orders of which nothing was shipped in time: who takes money for goods has to ship them within the
 * time that was promised, 30 days when none was, or give it back (16 CFR 435.2).
 */
import { withTransaction } from '@vitrine/runtime/database';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import { cancelExpired, type CancelDeps } from './cancel-order.ts';
import type { Deps } from './deps.ts';
import type { Order } from './order.ts';
import { findUnshipped } from './store/cancellations.ts';

const batchSize = 50;
const dayMs = 86_400_000;

type ExpiryDeps = CancelDeps & Pick<Deps, 'logger' | 'shipWithinDays'>;

/** Until when something of an order has to be shipped; null when it is not to be, or has been. */
export const shipBy = ({ status, fulfilment, confirmedAt }: Order, shipWithinDays: number): Date | null =>
  status === 'confirmed' && fulfilment === 'unshipped' && confirmedAt !== null
    ? new Date(confirmedAt.getTime() + shipWithinDays * dayMs)
    : null;

/** Cancels what has expired, once; answers how many orders were cancelled. */
export async function expireOrders(deps: ExpiryDeps): Promise<number> {
  const cutoff = new Date(deps.clock.now().getTime() - deps.shipWithinDays * dayMs);
  let cancelled = 0;
  for (const orderId of await findUnshipped(deps.pool, cutoff, batchSize)) {
    const isExpired = ({ confirmedAt }: Order): boolean => confirmedAt !== null && confirmedAt < cutoff;
    try {
      const result = await withTransaction(deps.pool, (transaction) => cancelExpired(transaction, orderId, deps.clock.now(), isExpired));
      // Anything else: it was shipped, or cancelled, a moment ago.
      if (result.kind !== 'cancelled') continue;
      cancelled += 1;
      deps.logger.info({ orderId }, 'order cancelled: nothing was shipped in time');
    } catch (error) {
      // The others do not wait for it.
      deps.logger.error({ err: error, orderId }, 'an order that expired could not be cancelled; trying again');
    }
  }
  if (cancelled > 0) {
    deps.wakeRelay();
    deps.wakeRefunds();
  }
  return cancelled;
}

export const startExpiry = (deps: ExpiryDeps): Loop =>
  startLoop({ name: 'order-expiry', logger: deps.logger, intervalMs: 60_000, run: async () => (await expireOrders(deps)) === batchSize });
