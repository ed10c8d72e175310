/** Gathers what checkout, payment-vault and catalog say of the same orders, by id or for a range of ids. */
import { randomUUID } from 'node:crypto';
import { maxReread, type PaymentRecord, type ReservationRecord } from '@vitrine/contracts/reconciliation-http';
import type { Pool } from '@vitrine/runtime/database';
import type { ReconcilerClients } from './reconciler-clients.ts';
import type { OrderFacts } from './reconciliation.ts';
import { findFacts, listFacts, type CheckoutFacts } from './store/order-facts.ts';

export interface GatherDeps {
  readonly pool: Pool;
  readonly peers: Pick<ReconcilerClients, 'listPayments' | 'listReservations'>;
}

/** What the services say of these orders; an id that none of them knows is there, too. `reread`: also what Stripe shows, of 20 at most. */
export async function gatherById(
  { pool, peers }: GatherDeps,
  orderIds: readonly string[],
  reread: readonly string[] = [],
): Promise<OrderFacts[]> {
  if (orderIds.length === 0) return [];
  const requestId = randomUUID();
  const ids = [...orderIds];
  const [own, { payments }, { reservations }] = await Promise.all([
    findFacts(pool, ids),
    peers.listPayments({ orderIds: ids, reread: reread.slice(0, maxReread) }, requestId),
    peers.listReservations({ orderIds: ids }, requestId),
  ]);
  return merge(ids, own, payments, reservations);
}

/** The first orders after an id up to another of which any service knows. `reached`: up to which id they are complete. */
export async function gatherRange(
  { pool, peers }: GatherDeps,
  after: string,
  upTo: string,
  limit: number,
): Promise<{ readonly facts: OrderFacts[]; readonly reached: string; readonly more: boolean }> {
  const requestId = randomUUID();
  const range = { after, upTo, limit };
  const [own, vault, catalog] = await Promise.all([
    listFacts(pool, after, upTo, limit),
    peers.listPayments({ range }, requestId),
    peers.listReservations({ range }, requestId),
  ]);
  // A list that was cut off says nothing of what comes after its last.
  const ends = [
    ...(own.length === limit ? own.slice(-1) : []),
    ...(vault.more ? vault.payments.slice(-1) : []),
    ...(catalog.more ? catalog.reservations.slice(-1) : []),
  ].map(({ orderId }) => orderId);
  const reached = ends.reduce((least, id) => (id < least ? id : least), upTo);
  const ids = new Set([...own, ...vault.payments, ...catalog.reservations].map(({ orderId }) => orderId).filter((id) => id <= reached));
  return { facts: merge([...ids], own, vault.payments, catalog.reservations), reached, more: ends.length > 0 };
}

function merge(
  orderIds: readonly string[],
  own: readonly CheckoutFacts[],
  payments: readonly PaymentRecord[],
  reservations: readonly ReservationRecord[],
): OrderFacts[] {
  const byId = <Item extends { readonly orderId: string }>(items: readonly Item[]): ReadonlyMap<string, Item> =>
    new Map(items.map((item) => [item.orderId, item]));
  const [facts, paid, reserved] = [byId(own), byId(payments), byId(reservations)];
  return orderIds.map((orderId) => ({
    orderId,
    purchase: facts.get(orderId)?.purchase ?? null,
    order: facts.get(orderId)?.order ?? null,
    payment: paid.get(orderId) ?? null,
    reservation: reserved.get(orderId) ?? null,
  }));
}
