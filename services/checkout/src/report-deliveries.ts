/**
 * Tells payment-vault of orders that have arrived, so that it keeps their addresses no longer than needed. What cannot be
 * told is told later; telling it twice changes nothing.
 */
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Deps } from './deps.ts';
import { claimDueDeliveries, settleDelivery } from './store/shipments.ts';

const batchSize = 20;

type DeliveryDeps = Pick<Deps, 'pool' | 'clients' | 'logger'>;

/** Tells of what is due, once; answers how many orders there were. */
export async function reportDeliveries(deps: DeliveryDeps): Promise<number> {
  const due = await claimDueDeliveries(deps.pool, batchSize);
  await Promise.all(
    due.map(async (delivery) => {
      const { orderId, deliveredAt, requestId, attempts } = delivery;
      try {
        const { status } = await deps.clients.recordDelivery({ orderId, deliveredAt: deliveredAt.toISOString() }, requestId);
        await settleDelivery(deps.pool, delivery, status);
      } catch (error) {
        deps.logger.warn({ err: error, orderId, attempts }, 'payment-vault could not be told of a delivery; trying again');
      }
    }),
  );
  return due.length;
}

export const startDeliveryReports = (deps: DeliveryDeps): Loop =>
  startLoop({
    name: 'delivery-reports',
    logger: deps.logger,
    intervalMs: 10_000,
    run: async () => (await reportDeliveries(deps)) === batchSize,
  });
