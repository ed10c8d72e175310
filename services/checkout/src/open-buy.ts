/** The buy sheet: what a purchase would cost, and what the buyer still has to enter. Changes nothing. */
import { multiplyMoney, type Money } from '@vitrine/runtime/money';
import { RetryableError } from '@vitrine/runtime/errors';
import type { Deps } from './deps.ts';
import { priceOf } from './pricing.ts';
import type { InvalidInput, MissingDetail, NotForSale, Unavailable } from './purchase.ts';
import { validateInput } from './place-order.ts';
import { exploreProspect, type QuoteRequest } from './quote-purchase.ts';
import type { Amounts } from './order.ts';

export interface Sheet {
  readonly kind: 'sheet';
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly subtotal: Money;
  /** Null until the address is known. */
  readonly amounts: Amounts | null;
  readonly addressId: string | null;
  readonly paymentMethodId: string | null;
  readonly missing: readonly MissingDetail[];
  readonly expiresAt: Date;
}

/** How long the app may show a sheet before it asks again. `placeOrder` checks the total in any case. */
const sheetLifetimeMs = 15 * 60_000;

export async function openBuy(
  deps: Pick<Deps, 'clients' | 'pool' | 'logger'>,
  request: QuoteRequest,
): Promise<Sheet | NotForSale | InvalidInput | Unavailable> {
  const invalid = validateInput(request);
  if (invalid !== null) return invalid;
  try {
    const prospect = await exploreProspect(deps, request);
    if (prospect.kind !== 'prospect') return prospect;
    const { offer, readiness, rates } = prospect;
    return {
      kind: 'sheet',
      productId: offer.productId,
      quantity: request.quantity,
      unitPrice: offer.price,
      subtotal: multiplyMoney(offer.price, request.quantity),
      amounts: rates === null ? null : priceOf(offer.price, request.quantity, rates),
      addressId: readiness.address?.addressId ?? null,
      paymentMethodId: readiness.paymentMethod?.paymentMethodId ?? null,
      missing: prospect.missing,
      expiresAt: new Date(Date.now() + sheetLifetimeMs),
    };
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    deps.logger.warn({ err: error }, 'buy sheet cannot be opened at the moment');
    return { kind: 'unavailable', retryAfterMs: 1_000 };
  }
}
