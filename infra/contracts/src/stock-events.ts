/** `catalog.stock.v1`, key = product id: one event for each committed move of the stock ledger. */
import { Type, type Static } from 'typebox';
import { OrderId, ProductId, ReturnId, SellerId } from './json-types.ts';

export const stockTopic = 'catalog.stock.v1';

/** Pieces of a product after the event. */
export const StockSnapshot = Type.Object({
  productId: ProductId,
  sellerId: SellerId,
  onHand: Type.Integer({ minimum: 0 }),
  reserved: Type.Integer({ minimum: 0 }),
});
export type StockSnapshot = Static<typeof StockSnapshot>;

/** The seller counted. */
export const StockSet = Type.Object({ stock: StockSnapshot });
/** An order took pieces for good. */
export const StockSold = Type.Object({ stock: StockSnapshot, orderId: OrderId, quantity: Type.Integer({ minimum: 1 }) });
/** A cancelled order gave pieces back, or a return did. */
export const StockReturned = Type.Object({
  stock: StockSnapshot,
  orderId: OrderId,
  quantity: Type.Integer({ minimum: 1 }),
  /** Absent when the order was cancelled. */
  returnId: Type.Optional(ReturnId),
});

export type StockSet = Static<typeof StockSet>;
export type StockReturned = Static<typeof StockReturned>;

/** Schema of each event type on the topic. */
export const stockEvents = {
  'stock.set': StockSet,
  'stock.sold': StockSold,
  'stock.returned': StockReturned,
} as const;
