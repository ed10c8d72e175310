/**
 * Orders that were placed together take their pieces together; what is not simply held for its order goes the way of a
 * single one.
 */
import type { OrderSnapshot } from '@vitrine/contracts/order-events';
import type { Transaction } from '@vitrine/runtime/database';
import { appendEvents } from '@vitrine/runtime/outbox';
import type { Logger } from '@vitrine/runtime/telemetry';
import { stockSold, type Cause } from './published-events.ts';
import { sellOrderedStock } from './sell-ordered-stock.ts';
import { sellAllHeld, type Sale } from './store/stock-sales.ts';

/** An order, and the event that told of it. */
export interface PlacedOrder {
  readonly order: OrderSnapshot;
  readonly cause: Cause;
}

/** @throws PermanentError when one of the orders cannot have its pieces, or is not for what was reserved. */
export async function sellPlacedOrders(transaction: Transaction, placed: readonly PlacedOrder[], logger: Logger): Promise<void> {
  const sales = new Map<string, Sale>();
  for (const { orderId, lines } of placed.map(({ order }) => order)) {
    const [line, ...further] = lines;
    if (line !== undefined && further.length === 0) sales.set(orderId, { orderId, productId: line.productId, quantity: line.quantity });
  }
  const sold = new Map(await sellAllHeld(transaction, [...sales.values()]));
  const first = placed.flatMap(({ order: { orderId }, cause }) => {
    const moved = sold.get(orderId);
    // An order that is told of twice is sold once.
    return moved !== undefined && sold.delete(orderId) ? [{ orderId, moved, cause }] : [];
  });
  await appendEvents(
    transaction,
    first.map(({ orderId, moved, cause }) => stockSold(orderId, moved, cause)),
  );
  const done = new Set(first.map(({ cause }) => cause));
  for (const { order, cause } of placed) if (!done.has(cause)) await sellOrderedStock(transaction, order, cause, logger);
}
