/** What the resolvers of one request read of refunds, returns and disputes, each in one statement for all that the request asks for. */
import DataLoader from 'dataloader';
import type { Deps } from './deps.ts';
import type { Dispute } from './dispute.ts';
import { findReturnable } from './find-returnable.ts';
import type { Order } from './order.ts';
import type { Refund } from './refund.ts';
import type { OrderReturn, Returnable } from './return.ts';
import { findDisputesOf } from './store/disputes.ts';
import { findRefundsOf } from './store/refunds.ts';
import { findReturnsOf } from './store/returns.ts';

/** The ids and orders are of orders that the caller was found to be allowed to see. */
export interface MoneyLoaders {
  /** By order id, oldest first. */
  readonly refunds: DataLoader<string, readonly Refund[]>;
  /** By order id, oldest first. */
  readonly orderReturns: DataLoader<string, readonly OrderReturn[]>;
  /** By order id, oldest first. */
  readonly disputes: DataLoader<string, readonly Dispute[]>;
  readonly returnable: DataLoader<Order, Returnable, string>;
}

export function createMoneyLoaders(deps: Deps): MoneyLoaders {
  const ofOrders = <Row extends { readonly orderId: string }>(
    find: (pool: Deps['pool'], orderIds: readonly string[]) => Promise<Row[]>,
  ): DataLoader<string, readonly Row[]> =>
    new DataLoader(async (orderIds) => {
      const found = Map.groupBy(await find(deps.pool, orderIds), ({ orderId }) => orderId);
      return orderIds.map((orderId) => found.get(orderId) ?? []);
    });
  return {
    refunds: ofOrders(findRefundsOf),
    orderReturns: ofOrders(findReturnsOf),
    disputes: ofOrders(findDisputesOf),
    returnable: new DataLoader((orders) => findReturnable(deps, deps.pool, orders), { cacheKeyFn: ({ orderId }) => orderId }),
  };
}
