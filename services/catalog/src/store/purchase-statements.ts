/** The two statements that every purchase needs, each for all purchases that come to it at the same time. */
import type { Queryable } from '@vitrine/runtime/database';
import { createBatcher } from '@vitrine/runtime/group-commit';
import type { Product } from '../product.ts';
import { findProducts } from './products.ts';
import { insertReservations, type ReservationAttempt, type WantedReservation } from './stock-reservations.ts';

export interface PurchaseStatements {
  /** The product as it is now; null when there is none. */
  findProduct(productId: string): Promise<Product | null>;
  /** Holds pieces, if enough are free. The orders of one moment are served in the order in which they asked. */
  reserve(reservation: WantedReservation): Promise<ReservationAttempt>;
  /** Carries out what waits, then ends. */
  stop(): Promise<void>;
}

const maxWaiting = 5_000;

/**
 * @param queryable may be a pipeline: reservations wait for locks of products that others hold, but none of those waits
 * for a statement of these meanwhile
 */
export function createPurchaseStatements(queryable: Queryable): PurchaseStatements {
  const products = createBatcher<string, Product | null>({
    name: 'product-offers',
    maxBatch: 500,
    maxWaiting,
    write: async (ids) => {
      const found = new Map((await findProducts(queryable, [...new Set(ids)])).map((product) => [product.id, product]));
      return ids.map((id) => found.get(id) ?? null);
    },
  });
  const reservations = createBatcher<WantedReservation, ReservationAttempt>({
    name: 'stock-reservations',
    maxBatch: 200,
    maxWaiting,
    keyOf: ({ orderId }) => orderId,
    write: (wanted) => insertReservations(queryable, wanted),
  });
  return {
    findProduct: (productId) => products.add(productId),
    reserve: (reservation) => reservations.add(reservation),
    async stop() {
      await Promise.all([products.stop(), reservations.stop()]);
    },
  };
}
