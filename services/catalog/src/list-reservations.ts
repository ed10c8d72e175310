/** What catalog has of orders, for the reconciler: their reservations, and whether the stock ledger says the same. */
import type {
  ListReservationsRequest,
  ListReservationsResponse,
  ReservationRecord,
  SettleReservationsRequest,
  SettleReservationsResponse,
} from '@vitrine/contracts/reconciliation-http';
import type { Dependencies } from './dependencies.ts';
import { findReservations, hastenReservations, listReservations, type RecordedReservation } from './store/reservation-records.ts';
import type { ReservationStatus } from './store/stock.ts';

/** Moves that lead to a status. A sale may come without a reservation before it. */
const needed: Readonly<Record<ReservationStatus, readonly string[]>> = {
  held: ['reserve'],
  sold: ['sell'],
  released: ['reserve', 'release'],
  returned: ['sell', 'return'],
};
/** Moves that end a status. */
const excluded: Readonly<Record<ReservationStatus, readonly string[]>> = {
  held: ['sell', 'release', 'return'],
  sold: ['return'],
  released: ['sell', 'return'],
  returned: [],
};

function toRecord({ orderId, status, productId, quantity, moves, movesMatch }: RecordedReservation): ReservationRecord {
  const ledgerAgrees =
    quantity === 0
      ? moves.length === 0
      : movesMatch && needed[status].every((move) => moves.includes(move)) && !excluded[status].some((move) => moves.includes(move));
  return { orderId, status, productId, quantity, ledgerAgrees };
}

/** Reservations of these orders, and of those in a range of ids. */
export async function recordReservations(
  { pool }: Pick<Dependencies, 'pool'>,
  { orderIds = [], range }: ListReservationsRequest,
): Promise<ListReservationsResponse> {
  const named = orderIds.length === 0 ? [] : await findReservations(pool, orderIds);
  const listed = range === undefined ? [] : await listReservations(pool, range.after, range.upTo, range.limit + 1);
  const more = range !== undefined && listed.length > range.limit;
  const ranged = more ? listed.slice(0, -1) : listed;
  const known = new Set(ranged.map(({ orderId }) => orderId));
  return { reservations: [...ranged, ...named.filter(({ orderId }) => !known.has(orderId))].map(toRecord), more };
}

/** Has the expiry loop ask checkout now what becomes of held stock, instead of when its time is up. */
export const settleReservations = async (
  { pool }: Pick<Dependencies, 'pool'>,
  { orderIds }: SettleReservationsRequest,
): Promise<SettleReservationsResponse> => ({ due: await hastenReservations(pool, orderIds) });
