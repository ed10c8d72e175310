import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { authorization, refusal, savedCard, startSandbox, type Fixture } from './sandbox-fixture.ts';
import { activeSeller, control, newSeller } from './sellers.ts';

let sandbox: Fixture;
let seller: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  seller = (await activeSeller(sandbox)).id;
});
afterAll(() => sandbox.close());

async function charged(orderId: string, amount = 2500, part = amount): Promise<string> {
  const intent = await sandbox.shop.paymentIntents.create(authorization(await savedCard(sandbox), amount, orderId));
  const { latest_charge: charge } = await sandbox.shop.paymentIntents.capture(intent.id, { amount_to_capture: part });
  return charge as string;
}

function transfer(charge: string, amount: number, more: Partial<Stripe.TransferCreateParams> = {}): Promise<Stripe.Transfer> {
  return sandbox.shop.transfers.create({ amount, currency: 'usd', destination: seller, source_transaction: charge, ...more });
}

describe('a transfer', () => {
  it('carries a part of a charge to the seller, and the ledger counts it for the order', async () => {
    const charge = await charged('ord_transfer');
    const made = await transfer(charge, 2250, { metadata: { order_id: 'ord_transfer' }, transfer_group: 'ord_transfer' });
    expect(made.id).toMatch(/^tr_3/);
    expect(made).toMatchObject({
      object: 'transfer',
      amount: 2250,
      amount_reversed: 0,
      reversed: false,
      destination: seller,
      source_transaction: charge,
      transfer_group: 'ord_transfer',
      reversals: { object: 'list', data: [] },
    });
    const expanded = await sandbox.shop.transfers.retrieve(made.id, {
      expand: ['balance_transaction', 'source_transaction', 'destination'],
    });
    expect(expanded).toMatchObject({
      balance_transaction: { type: 'transfer', amount: -2250, net: -2250, source: made.id },
      source_transaction: { id: charge, captured: true },
      destination: { id: seller, object: 'account' },
    });
    expect((await sandbox.ledger()).orders['ord_transfer']).toMatchObject({
      captured: 2500,
      transferred: 2250,
      reversed: 0,
      counts: { transferred: 1 },
    });
  });

  it('is never more than what is left of the charge, over transfers, refunds and reversals', async () => {
    const charge = await charged('ord_left', 3000, 2500);
    expect(await refusal(transfer(charge, 2501))).toMatchObject({ statusCode: 400, param: 'amount' });
    const first = await transfer(charge, 2000);
    expect(await refusal(transfer(charge, 501))).toMatchObject({ statusCode: 400, param: 'amount' });
    await sandbox.shop.refunds.create({ charge, amount: 300 });
    expect(await refusal(transfer(charge, 201))).toMatchObject({ param: 'amount' });
    await transfer(charge, 200);
    await sandbox.shop.transfers.createReversal(first.id, { amount: 50 });
    await transfer(charge, 50);
    expect(await refusal(transfer(charge, 1))).toMatchObject({ param: 'amount' });
  });

  it('of ten at once never exceed the charge', async () => {
    const charge = await charged('ord_ten', 1000);
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => transfer(charge, 300)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect((await sandbox.ledger()).orders['ord_ten']).toMatchObject({ transferred: 900, counts: { transferred: 3 } });
  });

  it('with a retried idempotency key is made once', async () => {
    const charge = await charged('ord_key');
    const params = { amount: 100, currency: 'usd', destination: seller, source_transaction: charge };
    const made = await Promise.all(
      [1, 2].map(async () => sandbox.shop.transfers.create(params, { idempotencyKey: 'tr-key' }).catch(() => null)),
    );
    const again = await sandbox.shop.transfers.create(params, { idempotencyKey: 'tr-key' });
    expect(made.some((one) => one?.id === again.id)).toBe(true);
    expect((await sandbox.ledger()).orders['ord_key']).toMatchObject({ transferred: 100 });
  });

  it('needs a captured charge of the same currency', async () => {
    const held = await sandbox.shop.paymentIntents.create(authorization(await savedCard(sandbox)));
    expect(await refusal(transfer(held.latest_charge as string, 100))).toMatchObject({ param: 'source_transaction' });
    expect(await refusal(transfer('ch_missing', 100))).toMatchObject({ code: 'resource_missing', param: 'source_transaction' });
    expect(await refusal(transfer(await charged('ord_eur'), 100, { currency: 'eur' }))).toMatchObject({ param: 'currency' });
  });

  it('needs a destination that may take transfers', async () => {
    const charge = await charged('ord_cap');
    const destination = (await newSeller(sandbox)).id;
    expect(await refusal(transfer(charge, 100, { destination }))).toMatchObject({
      statusCode: 400,
      code: 'insufficient_capabilities_for_transfer',
    });
    expect(await refusal(transfer(charge, 100, { destination: 'acct_1Missing000000' }))).toMatchObject({
      code: 'resource_missing',
      param: 'destination',
    });
    const restricted = (await activeSeller(sandbox)).id;
    await transfer(charge, 100, { destination: restricted });
    await control(sandbox, `accounts/${restricted}/restrict`);
    expect(await refusal(transfer(charge, 100, { destination: restricted }))).toMatchObject({
      code: 'insufficient_capabilities_for_transfer',
    });
  });

  it('without a charge needs money that is available', async () => {
    await charged('ord_pending');
    const loose = { amount: 500, currency: 'usd', destination: seller, metadata: { order_id: 'ord_loose' } };
    expect(await refusal(sandbox.shop.transfers.create(loose))).toMatchObject({ code: 'balance_insufficient' });
    const owner = await savedCard(sandbox, '4000000000000077');
    const { id } = await sandbox.shop.paymentIntents.create(authorization(owner, 9000, 'ord_funds'));
    await sandbox.shop.paymentIntents.capture(id);
    await sandbox.shop.transfers.create(loose);
    expect((await sandbox.ledger('?order_id=ord_loose')).orders['ord_loose']).toMatchObject({ transferred: 500, payment_intents: [] });
  });

  it('is listed by group, destination and time, and its metadata can change', async () => {
    const charge = await charged('ord_lists');
    const one = await transfer(charge, 100, { transfer_group: 'grp' });
    const two = await transfer(charge, 200, { transfer_group: 'grp' });
    const { transfers } = sandbox.shop;
    expect((await transfers.list({ transfer_group: 'grp' })).data.map(({ id }) => id)).toEqual([two.id, one.id]);
    expect((await transfers.list({ destination: seller, limit: 2 })).data).toHaveLength(2);
    expect((await transfers.list({ transfer_group: 'grp', created: { gt: two.created } })).data).toEqual([]);
    expect(await transfers.update(one.id, { metadata: { note: 'x' } })).toMatchObject({ metadata: { note: 'x' } });
  });
});

