/** A cancelled order gives its pieces back, sold or still held, once; and nothing can be sold to it any more. */
import type { Transaction } from '@vitrine/runtime/database';
import { appendEvents } from '@vitrine/runtime/outbox';
import { stockReturned, type Cause } from './published-events.ts';
import { lockReservation, markCancelled } from './store/reservations.ts';
import { releaseReservation, returnSold } from './store/stock.ts';

export async function returnOrderedStock(transaction: Transaction, orderId: string, cause: Cause): Promise<void> {
  const { status } = await lockReservation(transaction, orderId, cause.correlationId);
  if (status === 'held') await releaseReservation(transaction, orderId, cause.correlationId);
  if (status === 'sold') {
    const returned = await returnSold(transaction, orderId);
    if (returned !== null) await appendEvents(transaction, [stockReturned(orderId, returned, cause)]);
  }
  await markCancelled(transaction, orderId);
}
