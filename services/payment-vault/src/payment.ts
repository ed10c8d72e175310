/** Payments: their states, and what a state of Stripe's PaymentIntent means for one. Pure decisions, nothing is called. */

/**
 * `started` → `requires_action` | `authorized` | `declined` | `voided`; `requires_action` → `authorized` | `declined` |
 * `voided`; `authorized` → `captured` | `voided`. `captured`, `declined` and `voided` are final.
 */
export type PaymentStatus = 'started' | 'requires_action' | 'authorized' | 'captured' | 'declined' | 'voided';

/** Why a payment was declined, as far as the buyer may be told. */
export type DeclineReason =
  | 'DECLINED'
  | 'INSUFFICIENT_FUNDS'
  | 'EXPIRED_CARD'
  | 'INCORRECT_CVC'
  | 'PROCESSING_ERROR'
  | 'AUTHENTICATION_FAILED';

/** `CARD_GONE`: Stripe does not have the card any more, so nobody was asked. */
export type Refusal = DeclineReason | 'CARD_GONE';

/** A payment of an order. */
export interface Payment {
  readonly orderId: string;
  readonly paymentId: string;
  readonly buyerId: string;
  readonly sellerId: string;
  readonly paymentMethodId: string;
  readonly addressId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** What of `amountMinor` is the seller's; null for a payment older than shares. */
  readonly sellerShareMinor: number | null;
  readonly status: PaymentStatus;
  /** Set when it is declined. */
  readonly declineReason: Refusal | null;
  readonly stripeCustomerId: string;
  readonly stripePaymentMethodId: string;
  /** Null until it is known, which an authorization that was cut off may leave open. */
  readonly stripePaymentIntentId: string | null;
  /** Idempotency keys of the calls to Stripe, each stored before its call. */
  readonly authorizeKey: string;
  readonly captureKey: string | null;
  readonly voidKey: string | null;
  /** When a PaymentIntent may first have reached Stripe; null when certainly none has. */
  readonly sentAt: Date | null;
  readonly captureRequestedAt: Date | null;
  readonly voidRequestedAt: Date | null;
  readonly authorizedAt: Date | null;
  readonly capturedAt: Date | null;
  /** What was asked to be captured; null when nobody asked. */
  readonly captureMinor: number | null;
  /** What Stripe shows as captured; null before that. */
  readonly capturedMinor: number | null;
  readonly stripeChargeId: string | null;
  /** Refunds that are made or may still be. */
  readonly refundReservedMinor: number;
  /** Refunds that are made. */
  readonly refundedMinor: number;
  readonly settleAttempts: number;
  /** Number of its last event. */
  readonly sequence: number;
  readonly correlationId: string;
  readonly createdAt: Date;
}

/** What checkout asked for; a repeat must ask for the same. */
export interface PaymentTerms {
  readonly buyerId: string;
  readonly sellerId: string;
  readonly paymentMethodId: string;
  readonly addressId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** Null for a payment older than shares, which goes with any. */
  readonly sellerShareMinor: number | null;
}

export const sameTerms = (a: PaymentTerms, b: PaymentTerms): boolean =>
  a.buyerId === b.buyerId &&
  a.sellerId === b.sellerId &&
  a.paymentMethodId === b.paymentMethodId &&
  a.addressId === b.addressId &&
  a.amountMinor === b.amountMinor &&
  a.currency === b.currency &&
  (a.sellerShareMinor === null || a.sellerShareMinor === b.sellerShareMinor);

/** Names of the calls that move an order's money, part of their idempotency keys. */
export type MoneyStep = 'authorize' | 'capture' | 'void';

export const stripeKey = (orderId: string, step: MoneyStep): string => `${orderId}:${step}`;

/**
 * The key after one that Stripe has spent on a failure of its own: for a key it repeats even a 500 for ever. Only for
 * calls that cannot take effect twice, or of which it is known that they took none.
 */
export function nextStripeKey(key: string): string {
  const match = /^(.*)#(\d+)$/.exec(key);
  return match === null ? `${key}#2` : `${match[1]}#${Number(match[2]) + 1}`;
}

/** For how long Stripe repeats its answer to a key instead of acting again (https://docs.stripe.com/api/idempotent_requests). */
export const stripeKeyLifetimeMs = 24 * 60 * 60 * 1000;

