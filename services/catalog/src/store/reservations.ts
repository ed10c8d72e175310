/** Statements on what is held for orders, as far as no stock moves. */
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import type { ReservationStatus } from './stock.ts';

/** An order's reservation under the transaction's lock. */
export interface LockedReservation {
  readonly status: ReservationStatus;
  /** Whether the order was cancelled: nothing may be sold to it any more. */
  readonly cancelled: boolean;
}

/** Locks an order's reservation. An order without one gets a tombstone, so that nothing can be reserved meanwhile. */
export async function lockReservation(transaction: Transaction, orderId: string, correlationId: string): Promise<LockedReservation> {
  await transaction.query({
    name: 'reservation-tombstone',
    text: `insert into reservations (order_id, quantity, status, correlation_id, settled_at) values ($1, 0, 'released', $2, now())
           on conflict do nothing`,
    values: [orderId, correlationId],
  });
  const { rows } = await transaction.query<LockedReservation>({
    name: 'reservation-lock',
    text: 'select status, cancelled_at is not null as cancelled from reservations where order_id = $1 for update',
    values: [orderId],
  });
  if (rows[0] === undefined) throw new Error(`the reservation of ${orderId} is gone`);
  return rows[0];
}

/** Remembers that an order is cancelled. */
export async function markCancelled(transaction: Transaction, orderId: string): Promise<void> {
  await transaction.query({
    name: 'reservation-cancel',
    text: 'update reservations set cancelled_at = coalesce(cancelled_at, now()) where order_id = $1',
    values: [orderId],
  });
}

/** A reservation whose time is up, leased to the caller. */
export interface DueReservation {
  readonly orderId: string;
  readonly correlationId: string;
}

/**
 * Takes reservations whose time is up and puts their next turn off: by 5 s, doubled for each time in a row that
 * checkout did not answer, a minute at most. So the question can be asked outside a transaction, by one process at a
 * time, and is asked again if that process dies.
 */
export async function leaseDueReservations(queryable: Queryable, limit: number): Promise<DueReservation[]> {
  const { rows } = await queryable.query<DueReservation>({
    name: 'reservations-lease-due',
    text: `update reservations
              set expires_at = now() + make_interval(secs => least(60, 5 * 2 ^ least(claim_attempts, 4))), claim_attempts = claim_attempts + 1
            where order_id in (
                    select order_id from reservations
                     where status = 'held' and expires_at <= now()
                     order by expires_at
                     limit $1
                       for update skip locked
                  )
           returning order_id as "orderId", correlation_id as "correlationId"`,
    values: [limit],
  });
  return rows;
}

/** Holds a reservation for longer from now on. */
export async function extendReservation(queryable: Queryable, orderId: string, seconds: number): Promise<void> {
  await queryable.query({
    name: 'reservation-extend',
    text: `update reservations set expires_at = now() + make_interval(secs => $2::int), claim_attempts = 0
            where order_id = $1 and status = 'held'`,
    values: [orderId, seconds],
  });
}
