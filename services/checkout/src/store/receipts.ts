/** Statements on receipts, and on the terms that purchases were quoted on. */
import type { Queryable } from '@vitrine/runtime/database';
import type { SaleTerms } from '../purchase.ts';
import type { Receipt, ReceiptContent } from '../receipt.ts';

/** The terms of orders, by order id; an order from before they were kept is missing from the map. */
export async function findSaleTerms(queryable: Queryable, orderIds: readonly string[]): Promise<ReadonlyMap<string, SaleTerms>> {
  const { rows } = await queryable.query<{ order_id: string; terms: SaleTerms }>({
    name: 'sale-terms',
    text: `select order_id, quote->'terms' as terms from purchases where order_id = any($1) and quote->'terms' is not null`,
    values: [orderIds],
  });
  return new Map(rows.map((row) => [row.order_id, row.terms]));
}

/** The receipts that are written, by order id. */
export async function findReceipts(queryable: Queryable, orderIds: readonly string[]): Promise<ReadonlyMap<string, Receipt>> {
  const { rows } = await queryable.query<{ order_id: string; number: string; content: ReceiptContent; hash: string }>({
    name: 'receipts-of-orders',
    text: 'select order_id, number, content, hash from receipts where order_id = any($1)',
    values: [orderIds],
  });
  return new Map(rows.map(({ order_id, number, content, hash }) => [order_id, { number, content, hash }]));
}

/** Writes receipts that are not there yet. */
export async function insertReceipts(queryable: Queryable, receipts: readonly Receipt[]): Promise<void> {
  await queryable.query({
    name: 'receipts-insert',
    text: `insert into receipts (order_id, number, content, hash)
           select content->>'orderId', number, content, hash
             from jsonb_to_recordset($1::jsonb) as i (number text, content jsonb, hash text)
           on conflict (order_id) do nothing`,
    values: [JSON.stringify(receipts)],
  });
}
