/**
 * A seller sends a parcel with an order, or with a part of it. Of a line never more pieces are sent than were bought; of a
 * shipment and a cancellation exactly one wins, on the order's row.
 */
import type { Carrier } from '@vitrine/contracts/order-events';
import { runIdempotent, type IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import { isId, newId } from '@vitrine/runtime/ids';
import { isOrderOfSeller, type SellerCaller } from './access.ts';
import type { Deps } from './deps.ts';
import { orderShipped } from './events.ts';
import { moveOrder, type Order } from './order.ts';
import { checkTime, checkTracking, planParcel, type InvalidShipment, type PieceCount, type Shipment, type Tracking } from './shipment.ts';
import { changeOrder, lockOrder } from './store/orders.ts';
import { findShipments, insertShipment } from './store/shipments.ts';

export interface ShipOrderCommand extends SellerCaller {
  readonly idempotencyKey: string;
  readonly orderId: string;
  /** Null takes all that is left. */
  readonly lines: readonly PieceCount[] | null;
  readonly carrier: Carrier;
  readonly carrierName: string | null;
  readonly trackingNumber: string | null;
  readonly trackingUrl: string | null;
  /** Null is now. */
  readonly shippedAt: Date | null;
  readonly expectedVersion: number | null;
}

/** The order is not as the caller knew it. */
export interface OrderChanged {
  readonly kind: 'changed';
  readonly currentVersion: number;
}

export type ShipOrderResult =
  | { readonly kind: 'shipped'; readonly orderId: string; readonly shipmentId: string }
  | { readonly kind: 'not_found'; readonly orderId: string }
  | OrderChanged
  /** It is cancelled, or not so many pieces are left. */
  | { readonly kind: 'not_shippable'; readonly isCancelled: boolean; readonly left: readonly PieceCount[] }
  | InvalidShipment
  | IdempotencyRefusal;

type Refusal = Exclude<ShipOrderResult, { readonly kind: 'shipped' } | IdempotencyRefusal>;

export async function shipOrder(deps: Pick<Deps, 'pool' | 'clock' | 'wakeRelay'>, command: ShipOrderCommand): Promise<ShipOrderResult> {
  const { accountId, sellerId: _seller, idempotencyKey, ...input } = command;
  const { orderId } = input;
  const checked = checkTracking(input);
  if (checked.kind !== 'tracking') return checked;
  const result = await runIdempotent<ShipOrderResult>(
    deps.pool,
    { actorId: accountId, operation: 'shipOrder', idempotencyKey, input: { ...input, shippedAt: input.shippedAt?.toISOString() ?? null } },
    async (transaction) => {
      const missing: Refusal = { kind: 'not_found', orderId };
      const locked = isId('ord', orderId) ? await lockOrder(transaction, orderId) : null;
      if (locked === null) return missing;
      const shipments = await findShipments(transaction, [orderId]);
      const shipmentId = newId('shp');
      let parcel: Shipment | undefined;
      const changed = await changeOrder<Refusal>(
        transaction,
        orderId,
        (order) => {
          const decision = decide(order, shipments, { command, shipmentId, tracking: checked.tracking, now: deps.clock.now() });
          if ('refusal' in decision) return decision;
          parcel = decision.parcel;
          const detail = { shipmentId, lines: parcel.lines };
          return { change: { order: decision.shipped, event: orderShipped(decision.shipped, parcel), cause: 'seller', detail } };
        },
        async () => {
          if (parcel !== undefined) await insertShipment(transaction, parcel, accountId);
        },
      );
      if (changed === null) return missing;
      return 'refusal' in changed ? changed.refusal : { kind: 'shipped', orderId, shipmentId };
    },
    ({ kind }) => kind === 'shipped',
  );
  if (result.kind === 'shipped') deps.wakeRelay();
  return result;
}

function decide(
  order: Order,
  shipments: readonly Shipment[],
  asked: { readonly command: ShipOrderCommand; readonly shipmentId: string; readonly tracking: Tracking; readonly now: Date },
): { readonly shipped: Order; readonly parcel: Shipment } | { readonly refusal: Refusal } {
  const { command, shipmentId, tracking, now } = asked;
  const { orderId, sequence, confirmedAt } = order;
  if (!isOrderOfSeller(order, command.sellerId) || confirmedAt === null) return { refusal: { kind: 'not_found', orderId } };
  if (command.expectedVersion !== null && command.expectedVersion !== sequence)
    return { refusal: { kind: 'changed', currentVersion: sequence } };
  if (order.status === 'cancelled') return { refusal: { kind: 'not_shippable', isCancelled: true, left: [] } };
  const time = checkTime(command.shippedAt, confirmedAt, now, 'shippedAt');
  if ('kind' in time) return { refusal: time };
  const plan = planParcel(order, shipments, command.lines);
  if (plan.kind === 'invalid_input') return { refusal: plan };
  if (plan.kind === 'too_many') return { refusal: { kind: 'not_shippable', isCancelled: false, left: plan.left } };
  const shipped = moveOrder(order, plan.move);
  if (shipped === null) throw new Error(`${orderId} has pieces left and cannot be moved by ${plan.move}`);
  const parcel: Shipment = {
    shipmentId,
    orderId,
    lines: plan.lines,
    ...tracking,
    status: 'shipped',
    statusAt: time.at,
    shippedAt: time.at,
  };
  return { shipped, parcel };
}
