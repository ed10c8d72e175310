import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { cancelOrderAsSeller } from '../src/cancel-order.ts';
import { approveReturn, receiveReturn, refuseReturn } from '../src/decide-return.ts';
import type { Deps } from '../src/deps.ts';
import { findReturnable } from '../src/find-returnable.ts';
import type { Order } from '../src/order.ts';
import { refundOrder, type RefundActor } from '../src/request-refund.ts';
import { requestReturn, withdrawReturn } from '../src/request-return.ts';
import { settleRefunds } from '../src/settle-refunds.ts';
import { findRefundsOf } from '../src/store/refunds.ts';
import { findReturnsOf } from '../src/store/returns.ts';
import { deliveredOrder, orderOf, paidOrder, ship } from './paid-order.ts';
import { productId, scriptServices, sellerId, type ScriptedServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

let database: TestDatabase;
let pool: Pool;
let services: ScriptedServices;
let deps: Deps;

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 24, name: 'test', logger });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => {
  services = scriptServices();
  deps = createTestDeps(pool, services);
});

const seller: RefundActor = { role: 'seller', accountId: newId('usr'), sellerId };
const otherSeller: RefundActor = { role: 'seller', accountId: newId('usr'), sellerId: newId('sel') };
const operator: RefundActor = { role: 'operator', accountId: newId('usr') };

const ask = (order: Order, quantity = 1, overrides: Partial<Parameters<typeof requestReturn>[1]> = {}) =>
  requestReturn(deps, {
    buyerId: order.buyerId,
    idempotencyKey: randomUUID(),
    orderId: order.orderId,
    lines: [{ productId, quantity }],
    reason: 'DOES_NOT_FIT',
    expectedVersion: null,
    ...overrides,
  });
async function asked(order: Order, quantity = 1): Promise<string> {
  const result = await ask(order, quantity);
  if (result.kind !== 'requested') throw new Error(`not requested: ${JSON.stringify(result)}`);
  return result.returnId;
}
const decision = (returnId: string, actor: RefundActor = seller, idempotencyKey = randomUUID()) => ({
  actor,
  idempotencyKey,
  returnId,
  expectedVersion: null,
});
const approve = (returnId: string, actor: RefundActor = seller) => approveReturn(deps, decision(returnId, actor));
const refuse = (returnId: string, actor: RefundActor = seller) => refuseReturn(deps, { ...decision(returnId, actor), reason: 'USED' });
const receive = (returnId: string, quantity = 1, overrides: Partial<Parameters<typeof receiveReturn>[1]> = {}) =>
  receiveReturn(deps, {
    ...decision(returnId),
    lines: [{ productId, quantity, restock: true }],
    refundShipping: false,
    ...overrides,
  });
const withdraw = (order: Order, returnId: string, accountId = order.buyerId) =>
  withdrawReturn(deps, { accountId, idempotencyKey: randomUUID(), returnId, expectedVersion: null });
const returnsOf = ({ orderId }: Order) => findReturnsOf(pool, [orderId]);
const refundsOf = ({ orderId }: Order) => findRefundsOf(pool, [orderId]);
const typesOf = async ({ orderId }: Order): Promise<string[]> =>
  (await pool.query<{ type: string }>('select type from outbox where key = $1 order by position', [orderId])).rows.map(({ type }) => type);

