/** GraphQL on one side, use cases on the other. Every resolver decides whether its caller may have the answer. */
import { PublicError } from '@vitrine/runtime/errors';
import type { Actor } from '@vitrine/runtime/identity';
import { isId } from '@vitrine/runtime/ids';
import type { Money } from '@vitrine/runtime/money';
import { acceptInvitation } from './accept-invitation.ts';
import { maySee, maySeePrivate } from './access.ts';
import { toUserError } from './answers.ts';
import { apiClientResolvers } from './api-client-resolvers.ts';
import { buyButtonOf, isAvailability } from './buy-button.ts';
import type { Context } from './context.ts';
import { decidePurchase } from './decision.ts';
import type { Resolvers, SellerOrderStatus, SellerStatus } from './generated/schema.ts';
import { inviteSeller } from './invite-seller.ts';
import { isOpen } from './market.ts';
import { parsePage, toCursor, toPage, type Position } from './page.ts';
import type { Seller, SellerStatus as DomainStatus } from './seller.ts';
import type { SellerOrder } from './seller-order.ts';
import { setMarket } from './set-market.ts';
import { setSellerStatus } from './set-seller-status.ts';
import { findEligibilityFacts } from './store/eligibility.ts';
import { findMarkets, listMarkets } from './store/markets.ts';
import { listPolicyTexts } from './store/policies.ts';
import { listSellerOrders } from './store/seller-orders.ts';
import { listSellers } from './store/sellers.ts';
import type { Caller } from './use-case.ts';

const statusNames: Readonly<Record<DomainStatus, SellerStatus>> = { invited: 'INVITED', active: 'ACTIVE', suspended: 'SUSPENDED' };
const statuses: Readonly<Record<SellerStatus, DomainStatus>> = { INVITED: 'invited', ACTIVE: 'active', SUSPENDED: 'suspended' };
const orderStatusNames: Readonly<Record<SellerOrder['status'], SellerOrderStatus>> = { confirmed: 'CONFIRMED', cancelled: 'CANCELLED' };

/** @throws PublicError FORBIDDEN for anyone who is not network staff. */
function requireOperator({ identity }: Context): Caller {
  const { actor, requestId } = identity;
  if (actor.role !== 'operator') throw new PublicError('FORBIDDEN', 'Only network staff may do this.');
  return { accountId: actor.accountId, requestId };
}

/** The seller with this id as far as the caller may know of it. */
async function visibleSeller(context: Context, sellerId: string): Promise<Seller | null> {
  if (!isId('sel', sellerId)) return null;
  const seller = await context.sellers.load(sellerId);
  return seller !== null && maySee(context.identity.actor, seller) ? seller : null;
}

/** A seller that a mutation has just read or written. */
async function knownSeller(context: Context, sellerId: string): Promise<Seller> {
  const seller = await context.sellers.clear(sellerId).load(sellerId);
  if (seller === null) throw new Error(`the seller ${sellerId} of a stored result is gone`);
  return seller;
}

const sellerActor = (actor: Actor) => (actor.role === 'seller' ? actor : null);
const amount = (amountMinor: number, { currency }: SellerOrder): Money => ({ amountMinor, currency });
const positionOf = (order: SellerOrder): Position => {
  if (order.confirmedAt === null) throw new Error(`the order ${order.orderId} is listed without having been confirmed`);
  return { at: order.confirmedAt, id: order.orderId };
};

/** An order for its seller or network staff; null for anyone else. */
async function findVisibleOrder(context: Context, id: string): Promise<SellerOrder | null> {
  const order = isId('ord', id) ? await context.sellerOrders.load(id) : null;
  if (order === null) return null;
  if (context.identity.actor.role === 'operator') return order;
  const seller = await context.sellers.load(order.sellerId);
  return seller !== null && maySeePrivate(context.identity.actor, seller) ? order : null;
}

