import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { paymentTopic, type PaymentDisputed, type PaymentRefunded, type PaymentRefundFailed } from '@vitrine/contracts/payment-events';
import type { EventHandler } from '@vitrine/runtime/consumer';
import { createPool, withTransaction, type Pool } from '@vitrine/runtime/database';
import type { EventEnvelope } from '@vitrine/runtime/events';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { consumedEvents } from '../src/consumed-events.ts';
import { approveReturn, receiveReturn } from '../src/decide-return.ts';
import type { Deps } from '../src/deps.ts';
import type { Order } from '../src/order.ts';
import { refundOrder, type AskedRefund, type RefundActor } from '../src/request-refund.ts';
import { requestReturn } from '../src/request-return.ts';
import { settleRefunds } from '../src/settle-refunds.ts';
import { findDisputesOf } from '../src/store/disputes.ts';
import { findRefundsOf } from '../src/store/refunds.ts';
import { findReturnsOf } from '../src/store/returns.ts';
import { deliveredOrder, orderOf, paidOrder } from './paid-order.ts';
import { productId, scriptServices, sellerId, type ScriptedServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

let database: TestDatabase;
let pool: Pool;
let services: ScriptedServices;
let deps: Deps;

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 16, name: 'test', logger });
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
const goodwill = (amountMinor: number): AskedRefund => ({ kind: 'goodwill', amount: { amountMinor, currency: 'USD' } });

async function asked({ orderId }: Order, refund: AskedRefund): Promise<string> {
  const result = await refundOrder(deps, {
    actor: seller,
    idempotencyKey: randomUUID(),
    orderId,
    refund,
    reason: 'REQUESTED_BY_BUYER',
    expectedVersion: null,
  });
  if (result.kind !== 'requested') throw new Error(`not requested: ${result.kind}`);
  return result.refundId;
}

const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
const paymentOf = ({ orderId, total }: Order, refundedMinor: number): PaymentRefunded['payment'] => ({
  paymentId: newId('pay'),
  orderId,
  sellerId,
  status: 'captured',
  amount: total,
  capturedMinor: total.amountMinor,
  refundedMinor,
});

/** Applies an event as the consumer does. */
async function tell(order: Order, type: string, payload: object, sequence = 5): Promise<void> {
  const event: EventEnvelope = {
    topic: paymentTopic,
    key: order.orderId,
    eventId: newId('evt'),
    type,
    sequence,
    occurredAt: '2026-11-24T08:00:00.000Z',
    correlationId: randomUUID(),
    causationId: null,
    replayId: null,
    payload,
  };
  const handler = consumedEvents().handlers[paymentTopic]?.[type] as EventHandler;
  await withTransaction(pool, (transaction) => handler(transaction, event));
}
const refunded = (order: Order, refundId: string, amountMinor: number) =>
  tell(order, 'payment.refunded', { payment: paymentOf(order, amountMinor), refundId, amount: usd(amountMinor) } satisfies PaymentRefunded);
const refundFailed = (order: Order, refundId: string, amountMinor: number, reason: PaymentRefundFailed['reason'] = 'CARD_GONE') =>
  tell(order, 'payment.refund_failed', {
    payment: paymentOf(order, 0),
    refundId,
    amount: usd(amountMinor),
    reason,
  } satisfies PaymentRefundFailed);
const disputed = (order: Order, disputeId: string, status: string, sequence: number, isClosed = false) =>
  tell(
    order,
    isClosed ? 'payment.dispute_closed' : 'payment.disputed',
    {
      payment: paymentOf(order, 0),
      dispute: {
        disputeId,
        amount: order.total,
        reason: 'fraudulent',
        status,
        evidenceDueAt: isClosed ? null : '2026-12-10T00:00:00.000Z',
      },
    } satisfies PaymentDisputed,
    sequence,
  );

const eventsOf = async ({ orderId }: Order): Promise<string[]> =>
  (
    await pool.query<{ type: string }>(
      `select type from outbox where key = $1 and (type like 'order.refund%' or type like 'order.dispute%') order by position`,
      [orderId],
    )
  ).rows.map(({ type }) => type);

