/** GraphQL to parcels, cancellations, receipts and histories, and back. Whoever may not see an order is told that there is none. */
import { parseInstant } from '@vitrine/contracts/instant';
import { PublicError } from '@vitrine/runtime/errors';
import { isId } from '@vitrine/runtime/ids';
import { cancelOrder, cancelOrderAsSeller } from './cancel-order.ts';
import { requireBuyer, requireSeller, type Context } from './context.ts';
import { shipBy } from './expire-orders.ts';
import type { Resolvers } from './generated/schema.ts';
import { inCapitals, inSmallLetters, toKeyError } from './answers.ts';
import { paymentStateOf, type Order } from './order.ts';
import { recordShipmentEvent } from './record-shipment-event.ts';
import { shipOrder } from './ship-order.ts';
import { carrierNameOf, unshippedPieces, type Shipment } from './shipment.ts';
import type { OrderStep } from './store/order-history.ts';

const notFound = (id: string) => ({ __typename: 'NotFoundError', message: 'There is no such order.', id }) as const;
const orderChanged = (currentVersion: number) =>
  ({ __typename: 'OrderChangedError', message: 'The order has changed meanwhile. Look at it again.', currentVersion }) as const;
const invalidTime = (path: string) =>
  ({ __typename: 'InvalidInputError', message: `${path} must be an instant like 2026-11-23T08:30:00.000Z.`, path: [path] }) as const;

/** The instant that a client sends; null when it sends none. */
const parseTime = (given: string | null | undefined): Date | null | 'wrong' =>
  given === undefined || given === null ? null : (parseInstant(given) ?? 'wrong');

/** The order as it is after a mutation. */
const changedOrder = (orders: Context['sellerOrders'], orderId: string): Promise<Order | null> => orders.clear(orderId).load(orderId);

async function changedShipment({ shipments }: Context, orderId: string, shipmentId: string): Promise<Shipment> {
  const found = (await shipments.clear(orderId).load(orderId)).find((shipment) => shipment.shipmentId === shipmentId);
  if (found === undefined) throw new Error(`${shipmentId} of a stored result is gone`);
  return found;
}

/** Every step from the tap on, each try included: for network staff. */
async function wholeHistory({ purchaseTraces, orderSteps }: Context, orderId: string): Promise<OrderStep[]> {
  const [purchase, steps] = await Promise.all([purchaseTraces.load(orderId), orderSteps.load(orderId)]);
  return [...(purchase?.steps ?? []), ...steps];
}

const isOperator = ({ identity }: Context): boolean => identity.actor.role === 'operator';

const maskedNumber = (trackingNumber: string): string => `…${trackingNumber.slice(-4)}`;

