import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@vitrine/runtime/database';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { cancelOrder, cancelOrderAsSeller } from '../src/cancel-order.ts';
import type { Deps } from '../src/deps.ts';
import { recordShipmentEvent } from '../src/record-shipment-event.ts';
import { shipOrder } from '../src/ship-order.ts';
import { shippedPieces, unshippedPieces } from '../src/shipment.ts';
import { findOrders } from '../src/store/orders.ts';
import { findRefundsOf } from '../src/store/refunds.ts';
import { findShipments } from '../src/store/shipments.ts';
import { insertConfirmedOrder, type ConfirmedOrder } from './confirmed-orders.ts';
import { scriptServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

let database: TestDatabase;
let pool: Pool;
let deps: Deps;

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 8, name: 'test', logger });
  deps = createTestDeps(pool, scriptServices());
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

type Step =
  | { readonly kind: 'ship'; readonly line: number; readonly quantity: number }
  | { readonly kind: 'ship_all' | 'cancel' | 'cancel_as_seller' }
  | {
      readonly kind: 'tell';
      readonly parcel: number;
      readonly status: 'in_transit' | 'delivery_failed' | 'delivered' | 'returned_to_sender';
    };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('ship' as const), line: fc.nat(1), quantity: fc.integer({ min: 1, max: 3 }) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('tell' as const),
        parcel: fc.nat(3),
        status: fc.constantFrom('in_transit', 'delivery_failed', 'delivered', 'returned_to_sender'),
      }),
    },
    { weight: 2, arbitrary: fc.constant({ kind: 'ship_all' as const }) },
    { weight: 1, arbitrary: fc.constantFrom({ kind: 'cancel' as const }, { kind: 'cancel_as_seller' as const }) },
  ),
  { minLength: 1, maxLength: 14 },
);

async function take(order: ConfirmedOrder, step: Step): Promise<void> {
  const { orderId, buyerId, seller, products } = order;
  const common = { idempotencyKey: randomUUID(), expectedVersion: null };
  switch (step.kind) {
    case 'ship':
    case 'ship_all': {
      const lines = step.kind === 'ship' ? [{ productId: products[step.line] ?? '', quantity: step.quantity }] : null;
      const how = { carrier: 'ups', carrierName: null, trackingNumber: null, trackingUrl: null, shippedAt: null } as const;
      await shipOrder(deps, { ...common, ...seller, orderId, lines, ...how });
      return;
    }
    case 'tell': {
      const parcel = (await findShipments(pool, [orderId]))[step.parcel];
      if (parcel !== undefined)
        await recordShipmentEvent(deps, { ...common, ...seller, shipmentId: parcel.shipmentId, status: step.status, at: null });
      return;
    }
    case 'cancel':
      await cancelOrder(deps, { ...common, buyerId, orderId, reason: null });
      return;
    case 'cancel_as_seller':
      await cancelOrderAsSeller(deps, { ...common, ...seller, orderId, reason: 'OTHER' });
  }
}

test('whatever a seller and a buyer do, one after the other or at once, parcels, states, versions and money agree', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (sequence, atOnce) => {
      const order = await insertConfirmedOrder(pool, [3, 2]);
      if (atOnce) await Promise.all(sequence.map((step) => take(order, step)));
      else for (const step of sequence) await take(order, step);

      const [after] = await findOrders(pool, [order.orderId]);
      if (after === undefined) throw new Error('the order is gone');
      const shipments = await findShipments(pool, [order.orderId]);
      const counted = await pool.query<{ product_id: string; ordered: number; shipped: number }>(
        'select product_id, ordered, shipped from shipped_pieces where order_id = $1',
        [order.orderId],
      );
      for (const { product_id, ordered, shipped } of counted.rows) {
        expect(shipped).toBe(shippedPieces(shipments, product_id));
        expect(shipped).toBeLessThanOrEqual(ordered);
      }
      const left = unshippedPieces(after, shipments);
      const out = shipments.filter(({ status }) => status !== 'returned_to_sender');
      const expectedState =
        out.length === 0
          ? 'unshipped'
          : left.length > 0
            ? 'partially_shipped'
            : out.every(({ status }) => status === 'delivered')
              ? 'delivered'
              : 'shipped';
      expect(after.fulfilment).toBe(expectedState);
      const refunds = await findRefundsOf(pool, [order.orderId]);
      expect(refunds.map(({ amountMinor }) => amountMinor)).toEqual(after.status === 'cancelled' ? [order.totalMinor] : []);
      if (after.status === 'cancelled') expect(after.fulfilment).toBe('unshipped');
      const reports = await pool.query('select from delivery_reports where order_id = $1', [order.orderId]);
      expect(reports.rowCount).toBe(after.fulfilment === 'delivered' ? 1 : 0);
      const told = await pool.query<{ sequence: number }>('select sequence from outbox where key = $1 order by sequence', [order.orderId]);
      expect(told.rows.map(({ sequence: number }) => number)).toEqual(Array.from({ length: after.sequence - 2 }, (_, index) => index + 3));
    }),
    { numRuns: 40 },
  );
}, 120_000);
