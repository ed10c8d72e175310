/** GraphQL to refunds and disputes, and back. Whoever may not see an order is told that there is none. */
import { PublicError, unreachable } from '@vitrine/runtime/errors';
import type { Identity } from '@vitrine/runtime/identity';
import { money } from '@vitrine/runtime/money';
import type { Context } from './context.ts';
import type { Dispute } from './dispute.ts';
import type {
  OrderRefund as RefundFields,
  OrderDispute as DisputeFields,
  Refundable as RefundableFields,
  RefundLine as RefundLineFields,
  RefundQuoteInput,
  Resolvers,
} from './generated/schema.ts';
import { inCapitals, toKeyError } from './answers.ts';
import type { Order } from './order.ts';
import { failureKindOf, refundableOf, type Refund, type Refundable, type RefundLine } from './refund.ts';
import { quoteRefund, refundOrder, type AskedRefund, type RefundActor, type RefundRefusal } from './request-refund.ts';

/** The seller, or the member of staff, that a call is made for. @throws PublicError FORBIDDEN for anybody else. */
export function requireSellerOrOperator({ actor }: Identity): RefundActor {
  if (actor.role === 'seller') return { role: 'seller', accountId: actor.accountId, sellerId: actor.sellerId };
  if (actor.role === 'operator') return { role: 'operator', accountId: actor.accountId };
  throw new PublicError('FORBIDDEN', 'Only a seller or network staff can do this.');
}

const toLines = (lines: readonly RefundLine[], currency: string): RefundLineFields[] =>
  lines.map(({ productId, quantity, amountMinor, taxMinor }) => ({
    productId,
    quantity,
    amount: money(amountMinor, currency),
    tax: money(taxMinor, currency),
  }));

/** A refund of an order in this currency. */
export const toRefundFields = (refund: Refund, currency: string): RefundFields => ({
  id: refund.refundId,
  kind: inCapitals(refund.kind),
  status: inCapitals(refund.status),
  amount: money(refund.amountMinor, currency),
  shipping: money(refund.shippingMinor, currency),
  lines: toLines(refund.lines, currency),
  reason: refund.reason,
  failure: refund.failure === null ? null : inCapitals(failureKindOf(refund.failure)),
  requestedBy: inCapitals(refund.requestedBy),
  returnId: refund.returnId,
  requestedAt: refund.createdAt.toISOString(),
  refundedAt: refund.refundedAt?.toISOString() ?? null,
});

const toRefundable = ({ amountMinor, shippingMinor, lines }: Refundable, currency: string): RefundableFields => ({
  amount: money(amountMinor, currency),
  shipping: money(shippingMinor, currency),
  lines: lines.map((line) => ({ ...line })),
});

const toDispute = (dispute: Dispute): DisputeFields => ({
  state: inCapitals(dispute.state),
  id: dispute.disputeId,
  amount: dispute.amount,
  reason: dispute.reason,
  status: dispute.status,
  evidenceDueAt: dispute.evidenceDueAt?.toISOString() ?? null,
  openedAt: dispute.openedAt.toISOString(),
  closedAt: dispute.closedAt?.toISOString() ?? null,
});

const invalid = (path: string, message: string) => ({ __typename: 'InvalidInputError', message, path: [path] }) as const;
type Invalid = ReturnType<typeof invalid>;

/** Each kind goes with its own field, and with no other. */
function toAsked({ kind, lines, amount, returnId }: RefundQuoteInput): AskedRefund | Invalid {
  const given = { lines: lines ?? null, amount: amount ?? null, returnId: returnId ?? null };
  const fields = { FULL: null, LINES: 'lines', SHIPPING: null, GOODWILL: 'amount', RETURN: 'returnId' } as const;
  const needed = fields[kind];
  const other = (['lines', 'amount', 'returnId'] as const).find((field) => field !== needed && given[field] !== null);
  if (other !== undefined) return invalid(other, `${other} does not go with ${kind}.`);
  switch (kind) {
    case 'LINES':
      if (given.lines === null) return invalid('lines', 'Name the lines.');
      return { kind: 'lines', lines: given.lines.map(({ productId, quantity }) => ({ productId, quantity })) };
    case 'GOODWILL':
      if (given.amount === null) return invalid('amount', 'Name the amount.');
      return { kind: 'goodwill', amount: { amountMinor: given.amount.amountMinor, currency: given.amount.currency } };
    case 'RETURN':
      return given.returnId === null ? invalid('returnId', 'Name the return.') : { kind: 'return', returnId: given.returnId };
    default:
      return { kind: kind === 'FULL' ? 'full' : 'shipping' };
  }
}

