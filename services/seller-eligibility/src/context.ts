/** What the resolvers of one request share: who calls, and loaders that ask for a page in one statement. */
import type { Identity } from '@vitrine/runtime/identity';
import DataLoader from 'dataloader';
import type { ApiKey } from './api-client.ts';
import type { Seller } from './seller.ts';
import type { SellerOrder } from './seller-order.ts';
import { listKeys } from './store/api-clients.ts';
import { findEligibilityFacts, type EligibilityFacts } from './store/eligibility.ts';
import { findSellerOrders } from './store/seller-orders.ts';
import { findSellers } from './store/sellers.ts';
import type { UseCaseDeps } from './use-case.ts';

export interface Context {
  readonly identity: Identity;
  readonly deps: UseCaseDeps;
  /** By seller id; null when there is none. */
  readonly sellers: DataLoader<string, Seller | null>;
  /** By order id; null when there is none that its seller sees. */
  readonly sellerOrders: DataLoader<string, SellerOrder | null>;
  /** The keys to show, by the id of their API client. */
  readonly apiKeys: DataLoader<string, readonly ApiKey[]>;
  /** By seller id, for a viewer who is a buyer: the seller, and the market of the buyer's country. */
  readonly eligibility: DataLoader<string, EligibilityFacts>;
}

export function createContext(deps: UseCaseDeps, identity: Identity): Context {
  const { pool } = deps;
  const { actor } = identity;
  const buyerCountry = actor.role === 'buyer' ? actor.country : null;
  return {
    identity,
    deps,
    sellers: new DataLoader(async (ids) => {
      const found = await findSellers(pool, ids);
      return ids.map((id) => found.get(id) ?? null);
    }),
    sellerOrders: new DataLoader(async (ids) => {
      const found = await findSellerOrders(pool, ids);
      return ids.map((id) => found.get(id) ?? null);
    }),
    apiKeys: new DataLoader(async (clientIds) => {
      const keys = await listKeys(pool, clientIds);
      return clientIds.map((clientId) => keys.filter((key) => key.clientId === clientId));
    }),
    eligibility: new DataLoader((ids) =>
      findEligibilityFacts(
        pool,
        ids.map((sellerId) => ({ sellerId, buyerCountry })),
      ),
    ),
  };
}