describe('a return', () => {
  test('is asked for, taken, received and refunded, and each step is told once', async () => {
    const order = await deliveredOrder(deps, 2);
    const returnId = await asked(order);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ returns: 'requested' });
    expect(await approve(returnId)).toMatchObject({ kind: 'changed' });
    expect(await receive(returnId, 1, { refundShipping: true })).toMatchObject({ kind: 'changed' });
    expect(await orderOf(deps, order.orderId)).toMatchObject({ returns: 'received', refundedMinor: 0 });
    await settleRefunds(deps);
    // One of two pieces, half of the tax of 2.61, and shipping.
    expect(await orderOf(deps, order.orderId)).toMatchObject({ returns: 'refunded', refundedMinor: 1_800 + 131 + 499 });
    expect(await returnsOf(order)).toMatchObject([{ state: 'refunded', received: [{ productId, quantity: 1, restock: true }] }]);
    expect((await typesOf(order)).slice(-4)).toEqual([
      'order.return_requested',
      'order.return_approved',
      'order.return_received',
      'order.refunded',
    ]);
    const { rows } = await pool.query<{ payload: object }>(`select payload from outbox where key = $1 and type = 'order.return_received'`, [
      order.orderId,
    ]);
    expect(rows[0]?.payload).toMatchObject({
      return: { returnId, reason: 'DOES_NOT_FIT' },
      received: [{ productId, quantity: 1, restock: true }],
    });
  });

  test('can follow another one until every piece is back, and their refunds add up to the cent', async () => {
    const order = await deliveredOrder(deps, 3);
    for (const quantity of [1, 2]) {
      const returnId = await asked(order, quantity);
      await approve(returnId);
      await receive(returnId, quantity);
      await settleRefunds(deps);
    }
    expect(await orderOf(deps, order.orderId)).toMatchObject({
      refundedMinor: order.subtotal.amountMinor + order.tax.amountMinor,
      returns: 'refunded',
    });
    expect(await ask(order)).toMatchObject({ kind: 'not_returnable', reason: 'NOTHING_LEFT' });
  });

  test('that is refused can be asked for again', async () => {
    const order = await deliveredOrder(deps);
    const returnId = await asked(order);
    expect(await refuse(returnId)).toMatchObject({ kind: 'changed' });
    expect(await orderOf(deps, order.orderId)).toMatchObject({ returns: 'refused' });
    expect(await returnsOf(order)).toMatchObject([{ state: 'refused', refusal: 'USED' }]);
    await asked(order);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ returns: 'requested' });
  });

  test('is withdrawn by its buyer until the goods have arrived, then not', async () => {
    const order = await deliveredOrder(deps, 2);
    const first = await asked(order);
    await approve(first);
    expect(await withdraw(order, first, newId('usr'))).toMatchObject({ kind: 'not_found' });
    expect(await withdraw(order, first)).toMatchObject({ kind: 'changed' });
    expect(await orderOf(deps, order.orderId)).toMatchObject({ returns: 'none' });
    const second = await asked(order);
    await approve(second);
    await receive(second);
    expect(await withdraw(order, second)).toMatchObject({ kind: 'wrong_state', state: 'received' });
  });

  test('of which less arrives than was announced is refunded as far as it arrived', async () => {
    const order = await deliveredOrder(deps, 3);
    const returnId = await asked(order, 3);
    await approve(returnId);
    expect(await receive(returnId, 4)).toMatchObject({ kind: 'invalid_input', path: ['lines', '0', 'quantity'] });
    await receive(returnId, 2);
    expect(await refundsOf(order)).toMatchObject([{ kind: 'return', returnId, lines: [{ quantity: 2, amountMinor: 3_600 }] }]);
  });

  test('of what is refunded meanwhile is over when it arrives, and nothing is refunded twice', async () => {
    const order = await deliveredOrder(deps);
    const returnId = await asked(order);
    await approve(returnId);
    await refundOrder(deps, {
      actor: seller,
      idempotencyKey: randomUUID(),
      orderId: order.orderId,
      refund: { kind: 'full' },
      reason: 'REQUESTED_BY_BUYER',
      expectedVersion: null,
    });
    expect(await receive(returnId)).toMatchObject({ kind: 'changed' });
    expect(await orderOf(deps, order.orderId)).toMatchObject({ returns: 'refunded' });
    expect(await refundsOf(order)).toHaveLength(1);
  });

  test('whose refund fails stays received, and the refund can be asked for again, once', async () => {
    const order = await deliveredOrder(deps);
    const returnId = await asked(order);
    await approve(returnId);
    await receive(returnId);
    const again = () =>
      refundOrder(deps, {
        actor: operator,
        idempotencyKey: randomUUID(),
        orderId: order.orderId,
        refund: { kind: 'return', returnId },
        reason: 'RETURNED',
        expectedVersion: null,
      });
    expect(await again()).toMatchObject({ kind: 'invalid_input', path: ['returnId'] });
    services.answers.refund = async () => ({ status: 'failed', reason: 'CARD_GONE' });
    await settleRefunds(deps);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ returns: 'received', refundedMinor: 0 });
    delete services.answers.refund;
    const results = await Promise.all([again(), again(), again()]);
    expect(results.filter(({ kind }) => kind === 'requested')).toHaveLength(1);
    await settleRefunds(deps);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ returns: 'refunded', refundedMinor: 1_931 });
  });
});

