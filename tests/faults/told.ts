/** What callers of the vault were told, to be held against what is true in the end. */

/** One answer that a caller may rely on. */
export type Told =
  | {
      readonly said: 'authorized' | 'declined' | 'voided' | 'already_captured' | 'let_go' | 'missing_details';
      readonly run: number;
      readonly orderId: string;
    }
  | { readonly said: 'captured'; readonly run: number; readonly orderId: string; readonly amountMinor: number }
  | {
      readonly said: 'refunded' | 'refund_failed' | 'not_refundable';
      readonly run: number;
      readonly orderId: string;
      readonly refundId: string;
      readonly amountMinor: number;
    };

export interface DeletedCard {
  readonly run: number;
  readonly stripePaymentMethodId: string;
}

/** What all runs leave for the judge. */
export interface Testimony {
  readonly told: Told[];
  readonly deletedCards: DeletedCard[];
  /** Ids of events that never happened. */
  readonly attacks: { readonly run: number; readonly eventId: string; readonly status: number | null }[];
  /** Orders that were sent to the vault, and whether they may stay authorized. */
  readonly orders: Map<
    string,
    {
      readonly run: number;
      readonly sellerId: string;
      readonly mayStay: boolean;
      readonly plan: { readonly amountMinor: number; readonly sellerShareMinor: number };
    }
  >;
  /** Answers that no caller should get. */
  readonly oddAnswers: { readonly run: number; readonly what: string }[];
}

export const newTestimony = (): Testimony => ({
  told: [],
  deletedCards: [],
  attacks: [],
  orders: new Map(),
  oddAnswers: [],
});
