/** What of orders can be sent back, from all that is known of their parcels, returns and refunds. */
import type { Queryable } from '@vitrine/runtime/database';
import type { Deps } from './deps.ts';
import type { Order } from './order.ts';
import { returnableOf, type DeliveryFacts, type Returnable } from './return.ts';
import { arrivedAt, shippedPieces, type Shipment } from './shipment.ts';
import { findRefundsOf } from './store/refunds.ts';
import { findReturnsOf, findReturnWindows } from './store/returns.ts';
import { findShipments } from './store/shipments.ts';

/** What can be sent back of each of these orders, in their order. */
export async function findReturnable(
  deps: Pick<Deps, 'clock' | 'returnWindowDays'>,
  queryable: Queryable,
  orders: readonly Order[],
): Promise<Returnable[]> {
  const orderIds = orders.map(({ orderId }) => orderId);
  // One after the other: within a transaction there is one connection.
  const returns = await findReturnsOf(queryable, orderIds);
  const refunds = await findRefundsOf(queryable, orderIds);
  const shipments = await findShipments(queryable, orderIds);
  const windows = await findReturnWindows(queryable, orderIds);
  const of = <Row extends { readonly orderId: string }>(rows: readonly Row[], orderId: string): Row[] =>
    rows.filter((row) => row.orderId === orderId);
  const now = deps.clock.now();
  return orders.map((order) => {
    const { orderId } = order;
    const facts = factsOf(order, of(shipments, orderId), windows.get(orderId) ?? deps.returnWindowDays);
    return returnableOf(order, of(returns, orderId), of(refunds, orderId), facts, now);
  });
}

const factsOf = (order: Order, shipments: readonly Shipment[], windowDays: number): DeliveryFacts => ({
  shipped: order.lines
    .map(({ productId }) => ({ productId, quantity: shippedPieces(shipments, productId) }))
    .filter(({ quantity }) => quantity > 0),
  deliveredAt: order.fulfilment === 'delivered' ? arrivedAt(shipments) : null,
  windowDays,
});
