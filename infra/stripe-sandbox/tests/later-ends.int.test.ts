import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../../tests/support/until.ts';
import { authorization, refusal, savedCard, startSandbox, makeDataDir, type Fixture } from './sandbox-fixture.ts';
import { control } from './sellers.ts';

const SUCCEEDS_LATER = '4000009999000014';
const FAILS_LATER = '4000009999000022';
const REFUND_PENDING = '4000000000007726';
const REFUND_FAILS = '4000000000005126';

let sandbox: Fixture;
let clockOffsetMs = 0;
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => new Date(Date.now() + clockOffsetMs) });
});
afterAll(() => sandbox.close());

describe('a payment that takes a while', () => {
  it('is processing and then held, once', async () => {
    const intent = await sandbox.shop.paymentIntents.create(authorization(await savedCard(sandbox, SUCCEEDS_LATER), 2500, 'ord_later'));
    expect(intent).toMatchObject({ status: 'processing', amount_capturable: 0, latest_charge: null });
    expect((await sandbox.ledger()).orders['ord_later']).toMatchObject({ authorized: 0 });
    expect(await control(sandbox, `payment_intents/${intent.id}/finish`)).toMatchObject({ status: 'requires_capture' });
    await expect(control(sandbox, `payment_intents/${intent.id}/finish`)).rejects.toThrow('409');
    expect(await sandbox.shop.paymentIntents.capture(intent.id)).toMatchObject({ status: 'succeeded' });
    expect((await sandbox.ledger()).orders['ord_later']).toMatchObject({ authorized: 2500, captured: 2500 });
  });

  it('ends by itself', async () => {
    const intent = await sandbox.shop.paymentIntents.create(authorization(await savedCard(sandbox, SUCCEEDS_LATER)));
    clockOffsetMs += 10_000;
    await until('requires_capture', async () =>
      (await sandbox.shop.paymentIntents.retrieve(intent.id)).status === 'requires_capture' ? true : undefined,
    );
  });

  it('can fail', async () => {
    const owner = await savedCard(sandbox, FAILS_LATER);
    const intent = await sandbox.shop.paymentIntents.create(authorization(owner, 2500, 'ord_fails'));
    await control(sandbox, `payment_intents/${intent.id}/finish`);
    expect(await sandbox.shop.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined' },
    });
    expect((await sandbox.ledger()).orders['ord_fails']).toMatchObject({ authorized: 0, open: 0 });
  });

  it('that was canceled stays canceled', async () => {
    const intent = await sandbox.shop.paymentIntents.create(authorization(await savedCard(sandbox, SUCCEEDS_LATER), 2500, 'ord_stop'));
    const reason = { cancellation_reason: 'abandoned' } as const;
    expect(await sandbox.shop.paymentIntents.cancel(intent.id, reason)).toMatchObject({ status: 'canceled', ...reason });
    await expect(control(sandbox, `payment_intents/${intent.id}/finish`)).rejects.toThrow('409');
    expect((await sandbox.ledger()).orders['ord_stop']).toMatchObject({ authorized: 0, open: 0 });
  });

  it('ends after a restart', async () => {
    const dataDir = await makeDataDir();
    const first = await startSandbox({ dataDir });
    const intent = await first.shop.paymentIntents.create(authorization(await savedCard(first, SUCCEEDS_LATER)));
    await first.close();
    const second = await startSandbox({ dataDir, now: () => new Date(Date.now() + 10_000) });
    await until('requires_capture', async () =>
      (await second.shop.paymentIntents.retrieve(intent.id)).status === 'requires_capture' ? true : undefined,
    );
    await second.close();
  });
});

async function captured(number: string, orderId: string): Promise<string> {
  const intent = await sandbox.shop.paymentIntents.create(authorization(await savedCard(sandbox, number), 2000, orderId));
  await sandbox.shop.paymentIntents.capture(intent.id);
  return intent.id;
}

describe('a refund', () => {
  it('can be pending before it succeeds', async () => {
    const refund = await sandbox.shop.refunds.create({ payment_intent: await captured(REFUND_PENDING, 'ord_slow'), amount: 500 });
    expect(refund.status).toBe('pending');
    clockOffsetMs += 10_000;
    await until('succeeded', async () => ((await sandbox.shop.refunds.retrieve(refund.id)).status === 'succeeded' ? true : undefined));
    await expect(control(sandbox, `refunds/${refund.id}/finish`, { outcome: 'fail' })).rejects.toThrow('409');
    expect((await sandbox.ledger()).orders['ord_slow']).toMatchObject({ refunded: 500, refunds_failed: 0 });
  });

  it('that fails later comes back and can be made again', async () => {
    const payment_intent = await captured(REFUND_FAILS, 'ord_back');
    const refund = await sandbox.shop.refunds.create({ payment_intent });
    expect(refund.status).toBe('succeeded');
    expect(await refusal(sandbox.shop.refunds.create({ payment_intent }))).toMatchObject({ code: 'charge_already_refunded' });
    await control(sandbox, `refunds/${refund.id}/finish`);
    expect(await sandbox.shop.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] })).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
      failure_balance_transaction: { type: 'refund_failure', amount: 2000 },
    });
    expect(await sandbox.shop.charges.retrieve(refund.charge as string)).toMatchObject({ refunded: false, amount_refunded: 0 });
    expect((await sandbox.ledger()).orders['ord_back']).toMatchObject({ refunded: 0, refunds_failed: 2000, counts: { refunded: 1 } });
    expect(await sandbox.shop.refunds.create({ payment_intent, amount: 700 })).toMatchObject({ amount: 700 });
  });

  it('takes metadata and cannot be canceled', async () => {
    const { refunds } = sandbox.shop;
    const refund = await refunds.create({ payment_intent: await captured(REFUND_PENDING, 'ord_meta'), amount: 500 });
    expect(await refunds.update(refund.id, { metadata: { a: 'b' } })).toMatchObject({ metadata: { a: 'b' } });
    expect(await refusal(refunds.cancel(refund.id))).toMatchObject({ statusCode: 400 });
  });
});

describe('a saved card', () => {
  it('that Stripe pulls is no longer the customer’s and can never be used again', async () => {
    const owner = await savedCard(sandbox);
    expect(await control(sandbox, `payment_methods/${owner.card}/pull`)).toMatchObject({ customer: null });
    expect((await sandbox.shop.paymentMethods.list({ customer: owner.customer })).data).toEqual([]);
    expect(await refusal(sandbox.shop.paymentIntents.create(authorization(owner)))).toMatchObject({ statusCode: 400 });
  });

  it('that the bank renews has its new expiry and number', async () => {
    const owner = await savedCard(sandbox);
    await control(sandbox, `payment_methods/${owner.card}/update_card`, { exp_month: 3, exp_year: 2039, last4: '1881' });
    expect(await sandbox.shop.paymentMethods.retrieve(owner.card)).toMatchObject({
      customer: owner.customer,
      card: { exp_month: 3, exp_year: 2039, last4: '1881' },
    });
    await expect(control(sandbox, `payment_methods/${owner.card}/update_card`, { exp_month: 13 })).rejects.toThrow('400');
  });

  it('takes a new expiry and metadata from the shop', async () => {
    const { card } = await savedCard(sandbox);
    expect(await sandbox.shop.paymentMethods.update(card, { metadata: { label: 'home' }, card: { exp_year: 2041 } })).toMatchObject({
      metadata: { label: 'home' },
      card: { exp_year: 2041, exp_month: 12 },
    });
  });
});
