/** What catalog does with the events that it consumes. */
import { orderEvents, orderTopic } from '@vitrine/contracts/order-events';
import { sellerEvents, sellerTopic, type SellerChanged } from '@vitrine/contracts/seller-events';
import type { EventHandler } from '@vitrine/runtime/consumer';
import type { Transaction } from '@vitrine/runtime/database';
import { PermanentError } from '@vitrine/runtime/errors';
import type { EventEnvelope } from '@vitrine/runtime/events';
import type { Logger } from '@vitrine/runtime/telemetry';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Cause } from './published-events.ts';
import { returnOrderedStock } from './return-ordered-stock.ts';
import { sellOrderedStock } from './sell-ordered-stock.ts';
import { storeSeller } from './store/sellers.ts';

/** A handler of events whose payload has the shape that the contract promises; any other can never be applied. */
function handle<Schema extends TSchema>(
  schema: Schema,
  apply: (transaction: Transaction, payload: Static<Schema>, event: EventEnvelope) => Promise<void>,
): EventHandler {
  const validator = Compile(schema);
  return async (transaction, event) => {
    if (!validator.Check(event.payload)) throw new PermanentError(`${event.type} ${event.eventId} does not have the shape of its contract`);
    await apply(transaction, event.payload, event);
  };
}

const causedBy = (event: EventEnvelope): Cause => ({ correlationId: event.correlationId, causationId: event.eventId });

async function applySeller(transaction: Transaction, { seller }: SellerChanged, event: EventEnvelope): Promise<void> {
  const { sellerId, accountId, status } = seller;
  await storeSeller(transaction, { sellerId, accountId, status, sequence: event.sequence });
}

/** What is done with each event, by topic and type. */
export const eventHandlers = (logger: Logger): Readonly<Record<string, Readonly<Record<string, EventHandler>>>> => ({
  [orderTopic]: {
    'order.placed': handle(orderEvents['order.placed'], (transaction, { order }, event) =>
      sellOrderedStock(transaction, order, causedBy(event), logger),
    ),
    'order.cancelled': handle(orderEvents['order.cancelled'], (transaction, { order }, event) =>
      returnOrderedStock(transaction, order.orderId, causedBy(event)),
    ),
  },
  [sellerTopic]: {
    'seller.invited': handle(sellerEvents['seller.invited'], applySeller),
    'seller.activated': handle(sellerEvents['seller.activated'], applySeller),
    'seller.suspended': handle(sellerEvents['seller.suspended'], applySeller),
  },
});
