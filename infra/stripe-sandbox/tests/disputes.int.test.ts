import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { authorization, refusal, savedCard, startSandbox, type Fixture } from './sandbox-fixture.ts';

const FRAUDULENT = '4000000000000259';
const NOT_RECEIVED = '4000000000002685';
const INQUIRY = '4000000000001976';

let sandbox: Fixture;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

async function disputed(orderId: string, number = FRAUDULENT): Promise<{ intent: Stripe.PaymentIntent; dispute: Stripe.Dispute }> {
  const held = await sandbox.shop.paymentIntents.create(authorization(await savedCard(sandbox, number), 2500, orderId));
  expect((await sandbox.shop.disputes.list({ payment_intent: held.id })).data).toEqual([]);
  const intent = await sandbox.shop.paymentIntents.capture(held.id, { amount_to_capture: 2000 });
  const [dispute] = (await sandbox.shop.disputes.list({ payment_intent: intent.id })).data;
  if (dispute === undefined) throw new Error('The charge was not disputed.');
  return { intent, dispute };
}

async function moneyOf(orderId: string) {
  return (await sandbox.ledger(`?order_id=${orderId}`)).orders[orderId];
}

describe('a dispute', () => {
  it('is opened when the charge is captured, over what was captured, and takes its money', async () => {
    const { intent, dispute } = await disputed('ord_open');
    expect(dispute).toMatchObject({
      object: 'dispute',
      amount: 2000,
      charge: intent.latest_charge,
      payment_intent: intent.id,
      reason: 'fraudulent',
      status: 'needs_response',
      is_charge_refundable: false,
      evidence_details: { has_evidence: false, past_due: false, submission_count: 0 },
      balance_transactions: [{ type: 'adjustment', reporting_category: 'dispute', amount: -2000, fee: 1500, net: -3500 }],
    });
    expect(dispute.evidence_details.due_by).toBeGreaterThan(dispute.created + 7 * 86_400);
    expect(await sandbox.shop.charges.retrieve(intent.latest_charge as string)).toMatchObject({ disputed: true });
    expect(await moneyOf('ord_open')).toMatchObject({ captured: 2000, disputed: 2000, counts: { disputed: 1, reinstated: 0 } });
    expect((await sandbox.shop.disputes.list({ charge: intent.latest_charge as string })).data).toHaveLength(1);
  });

  it('that is won gives the money back and lets the charge be refunded', async () => {
    const { intent, dispute } = await disputed('ord_won', NOT_RECEIVED);
    expect(dispute.reason).toBe('product_not_received');
    expect(await refusal(sandbox.shop.refunds.create({ payment_intent: intent.id }))).toMatchObject({
      statusCode: 400,
      code: 'charge_disputed',
    });
    const staged = await sandbox.shop.disputes.update(dispute.id, { evidence: { shipping_carrier: 'USPS' }, submit: false });
    expect(staged).toMatchObject({
      status: 'needs_response',
      evidence: { shipping_carrier: 'USPS' },
      evidence_details: { has_evidence: true },
    });
    const won = await sandbox.shop.disputes.update(dispute.id, { evidence: { uncategorized_text: 'winning_evidence' } });
    expect(won).toMatchObject({
      status: 'won',
      evidence: { shipping_carrier: 'USPS' },
      evidence_details: { submission_count: 1 },
      balance_transactions: [{ amount: -2000 }, { amount: 2000, reporting_category: 'dispute_reversal' }],
    });
    expect(await moneyOf('ord_won')).toMatchObject({ disputed: 0, counts: { disputed: 1, reinstated: 1 } });
    expect(await sandbox.shop.refunds.create({ payment_intent: intent.id })).toMatchObject({ amount: 2000 });
  });

  it('that is lost keeps the money and the charge cannot be refunded', async () => {
    const { intent, dispute } = await disputed('ord_lost');
    const lost = await sandbox.shop.disputes.update(dispute.id, { evidence: { uncategorized_text: 'losing_evidence' }, submit: true });
    expect(lost.status).toBe('lost');
    expect(await moneyOf('ord_lost')).toMatchObject({ disputed: 2000 });
    expect(await refusal(sandbox.shop.refunds.create({ payment_intent: intent.id }))).toMatchObject({ code: 'charge_disputed' });
  });

  it('with other evidence is under review and takes no more of it', async () => {
    const { dispute } = await disputed('ord_review');
    const sent = await sandbox.shop.disputes.update(dispute.id, { evidence: { product_description: 'A loom' } });
    expect(sent.status).toBe('under_review');
    const again = sandbox.shop.disputes.update(dispute.id, { evidence: { product_description: 'Two looms' } });
    expect(await refusal(again)).toMatchObject({ statusCode: 400 });
    expect(await sandbox.shop.disputes.update(dispute.id, { metadata: { case: '7' } })).toMatchObject({ metadata: { case: '7' } });
    expect(await refusal(sandbox.shop.disputes.close(dispute.id))).toMatchObject({ statusCode: 400 });
  });

  it('that is closed is lost', async () => {
    const { dispute } = await disputed('ord_close');
    expect(await sandbox.shop.disputes.close(dispute.id)).toMatchObject({ status: 'lost' });
    expect(await moneyOf('ord_close')).toMatchObject({ disputed: 2000 });
  });
});

describe('an inquiry', () => {
  it('takes no money, and a full refund ends it', async () => {
    const { intent, dispute } = await disputed('ord_inquiry', INQUIRY);
    expect(dispute).toMatchObject({ status: 'warning_needs_response', is_charge_refundable: true, balance_transactions: [] });
    expect(await moneyOf('ord_inquiry')).toMatchObject({ disputed: 0 });
    await sandbox.shop.refunds.create({ payment_intent: intent.id });
    expect(await sandbox.shop.disputes.retrieve(dispute.id)).toMatchObject({ status: 'warning_closed' });
  });

  it('can become a chargeback', async () => {
    const { dispute } = await disputed('ord_escalated', INQUIRY);
    const next = await sandbox.shop.disputes.update(dispute.id, { evidence: { uncategorized_text: 'escalate_inquiry_evidence' } });
    expect(next).toMatchObject({ status: 'needs_response', is_charge_refundable: false, balance_transactions: [{ amount: -2000 }] });
    expect(await moneyOf('ord_escalated')).toMatchObject({ disputed: 2000 });
  });
});
