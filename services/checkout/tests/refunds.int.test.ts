import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPool, withTransaction, type Pool } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import type { Deps } from '../src/deps.ts';
import { RetryableError } from '@vitrine/runtime/errors';
import { refundOrder, quoteRefund, type AskedRefund, type RefundActor } from '../src/request-refund.ts';
import { settleRefunds } from '../src/settle-refunds.ts';
import { lockOrder } from '../src/store/orders.ts';
import { findRefundsOf, insertRefund, refundTheRest, type NewRefund } from '../src/store/refunds.ts';
import { orderOf, paidOrder, placedOrder } from './paid-order.ts';
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

const newRefund = (orderId: string, amountMinor: number): NewRefund => ({
  orderId,
  refundId: newId('ref'),
  kind: 'goodwill',
  amountMinor,
  lines: [],
  reason: 'REQUESTED_BY_BUYER',
  requestedBy: 'system',
});
const claimedOf = async (orderId: string): Promise<number | undefined> =>
  (await pool.query<{ refund_claimed_minor: number }>('select refund_claimed_minor from orders where order_id = $1', [orderId])).rows[0]
    ?.refund_claimed_minor;

describe('the database', () => {
  test('refuses a refund that is more than what is left, whoever forgot to look', async () => {
    const { orderId, total } = await paidOrder(deps);
    await withTransaction(pool, (transaction) => insertRefund(transaction, newRefund(orderId, total.amountMinor - 1)));
    await expect(withTransaction(pool, (transaction) => insertRefund(transaction, newRefund(orderId, 2)))).rejects.toMatchObject({
      constraint: 'orders_never_refund_above_total',
    });
    await withTransaction(pool, (transaction) => insertRefund(transaction, newRefund(orderId, 1)));
    expect(await claimedOf(orderId)).toBe(total.amountMinor);
  });

  test('lets twenty refunds at once take what there is and no more, though nobody looks first', async () => {
    const { orderId, total } = await paidOrder(deps);
    const each = Math.ceil(total.amountMinor / 7);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => withTransaction(pool, (transaction) => insertRefund(transaction, newRefund(orderId, each)))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
    expect(await claimedOf(orderId)).toBe(6 * each);
  });

  test('frees what a refund that came to nothing had taken', async () => {
    const { orderId, total } = await paidOrder(deps);
    const refund = newRefund(orderId, total.amountMinor);
    await withTransaction(pool, (transaction) => insertRefund(transaction, refund));
    await pool.query(`update refunds set status = 'failed', failure = 'CARD_GONE' where refund_id = $1`, [refund.refundId]);
    expect(await claimedOf(orderId)).toBe(0);
  });

  test('keeps what a refund asks for as it was written', async () => {
    const { orderId } = await paidOrder(deps);
    const refund = newRefund(orderId, 100);
    await withTransaction(pool, (transaction) => insertRefund(transaction, refund));
    await expect(pool.query('update refunds set amount_minor = 1 where refund_id = $1', [refund.refundId])).rejects.toThrow(
      'never changes',
    );
    await expect(pool.query('delete from refunds where refund_id = $1', [refund.refundId])).rejects.toThrow('never changes');
  });
});

test('the rest of an order is asked for once, in parts that add up', async () => {
  const { orderId, total, shipping } = await paidOrder(deps, 3);
  const ask = () =>
    withTransaction(pool, async (transaction) => {
      const order = await lockOrder(transaction, orderId);
      if (order === null) throw new Error('gone');
      return refundTheRest(transaction, order, { kind: 'cancellation', reason: 'CANCELLED_BY_SELLER', requestedBy: 'seller' });
    });
  const ids = await Promise.all([ask(), ask(), ask()]);
  expect(ids.filter((id) => id !== null)).toHaveLength(1);
  const [refund] = await findRefundsOf(pool, [orderId]);
  expect(refund).toMatchObject({ amountMinor: total.amountMinor, shippingMinor: shipping.amountMinor, status: 'requested' });
  const [line] = refund?.lines ?? [];
  expect((line?.amountMinor ?? 0) + (line?.taxMinor ?? 0) + shipping.amountMinor).toBe(total.amountMinor);
});

const seller: RefundActor = { role: 'seller', accountId: newId('usr'), sellerId };
const operator: RefundActor = { role: 'operator', accountId: newId('usr') };

