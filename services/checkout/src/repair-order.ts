/** Repairs divergences by rule. Each repair is the normal path's own step, or its compensation, and is safe to repeat. */
import { randomUUID } from 'node:crypto';
import { unreachable } from '@vitrine/runtime/errors';
import type { Deps } from './deps.ts';
import type { ReconcilerClients } from './reconciler-clients.ts';
import type { OrderFacts, Repair } from './reconciliation.ts';
import { findEvent, republishEvent } from './store/published-events.ts';
import { dropPostponement, wakePurchase } from './store/repairs.ts';

export type RepairDeps = Pick<Deps, 'pool' | 'clients' | 'wakeRelay' | 'wakeCapture' | 'wakeVoid'> & { readonly peers: ReconcilerClients };

/**
 * Makes one repair; whether it has worked is seen at the next look. `refundId` was stored before.
 * @throws RetryableError when another service cannot be asked
 */
export async function repairOrder(deps: RepairDeps, facts: OrderFacts, repair: Repair, refundId: string): Promise<void> {
  const { pool, clients, peers } = deps;
  const { orderId, payment } = facts;
  const requestId = randomUUID();
  switch (repair) {
    case 'wake_purchase':
      await wakePurchase(pool, orderId);
      return;
    case 'void_payment':
      await clients.voidPayment(orderId, requestId);
      return;
    case 'refund_charge': {
      const amountMinor = (payment?.capturedMinor ?? 0) - (payment?.refundReservedMinor ?? 0);
      // The buyer has paid and gets nothing.
      if (amountMinor > 0) await clients.refund({ orderId, refundId, amountMinor, reason: 'NOT_DELIVERED' }, requestId);
      return;
    }
    case 'wake_capture':
      await dropPostponement(pool, orderId, 'capture');
      deps.wakeCapture();
      return;
    case 'capture_payment':
      await clients.capture(orderId, requestId);
      return;
    case 'wake_void':
      await dropPostponement(pool, orderId, 'void');
      deps.wakeVoid();
      return;
    case 'release_stock':
      await clients.release(orderId, requestId);
      return;
    case 'settle_stock':
      await peers.settleReservations({ orderIds: [orderId] }, requestId);
      return;
    case 'republish': {
      const event = await findEvent(pool, orderId, facts.order?.status === 'cancelled' ? 'order.cancelled' : 'order.placed');
      if (event !== null && (await republishEvent(pool, { orderId, ...event })) === 'again') deps.wakeRelay();
      return;
    }
    case 'wait_for_vault':
      return;
    default:
      unreachable(repair);
  }
}
