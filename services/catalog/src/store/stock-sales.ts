/** Sales of many orders in one statement, each told of as if it had been made by itself. */
import type { Transaction } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import type { MovedStock } from './stock.ts';

/** Pieces that an order takes for good. */
export interface Sale {
  readonly orderId: string;
  readonly productId: string;
  readonly quantity: number;
}

/**
 * Makes sold what is held for these orders (each at most once), as far as it is what they are for; answers the stock
 * after each sale, by order, in the order given. An order that is missing holds nothing, or something else.
 */
export async function sellAllHeld(transaction: Transaction, sales: readonly Sale[]): Promise<ReadonlyMap<string, MovedStock>> {
  const { rows } = await transaction.query<MovedStock & { readonly orderId: string }>({
    name: 'stock-sell-all',
    // Reservations and products are locked in the order of their ids, so that two of these never wait for each other.
    text: `with given as (
             select * from unnest($1::text[], $2::text[], $3::int[], $4::text[]) with ordinality
               as given (order_id, product_id, quantity, move_id, place)
           ), held as materialized (
             select r.order_id, r.product_id, r.quantity, move_id, place
               from reservations r join given using (order_id)
              where r.status = 'held' and r.product_id = given.product_id and r.quantity = given.quantity
              order by r.order_id
                for update of r
           ), settled as (
             update reservations r set status = 'sold', settled_at = now() from held where r.order_id = held.order_id
           ), moved as (
             insert into stock_moves (move_id, product_id, kind, order_id, on_hand_delta, reserved_delta)
             select move_id, product_id, 'sell', order_id, -quantity, -quantity from held
           ), total as (
             select product_id, sum(quantity)::int as quantity, count(*)::int as sales from held group by product_id
           ), locked as materialized (
             select product_id from products where product_id in (select product_id from total) order by product_id for update
           ), changed as (
             update products p
                set on_hand = p.on_hand - total.quantity, reserved = p.reserved - total.quantity, stock_sequence = p.stock_sequence + total.sales
               from total join locked using (product_id)
              where p.product_id = total.product_id
             returning p.product_id, p.seller_id, p.on_hand, p.reserved, p.stock_sequence, total.quantity, total.sales
           )
           select held.order_id as "orderId", held.quantity, c.product_id as "productId", c.seller_id as "sellerId",
                  c.on_hand + c.quantity - sum(held.quantity) over sold as "onHand",
                  c.reserved + c.quantity - sum(held.quantity) over sold as reserved,
                  c.stock_sequence - c.sales + row_number() over sold as "stockSequence"
             from held join changed c using (product_id)
           window sold as (partition by c.product_id order by held.place rows unbounded preceding)
            order by held.place`,
    values: [
      sales.map((sale) => sale.orderId),
      sales.map((sale) => sale.productId),
      sales.map((sale) => sale.quantity),
      sales.map(() => newId('mov')),
    ],
  });
  return new Map(rows.map(({ orderId, ...moved }) => [orderId, moved]));
}