async function toError(refusal: Exclude<RefundRefusal, { readonly kind: 'changed' }>, orderId: string, { sellerOrders }: Context) {
  switch (refusal.kind) {
    case 'not_found':
      return { __typename: 'NotFoundError', message: 'There is no such order.', id: orderId } as const;
    case 'invalid_input':
      return { __typename: 'InvalidInputError', message: refusal.message, path: refusal.path } as const;
    case 'exceeds': {
      const order = await sellerOrders.load(orderId);
      if (order === null) throw new Error(`${orderId} was there and is not`);
      const { refundable } = refusal;
      return {
        __typename: 'RefundExceedsError',
        message: refundable.amountMinor === 0 ? 'Nothing of this order is left to refund.' : 'That is more than what is left to refund.',
        refundable: toRefundable(refundable, order.total.currency),
      } as const;
    }
    default:
      return unreachable(refusal);
  }
}

const refundsOf = async ({ orderId, total }: Order, { refunds }: Context): Promise<RefundFields[]> =>
  (await refunds.load(orderId)).map((refund) => toRefundFields(refund, total.currency));

export const refundResolvers = {
  Query: {
    refundQuote: async (_parent, { input }, context) => {
      const actor = requireSellerOrOperator(context.identity);
      const { orderId } = input;
      const refund = toAsked(input);
      if ('__typename' in refund) return refund;
      const result = await quoteRefund(context.deps, { actor, orderId, refund });
      if (result.kind !== 'quote') return toError(result, orderId, context);
      const { terms, refundable } = result.quote;
      const { currency } = result.order.total;
      return {
        __typename: 'RefundQuote',
        amount: money(terms.amountMinor, currency),
        shipping: money(terms.shippingMinor, currency),
        lines: toLines(terms.lines, currency),
        refundable: toRefundable(refundable, currency),
      };
    },
  },

  Mutation: {
    refundOrder: async (_parent, { input }, context) => {
      const actor = requireSellerOrOperator(context.identity);
      const { idempotencyKey, orderId, reason } = input;
      const refund = toAsked(input);
      if ('__typename' in refund) return refund;
      const expectedVersion = input.expectedVersion ?? null;
      const result = await refundOrder(context.deps, { actor, idempotencyKey, orderId, refund, reason, expectedVersion });
      switch (result.kind) {
        case 'requested': {
          const order = await context.sellerOrders.clear(orderId).load(orderId);
          const made = (await context.refunds.clear(orderId).load(orderId)).find(({ refundId }) => refundId === result.refundId);
          if (order === null || made === undefined) throw new Error(`${result.refundId} of a stored result is gone`);
          return { __typename: 'RefundOrderSuccess', order, refund: toRefundFields(made, order.total.currency) };
        }
        case 'changed':
          return {
            __typename: 'OrderChangedError',
            message: 'The order has changed meanwhile. Look at it again.',
            currentVersion: result.currentVersion,
          };
        case 'not_found':
        case 'invalid_input':
        case 'exceeds':
          return toError(result, orderId, context);
        default:
          return toKeyError(result);
      }
    },
  },

  Order: {
    refunds: (order, _arguments, context) => refundsOf(order, context),
    disputes: async ({ orderId }, _arguments, { disputes }) => (await disputes.load(orderId)).map(toDispute),
  },

  SellerOrder: {
    refunds: (order, _arguments, context) => refundsOf(order, context),
    refundable: async (order, _arguments, { refunds }) =>
      toRefundable(refundableOf(order, await refunds.load(order.orderId)), order.total.currency),
  },
} as const satisfies Resolvers;