const ask = (orderId: string, refund: AskedRefund, overrides: Partial<Parameters<typeof refundOrder>[1]> = {}) =>
  refundOrder(deps, {
    actor: seller,
    idempotencyKey: randomUUID(),
    orderId,
    refund,
    reason: 'REQUESTED_BY_BUYER',
    expectedVersion: null,
    ...overrides,
  });
const goodwill = (amountMinor: number, currency = 'USD'): AskedRefund => ({ kind: 'goodwill', amount: { amountMinor, currency } });
const lines = (quantity: number): AskedRefund => ({ kind: 'lines', lines: [{ productId, quantity }] });
const refundsOf = (orderId: string) => findRefundsOf(pool, [orderId]);
const eventsOf = async (orderId: string) =>
  (
    await pool.query<{
      type: string;
      sequence: number;
      payload: { order: { payment: string; refunded: { amountMinor: number } }; reason?: string };
    }>(`select type, sequence, payload from outbox where key = $1 and type like 'order.refund%' order by position`, [orderId])
  ).rows;
const letTimePass = () => pool.query(`update refunds set next_attempt_at = now() - interval '1 second', leased_until = null`);

describe('a refund', () => {
  test('is written with its step, made afterwards, and counts when the money went back', async () => {
    const { orderId, total } = await paidOrder(deps);
    const result = await ask(orderId, { kind: 'full' });
    expect(result).toMatchObject({ kind: 'requested' });
    expect(services.calls).not.toContain('refund');
    expect(await orderOf(deps, orderId)).toMatchObject({ refundedMinor: 0 });

    await settleRefunds(deps);
    expect(await refundsOf(orderId)).toMatchObject([{ status: 'refunded', amountMinor: total.amountMinor, requestedBy: 'seller' }]);
    expect(await orderOf(deps, orderId)).toMatchObject({ refundedMinor: total.amountMinor });
    expect(await eventsOf(orderId)).toMatchObject([
      { type: 'order.refunded', sequence: 3, payload: { order: { payment: 'refunded', refunded: total } } },
    ]);
    const { rows } = await pool.query('select step, cause from order_history where order_id = $1 order by position', [orderId]);
    expect(rows.slice(-2)).toEqual([
      { step: 'refund_requested', cause: 'seller' },
      { step: 'order.refunded', cause: 'schedule' },
    ]);
  });

  test('that is asked for twice with one key is made once', async () => {
    const { orderId } = await paidOrder(deps);
    const idempotencyKey = randomUUID();
    const first = await ask(orderId, goodwill(100), { idempotencyKey });
    expect(await ask(orderId, goodwill(100), { idempotencyKey })).toEqual(first);
    expect(await ask(orderId, goodwill(200), { idempotencyKey })).toMatchObject({
      kind: 'idempotency_key_reused',
    });
    expect(await refundsOf(orderId)).toHaveLength(1);
  });

  test('of a line piece by piece gives all of its tax back, to the cent', async () => {
    const { orderId, subtotal, tax, shipping } = await paidOrder(deps, 3);
    for (let piece = 0; piece < 3; piece += 1) expect(await ask(orderId, lines(1))).toMatchObject({ kind: 'requested' });
    const parts = (await refundsOf(orderId)).flatMap((refund) => refund.lines);
    expect(parts.map(({ amountMinor }) => amountMinor)).toEqual([1_800, 1_800, 1_800]);
    expect(parts.reduce((sum, { taxMinor }) => sum + taxMinor, 0)).toBe(tax.amountMinor);
    expect(subtotal.amountMinor).toBe(5_400);
    expect(await ask(orderId, lines(1))).toMatchObject({
      kind: 'exceeds',
      refundable: { amountMinor: shipping.amountMinor, shippingMinor: shipping.amountMinor, lines: [] },
    });
    expect(await ask(orderId, { kind: 'shipping' })).toMatchObject({ kind: 'requested' });
    expect(await ask(orderId, { kind: 'shipping' })).toMatchObject({ kind: 'exceeds', refundable: { amountMinor: 0 } });
    expect(await ask(orderId, { kind: 'full' })).toMatchObject({ kind: 'exceeds', refundable: { amountMinor: 0 } });
  });

  test('of a line that a goodwill amount leaves no room for says what is left', async () => {
    const { orderId, total } = await paidOrder(deps);
    await ask(orderId, goodwill(total.amountMinor - 1_000));
    expect(await ask(orderId, lines(1))).toEqual({
      kind: 'exceeds',
      refundable: { amountMinor: 1_000, shippingMinor: 499, lines: [{ productId, quantity: 1 }] },
    });
    expect(await ask(orderId, { kind: 'full' })).toMatchObject({ kind: 'requested' });
    const [, rest] = await refundsOf(orderId);
    expect(rest).toMatchObject({ amountMinor: 1_000, kind: 'full' });
  });

  test('is told before as it is made after', async () => {
    const { orderId } = await paidOrder(deps, 7);
    const told = await quoteRefund(deps, { actor: seller, orderId, refund: lines(3) });
    await ask(orderId, lines(3));
    const [refund] = await refundsOf(orderId);
    expect(told).toMatchObject({ kind: 'quote', quote: { terms: { amountMinor: refund?.amountMinor, lines: refund?.lines } } });
  });

  test.each<[string, AskedRefund, readonly string[]]>([
    ['no line', { kind: 'lines', lines: [] }, ['lines']],
    ['no piece', { kind: 'lines', lines: [{ productId, quantity: 0 }] }, ['lines', '0', 'quantity']],
    ['half a piece', { kind: 'lines', lines: [{ productId, quantity: 1.5 }] }, ['lines', '0', 'quantity']],
    ['a line of another order', { kind: 'lines', lines: [{ productId: newId('prd'), quantity: 1 }] }, ['lines', '0', 'productId']],
    [
      'a line twice',
      {
        kind: 'lines',
        lines: [
          { productId, quantity: 1 },
          { productId, quantity: 1 },
        ],
      },
      ['lines', '1', 'productId'],
    ],
    ['nothing', goodwill(0), ['amount', 'amountMinor']],
    ['less than nothing', goodwill(-5), ['amount', 'amountMinor']],
    ['another currency', goodwill(5, 'EUR'), ['amount', 'currency']],
    ['a return that is not there', { kind: 'return', returnId: newId('rtn') }, ['returnId']],
  ])('of %s is refused as input', async (_name, refund, path) => {
    const { orderId } = await paidOrder(deps);
    expect(await ask(orderId, refund)).toMatchObject({ kind: 'invalid_input', path });
    expect(await refundsOf(orderId)).toEqual([]);
  });

  test('of an order that has changed since the caller looked is refused', async () => {
    const { orderId, sequence } = await paidOrder(deps);
    expect(await ask(orderId, { kind: 'full' }, { expectedVersion: sequence - 1 })).toEqual({ kind: 'changed', currentVersion: sequence });
    expect(await ask(orderId, { kind: 'full' }, { expectedVersion: sequence })).toMatchObject({ kind: 'requested' });
  });

  test("of another seller's order, or of one that is not confirmed, is of an order that is not there", async () => {
    const { orderId } = await paidOrder(deps);
    const other: RefundActor = { ...seller, accountId: newId('usr'), sellerId: newId('sel') };
    expect(await ask(orderId, { kind: 'full' }, { actor: other })).toMatchObject({ kind: 'not_found' });
    expect(await quoteRefund(deps, { actor: other, orderId, refund: { kind: 'full' } })).toMatchObject({ kind: 'not_found' });
    const placed = await placedOrder(deps);
    expect(await ask(placed.orderId, { kind: 'full' })).toMatchObject({ kind: 'not_found' });
    expect(await ask(newId('ord'), { kind: 'full' })).toMatchObject({ kind: 'not_found' });
    expect(await ask("ord_' or true", { kind: 'full' })).toMatchObject({ kind: 'not_found' });
  });

  test('is called fraud by network staff only', async () => {
    const { orderId } = await paidOrder(deps);
    expect(await ask(orderId, { kind: 'full' }, { reason: 'FRAUD' })).toMatchObject({ kind: 'invalid_input', path: ['reason'] });
    expect(await ask(orderId, { kind: 'full' }, { reason: 'FRAUD', actor: operator })).toMatchObject({ kind: 'requested' });
  });

  test('twenty at once of all kinds never exceed what was charged', async () => {
    const { orderId, total } = await paidOrder(deps, 4);
    const wanted: AskedRefund[] = [lines(1), { kind: 'shipping' }, goodwill(700), lines(2), { kind: 'full' }];
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(orderId, wanted[index % wanted.length] ?? lines(1))));
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['requested', 'exceeds']));
    const claimed = (await refundsOf(orderId)).reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    expect(claimed).toBe(total.amountMinor);
    while ((await settleRefunds(deps)) > 0);
    expect(await orderOf(deps, orderId)).toMatchObject({ refundedMinor: total.amountMinor });
    const sequences = (await eventsOf(orderId)).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, index) => 3 + index));
  });
});

