/** Disputes of an order, by references: the case itself is between the seller, the network and the card's bank. */
import type { DisputeState } from '@vitrine/contracts/order-events';
import type { Money } from '@vitrine/runtime/money';
import type { MoveName } from './order-moves.ts';

export interface Dispute {
  readonly disputeId: string;
  readonly orderId: string;
  readonly amount: Money;
  /** The payment provider's words (https://docs.stripe.com/api/disputes/object). */
  readonly reason: string;
  readonly status: string;
  readonly state: Exclude<DisputeState, 'none'>;
  /** Until when evidence is taken; null when none is. */
  readonly evidenceDueAt: Date | null;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

/** What a dispute that is over came to: an inquiry that was closed, or a dispute that was prevented, leaves the charge as it is. */
export const outcomeOf = (status: string): 'won' | 'lost' => (status === 'lost' ? 'lost' : 'won');

const moves = { none: 'note', open: 'open_dispute', won: 'win_dispute', lost: 'lose_dispute' } as const satisfies Record<
  DisputeState,
  MoveName
>;

/** How an order with these disputes, all of them, moves: open while one is, lost when one was. */
export function disputeMove(disputes: readonly Pick<Dispute, 'state'>[]): MoveName {
  const states = new Set(disputes.map(({ state }) => state));
  const state = (['open', 'lost', 'won'] as const).find((candidate) => states.has(candidate)) ?? 'none';
  return moves[state];
}
