/** What the resolvers of one request share. */
import DataLoader from 'dataloader';
import type { FastifyRequest } from 'fastify';
import type { ReadinessResponse } from '@vitrine/contracts/payment-vault-http';
import { PublicError } from '@vitrine/runtime/errors';
import type { Identity } from '@vitrine/runtime/identity';
import type { SellerCaller } from './access.ts';
import type { Deps } from './deps.ts';
import type { Order } from './order.ts';
import { createMoneyLoaders, type MoneyLoaders } from './money-loaders.ts';
import { createOrderLoaders, type OrderLoaders } from './order-loaders.ts';
import { findOrders } from './store/orders.ts';
import type { Rates } from './pricing.ts';

/** The signed-in buyer. */
export interface Buyer {
  readonly accountId: string;
  readonly country: string | null;
  /** The app instance; absent when the access token does not name one. */
  readonly deviceId?: string;
}

export interface Context extends OrderLoaders, MoneyLoaders {
  readonly deps: Deps;
  readonly identity: Identity;
  /** The caller's own orders by id; null for one that is not theirs. */
  readonly ownOrders: DataLoader<string, Order | null>;
  /** What one tap would use, asked once a request however many products are on the page. Null when it is not complete. */
  readonly oneTapRates: () => Promise<Rates | null>;
}

export function createContext(deps: Deps, request: FastifyRequest): Context {
  const { identity } = request;
  let rates: Promise<Rates | null> | undefined;
  return {
    deps,
    identity,
    ...createOrderLoaders(deps.pool, identity),
    ...createMoneyLoaders(deps),
    ownOrders: new DataLoader(async (orderIds) => {
      const orders = new Map((await findOrders(deps.pool, orderIds)).map((order) => [order.orderId, order]));
      return orderIds.map((orderId) => {
        const order = orders.get(orderId);
        return order !== undefined && order.buyerId === findBuyer(identity)?.accountId ? order : null;
      });
    }),
    oneTapRates: () => (rates ??= findOneTapRates(deps, identity)),
  };
}

/** The buyer behind a call, or null when it is made for somebody else. */
export const findBuyer = (identity: Identity): Buyer | null => (identity.actor.role === 'buyer' ? identity.actor : null);

/** @throws PublicError FORBIDDEN when the call is not made for a buyer. */
export function requireBuyer(identity: Identity): Buyer {
  const buyer = findBuyer(identity);
  if (buyer === null) throw new PublicError('FORBIDDEN', 'Only a buyer can do this. Sign in to the app as a buyer.');
  return buyer;
}

async function findOneTapRates(deps: Deps, identity: Identity): Promise<Rates | null> {
  const buyer = findBuyer(identity);
  if (buyer === null) return null;
  const readiness: ReadinessResponse = await deps.clients.readiness(
    { buyerId: buyer.accountId, paymentMethodId: null, addressId: null },
    identity.requestId,
  );
  if (readiness.address === null || readiness.paymentMethod === null || readiness.paymentMethod.expired) return null;
  return deps.tariff.ratesFor(readiness.address);
}

/** @throws PublicError FORBIDDEN when the call is not made for a seller. */
export function requireSeller({ actor }: Identity): SellerCaller {
  if (actor.role !== 'seller') throw new PublicError('FORBIDDEN', 'Only a seller can do this. Sign in to the dashboard as a seller.');
  return { sellerId: actor.sellerId, accountId: actor.accountId };
}