/** A PaymentIntent as far as we read it. */
export interface Intent {
  /** `pi_…` */
  readonly id: string;
  readonly status:
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'requires_capture'
    | 'succeeded'
    | 'canceled';
  readonly amountMinor: number;
  /** What was captured; 0 before that. */
  readonly receivedMinor: number;
  /** `ch_…` of its last attempt. */
  readonly chargeId: string | null;
  /** For the app only: never stored, never logged. */
  readonly clientSecret: string | null;
  /** Why its last attempt failed. */
  readonly failure: StripeFailure | null;
}

/** Stripe's codes for a failed attempt (https://docs.stripe.com/declines/codes). */
export interface StripeFailure {
  readonly code: string | null;
  readonly declineCode: string | null;
}

/** What a capture came to, as Stripe shows it. */
export interface Capture {
  readonly capturedMinor: number;
  readonly stripeChargeId: string | null;
}

export const captureOf = (intent: Intent): Capture => ({ capturedMinor: intent.receivedMinor, stripeChargeId: intent.chargeId });

/** What an intent means. `pending`: Stripe does not know yet. */
export type IntentMeaning =
  | { readonly kind: 'authorized' }
  | { readonly kind: 'requires_action' }
  | { readonly kind: 'captured'; readonly capture: Capture }
  | { readonly kind: 'canceled' }
  | { readonly kind: 'failed'; readonly reason: DeclineReason }
  | { readonly kind: 'pending' };

const meanings: Readonly<
  Record<Intent['status'], Exclude<IntentMeaning, { readonly kind: 'failed' | 'captured' }> | 'failed' | 'captured'>
> = {
  requires_capture: { kind: 'authorized' },
  requires_action: { kind: 'requires_action' },
  succeeded: 'captured',
  canceled: { kind: 'canceled' },
  processing: { kind: 'pending' },
  requires_payment_method: 'failed',
  requires_confirmation: 'failed',
};

export function meaningOf(intent: Intent): IntentMeaning {
  const meaning = meanings[intent.status];
  if (meaning === 'failed') return { kind: 'failed', reason: declineReasonOf(intent.failure) };
  return meaning === 'captured' ? { kind: 'captured', capture: captureOf(intent) } : meaning;
}

const declineReasons: Readonly<Record<string, DeclineReason>> = {
  insufficient_funds: 'INSUFFICIENT_FUNDS',
  expired_card: 'EXPIRED_CARD',
  incorrect_cvc: 'INCORRECT_CVC',
  invalid_cvc: 'INCORRECT_CVC',
  processing_error: 'PROCESSING_ERROR',
  issuer_not_available: 'PROCESSING_ERROR',
  try_again_later: 'PROCESSING_ERROR',
  authentication_required: 'AUTHENTICATION_FAILED',
  payment_intent_authentication_failure: 'AUTHENTICATION_FAILED',
  setup_intent_authentication_failure: 'AUTHENTICATION_FAILED',
};

/**
 * What a buyer may be told. Whatever is not in the table is DECLINED, so that a card that is reported lost or stolen, or
 * taken for a fraud, is not told from one whose bank gives no reason.
 */
export function declineReasonOf(failure: StripeFailure | null): DeclineReason {
  const own = (code: string | null | undefined): DeclineReason | undefined =>
    code !== null && code !== undefined && Object.hasOwn(declineReasons, code) ? declineReasons[code] : undefined;
  return own(failure?.declineCode) ?? own(failure?.code) ?? 'DECLINED';
}

const settleFirstMs = 2_000;
const settleLongestMs = 10 * 60_000;

/** How long the settle loop waits before it asks Stripe again. */
export const settleDelayMs = (attempts: number): number => Math.min(settleFirstMs * 2 ** Math.min(attempts, 20), settleLongestMs);

/**
 * How long a call that was given up on may still take effect at Stripe. A payment that ended without its intent being
 * found is looked for again after each of these, so that a late one is not left authorized.
 */
export const lateIntentDelaysMs: readonly number[] = [2 * 60_000, 15 * 60_000, 2 * 60 * 60_000];

/** After this long without the buyer's confirmation a 3-D Secure challenge has failed. */
export const challengeLifetimeMs = 24 * 60 * 60 * 1000;