describe('what can be sent back', () => {
  const returnable = async (order: Order) => (await findReturnable(deps, pool, [await orderOf(deps, order.orderId)]))[0];

  test('is nothing of an order that is not shipped', async () => {
    const order = await paidOrder(deps);
    expect(await ask(order)).toMatchObject({ kind: 'not_returnable', reason: 'NOT_SHIPPED' });
    expect(await returnable(order)).toEqual({ until: null, lines: [], reason: 'NOT_SHIPPED' });
  });

  test('is what is shipped, and less what was refunded without coming back', async () => {
    const order = await paidOrder(deps, 5);
    await ship(deps, order.orderId, 3);
    expect(await returnable(order)).toEqual({ until: null, lines: [{ productId, quantity: 3 }], reason: null });
    await refundOrder(deps, {
      actor: seller,
      idempotencyKey: randomUUID(),
      orderId: order.orderId,
      refund: { kind: 'lines', lines: [{ productId, quantity: 4 }] },
      reason: 'NOT_DELIVERED',
      expectedVersion: null,
    });
    expect(await returnable(order)).toMatchObject({ lines: [{ productId, quantity: 1 }] });
    expect(await ask(order, 2)).toMatchObject({ kind: 'not_returnable', reason: 'TOO_MANY', lines: [{ productId, quantity: 1 }] });
  });

  test('is nothing after the days that the sale gave, or the configuration where it gave none', async () => {
    const order = await deliveredOrder(deps);
    const at = (days: number) => ({ ...deps, clock: { ...deps.clock, now: () => new Date(Date.now() + days * 86_400_000) } });
    const reasonAt = async (days: number) => (await findReturnable(at(days), pool, [await orderOf(deps, order.orderId)]))[0]?.reason;
    expect([await reasonAt(29), await reasonAt(31)]).toEqual([null, 'WINDOW_CLOSED']);
    expect(await requestReturn(at(31), { ...askCommand(order) })).toMatchObject({ kind: 'not_returnable', reason: 'WINDOW_CLOSED' });

    const long = await deliveredOrder(deps);
    await withTerms(long, 90);
    const longReasonAt = async (days: number) => (await findReturnable(at(days), pool, [await orderOf(deps, long.orderId)]))[0]?.reason;
    expect([await longReasonAt(89), await longReasonAt(91)]).toEqual([null, 'WINDOW_CLOSED']);
    const never = await deliveredOrder(deps);
    await withTerms(never, 0);
    expect(await ask(never)).toMatchObject({ kind: 'not_returnable', reason: 'WINDOW_CLOSED' });
  });

  const askCommand = (order: Order) => ({
    buyerId: order.buyerId,
    idempotencyKey: randomUUID(),
    orderId: order.orderId,
    lines: [{ productId, quantity: 1 }],
    reason: 'OTHER' as const,
    expectedVersion: null,
  });
  /** What a quote said cannot be changed afterwards, except by a test. */
  async function withTerms({ orderId }: Order, returnWindowDays: number): Promise<void> {
    await pool.query('alter table purchases disable trigger purchases_keep_quote');
    await pool.query(`update purchases set quote = jsonb_set(quote, '{terms}', $2) where order_id = $1`, [
      orderId,
      JSON.stringify({ returnWindowDays }),
    ]);
    await pool.query('alter table purchases enable trigger purchases_keep_quote');
  }

  test('is nothing while another return is under way, whoever asks at the same time', async () => {
    const order = await deliveredOrder(deps, 3);
    const results = await Promise.all(Array.from({ length: 10 }, () => ask(order)));
    expect(results.filter(({ kind }) => kind === 'requested')).toHaveLength(1);
    expect(results.filter((result) => result.kind === 'not_returnable' && result.reason === 'RETURN_OPEN')).toHaveLength(9);
  });
});

describe('who may do what', () => {
  test("nobody but its buyer asks; nobody but the order's seller and network staff decide", async () => {
    const order = await deliveredOrder(deps, 2);
    expect(await ask(order, 1, { buyerId: newId('usr') })).toMatchObject({ kind: 'not_found' });
    const returnId = await asked(order);
    for (const attempt of [approve, refuse]) expect(await attempt(returnId, otherSeller)).toEqual({ kind: 'not_found', returnId });
    expect(await approve(newId('rtn'))).toMatchObject({ kind: 'not_found' });
    expect(await approve("rtn_' or true")).toMatchObject({ kind: 'not_found' });
    expect(await approve(returnId, operator)).toMatchObject({ kind: 'changed' });
    expect(await receive(returnId, 1, { actor: otherSeller })).toMatchObject({ kind: 'not_found' });
    const { rows } = await pool.query(`select cause from order_history where order_id = $1 and step = 'order.return_approved'`, [
      order.orderId,
    ]);
    expect(rows).toEqual([{ cause: 'operator' }]);
  });

  test('steps out of order are refused, and say how far the return has got', async () => {
    const order = await deliveredOrder(deps);
    const returnId = await asked(order);
    expect(await receive(returnId)).toMatchObject({ kind: 'wrong_state', state: 'requested' });
    await refuse(returnId);
    expect(await approve(returnId)).toMatchObject({ kind: 'wrong_state', state: 'refused' });
    expect(await receive(returnId)).toMatchObject({ kind: 'wrong_state', state: 'refused' });
    expect(await refundsOf(order)).toEqual([]);
  });

  test('an order that has changed since the caller looked is left alone', async () => {
    const order = await deliveredOrder(deps);
    expect(await ask(order, 1, { expectedVersion: order.sequence - 1 })).toEqual({
      kind: 'version_changed',
      currentVersion: order.sequence,
    });
    const returnId = await asked(order);
    expect(await approveReturn(deps, { ...decision(returnId), expectedVersion: order.sequence })).toEqual({
      kind: 'version_changed',
      currentVersion: order.sequence + 1,
    });
  });
});

