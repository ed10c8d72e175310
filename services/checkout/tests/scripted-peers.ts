/** payment-vault and catalog as a test of the reconciler sees them: records that calls change, and that the test changes under them. */
import type { PaymentRecord, ReservationRecord } from '@vitrine/contracts/reconciliation-http';
import { RetryableError } from '@vitrine/runtime/errors';
import type { ReconcilerClients } from '../src/reconciler-clients.ts';
import { offer, total, type ScriptedServices } from './scripted-services.ts';

export interface ScriptedPeers {
  readonly clients: ReconcilerClients;
  readonly payments: Map<string, PaymentRecord>;
  readonly reservations: Map<string, ReservationRecord>;
  /** Orders whose payment was read again at Stripe, in order. */
  readonly reread: string[];
  /** Orders whose stock was settled before its time. */
  readonly hastened: string[];
  /** While it is set, nothing answers. */
  isAway: boolean;
}

export const capturedPayment = (orderId: string, changes: Partial<PaymentRecord> = {}): PaymentRecord => ({
  orderId,
  status: 'captured',
  amount: total,
  capturedMinor: total.amountMinor,
  refundedMinor: 0,
  refundReservedMinor: 0,
  atProvider: null,
  ...changes,
});

export const soldStock = (orderId: string, changes: Partial<ReservationRecord> = {}): ReservationRecord => ({
  orderId,
  status: 'sold',
  productId: offer.productId,
  quantity: 1,
  ledgerAgrees: true,
  ...changes,
});

/** Gives the services of a purchase a memory, and lets it be listed. */
export function scriptPeers(services: ScriptedServices): ScriptedPeers {
  const payments = new Map<string, PaymentRecord>();
  const reservations = new Map<string, ReservationRecord>();
  const change = <Item extends object>(items: Map<string, Item>, orderId: string, changes: Partial<Item>): void => {
    const item = items.get(orderId);
    if (item !== undefined) items.set(orderId, { ...item, ...changes });
  };
  Object.assign(services.answers, {
    reserve: async ({ orderId, quantity }) => {
      reservations.set(orderId, soldStock(orderId, { status: 'held', quantity }));
      return { status: 'reserved', offer };
    },
    release: async (orderId) => {
      if (reservations.get(orderId)?.status === 'held') change(reservations, orderId, { status: 'released' });
      return { status: 'released' };
    },
    authorize: async ({ orderId }) => {
      payments.set(orderId, capturedPayment(orderId, { status: 'authorized', capturedMinor: 0 }));
      return { status: 'authorized', authorizedAt: new Date().toISOString() };
    },
    capture: async (orderId) => {
      change(payments, orderId, { status: 'captured', capturedMinor: total.amountMinor });
      return { status: 'captured', capturedAt: new Date().toISOString(), amount: total };
    },
    voidPayment: async (orderId) => {
      if (payments.get(orderId)?.status === 'captured') return { status: 'already_captured' };
      change(payments, orderId, { status: 'voided' });
      return { status: 'voided' };
    },
    refund: async ({ orderId, amountMinor }) => {
      change(payments, orderId, { refundedMinor: amountMinor, refundReservedMinor: amountMinor });
      return {
        status: 'refunded',
        refundedAt: new Date().toISOString(),
        amount: { ...total, amountMinor },
        refundedTotal: { ...total, amountMinor },
      };
    },
  } satisfies ScriptedServices['answers']);

  const reread: string[] = [];
  const hastened: string[] = [];
  const list = <Item extends { readonly orderId: string }>(
    items: Map<string, Item>,
    { orderIds = [], range }: { readonly orderIds?: readonly string[]; readonly range?: { after: string; upTo: string; limit: number } },
  ): { readonly found: Item[]; readonly more: boolean } => {
    if (peers.isAway) throw new RetryableError('the service is away');
    const inRange =
      range === undefined
        ? []
        : [...items.values()]
            .filter(({ orderId }) => orderId > range.after && orderId <= range.upTo)
            .toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1));
    const limit = range?.limit ?? 0;
    const named = [...items.values()].filter((item) => orderIds.includes(item.orderId));
    return { found: [...inRange.slice(0, limit), ...named], more: inRange.length > limit };
  };
  const peers: ScriptedPeers = {
    payments,
    reservations,
    reread,
    hastened,
    isAway: false,
    clients: {
      listPayments: async (request) => {
        const { found, more } = list(payments, request);
        reread.push(...(request.reread ?? []));
        return {
          payments: found.map((payment) => (request.reread?.includes(payment.orderId) ? payment : { ...payment, atProvider: null })),
          more,
        };
      },
      listReservations: async (request) => {
        const { found, more } = list(reservations, request);
        return { reservations: found, more };
      },
      settleReservations: async ({ orderIds }) => {
        hastened.push(...orderIds);
        for (const orderId of orderIds) change(reservations, orderId, { status: 'sold' });
        return { due: orderIds.length };
      },
      close: async () => {},
    },
  };
  return peers;
}
