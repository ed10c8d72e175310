import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  maxListed,
  maxReread,
  type ListPaymentsRequest,
  type ListPaymentsResponse,
  type PaymentRecord,
} from '@vitrine/contracts/reconciliation-http';
import { newId } from '@vitrine/runtime/ids';
import { Stripe } from 'stripe';
import { settlePayments } from '../src/settle-payments.ts';
import { startVault, type Vault } from './vault.ts';

let vault: Vault;
let stripe: Stripe;
beforeAll(async () => {
  vault = await startVault();
  const base = new URL(vault.stripeApiBase);
  stripe = new Stripe('sk_test_vault_under_test', { host: base.hostname, port: Number(base.port), protocol: 'http', telemetry: false });
});
afterEach(() => vault.clearFaults());
afterAll(() => vault.stop());

const list = async (request: ListPaymentsRequest): Promise<ListPaymentsResponse> =>
  (await vault.internal('payments/list', request)).body as unknown as ListPaymentsResponse;
const find = async (orderId: string, reread = false): Promise<PaymentRecord | undefined> =>
  (await list({ orderIds: [orderId], reread: reread ? [orderId] : [] })).payments[0];
const amountMinor = 4_599;

async function authorized(): Promise<string> {
  const order = await vault.prepareOrder();
  expect(await vault.authorize(order)).toMatchObject({ status: 'authorized' });
  return order.orderId;
}
async function captured(): Promise<string> {
  const orderId = await authorized();
  await vault.capture(orderId);
  return orderId;
}
/** The intent of an order, to be changed behind the vault's back. */
async function intentOf(orderId: string): Promise<string> {
  const { rows } = await vault.pool.query<{ id: string }>('select stripe_payment_intent_id as id from payments where order_id = $1', [
    orderId,
  ]);
  return rows[0]?.id ?? '';
}

describe('a payment is told', () => {
  test('with its state and amounts, and nothing of the card or the buyer', async () => {
    const [open, paid, given, tombstone] = [await authorized(), await captured(), await captured(), newId('ord')];
    await vault.refund({ orderId: given, refundId: newId('ref'), amountMinor: 1_000, reason: 'RETURNED' });
    await vault.voidPayment(tombstone);
    const amount = { amountMinor, currency: 'USD' };
    const none = { capturedMinor: 0, refundedMinor: 0, refundReservedMinor: 0, atProvider: null };
    const { payments, more } = await list({ orderIds: [open, paid, given, tombstone, newId('ord')] });
    expect(more).toBe(false);
    expect(new Map(payments.map((payment) => [payment.orderId, payment]))).toEqual(
      new Map([
        [open, { ...none, orderId: open, status: 'authorized', amount }],
        [paid, { ...none, orderId: paid, status: 'captured', amount, capturedMinor: amountMinor }],
        [
          given,
          {
            ...none,
            orderId: given,
            status: 'captured',
            amount,
            capturedMinor: amountMinor,
            refundedMinor: 1_000,
            refundReservedMinor: 1_000,
          },
        ],
        [tombstone, { ...none, orderId: tombstone, status: 'voided', amount: null }],
      ]),
    );
  });

  test('by a range of orders, page by page', async () => {
    const after = newId('ord');
    const orderIds = Array.from({ length: 5 }, () => newId('ord'));
    for (const orderId of orderIds) await vault.voidPayment(orderId);
    const upTo = orderIds[3] ?? '';
    const first = await list({ range: { after, upTo, limit: 3 } });
    expect([first.payments.map(({ orderId }) => orderId), first.more]).toEqual([orderIds.slice(0, 3), true]);
    const second = await list({ range: { after: orderIds[2] ?? '', upTo, limit: 3 } });
    expect([second.payments.map(({ orderId }) => orderId), second.more]).toEqual([[upTo], false]);
  });

  test('to checkout only, and no more than a page at once', async () => {
    for (const from of ['gateway', 'ops']) {
      expect((await vault.post(from, { role: 'service' }, '/internal/payments/list', { orderIds: [] })).status).toBe(403);
    }
    const ids = (count: number) => Array.from({ length: count }, () => newId('ord'));
    expect((await vault.internal('payments/list', { orderIds: ids(maxListed + 1) })).status).toBe(400);
    expect((await vault.internal('payments/list', { orderIds: [], reread: ids(maxReread + 1) })).status).toBe(400);
  });
});

