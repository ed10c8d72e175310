/**
 * Cancels an order before anything of it is shipped: by its buyer, by its seller with a reason, or because nothing was
 * shipped in time. All that was charged and not refunded yet is refunded, and the stock is free again (by the event). Of a
 * cancellation and a shipment exactly one wins, on the order's row.
 */
import type { CancelReason } from '@vitrine/contracts/order-events';
import type { RefundReason } from '@vitrine/contracts/payment-vault-http';
import type { Transaction } from '@vitrine/runtime/database';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import { isOrderOfSeller, type SellerCaller } from './access.ts';
import type { BuyerReason, Canceller, GivenReason, SellerReason } from './cancellation.ts';
import type { Deps } from './deps.ts';
import { orderCancelled } from './events.ts';
import { moveOrder, type Order } from './order.ts';
import type { RefundRequester } from './refund.ts';
import type { OrderChanged } from './ship-order.ts';
import { insertCancellation } from './store/cancellations.ts';
import { changeOrder } from './store/orders.ts';
import { refundTheRest } from './store/refunds.ts';

interface CancelCommand {
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly expectedVersion: number | null;
}

export interface BuyerCancelCommand extends CancelCommand {
  readonly buyerId: string;
  readonly reason: BuyerReason | null;
}

export interface SellerCancelCommand extends CancelCommand, SellerCaller {
  readonly reason: SellerReason;
}

export type CancelOrderResult =
  | { readonly kind: 'cancelled'; readonly orderId: string }
  | { readonly kind: 'not_found'; readonly orderId: string }
  | OrderChanged
  /** It is on its way, or over. */
  | { readonly kind: 'too_late'; readonly orderId: string }
  /** The undo window has just closed and the amount is being charged: it can be cancelled in a moment. */
  | { readonly kind: 'being_charged'; readonly retryAfterMs: number }
  | IdempotencyRefusal;

type Refusal = Exclude<CancelOrderResult, { readonly kind: 'cancelled' } | IdempotencyRefusal>;

export type CancelDeps = Pick<Deps, 'pool' | 'clock' | 'wakeRelay' | 'wakeVoid' | 'wakeRefunds'>;

/** Within the undo window it is an undo: nothing is charged, and the seller never hears of it. */
export async function cancelOrder(deps: CancelDeps, command: BuyerCancelCommand): Promise<CancelOrderResult> {
  const { buyerId, idempotencyKey, ...input } = command;
  return cancelOnce(deps, { actorId: buyerId, operation: 'cancelOrder', idempotencyKey, input }, command, (transaction) =>
    cancel(transaction, command, deps.clock.now(), {
      by: 'buyer',
      reason: command.reason,
      mayCancel: (order) => order.buyerId === buyerId,
    }),
  );
}

/** A seller that is suspended can still cancel what it has sold. */
export async function cancelOrderAsSeller(deps: CancelDeps, command: SellerCancelCommand): Promise<CancelOrderResult> {
  const { sellerId, accountId, idempotencyKey, ...input } = command;
  return cancelOnce(deps, { actorId: accountId, operation: 'cancelOrderAsSeller', idempotencyKey, input }, command, (transaction) =>
    cancel(transaction, command, deps.clock.now(), {
      by: 'seller',
      reason: command.reason,
      mayCancel: (order) => isOrderOfSeller(order, sellerId),
    }),
  );
}

/** Cancels an order of which nothing was shipped in time, in the caller's transaction. */
export const cancelExpired = (transaction: Transaction, orderId: string, now: Date, isExpired: (order: Order) => boolean) =>
  cancel(transaction, { orderId, expectedVersion: null }, now, { by: 'schedule', reason: null, mayCancel: isExpired });

async function cancelOnce(
  deps: CancelDeps,
  call: Parameters<typeof runIdempotent>[1],
  { orderId }: CancelCommand,
  effect: (transaction: Transaction) => Promise<CancelOrderResult>,
): Promise<CancelOrderResult> {
  const result = await runIdempotent<CancelOrderResult>(
    deps.pool,
    call,
    async (transaction) => (isId('ord', orderId) ? effect(transaction) : { kind: 'not_found', orderId }),
    ({ kind }) => kind === 'cancelled',
  );
  if (result.kind === 'cancelled') {
    deps.wakeRelay();
    deps.wakeVoid();
    deps.wakeRefunds();
  }
  return result;
}

interface Cancelling {
  readonly by: Canceller;
  readonly reason: GivenReason | null;
  readonly mayCancel: (order: Order) => boolean;
}

const cancelReasons: Readonly<Record<Canceller, CancelReason>> = {
  buyer: 'cancelled_by_buyer',
  seller: 'cancelled_by_seller',
  schedule: 'expired',
};

const refundReasons: Readonly<Record<Canceller, RefundReason>> = {
  buyer: 'REQUESTED_BY_BUYER',
  seller: 'CANCELLED_BY_SELLER',
  schedule: 'NOT_DELIVERED',
};

const requesters: Readonly<Record<Canceller, RefundRequester>> = { buyer: 'buyer', seller: 'seller', schedule: 'system' };

async function cancel(
  transaction: Transaction,
  { orderId, expectedVersion }: Pick<CancelCommand, 'orderId' | 'expectedVersion'>,
  now: Date,
  { by, reason, mayCancel }: Cancelling,
): Promise<Exclude<CancelOrderResult, IdempotencyRefusal>> {
  const changed = await changeOrder<Refusal>(
    transaction,
    orderId,
    (order) => {
      if (!mayCancel(order)) return { refusal: { kind: 'not_found', orderId } };
      if (expectedVersion !== null && expectedVersion !== order.sequence)
        return { refusal: { kind: 'changed', currentVersion: order.sequence } };
      const isUndo = order.status === 'placed' && now < order.captureAt;
      const cancelReason = isUndo ? 'undone' : cancelReasons[by];
      const cancelled = moveOrder(order, isUndo ? 'undo' : 'cancel', { cancelledAt: now, cancelReason });
      if (cancelled === null) {
        return { refusal: order.status === 'placed' ? { kind: 'being_charged', retryAfterMs: 1_000 } : { kind: 'too_late', orderId } };
      }
      return {
        change: {
          order: cancelled,
          event: orderCancelled(cancelled, cancelReason),
          cause: by,
          detail: reason === null ? {} : { reason },
        },
      };
    },
    async (_transaction, order) => {
      if (order.payment !== 'captured') return;
      const refundId = await refundTheRest(transaction, order, {
        kind: 'cancellation',
        reason: refundReasons[by],
        requestedBy: requesters[by],
      });
      await insertCancellation(transaction, { orderId, by, reason, refundId, at: now });
    },
  );
  if (changed === null) return { kind: 'not_found', orderId };
  return 'refusal' in changed ? changed.refusal : { kind: 'cancelled', orderId };
}