describe('driving a refund to its end', () => {
  test('payment-vault away: it is asked again with the same terms, by one process at a time', async () => {
    const { orderId } = await paidOrder(deps);
    await ask(orderId, { kind: 'full' });
    const asked: unknown[] = [];
    services.answers.refund = async (request) => {
      asked.push(request);
      throw new RetryableError('away');
    };
    await Promise.all([settleRefunds(deps), settleRefunds(deps), settleRefunds(deps)]);
    expect(asked).toHaveLength(1);
    expect(await refundsOf(orderId)).toMatchObject([{ status: 'requested' }]);
    delete services.answers.refund;
    await letTimePass();
    await settleRefunds(deps);
    expect(await refundsOf(orderId)).toMatchObject([{ status: 'refunded' }]);
    const { rows } = await pool.query(`select attempt, detail from order_history where order_id = $1 and step = 'refund_payment'`, [
      orderId,
    ]);
    expect(rows).toMatchObject([{ attempt: 1, detail: { postponed: 'payment-vault could not be asked' } }]);
  });

  test('a process that ends in the middle is followed by another one', async () => {
    const { orderId } = await paidOrder(deps);
    await ask(orderId, { kind: 'full' });
    await pool.query(`update refunds set attempts = 1, leased_until = now() - interval '1 second', lease_token = $1 where order_id = $2`, [
      randomUUID(),
      orderId,
    ]);
    await settleRefunds(deps);
    expect(await refundsOf(orderId)).toMatchObject([{ status: 'refunded' }]);
  });

  test.each([
    [{ status: 'failed', reason: 'CARD_GONE' } as const, 'failed', 'not_accepted'],
    [{ status: 'not_refundable', reason: 'DISPUTED', refundableMinor: 100 } as const, 'refused', 'disputed'],
    [{ status: 'not_refundable', reason: 'EXCEEDS_CAPTURED', refundableMinor: 0 } as const, 'refused', 'not_made'],
  ])('%j is told, frees the amount, and can be asked for again', async (answer, status, reason) => {
    const { orderId, total } = await paidOrder(deps);
    await ask(orderId, { kind: 'full' });
    services.answers.refund = async () => answer;
    await settleRefunds(deps);
    expect(await refundsOf(orderId)).toMatchObject([{ status }]);
    expect(await orderOf(deps, orderId)).toMatchObject({ refundedMinor: 0 });
    expect(await eventsOf(orderId)).toMatchObject([{ type: 'order.refund_failed', payload: { reason } }]);

    delete services.answers.refund;
    expect(await ask(orderId, { kind: 'full' })).toMatchObject({ kind: 'requested' });
    await settleRefunds(deps);
    expect(await orderOf(deps, orderId)).toMatchObject({ refundedMinor: total.amountMinor });
  });

  test('money on its way does not count, and is asked about later', async () => {
    const { orderId, total } = await paidOrder(deps);
    await ask(orderId, { kind: 'full' });
    services.answers.refund = async () => ({ status: 'pending', amount: total });
    await settleRefunds(deps);
    expect(await refundsOf(orderId)).toMatchObject([{ status: 'pending' }]);
    expect(await orderOf(deps, orderId)).toMatchObject({ refundedMinor: 0 });
    expect(await eventsOf(orderId)).toEqual([]);
    expect(await settleRefunds(deps)).toBe(0);
    delete services.answers.refund;
    await letTimePass();
    await settleRefunds(deps);
    expect(await orderOf(deps, orderId)).toMatchObject({ refundedMinor: total.amountMinor });
  });
});
