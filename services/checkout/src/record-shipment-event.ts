/**
 * A seller tells what became of a parcel. When the last one has arrived the order is delivered; the pieces of one that came
 * back can be shipped again.
 */
import type { ShipmentStatus } from '@vitrine/contracts/order-events';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId } from '@vitrine/runtime/ids';
import { isOrderOfSeller, type SellerCaller } from './access.ts';
import type { Deps } from './deps.ts';
import { orderDelivered, orderShipmentUpdated } from './events.ts';
import { moveOrder, type Order } from './order.ts';
import type { OrderChanged } from './ship-order.ts';
import { arrivedAt, checkTime, planNews, type InvalidShipment, type Shipment, type ShipmentEvent } from './shipment.ts';
import { changeOrder, lockOrder } from './store/orders.ts';
import { findOrderOfShipment, findShipments, insertDeliveryReport, recordShipmentNews } from './store/shipments.ts';

export interface RecordShipmentEventCommand extends SellerCaller {
  readonly idempotencyKey: string;
  readonly shipmentId: string;
  /** `shipped` is told by `shipOrder`. */
  readonly status: Exclude<ShipmentStatus, 'shipped'>;
  /** When it happened; null is now. */
  readonly at: Date | null;
  readonly expectedVersion: number | null;
}

export type RecordShipmentEventResult =
  | { readonly kind: 'recorded'; readonly orderId: string; readonly shipmentId: string }
  | { readonly kind: 'not_found'; readonly shipmentId: string }
  | OrderChanged
  /** The parcel has arrived, or come back: nothing follows. */
  | { readonly kind: 'over'; readonly status: ShipmentStatus }
  | InvalidShipment
  | IdempotencyRefusal;

type Refusal = Exclude<RecordShipmentEventResult, { readonly kind: 'recorded' } | IdempotencyRefusal>;

export async function recordShipmentEvent(
  deps: Pick<Deps, 'pool' | 'clock' | 'wakeRelay' | 'wakeDeliveries'>,
  command: RecordShipmentEventCommand,
): Promise<RecordShipmentEventResult> {
  const { accountId, sellerId: _seller, idempotencyKey, ...input } = command;
  const { shipmentId } = input;
  let isDelivered = false;
  const result = await runIdempotent<RecordShipmentEventResult>(
    deps.pool,
    { actorId: accountId, operation: 'recordShipmentEvent', idempotencyKey, input: { ...input, at: input.at?.toISOString() ?? null } },
    async (transaction) => {
      const missing: Refusal = { kind: 'not_found', shipmentId };
      const orderId = isId('shp', shipmentId) ? await findOrderOfShipment(transaction, shipmentId) : null;
      if (orderId === null || (await lockOrder(transaction, orderId)) === null) return missing;
      const shipments = await findShipments(transaction, [orderId]);
      let told: Told | undefined;
      const changed = await changeOrder<Refusal>(
        transaction,
        orderId,
        (order) => {
          const decision = decide(order, shipments, command, deps.clock.now());
          if ('refusal' in decision) return decision;
          told = decision;
          const { moved, shipment, event } = decision;
          const tell = moved.fulfilment === 'delivered' ? orderDelivered : orderShipmentUpdated;
          const detail = { shipmentId, status: event.status, happenedAt: event.at.toISOString() };
          return { change: { order: moved, event: tell(moved, shipment), cause: 'seller', detail } };
        },
        async (_transaction, { fulfilment }) => {
          if (told === undefined) return;
          await recordShipmentNews(transaction, told.shipment, told.event);
          if (fulfilment !== 'delivered') return;
          isDelivered = true;
          const { shipment } = told;
          const after = shipments.map((other) => (other.shipmentId === shipmentId ? shipment : other));
          await insertDeliveryReport(transaction, orderId, arrivedAt(after));
        },
      );
      if (changed === null) return missing;
      return 'refusal' in changed ? changed.refusal : { kind: 'recorded', orderId, shipmentId };
    },
    ({ kind }) => kind === 'recorded',
  );
  if (result.kind === 'recorded') deps.wakeRelay();
  if (isDelivered) deps.wakeDeliveries();
  return result;
}

interface Told {
  readonly moved: Order;
  readonly shipment: Shipment;
  readonly event: ShipmentEvent;
}

function decide(
  order: Order,
  shipments: readonly Shipment[],
  command: RecordShipmentEventCommand,
  now: Date,
): Told | { readonly refusal: Refusal } {
  const { shipmentId, status, expectedVersion } = command;
  const shipment = shipments.find((other) => other.shipmentId === shipmentId);
  if (shipment === undefined || !isOrderOfSeller(order, command.sellerId)) return { refusal: { kind: 'not_found', shipmentId } };
  if (expectedVersion !== null && expectedVersion !== order.sequence)
    return { refusal: { kind: 'changed', currentVersion: order.sequence } };
  const time = checkTime(command.at, shipment.shippedAt, now, 'occurredAt');
  if ('kind' in time) return { refusal: time };
  const event: ShipmentEvent = { status, at: time.at };
  const plan = planNews(order, shipments, shipment, event);
  if (plan.kind === 'over') return { refusal: { kind: 'over', status: shipment.status } };
  const moved = moveOrder(order, plan.move);
  if (moved === null) throw new Error(`${order.orderId} has a parcel under way and cannot be moved by ${plan.move}`);
  return { moved, shipment: plan.shipment, event };
}
