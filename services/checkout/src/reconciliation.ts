/** What the reconciler compares and finds: facts of an order from every service that has some, and how they may diverge. */
import type { PaymentRecord, ReservationRecord } from '@vitrine/contracts/reconciliation-http';
import type { ReturnState } from '@vitrine/contracts/order-events';
import type { Money } from '@vitrine/runtime/money';
import type { OrderStatus, StoredPaymentState } from './order-moves.ts';
import type { PurchaseOutcome } from './purchase.ts';

export interface PurchaseFacts {
  readonly isFinished: boolean;
  readonly outcome: PurchaseOutcome['kind'] | null;
  readonly createdAt: Date;
}

export interface PlacedOrderFacts {
  readonly status: OrderStatus;
  readonly payment: StoredPaymentState;
  readonly returns: ReturnState;
  readonly total: Money;
  readonly refundedMinor: number;
  readonly productId: string;
  readonly quantity: number;
  readonly placedAt: Date;
  readonly captureAt: Date;
  readonly cancelledAt: Date | null;
  readonly sequence: number;
  /** Events in the history: how many, and the first's and last's sequence. All 0 for an order older than the history. */
  readonly history: { readonly count: number; readonly first: number; readonly last: number };
}

/** What every service says of one order id, read at about the same time. */
export interface OrderFacts {
  readonly orderId: string;
  readonly purchase: PurchaseFacts | null;
  readonly order: PlacedOrderFacts | null;
  readonly payment: PaymentRecord | null;
  readonly reservation: ReservationRecord | null;
}

/** How a divergence is repaired by rule. Each is safe to repeat. */
export type Repair =
  | 'wake_purchase'
  | 'void_payment'
  | 'refund_charge'
  | 'wake_capture'
  | 'capture_payment'
  | 'wake_void'
  | 'release_stock'
  | 'settle_stock'
  | 'republish'
  /** The vault has been told to settle what differs at Stripe. */
  | 'wait_for_vault';

export type Detail = Readonly<Record<string, string | number | boolean | null>>;

/** A divergence of one order, as it is seen at one look. */
export interface Finding {
  readonly kind: FindingKind;
  /** States and amounts; nothing personal. */
  readonly detail: Detail;
  /** Null when only a person can say what is right. */
  readonly repair: Repair | null;
}

/** How long a divergence without a repair may last before it is a case: what is only late heals by itself. In milliseconds. */
export const findingKinds = {
  purchase_unfinished: 0,
  order_missing: 0,
  authorization_without_order: 0,
  charge_without_order: 0,
  stock_without_order: 0,
  sale_without_order: 0,
  outcome_differs: 0,
  history_gap: 0,
  order_without_payment: 0,
  amount_differs: 0,
  capture_overdue: 0,
  capture_missing: 0,
  confirmed_without_charge: 0,
  void_overdue: 0,
  cancelled_but_authorized: 0,
  cancelled_but_charged: 60_000,
  cancelled_not_refunded: 10 * 60_000,
  // The news of a refund comes through the topic.
  refund_differs: 120_000,
  stock_not_sold: 0,
  stock_returned_early: 60_000,
  stock_of_cancelled_order: 120_000,
  quantity_differs: 0,
  stock_ledger_differs: 0,
  stripe_differs: 60_000,
} as const satisfies Readonly<Record<string, number>>;

export type FindingKind = keyof typeof findingKinds;

/** Divergences of events, which are of no look at an order. */
export type EventCaseKind = 'outbox_stuck' | 'event_not_in_topic' | 'event_lost' | 'event_out_of_order';

export type CaseKind = FindingKind | EventCaseKind;

/** What is looked at once and what twice, and how patiently. */
export interface ReconcilerSettings {
  readonly intervalMs: number;
  /** Between two looks at the same divergence; nothing younger is looked at. */
  readonly graceMs: number;
  /** What an order's next step (capture, void, sale of its stock, publication) may take before it counts as late. */
  readonly patienceMs: number;
  /** What a purchase may take from its first call. */
  readonly purchasePatienceMs: number;
  /** How long a sweep over all orders waits after the one before. */
  readonly sweepEveryMs: number;
  /** Payments that are read again at Stripe in a minute at most. */
  readonly stripeReadsPerMinute: number;
  /** Whether a charge whose purchase failed is given back without asking anyone. */
  readonly refundsCharges: boolean;
}
