/** The completer: goes on with purchases that nobody drives, after a crash, a lost connection or a 3-D Secure challenge. */
import { randomUUID } from 'node:crypto';
import type { Deps, SagaDeps } from './deps.ts';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import { advancePurchase } from './place-order.ts';
import { forgetRecent } from './store/purchases.ts';

const batchSize = 20;

/** Advances every purchase that is due, once; answers how many there were. */
export async function completePurchases(deps: SagaDeps): Promise<number> {
  const purchases = await deps.purchases.claimDue(randomUUID(), batchSize);
  await Promise.all(
    purchases.map(async (purchase) => {
      try {
        const result = await advancePurchase(deps, purchase, 'completer');
        deps.logger.info({ orderId: purchase.orderId, from: purchase.recoveryPoint, result: result.kind }, 'purchase taken up again');
      } catch (error) {
        deps.logger.error({ err: error, orderId: purchase.orderId, recoveryPoint: purchase.recoveryPoint }, 'purchase cannot be completed');
      }
    }),
  );
  return purchases.length;
}

const forgottenAtOnce = 5_000;

/** Keeps the guard against double taps as small as it has to be. */
export const startForgettingRecent = (deps: Pick<Deps, 'pool' | 'logger'>): Loop =>
  startLoop({
    name: 'forget-recent',
    logger: deps.logger,
    intervalMs: 10 * 60_000,
    run: async () => (await forgetRecent(deps.pool, forgottenAtOnce)) === forgottenAtOnce,
  });

export const startCompleter = (deps: SagaDeps): Loop =>
  startLoop({ name: 'completer', logger: deps.logger, intervalMs: 1_000, run: async () => (await completePurchases(deps)) === batchSize });
