import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPool, withTransaction, type Pool } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import type { Deps } from '../src/deps.ts';
import { lockOrder } from '../src/store/orders.ts';
import { findRefundsOf, insertRefund, refundTheRest, type NewRefund } from '../src/store/refunds.ts';
import { paidOrder } from './paid-order.ts';
import { scriptServices, type ScriptedServices } from './scripted-services.ts';
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
