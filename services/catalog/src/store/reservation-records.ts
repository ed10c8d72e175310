/** Reads what became of orders' claims on stock, with their moves in the ledger, for whoever compares them. */
import type { Queryable } from '@vitrine/runtime/database';
import type { ReservationStatus } from './stock.ts';

/** A reservation, and the kinds of its order's stock moves. */
export interface RecordedReservation {
  readonly orderId: string;
  readonly status: ReservationStatus;
  readonly productId: string | null;
  readonly quantity: number;
  readonly moves: readonly string[];
  /** Whether each move is of the reservation's product and pieces. */
  readonly movesMatch: boolean;
}

const columns = `r.order_id as "orderId", r.status, r.product_id as "productId", r.quantity, coalesce(m.moves, '{}') as moves,
  coalesce(m.matching, true) as "movesMatch"`;

const ledger = `left join lateral (
  select array_agg(kind) as moves, bool_and(product_id = r.product_id and greatest(abs(on_hand_delta), abs(reserved_delta)) = r.quantity)
           filter (where kind in ('reserve', 'release', 'sell', 'return')) as matching
    from stock_moves where order_id = r.order_id) m on true`;

/** Reservations of these orders, in any order. */
export async function findReservations(queryable: Queryable, orderIds: readonly string[]): Promise<RecordedReservation[]> {
  const { rows } = await queryable.query<RecordedReservation>({
    name: 'reservation-records',
    text: `select ${columns} from reservations r ${ledger} where r.order_id = any($1)`,
    values: [orderIds],
  });
  return rows;
}

/** The first reservations after an order id up to another, by id. */
export async function listReservations(queryable: Queryable, after: string, upTo: string, limit: number): Promise<RecordedReservation[]> {
  const { rows } = await queryable.query<RecordedReservation>({
    name: 'reservation-records-range',
    text: `select ${columns} from (select * from reservations where order_id > $1 and order_id <= $2 order by order_id limit $3) r ${ledger}
            order by r.order_id`,
    values: [after, upTo, limit],
  });
  return rows;
}

/** Makes held reservations due now; answers how many. */
export async function hastenReservations(queryable: Queryable, orderIds: readonly string[]): Promise<number> {
  const { rowCount } = await queryable.query({
    name: 'reservations-hasten',
    text: `update reservations set expires_at = now() where order_id = any($1) and status = 'held' and expires_at > now()`,
    values: [orderIds],
  });
  return rowCount ?? 0;
}
