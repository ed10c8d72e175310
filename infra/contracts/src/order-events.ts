/**
 * `checkout.order.v1`, key = order id. Each event carries the whole order as it is after the change, so that a
 * consumer can build its view from any one of them. No personal data: the buyer is an account id, the card and the
 * address are not in it.
 */
import { Type, type Static } from 'typebox';
import {
  AccountId,
  Country,
  DisputeId,
  Instant,
  Money,
  OrderId,
  PostId,
  ProductId,
  RefundId,
  ReturnId,
  SellerId,
  ShipmentId,
} from './json-types.ts';

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

/** `external`: somebody made it at the payment provider. */
export const RefundKind = Type.Union([
  Type.Literal('full'),
  Type.Literal('lines'),
  Type.Literal('shipping'),
  Type.Literal('goodwill'),
  Type.Literal('cancellation'),
  Type.Literal('return'),
  Type.Literal('external'),
]);
export type RefundKind = Static<typeof RefundKind>;

/** A refund of a part of the order, or of all of it. */
export const RefundSnapshot = Type.Object({
  refundId: RefundId,
  kind: RefundKind,
  amount: Money,
  /** Shipping's part of the amount. */
  shipping: Money,
  /** The goods' part of it; `amount` is without tax. */
  lines: Type.Array(Type.Object({ productId: ProductId, quantity: Type.Integer({ minimum: 1 }), amount: Money, tax: Money })),
  /** The return that it is for. */
  returnId: Type.Union([ReturnId, Type.Null()]),
});
export type RefundSnapshot = Static<typeof RefundSnapshot>;

/** Why a refund came to nothing. `disputed`: the bank decides; `not_accepted`: by card or bank; `not_made`: not even tried. */
export const RefundFailureKind = Type.Union([Type.Literal('disputed'), Type.Literal('not_accepted'), Type.Literal('not_made')]);
export type RefundFailureKind = Static<typeof RefundFailureKind>;

/** Money went back to the card: `order.refunded` is all of it so far. */
export const OrderRefunded = Type.Object({ order: OrderSnapshot, refund: RefundSnapshot });
/** A refund came to nothing, or the bank sent its money back; the amount can be refunded again. */
export const OrderRefundFailed = Type.Object({ order: OrderSnapshot, refund: RefundSnapshot, reason: RefundFailureKind });

/** Why the buyer sends goods back. */
export const ReturnReason = Type.Union([
  Type.Literal('CHANGED_MIND'),
  Type.Literal('DOES_NOT_FIT'),
  Type.Literal('DAMAGED'),
  Type.Literal('DEFECTIVE'),
  Type.Literal('WRONG_ITEM'),
  Type.Literal('NOT_AS_DESCRIBED'),
  Type.Literal('ARRIVED_LATE'),
  Type.Literal('OTHER'),
]);
export type ReturnReason = Static<typeof ReturnReason>;

/** Why the seller does not take goods back. */
export const ReturnRefusal = Type.Union([
  Type.Literal('OUTSIDE_WINDOW'),
  Type.Literal('NOT_RETURNABLE'),
  Type.Literal('USED'),
  Type.Literal('NOT_FROM_THIS_ORDER'),
  Type.Literal('OTHER'),
]);
export type ReturnRefusal = Static<typeof ReturnRefusal>;

/** A return of goods, as far as it has got: `order.returns` tells how far. */
export const ReturnSnapshot = Type.Object({
  returnId: ReturnId,
  reason: ReturnReason,
  lines: Type.Array(Type.Object({ productId: ProductId, quantity: Type.Integer({ minimum: 1 }) }), { minItems: 1 }),
});
export type ReturnSnapshot = Static<typeof ReturnSnapshot>;

