/** The events that seller-eligibility publishes, and what it does with the order events that it consumes. */
import { marketTopic, type MarketChanged } from '@vitrine/contracts/market-events';
import { OrderCancelled, OrderConfirmed, orderTopic } from '@vitrine/contracts/order-events';
import { sellerTopic, type SellerChanged } from '@vitrine/contracts/seller-events';
import type { BatchHandler, Handlers } from '@vitrine/runtime/consumer';
import type { Queryable } from '@vitrine/runtime/database';
import { PermanentError } from '@vitrine/runtime/errors';
import type { EventEnvelope } from '@vitrine/runtime/events';
import type { NewEvent } from '@vitrine/runtime/outbox';
import { Compile } from 'typebox/compile';
import type { Market } from './market.ts';
import type { Seller, SellerStatus } from './seller.ts';
import { toSellerOrder, type SellerOrder } from './seller-order.ts';
import { saveNewerOrders } from './store/seller-orders.ts';

const sellerEventTypes: Readonly<Record<SellerStatus, string>> = {
  invited: 'seller.invited',
  active: 'seller.activated',
  suspended: 'seller.suspended',
};

/** The event of a seller's change to the status that it has now. */
export function sellerChanged(seller: Seller, correlationId: string): NewEvent {
  const { sellerId, accountId, displayName, country, status, sequence } = seller;
  const payload: SellerChanged = { seller: { sellerId, accountId, displayName, country, status } };
  return { topic: sellerTopic, key: sellerId, type: sellerEventTypes[status], sequence, payload, correlationId };
}

export function marketChanged(market: Market, correlationId: string): NewEvent {
  const {
    country,
    currency,
    opensAt,
    closesAt,
    buyerShareBps,
    undoWindowSeconds,
    platformFeeBps,
    returnWindowDays,
    policyVersion,
    sequence,
  } = market;
  const payload: MarketChanged = {
    market: {
      country,
      currency,
      opensAt: opensAt?.toISOString() ?? null,
      closesAt: closesAt?.toISOString() ?? null,
      buyerShareBps,
      undoWindowSeconds,
      platformFeeBps,
      returnWindowDays,
      policyVersion,
    },
  };
  return { topic: marketTopic, key: country, type: 'market.changed', sequence, payload, correlationId };
}

/** A seller learns of an order when it is confirmed: `order.placed` is none of this service's business. */
const orderSchemas = {
  'order.confirmed': { schema: Compile(OrderConfirmed), status: 'confirmed' },
  'order.cancelled': { schema: Compile(OrderCancelled), status: 'cancelled' },
} as const;
const consumedTypes = Object.keys(orderSchemas) as readonly (keyof typeof orderSchemas)[];

type ReadOrder =
  | { readonly kind: 'order'; readonly order: SellerOrder }
  | { readonly kind: 'not_consumed' }
  | { readonly kind: 'refused'; readonly cause: string };

function readOrder(event: EventEnvelope): ReadOrder {
  const type = consumedTypes.find((name) => name === event.type);
  if (type === undefined) return { kind: 'not_consumed' };
  const { schema, status } = orderSchemas[type];
  const { payload } = event;
  if (!schema.Check(payload)) {
    const [fault] = schema.Errors(payload);
    return { kind: 'refused', cause: `${event.type} does not fit its schema: ${fault?.instancePath ?? ''} ${fault?.message ?? ''}` };
  }
  if (payload.order.orderId !== event.key) return { kind: 'refused', cause: `${event.type} is about another order than its key` };
  if (payload.order.status !== status) return { kind: 'refused', cause: `${event.type} carries an order that is ${payload.order.status}` };
  const order = toSellerOrder(payload.order, event.sequence);
  return 'contradiction' in order ? { kind: 'refused', cause: `${event.type}: ${order.contradiction}` } : { kind: 'order', order };
}

export interface Projected {
  /** Rows of the sellers' orders that were inserted or altered. */
  readonly changed: number;
  /** Events that can never be applied. */
  readonly refused: readonly { readonly eventId: string; readonly cause: string }[];
}

/**
 * Applies order events to the sellers' orders, whatever their order: of several about one order the newest counts, and
 * none that is older than, or equal to, what is there.
 */
export async function projectOrders(queryable: Queryable, events: readonly EventEnvelope[]): Promise<Projected> {
  const newest = new Map<string, SellerOrder>();
  const refused: { eventId: string; cause: string }[] = [];
  for (const event of events) {
    const read = readOrder(event);
    if (read.kind === 'refused') refused.push({ eventId: event.eventId, cause: read.cause });
    if (read.kind !== 'order') continue;
    const known = newest.get(read.order.orderId);
    if (known === undefined || known.sequence < read.order.sequence) newest.set(read.order.orderId, read.order);
  }
  return { changed: await saveNewerOrders(queryable, [...newest.values()]), refused };
}

const handleOrders: BatchHandler = {
  applyBatch: async (transaction, events) => {
    const { refused } = await projectOrders(transaction, events);
    if (refused[0] !== undefined) throw new PermanentError(refused[0].cause);
  },
};

/** What the consumer group `seller-eligibility` handles. */
export const eventHandlers: Handlers = {
  [orderTopic]: Object.fromEntries(consumedTypes.map((type) => [type, handleOrders])),
};