export const resolvers: Resolvers = {
  Query: {
    sellerOrder: (_, { id }, context) => findVisibleOrder(context, id),
    viewerSeller: async (_, __, context) => {
      const actor = sellerActor(context.identity.actor);
      return actor === null ? null : visibleSeller(context, actor.sellerId);
    },
    seller: async (_, { id }, context) => visibleSeller(context, id),
    sellers: async (_, args, context) => {
      requireOperator(context);
      const request = parsePage(args, 'sel');
      const { rows, hasNextPage } = toPage(await listSellers(context.deps.pool, request), request.first);
      const edges = rows.map(({ seller, position }) => ({ cursor: toCursor(position), node: seller }));
      return { edges, pageInfo: { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null } };
    },
    markets: async (_, __, context) => {
      requireOperator(context);
      return listMarkets(context.deps.pool);
    },
    policyTexts: async (_, { version }, context) => listPolicyTexts(context.deps.pool, version),
    explainEligibility: async (_, { buyerId, country, sellerId }, context) => {
      requireOperator(context);
      const [facts] = await findEligibilityFacts(context.deps.pool, [{ sellerId, buyerCountry: country }]);
      const decision = decidePurchase({
        market: facts?.market ?? null,
        seller: facts?.seller ?? null,
        buyerId,
        buyerCountry: country,
        shipToCountry: null,
        now: new Date(),
      });
      return { allowed: decision.allowed, reason: decision.allowed ? null : decision.reason, trace: decision.trace };
    },
  },

  Mutation: {
    ...apiClientResolvers.Mutation,

    inviteSeller: async (_, { input }, context) => {
      const caller = requireOperator(context);
      const result = await inviteSeller(context.deps, caller, { ...input, sellerId: input.sellerId ?? undefined });
      switch (result.kind) {
        case 'invited':
          return { __typename: 'InviteSellerSuccess', seller: await knownSeller(context, result.sellerId) };
        case 'already_invited':
          return { __typename: 'SellerAlreadyInvitedError', message: result.message, seller: await knownSeller(context, result.sellerId) };
        default:
          return toUserError(result);
      }
    },
    acceptSellerInvitation: async (_, { input }, context) => {
      const { actor, requestId } = context.identity;
      if (actor.role !== 'seller') return { __typename: 'NotAllowedError', message: 'Only an invited seller can accept its invitation.' };
      const caller = { accountId: actor.accountId, requestId };
      const result = await acceptInvitation(context.deps, caller, { ...input, sellerId: actor.sellerId });
      switch (result.kind) {
        case 'accepted':
          return { __typename: 'AcceptSellerInvitationSuccess', seller: await knownSeller(context, result.sellerId) };
        case 'not_allowed':
          return { __typename: 'NotAllowedError', message: result.message };
        default:
          return toUserError(result);
      }
    },
    setSellerStatus: async (_, { input }, context) => {
      const caller = requireOperator(context);
      const result = await setSellerStatus(context.deps, caller, { ...input, status: statuses[input.status] });
      switch (result.kind) {
        case 'set':
          return { __typename: 'SetSellerStatusSuccess', seller: await knownSeller(context, result.sellerId) };
        case 'not_found':
          return { __typename: 'NotFoundError', id: result.id, message: result.message };
        default:
          return toUserError(result);
      }
    },
    setMarket: async (_, { input }, context) => {
      const caller = requireOperator(context);
      const result = await setMarket(context.deps, caller, {
        ...input,
        currency: input.currency ?? undefined,
        buyerShareBps: input.buyerShareBps ?? undefined,
        undoWindowSeconds: input.undoWindowSeconds ?? undefined,
        platformFeeBps: input.platformFeeBps ?? undefined,
        returnWindowDays: input.returnWindowDays ?? undefined,
        policyVersion: input.policyVersion ?? undefined,
      });
      if (result.kind !== 'set') return toUserError(result);
      const market = (await findMarkets(context.deps.pool, [result.country])).get(result.country);
      if (market === undefined) throw new Error(`the market ${result.country} of a stored result is gone`);
      return { __typename: 'SetMarketSuccess', market };
    },
  },

  Seller: {
    __resolveReference: async ({ id }, context) => visibleSeller(context, id),
    id: (seller) => seller.sellerId,
    status: (seller, _, { identity }) => (maySeePrivate(identity.actor, seller) ? statusNames[seller.status] : null),
    ...apiClientResolvers.Seller,
    accountId: (seller, _, { identity }) => (maySeePrivate(identity.actor, seller) ? seller.accountId : null),
    orders: async (seller, args, { identity, deps }) => {
      if (!maySeePrivate(identity.actor, seller)) return null;
      const request = parsePage(args, 'ord');
      const { rows, hasNextPage } = toPage(await listSellerOrders(deps.pool, seller.sellerId, request), request.first);
      const edges = rows.map((order) => ({ cursor: toCursor(positionOf(order)), node: order }));
      return { edges, pageInfo: { hasNextPage, endCursor: edges.at(-1)?.cursor ?? null } };
    },
  },

  ApiClient: apiClientResolvers.ApiClient,
  ApiClientKey: apiClientResolvers.ApiClientKey,

  SellerOrder: {
    __resolveReference: ({ id }, context) => findVisibleOrder(context, id),
    id: (order) => order.orderId,
    status: (order) => orderStatusNames[order.status],
    lines: (order) => order.lines.map(({ unitPriceMinor, ...line }) => ({ ...line, unitPrice: amount(unitPriceMinor, order) })),
    subtotal: (order) => amount(order.subtotalMinor, order),
    shipping: (order) => amount(order.shippingMinor, order),
    tax: (order) => amount(order.taxMinor, order),
    total: (order) => amount(order.totalMinor, order),
    placedAt: (order) => order.placedAt.toISOString(),
    confirmedAt: (order) => order.confirmedAt?.toISOString() ?? null,
    cancelledAt: (order) => order.cancelledAt?.toISOString() ?? null,
  },

  Market: {
    __resolveReference: async ({ country }, context) => {
      if (context.identity.actor.role !== 'operator') return null;
      return (await findMarkets(context.deps.pool, [country])).get(country) ?? null;
    },
    isOpen: (market) => isOpen(market, new Date()),
    opensAt: (market) => market.opensAt?.toISOString() ?? null,
    closesAt: (market) => market.closesAt?.toISOString() ?? null,
  },

  Product: {
    __resolveReference: (reference) => reference,
    buyButton: async ({ sellerId, availability }, _, context) => {
      const { actor } = context.identity;
      if (actor.role !== 'buyer' || typeof sellerId !== 'string' || !isAvailability(availability)) return null;
      const { seller, market } = await context.eligibility.load(sellerId);
      const decision = decidePurchase({
        market,
        seller,
        buyerId: actor.accountId,
        buyerCountry: actor.country,
        shipToCountry: null,
        now: new Date(),
      });
      return buyButtonOf(decision, availability);
    },
  },
};
