/** The frame of every change of a return: once for a key, under the order's lock, with the order's event. */
import type { Transaction } from '@vitrine/runtime/database';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import type { NewEvent } from '@vitrine/runtime/outbox';
import type { Deps } from './deps.ts';
import type { MoveName } from './order-moves.ts';
import { moveOrder, type Order } from './order.ts';
import type { OrderReturn, OrderReturnState } from './return.ts';
import { lockOrder, saveChanges, type Cause } from './store/orders.ts';
import { findReturn, findReturnsOf, storeReturn } from './store/returns.ts';

/** A change of a return that somebody asks for. */
export interface ReturnCommand {
  readonly accountId: string;
  readonly idempotencyKey: string;
  readonly returnId: string;
  /** The order's version that the caller knows; null for any. */
  readonly expectedVersion: number | null;
}

/** What a change of a return leaves. */
export interface ReturnStep {
  readonly move: MoveName;
  readonly returned: OrderReturn;
  readonly event: (order: Order) => NewEvent;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface InvalidReturn {
  readonly kind: 'invalid_input';
  readonly path: readonly string[];
  readonly message: string;
}

export type ChangeReturnResult =
  | { readonly kind: 'changed'; readonly orderId: string; readonly returnId: string }
  | { readonly kind: 'not_found'; readonly returnId: string }
  | { readonly kind: 'version_changed'; readonly currentVersion: number }
  /** The return has gone on: this cannot be done to it any more, or not yet. */
  | { readonly kind: 'wrong_state'; readonly orderId: string; readonly state: OrderReturnState }
  | InvalidReturn
  | IdempotencyRefusal;

/**
 * Changes a return. `decide` gets it and its order, both locked, and answers what to change; null when the return's state
 * does not allow it. What it writes itself is part of the same transaction.
 */
export async function changeReturn(
  deps: Pick<Deps, 'pool' | 'wakeRelay'>,
  operation: string,
  { accountId, idempotencyKey, ...input }: ReturnCommand,
  cause: Cause,
  mayChange: (order: Order) => boolean,
  decide: (transaction: Transaction, order: Order, returned: OrderReturn) => Promise<ReturnStep | InvalidReturn | null>,
): Promise<ChangeReturnResult> {
  const { returnId, expectedVersion } = input;
  const result = await runIdempotent<ChangeReturnResult>(
    deps.pool,
    { actorId: accountId, operation, idempotencyKey, input },
    async (transaction) => {
      const missing = { kind: 'not_found', returnId } as const;
      const found = isId('rtn', returnId) ? await findReturn(transaction, returnId) : null;
      const order = found === null ? null : await lockOrder(transaction, found.orderId);
      if (order === null || !mayChange(order)) return missing;
      const { orderId } = order;
      if (expectedVersion !== null && expectedVersion !== order.sequence)
        return { kind: 'version_changed', currentVersion: order.sequence };
      // As it is under the lock.
      const returned = (await findReturnsOf(transaction, [orderId])).find((candidate) => candidate.returnId === returnId);
      if (returned === undefined) throw new Error(`${returnId} is gone`);
      const step = await decide(transaction, order, returned);
      if (step === null) return { kind: 'wrong_state', orderId, state: returned.state };
      if ('kind' in step) return step;
      const moved = moveOrder(order, step.move);
      if (moved === null) throw new Error(`${orderId} cannot be moved by ${step.move}`);
      await storeReturn(transaction, step.returned);
      const detail = { returnId, ...step.detail };
      const saved = await saveChanges(transaction, [{ order: moved, event: step.event(moved), cause, detail }]);
      if (!saved.has(orderId)) throw new Error(`${orderId} changed under its lock`);
      return { kind: 'changed', orderId, returnId };
    },
    ({ kind }) => kind === 'changed',
  );
  if (result.kind === 'changed') deps.wakeRelay();
  return result;
}
