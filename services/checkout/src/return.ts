/** Returns: which pieces of an order can be sent back, until when, and what arrived. Pure decisions. */
import type { ReturnReason, ReturnRefusal } from '@vitrine/contracts/order-events';
import type { Order } from './order.ts';
import { checkLines, isClaiming, refundableOf, type LineQuantity, type Refund } from './refund.ts';

/** `withdrawn`: the buyer keeps the goods after all. `refunded`: the money went back, too. */
export type OrderReturnState = 'requested' | 'approved' | 'refused' | 'withdrawn' | 'received' | 'refunded';

/** Pieces that arrived at the seller. */
export interface ReceivedLine extends LineQuantity {
  /** Whether they can be sold again. */
  readonly restock: boolean;
}

/** A return of goods. */
export interface OrderReturn {
  /** `rtn_…` */
  readonly returnId: string;
  readonly orderId: string;
  readonly state: OrderReturnState;
  /** What the buyer sends back. */
  readonly lines: readonly LineQuantity[];
  readonly reason: ReturnReason;
  /** Set when it is refused. */
  readonly refusal: ReturnRefusal | null;
  /** What arrived; null before. */
  readonly received: readonly ReceivedLine[] | null;
  /** Whether the buyer gets shipping back, too; null before it is received. */
  readonly refundShipping: boolean | null;
  readonly requestedAt: Date;
  /** When it was approved or refused. */
  readonly decidedAt: Date | null;
  readonly receivedAt: Date | null;
}

/** What the parcels of an order say. */
export interface DeliveryFacts {
  /** What has been shipped and has not come back. */
  readonly shipped: readonly LineQuantity[];
  /** When the last of it arrived; null before. */
  readonly deliveredAt: Date | null;
  /** For how many days after that goods can be sent back, as it was when they were bought. */
  readonly windowDays: number;
}

/** Why nothing can be sent back. */
export type NotReturnableReason =
  /** Nothing was shipped, or the order was cancelled. */
  | 'NOT_SHIPPED'
  /** The market's time for returns is over, or it has none. */
  | 'WINDOW_CLOSED'
  /** Another return is under way. */
  | 'RETURN_OPEN'
  /** All pieces were sent back or refunded already. */
  | 'NOTHING_LEFT';

export interface Returnable {
  /** Until when a return can be asked for; null while not all of it has arrived. */
  readonly until: Date | null;
  /** Lines of which pieces can be sent back. Empty when there is a reason. */
  readonly lines: readonly LineQuantity[];
  readonly reason: NotReturnableReason | null;
}

const dayMs = 86_400_000;
const openStates: ReadonlySet<OrderReturnState> = new Set(['requested', 'approved', 'received']);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const pieces = (lines: readonly LineQuantity[], productId: string): number =>
  sum(lines.filter((line) => line.productId === productId).map(({ quantity }) => quantity));

/** What can be sent back of an order with these returns and refunds, all of them. */
export function returnableOf(
  order: Order,
  returns: readonly OrderReturn[],
  refunds: readonly Refund[],
  { shipped, deliveredAt, windowDays }: DeliveryFacts,
  now: Date,
): Returnable {
  const until = deliveredAt === null ? null : new Date(deliveredAt.getTime() + windowDays * dayMs);
  const not = (reason: NotReturnableReason): Returnable => ({ until, lines: [], reason });
  if (order.status !== 'confirmed' || shipped.length === 0) return not('NOT_SHIPPED');
  if (windowDays === 0 || (until !== null && now > until)) return not('WINDOW_CLOSED');
  if (returns.some(({ state }) => openStates.has(state))) return not('RETURN_OPEN');
  if (refundableOf(order, refunds).amountMinor === 0) return not('NOTHING_LEFT');
  const back = returns.filter(({ state }) => state === 'refunded').flatMap((returned) => returned.received ?? []);
  // What is refunded without being sent back is the buyer's to keep.
  const kept = refunds.filter((refund) => isClaiming(refund) && refund.returnId === null).flatMap(({ lines }) => lines);
  const lines = order.lines
    .map(({ productId, quantity }) => ({
      productId,
      quantity: Math.min(pieces(shipped, productId), quantity - pieces(kept, productId)) - pieces(back, productId),
    }))
    .filter(({ quantity }) => quantity > 0);
  return lines.length === 0 ? not('NOTHING_LEFT') : { until, lines, reason: null };
}

/** Whether a line asks for more pieces than there are in others. */
export const asksForMore = (asked: readonly LineQuantity[], available: readonly LineQuantity[]): boolean =>
  asked.some(({ productId, quantity }) => quantity > pieces(available, productId));

/** What is wrong with what is said to have arrived; null when nothing is. It can be less than was announced, not more. */
export function checkReceived(order: Order, returned: OrderReturn, received: readonly ReceivedLine[]): ReturnType<typeof checkLines> {
  const invalid = checkLines(order, received);
  if (invalid !== null) return invalid;
  const index = received.findIndex((line) => asksForMore([line], returned.lines));
  if (index === -1) return null;
  return { kind: 'invalid_input', path: ['lines', String(index), 'quantity'], message: 'More than the return is for cannot be received.' };
}
