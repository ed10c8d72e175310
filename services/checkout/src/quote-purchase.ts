/** Finds out what a purchase would cost this buyer here and now, and whether it may be made. Changes nothing anywhere. */
import type { OfferResponse } from '@vitrine/contracts/catalog-http';
import type { ReadinessResponse } from '@vitrine/contracts/payment-vault-http';
import { isId } from '@vitrine/runtime/ids';
import { sameMoney, type Money } from '@vitrine/runtime/money';
import type { Deps } from './deps.ts';
import { isPayable, priceOf, sellerShareOf, type Rates } from './pricing.ts';
import type { InvalidInput, MissingDetail, NotForSale, PurchaseOutcome, Quote } from './purchase.ts';
import { findRates } from './store.ts';

export interface QuoteRequest {
  readonly buyerId: string;
  readonly buyerCountry: string | null;
  readonly requestId: string;
  readonly productId: string;
  readonly quantity: number;
  readonly addressId: string | null;
  readonly paymentMethodId: string | null;
}

/** Everything that is known about a purchase before it is made. */
export interface Prospect {
  readonly kind: 'prospect';
  readonly offer: Extract<OfferResponse, { readonly status: 'offered' }>['offer'];
  readonly market: string;
  readonly undoWindowSeconds: number;
  /** The network's fee on goods and shipping, in basis points. */
  readonly platformFeeBps: number;
  readonly readiness: ReadinessResponse;
  /** Null until the address is known. */
  readonly rates: Rates | null;
  readonly missing: readonly MissingDetail[];
}

const shipsNowhere: NotForSale = {
  kind: 'not_eligible',
  reason: 'MARKET_CLOSED',
  message: 'We cannot ship to this address yet. Choose an address in a country where buying is open.',
};

/** @throws RetryableError when another service cannot be asked. */
export async function exploreProspect(
  deps: Pick<Deps, 'clients' | 'pool'>,
  request: QuoteRequest,
): Promise<Prospect | NotForSale | InvalidInput> {
  if (!isId('prd', request.productId)) return { kind: 'not_found', productId: request.productId };
  const { clients } = deps;
  const [offered, readiness] = await Promise.all([
    clients.offer(request.productId, request.requestId),
    clients.readiness(
      { buyerId: request.buyerId, paymentMethodId: request.paymentMethodId, addressId: request.addressId },
      request.requestId,
    ),
  ]);
  if (offered.status === 'not_found') return { kind: 'not_found', productId: request.productId };
  const { offer, availableQuantity } = offered;
  const decision = await clients.decide(
    {
      buyerId: request.buyerId,
      buyerCountry: request.buyerCountry,
      sellerId: offer.sellerId,
      shipToCountry: readiness.address?.country ?? null,
    },
    request.requestId,
  );
  if (!decision.allowed) return { kind: 'not_eligible', reason: decision.reason, message: decision.message };
  if (availableQuantity < request.quantity) return { kind: 'out_of_stock', availableQuantity: Math.min(availableQuantity, 100) };
  if (!isPayable(offer.price, request.quantity)) {
    return {
      kind: 'invalid_input',
      path: ['quantity'],
      message: 'The total would be more than one purchase can charge. Buy fewer pieces.',
    };
  }
  let rates: Rates | null = null;
  if (readiness.address !== null) {
    rates = await findRates(deps.pool, readiness.address.country, readiness.address.region);
    if (rates === null || rates.shipping.currency !== offer.price.currency) return shipsNowhere;
  }
  return {
    kind: 'prospect',
    offer,
    market: decision.market.country,
    undoWindowSeconds: decision.market.undoWindowSeconds,
    platformFeeBps: decision.market.platformFeeBps,
    readiness,
    rates,
    missing: missingDetails(readiness),
  };
}

/** What the buyer still has to enter. An expired card has to be replaced. */
export function missingDetails(readiness: ReadinessResponse): MissingDetail[] {
  const missing: MissingDetail[] = [];
  if (readiness.address === null) missing.push('DELIVERY_ADDRESS');
  if (readiness.paymentMethod === null || readiness.paymentMethod.expired) missing.push('PAYMENT_METHOD');
  return missing;
}

/** A quote that can be bought at the total that the buyer saw, or why not. */
export async function quotePurchase(
  deps: Pick<Deps, 'clients' | 'pool'>,
  request: QuoteRequest & { readonly expectedTotal: Money },
): Promise<{ readonly kind: 'quote'; readonly quote: Quote } | PurchaseOutcome> {
  const prospect = await exploreProspect(deps, request);
  if (prospect.kind !== 'prospect') return prospect;
  const { offer, readiness, rates } = prospect;
  if (prospect.missing.length > 0 || readiness.address === null || readiness.paymentMethod === null || rates === null) {
    return { kind: 'missing_details', missing: prospect.missing };
  }
  const amounts = priceOf(offer.price, request.quantity, rates);
  if (!sameMoney(amounts.total, request.expectedTotal)) {
    return { kind: 'price_changed', expectedTotal: request.expectedTotal, currentTotal: amounts.total };
  }
  return {
    kind: 'quote',
    quote: {
      ...amounts,
      sellerId: offer.sellerId,
      sellerShareMinor: sellerShareOf(amounts, prospect.platformFeeBps),
      market: prospect.market,
      undoWindowSeconds: prospect.undoWindowSeconds,
      line: { productId: offer.productId, sku: offer.sku, title: offer.title, quantity: request.quantity, unitPrice: offer.price },
      addressId: readiness.address.addressId,
      paymentMethodId: readiness.paymentMethod.paymentMethodId,
    },
  };
}
