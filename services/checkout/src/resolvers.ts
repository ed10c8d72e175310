/** GraphQL to use cases and back. Every resolver decides whether its caller may have the answer. */
import { RetryableError, unreachable } from '@vitrine/runtime/errors';
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import { parsePage, toConnection } from '@vitrine/runtime/page';
import { inCapitals, toKeyError } from './answers.ts';
import { findBuyer, requireBuyer } from './context.ts';
import type { PaymentDeclineReason, Resolvers, ResolversTypes } from './generated/schema.ts';
import { openBuy } from './open-buy.ts';
import type { Order } from './order.ts';
import { placeOrder } from './place-order.ts';
import { paymentStateOf } from './order.ts';
import { chooseShipping, isPayable, priceOf } from './pricing.ts';
import { listOrders } from './store/orders.ts';
import { reconcileQueries } from './reconcile-resolvers.ts';
import { refundResolvers } from './refund-resolvers.ts';
import { returnResolvers } from './return-resolvers.ts';
import { shipmentResolvers } from './shipment-resolvers.ts';
import { undoOrder } from './undo-order.ts';
import type { InvalidInput, MissingDetail, NotForSale, PurchaseOutcome, Unavailable } from './purchase.ts';

type PlaceOrderAnswer = Awaited<ResolversTypes['PlaceOrderResult']>;

