/**
 * What a buyer and a device may buy within an hour. A purchase is counted once its amount is known, before its stock is
 * held; one that comes to nothing is taken back, unless it was the card's bank that refused it: with refusals, and with
 * many small amounts, stolen cards are tried out.
 */
import type { Pool } from '@vitrine/runtime/database';
import { createUseLimits, settleUse, type Allowance, type LimitReached, type LimitSubject } from '@vitrine/runtime/use-limits';
import type { Purchase, PurchaseOutcome, Quote } from './purchase.ts';

/** What checkout counts; the card's uses are counted by payment-vault, which alone can tell cards apart. */
type CountedScope = 'BUYER' | 'DEVICE';

export interface PurchaseLimits {
  /** Counts a purchase, once however often it is asked; what is reached otherwise. */
  take(purchase: Purchase, quote: Quote): Promise<LimitReached<CountedScope> | null>;
  /** Settles the count of a purchase that placed no order. Safe to repeat. */
  settle(purchase: Purchase, outcome: PurchaseOutcome): Promise<void>;
}

/** Everything is allowed, and nothing counted. */
export const unlimited: PurchaseLimits = { take: async () => null, settle: async () => {} };

export interface PurchaseAllowances {
  readonly byScope: Readonly<Record<CountedScope, Allowance>>;
  /** Up to this amount a purchase is a small one, in minor units. */
  readonly smallMinor: number;
}

/** Was it the card's bank, or its holder, that refused? Then it counts against whoever tried. */
const isRefusal = (outcome: PurchaseOutcome): boolean => outcome.kind === 'declined' && outcome.reason !== 'PROCESSING_ERROR';

const subjectsOf = ({ buyerId, deviceId }: Purchase): LimitSubject<CountedScope>[] => [
  { scope: 'BUYER', subject: buyerId },
  ...(deviceId === null ? [] : [{ scope: 'DEVICE', subject: deviceId } as const]),
];

/** Limits in PostgreSQL. Amounts are compared in minor units of the market's currency; every market's is USD. */
export function createPurchaseLimits(pool: Pool, allowances: PurchaseAllowances): PurchaseLimits & { stop(): Promise<void> } {
  const limits = createUseLimits<CountedScope>({ pool, allowances: allowances.byScope, smallMinor: allowances.smallMinor });
  return {
    take: (purchase, quote) =>
      limits.take({ reference: purchase.orderId, subjects: subjectsOf(purchase), amountMinor: quote.total.amountMinor }),
    settle: (purchase, outcome) => settleUse(pool, purchase.orderId, isRefusal(outcome) ? 'refused' : 'returned'),
    stop: () => limits.stop(),
  };
}