describe('news of a refund', () => {
  test('ends one that was on its way, and the answer that comes later changes nothing', async () => {
    const order = await paidOrder(deps);
    const refundId = await asked(order, goodwill(500));
    services.answers.refund = async () => ({ status: 'pending', amount: usd(500) });
    await settleRefunds(deps);
    await refunded(order, refundId, 500);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ refundedMinor: 500 });
    await refunded(order, refundId, 500);
    await pool.query(`update refunds set next_attempt_at = now() - interval '1 second', leased_until = null`);
    expect(await settleRefunds(deps)).toBe(0);
    expect(await eventsOf(order)).toEqual(['order.refunded']);
  });

  test('that comes before the answer to the question counts once', async () => {
    const order = await paidOrder(deps);
    const refundId = await asked(order, goodwill(500));
    services.answers.refund = async ({ amountMinor }) => {
      await refunded(order, refundId, amountMinor);
      return { status: 'refunded', refundedAt: new Date().toISOString(), amount: usd(amountMinor), refundedTotal: usd(amountMinor) };
    };
    await settleRefunds(deps);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ refundedMinor: 500 });
    expect(await eventsOf(order)).toEqual(['order.refunded']);
  });

  test('that the bank sent the money back takes it off again; older word that it went back does not bring it back', async () => {
    const order = await paidOrder(deps);
    const refundId = await asked(order, goodwill(500));
    await settleRefunds(deps);
    await refundFailed(order, refundId, 500);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ refundedMinor: 0 });
    await refunded(order, refundId, 500);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ refundedMinor: 0 });
    expect(await findRefundsOf(pool, [order.orderId])).toMatchObject([{ status: 'failed', failure: 'CARD_GONE' }]);
    expect(await eventsOf(order)).toEqual(['order.refunded', 'order.refund_failed']);
    await asked(order, { kind: 'full' });
    await settleRefunds(deps);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ refundedMinor: order.total.amountMinor });
  });

  test('that it was refused and then made after all counts what was made', async () => {
    const order = await paidOrder(deps);
    const refundId = await asked(order, goodwill(500));
    await refundFailed(order, refundId, 500, 'REFUSED');
    expect(await findRefundsOf(pool, [order.orderId])).toMatchObject([{ status: 'refused' }]);
    await refunded(order, refundId, 500);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ refundedMinor: 500 });
    await expect(asked(order, goodwill(order.total.amountMinor - 499))).rejects.toThrow('exceeds');
  });

  test('that nobody here asked for is taken in as made at the payment provider, and leaves less to refund', async () => {
    const order = await paidOrder(deps);
    const refundId = newId('ref');
    await refunded(order, refundId, 700);
    await refunded(order, refundId, 700);
    expect(await findRefundsOf(pool, [order.orderId])).toMatchObject([{ refundId, kind: 'external', amountMinor: 700, reason: null }]);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ refundedMinor: 700 });
    await expect(asked(order, goodwill(order.total.amountMinor - 699))).rejects.toThrow('exceeds');
    expect(await eventsOf(order)).toEqual(['order.refunded']);
  });

  test('that was made at the payment provider while all was promised is taken in, too', async () => {
    const order = await paidOrder(deps);
    const refundId = await asked(order, { kind: 'full' });
    await refunded(order, newId('ref'), 700);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ refundedMinor: 700 });
    services.answers.refund = async () => ({
      status: 'not_refundable',
      reason: 'EXCEEDS_CAPTURED',
      refundableMinor: order.total.amountMinor - 700,
    });
    await settleRefunds(deps);
    expect((await findRefundsOf(pool, [order.orderId])).find((refund) => refund.refundId === refundId)).toMatchObject({
      status: 'refused',
    });
    delete services.answers.refund;
    await asked(order, { kind: 'full' });
    await settleRefunds(deps);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ refundedMinor: order.total.amountMinor });
  });

  test('that one failed of which nobody here knew changes nothing, also when it is said to have been made afterwards', async () => {
    const order = await paidOrder(deps);
    const refundId = newId('ref');
    await refundFailed(order, refundId, 700);
    await refunded(order, refundId, 700);
    expect(await orderOf(deps, order.orderId)).toEqual(order);
    expect(await eventsOf(order)).toEqual([]);
  });

  test('of another amount than was asked for is put aside; of a purchase that placed no order it changes nothing', async () => {
    const order = await paidOrder(deps);
    const refundId = await asked(order, goodwill(500));
    await expect(refunded(order, refundId, 400)).rejects.toThrow('is not about');
    const nowhere = { ...order, orderId: newId('ord') };
    await refunded(nowhere, newId('ref'), 400);
    expect(await findRefundsOf(pool, [nowhere.orderId])).toEqual([]);
    expect(await orderOf(deps, order.orderId)).toEqual(order);
  });

  test('of a return takes the return along: over when the money went back, under way again when the bank sent it back', async () => {
    const order = await deliveredOrder(deps);
    const { orderId, buyerId } = order;
    const result = await requestReturn(deps, {
      buyerId,
      idempotencyKey: randomUUID(),
      orderId,
      lines: [{ productId, quantity: 1 }],
      reason: 'DAMAGED',
      expectedVersion: null,
    });
    if (result.kind !== 'requested') throw new Error(result.kind);
    const { returnId } = result;
    const decision = () => ({ actor: seller, idempotencyKey: randomUUID(), returnId, expectedVersion: null });
    await approveReturn(deps, decision());
    await receiveReturn(deps, { ...decision(), lines: [{ productId, quantity: 1, restock: false }], refundShipping: false });
    const [refund] = await findRefundsOf(pool, [orderId]);
    if (refund === undefined) throw new Error('no refund');
    const stateOf = async () => [(await orderOf(deps, orderId)).returns, (await findReturnsOf(pool, [orderId]))[0]?.state];
    await refunded(order, refund.refundId, refund.amountMinor);
    expect(await stateOf()).toEqual(['refunded', 'refunded']);
    await refundFailed(order, refund.refundId, refund.amountMinor);
    expect(await stateOf()).toEqual(['received', 'received']);
    await asked(order, { kind: 'return', returnId });
    await settleRefunds(deps);
    expect(await stateOf()).toEqual(['refunded', 'refunded']);
  });
});

