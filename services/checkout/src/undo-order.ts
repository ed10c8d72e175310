/**
 * The buyer takes an order back while its undo window is open: nothing is charged, and its seller never hears of it. Of an
 * undo and the close of the window exactly one wins, on the order's row.
 */
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import type { Deps } from './deps.ts';
import { orderCancelled } from './events.ts';
import { moveOrder, type Order } from './order.ts';
import { changeOrder } from './store/orders.ts';

export interface UndoCommand {
  readonly buyerId: string;
  readonly orderId: string;
  readonly idempotencyKey: string;
}

export type UndoResult =
  | { readonly kind: 'undone'; readonly orderId: string }
  | { readonly kind: 'not_found'; readonly orderId: string }
  /** The window is closed, or the order is over. */
  | { readonly kind: 'too_late'; readonly orderId: string }
  | IdempotencyRefusal;

type Refusal = Extract<UndoResult, { readonly kind: 'not_found' | 'too_late' }>;

export async function undoOrder(deps: Pick<Deps, 'pool' | 'clock' | 'wakeRelay' | 'wakeVoid'>, command: UndoCommand): Promise<UndoResult> {
  const { buyerId, orderId, idempotencyKey } = command;
  const call = { actorId: buyerId, operation: 'undoOrder', idempotencyKey, input: { orderId } };
  const result = await runIdempotent<UndoResult>(
    deps.pool,
    call,
    async (transaction) => {
      const missing: Refusal = { kind: 'not_found', orderId };
      if (!isId('ord', orderId)) return missing;
      const changed = await changeOrder<Refusal>(transaction, orderId, (order) => decideUndo(order, buyerId, deps.clock.now()));
      if (changed === null) return missing;
      return 'refusal' in changed ? changed.refusal : { kind: 'undone', orderId };
    },
    ({ kind }) => kind !== 'not_found',
  );
  if (result.kind === 'undone') {
    deps.wakeRelay();
    deps.wakeVoid();
  }
  return result;
}

function decideUndo(order: Order, buyerId: string, now: Date) {
  if (order.buyerId !== buyerId) return { refusal: { kind: 'not_found', orderId: order.orderId } as const };
  const undone = now < order.captureAt ? moveOrder(order, 'undo', { cancelledAt: now, cancelReason: 'undone' }) : null;
  if (undone === null) return { refusal: { kind: 'too_late', orderId: order.orderId } as const };
  return { change: { order: undone, event: orderCancelled(undone, 'undone'), cause: 'buyer' as const } };
}
