/** Statements on parcels, and on what payment-vault has to be told of arrived orders. */
import type { Carrier, ShipmentStatus } from '@vitrine/contracts/order-events';
import type { Queryable, Transaction } from '@vitrine/runtime/database';
import type { PieceCount, Shipment, ShipmentEvent } from '../shipment.ts';

interface ShipmentRow {
  readonly shipment_id: string;
  readonly order_id: string;
  readonly lines: PieceCount[];
  readonly carrier: Carrier;
  readonly carrier_name: string | null;
  readonly tracking_number: string | null;
  readonly tracking_url: string | null;
  readonly status: ShipmentStatus;
  readonly status_at: Date;
  readonly shipped_at: Date;
}

const toShipment = (row: ShipmentRow): Shipment => ({
  shipmentId: row.shipment_id,
  orderId: row.order_id,
  lines: row.lines,
  carrier: row.carrier,
  carrierName: row.carrier_name,
  trackingNumber: row.tracking_number,
  trackingUrl: row.tracking_url,
  status: row.status,
  statusAt: row.status_at,
  shippedAt: row.shipped_at,
});

/** The parcels of orders, oldest first. */
export async function findShipments(queryable: Queryable, orderIds: readonly string[]): Promise<Shipment[]> {
  const { rows } = await queryable.query<ShipmentRow>({
    name: 'shipments-of-orders',
    text: 'select * from shipments where order_id = any($1) order by order_id, shipment_id',
    values: [orderIds],
  });
  return rows.map(toShipment);
}

/** The order of a parcel; null when there is no such parcel. */
export async function findOrderOfShipment(queryable: Queryable, shipmentId: string): Promise<string | null> {
  const { rows } = await queryable.query<{ order_id: string }>({
    name: 'shipment-order',
    text: 'select order_id from shipments where shipment_id = $1',
    values: [shipmentId],
  });
  return rows[0]?.order_id ?? null;
}

/** The news of parcels, as they were told, by parcel. */
export async function findShipmentEvents(
  queryable: Queryable,
  shipmentIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ShipmentEvent[]>> {
  const { rows } = await queryable.query<{ shipment_id: string; status: ShipmentStatus; at: Date }>({
    name: 'shipment-events',
    text: 'select shipment_id, status, at from shipment_events where shipment_id = any($1) order by at, position',
    values: [shipmentIds],
  });
  const events = new Map<string, ShipmentEvent[]>();
  for (const { shipment_id, status, at } of rows) {
    const known = events.get(shipment_id);
    if (known === undefined) events.set(shipment_id, [{ status, at }]);
    else known.push({ status, at });
  }
  return events;
}

/** Writes a parcel that was sent. The caller holds the order's lock. @throws when a line would be shipped more often than ordered. */
export async function insertShipment(transaction: Transaction, shipment: Shipment, createdBy: string): Promise<void> {
  await transaction.query({
    name: 'shipment-insert',
    text: `with shipped as (
             insert into shipments (shipment_id, order_id, lines, carrier, carrier_name, tracking_number, tracking_url, status, status_at,
                                    shipped_at, created_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning shipment_id, status, status_at
           )
           insert into shipment_events (shipment_id, status, at) select shipment_id, status, status_at from shipped`,
    values: [
      shipment.shipmentId,
      shipment.orderId,
      JSON.stringify(shipment.lines),
      shipment.carrier,
      shipment.carrierName,
      shipment.trackingNumber,
      shipment.trackingUrl,
      shipment.status,
      shipment.statusAt,
      shipment.shippedAt,
      createdBy,
    ],
  });
}

/** Writes news of a parcel, and where it is by them. The caller holds the order's lock. */
export async function recordShipmentNews(transaction: Transaction, shipment: Shipment, event: ShipmentEvent): Promise<void> {
  await transaction.query({
    name: 'shipment-news',
    text: `with told as (
             insert into shipment_events (shipment_id, status, at) values ($1, $4, $5)
           )
           update shipments set status = $2, status_at = $3 where shipment_id = $1`,
    values: [shipment.shipmentId, shipment.status, shipment.statusAt, event.status, event.at],
  });
}

/** Notes that payment-vault has to be told that an order arrived. */
export async function insertDeliveryReport(transaction: Transaction, orderId: string, deliveredAt: Date): Promise<void> {
  await transaction.query('insert into delivery_reports (order_id, delivered_at) values ($1, $2)', [orderId, deliveredAt]);
}

/** An arrived order of which payment-vault has to be told. */
export interface DueDelivery {
  readonly orderId: string;
  readonly deliveredAt: Date;
  /** The order's, by which everything that it set off is found. */
  readonly requestId: string;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

/** Takes what payment-vault is to be told; what is not settled is due again after a while, the longer the more often it was tried. */
export async function claimDueDeliveries(queryable: Queryable, limit: number): Promise<DueDelivery[]> {
  const { rows } = await queryable.query<{ order_id: string; delivered_at: Date; request_id: string; attempts: number }>({
    name: 'deliveries-claim',
    text: `update delivery_reports d
              set attempts = d.attempts + 1, due_at = now() + make_interval(secs => least(20 * (d.attempts + 1), 600))
             from orders o
            where o.order_id = d.order_id and d.order_id in (
              select order_id from delivery_reports where due_at <= now() order by due_at limit $1 for update skip locked)
            returning d.order_id, d.delivered_at, d.attempts, o.request_id`,
    values: [limit],
  });
  return rows.map((row) => ({
    orderId: row.order_id,
    deliveredAt: row.delivered_at,
    requestId: row.request_id,
    attempts: row.attempts,
  }));
}

/** payment-vault knows that the order arrived: nothing is due any more, and the order's history has the step. */
export async function settleDelivery(queryable: Queryable, { orderId, attempts }: DueDelivery, outcome: string): Promise<void> {
  await queryable.query({
    name: 'delivery-settle',
    text: `with settled as (update delivery_reports set due_at = null where order_id = $1 and due_at is not null returning order_id)
           insert into order_history (order_id, buyer_id, step, cause, attempt, detail)
           select o.order_id, o.buyer_id, 'report_delivery', 'schedule', $2, jsonb_build_object('outcome', $3::text)
             from settled join orders o using (order_id)`,
    values: [orderId, attempts, outcome],
  });
}
