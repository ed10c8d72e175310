/** The events that catalog publishes, built from what a statement left. Each goes into the transaction of its change. */
import { productTopic, type ProductChanged } from '@vitrine/contracts/product-events';
import { stockTopic, type StockReturned, type StockSet } from '@vitrine/contracts/stock-events';
import type { NewEvent } from '@vitrine/runtime/outbox';
import type { Product } from './product.ts';
import type { MovedStock } from './store/stock.ts';

/** What an event goes back to. */
export interface Cause {
  readonly correlationId: string;
  /** Id of the event that caused it, if one did. */
  readonly causationId: string | null;
}

const productEvent = (type: 'product.created' | 'product.updated', product: Product, cause: Cause): NewEvent => {
  const { id: productId, sellerId, sku, title, priceMinor: amountMinor, currency, discontinued } = product;
  const payload: ProductChanged = { product: { productId, sellerId, sku, title, price: { amountMinor, currency }, discontinued } };
  return { topic: productTopic, key: productId, type, sequence: product.sequence, payload, ...cause };
};

export const productCreated = (product: Product, cause: Cause): NewEvent => productEvent('product.created', product, cause);
export const productUpdated = (product: Product, cause: Cause): NewEvent => productEvent('product.updated', product, cause);

/** The seller counted. */
export function stockSet(product: Product, cause: Cause): NewEvent {
  const { id: productId, sellerId, onHand, reserved } = product;
  const payload: StockSet = { stock: { productId, sellerId, onHand, reserved } };
  return { topic: stockTopic, key: productId, type: 'stock.set', sequence: product.stockSequence, payload, ...cause };
}

const movedEvent = (
  type: 'stock.sold' | 'stock.returned',
  orderId: string,
  moved: MovedStock,
  cause: Cause,
  returnId?: string,
): NewEvent => {
  const { productId, sellerId, onHand, reserved, quantity } = moved;
  const payload: StockReturned = {
    stock: { productId, sellerId, onHand, reserved },
    orderId,
    quantity,
    ...(returnId === undefined ? {} : { returnId }),
  };
  return { topic: stockTopic, key: productId, type, sequence: moved.stockSequence, payload, ...cause };
};

/** An order took pieces for good. */
export const stockSold = (orderId: string, moved: MovedStock, cause: Cause): NewEvent => movedEvent('stock.sold', orderId, moved, cause);
/** A cancelled order gave pieces back, or a return did. */
export const stockReturned = (orderId: string, moved: MovedStock, cause: Cause, returnId?: string): NewEvent =>
  movedEvent('stock.returned', orderId, moved, cause, returnId);
