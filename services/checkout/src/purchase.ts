/** A purchase: one tap on Buy, from the first call to its outcome. The state that the saga in place-order.ts goes through. */
import type { DeclineReason } from '@vitrine/contracts/payment-vault-http';
import type { IdempotencyRefusal } from '@vitrine/runtime/idempotency';
import type { Money } from '@vitrine/runtime/money';
import type { Amounts, Order, OrderLine } from './order.ts';

/** From where a purchase goes on after a crash. */
export type RecoveryPoint =
  /** Nothing has been done but that stock may have been reserved. */
  | 'started'
  /** Priced, allowed, and stock is held; the payment may have been authorized. */
  | 'stock_reserved'
  /** The bank wants the buyer to confirm. */
  | 'awaiting_buyer'
  /** It failed; what was done is being undone. */
  | 'compensating'
  | 'finished';

/** What has to be undone when a purchase fails, last recorded first. */
export type Compensation = 'release_stock' | 'void_payment';

/** What the buyer sent. Ids and an amount; nothing personal. */
export interface PurchaseInput {
  readonly productId: string;
  readonly quantity: number;
  readonly expectedTotal: Money;
  readonly addressId: string | null;
  readonly paymentMethodId: string | null;
  readonly sourcePostId: string | null;
  /** Null takes the cheapest. */
  readonly shippingService: string | null;
  /** Of the sheet that the buyer saw; null for a purchase without one. */
  readonly quoteId: string | null;
  /** The purchase just before that this one is meant to be beside; null unless the buyer said so. */
  readonly besideOrderId: string | null;
}

/** One step of a purchase, for its history. Nothing personal. */
export interface PurchaseStep {
  readonly step: string;
  /** RFC 3339. */
  readonly at: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Who drove the purchase. */
  readonly by: 'buyer' | 'completer';
  /** What came of it, in a word: a decline's reason, what could not be reached. */
  readonly detail?: string;
}

/** What a purchase is made on, as it was when it was quoted: for the receipt, and for returns. */
export interface SaleTerms {
  /** Null when seller-eligibility did not say. */
  readonly seller: { readonly displayName: string; readonly country: string } | null;
  /** On the goods, in parts per million. */
  readonly taxPpm: number;
  /** For how many days after the delivery the buyer can send goods back; null when not said. */
  readonly returnWindowDays: number | null;
  /** Names the texts in force; null when none are published. */
  readonly policyVersion: string | null;
}

/** What was priced and allowed. */
export interface Quote extends Amounts {
  readonly sellerId: string;
  /** What of the total is the seller's, in minor units. */
  readonly sellerShareMinor: number;
  readonly market: string;
  readonly undoWindowSeconds: number;
  readonly shippingService: string;
  readonly line: OrderLine;
  readonly addressId: string;
  readonly paymentMethodId: string;
  /** Absent in quotes from before receipts. */
  readonly terms?: SaleTerms;
}

export type MissingDetail = 'DELIVERY_ADDRESS' | 'PAYMENT_METHOD';

export interface InvalidInput {
  readonly kind: 'invalid_input';
  readonly path: readonly string[];
  readonly message: string;
}

/** What a purchase limit counts. */
export type LimitScope = 'BUYER' | 'CARD' | 'DEVICE';

/** Why something cannot be bought now, whatever the buyer enters. */
export type NotForSale =
  /** The sheet is too old, or was for something else. */
  | { readonly kind: 'quote_expired' }
  /** Too much, or too often, within an hour. */
  | { readonly kind: 'limited'; readonly scope: LimitScope; readonly retryAfterMs: number }
  | { readonly kind: 'not_found'; readonly productId: string }
  | { readonly kind: 'out_of_stock'; readonly availableQuantity: number }
  | {
      readonly kind: 'not_eligible';
      readonly reason: 'MARKET_CLOSED' | 'NOT_IN_ROLLOUT' | 'SELLER_NOT_ELIGIBLE';
      readonly message: string;
    };

/** Part of Vitrine, or Stripe, could not be reached. */
export interface Unavailable {
  readonly kind: 'unavailable';
  readonly retryAfterMs: number;
}

/** How a purchase can end. Stored with its key. */
export type PurchaseOutcome =
  | { readonly kind: 'placed' }
  | { readonly kind: 'missing_details'; readonly missing: readonly MissingDetail[] }
  | { readonly kind: 'declined'; readonly reason: DeclineReason }
  | { readonly kind: 'price_changed'; readonly expectedTotal: Money; readonly currentTotal: Money }
  /** It was given up before the buyer came back; nothing was charged. */
  | { readonly kind: 'abandoned' }
  | NotForSale
  | InvalidInput;

/** What `placeOrder` answers. */
export type PlaceOrderResult =
  /** `order`: the one that this call has placed. */
  | { readonly kind: 'finished'; readonly orderId: string; readonly outcome: PurchaseOutcome; readonly order?: Order }
  | { readonly kind: 'action_required'; readonly clientSecret: string; readonly expiresAt: Date }
  | { readonly kind: 'possible_duplicate'; readonly orderId: string }
  | Unavailable
  | InvalidInput
  | IdempotencyRefusal;

export interface Purchase {
  readonly orderId: string;
  readonly buyerId: string;
  readonly buyerCountry: string | null;
  /** The app instance that bought; null when the access token does not name one. */
  readonly deviceId: string | null;
  readonly requestId: string;
  readonly input: PurchaseInput;
  readonly recoveryPoint: RecoveryPoint;
  readonly compensations: readonly Compensation[];
  readonly quote: Quote | null;
  readonly outcome: PurchaseOutcome | null;
  readonly attempts: number;
  readonly leaseToken: string;
  readonly createdAt: Date;
}
