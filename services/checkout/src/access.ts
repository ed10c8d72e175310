/** Who may see an order: its buyer at any time, its seller once it is confirmed, network staff. */
import type { Actor } from '@vitrine/runtime/identity';
import type { Order } from './order.ts';

type Owned = Pick<Order, 'buyerId' | 'sellerId' | 'confirmedAt'>;

/** Whether the caller may see the order as its buyer does. */
export const maySeeOrder = (actor: Actor, order: Owned): boolean =>
  actor.role === 'operator' || (actor.role === 'buyer' && order.buyerId === actor.accountId);

/** Whether the order is this seller's, and the seller knows of it: one that is undone was never there. A suspended seller keeps its orders. */
export const isOrderOfSeller = (order: Owned, sellerId: string): boolean => order.sellerId === sellerId && order.confirmedAt !== null;

/** As much of an actor as tells whose orders it may see. */
type OrderParty = { readonly role: 'seller'; readonly sellerId: string } | { readonly role: Exclude<Actor['role'], 'seller'> };

/** Whether the caller may see the order as its seller does. */
export const maySeeSellerOrder = (actor: OrderParty, order: Owned): boolean =>
  (actor.role === 'operator' && order.confirmedAt !== null) || (actor.role === 'seller' && isOrderOfSeller(order, actor.sellerId));

/** The seller that a call is made for. */
export interface SellerCaller {
  readonly sellerId: string;
  readonly accountId: string;
}