describe('a dispute', () => {
  test('is shown on the order from its opening to its end, each step told once', async () => {
    const order = await paidOrder(deps);
    const disputeId = newId('dsp');
    await disputed(order, disputeId, 'needs_response', 5);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ dispute: 'open' });
    await disputed(order, disputeId, 'needs_response', 5);
    await disputed(order, disputeId, 'under_review', 6);
    await disputed(order, disputeId, 'lost', 7, true);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ dispute: 'lost' });
    expect(await findDisputesOf(pool, [order.orderId])).toMatchObject([
      { disputeId, state: 'lost', status: 'lost', amount: order.total, reason: 'fraudulent', evidenceDueAt: null },
    ]);
    expect(await eventsOf(order)).toEqual(['order.disputed', 'order.disputed', 'order.dispute_closed']);
  });

  test('of an order that is not here is put aside, where somebody sees it', async () => {
    const order = await paidOrder(deps);
    await expect(disputed({ ...order, orderId: newId('ord') }, newId('dsp'), 'needs_response', 5)).rejects.toThrow('not here');
  });

  test('that is over is not opened again by an older word', async () => {
    const order = await paidOrder(deps);
    const disputeId = newId('dsp');
    await disputed(order, disputeId, 'won', 7, true);
    await disputed(order, disputeId, 'needs_response', 5);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ dispute: 'won' });
    expect(await eventsOf(order)).toEqual(['order.dispute_closed']);
  });

  test('of several counts while one is open, and for what was lost', async () => {
    const order = await paidOrder(deps);
    const [first, second] = [newId('dsp'), newId('dsp')];
    await disputed(order, first, 'needs_response', 5);
    await disputed(order, second, 'warning_needs_response', 6);
    await disputed(order, first, 'lost', 7, true);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ dispute: 'open' });
    await disputed(order, second, 'warning_closed', 8, true);
    expect(await orderOf(deps, order.orderId)).toMatchObject({ dispute: 'lost' });
  });
});
