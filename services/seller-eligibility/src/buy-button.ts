/** The button as one viewer sees it: the decision about the purchase, then whether the product can be had. */
import type { PurchaseDecision, RefusalReason } from './decision.ts';

const availabilities = ['IN_STOCK', 'LOW_STOCK', 'SOLD_OUT', 'DISCONTINUED'] as const;
export type Availability = (typeof availabilities)[number];

/** What catalog tells of a product; a client can ask for an entity without it. */
export interface ProductReference {
  readonly id: string;
  readonly sellerId?: string | null;
  readonly availability?: string | null;
}

/** Whether catalog has told of an availability that is known here. */
export const isAvailability = (value: unknown): value is Availability => availabilities.some((availability) => availability === value);

export interface BuyButton {
  readonly available: boolean;
  /** Null when available. */
  readonly reason: RefusalReason | 'SOLD_OUT' | 'DISCONTINUED' | null;
  /** For the viewer; null when available. */
  readonly message: string | null;
}

/** Whether to draw a button that can be tapped, and if not, why. */
export function buyButtonOf(decision: PurchaseDecision, availability: Availability): BuyButton {
  if (!decision.allowed) return { available: false, reason: decision.reason, message: decision.message };
  if (availability === 'SOLD_OUT') return { available: false, reason: 'SOLD_OUT', message: 'Sold out.' };
  if (availability === 'DISCONTINUED') return { available: false, reason: 'DISCONTINUED', message: 'This product is no longer offered.' };
  return { available: true, reason: null, message: null };
}
