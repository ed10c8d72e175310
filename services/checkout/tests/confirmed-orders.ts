/** Orders as tests of what comes after the purchase need them: final, with lines of their choice. */
import { randomUUID } from 'node:crypto';
import type { Pool } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';

export interface ConfirmedOrder {
  readonly orderId: string;
  readonly buyerId: string;
  readonly seller: { readonly sellerId: string; readonly accountId: string };
  readonly products: readonly string[];
  readonly totalMinor: number;
}

/** Writes a confirmed order with one line for each quantity, at 10.00 a piece, 5.00 shipping and 7 % tax. Its version is 2. */
export async function insertConfirmedOrder(
  pool: Pool,
  quantities: readonly number[] = [1],
  { confirmedAt = new Date(), terms }: { readonly confirmedAt?: Date; readonly terms?: object } = {},
): Promise<ConfirmedOrder> {
  const orderId = newId('ord');
  const buyerId = newId('usr');
  const seller = { sellerId: newId('sel'), accountId: newId('usr') };
  const lines = quantities.map((quantity, index) => ({
    productId: newId('prd'),
    sku: `SKU-${index}`,
    title: `Thing ${index}`,
    quantity,
    unitPrice: { amountMinor: 1_000, currency: 'USD' },
  }));
  const subtotal = quantities.reduce((sum, quantity) => sum + quantity * 1_000, 0);
  const tax = (subtotal * 7) / 100;
  const placedAt = new Date(confirmedAt.getTime() - 60_000);
  await pool.query(
    `insert into purchases (order_id, buyer_id, idempotency_key, input_hash, input, request_id, recovery_point, outcome, quote, next_attempt_at, steps)
     values ($1, $2, $3, '', '{}', $4, 'finished', '{"kind":"placed"}', $5, now(), $6)`,
    [
      orderId,
      buyerId,
      randomUUID(),
      randomUUID(),
      terms === undefined ? null : JSON.stringify({ terms }),
      JSON.stringify([
        { step: 'stock_reserved', at: placedAt.toISOString(), attempt: 1, by: 'buyer' },
        { step: 'placed', at: placedAt.toISOString(), attempt: 2, by: 'completer', detail: 'taken up' },
      ]),
    ],
  );
  await pool.query(
    `insert into orders (order_id, buyer_id, seller_id, market, currency, status, payment_state, lines, subtotal_minor, shipping_minor, tax_minor,
                         total_minor, sequence, request_id, placed_at, confirmed_at, capture_at)
     values ($1, $2, $3, 'US', 'USD', 'confirmed', 'captured', $4, $5, 500, $6, $7, 2, $8, $9, $10, $9)`,
    [orderId, buyerId, seller.sellerId, JSON.stringify(lines), subtotal, tax, subtotal + 500 + tax, randomUUID(), placedAt, confirmedAt],
  );
  await pool.query(
    `insert into order_history (order_id, buyer_id, event_id, sequence, step, cause, at)
     values ($1, $2, $3, 1, 'order.placed', 'buyer', $5), ($1, $2, $4, 2, 'order.confirmed', 'schedule', $6)`,
    [orderId, buyerId, newId('evt'), newId('evt'), placedAt, confirmedAt],
  );
  return { orderId, buyerId, seller, products: lines.map(({ productId }) => productId), totalMinor: subtotal + 500 + tax };
}
