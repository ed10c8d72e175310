/** Captures placed orders when their undo window has closed. Then the order is confirmed, and its seller learns of it. */
import { unreachable } from '@vitrine/runtime/errors';
import type { Deps } from './deps.ts';
import { orderCancelled, orderConfirmed } from './events.ts';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Order } from './order.ts';
import { claimOrdersToCapture, movePlacedOrder, postponeCapture } from './store.ts';

const batchSize = 32;
const backoffSeconds = (attempts: number): number => Math.min(2 ** attempts, 300);

/** Captures what is due, once; answers how many orders there were. */
export async function captureOrders(deps: Deps): Promise<number> {
  const due = await claimOrdersToCapture(deps.pool, batchSize);
  await Promise.all(
    due.map(async ({ order, attempts }) => {
      try {
        await captureOrder(deps, order, attempts);
      } catch (error) {
        deps.logger.warn({ err: error, orderId: order.orderId, attempts }, 'order could not be captured; trying again');
        await postponeCapture(deps.pool, order.orderId, backoffSeconds(attempts));
      }
    }),
  );
  return due.length;
}

async function captureOrder(deps: Deps, order: Order, attempts: number): Promise<void> {
  const capture = await deps.clients.capture(order.orderId, order.requestId);
  switch (capture.status) {
    case 'captured':
      await movePlacedOrder(deps.pool, order.orderId, { status: 'confirmed', at: new Date(capture.capturedAt) }, orderConfirmed);
      break;
    case 'not_capturable': {
      // Nothing was charged and nothing can be: give the stock back (by the event) and let the address copy go.
      const voided = await deps.clients.voidPayment(order.orderId, order.requestId);
      if (voided.status !== 'voided') {
        await postponeCapture(deps.pool, order.orderId, backoffSeconds(attempts));
        return;
      }
      await movePlacedOrder(deps.pool, order.orderId, { status: 'cancelled', at: new Date() }, (moved) =>
        orderCancelled(moved, 'capture_failed'),
      );
      break;
    }
    case 'retry_later':
      await postponeCapture(deps.pool, order.orderId, Math.max(capture.retryAfterMs / 1_000, backoffSeconds(attempts)));
      return;
    default:
      return unreachable(capture);
  }
  deps.wakeRelay();
}

export const startCapture = (deps: Deps): Loop =>
  startLoop({ name: 'capture', logger: deps.logger, intervalMs: 500, run: async () => (await captureOrders(deps)) === batchSize });
