/** The store of captures, voids and undos in PostgreSQL. */
import type { Pool } from '@vitrine/runtime/database';
import type { Batcher } from '@vitrine/runtime/group-commit';
import { runIdempotent } from '@vitrine/runtime/idempotency';
import type { OrderStore } from '../order-store.ts';
import { changeOrder, claimOrdersToCapture, claimOrdersToVoid, postponePayment, type OrderChange } from './orders.ts';

export const createOrderStore = (pool: Pool, changes: Batcher<OrderChange, boolean>): OrderStore => ({
  claimToCapture: (limit) => claimOrdersToCapture(pool, limit),
  claimToVoid: (limit) => claimOrdersToVoid(pool, limit),
  postpone: (due, step, seconds, reason) => postponePayment(pool, due, step, seconds, reason),
  save: (change) => changes.add(change),
  changeOnce: ({ call, orderId, decide, done, missing, shouldStore }) =>
    runIdempotent(
      pool,
      call,
      async (transaction) => {
        const changed = await changeOrder(transaction, orderId, decide);
        if (changed === null) return missing;
        return 'refusal' in changed ? changed.refusal : done;
      },
      shouldStore,
    ),
});
