/** A page of the buyer's own orders, newest first. The cursor is the last order's id: ids are UUIDv7. */
import { isId } from '@vitrine/runtime/ids';
import type { Queryable } from '@vitrine/runtime/database';
import type { Order } from './order.ts';
import { listOrders } from './store.ts';

export type OrderPage =
  | { readonly kind: 'page'; readonly orders: readonly { readonly cursor: string; readonly order: Order }[]; readonly hasNextPage: boolean }
  | { readonly kind: 'invalid'; readonly message: string };

const toCursor = (orderId: string): string => Buffer.from(orderId).toString('base64url');

export async function listOwnOrders(
  queryable: Queryable,
  request: { readonly buyerId: string; readonly first: number; readonly after: string | null },
): Promise<OrderPage> {
  if (request.first < 1 || request.first > 100) return { kind: 'invalid', message: 'first must be from 1 to 100.' };
  const after = request.after === null ? null : Buffer.from(request.after, 'base64url').toString();
  if (after !== null && !isId('ord', after)) return { kind: 'invalid', message: 'after must be the endCursor of another page.' };
  // One more than asked for tells whether there is a next page.
  const orders = await listOrders(queryable, request.buyerId, request.first + 1, after);
  return {
    kind: 'page',
    orders: orders.slice(0, request.first).map((order) => ({ cursor: toCursor(order.orderId), order })),
    hasNextPage: orders.length > request.first,
  };
}
