import { describe, expect, test } from '@jest/globals';
import { moveStates, orderMoves, type MoveName, type OrderStates } from '../src/order-moves.ts';

const domains = {
  status: ['placed', 'confirmed', 'cancelled'],
  payment: ['authorized', 'capturing', 'captured', 'voiding', 'voided'],
  fulfilment: ['unshipped', 'partially_shipped', 'shipped', 'delivered'],
  returns: ['none', 'requested', 'approved', 'refused', 'received', 'refunded'],
  dispute: ['none', 'open', 'won', 'lost'],
} as const satisfies { readonly [State in keyof OrderStates]: readonly OrderStates[State][] };

const everyState: OrderStates[] = domains.status.flatMap((status) =>
  domains.payment.flatMap((payment) =>
    domains.fulfilment.flatMap((fulfilment) =>
      domains.returns.flatMap((returns) => domains.dispute.map((dispute) => ({ status, payment, fulfilment, returns, dispute }))),
    ),
  ),
);

const isOneOf = (value: string, ...allowed: readonly string[]): boolean => allowed.includes(value);

/** What each move needs and does, told a second time: a slip in the table shows here. */
const expected: Readonly<Record<MoveName, { readonly legal: (states: OrderStates) => boolean; readonly after: Partial<OrderStates> }>> = {
  undo: {
    legal: ({ status, payment }) => status === 'placed' && payment === 'authorized',
    after: { status: 'cancelled', payment: 'voiding' },
  },
  begin_capture: {
    legal: ({ status, payment }) => status === 'placed' && isOneOf(payment, 'authorized', 'capturing'),
    after: { payment: 'capturing' },
  },
  confirm: {
    legal: ({ status, payment }) => status === 'placed' && payment === 'capturing',
    after: { status: 'confirmed', payment: 'captured' },
  },
  fail_capture: {
    legal: ({ status, payment }) => status === 'placed' && payment === 'capturing',
    after: { status: 'cancelled', payment: 'voiding' },
  },
  void_payment: { legal: ({ status, payment }) => status === 'cancelled' && payment === 'voiding', after: { payment: 'voided' } },
  cancel: {
    legal: ({ status, payment, fulfilment, returns }) =>
      status === 'confirmed' && payment === 'captured' && fulfilment === 'unshipped' && isOneOf(returns, 'none', 'refused'),
    after: { status: 'cancelled' },
  },
  ship_a_part: {
    legal: ({ status, fulfilment }) => status === 'confirmed' && isOneOf(fulfilment, 'unshipped', 'partially_shipped'),
    after: { fulfilment: 'partially_shipped' },
  },
  ship_the_rest: {
    legal: ({ status, fulfilment }) => status === 'confirmed' && isOneOf(fulfilment, 'unshipped', 'partially_shipped'),
    after: { fulfilment: 'shipped' },
  },
  come_back_in_part: {
    legal: ({ status, fulfilment }) => status === 'confirmed' && isOneOf(fulfilment, 'partially_shipped', 'shipped'),
    after: { fulfilment: 'partially_shipped' },
  },
  come_back_whole: {
    legal: ({ status, fulfilment }) => status === 'confirmed' && isOneOf(fulfilment, 'partially_shipped', 'shipped'),
    after: { fulfilment: 'unshipped' },
  },
  deliver: { legal: ({ status, fulfilment }) => status === 'confirmed' && fulfilment === 'shipped', after: { fulfilment: 'delivered' } },
  note: { legal: () => true, after: {} },
  request_return: {
    legal: ({ status, fulfilment, returns }) =>
      status === 'confirmed' && fulfilment !== 'unshipped' && isOneOf(returns, 'none', 'refused', 'refunded'),
    after: { returns: 'requested' },
  },
  approve_return: { legal: ({ returns }) => returns === 'requested', after: { returns: 'approved' } },
  refuse_return: { legal: ({ returns }) => returns === 'requested', after: { returns: 'refused' } },
  withdraw_return: { legal: ({ returns }) => isOneOf(returns, 'requested', 'approved'), after: { returns: 'none' } },
  receive_return: { legal: ({ returns }) => returns === 'approved', after: { returns: 'received' } },
  receive_refunded_return: { legal: ({ returns }) => returns === 'approved', after: { returns: 'refunded' } },
  finish_return: { legal: ({ returns }) => returns === 'received', after: { returns: 'refunded' } },
  reopen_return: { legal: ({ returns }) => returns === 'refunded', after: { returns: 'received' } },
  open_dispute: { legal: () => true, after: { dispute: 'open' } },
  win_dispute: { legal: () => true, after: { dispute: 'won' } },
  lose_dispute: { legal: () => true, after: { dispute: 'lost' } },
};
const moves = Object.keys(orderMoves) as MoveName[];

describe('the table of moves', () => {
  test('is told here completely', () => {
    expect(Object.keys(expected).toSorted()).toEqual(moves.toSorted());
    expect(everyState).toHaveLength(1_440);
  });

  test.each(moves)('%s is legal from exactly the states that allow it, and changes nothing else', (move) => {
    const { legal, after } = expected[move];
    for (const states of everyState) expect(moveStates(states, move)).toEqual(legal(states) ? { ...states, ...after } : null);
  });
});

describe('from a placed order', () => {
  const nameOf = (states: OrderStates): string => Object.values(states).join(' ');
  const reachable = new Map<string, OrderStates>();
  const open: OrderStates[] = [{ status: 'placed', payment: 'authorized', fulfilment: 'unshipped', returns: 'none', dispute: 'none' }];
  for (let states = open.pop(); states !== undefined; states = open.pop()) {
    if (reachable.has(nameOf(states))) continue;
    reachable.set(nameOf(states), states);
    for (const move of moves) {
      const next = moveStates(states, move);
      if (next !== null) open.push(next);
    }
  }
  const found = [...reachable.values()];
  const brokenBy = (rule: (states: OrderStates) => boolean): OrderStates[] => found.filter((states) => !rule(states));

  test.each<[string, (states: OrderStates) => boolean]>([
    ['no order is final without having been charged', ({ status, payment }) => status !== 'confirmed' || payment === 'captured'],
    ['nothing is shipped of an order that is not final', ({ status, fulfilment }) => fulfilment === 'unshipped' || status === 'confirmed'],
    [
      'no authorization is let go of an order that lives',
      ({ status, payment }) => !isOneOf(payment, 'voiding', 'voided') || status === 'cancelled',
    ],
    [
      'no order that is only placed is charged',
      ({ status, payment }) => status !== 'placed' || isOneOf(payment, 'authorized', 'capturing'),
    ],
    [
      'a cancelled order was let go or has to be refunded',
      ({ status, payment }) => status !== 'cancelled' || isOneOf(payment, 'voiding', 'voided', 'captured'),
    ],
    ['no cancelled order has a return under way', ({ status, returns }) => status !== 'cancelled' || isOneOf(returns, 'none', 'refused')],
  ])('%s', (_name, rule) => {
    expect(brokenBy(rule)).toEqual([]);
  });

  test('every value of every state is reached', () => {
    for (const state of Object.keys(domains) as (keyof OrderStates)[])
      expect(new Set(found.map((states) => states[state])).size).toBe(domains[state].length);
  });
});
