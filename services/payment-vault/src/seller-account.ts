/** Sellers' accounts at Stripe Connect: what Stripe's account means for a seller's payouts. Pure decisions. */

/** `pending`: the seller has not finished, or Stripe still checks. `restricted`: Stripe holds transfers back until the seller acts. */
export type SellerAccountStatus = 'pending' | 'active' | 'restricted';

export interface SellerAccount {
  readonly sellerId: string;
  readonly stripeKey: string;
  /** When a call with this key was first made. */
  readonly sentAt: Date;
  /** `acct_…`; null until it is known. */
  readonly stripeAccountId: string | null;
  readonly status: SellerAccountStatus;
  readonly refreshAttempts: number;
}

/** An account as far as we read it. */
export interface StripeAccount {
  /** `acct_…` */
  readonly id: string;
  /** `metadata.seller_id` */
  readonly sellerId: string | null;
  readonly detailsSubmitted: boolean;
  /** Stripe's status of the capability to receive transfers; null when it has none. */
  readonly transfers: string | null;
  /** Why Stripe has switched something off. */
  readonly disabledReason: string | null;
}

export function statusOf({ detailsSubmitted, transfers, disabledReason }: StripeAccount): SellerAccountStatus {
  if (transfers === 'active') return 'active';
  if (!detailsSubmitted || transfers === 'pending' || disabledReason === 'requirements.pending_verification') return 'pending';
  return 'restricted';
}
