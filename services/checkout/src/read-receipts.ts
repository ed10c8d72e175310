/**
 * The receipts of orders. Each is written the first time that it is asked for, and never again: making them costs a purchase
 * nothing, and what they are made of stands from the moment that the order is final.
 */
import type { Queryable } from '@vitrine/runtime/database';
import type { Order } from './order.ts';
import { hashReceipt, makeReceipt, type Receipt } from './receipt.ts';
import { findReceipts, findSaleTerms, insertReceipts } from './store/receipts.ts';

/** By order id; an order that is not final yet, and one that never was, has none. @throws when a receipt is not what it was. */
export async function readReceipts(queryable: Queryable, orders: readonly Order[]): Promise<ReadonlyMap<string, Receipt>> {
  const final = orders.filter(({ confirmedAt }) => confirmedAt !== null);
  const ids = final.map(({ orderId }) => orderId);
  const known = await findReceipts(queryable, ids);
  const missing = final.filter(({ orderId }) => !known.has(orderId));
  if (missing.length === 0) return verified(known);
  const terms = await findSaleTerms(
    queryable,
    missing.map(({ orderId }) => orderId),
  );
  await insertReceipts(
    queryable,
    missing.map((order) => makeReceipt(order, terms.get(order.orderId) ?? null)).filter((receipt) => receipt !== null),
  );
  // Somebody else may have been faster: what is stored counts.
  return verified(await findReceipts(queryable, ids));
}

function verified(receipts: ReadonlyMap<string, Receipt>): ReadonlyMap<string, Receipt> {
  for (const [orderId, { content, hash }] of receipts) {
    if (hashReceipt(content) !== hash) throw new Error(`the receipt of ${orderId} is not what it was`);
  }
  return receipts;
}
