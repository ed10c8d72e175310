/** What catalog does with the events that it consumes. */
import { orderEvents, orderTopic } from '@vitrine/contracts/order-events';
import { sellerEvents, sellerTopic, type SellerChanged } from '@vitrine/contracts/seller-events';
import type { BatchHandler, EventHandler, Handlers } from '@vitrine/runtime/consumer';
import type { Transaction } from '@vitrine/runtime/database';
import { PermanentError } from '@vitrine/runtime/errors';
import type { EventEnvelope } from '@vitrine/runtime/events';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Cause } from './published-events.ts';
import { restockReturn } from './restock-return.ts';
import { returnOrderedStock } from './return-ordered-stock.ts';
import { sellPlacedOrders } from './sell-placed-orders.ts';
import { storeSeller } from './store/sellers.ts';

/** Reads the payload that the contract promises; an event with any other can never be applied. */
function reader<Schema extends TSchema>(schema: Schema): (event: EventEnvelope) => Static<Schema> {
  const validator = Compile(schema);
  return ({ type, eventId, payload }) => {
    if (!validator.Check(payload)) throw new PermanentError(`${type} ${eventId} does not have the shape of its contract`);
    return payload;
  };
}

function handle<Schema extends TSchema>(
  schema: Schema,
  apply: (transaction: Transaction, payload: Static<Schema>, event: EventEnvelope) => Promise<void>,
): EventHandler {
  const read = reader(schema);
  return async (transaction, event) => apply(transaction, read(event), event);
}

const causedBy = (event: EventEnvelope): Cause => ({ correlationId: event.correlationId, causationId: event.eventId });

async function applySeller(transaction: Transaction, { seller }: SellerChanged, event: EventEnvelope): Promise<void> {
  const { sellerId, accountId, status } = seller;
  await storeSeller(transaction, { sellerId, accountId, status, sequence: event.sequence });
}

function sellOrders(logger: Logger): BatchHandler {
  const read = reader(orderEvents['order.placed']);
  return {
    applyBatch: async (transaction, events) => {
      const placed = events.map((event) => ({ order: read(event).order, cause: causedBy(event) }));
      await sellPlacedOrders(transaction, placed, logger);
    },
  };
}

/** What is done with each event. */
export const eventHandlers = (logger: Logger): Handlers => ({
  [orderTopic]: {
    'order.placed': sellOrders(logger),
    'order.cancelled': handle(orderEvents['order.cancelled'], (transaction, { order }, event) =>
      returnOrderedStock(transaction, order.orderId, causedBy(event)),
    ),
    'order.return_received': handle(orderEvents['order.return_received'], (transaction, payload, event) =>
      restockReturn(transaction, payload, causedBy(event), logger),
    ),
  },
  [sellerTopic]: {
    'seller.invited': handle(sellerEvents['seller.invited'], applySeller),
    'seller.activated': handle(sellerEvents['seller.activated'], applySeller),
    'seller.suspended': handle(sellerEvents['seller.suspended'], applySeller),
  },
});
