/** Cancellations of confirmed orders: who may cancel, and why. */

/** Why a buyer cancels. */
export type BuyerReason = 'CHANGED_MIND' | 'ORDERED_BY_MISTAKE' | 'TAKES_TOO_LONG' | 'FOUND_ELSEWHERE' | 'OTHER';
/** Why a seller cancels. */
export type SellerReason =
  | 'OUT_OF_STOCK'
  | 'DAMAGED'
  | 'CANNOT_SHIP_THERE'
  | 'PRICING_ERROR'
  | 'ASKED_BY_BUYER'
  | 'SUSPECTED_FRAUD'
  | 'OTHER';

/** Who cancelled: `schedule` because nothing was shipped in time. */
export type Canceller = 'buyer' | 'seller' | 'schedule';

/** Why, as it was given. */
export type GivenReason = BuyerReason | SellerReason;

export interface Cancellation {
  readonly orderId: string;
  readonly by: Canceller;
  readonly reason: GivenReason | null;
  /** The refund of what was left of the money; null when nothing was. */
  readonly refundId: string | null;
  readonly at: Date;
}
