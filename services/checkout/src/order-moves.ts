/**
 * The table of an order's legal moves: from which states each is possible, and what it changes. The statements that
 * change orders are guarded by it, so an illegal move changes nothing.
 */
import type { DisputeState, FulfilmentState, OrderSnapshot, ReturnState } from '@vitrine/contracts/order-events';

export type OrderStatus = OrderSnapshot['status'];

/**
 * What became of the money, as checkout drives it. `capturing` and `voiding`: decided and asked for, so the other can not
 * happen any more. How much of it went back is `refunded` of the order.
 */
export type StoredPaymentState = 'authorized' | 'capturing' | 'captured' | 'voiding' | 'voided';

export interface OrderStates {
  readonly status: OrderStatus;
  readonly payment: StoredPaymentState;
  readonly fulfilment: FulfilmentState;
  readonly returns: ReturnState;
  readonly dispute: DisputeState;
}

export interface Move {
  /** States that it needs; a state that is not named does not matter. */
  readonly from: { readonly [State in keyof OrderStates]?: readonly OrderStates[State][] };
  readonly to: Partial<OrderStates>;
}

export const orderMoves = {
  /** The buyer takes the order back within the undo window. */
  undo: { from: { status: ['placed'], payment: ['authorized'] }, to: { status: 'cancelled', payment: 'voiding' } },
  /** The undo window has closed: from here on the order cannot be undone. */
  begin_capture: { from: { status: ['placed'], payment: ['authorized', 'capturing'] }, to: { payment: 'capturing' } },
  confirm: { from: { status: ['placed'], payment: ['capturing'] }, to: { status: 'confirmed', payment: 'captured' } },
  fail_capture: { from: { status: ['placed'], payment: ['capturing'] }, to: { status: 'cancelled', payment: 'voiding' } },
  void_payment: { from: { status: ['cancelled'], payment: ['voiding'] }, to: { payment: 'voided' } },
  /**
   * By the buyer, the seller, or because nothing was shipped in time; what was captured is refunded. Not while goods that
   * came back are the matter of a return, which refunds and restocks them itself.
   */
  cancel: {
    from: { status: ['confirmed'], payment: ['captured'], fulfilment: ['unshipped'], returns: ['none', 'refused'] },
    to: { status: 'cancelled' },
  },
  ship_a_part: {
    from: { status: ['confirmed'], fulfilment: ['unshipped', 'partially_shipped'] },
    to: { fulfilment: 'partially_shipped' },
  },
  ship_the_rest: { from: { status: ['confirmed'], fulfilment: ['unshipped', 'partially_shipped'] }, to: { fulfilment: 'shipped' } },
  /** A parcel came back to the seller: its pieces can be shipped again. */
  come_back_in_part: {
    from: { status: ['confirmed'], fulfilment: ['partially_shipped', 'shipped'] },
    to: { fulfilment: 'partially_shipped' },
  },
  come_back_whole: { from: { status: ['confirmed'], fulfilment: ['partially_shipped', 'shipped'] }, to: { fulfilment: 'unshipped' } },
  deliver: { from: { status: ['confirmed'], fulfilment: ['shipped'] }, to: { fulfilment: 'delivered' } },
  /** What changes none of the states: a refund's progress, news of a parcel. */
  note: { from: {}, to: {} },
  /** Of the delivered, or of what is shipped; another one after the one before is over. */
  request_return: {
    from: { status: ['confirmed'], fulfilment: ['partially_shipped', 'shipped', 'delivered'], returns: ['none', 'refused', 'refunded'] },
    to: { returns: 'requested' },
  },
  approve_return: { from: { returns: ['requested'] }, to: { returns: 'approved' } },
  refuse_return: { from: { returns: ['requested'] }, to: { returns: 'refused' } },
  /** The buyer keeps the goods after all. */
  withdraw_return: { from: { returns: ['requested', 'approved'] }, to: { returns: 'none' } },
  receive_return: { from: { returns: ['approved'] }, to: { returns: 'received' } },
  /** Received, when nothing is left to refund. */
  receive_refunded_return: { from: { returns: ['approved'] }, to: { returns: 'refunded' } },
  finish_return: { from: { returns: ['received'] }, to: { returns: 'refunded' } },
  /** The card's bank has sent the return's money back. */
  reopen_return: { from: { returns: ['refunded'] }, to: { returns: 'received' } },
  open_dispute: { from: {}, to: { dispute: 'open' } },
  win_dispute: { from: {}, to: { dispute: 'won' } },
  lose_dispute: { from: {}, to: { dispute: 'lost' } },
} as const satisfies Readonly<Record<string, Move>>;

export type MoveName = keyof typeof orderMoves;

/** The states after a move; null when it is not legal from these. */
export function moveStates(states: OrderStates, name: MoveName): OrderStates | null {
  const { from, to }: Move = orderMoves[name];
  const isLegal = (Object.keys(from) as (keyof OrderStates)[]).every((key) => {
    const allowed: readonly string[] = from[key] ?? [];
    return allowed.includes(states[key]);
  });
  if (!isLegal) return null;
  const { status, payment, fulfilment, returns, dispute } = states;
  return { status, payment, fulfilment, returns, dispute, ...to };
}
