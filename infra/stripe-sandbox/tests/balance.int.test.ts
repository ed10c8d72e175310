import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { authorization, savedCard, startSandbox, type Fixture } from './sandbox-fixture.ts';
import { activeSeller } from './sellers.ts';

let sandbox: Fixture;
let now = new Date();
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => now });
});
afterAll(() => sandbox.close());

describe('the balance', () => {
  it('is the sum of its transactions, each with its fee and its source', async () => {
    const { shop } = sandbox;
    const seller = (await activeSeller(sandbox)).id;
    const intent = await shop.paymentIntents.create(authorization(await savedCard(sandbox), 10_000));
    const { latest_charge: id } = await shop.paymentIntents.capture(intent.id);
    const charge = await shop.charges.retrieve(id as string, { expand: ['balance_transaction'] });
    expect(charge.balance_transaction).toMatchObject({
      object: 'balance_transaction',
      type: 'charge',
      reporting_category: 'charge',
      amount: 10_000,
      fee: 320,
      net: 9680,
      source: charge.id,
      status: 'pending',
      fee_details: [{ type: 'stripe_fee', amount: 320 }],
    });
    const transfer = await shop.transfers.create({
      amount: 4000,
      currency: 'usd',
      destination: seller,
      source_transaction: charge.id,
    });
    const reversal = await shop.transfers.createReversal(transfer.id, { amount: 1000, expand: ['balance_transaction'] });
    expect(reversal.balance_transaction).toMatchObject({ type: 'transfer_refund', reporting_category: 'transfer_reversal', net: 1000 });
    const refund = await shop.refunds.create({ charge: charge.id, amount: 2500, expand: ['balance_transaction'] });
    expect(refund.balance_transaction).toMatchObject({ type: 'refund', amount: -2500, fee: 0, net: -2500, source: refund.id });

    const all = await shop.balanceTransactions.list({ limit: 100 });
    expect(all.data.map(({ type }) => type)).toEqual(['refund', 'transfer_refund', 'transfer', 'charge']);
    expect((await shop.balanceTransactions.list({ source: charge.id })).data.map(({ net }) => net)).toEqual([9680]);
    expect((await shop.balanceTransactions.list({ type: 'transfer' })).data.map(({ source }) => source)).toEqual([transfer.id]);
    const [newest] = all.data;
    expect(await shop.balanceTransactions.retrieve(newest?.id ?? '', { expand: ['source'] })).toMatchObject({ source: { id: refund.id } });

    const sum = (part: Stripe.Balance.Available[]): number => part.reduce((total, { amount }) => total + amount, 0);
    const before = await shop.balance.retrieve();
    expect(sum(before.available) + sum(before.pending)).toBe(9680 - 4000 + 1000 - 2500);
    now = new Date(now.getTime() + 3 * 24 * 3_600_000);
    const after = await shop.balance.retrieve();
    expect(sum(after.available)).toBe(4180);
    expect(sum(after.pending)).toBe(0);
    expect(await shop.balanceTransactions.list({ source: charge.id })).toMatchObject({ data: [{ status: 'available' }] });
  });
});
