/** Finds out what a purchase would cost this buyer here and now, and whether it may be made. Changes nothing anywhere. */
import type { OfferResponse } from '@vitrine/contracts/catalog-http';
import type { ReadinessResponse } from '@vitrine/contracts/payment-vault-http';
import { isId } from '@vitrine/runtime/ids';
import { sameMoney, type Money } from '@vitrine/runtime/money';
import type { SagaDeps } from './deps.ts';
import { chooseShipping, isPayable, maxQuantity, priceOf, sellerShareOf, type Rates, type ShippingChoice } from './pricing.ts';
import type { InvalidInput, MissingDetail, NotForSale, PurchaseOutcome, Quote, SaleTerms } from './purchase.ts';
import { readQuoteId, type QuotedTerms } from './quote-id.ts';

export interface QuoteRequest {
  readonly buyerId: string;
  readonly buyerCountry: string | null;
  readonly requestId: string;
  readonly productId: string;
  readonly quantity: number;
  readonly addressId: string | null;
  readonly paymentMethodId: string | null;
  /** Null takes the cheapest. */
  readonly shippingService: string | null;
  /** Pieces that are held for this purchase already, which catalog counts as taken. 0 unless given. */
  readonly heldQuantity?: number;
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
  /** What seller-eligibility says of the sale, for the receipt. */
  readonly sale: Omit<SaleTerms, 'taxPpm'>;
  /** Null until the address is known. */
  readonly rates: (Rates & { readonly chosen: ShippingChoice }) | null;
  readonly missing: readonly MissingDetail[];
}

const shipsNowhere: NotForSale = {
  kind: 'not_eligible',
  reason: 'MARKET_CLOSED',
  message: 'We cannot ship to this address yet. Choose an address in a country where buying is open.',
};

/** @throws RetryableError when another service cannot be asked. */
export async function exploreProspect(
  deps: Pick<SagaDeps, 'clients' | 'tariff' | 'clock'>,
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
  if (availableQuantity + (request.heldQuantity ?? 0) < request.quantity)
    return { kind: 'out_of_stock', availableQuantity: Math.min(availableQuantity, maxQuantity) };
  if (!isPayable(offer.price, request.quantity)) {
    return {
      kind: 'invalid_input',
      path: ['quantity'],
      message: 'The total would be more than one purchase can charge. Buy fewer pieces.',
    };
  }
  let rates: Prospect['rates'] = null;
  if (readiness.address !== null) {
    const found = await deps.tariff.ratesFor(readiness.address);
    if (found === null || found.shipping.some(({ price }) => price.currency !== offer.price.currency)) return shipsNowhere;
    const chosen = chooseShipping(found, request.shippingService);
    if (chosen === null) {
      return {
        kind: 'invalid_input',
        path: ['shippingService'],
        message: 'There is no such way of shipping to this address. Open the sheet again.',
      };
    }
    rates = { ...found, chosen };
  }
  return {
    kind: 'prospect',
    offer,
    market: decision.market.country,
    undoWindowSeconds: decision.market.undoWindowSeconds,
    platformFeeBps: decision.market.platformFeeBps,
    sale: {
      seller: decision.seller ?? null,
      returnWindowDays: decision.market.returnWindowDays ?? null,
      policyVersion: decision.market.policyVersion ?? null,
    },
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

/** What a sheet was for. */
export const termsOf = ({ buyerId, productId, quantity }: QuoteRequest): QuotedTerms => ({ buyerId, productId, quantity });

/** A quote that can be bought at the total that the buyer saw, or why not. */
export async function quotePurchase(
  deps: Pick<SagaDeps, 'clients' | 'tariff' | 'clock'>,
  request: QuoteRequest & { readonly expectedTotal: Money; readonly quoteId: string | null },
): Promise<{ readonly kind: 'quote'; readonly quote: Quote } | PurchaseOutcome> {
  const prospect = await exploreProspect(deps, request);
  if (prospect.kind !== 'prospect') return prospect;
  const { offer, readiness, rates } = prospect;
  if (request.quoteId !== null && !readQuoteId(request.quoteId, termsOf(request), deps.clock.now())) return { kind: 'quote_expired' };
  if (prospect.missing.length > 0 || readiness.address === null || readiness.paymentMethod === null || rates === null) {
    return { kind: 'missing_details', missing: prospect.missing };
  }
  const amounts = priceOf(offer.price, request.quantity, rates.chosen.price, rates.taxPpm);
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
      shippingService: rates.chosen.service,
      line: { productId: offer.productId, sku: offer.sku, title: offer.title, quantity: request.quantity, unitPrice: offer.price },
      addressId: readiness.address.addressId,
      paymentMethodId: readiness.paymentMethod.paymentMethodId,
      terms: { ...prospect.sale, taxPpm: rates.taxPpm },
    },
  };
}
