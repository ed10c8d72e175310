/**
 * What may be done with one card within an hour, and how many cards a buyer or a device may give: who tries stolen cards
 * out is held back. A card is told apart by Stripe's fingerprint, of which only a digest is kept, for little more than an hour.
 */
import type { Pool } from '@vitrine/runtime/database';
import { createUseLimits, settleUse, type Allowance, type LimitReached, type LimitSubject } from '@vitrine/runtime/use-limits';
import type { Payment, Refusal } from './payment.ts';
import type { Limited } from './refusals.ts';
import type { Charge } from './store/cards.ts';

type CountedScope = 'CARD' | 'BUYER' | 'DEVICE';

/** Who gives a card. */
export interface CardGiver {
  readonly buyerId: string;
  /** The app instance; null when the access token does not name one. */
  readonly deviceId: string | null;
}

export interface CardAllowances {
  readonly byScope: Readonly<Record<CountedScope, Allowance>>;
  /** Up to this amount a payment is a small one, in minor units. */
  readonly smallMinor: number;
}

/** The bank, or the card's holder, said no; otherwise the card was not even tried. */
export const isRefusalOfBank = (reason: Refusal): boolean => reason !== 'PROCESSING_ERROR' && reason !== 'CARD_GONE';

const subjectsOf = ({ buyerId, deviceId }: CardGiver): LimitSubject<CountedScope>[] => [
  { scope: 'BUYER', subject: buyerId },
  ...(deviceId === null ? [] : [{ scope: 'DEVICE', subject: deviceId } as const]),
];

const toLimited = (reached: LimitReached<CountedScope> | null): Limited | null =>
  reached === null ? null : { kind: 'limited', retryAfterMs: reached.retryAfterMs };

export type CardLimits = ReturnType<typeof createCardLimits>;

export function createCardLimits(pool: Pool, allowances: CardAllowances) {
  const limits = createUseLimits<CountedScope>({ pool, allowances: allowances.byScope, smallMinor: allowances.smallMinor });
  return {
    /** Counts a payment that is about to be sent to Stripe, once for its order. */
    takePayment: async (orderId: string, card: Charge, amountMinor: number): Promise<Limited | null> =>
      toLimited(
        await limits.take({
          reference: orderId,
          subjects: [{ scope: 'CARD', subject: card.fingerprint ?? card.stripePaymentMethodId }],
          amountMinor,
        }),
      ),
    /**
     * A payment has ended without money. It counts as a refusal when the bank refused it, and not at all when the bank was
     * never asked; one that the bank allowed before it was let go stays counted. After a crash in between it stays counted as well.
     */
    async settlePayment({ orderId, buyerId, status }: Payment, end: { readonly declineReason?: Refusal }): Promise<void> {
      if (end.declineReason !== undefined && isRefusalOfBank(end.declineReason)) {
        await settleUse(pool, orderId, 'refused');
        await limits.noteRefusal({ reference: `${orderId}:refused`, subjects: subjectsOf({ buyerId, deviceId: null }) });
      } else if (end.declineReason !== undefined || status === 'started') await settleUse(pool, orderId, 'returned');
    },
    /** Counts a setup that begins, once for its key. */
    takeSetup: async (giver: CardGiver, stripeKey: string): Promise<Limited | null> =>
      toLimited(await limits.take({ reference: stripeKey, subjects: subjectsOf(giver), amountMinor: 0 })),
    /** Whether too many cards of the giver were refused. */
    checkGiver: async (giver: CardGiver): Promise<Limited | null> => toLimited(await limits.check(subjectsOf(giver))),
    /** A card of the giver was refused. Once for each reference. */
    noteRefusedCard: (giver: CardGiver, reference: string): Promise<void> => limits.noteRefusal({ reference, subjects: subjectsOf(giver) }),
    stop: () => limits.stop(),
  };
}
