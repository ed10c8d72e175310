/** What captures, voids and undos keep: an interface, so that they can be run against a simulated store as well. */
import type { IdempotencyRefusal, IdempotentCall } from '@vitrine/runtime/idempotency';
import type { Order } from './order.ts';
import type { OrderChange } from './store/orders.ts';

/** An order that is due for a call to payment-vault, leased to the caller. */
export interface DueOrder {
  readonly order: Order;
  /** How often it was tried, this time included. */
  readonly attempts: number;
}

/** What a caller's wish to change an order comes to. */
export interface OnceOnly<Result> {
  /** The key belongs to the caller and the operation; a repeat gets the stored result. */
  readonly call: IdempotentCall;
  readonly orderId: string;
  /** Sees the order as it is, under its lock. What it refuses changes nothing. */
  readonly decide: (order: Order) => { readonly change: OrderChange } | { readonly refusal: Result };
  readonly done: Result;
  /** When there is no such order. */
  readonly missing: Result;
  /** A result for which this says no leaves the key free. */
  readonly shouldStore: (result: Result) => boolean;
}

export interface OrderStore {
  /**
   * Takes placed orders whose undo window has closed. From here on they cannot be undone: of an undo and the close exactly
   * one wins, on the order's row.
   */
  claimToCapture(limit: number): Promise<DueOrder[]>;
  /** Takes cancelled orders whose authorization is still to be let go. */
  claimToVoid(limit: number): Promise<DueOrder[]>;
  /** Puts the next try of a capture or a void off, and writes down why. */
  postpone(due: DueOrder, step: 'capture' | 'void', seconds: number, reason: string): Promise<void>;
  /** Writes order, history and event together; answers whether the order still had the version before. */
  save(change: OrderChange): Promise<boolean>;
  /** Changes an order once for a key: key, result, order, history and event are written together. */
  changeOnce<Result>(wish: OnceOnly<Result>): Promise<Result | IdempotencyRefusal>;
}
