/** Disputes: a card holder asks the bank for the money back. Pure decisions. */

/** A dispute as Stripe shows it. */
export interface DisputeFacts {
  /** `du_…` */
  readonly stripeDisputeId: string;
  readonly paymentIntentId: string | null;
  readonly amountMinor: number;
  /** ISO 4217, capitals. */
  readonly currency: string;
  /** Stripe's word, for example `fraudulent` or `product_not_received`. */
  readonly reason: string;
  /** Stripe's word (https://docs.stripe.com/api/disputes/object#dispute_object-status). */
  readonly status: string;
  /** Until when evidence is taken; null when none is. */
  readonly evidenceDueAt: Date | null;
  readonly openedAt: Date;
}

/** A dispute of an order. */
export interface Dispute extends DisputeFacts {
  /** `dsp_…` */
  readonly id: string;
  readonly orderId: string;
  readonly closedAt: Date | null;
}

const closedStatuses: ReadonlySet<string> = new Set(['won', 'lost', 'warning_closed', 'prevented']);

export const isClosed = (status: string): boolean => closedStatuses.has(status);

/** The statuses in which the network has the money, again or still: an inquiry only asks. One that we do not know counts as taken. */
export const harmlessStatuses: readonly string[] = ['won', 'warning_needs_response', 'warning_under_review', 'warning_closed', 'prevented'];
