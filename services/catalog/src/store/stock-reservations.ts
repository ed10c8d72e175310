/** Reservations of many orders in one statement, each served as if it had come by itself, in the order in which they came. */
import type { Queryable } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import type { Product } from '../product.ts';
import { qualifiedProductColumns, toProduct, type ProductRow } from './products.ts';
import type { ReservationStatus } from './stock.ts';

/** Pieces that an order wants to hold. */
export interface WantedReservation {
  readonly orderId: string;
  readonly buyerId: string;
  readonly productId: string;
  readonly quantity: number;
  readonly ttlSeconds: number;
  readonly correlationId: string;
}

/** What the statement found and did. */
export interface ReservationAttempt {
  /** Whether this attempt has reserved the pieces. */
  readonly reserved: boolean;
  /** The reservation that the order had before; null when it had none. */
  readonly known: { readonly status: ReservationStatus; readonly productId: string | null; readonly quantity: number } | null;
  /** The product of the reservation as it was before the attempt; null when there is none. */
  readonly product: Product | null;
  /** Pieces that are free after it; null when it did not lock the product, as too few were free for anybody who asked. */
  readonly left: number | null;
}

type AttemptRow = { readonly [Column in keyof ProductRow]: ProductRow[Column] | null } & {
  readonly held: boolean;
  readonly left_free: number | null;
  readonly known_status: ReservationStatus | null;
  readonly known_product_id: string | null;
  readonly known_quantity: number | null;
};

/**
 * Holds pieces for orders, each named once; answers in their order. Who came first is served first, and a request for
 * more than there is does not keep back a smaller one behind it. One that neither holds anything nor finds too few left
 * has met another process, and is to be tried again.
 */
export async function insertReservations(queryable: Queryable, reservations: readonly WantedReservation[]): Promise<ReservationAttempt[]> {
  const { rows } = await queryable.query<AttemptRow>({
    name: 'stock-reserve',
    // Products are locked in the order of their ids, as for sales; one that cannot serve anybody is not locked at all,
    // since a lock is a write, and most calls for a product in demand come when it is sold out. Only where not all can
    // be served (`served`) does each have to be asked after the one before it.
    text: `with recursive given as (
             select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[], $7::text[]) with ordinality
               as given (order_id, buyer_id, product_id, quantity, ttl, correlation_id, move_id, place)
           ), known as materialized (
             select order_id, status, product_id, quantity from reservations where order_id = any($1::text[])
           ), wanted as materialized (
             select given.*, row_number() over (partition by product_id order by place) as turn
               from given
              where order_id not in (select order_id from known)
           ), asked as materialized (
             select product_id, min(quantity) as least, sum(quantity) as total from wanted group by product_id
           ), locked as materialized (
             select p.product_id, p.on_hand - p.reserved as free, asked.total
               from products p join asked using (product_id)
              where not p.discontinued and p.on_hand - p.reserved >= asked.least
              order by p.product_id
                for no key update of p
           ), served as (
             select product_id, 0::bigint as turn, free, null::text as order_id from locked where free < total
             union all
             select served.product_id, wanted.turn,
                    served.free - case when wanted.quantity <= served.free then wanted.quantity else 0 end,
                    case when wanted.quantity <= served.free then wanted.order_id end
               from served join wanted on wanted.product_id = served.product_id and wanted.turn = served.turn + 1
           ), held as (
             insert into reservations (order_id, product_id, buyer_id, quantity, status, expires_at, correlation_id)
             select wanted.order_id, wanted.product_id, buyer_id, quantity, 'held', now() + make_interval(secs => ttl), correlation_id
               from wanted join locked using (product_id)
              where free >= total or wanted.order_id in (select order_id from served where order_id is not null)
             on conflict do nothing
             returning order_id, product_id, quantity
           ), moved as (
             insert into stock_moves (move_id, product_id, kind, order_id, on_hand_delta, reserved_delta)
             select given.move_id, held.product_id, 'reserve', order_id, 0, held.quantity from held join given using (order_id)
           ), taken as (
             select product_id, sum(quantity)::int as quantity from held group by product_id
           ), changed as (
             update products p set reserved = p.reserved + taken.quantity from taken where p.product_id = taken.product_id
           )
           select held.order_id is not null as held, locked.free - coalesce(taken.quantity, 0) as left_free,
                  known.status as known_status, known.product_id as known_product_id, known.quantity as known_quantity,
                  ${qualifiedProductColumns}
             from given
             left join known on known.order_id = given.order_id
             left join held on held.order_id = given.order_id
             left join locked on locked.product_id = given.product_id
             left join taken on taken.product_id = given.product_id
             left join products on products.product_id = coalesce(known.product_id, given.product_id)
            order by given.place`,
    values: [
      reservations.map(({ orderId }) => orderId),
      reservations.map(({ buyerId }) => buyerId),
      reservations.map(({ productId }) => productId),
      reservations.map(({ quantity }) => quantity),
      reservations.map(({ ttlSeconds }) => ttlSeconds),
      reservations.map(({ correlationId }) => correlationId),
      reservations.map(() => newId('mov')),
    ],
  });
  return rows.map((row) => ({
    reserved: row.held,
    known:
      row.known_status === null ? null : { status: row.known_status, productId: row.known_product_id, quantity: row.known_quantity ?? 0 },
    product: row.product_id === null ? null : toProduct(row as ProductRow),
    left: row.left_free,
  }));
}
