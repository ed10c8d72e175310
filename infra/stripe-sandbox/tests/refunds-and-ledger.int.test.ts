import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { authorization, refusal, savedCard, startSandbox, type Fixture } from './sandbox-fixture.ts';

let sandbox: Fixture;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

async function captured(orderId: string, amount = 2500, part = amount): Promise<Stripe.PaymentIntent> {
  const intent = await sandbox.shop.paymentIntents.create(authorization(await savedCard(sandbox), amount, orderId));
  return sandbox.shop.paymentIntents.capture(intent.id, { amount_to_capture: part });
}

describe('refunds', () => {
  it('come whole or in parts, never above what was captured', async () => {
    const { shop } = sandbox;
    const intent = await captured('ord_parts', 2500, 2000);
    const first = await shop.refunds.create({
      payment_intent: intent.id,
      amount: 700,
      metadata: { return_id: 'rtn_1' },
      reason: 'requested_by_customer',
    });
    expect(first).toMatchObject({
      object: 'refund',
      status: 'succeeded',
      amount: 700,
      payment_intent: intent.id,
      charge: intent.latest_charge,
      metadata: { return_id: 'rtn_1' },
    });
    expect(await refusal(shop.refunds.create({ payment_intent: intent.id, amount: 1301 }))).toMatchObject({
      statusCode: 400,
      param: 'amount',
    });
    const rest = await shop.refunds.create({ charge: intent.latest_charge as string });
    expect(rest.amount).toBe(1300);
    expect(await refusal(shop.refunds.create({ payment_intent: intent.id }))).toMatchObject({
      statusCode: 400,
      code: 'charge_already_refunded',
    });
    expect(await shop.charges.retrieve(intent.latest_charge as string)).toMatchObject({ refunded: true });
    expect((await sandbox.ledger()).orders['ord_parts']).toMatchObject({
      authorized: 2500,
      captured: 2000,
      refunded: 2000,
      voided: 500,
      open: 0,
    });
  });

  it('are listed with the part of the authorization that was let go, newest first', async () => {
    const { shop } = sandbox;
    const intent = await captured('ord_list', 2500, 2000);
    const refund = await shop.refunds.create({ payment_intent: intent.id, amount: 100 });
    const list = await shop.refunds.list({ payment_intent: intent.id });
    expect(list.data.map(({ amount }) => amount)).toEqual([100, 500]);
    expect(list.data.map(({ destination_details: details }) => details?.card?.type)).toEqual(['refund', 'reversal']);
    expect(await shop.refunds.retrieve(refund.id)).toMatchObject({ id: refund.id, amount: 100 });
  });

  it('of ten at once never exceed the capture', async () => {
    const intent = await captured('ord_race', 1000);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => sandbox.shop.refunds.create({ payment_intent: intent.id, amount: 300 })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect((await sandbox.ledger()).orders['ord_race']).toMatchObject({ refunded: 900, counts: { refunded: 3 } });
  });

  it.each([
    [{ amount: 0 }, 'amount'],
    [{ amount: -5 }, 'amount'],
    [{ reason: 'whim' as 'duplicate' }, 'reason'],
    [{ reverse_transfer: true }, 'reverse_transfer'],
    [{ refund_application_fee: true }, 'refund_application_fee'],
  ])('with %j are refused', async (params, param) => {
    const intent = await captured('ord_bad');
    expect(await refusal(sandbox.shop.refunds.create({ payment_intent: intent.id, ...params }))).toMatchObject({ statusCode: 400, param });
  });

  it('need a captured payment and exactly one way to name it', async () => {
    const { shop } = sandbox;
    const held = await shop.paymentIntents.create(authorization(await savedCard(sandbox)));
    expect(await refusal(shop.refunds.create({ payment_intent: held.id }))).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
    });
    expect(await refusal(shop.refunds.create({ charge: held.latest_charge as string }))).toMatchObject({
      statusCode: 400,
      code: 'charge_not_refundable',
    });
    expect(await refusal(shop.refunds.create({}))).toMatchObject({ statusCode: 400 });
    expect(await refusal(shop.refunds.create({ payment_intent: 'pi_missing' }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
    });
  });
});

describe('the ledger', () => {
  it('sums every intent of an order, apart from other orders', async () => {
    await captured('ord_sum', 1000);
    await captured('ord_sum', 2000);
    await captured('ord_other', 4000);
    const { orders, payment_intents: intents, totals } = await sandbox.ledger('?order_id=ord_sum');
    expect(Object.keys(orders)).toEqual(['ord_sum']);
    expect(orders['ord_sum']).toMatchObject({
      currency: 'usd',
      authorized: 3000,
      captured: 3000,
      counts: { authorized: 2, captured: 2, refunded: 0, voided: 0 },
    });
    expect(orders['ord_sum']?.payment_intents).toHaveLength(2);
    expect(Object.keys(intents)).toHaveLength(2);
    expect(totals['usd']).toMatchObject({ authorized: 3000 });
  });

  it('shows what is still held', async () => {
    const intent = await sandbox.shop.paymentIntents.create(authorization(await savedCard(sandbox), 1500, 'ord_held'));
    expect((await sandbox.ledger()).payment_intents[intent.id]).toMatchObject({
      order_id: 'ord_held',
      status: 'requires_capture',
      authorized: 1500,
      open: 1500,
    });
  });

  it('is empty for an order that never was', async () => {
    expect(await sandbox.ledger('?order_id=ord_never')).toEqual({ orders: {}, payment_intents: {}, totals: {} });
  });
});