/** The buyer wants to send goods back. */
export const OrderReturnRequested = Type.Object({ order: OrderSnapshot, return: ReturnSnapshot });
/** The seller takes them back. */
export const OrderReturnApproved = Type.Object({ order: OrderSnapshot, return: ReturnSnapshot });
/** The seller does not. */
export const OrderReturnRefused = Type.Object({ order: OrderSnapshot, return: ReturnSnapshot, reason: ReturnRefusal });
/** The buyer keeps the goods after all. */
export const OrderReturnWithdrawn = Type.Object({ order: OrderSnapshot, return: ReturnSnapshot });
/** The goods have arrived at the seller; `received` is what did. `order.refunded` tells of the money. */
export const OrderReturnReceived = Type.Object({
  order: OrderSnapshot,
  return: ReturnSnapshot,
  received: Type.Array(
    Type.Object({
      productId: ProductId,
      quantity: Type.Integer({ minimum: 1 }),
      /** Whether the pieces can be sold again. */
      restock: Type.Boolean(),
    }),
    { minItems: 1 },
  ),
});

/** The card holder's bank asks for the money back, or only asks. Reason and status are the payment provider's words. */
export const OrderDisputeSnapshot = Type.Object({
  disputeId: DisputeId,
  amount: Money,
  reason: Type.String({ minLength: 1 }),
  status: Type.String({ minLength: 1 }),
  /** Until when evidence is taken; null when none is. */
  evidenceDueAt: Type.Union([Instant, Type.Null()]),
});
export type OrderDisputeSnapshot = Static<typeof OrderDisputeSnapshot>;

/** A dispute was opened, or there is news of it: `order.dispute` sums up all of the order's. */
export const OrderDisputed = Type.Object({ order: OrderSnapshot, dispute: OrderDisputeSnapshot });
/** A dispute is over: `won`, also an inquiry that was closed, or `lost`. */
export const OrderDisputeClosed = Type.Object({
  order: OrderSnapshot,
  dispute: OrderDisputeSnapshot,
  outcome: Type.Union([Type.Literal('won'), Type.Literal('lost')]),
});

export type OrderPlaced = Static<typeof OrderPlaced>;
export type OrderConfirmed = Static<typeof OrderConfirmed>;
export type OrderCancelled = Static<typeof OrderCancelled>;
export type OrderPaymentVoided = Static<typeof OrderPaymentVoided>;
export type OrderShipped = Static<typeof OrderShipped>;
export type OrderShipmentUpdated = Static<typeof OrderShipmentUpdated>;
export type OrderDelivered = Static<typeof OrderDelivered>;
export type OrderRefunded = Static<typeof OrderRefunded>;
export type OrderRefundFailed = Static<typeof OrderRefundFailed>;
export type OrderReturnRequested = Static<typeof OrderReturnRequested>;
export type OrderReturnApproved = Static<typeof OrderReturnApproved>;
export type OrderReturnRefused = Static<typeof OrderReturnRefused>;
export type OrderReturnWithdrawn = Static<typeof OrderReturnWithdrawn>;
export type OrderReturnReceived = Static<typeof OrderReturnReceived>;
export type OrderDisputed = Static<typeof OrderDisputed>;
export type OrderDisputeClosed = Static<typeof OrderDisputeClosed>;

/** Schema of each event type on the topic. */
export const orderEvents = {
  'order.placed': OrderPlaced,
  'order.confirmed': OrderConfirmed,
  'order.cancelled': OrderCancelled,
  'order.payment_voided': OrderPaymentVoided,
  'order.shipped': OrderShipped,
  'order.shipment_updated': OrderShipmentUpdated,
  'order.delivered': OrderDelivered,
  'order.refunded': OrderRefunded,
  'order.refund_failed': OrderRefundFailed,
  'order.return_requested': OrderReturnRequested,
  'order.return_approved': OrderReturnApproved,
  'order.return_refused': OrderReturnRefused,
  'order.return_withdrawn': OrderReturnWithdrawn,
  'order.return_received': OrderReturnReceived,
  'order.disputed': OrderDisputed,
  'order.dispute_closed': OrderDisputeClosed,
} as const;
