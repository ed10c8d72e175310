/** What the purchase's saga keeps: an interface, so that the saga can be run against simulated stores as well. */
import type { NewEvent } from '@vitrine/runtime/outbox';
import { RetryableError } from '@vitrine/runtime/errors';
import type { Order } from './order.ts';
import type { Compensation, Purchase, PurchaseInput, PurchaseOutcome, PurchaseStep, Quote, RecoveryPoint } from './purchase.ts';

/** How long a process may go without a word before another one takes its purchase over. */
export const leaseSeconds = 10;

/** Somebody else drives this purchase now: stop, whatever was found out. */
export class LeaseLostError extends RetryableError {}

export interface NewPurchase {
  readonly orderId: string;
  readonly buyerId: string;
  readonly buyerCountry: string | null;
  readonly deviceId: string | null;
  readonly idempotencyKey: string;
  readonly inputHash: Buffer;
  readonly input: PurchaseInput;
  readonly requestId: string;
  readonly leaseToken: string;
  /** The purchase of the same product just before that this one may follow; null when there is none. */
  readonly overrules: string | null;
  /** When the completer undoes it if the buyer's call ended before money could move, in seconds. */
  readonly abandonAfterSeconds: number;
  /** How long a second purchase of the same product by the same buyer is taken for the same tap, in seconds. */
  readonly duplicateWindowSeconds: number;
}

export type PurchaseClaim =
  /** `isNew`: this call began it. */
  | { readonly kind: 'claimed'; readonly purchase: Purchase; readonly isNew: boolean }
  | { readonly kind: 'decided'; readonly orderId: string; readonly outcome: PurchaseOutcome }
  | { readonly kind: 'reused' }
  | { readonly kind: 'in_flight' }
  /** The buyer bought this a moment ago with another key. `cameToNothing`: and that purchase placed no order, or it was cancelled. */
  | { readonly kind: 'duplicate'; readonly orderId: string; readonly cameToNothing: boolean };

/** What a checkpoint changes; the rest stays. */
export interface Checkpoint {
  readonly recoveryPoint: RecoveryPoint;
  readonly compensations?: readonly Compensation[];
  readonly quote?: Quote;
  readonly outcome?: PurchaseOutcome;
  /** From when the completer may go on with it, in seconds from now. Now, when not given. */
  readonly nextAttemptInSeconds?: number;
  readonly step: PurchaseStep;
}

export interface PurchaseStore {
  /** Begins a purchase, or takes up the one that this key began, unless it is decided or somebody drives it. */
  claim(purchase: NewPurchase): Promise<PurchaseClaim>;
  /** Takes purchases that are due and that nobody drives. */
  claimDue(leaseToken: string, limit: number): Promise<Purchase[]>;
  /** Keeps a purchase while a call takes long. */
  renewLease(purchase: Purchase): Promise<void>;
  /** Writes a recovery point. @throws LeaseLostError when another process drives the purchase by now. */
  checkpoint(purchase: Purchase, next: Checkpoint): Promise<Purchase>;
  /** Lets go of a purchase that is not over; the completer, or the buyer's next call, goes on with it. Null leaves its time as it is. */
  suspend(purchase: Purchase, nextAttemptInSeconds: number | null, step: PurchaseStep): Promise<void>;
  /** Ends a purchase that placed no order. @throws LeaseLostError */
  finish(purchase: Purchase, outcome: PurchaseOutcome, step: PurchaseStep): Promise<void>;
  /** Places the order: the order, the stored outcome, the history and the event are one statement. @throws LeaseLostError */
  place(purchase: Purchase, order: Order, event: NewEvent, step: PurchaseStep): Promise<void>;
}