describe('at once', () => {
  test('a return that is asked for twice with one key is asked for once', async () => {
    const order = await deliveredOrder(deps, 2);
    const idempotencyKey = randomUUID();
    const first = await ask(order, 1, { idempotencyKey });
    expect(await ask(order, 1, { idempotencyKey })).toEqual(first);
    expect(await ask(order, 2, { idempotencyKey })).toMatchObject({ kind: 'idempotency_key_reused' });
    expect(await returnsOf(order)).toHaveLength(1);
  });

  test('a return is received once, by however many', async () => {
    const order = await deliveredOrder(deps);
    const returnId = await asked(order);
    await approve(returnId);
    const results = await Promise.all(Array.from({ length: 10 }, () => receive(returnId)));
    expect(results.filter(({ kind }) => kind === 'changed')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'wrong_state')).toHaveLength(9);
    expect(await refundsOf(order)).toHaveLength(1);
    expect((await typesOf(order)).filter((type) => type === 'order.return_received')).toHaveLength(1);
  });

  test('of taking, refusing and withdrawing exactly one wins, or withdrawing after taking', async () => {
    const order = await deliveredOrder(deps);
    const returnId = await asked(order);
    const results = await Promise.all([approve(returnId), refuse(returnId), withdraw(order, returnId)]);
    const won = results.filter(({ kind }) => kind === 'changed').length;
    const [end] = await returnsOf(order);
    expect(won).toBe(results[0]?.kind === 'changed' && results[2]?.kind === 'changed' ? 2 : 1);
    expect(['approved', 'refused', 'withdrawn']).toContain(end?.state);
  });

  test('refunds and a received return never give back more than was charged', async () => {
    const order = await deliveredOrder(deps, 2);
    const returnId = await asked(order, 2);
    await approve(returnId);
    const refund = () =>
      refundOrder(deps, {
        actor: seller,
        idempotencyKey: randomUUID(),
        orderId: order.orderId,
        refund: { kind: 'lines', lines: [{ productId, quantity: 1 }] },
        reason: 'REQUESTED_BY_BUYER',
        expectedVersion: null,
      });
    await Promise.all([receive(returnId, 2, { refundShipping: true }), refund(), refund(), refund()]);
    while ((await settleRefunds(deps)) > 0);
    const { refundedMinor, total, subtotal, tax, returns } = await orderOf(deps, order.orderId);
    expect(refundedMinor).toBeLessThanOrEqual(total.amountMinor);
    expect(refundedMinor).toBeGreaterThanOrEqual(subtotal.amountMinor + tax.amountMinor);
    expect(returns).toBe('refunded');
  });

  test('a cancellation and refunds of an order together give back exactly what was charged', async () => {
    const order = await paidOrder(deps, 3);
    const refund = () =>
      refundOrder(deps, {
        actor: seller,
        idempotencyKey: randomUUID(),
        orderId: order.orderId,
        refund: { kind: 'goodwill', amount: { amountMinor: 1_000, currency: 'USD' } },
        reason: 'REQUESTED_BY_BUYER',
        expectedVersion: null,
      });
    const cancelling = cancelOrderAsSeller(deps, {
      sellerId,
      accountId: newId('usr'),
      idempotencyKey: randomUUID(),
      orderId: order.orderId,
      reason: 'OUT_OF_STOCK',
      expectedVersion: null,
    });
    const [cancelled] = await Promise.all([cancelling, refund(), refund(), refund()]);
    expect(cancelled).toMatchObject({ kind: 'cancelled' });
    while ((await settleRefunds(deps)) > 0);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ status: 'cancelled', refundedMinor: order.total.amountMinor });
    expect(await ask(order)).toMatchObject({ kind: 'not_returnable', reason: 'NOT_SHIPPED' });
  });
});
