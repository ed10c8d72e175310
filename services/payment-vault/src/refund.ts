/** Refunds: their states, and what a state of Stripe's refund means for one. Pure decisions, nothing is called. */
import type { RefundFailure, RefundReason } from '@vitrine/contracts/payment-vault-http';

/**
 * `started` → `refused` | `pending` | `refunded` | `failed`; `pending` → `refunded` | `failed`; `refunded` → `failed`, when
 * the card's bank sends the money back later. `refused`: Stripe did not take it. `refused` and `failed` leave the amount
 * refundable.
 */
export type RefundStatus = 'started' | 'refused' | 'pending' | 'refunded' | 'failed';

/** Why Stripe does not take a refund. */
export type RefundRefusal = 'EXCEEDS_CAPTURED' | 'DISPUTED' | 'REFUSED';

/** A refund of an order's payment. */
export interface Refund {
  readonly refundId: string;
  readonly orderId: string;
  readonly amountMinor: number;
  /** Null for one that somebody made at Stripe. */
  readonly reason: RefundReason | null;
  readonly status: RefundStatus;
  /** Set when it is refused. */
  readonly refusal: RefundRefusal | null;
  /** Set when it has failed. */
  readonly failure: RefundFailure | null;
  /** Null until it is known. */
  readonly stripeRefundId: string | null;
  /** Idempotency key of the call to Stripe, stored before it; null for one that was made there. */
  readonly stripeKey: string | null;
  /** When a call with this key may first have reached Stripe; null when certainly none has. */
  readonly sentAt: Date | null;
  /** When Stripe answered this key with a failure of its own, which it then does for ever. */
  readonly keySpentAt: Date | null;
  readonly refundedAt: Date | null;
  readonly settleAttempts: number;
  readonly correlationId: string;
  readonly createdAt: Date;
}

/** What a caller asks for; a repeat must ask for the same. */
export interface RefundTerms {
  readonly orderId: string;
  readonly amountMinor: number;
  readonly reason: RefundReason;
}

export const sameRefund = (refund: Refund, terms: RefundTerms): boolean =>
  refund.orderId === terms.orderId && refund.amountMinor === terms.amountMinor && refund.reason === terms.reason;

export const refundKey = (orderId: string, refundId: string): string => `${orderId}:refund:${refundId}`;

/** Whether a refund's amount counts against what was captured. */
export const isReserved = (status: RefundStatus): boolean => status === 'started' || status === 'pending' || status === 'refunded';

const ranks: Readonly<Record<RefundStatus, number>> = { started: 0, refused: 1, pending: 2, refunded: 3, failed: 4 };

/** Whether a refund in one state can be found in another later: what was read at Stripe earlier may be older than what is known. */
export const isLater = (from: RefundStatus, to: RefundStatus): boolean => ranks[to] > ranks[from];

/** A refund at Stripe as far as we read it. */
export interface StripeRefund {
  /** `re_…` */
  readonly id: string;
  readonly amountMinor: number;
  readonly status: 'pending' | 'refunded' | 'failed';
  readonly failure: RefundFailure | null;
  /** `metadata.refund_id` */
  readonly refundId: string | null;
  /** Whether it gives an authorization back to the card instead of money. */
  readonly isReversal: boolean;
  /** Seconds since 1970. */
  readonly created: number;
}

/** A charge as far as refunds need it, amounts in minor units. */
export interface ChargeAmounts {
  readonly amountMinor: number;
  readonly capturedMinor: number;
  /** Includes what a partial capture let go. */
  readonly refundedMinor: number;
}

/**
 * The refunds of a charge that give money back. Stripe can show the rest that a partial capture let go as a refund of its
 * own: the oldest of that amount that is nobody's, if the refunds add up to more than the charge says went back.
 */
export function moneyRefunds(refunds: readonly StripeRefund[], charge: ChargeAmounts): StripeRefund[] {
  const releasedMinor = charge.amountMinor - charge.capturedMinor;
  const shownMinor = refunds.reduce((sum, { status, amountMinor }) => (status === 'failed' ? sum : sum + amountMinor), 0);
  if (releasedMinor === 0 || shownMinor <= charge.refundedMinor - releasedMinor) return [...refunds];
  const release = refunds
    .filter((refund) => refund.refundId === null && refund.amountMinor === releasedMinor && refund.status !== 'failed')
    .toSorted((a, b) => Number(b.isReversal) - Number(a.isReversal) || a.created - b.created)[0];
  return refunds.filter((refund) => refund !== release);
}

const failures: Readonly<Record<string, RefundFailure>> = {
  lost_or_stolen_card: 'CARD_GONE',
  expired_or_canceled_card: 'CARD_GONE',
  declined: 'DECLINED',
  charge_for_pending_refund_disputed: 'DISPUTED',
  insufficient_funds: 'INSUFFICIENT_FUNDS',
  merchant_request: 'CANCELLED',
};

/** What Stripe's reason means (https://docs.stripe.com/api/refunds/object#refund_object-failure_reason). */
export const failureOf = (reason: string | null): RefundFailure =>
  reason !== null && Object.hasOwn(failures, reason) ? (failures[reason] ?? 'UNKNOWN') : 'UNKNOWN';
