import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { authorization, refusal, savedCard, startSandbox, type Fixture } from './sandbox-fixture.ts';
import { activeSeller, newSeller } from './sellers.ts';

let sandbox: Fixture;
let seller: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  seller = (await activeSeller(sandbox)).id;
});
afterAll(() => sandbox.close());

async function captured(orderId: string, part = 2000, fee = 200): Promise<Stripe.Charge> {
  const intent = await sandbox.shop.paymentIntents.create({
    ...authorization(await savedCard(sandbox), 2500, orderId),
    application_fee_amount: fee,
    transfer_data: { destination: seller },
  });
  const held = await sandbox.shop.charges.retrieve(intent.latest_charge as string);
  expect(held.transfer).toBeUndefined();
  await sandbox.shop.paymentIntents.capture(intent.id, { amount_to_capture: part });
  return sandbox.shop.charges.retrieve(held.id, { expand: ['transfer', 'application_fee'] });
}

describe('a destination charge', () => {
  it('pays the seller the captured amount and takes the fee back, at capture and not before', async () => {
    const charge = await captured('ord_dest');
    expect(charge).toMatchObject({
      transfer: { amount: 2000, destination: seller, source_transaction: charge.id },
      application_fee: { amount: 200, account: seller, charge: charge.id },
    });
    expect((await sandbox.ledger()).orders['ord_dest']).toMatchObject({
      captured: 2000,
      transferred: 2000,
      application_fees: 200,
      counts: { transferred: 1, application_fees: 1 },
    });
    const fees = await sandbox.shop.applicationFees.list({ charge: charge.id });
    expect(fees.data.map(({ amount }) => amount)).toEqual([200]);
  });

  it('with an amount for the seller transfers no more than that', async () => {
    const intent = await sandbox.shop.paymentIntents.create({
      ...authorization(await savedCard(sandbox), 2500, 'ord_part'),
      transfer_data: { destination: seller, amount: 1800 },
    });
    await sandbox.shop.paymentIntents.capture(intent.id);
    expect((await sandbox.ledger()).orders['ord_part']).toMatchObject({ transferred: 1800, application_fees: 0 });
  });

  it('refunded in parts takes back the same part of transfer and fee, and all of both in the end', async () => {
    const charge = await captured('ord_refund');
    const refund = await sandbox.shop.refunds.create({
      charge: charge.id,
      amount: 500,
      reverse_transfer: true,
      refund_application_fee: true,
      expand: ['transfer_reversal'],
    });
    expect(refund).toMatchObject({ transfer_reversal: { amount: 500, source_refund: refund.id } });
    expect((await sandbox.ledger()).orders['ord_refund']).toMatchObject({ refunded: 500, reversed: 500, application_fees: 150 });
    await sandbox.shop.refunds.create({ charge: charge.id, reverse_transfer: true, refund_application_fee: true });
    expect((await sandbox.ledger()).orders['ord_refund']).toMatchObject({
      refunded: 2000,
      transferred: 2000,
      reversed: 2000,
      application_fees: 0,
      counts: { reversed: 2, application_fees_refunded: 2 },
    });
  });

  it('refunded without them leaves transfer and fee alone', async () => {
    const charge = await captured('ord_alone');
    await sandbox.shop.refunds.create({ charge: charge.id });
    expect((await sandbox.ledger()).orders['ord_alone']).toMatchObject({ refunded: 2000, reversed: 0, application_fees: 200 });
  });

  it('needs a destination that may take transfers', async () => {
    const transfer_data = { destination: (await newSeller(sandbox)).id };
    const request = sandbox.shop.paymentIntents.create({ ...authorization(await savedCard(sandbox)), transfer_data });
    expect(await refusal(request)).toMatchObject({ code: 'insufficient_capabilities_for_transfer' });
  });
});

describe('an application fee', () => {
  it('is given back whole or in parts, never more than was taken', async () => {
    const { applicationFees } = sandbox.shop;
    const fee = (await captured('ord_fee')).application_fee as Stripe.ApplicationFee;
    const part = await applicationFees.createRefund(fee.id, { amount: 50 });
    expect(part).toMatchObject({ object: 'fee_refund', amount: 50, fee: fee.id });
    expect(await refusal(applicationFees.createRefund(fee.id, { amount: 151 }))).toMatchObject({ param: 'amount' });
    await applicationFees.createRefund(fee.id);
    expect(await refusal(applicationFees.createRefund(fee.id))).toMatchObject({ statusCode: 400 });
    expect(await applicationFees.retrieve(fee.id)).toMatchObject({ amount_refunded: 200, refunded: true });
    expect((await applicationFees.listRefunds(fee.id)).data).toHaveLength(2);
    expect(await applicationFees.retrieveRefund(fee.id, part.id)).toMatchObject({ id: part.id });
  });
});
