/** The buyer asks to send goods back, within the time that the sale's terms give, or keeps them after all. */
import type { ReturnReason } from '@vitrine/contracts/order-events';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId, newId } from '@vitrine/runtime/ids';
import { changeReturn, type ChangeReturnResult, type InvalidReturn, type ReturnCommand } from './change-return.ts';
import type { Deps } from './deps.ts';
import { findReturnable } from './find-returnable.ts';
import { orderReturnRequested, orderReturnWithdrawn } from './money-events.ts';
import { moveOrder } from './order.ts';
import { checkLines, type LineQuantity } from './refund.ts';
import { asksForMore, type NotReturnableReason, type OrderReturn } from './return.ts';
import { lockOrder, saveChanges } from './store/orders.ts';
import { insertReturn } from './store/returns.ts';

export interface RequestReturnCommand {
  readonly buyerId: string;
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly lines: readonly LineQuantity[];
  readonly reason: ReturnReason;
  /** The order's version that the caller knows; null for any. */
  readonly expectedVersion: number | null;
}

export type RequestReturnResult =
  | { readonly kind: 'requested'; readonly orderId: string; readonly returnId: string }
  | { readonly kind: 'not_found'; readonly orderId: string }
  | { readonly kind: 'version_changed'; readonly currentVersion: number }
  /** `TOO_MANY`: fewer pieces can be sent back. */
  | {
      readonly kind: 'not_returnable';
      readonly orderId: string;
      readonly reason: NotReturnableReason | 'TOO_MANY';
      readonly lines: readonly LineQuantity[];
    }
  | InvalidReturn
  | IdempotencyRefusal;

export async function requestReturn(
  deps: Pick<Deps, 'pool' | 'clock' | 'returnWindowDays' | 'wakeRelay'>,
  command: RequestReturnCommand,
): Promise<RequestReturnResult> {
  const { buyerId, idempotencyKey, ...input } = command;
  const { orderId, lines, reason, expectedVersion } = input;
  const result = await runIdempotent<RequestReturnResult>(
    deps.pool,
    { actorId: buyerId, operation: 'requestReturn', idempotencyKey, input },
    async (transaction) => {
      const order = isId('ord', orderId) ? await lockOrder(transaction, orderId) : null;
      if (order === null || order.buyerId !== buyerId) return { kind: 'not_found', orderId };
      if (expectedVersion !== null && expectedVersion !== order.sequence)
        return { kind: 'version_changed', currentVersion: order.sequence };
      const invalid = checkLines(order, lines);
      if (invalid !== null) return invalid;
      const [returnable] = await findReturnable(deps, transaction, [order]);
      const left = returnable?.lines ?? [];
      if (returnable === undefined || returnable.reason !== null)
        return { kind: 'not_returnable', orderId, reason: returnable?.reason ?? 'NOTHING_LEFT', lines: left };
      if (asksForMore(lines, left)) return { kind: 'not_returnable', orderId, reason: 'TOO_MANY', lines: left };

      const returned: OrderReturn = {
        returnId: newId('rtn'),
        orderId,
        state: 'requested',
        lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
        reason,
        refusal: null,
        received: null,
        refundShipping: null,
        requestedAt: deps.clock.now(),
        decidedAt: null,
        receivedAt: null,
      };
      const { returnId } = returned;
      const moved = moveOrder(order, 'request_return');
      if (moved === null) throw new Error(`${orderId} is returnable and cannot be moved by request_return`);
      await insertReturn(transaction, returned);
      const saved = await saveChanges(transaction, [
        { order: moved, event: orderReturnRequested(moved, returned), cause: 'buyer', detail: { returnId, reason } },
      ]);
      if (!saved.has(orderId)) throw new Error(`${orderId} changed under its lock`);
      return { kind: 'requested', orderId, returnId };
    },
    ({ kind }) => kind === 'requested',
  );
  if (result.kind === 'requested') deps.wakeRelay();
  return result;
}

/** The buyer keeps the goods: possible until they have arrived at the seller. */
export const withdrawReturn = (deps: Pick<Deps, 'pool' | 'wakeRelay'>, command: ReturnCommand): Promise<ChangeReturnResult> =>
  changeReturn(
    deps,
    'withdrawReturn',
    command,
    'buyer',
    (order) => order.buyerId === command.accountId,
    async (_transaction, _order, returned) => {
      if (returned.state !== 'requested' && returned.state !== 'approved') return null;
      return {
        move: 'withdraw_return',
        returned: { ...returned, state: 'withdrawn' },
        event: (order) => orderReturnWithdrawn(order, returned),
      };
    },
  );
