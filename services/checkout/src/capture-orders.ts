/**
 * Captures placed orders when their undo window has closed: then the order is confirmed, and its seller learns of it. Lets
 * the authorization of cancelled orders go.
 */
import { unreachable } from '@vitrine/runtime/errors';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { NewEvent } from '@vitrine/runtime/outbox';
import type { Deps, SagaDeps } from './deps.ts';
import { orderCancelled, orderConfirmed, orderPaymentVoided } from './events.ts';
import type { MoveName } from './order-moves.ts';
import { moveOrder, type Order, type OrderPatch } from './order.ts';
import type { DueOrder } from './order-store.ts';

const batchSize = 64;
const backoffSeconds = (attempts: number): number => Math.min(2 ** attempts, 300);

type CaptureDeps = Pick<SagaDeps, 'clients' | 'logger' | 'clock' | 'wakeRelay'> & Pick<Deps, 'orders' | 'wakeVoid'>;

/** Captures what is due, once; answers how many orders there were. */
export async function captureOrders(deps: CaptureDeps): Promise<number> {
  const due = await deps.orders.claimToCapture(batchSize);
  await Promise.all(due.map((order) => attempt(deps, order, 'capture', captureOrder)));
  return due.length;
}

/** Lets go what is to be let go, once; answers how many orders there were. */
export async function voidOrders(deps: CaptureDeps): Promise<number> {
  const due = await deps.orders.claimToVoid(batchSize);
  await Promise.all(due.map((order) => attempt(deps, order, 'void', voidOrder)));
  return due.length;
}

/** Why it has to be tried again, and when at the earliest. */
interface Postponed {
  readonly reason: string;
  readonly afterMs: number;
}

async function attempt(
  deps: CaptureDeps,
  due: DueOrder,
  step: 'capture' | 'void',
  run: (deps: CaptureDeps, due: DueOrder) => Promise<Postponed | null>,
): Promise<void> {
  let postponed: Postponed | null;
  try {
    postponed = await run(deps, due);
  } catch (error) {
    deps.logger.warn({ err: error, orderId: due.order.orderId, attempts: due.attempts, step }, 'payment could not be moved; trying again');
    postponed = { reason: 'payment-vault could not be asked', afterMs: 0 };
  }
  if (postponed === null) return;
  const seconds = Math.max(postponed.afterMs / 1_000, backoffSeconds(due.attempts));
  await deps.orders.postpone(due, step, seconds, postponed.reason).catch((error: unknown) => {
    // The lease runs out by itself.
    deps.logger.warn({ err: error, orderId: due.order.orderId, step }, 'lease could not be given back');
  });
}

async function captureOrder(deps: CaptureDeps, { order, attempts }: DueOrder): Promise<Postponed | null> {
  const capture = await deps.clients.capture(order.orderId, order.requestId);
  switch (capture.status) {
    case 'captured':
      await move(deps, order, attempts, 'confirm', { confirmedAt: new Date(capture.capturedAt) }, orderConfirmed);
      return null;
    case 'not_capturable':
      // Nothing was charged and nothing can be: give the stock back (by the event) and let the authorization go.
      await move(deps, order, attempts, 'fail_capture', { cancelledAt: deps.clock.now(), cancelReason: 'capture_failed' }, (moved) =>
        orderCancelled(moved, 'capture_failed'),
      );
      deps.wakeVoid();
      return null;
    case 'retry_later':
      return { reason: 'the payment provider cannot say at the moment', afterMs: capture.retryAfterMs };
    default:
      return unreachable(capture);
  }
}

async function voidOrder(deps: CaptureDeps, { order, attempts }: DueOrder): Promise<Postponed | null> {
  const voided = await deps.clients.voidPayment(order.orderId, order.requestId);
  switch (voided.status) {
    case 'voided':
      await move(deps, order, attempts, 'void_payment', {}, orderPaymentVoided);
      return null;
    case 'retry_later':
      return { reason: 'the payment provider cannot say at the moment', afterMs: voided.retryAfterMs };
    case 'already_captured':
      // Nobody asked for it: the reconciler opens a case.
      deps.logger.error({ orderId: order.orderId }, 'a cancelled order was captured');
      return { reason: 'the payment is captured', afterMs: 60_000 };
    default:
      return unreachable(voided);
  }
}

/** Moves the order on, unless somebody else has. */
async function move(
  deps: CaptureDeps,
  order: Order,
  attempts: number,
  name: MoveName,
  patch: OrderPatch,
  eventOf: (order: Order) => NewEvent,
): Promise<void> {
  const moved = moveOrder(order, name, patch);
  if (moved === null) throw new Error(`${order.orderId} cannot be moved by ${name}`);
  const isSaved = await deps.orders.save({ order: moved, event: eventOf(moved), cause: 'schedule', attempt: attempts });
  if (!isSaved) throw new Error(`${order.orderId} changed under its lease`);
  deps.wakeRelay();
}

const startPaymentLoop = (name: string, deps: CaptureDeps, run: (deps: CaptureDeps) => Promise<number>): Loop =>
  startLoop({ name, logger: deps.logger, intervalMs: 500, run: async () => (await run(deps)) === batchSize });

export const startCapture = (deps: CaptureDeps): Loop => startPaymentLoop('capture', deps, captureOrders);
export const startVoids = (deps: CaptureDeps): Loop => startPaymentLoop('void', deps, voidOrders);
