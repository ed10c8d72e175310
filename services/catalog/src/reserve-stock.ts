/**
 * Holds pieces for a purchase: never more than there are, once for an order however often it is asked for, and never
 * again once the order has been released.
 */
import type { OfferRequest, OfferResponse, ProductOffer, ReservationRequest, ReservationResponse } from '@vitrine/contracts/catalog-http';
import { PublicError, RetryableError } from '@vitrine/runtime/errors';
import type { Dependencies } from './dependencies.ts';
import { availableQuantity, type Product } from './product.ts';
import type { ReservationAttempt } from './store/stock-reservations.ts';

const toOffer = ({ id, sellerId, sku, title, priceMinor, currency }: Product): ProductOffer => ({
  productId: id,
  sellerId,
  sku,
  title,
  price: { amountMinor: priceMinor, currency },
});

/** Price and availability now. A discontinued product is offered with nothing available. */
export async function offerProduct({ purchases }: Dependencies, { productId }: OfferRequest): Promise<OfferResponse> {
  const product = await purchases.findProduct(productId);
  return product === null
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
    const found = await deps.purchases.reserve({ ...request, correlationId });
    const response = found.known === null ? fromAttempt(request, found) : fromKnown(request, found.known, found.product);
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

/** What a first attempt answers; null when it has to be made again, since another process was faster with the same order or pieces. */
function fromAttempt(request: ReservationRequest, { reserved, product, left }: ReservationAttempt): ReservationResponse | null {
  if (product === null) return { status: 'not_found' };
  if (reserved) return { status: 'reserved', offer: toOffer(product) };
  const available = left ?? availableQuantity(product);
  return available < request.quantity ? { status: 'out_of_stock', availableQuantity: available } : null;
}
