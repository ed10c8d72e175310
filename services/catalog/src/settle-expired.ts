/**
 * What becomes of a reservation whose time is up: checkout knows whether its order is placed, under way or over. While
 * checkout does not answer, the pieces stay held: they may be sold already.
 */
import type { StockClaimResponse } from '@vitrine/contracts/checkout-http';
import { withTransaction } from '@vitrine/runtime/database';
import { unreachable } from '@vitrine/runtime/errors';
import type { Dependencies } from './dependencies.ts';
import { returnOrderedStock } from './return-ordered-stock.ts';
import { sellHeldStock } from './sell-ordered-stock.ts';
import { extendReservation, leaseDueReservations, type DueReservation } from './store/reservations.ts';

/** Asks checkout whether the stock held for an order is still wanted. */
export type AskStockClaim = (orderId: string, requestId: string) => Promise<StockClaimResponse['claim']>;

export interface SettledBatch {
  /** How many reservations were due, `settleBatchSize` at most. */
  readonly due: number;
  /** What kept some from being settled; they come again. */
  readonly failures: readonly unknown[];
}

export const settleBatchSize = 20;
const extensionSeconds = 60;

/** Settles one batch of reservations whose time is up. */
export async function settleExpired(deps: Dependencies & { readonly askStockClaim: AskStockClaim }): Promise<SettledBatch> {
  const due = await leaseDueReservations(deps.pool, settleBatchSize);
  const settled = await Promise.allSettled(due.map((reservation) => settle(deps, reservation)));
  if (due.length > 0) deps.wakeRelay();
  return { due: due.length, failures: settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])) };
}

async function settle(
  deps: Dependencies & { readonly askStockClaim: AskStockClaim },
  { orderId, correlationId }: DueReservation,
): Promise<void> {
  const claim = await deps.askStockClaim(orderId, correlationId);
  switch (claim) {
    case 'placed':
      await withTransaction(deps.pool, (transaction) => sellHeldStock(transaction, orderId, { correlationId, causationId: null }));
      return;
    case 'pending':
      await extendReservation(deps.pool, orderId, extensionSeconds);
      return;
    case 'none':
      // It is over for good. Word that it was placed may still be on its way, and must not sell anything then.
      await withTransaction(deps.pool, (transaction) => returnOrderedStock(transaction, orderId, { correlationId, causationId: null }));
      return;
    default:
      unreachable(claim);
  }
}
