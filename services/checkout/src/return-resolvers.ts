/** GraphQL to returns, and back. Whoever may not see an order is told that there is no such return. */
import type { ChangeReturnResult } from './change-return.ts';
import { requireBuyer, type Context } from './context.ts';
import { approveReturn, receiveReturn, refuseReturn } from './decide-return.ts';
import type { NotReturnableReason, OrderReturn as ReturnFields, Resolvers } from './generated/schema.ts';
import { inCapitals, toKeyError } from './answers.ts';
import type { Order } from './order.ts';
import { requireSellerOrOperator, toRefundFields } from './refund-resolvers.ts';
import { requestReturn, withdrawReturn } from './request-return.ts';
import type { OrderReturn } from './return.ts';

const orderChanged = (currentVersion: number) =>
  ({ __typename: 'OrderChangedError', message: 'The order has changed meanwhile. Look at it again.', currentVersion }) as const;

const notReturnableMessages: Readonly<Record<NotReturnableReason, string>> = {
  NOT_SHIPPED: 'Nothing of this order has been shipped.',
  WINDOW_CLOSED: 'The time for returns is over.',
  RETURN_OPEN: 'Another return of this order is under way. Wait until it is over.',
  NOTHING_LEFT: 'Everything of this order was sent back or refunded already.',
  TOO_MANY: 'Not so many pieces can be sent back.',
};

/** A return with its latest refund. */
async function toReturnFields({ refunds }: Context, returned: OrderReturn, currency: string): Promise<ReturnFields> {
  const refund = (await refunds.load(returned.orderId)).findLast(({ returnId }) => returnId === returned.returnId);
  return {
    id: returned.returnId,
    state: inCapitals(returned.state),
    reason: returned.reason,
    lines: returned.lines.map((line) => ({ ...line })),
    received: returned.received?.map((line) => ({ ...line })) ?? null,
    refusal: returned.refusal,
    refund: refund === undefined ? null : toRefundFields(refund, currency),
    requestedAt: returned.requestedAt.toISOString(),
    decidedAt: returned.decidedAt?.toISOString() ?? null,
    receivedAt: returned.receivedAt?.toISOString() ?? null,
  };
}

/** An order and one of its returns as they are after a mutation. */
async function afterChange(
  context: Context,
  orders: Context['sellerOrders'],
  { orderId, returnId }: { readonly orderId: string; readonly returnId: string },
): Promise<{ readonly order: Order; readonly return: ReturnFields }> {
  context.refunds.clear(orderId);
  const order = await orders.clear(orderId).load(orderId);
  const returned = (await context.orderReturns.clear(orderId).load(orderId)).find((candidate) => candidate.returnId === returnId);
  if (order === null || returned === undefined) throw new Error(`${returnId} of a stored result is gone`);
  return { order, return: await toReturnFields(context, returned, order.total.currency) };
}

function toError(result: Exclude<ChangeReturnResult, { readonly kind: 'changed' }>) {
  switch (result.kind) {
    case 'wrong_state':
      return {
        __typename: 'ReturnStateError',
        message: 'This return has gone on, or is not so far yet. Look at it again.',
        state: inCapitals(result.state),
      } as const;
    case 'version_changed':
      return orderChanged(result.currentVersion);
    case 'not_found':
      return { __typename: 'NotFoundError', message: 'There is no such return.', id: result.returnId } as const;
    case 'invalid_input':
      return { __typename: 'InvalidInputError', message: result.message, path: result.path } as const;
    default:
      return toKeyError(result);
  }
}

const returnsOf = async ({ orderId, total }: Order, context: Context): Promise<ReturnFields[]> => {
  const returns = await context.orderReturns.load(orderId);
  return Promise.all(returns.map((returned) => toReturnFields(context, returned, total.currency)));
};

export const returnResolvers = {
  Mutation: {
    requestReturn: async (_parent, { input }, context) => {
      const { accountId: buyerId } = requireBuyer(context.identity);
      const { idempotencyKey, orderId, reason } = input;
      const result = await requestReturn(context.deps, {
        buyerId,
        idempotencyKey,
        orderId,
        lines: input.lines.map(({ productId, quantity }) => ({ productId, quantity })),
        reason,
        expectedVersion: input.expectedVersion ?? null,
      });
      switch (result.kind) {
        case 'requested':
          return { __typename: 'RequestReturnSuccess', ...(await afterChange(context, context.visibleOrders, result)) };
        case 'not_returnable':
          return {
            __typename: 'NotReturnableError',
            message: notReturnableMessages[result.reason],
            reason: result.reason,
            lines: result.lines.map((line) => ({ ...line })),
          };
        case 'version_changed':
          return orderChanged(result.currentVersion);
        case 'not_found':
          return { __typename: 'NotFoundError', message: 'There is no such order.', id: orderId };
        case 'invalid_input':
          return { __typename: 'InvalidInputError', message: result.message, path: result.path };
        default:
          return toKeyError(result);
      }
    },

    withdrawReturn: async (_parent, { input }, context) => {
      const { accountId } = requireBuyer(context.identity);
      const { idempotencyKey, returnId } = input;
      const expectedVersion = input.expectedVersion ?? null;
      const result = await withdrawReturn(context.deps, { accountId, idempotencyKey, returnId, expectedVersion });
      if (result.kind !== 'changed') return toError(result);
      return { __typename: 'WithdrawReturnSuccess', ...(await afterChange(context, context.visibleOrders, result)) };
    },

    approveReturn: async (_parent, { input }, context) => {
      const actor = requireSellerOrOperator(context.identity);
      const { idempotencyKey, returnId } = input;
      const expectedVersion = input.expectedVersion ?? null;
      const result = await approveReturn(context.deps, { actor, idempotencyKey, returnId, expectedVersion });
      if (result.kind !== 'changed') return toError(result);
      return { __typename: 'ApproveReturnSuccess', ...(await afterChange(context, context.sellerOrders, result)) };
    },

    refuseReturn: async (_parent, { input }, context) => {
      const actor = requireSellerOrOperator(context.identity);
      const { idempotencyKey, returnId, reason } = input;
      const expectedVersion = input.expectedVersion ?? null;
      const result = await refuseReturn(context.deps, { actor, idempotencyKey, returnId, reason, expectedVersion });
      if (result.kind !== 'changed') return toError(result);
      return { __typename: 'RefuseReturnSuccess', ...(await afterChange(context, context.sellerOrders, result)) };
    },

    receiveReturn: async (_parent, { input }, context) => {
      const actor = requireSellerOrOperator(context.identity);
      const { idempotencyKey, returnId } = input;
      const result = await receiveReturn(context.deps, {
        actor,
        idempotencyKey,
        returnId,
        lines: input.lines.map(({ productId, quantity, restock }) => ({ productId, quantity, restock })),
        refundShipping: input.refundShipping ?? false,
        expectedVersion: input.expectedVersion ?? null,
      });
      if (result.kind !== 'changed') return toError(result);
      return { __typename: 'ReceiveReturnSuccess', ...(await afterChange(context, context.sellerOrders, result)) };
    },
  },

  Order: {
    returnRequests: (order, _arguments, context) => returnsOf(order, context),
    returnable: async (order, _arguments, { returnable }) => {
      const { until, lines, reason } = await returnable.load(order);
      return { until: until?.toISOString() ?? null, lines: lines.map((line) => ({ ...line })), reason };
    },
  },

  SellerOrder: {
    returnRequests: (order, _arguments, context) => returnsOf(order, context),
  },
} as const satisfies Resolvers;
