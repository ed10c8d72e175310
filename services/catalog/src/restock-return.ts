/** Pieces of a return that can be sold again go back to stock, once for each return, never more of them than were sold. */
import type { OrderReturnReceived } from '@vitrine/contracts/order-events';
import type { Transaction } from '@vitrine/runtime/database';
import { appendEvents } from '@vitrine/runtime/outbox';
import type { Logger } from '@vitrine/runtime/telemetry';
import { stockReturned, type Cause } from './published-events.ts';
import { restockReturned } from './store/stock.ts';

export async function restockReturn(
  transaction: Transaction,
  { order: { orderId }, return: { returnId }, received }: OrderReturnReceived,
  cause: Cause,
  logger: Logger,
): Promise<void> {
  for (const { productId, quantity, restock } of received) {
    if (!restock) continue;
    const moved = await restockReturned(transaction, { orderId, returnId, productId, quantity });
    if (moved === null) logger.info({ orderId, returnId, productId }, 'pieces of a return are in stock already');
    else await appendEvents(transaction, [stockReturned(orderId, moved, cause, returnId)]);
  }
}
