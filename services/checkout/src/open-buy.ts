/** The buy sheet: what a purchase would cost, and what the buyer still has to enter. Changes nothing. */
import { multiplyMoney, type Money } from '@vitrine/runtime/money';
import { RetryableError } from '@vitrine/runtime/errors';
import type { SagaDeps } from './deps.ts';
import { priceOf, type ShippingChoice } from './pricing.ts';
import type { InvalidInput, MissingDetail, NotForSale, Unavailable } from './purchase.ts';
import { validateInput } from './place-order.ts';
import { newQuoteId, quoteLifetimeMs } from './quote-id.ts';
import { exploreProspect, termsOf, type QuoteRequest } from './quote-purchase.ts';
import type { Amounts } from './order.ts';

export interface Sheet {
  readonly kind: 'sheet';
  readonly quoteId: string;
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly subtotal: Money;
  /** Null until the address is known. */
  readonly amounts: Amounts | null;
  /** Empty until the address is known. Each with what the total would be. */
  readonly shippingChoices: readonly (ShippingChoice & { readonly total: Money; readonly isChosen: boolean })[];
  readonly undoWindowSeconds: number;
  readonly addressId: string | null;
  readonly paymentMethodId: string | null;
  readonly missing: readonly MissingDetail[];
  readonly expiresAt: Date;
}

export async function openBuy(
  deps: Pick<SagaDeps, 'clients' | 'tariff' | 'clock' | 'logger'>,
  request: QuoteRequest,
): Promise<Sheet | NotForSale | InvalidInput | Unavailable> {
  const invalid = validateInput(request);
  if (invalid !== null) return invalid;
  try {
    const prospect = await exploreProspect(deps, request);
    if (prospect.kind !== 'prospect') return prospect;
    const { offer, readiness, rates } = prospect;
    const expiresAt = new Date(deps.clock.now().getTime() + quoteLifetimeMs);
    const amountsWith = ({ price }: ShippingChoice, taxPpm: number) => priceOf(offer.price, request.quantity, price, taxPpm);
    return {
      kind: 'sheet',
      quoteId: newQuoteId(termsOf(request), expiresAt),
      productId: offer.productId,
      quantity: request.quantity,
      unitPrice: offer.price,
      subtotal: multiplyMoney(offer.price, request.quantity),
      amounts: rates === null ? null : amountsWith(rates.chosen, rates.taxPpm),
      shippingChoices:
        rates?.shipping.map((choice) => ({
          ...choice,
          total: amountsWith(choice, rates.taxPpm).total,
          isChosen: choice === rates.chosen,
        })) ?? [],
      undoWindowSeconds: prospect.undoWindowSeconds,
      addressId: readiness.address?.addressId ?? null,
      paymentMethodId: readiness.paymentMethod?.paymentMethodId ?? null,
      missing: prospect.missing,
      expiresAt,
    };
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    deps.logger.warn({ err: error }, 'buy sheet cannot be opened at the moment');
    return { kind: 'unavailable', retryAfterMs: 1_000 };
  }
}