describe('read again at Stripe', () => {
  test('a payment that is as recorded is the same there', async () => {
    const [open, paid, given, gone] = [await authorized(), await captured(), await captured(), await authorized()];
    await vault.refund({ orderId: given, refundId: newId('ref'), amountMinor: 1_000, reason: 'RETURNED' });
    await vault.voidPayment(gone);
    expect(await find(open, true)).toMatchObject({ atProvider: { verdict: 'SAME', state: 'authorized' } });
    expect(await find(paid, true)).toMatchObject({
      atProvider: { verdict: 'SAME', state: 'captured', capturedMinor: amountMinor, refundedMinor: 0 },
    });
    expect(await find(given, true)).toMatchObject({ atProvider: { verdict: 'SAME', state: 'captured', refundedMinor: 1_000 } });
    expect(await find(gone, true)).toMatchObject({ atProvider: { verdict: 'SAME', state: 'canceled' } });
  });

  test('an authorization that somebody cancelled there differs, and is settled', async () => {
    const orderId = await authorized();
    await stripe.paymentIntents.cancel(await intentOf(orderId));
    expect(await find(orderId, true)).toMatchObject({ status: 'authorized', atProvider: { verdict: 'DIFFERS', state: 'canceled' } });
    await settlePayments(vault.deps);
    expect(await find(orderId, true)).toMatchObject({ status: 'voided', atProvider: { verdict: 'SAME' } });
  });

  test('a capture that somebody made there differs, and is taken note of', async () => {
    const orderId = await authorized();
    await stripe.paymentIntents.capture(await intentOf(orderId));
    expect(await find(orderId, true)).toMatchObject({ status: 'authorized', atProvider: { verdict: 'DIFFERS', state: 'captured' } });
    await settlePayments(vault.deps);
    expect(await find(orderId, true)).toMatchObject({ status: 'captured', capturedMinor: amountMinor, atProvider: { verdict: 'SAME' } });
  });

  test('a refund that somebody made there differs, and is taken in', async () => {
    const orderId = await captured();
    await stripe.refunds.create({ payment_intent: await intentOf(orderId), amount: 700 });
    expect(await find(orderId, true)).toMatchObject({ refundedMinor: 0, atProvider: { verdict: 'DIFFERS', refundedMinor: 700 } });
    await settlePayments(vault.deps);
    expect(await find(orderId, true)).toMatchObject({ refundedMinor: 700, atProvider: { verdict: 'SAME' } });
  });

  test('a record that says voided while Stripe holds the money is found, and the money let go', async () => {
    const orderId = await authorized();
    await vault.pool.query(`update payments set status = 'voided', ended_at = now() where order_id = $1`, [orderId]);
    expect(await find(orderId, true)).toMatchObject({ status: 'voided', atProvider: { verdict: 'DIFFERS', state: 'authorized' } });
    await settlePayments(vault.deps);
    expect(await vault.intentStatus(orderId)).toBe('canceled');
    expect(await find(orderId, true)).toMatchObject({ atProvider: { verdict: 'SAME' } });
  });

  test('while Stripe does not answer nothing differs', async () => {
    const orderId = await authorized();
    await vault.fault({ fault: '500_before', path: '/v1/payment_intents', method: 'GET', times: null });
    expect(await find(orderId, true)).toMatchObject({ status: 'authorized', atProvider: { verdict: 'UNKNOWN' } });
  });

  test('only what was asked for is read', async () => {
    const [asked, other] = [await authorized(), await authorized()];
    const { payments } = await list({ orderIds: [asked, other], reread: [asked, newId('ord')] });
    expect(new Map(payments.map(({ orderId, atProvider }) => [orderId, atProvider?.verdict ?? null]))).toEqual(
      new Map([
        [asked, 'SAME'],
        [other, null],
      ]),
    );
  });
});
