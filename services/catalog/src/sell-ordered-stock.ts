/**
 * A placed order takes its pieces for good, once. The reservation should be there; an order that was placed without one
 * is a breach that is made good from free stock, and put before a person when there is none.
 */
import type { OrderSnapshot } from '@vitrine/contracts/order-events';
import type { Transaction } from '@vitrine/runtime/database';
import { PermanentError, unreachable } from '@vitrine/runtime/errors';
import { appendEvents } from '@vitrine/runtime/outbox';
import type { Logger } from '@vitrine/runtime/telemetry';
import { stockSold, type Cause } from './published-events.ts';
import { lockReservation } from './store/reservations.ts';
import { sellHeld, sellUnreserved, type MovedStock } from './store/stock.ts';

/** Sells what is held for an order; false when nothing is. */
export async function sellHeldStock(transaction: Transaction, orderId: string, cause: Cause): Promise<boolean> {
  const moved = await sellHeld(transaction, orderId);
  if (moved === null) return false;
  await appendEvents(transaction, [stockSold(orderId, moved, cause)]);
  return true;
}

/** @throws PermanentError when the order cannot have the pieces, or is not for what was reserved. */
export async function sellOrderedStock(transaction: Transaction, order: OrderSnapshot, cause: Cause, logger: Logger): Promise<void> {
  const { orderId, buyerId, lines } = order;
  const [line, ...further] = lines;
  if (line === undefined || further.length > 0)
    throw new PermanentError(`${orderId} has ${lines.length} lines; a reservation holds one product`);
  const { productId, quantity } = line;

  const sold =
    (await sellHeld(transaction, orderId)) ??
    (await sellWithoutHold(transaction, { orderId, buyerId, productId, quantity }, cause, logger));
  if (sold === null) return;
  if (sold.productId !== productId || sold.quantity !== quantity) {
    throw new PermanentError(`${orderId} is for ${quantity} of ${productId}, but ${sold.quantity} of ${sold.productId} were reserved`);
  }
  await appendEvents(transaction, [stockSold(orderId, sold, cause)]);
}

/** What is left to do when nothing was held at first sight; null when the order has had its effect before. */
async function sellWithoutHold(
  transaction: Transaction,
  sale: Parameters<typeof sellUnreserved>[1],
  cause: Cause,
  logger: Logger,
): Promise<MovedStock | null> {
  const { orderId, productId, quantity } = sale;
  const { status, cancelled } = await lockReservation(transaction, orderId, cause.correlationId);
  switch (status) {
    case 'held':
      return sellHeld(transaction, orderId);
    case 'sold':
    case 'returned':
      return null;
    case 'released': {
      if (cancelled) return null;
      const moved = await sellUnreserved(transaction, sale);
      if (moved === null)
        throw new PermanentError(`${orderId} was placed without a reservation and ${quantity} of ${productId} are not free`);
      logger.error({ orderId, productId, quantity }, 'an order was placed without a reservation; sold from free stock');
      return moved;
    }
    default:
      return unreachable(status);
  }
}
