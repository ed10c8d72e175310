/** A seller's share of an order: what is due, and the steps by which money gets there or comes back. Pure decisions. */

/** What the seller's part of an order follows from, in minor units. */
export interface ShareBasis {
  /** What was authorized. */
  readonly amountMinor: number;
  /** What of `amountMinor` is the seller's. */
  readonly sellerShareMinor: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  /** What the buyer's bank has taken back. */
  readonly disputedMinor: number;
}

/** The share scaled to what is left of the authorized amount, rounded down: nothing is left, nothing is due. */
export function dueOf({ amountMinor, sellerShareMinor, capturedMinor, refundedMinor, disputedMinor }: ShareBasis): number {
  const keptMinor = Math.max(0, capturedMinor - refundedMinor - disputedMinor);
  return amountMinor === 0 ? 0 : Number((BigInt(sellerShareMinor) * BigInt(keptMinor)) / BigInt(amountMinor));
}

/** One transfer to the seller's account, or one reversal of such a transfer. */
export interface ShareStep {
  readonly step: number;
  readonly kind: 'transfer' | 'reversal';
  readonly amountMinor: number;
  /** `acct_…` */
  readonly stripeAccountId: string;
  /** Number of the transfer that a reversal takes back. */
  readonly reversedStep: number | null;
  readonly status: 'started' | 'done' | 'refused';
  readonly stripeKey: string;
  readonly sentAt: Date;
  readonly keySpentAt: Date | null;
  /** `tr_…` or `trr_…`; null until it is known. */
  readonly stripeId: string | null;
}

export type StepPlan =
  | { readonly kind: 'even' }
  | { readonly kind: 'transfer'; readonly amountMinor: number }
  | { readonly kind: 'reversal'; readonly amountMinor: number; readonly transfer: ShareStep };

/** The next step towards what is due: one transfer of what is missing, or a reversal of the newest transfer that has some left. */
export function planStep(dueMinor: number, steps: readonly ShareStep[]): StepPlan {
  const done = steps.filter(({ status }) => status === 'done');
  const reversedOf = (transfer: ShareStep): number =>
    done.reduce((sum, { reversedStep, amountMinor }) => (reversedStep === transfer.step ? sum + amountMinor : sum), 0);
  const left = done
    .filter(({ kind }) => kind === 'transfer')
    .map((transfer) => ({ transfer, leftMinor: transfer.amountMinor - reversedOf(transfer) }));
  const missingMinor = dueMinor - left.reduce((sum, { leftMinor }) => sum + leftMinor, 0);
  if (missingMinor === 0) return { kind: 'even' };
  if (missingMinor > 0) return { kind: 'transfer', amountMinor: missingMinor };
  const newest = left.filter(({ leftMinor }) => leftMinor > 0).toSorted((a, b) => b.transfer.step - a.transfer.step)[0];
  if (newest === undefined) throw new Error('more is due back than was ever transferred');
  return { kind: 'reversal', amountMinor: Math.min(-missingMinor, newest.leftMinor), transfer: newest.transfer };
}

export const shareKey = (orderId: string, step: number): string => `${orderId}:share:${step}`;

const firstWaitMs = 5_000;
const longestWaitMs = 60 * 60_000;

/** How long a share, or an account that is not ready, waits before Stripe is asked again. */
export const shareDelayMs = (attempts: number): number => Math.min(firstWaitMs * 2 ** Math.min(attempts, 20), longestWaitMs);
