/** What the resolvers of one request share. */
import DataLoader from 'dataloader';
import type { FastifyRequest } from 'fastify';
import { PublicError } from '@vitrine/runtime/errors';
import type { Identity } from '@vitrine/runtime/identity';
import type { Address, PostalAddress } from './address.ts';
import type { Card } from './card.ts';
import { homeCountry } from './consent.ts';
import type { Deps } from './deps.ts';
import type { Dispute } from './dispute.ts';
import { findAddresses } from './open-addresses.ts';
import { readPayouts, type Payout } from './read-payouts.ts';
import { revealToSeller, showToBuyer } from './reveal-shipping-address.ts';

interface AskedShippingAddress {
  readonly orderId: string;
  readonly fields: readonly string[];
}

export interface Context {
  readonly deps: Deps;
  readonly identity: Identity;
  /** The caller's own cards by id; null for one that is not theirs. */
  readonly ownCards: DataLoader<string, Card | null>;
  /** The caller's own addresses by id; null for one that is not theirs. */
  readonly ownAddresses: DataLoader<string, Address | null>;
  /** Where the caller's own orders are shipped, by order id; null for an order that is not theirs. */
  readonly ownShippingAddresses: DataLoader<string, PostalAddress | null>;
  /** Where to ship an order that the caller sells. Loading one is a disclosure of these fields of the address. */
  readonly disclosedShippingAddresses: DataLoader<AskedShippingAddress, PostalAddress | null, string>;
  /** What the caller gets of its own orders, by order id; null for an order that is not its own, or not captured. */
  readonly ownPayouts: DataLoader<string, Payout | null>;
  /** The disputes of the caller's own orders, by order id; null for an order that is not its own. */
  readonly disputesOfSeller: DataLoader<string, readonly Dispute[] | null>;
}

/** The account behind a call that is made for a buyer; null for any other call. */
export const findBuyerId = (identity: Identity): string | null => (identity.actor.role === 'buyer' ? identity.actor.accountId : null);

/** The country of a buyer's account, ISO 3166-1 alpha-2; the home market's for any other call. */
export const countryOf = (identity: Identity): string =>
  identity.actor.role === 'buyer' ? (identity.actor.country ?? homeCountry) : homeCountry;

/** The app instance that a buyer calls from; null when the access token does not name one. */
export const deviceOf = ({ actor }: Identity): string | null => (actor.role === 'buyer' ? (actor.deviceId ?? null) : null);

/** @throws PublicError FORBIDDEN when the call is not made for a buyer. */
export function requireBuyerId(identity: Identity): string {
  const buyerId = findBuyerId(identity);
  if (buyerId === null) throw new PublicError('FORBIDDEN', 'Only a buyer can do this. Sign in to the app as a buyer.');
  return buyerId;
}

/** The seller for whom a call is made, and the account that makes it; null for any other call. */
export const findSeller = ({ actor }: Identity): { readonly sellerId: string; readonly accountId: string } | null =>
  actor.role === 'seller' ? { sellerId: actor.sellerId, accountId: actor.accountId } : null;

export function createContext(deps: Deps, request: FastifyRequest): Context {
  const { identity } = request;
  const buyerId = findBuyerId(identity);
  const sellerId = identity.actor.role === 'seller' ? identity.actor.sellerId : null;
  /** One statement for all keys that a request asks for, by somebody who may ask at all. */
  const loader = <Value>(
    ownerId: string | null,
    load: (ownerId: string, keys: readonly string[]) => Promise<ReadonlyMap<string, Value | null>>,
  ): DataLoader<string, Value | null> =>
    new DataLoader(async (keys) => {
      if (ownerId === null) return keys.map(() => null);
      const found = await load(ownerId, keys);
      return keys.map((key) => found.get(key) ?? null);
    });
  return {
    deps,
    identity,
    ownCards: loader(buyerId, async (owner, ids) => new Map((await deps.cards.findMany(owner, ids)).map((card) => [card.id, card]))),
    ownAddresses: loader(buyerId, (owner, ids) => findAddresses(deps, owner, ids)),
    ownShippingAddresses: loader(buyerId, (owner, ids) => showToBuyer(deps, owner, ids)),
    disclosedShippingAddresses: new DataLoader(
      async (asked) => {
        const reader = findSeller(identity);
        if (reader === null) return asked.map(() => null);
        const found = await revealToSeller(deps, reader, asked);
        return asked.map(({ orderId }) => found.get(orderId) ?? null);
      },
      { cacheKeyFn: ({ orderId, fields }) => `${orderId} ${fields.join(' ')}` },
    ),
    disputesOfSeller: loader(sellerId, (owner, ids) => deps.disputes.listOfSeller(owner, ids)),
    ownPayouts: loader(sellerId, (owner, ids) => readPayouts(deps, owner, ids)),
  };
}
