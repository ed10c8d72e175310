/** Everything that one run of a buyer does, decided before it begins: the same seed and number make the same plan. */
import { choicesOf, type Choices } from './choices.ts';

/** Stripe's test cards (https://docs.stripe.com/testing) and the sandbox's own; each is used by buyers of its own. */
export const purchaseCards = {
  good: '4242424242424242',
  /** Refused when it is charged. */
  declined: '4000000000000341',
  /** The bank asks each time. */
  asks: '4000002760003184',
  /** The bank asks, and then refuses. */
  asksAndDeclines: '4000008400001629',
  /** Paid, or refused, only some seconds later. */
  paysLater: '4000009999000014',
  failsLater: '4000009999000022',
} as const;

export type CardKind = keyof typeof purchaseCards;
export const cardKinds = Object.keys(purchaseCards) as CardKind[];

export interface PurchasePlan {
  readonly run: number;
  readonly card: CardKind;
  /** Which of the buyers with such a card, and of the shelves, by any whole number. */
  readonly buyer: number;
  readonly shelf: number;
  /** Whether the product is one of which there are too few. */
  readonly scarce: boolean;
  readonly quantity: number;
  readonly key: string;
  /** How often the same tap is sent at once. */
  readonly together: number;
  /** The app asks once and never comes back. */
  readonly gone: boolean;
  /** The app that got no answer asks with another key. */
  readonly newKey: string | null;
  /** The key is used for something else, too. */
  readonly otherInput: boolean;
  readonly bank: 'complete' | 'fail' | 'leave';
  /** How long after the order the buyer takes it back, in milliseconds. */
  readonly undoAfterMs: number | null;
  readonly undoKey: string;
  readonly undoTwice: boolean;
  /** The buyer cancels what is confirmed and not shipped. */
  readonly cancels: boolean;
  readonly cancelKey: string;
}

export interface PlanOptions {
  readonly undoWindowSeconds: number;
}

export function planPurchase(seed: number, run: number, { undoWindowSeconds }: PlanOptions): PurchasePlan {
  const choices = choicesOf(seed, 'purchase', run);
  return {
    run,
    card: choices.weighted<CardKind>([
      [58, 'good'],
      [8, 'declined'],
      [20, 'asks'],
      [4, 'asksAndDeclines'],
      [6, 'paysLater'],
      [4, 'failsLater'],
    ]),
    buyer: choices.integer(0, 1_000_000),
    shelf: choices.integer(0, 1_000_000),
    scarce: choices.chance(0.25),
    quantity: choices.chance(0.2) ? 2 : 1,
    key: choices.key(),
    together: choices.weighted([
      [85, 1],
      [10, 2],
      [5, 4],
    ]),
    gone: choices.chance(0.08),
    newKey: choices.chance(0.1) ? choices.key() : null,
    otherInput: choices.chance(0.04),
    bank: choices.weighted([
      [70, 'complete'],
      [15, 'fail'],
      [15, 'leave'],
    ]),
    undoAfterMs: planUndo(choices, undoWindowSeconds * 1_000),
    undoKey: choices.key(),
    undoTwice: choices.chance(0.3),
    cancels: choices.chance(0.08),
    cancelKey: choices.key(),
  };
}

function planUndo(choices: Choices, windowMs: number): number | null {
  const [early, close] = [choices.integer(0, Math.floor(windowMs * 0.8)), choices.integer(windowMs - 150, windowMs + 150)];
  return choices.weighted<number | null>([
    [62, null],
    [22, early],
    // Races with the end of the window.
    [16, Math.max(0, close)],
  ]);
}
