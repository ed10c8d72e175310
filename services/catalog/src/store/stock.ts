/** Statements that move stock. Each changes the product's counts and writes the ledger in one statement. */
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import type { Product } from '../product.ts';
import { qualifiedProductColumns, toProduct, type ProductRow } from './products.ts';

/** What became of an order's claim on stock. */
export type ReservationStatus = 'held' | 'sold' | 'released' | 'returned';

/** A product's stock after a move, and the move. */
export interface MovedStock {
  readonly productId: string;
  readonly sellerId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly stockSequence: number;
  /** Pieces moved. */
  readonly quantity: number;
}

interface MovedRow {
  readonly product_id: string;
  readonly seller_id: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly stock_sequence: number;
  readonly quantity: number;
}

const movedColumns = 'p.product_id, p.seller_id, p.on_hand, p.reserved, p.stock_sequence';

const toMovedStock = (row: MovedRow): MovedStock => ({
  productId: row.product_id,
  sellerId: row.seller_id,
  onHand: row.on_hand,
  reserved: row.reserved,
  stockSequence: row.stock_sequence,
  quantity: row.quantity,
});

/**
 * Gives an order's held pieces back, or remembers that the order may never reserve any. Answers the reservation's
 * status: `released` and `returned` and `sold` are final here; `held` or null mean that it changed under the
 * statement, which is to be tried again.
 */
export async function releaseReservation(
  queryable: Queryable,
  orderId: string,
  correlationId: string,
): Promise<{ readonly status: ReservationStatus | null; readonly freed: boolean }> {
  const { rows } = await queryable.query<{ status: ReservationStatus | null; freed: boolean }>({
    name: 'stock-release',
    text: `with released as (
             update reservations set status = 'released', settled_at = now()
              where order_id = $1 and status = 'held'
             returning order_id, product_id, quantity
           ), freed as (
             update products p set reserved = p.reserved - r.quantity from released r where p.product_id = r.product_id
           ), moved as (
             insert into stock_moves (move_id, product_id, kind, order_id, on_hand_delta, reserved_delta)
             select $2, product_id, 'release', order_id, 0, -quantity from released
           ), tombstone as (
             insert into reservations (order_id, quantity, status, correlation_id, settled_at)
             select $1, 0, 'released', $3, now() where not exists (select from reservations where order_id = $1)
             on conflict do nothing
             returning order_id
           )
           select exists (select from released) as freed,
                  case when exists (select from released) or exists (select from tombstone) then 'released'
                       else (select status from reservations where order_id = $1) end as status`,
    values: [orderId, newId('mov'), correlationId],
  });
  return rows[0] ?? { status: null, freed: false };
}

/** Makes an order's held pieces sold; null when it holds none. */
export async function sellHeld(transaction: Transaction, orderId: string): Promise<MovedStock | null> {
  const { rows } = await transaction.query<MovedRow>({
    name: 'stock-sell',
    text: `with sold as (
             update reservations set status = 'sold', settled_at = now()
              where order_id = $1 and status = 'held'
             returning order_id, product_id, quantity
           ), moved as (
             insert into stock_moves (move_id, product_id, kind, order_id, on_hand_delta, reserved_delta)
             select $2, product_id, 'sell', order_id, -quantity, -quantity from sold
           )
           update products p
              set on_hand = p.on_hand - s.quantity, reserved = p.reserved - s.quantity, stock_sequence = p.stock_sequence + 1
             from sold s
            where p.product_id = s.product_id
           returning ${movedColumns}, s.quantity`,
    values: [orderId, newId('mov')],
  });
  return rows[0] === undefined ? null : toMovedStock(rows[0]);
}

/** Sells pieces to an order whose reservation, locked by this transaction, holds none; null when too few are free. */
export async function sellUnreserved(
  transaction: Transaction,
  sale: { readonly orderId: string; readonly buyerId: string; readonly productId: string; readonly quantity: number },
): Promise<MovedStock | null> {
  const { rows } = await transaction.query<MovedRow>({
    name: 'stock-sell-unreserved',
    text: `with taken as (
             update products p set on_hand = p.on_hand - $3::int, stock_sequence = p.stock_sequence + 1
              where p.product_id = $2 and p.on_hand - p.reserved >= $3::int
             returning ${movedColumns}
           ), sold as (
             update reservations r set status = 'sold', product_id = taken.product_id, buyer_id = $4, quantity = $3::int, settled_at = now()
               from taken
              where r.order_id = $1
             returning r.order_id, r.product_id
           ), moved as (
             insert into stock_moves (move_id, product_id, kind, order_id, on_hand_delta, reserved_delta)
             select $5, product_id, 'sell', order_id, -$3::int, 0 from sold
           )
           select taken.*, $3::int as quantity from taken`,
    values: [sale.orderId, sale.productId, sale.quantity, sale.buyerId, newId('mov')],
  });
  return rows[0] === undefined ? null : toMovedStock(rows[0]);
}