export const resolvers: Resolvers = {
  Query: {
    ...reconcileQueries,

    viewer: (_parent, _arguments, { identity }) => ({ id: requireBuyer(identity).accountId }),

    ...shipmentResolvers.Query,
    ...refundResolvers.Query,

    order: (_parent, { id }, { identity, visibleOrders }) => {
      if (identity.actor.role !== 'operator') requireBuyer(identity);
      return isId('ord', id) ? visibleOrders.load(id) : null;
    },

    openBuy: async (_parent, { input }, { deps, identity }) => {
      const buyer = requireBuyer(identity);
      const sheet = await openBuy(deps, {
        buyerId: buyer.accountId,
        buyerCountry: buyer.country,
        requestId: identity.requestId,
        productId: input.productId,
        quantity: input.quantity ?? 1,
        addressId: input.addressId ?? null,
        paymentMethodId: input.paymentMethodId ?? null,
        shippingService: input.shippingService ?? null,
      });
      if (sheet.kind !== 'sheet') return toError(sheet);
      return {
        __typename: 'BuySheet',
        quoteId: sheet.quoteId,
        status: sheet.missing.length === 0 ? 'READY' : 'BUYER_INPUT_REQUIRED',
        product: { id: sheet.productId },
        quantity: sheet.quantity,
        unitPrice: sheet.unitPrice,
        subtotal: sheet.subtotal,
        shipping: sheet.amounts?.shipping ?? null,
        tax: sheet.amounts?.tax ?? null,
        total: sheet.amounts?.total ?? null,
        address: sheet.addressId === null ? null : { id: sheet.addressId },
        paymentMethod: sheet.paymentMethodId === null ? null : { id: sheet.paymentMethodId },
        missing: sheet.missing,
        requirements: sheet.missing.map((field) => ({ field, party: 'BUYER', message: `Enter ${detailNames[field]}.` })),
        shippingChoices: sheet.shippingChoices.map(({ isChosen, ...choice }) => ({ ...choice, chosen: isChosen })),
        undoWindowSeconds: sheet.undoWindowSeconds,
        expiresAt: sheet.expiresAt.toISOString(),
      };
    },
  },

  Mutation: {
    ...shipmentResolvers.Mutation,
    ...refundResolvers.Mutation,
    ...returnResolvers.Mutation,

    placeOrder: async (_parent, { input }, { deps, identity, ownOrders }): Promise<PlaceOrderAnswer> => {
      const buyer = requireBuyer(identity);
      const result = await placeOrder(deps, {
        buyerId: buyer.accountId,
        buyerCountry: buyer.country,
        deviceId: buyer.deviceId ?? null,
        requestId: identity.requestId,
        idempotencyKey: input.idempotencyKey,
        input: {
          productId: input.productId,
          quantity: input.quantity ?? 1,
          expectedTotal: { amountMinor: input.expectedTotal.amountMinor, currency: input.expectedTotal.currency },
          addressId: input.addressId ?? null,
          paymentMethodId: input.paymentMethodId ?? null,
          sourcePostId: input.sourcePostId ?? null,
          shippingService: input.shippingService ?? null,
          quoteId: input.quoteId ?? null,
          besideOrderId: input.besideOrderId ?? null,
        },
      });
      switch (result.kind) {
        case 'finished': {
          if (result.outcome.kind !== 'placed') return toError(result.outcome);
          const order = result.order ?? (await ownOrders.load(result.orderId));
          if (order === null) throw new Error(`${result.orderId} was placed and is not there`);
          return { __typename: 'PlaceOrderSuccess', order };
        }
        case 'action_required':
          return {
            __typename: 'PaymentActionRequired',
            message: 'Your bank wants you to confirm this payment. Confirm it, then call placeOrder again with the same key and input.',
            clientSecret: result.clientSecret,
            expiresAt: result.expiresAt.toISOString(),
          };
        case 'possible_duplicate':
          return {
            __typename: 'PossibleDuplicateError',
            message: 'You bought this a moment ago. If you want it twice, confirm it.',
            orderId: result.orderId,
            order: await ownOrders.load(result.orderId),
          };
        default:
          return toError(result);
      }
    },

    undoOrder: async (_parent, { input }, { deps, identity, ownOrders }) => {
      const { orderId, idempotencyKey } = input;
      const result = await undoOrder(deps, { buyerId: requireBuyer(identity).accountId, orderId, idempotencyKey });
      switch (result.kind) {
        case 'undone':
        case 'too_late': {
          const order = await ownOrders.load(orderId);
          if (order === null) throw new Error(`${orderId} was there and is not`);
          if (result.kind === 'undone') return { __typename: 'UndoOrderSuccess', order };
          return {
            __typename: 'TooLateError',
            message: 'This order can no longer be taken back. Look at it to see what can still be done.',
            order,
          };
        }
        case 'not_found':
          return { __typename: 'NotFoundError', message: 'There is no such order.', id: orderId };
        default:
          return toKeyError(result);
      }
    },
  },

  Viewer: {
    __resolveReference: ({ id }, { identity }) => (findBuyer(identity)?.accountId === id ? { id } : null),
    orders: async ({ id }, { first, after }, { deps }) => {
      const page = parsePage({ first, after }, 'ord');
      return toConnection(await listOrders(deps.pool, id, page.first + 1, page.afterId), page, ({ orderId }) => orderId);
    },
  },

  Order: {
    ...shipmentResolvers.Order,
    ...refundResolvers.Order,
    ...returnResolvers.Order,
    __resolveReference: ({ id }, { visibleOrders }) => (isId('ord', id) ? visibleOrders.load(id) : null),
    id: (order) => order.orderId,
    status: (order) => orderStatus[order.status],
    seller: (order) => ({ id: order.sellerId }),
    lines: (order) =>
      order.lines.map((line) => ({
        product: { id: line.productId },
        productId: line.productId,
        title: line.title,
        quantity: line.quantity,
        unitPrice: line.unitPrice,
      })),
    placedAt: (order) => order.placedAt.toISOString(),
    confirmedAt: (order) => order.confirmedAt?.toISOString() ?? null,
    cancelledAt: (order) => order.cancelledAt?.toISOString() ?? null,
    cancelReason: ({ cancelReason }) => (cancelReason === null ? null : inCapitals(cancelReason)),
    undoUntil: ({ status, payment, captureAt }, _arguments, { deps }) =>
      status === 'placed' && payment === 'authorized' && captureAt > deps.clock.now() ? captureAt.toISOString() : null,
    payment: (order) => inCapitals(paymentStateOf(order)),
    fulfilment: ({ fulfilment }) => inCapitals(fulfilment),
    returns: ({ returns }) => inCapitals(returns),
    dispute: ({ dispute }) => inCapitals(dispute),
    refunded: ({ refundedMinor, total }) => ({ amountMinor: refundedMinor, currency: total.currency }),
    version: ({ sequence }) => sequence,
  },

  SellerOrder: { ...shipmentResolvers.SellerOrder, ...refundResolvers.SellerOrder, ...returnResolvers.SellerOrder },
  Shipment: shipmentResolvers.Shipment,
  OrderStep: shipmentResolvers.OrderStep,
  Purchase: shipmentResolvers.Purchase,
  Receipt: shipmentResolvers.Receipt,

  Product: {
    __resolveReference: (reference) => reference,
    oneTapTotal: async ({ price }, _arguments, { deps, oneTapRates }) => {
      if (price === undefined || !isPayable(price, 1)) return null;
      try {
        const rates = await oneTapRates();
        const shipping = rates === null ? null : chooseShipping(rates, null);
        if (rates === null || shipping === null || shipping.price.currency !== price.currency) return null;
        return priceOf(price, 1, shipping.price, rates.taxPpm).total;
      } catch (error) {
        // The card shows the price all the same; only the one-tap total is missing.
        if (!(error instanceof RetryableError)) throw error;
        deps.logger.warn({ err: error }, 'one-tap total cannot be told at the moment');
        return null;
      }
    },
  },
};

