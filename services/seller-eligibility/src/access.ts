/** Who may see a seller: everybody its name, the seller itself and network staff the rest. */
import type { Actor } from '@vitrine/runtime/identity';
import type { Seller } from './seller.ts';

/** Whether this is the seller that the caller acts for. The account must be the seller's, too: a token alone is not proof. */
const isOwn = (actor: Actor, seller: Seller): boolean =>
  actor.role === 'seller' && actor.sellerId === seller.sellerId && actor.accountId === seller.accountId;

/** Whether the caller may know of the seller at all. A seller sees no other seller. */
export const maySee = (actor: Actor, seller: Seller): boolean =>
  actor.role === 'buyer' || actor.role === 'operator' || isOwn(actor, seller);

/** Whether the caller may see the seller's status, account and orders. */
export const maySeePrivate = (actor: Actor, seller: Seller): boolean => actor.role === 'operator' || isOwn(actor, seller);

/** Whether the caller is a person of the seller, who alone may see and manage its API clients: a client could otherwise give itself more. */
export const mayManageClients = (actor: Actor, seller: Seller): boolean =>
  actor.role === 'seller' && actor.clientId === undefined && isOwn(actor, seller);
