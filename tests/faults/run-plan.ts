/** Everything that one run does, decided before it begins: the same seed and number make the same plan. */
import type { RefundReason } from '@vitrine/contracts/payment-vault-http';
import { choicesOf, type Choices } from './choices.ts';

/** Stripe's test cards (https://docs.stripe.com/testing) and the sandbox's own. */
const cards: readonly (readonly [weight: number, number: string])[] = [
  [40, '4242424242424242'],
  [8, '5555555555554444'],
  // Declined when it is charged.
  [8, '4000000000000341'],
  // Refused when it is saved.
  [2, '4000000000009995'],
  // 3-D Secure: always; unless it was set up; then declined.
  [14, '4000002760003184'],
  [4, '4000002500003155'],
  [4, '4000008400001629'],
  // The charge is disputed: fraud, not received, only asked about.
  [3, '4000000000000259'],
  [3, '4000000000002685'],
  [2, '4000000000001976'],
  // The refund takes a while; it fails later.
  [4, '4000000000007726'],
  [4, '4000000000005126'],
  // The payment takes a while and succeeds, or fails.
  [3, '4000009999000014'],
  [2, '4000009999000022'],
];
export const cardNumbers: readonly string[] = cards.map(([, number]) => number);

export interface RefundPlan {
  readonly refundId: string;
  readonly amountMinor: number;
  readonly reason: RefundReason;
  /** Asked for by two callers at once. */
  readonly twice: boolean;
}

/** What checkout wants of an authorized order. Milliseconds are how long one of two that race waits. */
export type OrderEnd =
  | { readonly kind: 'capture'; readonly amountMinor: number | null; readonly twice: boolean }
  | { readonly kind: 'two_amounts'; readonly amountsMinor: readonly [number, number] }
  | { readonly kind: 'void' }
  | { readonly kind: 'race'; readonly captureAfterMs: number; readonly voidAfterMs: number }
  /** It stays authorized: the seller has not sent the parcel yet. */
  | { readonly kind: 'stay' };

export interface OrderPlan {
  readonly orderId: string;
  readonly amountMinor: number;
  readonly sellerShareMinor: number;
  readonly authorizeTwice: boolean;
  readonly challenge: 'complete' | 'fail' | 'leave';
  readonly voidWhileAuthorizingMs: number | null;
  /** The caller dies after its first call and never comes back. */
  readonly callerDies: boolean;
  readonly end: OrderEnd;
  readonly refunds: readonly RefundPlan[];
  readonly refundsTogether: boolean;
}

type Moment = 'never' | 'before' | 'during' | 'after';

export interface RunPlan {
  readonly run: number;
  readonly buyerId: string;
  /** Which of the suite's sellers. */
  readonly seller: number;
  readonly card: string;
  readonly saves: boolean;
  readonly setupKey: string;
  readonly finishKey: string;
  readonly addressKey: string;
  readonly orders: readonly OrderPlan[];
  readonly deleteCard: Moment;
  readonly deleteAddress: Moment;
  readonly deleteKeys: readonly [card: string, address: string];
  readonly attacks: readonly ('forged' | 'stale')[];
  readonly kill: { readonly target: 'vault' | 'sandbox'; readonly which: number; readonly afterMs: number } | null;
}

export const sellerCount = 8;
/** The last ones never set up payouts: their money waits. */
export const sellersWithoutAccount = 2;

const reasons: readonly RefundReason[] = ['REQUESTED_BY_BUYER', 'DUPLICATE', 'CANCELLED_BY_SELLER', 'NOT_DELIVERED', 'RETURNED'];
const moments: readonly (readonly [number, Moment])[] = [
  [84, 'never'],
  [3, 'before'],
  [6, 'during'],
  [7, 'after'],
];

export function planRun(seed: number, run: number): RunPlan {
  const choices = choicesOf(seed, 'run', run);
  return {
    run,
    buyerId: choices.id('usr'),
    seller: choices.integer(0, sellerCount - 1),
    card: choices.weighted(cards),
    saves: choices.chance(0.6),
    setupKey: choices.key(),
    finishKey: choices.key(),
    addressKey: choices.key(),
    orders: Array.from({ length: choices.chance(0.2) ? 2 : 1 }, () => planOrder(choices)),
    deleteCard: choices.weighted(moments),
    deleteAddress: choices.weighted(moments),
    deleteKeys: [choices.key(), choices.key()],
    attacks: choices.chance(0.1) ? [choices.pick(['forged', 'stale'] as const)] : [],
    kill: choices.chance(1 / 40)
      ? {
          target: choices.pick(['vault', 'vault', 'sandbox'] as const),
          which: choices.integer(0, 1),
          afterMs: choices.integer(0, 1_500),
        }
      : null,
  };
}

function planOrder(choices: Choices): OrderPlan {
  const amountMinor = choices.integer(200, 30_000);
  const end = planEnd(choices, amountMinor);
  const refunds = planRefunds(choices, end.kind === 'capture' ? (end.amountMinor ?? amountMinor) : amountMinor);
  return {
    orderId: choices.id('ord'),
    amountMinor,
    sellerShareMinor: choices.integer(0, amountMinor),
    authorizeTwice: choices.chance(0.2),
    challenge: choices.weighted([
      [70, 'complete'],
      [20, 'fail'],
      [10, 'leave'],
    ]),
    voidWhileAuthorizingMs: choices.chance(0.08) ? choices.integer(0, 150) : null,
    callerDies: choices.chance(0.04),
    end,
    refunds,
    refundsTogether: choices.chance(0.6),
  };
}

function planEnd(choices: Choices, amountMinor: number): OrderEnd {
  const part = choices.integer(1, amountMinor);
  const other = choices.integer(1, amountMinor);
  const [captureAfterMs, voidAfterMs] = [choices.integer(0, 60), choices.integer(0, 60)];
  return choices.weighted<OrderEnd>([
    [40, { kind: 'capture', amountMinor: null, twice: false }],
    [12, { kind: 'capture', amountMinor: null, twice: true }],
    [18, { kind: 'capture', amountMinor: part, twice: false }],
    [3, { kind: 'two_amounts', amountsMinor: [part, other] }],
    [10, { kind: 'void' }],
    [12, { kind: 'race', captureAfterMs, voidAfterMs }],
    [5, { kind: 'stay' }],
  ]);
}

/** Together they may be more than what was captured. */
function planRefunds(choices: Choices, capturedMinor: number): RefundPlan[] {
  const count = choices.weighted([
    [45, 0],
    [25, 1],
    [15, 2],
    [15, 4],
  ]);
  return Array.from({ length: count }, () => ({
    refundId: choices.id('ref'),
    amountMinor:
      count === 1 && choices.chance(0.5) ? capturedMinor : choices.integer(1, Math.max(1, Math.ceil((capturedMinor * 2) / (count + 1)))),
    reason: choices.pick(reasons),
    twice: choices.chance(0.3),
  }));
}