const orderStatus = { placed: 'PLACED', confirmed: 'CONFIRMED', cancelled: 'CANCELLED' } as const satisfies Record<Order['status'], string>;

const declineMessages: Readonly<Record<PaymentDeclineReason, string>> = {
  DECLINED: 'Your bank declined the payment. Use another card, or ask your bank.',
  INSUFFICIENT_FUNDS: 'There is not enough money on this card. Use another card.',
  EXPIRED_CARD: 'This card has expired. Use another card.',
  INCORRECT_CVC: 'The security code of this card is wrong. Enter the card again.',
  PROCESSING_ERROR: 'Your bank could not be asked. Try again, or use another card.',
  AUTHENTICATION_FAILED: 'The payment was not confirmed with your bank. Try again, or use another card.',
};

const detailNames: Readonly<Record<MissingDetail, string>> = { DELIVERY_ADDRESS: 'a delivery address', PAYMENT_METHOD: 'a valid card' };

/** Failures as the schema's error types; the members that openBuy and placeOrder share have the same shape. */
function toError(
  failure: NotForSale | InvalidInput | Unavailable,
): Extract<Awaited<ResolversTypes['OpenBuyResult']>, { readonly message: string }>;
function toError(failure: Exclude<PurchaseOutcome, { readonly kind: 'placed' }> | Unavailable | IdempotencyRefusal): PlaceOrderAnswer;
function toError(failure: Exclude<PurchaseOutcome, { readonly kind: 'placed' }> | Unavailable | IdempotencyRefusal): PlaceOrderAnswer {
  switch (failure.kind) {
    case 'invalid_input':
      return { __typename: 'InvalidInputError', message: failure.message, path: failure.path };
    case 'idempotency_key_invalid':
    case 'idempotency_key_reused':
    case 'idempotency_key_in_flight':
      return toKeyError(failure);
    case 'quote_expired':
      return { __typename: 'QuoteExpiredError', message: 'This offer has been open for too long. Open it again to see the current price.' };
    case 'limited':
      return {
        __typename: 'PurchaseLimitError',
        message: 'There were too many purchases within an hour. Wait, then try again.',
        scope: failure.scope,
        retryAfterMs: failure.retryAfterMs,
      };
    case 'not_found':
      return { __typename: 'NotFoundError', message: 'There is no such product. It may have been taken away.', id: failure.productId };
    case 'not_eligible':
      return {
        __typename: 'NotEligibleError',
        message: failure.message,
        reason: failure.reason,
        party: failure.reason === 'SELLER_NOT_ELIGIBLE' ? 'SELLER' : 'NETWORK',
      };
    case 'out_of_stock':
      return {
        __typename: 'OutOfStockError',
        message:
          failure.availableQuantity === 0 ? 'This is sold out.' : `Only ${failure.availableQuantity} are left. Choose a smaller quantity.`,
        availableQuantity: failure.availableQuantity,
      };
    case 'missing_details':
      return {
        __typename: 'MissingDetailsError',
        message: `Enter ${failure.missing.map((detail) => detailNames[detail]).join(' and ')}, then buy again.`,
        missing: failure.missing,
      };
    case 'declined':
      return { __typename: 'PaymentDeclinedError', message: declineMessages[failure.reason], declineReason: failure.reason };
    case 'price_changed':
      return {
        __typename: 'PriceChangedError',
        message: 'The total has changed. Look at the new one, then buy again.',
        expectedTotal: failure.expectedTotal,
        currentTotal: failure.currentTotal,
      };
    case 'abandoned':
      return { __typename: 'PurchaseAbandonedError', message: 'This purchase was not completed, and nothing was charged. Buy again.' };
    case 'unavailable':
      return {
        __typename: 'TemporarilyUnavailableError',
        message: 'We could not finish this at the moment. Try again with the same key.',
        retryAfterMs: failure.retryAfterMs,
      };
    default:
      return unreachable(failure);
  }
}