export const shipmentResolvers = {
  Query: {
    purchase: async (_parent, { orderId }, { identity, purchaseTraces }) => {
      if (identity.actor.role !== 'operator') throw new PublicError('FORBIDDEN', 'Only network staff may do this.');
      return isId('ord', orderId) ? purchaseTraces.load(orderId) : null;
    },
  },

  Mutation: {
    cancelOrder: async (_parent, { input }, { deps, identity, visibleOrders }) => {
      const { accountId: buyerId } = requireBuyer(identity);
      const { orderId } = input;
      const result = await cancelOrder(deps, {
        ...input,
        buyerId,
        reason: input.reason ?? null,
        expectedVersion: input.expectedVersion ?? null,
      });
      switch (result.kind) {
        case 'cancelled':
        case 'too_late': {
          const order = await changedOrder(visibleOrders, orderId);
          if (order === null) throw new Error(`${orderId} of a stored result is gone`);
          if (result.kind === 'cancelled') return { __typename: 'CancelOrderSuccess', order };
          return {
            __typename: 'TooLateError',
            message: 'This order can no longer be cancelled. Look at it to see what can still be done.',
            order,
          };
        }
        case 'being_charged':
          return {
            __typename: 'TemporarilyUnavailableError',
            message: 'This order is being charged. Try again in a moment.',
            retryAfterMs: result.retryAfterMs,
          };
        case 'changed':
          return orderChanged(result.currentVersion);
        case 'not_found':
          return notFound(orderId);
        default:
          return toKeyError(result);
      }
    },

    cancelOrderAsSeller: async (_parent, { input }, { deps, identity, sellerOrders }) => {
      const { orderId } = input;
      const result = await cancelOrderAsSeller(deps, {
        ...input,
        ...requireSeller(identity),
        expectedVersion: input.expectedVersion ?? null,
      });
      switch (result.kind) {
        case 'cancelled':
          return { __typename: 'CancelOrderAsSellerSuccess', order: await changedOrder(sellerOrders, orderId) };
        // A seller knows an order from when it is charged on.
        case 'too_late':
        case 'being_charged':
          return {
            __typename: 'NotCancellableError',
            message: 'This order is on its way, or over already. What was paid for it can still be refunded.',
          };
        case 'changed':
          return orderChanged(result.currentVersion);
        case 'not_found':
          return notFound(orderId);
        default:
          return toKeyError(result);
      }
    },

    shipOrder: async (_parent, { input }, context) => {
      const seller = requireSeller(context.identity);
      const { orderId } = input;
      const shippedAt = parseTime(input.shippedAt);
      if (shippedAt === 'wrong') return invalidTime('shippedAt');
      const result = await shipOrder(context.deps, {
        ...seller,
        idempotencyKey: input.idempotencyKey,
        orderId,
        lines: input.lines?.map(({ productId, quantity }) => ({ productId, quantity })) ?? null,
        carrier: inSmallLetters(input.carrier),
        carrierName: input.carrierName ?? null,
        trackingNumber: input.trackingNumber ?? null,
        trackingUrl: input.trackingUrl ?? null,
        shippedAt,
        expectedVersion: input.expectedVersion ?? null,
      });
      switch (result.kind) {
        case 'shipped':
          return {
            __typename: 'ShipOrderSuccess',
            order: await changedOrder(context.sellerOrders, orderId),
            shipment: await changedShipment(context, orderId, result.shipmentId),
          };
        case 'not_shippable':
          return {
            __typename: 'NotShippableError',
            message: result.isCancelled ? 'This order is cancelled: do not ship it.' : 'Not so many pieces are left to ship.',
            unshipped: result.left,
          };
        case 'invalid_input':
          return { __typename: 'InvalidInputError', message: result.message, path: result.path };
        case 'changed':
          return orderChanged(result.currentVersion);
        case 'not_found':
          return notFound(orderId);
        default:
          return toKeyError(result);
      }
    },

    recordShipmentEvent: async (_parent, { input }, context) => {
      const seller = requireSeller(context.identity);
      const { idempotencyKey, shipmentId } = input;
      const status = inSmallLetters(input.status);
      if (status === 'shipped')
        return { __typename: 'InvalidInputError', message: 'status must not be SHIPPED, which shipOrder tells.', path: ['status'] };
      const at = parseTime(input.occurredAt);
      if (at === 'wrong') return invalidTime('occurredAt');
      const expectedVersion = input.expectedVersion ?? null;
      const result = await recordShipmentEvent(context.deps, { ...seller, idempotencyKey, shipmentId, status, at, expectedVersion });
      switch (result.kind) {
        case 'recorded':
          return {
            __typename: 'RecordShipmentEventSuccess',
            order: await changedOrder(context.sellerOrders, result.orderId),
            shipment: await changedShipment(context, result.orderId, shipmentId),
          };
        case 'over':
          return {
            __typename: 'ShipmentOverError',
            message:
              result.status === 'delivered'
                ? 'This parcel has arrived: nothing follows.'
                : 'This parcel came back: send the pieces in another one.',
            status: inCapitals(result.status),
          };
        case 'invalid_input':
          return { __typename: 'InvalidInputError', message: result.message, path: result.path };
        case 'changed':
          return orderChanged(result.currentVersion);
        case 'not_found':
          return { __typename: 'NotFoundError', message: 'There is no such parcel.', id: shipmentId };
        default:
          return toKeyError(result);
      }
    },
  },

  Order: {
    shipments: ({ orderId }, _arguments, { shipments }) => shipments.load(orderId),
    shipBy: (order, _arguments, { deps }) => shipBy(order, deps.shipWithinDays)?.toISOString() ?? null,
    history: async ({ orderId }, _arguments, context) =>
      isOperator(context)
        ? wholeHistory(context, orderId)
        : (await context.orderSteps.load(orderId)).filter(({ sequence }) => sequence !== null),
    receipt: (order, _arguments, { receipts }) => (order.confirmedAt === null ? null : receipts.load(order)),
  },

  SellerOrder: {
    __resolveReference: ({ id }, { sellerOrders }) => (isId('ord', id) ? sellerOrders.load(id) : null),
    id: ({ orderId }) => orderId,
    version: ({ sequence }) => sequence,
    payment: (order) => inCapitals(paymentStateOf(order)),
    fulfilment: ({ fulfilment }) => inCapitals(fulfilment),
    returns: ({ returns }) => inCapitals(returns),
    dispute: ({ dispute }) => inCapitals(dispute),
    refunded: ({ refundedMinor, total }) => ({ amountMinor: refundedMinor, currency: total.currency }),
    shipments: ({ orderId }, _arguments, { shipments }) => shipments.load(orderId),
    unshipped: async (order, _arguments, { shipments }) =>
      order.status === 'cancelled' ? [] : unshippedPieces(order, await shipments.load(order.orderId)),
    shipBy: (order, _arguments, { deps }) => shipBy(order, deps.shipWithinDays)?.toISOString() ?? null,
    cancelReason: ({ cancelReason }) => (cancelReason === null ? null : inCapitals(cancelReason)),
    givenReason: ({ orderId }, _arguments, { givenReasons }) => givenReasons.load(orderId),
    history: async ({ orderId }, _arguments, context) => {
      if (isOperator(context)) return wholeHistory(context, orderId);
      const told = (await context.orderSteps.load(orderId)).filter(({ sequence }) => sequence !== null);
      // What was before is between the buyer and the network.
      return told.slice(told.findIndex(({ step }) => step === 'order.confirmed'));
    },
  },

  Shipment: {
    id: ({ shipmentId }) => shipmentId,
    carrier: ({ carrier }) => inCapitals(carrier),
    carrierName: (shipment) => carrierNameOf(shipment),
    trackingNumber: ({ trackingNumber }, _arguments, context) =>
      trackingNumber !== null && isOperator(context) ? maskedNumber(trackingNumber) : trackingNumber,
    trackingUrl: ({ trackingUrl }, _arguments, context) => (isOperator(context) ? null : trackingUrl),
    status: ({ status }) => inCapitals(status),
    statusAt: ({ statusAt }) => statusAt.toISOString(),
    shippedAt: ({ shippedAt }) => shippedAt.toISOString(),
    events: async ({ shipmentId }, _arguments, { shipmentEvents }) =>
      (await shipmentEvents.load(shipmentId)).map(({ status, at }) => ({ status: inCapitals(status), at: at.toISOString() })),
  },

  OrderStep: {
    at: ({ at }) => at.toISOString(),
    cause: ({ cause }) => inCapitals(cause),
    version: ({ sequence }) => sequence,
    detail: ({ detail }, _arguments, context) =>
      isOperator(context)
        ? Object.entries(detail).map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
        : [],
  },

  Purchase: {
    createdAt: ({ createdAt }) => createdAt.toISOString(),
  },

  Receipt: {
    issuedAt: ({ content }) => content.issuedAt,
    placedAt: ({ content }) => content.placedAt,
    market: ({ content }) => content.market,
    sellerName: ({ content }) => content.seller?.displayName ?? null,
    sellerCountry: ({ content }) => content.seller?.country ?? null,
    lines: ({ content }) => content.lines,
    subtotal: ({ content }) => content.subtotal,
    shipping: ({ content }) => content.shipping,
    shippingService: ({ content }) => content.shippingService,
    tax: ({ content }) => content.tax,
    taxRatePpm: ({ content }) => content.taxPpm,
    total: ({ content }) => content.total,
    returnWindowDays: ({ content }) => content.returnWindowDays,
    policyVersion: ({ content }) => content.policyVersion,
  },
} as const satisfies Resolvers;
