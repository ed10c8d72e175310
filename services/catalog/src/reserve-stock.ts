/**
 * Holds pieces for a purchase: never more than there are, once for an order however often it is asked for, and never
 * again once the order has been released.
 */
import type { OfferRequest, OfferResponse, ProductOffer, ReservationRequest, ReservationResponse } from '@vitrine/contracts/catalog-http';
import { isUniqueViolation } from '@vitrine/runtime/database';
import { PublicError, RetryableError } from '@vitrine/runtime/errors';
import type { Dependencies } from './dependencies.ts';
import { availableQuantity, type Product } from './product.ts';
import { findProducts } from './store/products.ts';
import { insertReservation, type ReservationAttempt } from './store/stock.ts';

const toOffer = ({ id, sellerId, sku, title, priceMinor, currency }: Product): ProductOffer => ({
  productId: id,
  sellerId,
  sku,
  title,
  price: { amountMinor: priceMinor, currency },
});

/** Price and availability now. A discontinued product is offered with nothing available. */
export async function offerProduct({ pool }: Dependencies, { productId }: OfferRequest): Promise<OfferResponse> {
  const [product] = await findProducts(pool, [productId]);
  return product === undefined
    ? { status: 'not_found' }
    : { status: 'offered', offer: toOffer(product), availableQuantity: availableQuantity(product) };
}

const maxAttempts = 5;

/**
 * Answers with the price of now, also for a reservation that was made before: checkout compares totals.
 * @throws PublicError when the order has reserved something else before.
 * @throws RetryableError when others kept changing the same order or product.
 */
export async function reserveStock(deps: Dependencies, request: ReservationRequest, correlationId: string): Promise<ReservationResponse> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    let found: ReservationAttempt;
    try {
      found = await insertReservation(deps.pool, { ...request, correlationId });
    } catch (error) {
      // Another call for the same order came first, and its result is there now.
      if (isUniqueViolation(error, 'reservations_pkey')) continue;
      throw error;
    }
    const response = found.known === null ? await fromAttempt(deps, request, found) : fromKnown(request, found.known, found.product);
    if (response !== null) return response;
  }
  throw new RetryableError(`the reservation of ${request.orderId} kept changing`);
}

/** What a reservation made before answers to its repeat. */
function fromKnown(
  request: ReservationRequest,
  known: NonNullable<ReservationAttempt['known']>,
  product: Product | null,
): ReservationResponse {
  if (known.status === 'released' || known.status === 'returned') return { status: 'released' };
  if (product === null || known.productId !== request.productId || known.quantity !== request.quantity) {
    throw new PublicError('BAD_USER_INPUT', `${request.orderId} has reserved something else before.`);
  }
  return { status: 'reserved', offer: toOffer(product) };
}

/** What a first attempt answers; null when it has to be made again, since pieces became free under it. */
async function fromAttempt(
  { pool }: Dependencies,
  request: ReservationRequest,
  { reserved, product }: ReservationAttempt,
): Promise<ReservationResponse | null> {
  if (product === null) return { status: 'not_found' };
  if (reserved) return { status: 'reserved', offer: toOffer(product) };
  const before = availableQuantity(product);
  if (before < request.quantity) return { status: 'out_of_stock', availableQuantity: before };
  // There were enough when the statement began: others were faster while it waited, so count again.
  const [now] = await findProducts(pool, [request.productId]);
  const left = now === undefined ? 0 : availableQuantity(now);
  return left < request.quantity ? { status: 'out_of_stock', availableQuantity: left } : null;
}