describe('a reversal', () => {
  it('takes back the whole or parts, never more than was transferred', async () => {
    const { transfers } = sandbox.shop;
    const charge = await charged('ord_reverse');
    const made = await transfer(charge, 1000);
    const part = await transfers.createReversal(made.id, { amount: 400, metadata: { return_id: 'rtn_1' } });
    expect(part.id).toMatch(/^trr_/);
    expect(part).toMatchObject({ object: 'transfer_reversal', amount: 400, transfer: made.id, metadata: { return_id: 'rtn_1' } });
    expect(await refusal(transfers.createReversal(made.id, { amount: 601 }))).toMatchObject({ statusCode: 400, param: 'amount' });
    await transfers.createReversal(made.id);
    expect(await refusal(transfers.createReversal(made.id))).toMatchObject({ statusCode: 400 });
    expect(await transfers.retrieve(made.id)).toMatchObject({ amount_reversed: 1000, reversed: true });
    expect((await transfers.listReversals(made.id)).data.map(({ amount }) => amount)).toEqual([600, 400]);
    expect(await transfers.retrieveReversal(made.id, part.id)).toMatchObject({ id: part.id });
    expect((await sandbox.ledger()).orders['ord_reverse']).toMatchObject({
      transferred: 1000,
      reversed: 1000,
      counts: { transferred: 1, reversed: 2 },
    });
  });
});
