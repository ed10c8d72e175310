/** Stored cards: references to Stripe's payment methods, never a number. */

import type { SealedLabel } from './label.ts';

/** A card as Stripe shows it. */
export interface CardFacts {
  /** `pm_…` */
  readonly stripePaymentMethodId: string;
  readonly brand: string;
  readonly last4: string;
  /** 1 to 12. */
  readonly expMonth: number;
  /** Four digits. */
  readonly expYear: number;
  /** Stripe's: the same for the same number, within one Stripe account. Null where Stripe gives none. */
  readonly fingerprint: string | null;
}

/** A card that a buyer has stored. */
export interface Card extends CardFacts {
  /** `pmt_…` */
  readonly id: string;
  readonly buyerId: string;
  readonly isDefault: boolean;
  /** `withdrawn`: Stripe has let it go, so that it cannot be charged any more. */
  readonly status: 'active' | 'withdrawn';
  /** Whether it is kept after the purchase. */
  readonly isSaved: boolean;
  readonly sealedLabel: SealedLabel | null;
  readonly createdAt: Date;
}

/** How many cards a buyer can store. */
export const maxCards = 20;

/** Whether the card's last month is over, in UTC. */
export const isExpired = (card: Pick<CardFacts, 'expMonth' | 'expYear'>, now: Date): boolean =>
  now.getTime() >= Date.UTC(card.expYear, card.expMonth);
