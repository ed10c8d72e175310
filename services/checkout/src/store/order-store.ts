/** The store of captures, voids and undos in PostgreSQL. */
import type { Pool, Queryable } from '@vitrine/runtime/database';
import type { Batcher } from '@vitrine/runtime/group-commit';
import { runIdempotent } from '@vitrine/runtime/idempotency';
import type { OrderStore } from '../order-store.ts';
import { changeOrder, claimOrdersToCapture, claimOrdersToVoid, postponePayment, type OrderChange } from './orders.ts';

/** `single`: for statements that are transactions by themselves. */
export const createOrderStore = (pool: Pool, changes: Batcher<OrderChange, boolean>, single: Queryable = pool): OrderStore => ({
  claimToCapture: (limit) => claimOrdersToCapture(single, limit),
  claimToVoid: (limit) => claimOrdersToVoid(single, limit),
  postpone: (due, step, seconds, reason) => postponePayment(single, due, step, seconds, reason),
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
