/** catalog's internal HTTP API, for checkout. */
import { Type, type Static } from 'typebox';
import { AccountId, Money, OrderId, ProductId, SellerId } from './json-types.ts';

/** What checkout needs to know of a product to price it. */
export const ProductOffer = Type.Object({
  productId: ProductId,
  sellerId: SellerId,
  sku: Type.String(),
  title: Type.String(),
  price: Money,
});
export type ProductOffer = Static<typeof ProductOffer>;

/** `POST /internal/offers`: price and availability now, without holding anything. */
export const OfferRequest = Type.Object({ productId: ProductId });
export type OfferRequest = Static<typeof OfferRequest>;

export const OfferResponse = Type.Union([
  Type.Object({ status: Type.Literal('offered'), offer: ProductOffer, availableQuantity: Type.Integer({ minimum: 0 }) }),
  Type.Object({ status: Type.Literal('not_found') }),
]);
export type OfferResponse = Static<typeof OfferResponse>;

/**
 * `POST /internal/reservations`: holds stock for a purchase, idempotent by order id (a repeat answers the same
 * reservation). After `ttlSeconds` catalog asks checkout (`StockClaim`) before it lets the stock go.
 */
export const ReservationRequest = Type.Object({
  orderId: OrderId,
  buyerId: AccountId,
  productId: ProductId,
  quantity: Type.Integer({ minimum: 1, maximum: 100 }),
  ttlSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
});
export type ReservationRequest = Static<typeof ReservationRequest>;

export const ReservationResponse = Type.Union([
  Type.Object({ status: Type.Literal('reserved'), offer: ProductOffer }),
  Type.Object({ status: Type.Literal('out_of_stock'), availableQuantity: Type.Integer({ minimum: 0 }) }),
  Type.Object({ status: Type.Literal('not_found') }),
  /** The reservation of this order was released before: this purchase is over. */
  Type.Object({ status: Type.Literal('released') }),
]);
export type ReservationResponse = Static<typeof ReservationResponse>;

/** `POST /internal/reservations/release`: gives held stock back, idempotent; also for a reservation that never came to be. */
export const ReleaseRequest = Type.Object({ orderId: OrderId });
export type ReleaseRequest = Static<typeof ReleaseRequest>;

export const ReleaseResponse = Type.Object({ status: Type.Literal('released') });
export type ReleaseResponse = Static<typeof ReleaseResponse>;
