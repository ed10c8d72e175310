/**
 * `checkout.order.v1`, key = order id. Each event carries the whole order as it is after the change, so that a
 * consumer can build its view from any one of them. No personal data: the buyer is an account id, the card and the
 * address are not in it.
 */
import { Type, type Static } from 'typebox';
import { AccountId, Country, Instant, Money, OrderId, PostId, ProductId, SellerId, ShipmentId } from './json-types.ts';

export const orderTopic = 'checkout.order.v1';

export const OrderStatus = Type.Union([Type.Literal('placed'), Type.Literal('confirmed'), Type.Literal('cancelled')]);

/** What became of the money. `authorized` until the undo window has closed; `voided`: nothing was taken. */
export const PaymentState = Type.Union([
  Type.Literal('authorized'),
  Type.Literal('captured'),
  Type.Literal('partially_refunded'),
  Type.Literal('refunded'),
  Type.Literal('voided'),
]);
export type PaymentState = Static<typeof PaymentState>;

export const FulfilmentState = Type.Union([
  Type.Literal('unshipped'),
  Type.Literal('partially_shipped'),
  Type.Literal('shipped'),
  Type.Literal('delivered'),
]);
export type FulfilmentState = Static<typeof FulfilmentState>;

/** Of the order's latest return. */
export const ReturnState = Type.Union([
  Type.Literal('none'),
  Type.Literal('requested'),
  Type.Literal('approved'),
  Type.Literal('refused'),
  Type.Literal('received'),
  Type.Literal('refunded'),
]);
export type ReturnState = Static<typeof ReturnState>;

export const DisputeState = Type.Union([Type.Literal('none'), Type.Literal('open'), Type.Literal('won'), Type.Literal('lost')]);
export type DisputeState = Static<typeof DisputeState>;

export const OrderLine = Type.Object({
  productId: ProductId,
  sku: Type.String(),
  title: Type.String(),
  quantity: Type.Integer({ minimum: 1 }),
  unitPrice: Money,
});

/** An order as it is after the event. */
export const OrderSnapshot = Type.Object({
  orderId: OrderId,
  buyerId: AccountId,
  sellerId: SellerId,
  market: Country,
  status: OrderStatus,
  lines: Type.Array(OrderLine, { minItems: 1 }),
  subtotal: Money,
  shipping: Money,
  tax: Money,
  total: Money,
  /** The post on which Buy was tapped, for attribution. */
  sourcePostId: Type.Union([PostId, Type.Null()]),
  placedAt: Instant,
  confirmedAt: Type.Union([Instant, Type.Null()]),
  cancelledAt: Type.Union([Instant, Type.Null()]),
  // Absent in events that are older than these states.
  payment: Type.Optional(PaymentState),
  fulfilment: Type.Optional(FulfilmentState),
  returns: Type.Optional(ReturnState),
  dispute: Type.Optional(DisputeState),
  /** What went back to the card so far. */
  refunded: Type.Optional(Money),
});
export type OrderSnapshot = Static<typeof OrderSnapshot>;

/** The amount is authorized on the card and the stock is the buyer's. */
export const OrderPlaced = Type.Object({ order: OrderSnapshot });
/** The undo window is over and the amount is captured: the seller may ship. */
export const OrderConfirmed = Type.Object({ order: OrderSnapshot });
/** Why an order was cancelled. */
export const CancelReason = Type.Union([
  /** The card could not be charged when the undo window closed. */
  Type.Literal('capture_failed'),
  /** The buyer took it back within the undo window. */
  Type.Literal('undone'),
  /** By the buyer before anything was shipped; what was captured is refunded. */
  Type.Literal('cancelled_by_buyer'),
  Type.Literal('cancelled_by_seller'),
  /** Nothing was shipped in time. */
  Type.Literal('expired'),
]);
export type CancelReason = Static<typeof CancelReason>;

/** The order is over; its stock is free again. What was captured before is refunded: `order.refunded` tells of it. */
export const OrderCancelled = Type.Object({ order: OrderSnapshot, reason: CancelReason });
/** The authorization of a cancelled order is let go at the card's bank. */
export const OrderPaymentVoided = Type.Object({ order: OrderSnapshot });

/** Who carries a parcel. */
export const Carrier = Type.Union([
  Type.Literal('usps'),
  Type.Literal('ups'),
  Type.Literal('fedex'),
  Type.Literal('dhl'),
  Type.Literal('ontrac'),
  Type.Literal('other'),
]);
export type Carrier = Static<typeof Carrier>;

/** Where a parcel is. After the last two nothing follows. */
export const ShipmentStatus = Type.Union([
  Type.Literal('shipped'),
  Type.Literal('in_transit'),
  Type.Literal('out_for_delivery'),
  /** The carrier tried, and found nobody. */
  Type.Literal('delivery_failed'),
  /** It waits where the buyer can fetch it. */
  Type.Literal('awaiting_pickup'),
  Type.Literal('delivered'),
  /** It came back to the seller: its pieces can be shipped again. */
  Type.Literal('returned_to_sender'),
]);
export type ShipmentStatus = Static<typeof ShipmentStatus>;

/** A parcel. Its tracking number leads to its addressee, so it is in no event. */
export const ShipmentSnapshot = Type.Object({
  shipmentId: ShipmentId,
  carrier: Carrier,
  status: ShipmentStatus,
  /** When it got to this status. */
  statusAt: Instant,
  shippedAt: Instant,
  /** What of the order is in it. */
  lines: Type.Array(Type.Object({ productId: ProductId, quantity: Type.Integer({ minimum: 1 }) }), { minItems: 1 }),
});
export type ShipmentSnapshot = Static<typeof ShipmentSnapshot>;

/** A part of the order, or all of it, is on its way: `order.fulfilment` tells which. */
export const OrderShipped = Type.Object({ order: OrderSnapshot, shipment: ShipmentSnapshot });
/** News of a parcel. */
export const OrderShipmentUpdated = Type.Object({ order: OrderSnapshot, shipment: ShipmentSnapshot });
/** The last parcel has arrived, and with it all of the order. */
export const OrderDelivered = Type.Object({ order: OrderSnapshot, shipment: ShipmentSnapshot });

export type OrderPlaced = Static<typeof OrderPlaced>;
export type OrderConfirmed = Static<typeof OrderConfirmed>;
export type OrderCancelled = Static<typeof OrderCancelled>;
export type OrderPaymentVoided = Static<typeof OrderPaymentVoided>;
export type OrderShipped = Static<typeof OrderShipped>;
export type OrderShipmentUpdated = Static<typeof OrderShipmentUpdated>;
export type OrderDelivered = Static<typeof OrderDelivered>;

/** Schema of each event type on the topic. */
export const orderEvents = {
  'order.placed': OrderPlaced,
  'order.confirmed': OrderConfirmed,
  'order.cancelled': OrderCancelled,
  'order.payment_voided': OrderPaymentVoided,
  'order.shipped': OrderShipped,
  'order.shipment_updated': OrderShipmentUpdated,
  'order.delivered': OrderDelivered,
} as const;
