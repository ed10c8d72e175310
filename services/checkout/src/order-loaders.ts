/** What the resolvers of one request read of orders, each in one statement for all that the request asks for. */
import type { Identity } from '@vitrine/runtime/identity';
import type { Pool } from '@vitrine/runtime/database';
import DataLoader from 'dataloader';
import { maySeeOrder, maySeeSellerOrder } from './access.ts';
import type { GivenReason } from './cancellation.ts';
import type { Order } from './order.ts';
import { readReceipts } from './read-receipts.ts';
import type { Receipt } from './receipt.ts';
import type { Shipment, ShipmentEvent } from './shipment.ts';
import { findGivenReasons } from './store/cancellations.ts';
import { findOrderSteps, findPurchaseTraces, type OrderStep, type PurchaseTrace } from './store/order-history.ts';
import { findOrders } from './store/orders.ts';
import { findShipmentEvents, findShipments } from './store/shipments.ts';

/** The loaders that take the id of an order, or of a parcel, belong to things that the caller was found to be allowed to see. */
export interface OrderLoaders {
  /** Orders by id as their buyer sees them; null for one that the caller may not see so. */
  readonly visibleOrders: DataLoader<string, Order | null>;
  /** Orders by id as their seller sees them; null for one that the caller may not see so. */
  readonly sellerOrders: DataLoader<string, Order | null>;
  /** Parcels by order id, oldest first. */
  readonly shipments: DataLoader<string, readonly Shipment[]>;
  /** News of parcels by parcel id, oldest first. */
  readonly shipmentEvents: DataLoader<string, readonly ShipmentEvent[]>;
  /** Null for an order that has none. */
  readonly receipts: DataLoader<Order, Receipt | null, string>;
  /** Steps since orders were placed, by order id. */
  readonly orderSteps: DataLoader<string, readonly OrderStep[]>;
  /** Purchases by the id of the order that each was to place; for network staff. */
  readonly purchaseTraces: DataLoader<string, PurchaseTrace | null>;
  /** Why orders were cancelled, as it was given. */
  readonly givenReasons: DataLoader<string, GivenReason | null>;
}

export function createOrderLoaders(pool: Pool, { actor }: Identity): OrderLoaders {
  const byId = <Value, Nothing>(
    load: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
    nothing: Nothing,
  ): DataLoader<string, Value | Nothing> =>
    new DataLoader(async (ids) => {
      const found = await load(ids);
      return ids.map((id) => found.get(id) ?? nothing);
    });
  const ordersThat = (maySee: (order: Order) => boolean) =>
    byId(async (ids) => new Map((await findOrders(pool, ids)).filter(maySee).map((order) => [order.orderId, order])), null);
  return {
    visibleOrders: ordersThat((order) => maySeeOrder(actor, order)),
    sellerOrders: ordersThat((order) => maySeeSellerOrder(actor, order)),
    shipments: byId(async (ids) => Map.groupBy(await findShipments(pool, ids), ({ orderId }) => orderId), []),
    shipmentEvents: byId((ids) => findShipmentEvents(pool, ids), []),
    receipts: new DataLoader(
      async (orders) => {
        const found = await readReceipts(pool, orders);
        return orders.map(({ orderId }) => found.get(orderId) ?? null);
      },
      { cacheKeyFn: ({ orderId }) => orderId },
    ),
    orderSteps: byId((ids) => findOrderSteps(pool, ids), []),
    purchaseTraces: byId((ids) => findPurchaseTraces(pool, ids), null),
    givenReasons: byId((ids) => findGivenReasons(pool, ids), null),
  };
}
