/** An order that was paid and confirmed, made through the use cases. */
import { randomUUID } from 'node:crypto';
import { newId } from '@vitrine/runtime/ids';
import { captureOrders } from '../src/capture-orders.ts';
import type { Deps } from '../src/deps.ts';
import type { Order } from '../src/order.ts';
import { placeOrder } from '../src/place-order.ts';
import { priceOf } from '../src/pricing.ts';
import { findOrders } from '../src/store/orders.ts';
import { recordShipmentEvent } from '../src/record-shipment-event.ts';
import { shipOrder } from '../src/ship-order.ts';
import { offer, productId, sellerId } from './scripted-services.ts';

/** To California: 7.25 % tax on the goods, standard shipping. */
const taxPpm = 72_500;
const shipping = { amountMinor: 499, currency: 'USD' };

/** The order as it is now. */
export async function orderOf(deps: Deps, orderId: string): Promise<Order> {
  const [order] = await findOrders(deps.pool, [orderId]);
  if (order === undefined) throw new Error(`there is no ${orderId}`);
  return order;
}

/** Places an order of so many pieces; it is not captured. */
export async function placedOrder(deps: Deps, quantity = 1, buyerId = newId('usr')): Promise<Order> {
  const result = await placeOrder(deps, {
    buyerId,
    buyerCountry: 'US',
    deviceId: null,
    requestId: randomUUID(),
    idempotencyKey: randomUUID(),
    input: {
      productId,
      quantity,
      expectedTotal: priceOf(offer.price, quantity, shipping, taxPpm).total,
      addressId: null,
      paymentMethodId: null,
      sourcePostId: null,
      shippingService: null,
      quoteId: null,
      besideOrderId: null,
    },
  });
  if (result.kind !== 'finished' || result.outcome.kind !== 'placed') throw new Error(`not placed: ${result.kind}`);
  return orderOf(deps, result.orderId);
}

/** An order whose undo window is closed and whose amount is captured. */
export async function paidOrder(deps: Deps, quantity = 1, buyerId = newId('usr')): Promise<Order> {
  const { orderId } = await placedOrder(deps, quantity, buyerId);
  await captureOrders(deps);
  const order = await orderOf(deps, orderId);
  if (order.status !== 'confirmed') throw new Error(`${orderId} is ${order.status}`);
  return order;
}

/** Ships so many pieces of an order, all that is left by default; answers the parcel's id. */
export async function ship(deps: Deps, orderId: string, quantity?: number): Promise<string> {
  const shipped = await shipOrder(deps, {
    sellerId,
    accountId: newId('usr'),
    idempotencyKey: randomUUID(),
    orderId,
    lines: quantity === undefined ? null : [{ productId, quantity }],
    carrier: 'ups',
    carrierName: null,
    trackingNumber: null,
    trackingUrl: null,
    shippedAt: null,
    expectedVersion: null,
  });
  if (shipped.kind !== 'shipped') throw new Error(`not shipped: ${shipped.kind}`);
  return shipped.shipmentId;
}

/** An order that has arrived. */
export async function deliveredOrder(deps: Deps, quantity = 1, buyerId = newId('usr')): Promise<Order> {
  const { orderId } = await paidOrder(deps, quantity, buyerId);
  const shipmentId = await ship(deps, orderId);
  const told = await recordShipmentEvent(deps, {
    sellerId,
    accountId: newId('usr'),
    idempotencyKey: randomUUID(),
    shipmentId,
    status: 'delivered',
    at: null,
    expectedVersion: null,
  });
  if (told.kind !== 'recorded') throw new Error(`not delivered: ${told.kind}`);
  return orderOf(deps, orderId);
}