/** Puts an order's sold pieces back on hand, as far as they did not come back with a return; null when it has none. */
export async function returnSold(transaction: Transaction, orderId: string): Promise<MovedStock | null> {
  const { rows } = await transaction.query<MovedRow>({
    name: 'stock-return',
    text: `with returned as (
             update reservations set status = 'returned', settled_at = now()
              where order_id = $1 and status = 'sold'
             returning order_id, product_id, quantity - restocked as quantity
           ), moved as (
             insert into stock_moves (move_id, product_id, kind, order_id, on_hand_delta, reserved_delta)
             select $2, product_id, 'return', order_id, quantity, 0 from returned where quantity > 0
           )
           update products p
              set on_hand = p.on_hand + r.quantity, stock_sequence = p.stock_sequence + 1
             from returned r
            where p.product_id = r.product_id and r.quantity > 0
           returning ${movedColumns}, r.quantity`,
    values: [orderId, newId('mov')],
  });
  return rows[0] === undefined ? null : toMovedStock(rows[0]);
}

/** Pieces that arrived with a return and can be sold again. */
export interface Restock {
  readonly orderId: string;
  readonly returnId: string;
  readonly productId: string;
  readonly quantity: number;
}

/**
 * Puts pieces of a return back on hand, once; null when they are already, or the order's pieces were given back otherwise.
 * @throws DatabaseError on `reservations_never_restock_above_sold` for more pieces than the order has left.
 */
export async function restockReturned(transaction: Transaction, restock: Restock): Promise<MovedStock | null> {
  const { rows } = await transaction.query<MovedRow>({
    name: 'stock-restock',
    text: `with restocked as (
             update reservations set restocked = restocked + $4::int
              where order_id = $1 and product_id = $3 and status = 'sold'
                and not exists (select from stock_moves where return_id = $2 and product_id = $3)
             returning order_id, product_id
           ), moved as (
             insert into stock_moves (move_id, product_id, kind, order_id, return_id, on_hand_delta, reserved_delta)
             select $5, product_id, 'restock', order_id, $2, $4::int, 0 from restocked
           )
           update products p
              set on_hand = p.on_hand + $4::int, stock_sequence = p.stock_sequence + 1
             from restocked r
            where p.product_id = r.product_id
           returning ${movedColumns}, $4::int as quantity`,
    values: [restock.orderId, restock.returnId, restock.productId, restock.quantity, newId('mov')],
  });
  return rows[0] === undefined ? null : toMovedStock(rows[0]);
}

/** Sets the pieces on hand of locked products to other counts and writes the differences into the ledger. */
export async function setOnHand(
  transaction: Transaction,
  counts: readonly { readonly id: string; readonly onHand: number }[],
): Promise<Product[]> {
  const { rows } = await transaction.query<ProductRow>({
    name: 'stock-set',
    text: `with given as (
             select * from unnest($1::text[], $2::int[], $3::text[]) as given (id, on_hand, move_id)
           ), moved as (
             insert into stock_moves (move_id, product_id, kind, on_hand_delta, reserved_delta)
             select move_id, product_id, case when given.on_hand > products.on_hand then 'receive' else 'adjust' end,
                    given.on_hand - products.on_hand, 0
               from given join products on product_id = id
           )
           update products
              set on_hand = given.on_hand, stock_sequence = products.stock_sequence + 1
             from given
            where product_id = given.id
           returning ${qualifiedProductColumns}`,
    values: [counts.map((count) => count.id), counts.map((count) => count.onHand), counts.map(() => newId('mov'))],
  });
  return rows.map(toProduct);
}

/** Writes the first pieces of new products into the ledger. */
export async function insertFirstMoves(transaction: Transaction, products: readonly Pick<Product, 'id' | 'onHand'>[]): Promise<void> {
  await transaction.query({
    name: 'stock-first-moves',
    text: `insert into stock_moves (move_id, product_id, kind, on_hand_delta, reserved_delta)
           select move_id, product_id, 'receive', on_hand, 0
             from unnest($1::text[], $2::text[], $3::int[]) as given (move_id, product_id, on_hand)`,
    values: [products.map(() => newId('mov')), products.map((product) => product.id), products.map((product) => product.onHand)],
  });
}
