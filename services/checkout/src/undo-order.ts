/**
 * The buyer takes an order back while its undo window is open: nothing is charged, and its seller never hears of it. Of an
 * undo and the close of the window exactly one wins, on the order's row.
 */
import { invalidKey, isIdempotencyKey, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import type { Deps } from './deps.ts';
import { orderCancelled } from './events.ts';
import { moveOrder, type Order } from './order.ts';

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

export async function undoOrder(
  deps: Pick<Deps, 'orders' | 'clock' | 'wakeRelay' | 'wakeVoid'>,
  command: UndoCommand,
): Promise<UndoResult> {
  const { buyerId, orderId, idempotencyKey } = command;
  const missing: UndoResult = { kind: 'not_found', orderId };
  if (!isIdempotencyKey(idempotencyKey)) return invalidKey;
  if (!isId('ord', orderId)) return missing;
  const result = await deps.orders.changeOnce<UndoResult>({
    call: { actorId: buyerId, operation: 'undoOrder', idempotencyKey, input: { orderId } },
    orderId,
    decide: (order) => decideUndo(order, buyerId, deps.clock.now()),
    done: { kind: 'undone', orderId },
    missing,
    shouldStore: ({ kind }) => kind !== 'not_found',
  });
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
