/**
 * `checkout.order.v1`, key = order id. Each event carries the whole order as it is after the change, so that a
 * consumer can build its view from any one of them. No personal data: the buyer is an account id, the card and the
 * address are not in it.
 */
import { Type, type Static } from 'typebox';
import { AccountId, Country, Instant, Money, OrderId, PostId, ProductId, SellerId } from './json-types.ts';

export const orderTopic = 'checkout.order.v1';

export const OrderStatus = Type.Union([Type.Literal('placed'), Type.Literal('confirmed'), Type.Literal('cancelled')]);

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
});
export type OrderSnapshot = Static<typeof OrderSnapshot>;

/** The amount is authorized on the card and the stock is the buyer's. */
export const OrderPlaced = Type.Object({ order: OrderSnapshot });
/** The undo window is over and the amount is captured: the seller may ship. */
export const OrderConfirmed = Type.Object({ order: OrderSnapshot });
/** The order is over and nothing is charged; its stock is free again. */
export const OrderCancelled = Type.Object({
  order: OrderSnapshot,
  reason: Type.Union([Type.Literal('capture_failed')]),
});

export type OrderPlaced = Static<typeof OrderPlaced>;
export type OrderConfirmed = Static<typeof OrderConfirmed>;
export type OrderCancelled = Static<typeof OrderCancelled>;

/** Schema of each event type on the topic. */
export const orderEvents = {
  'order.placed': OrderPlaced,
  'order.confirmed': OrderConfirmed,
  'order.cancelled': OrderCancelled,
} as const;
