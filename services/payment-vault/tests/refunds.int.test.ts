import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { RefundRequest } from '@vitrine/contracts/payment-vault-http';
import { newId } from '@vitrine/runtime/ids';
import { refundPayment } from '../src/refund-payment.ts';
import { settlePayments } from '../src/settle-payments.ts';
import { settleRefunds } from '../src/settle-refunds.ts';
import { dashboardOf } from './at-stripe.ts';
import { startVault, until, type Deps, type Vault } from './vault.ts';

const hourMs = 60 * 60 * 1_000;
let shiftMs = 0;
let vault: Vault;
let dashboard: ReturnType<typeof dashboardOf>;
beforeAll(async () => {
  vault = await startVault({ now: () => new Date(Date.now() + shiftMs) });
  dashboard = dashboardOf(vault);
});
afterEach(async () => {
  shiftMs = 0;
  await vault.clearFaults();
});
afterAll(() => vault.stop());

/** An order whose 4599 cents are captured. */
async function captured(amountMinor?: number): Promise<string> {
  const request = await vault.prepareOrder();
  expect(await vault.authorize(request)).toMatchObject({ status: 'authorized' });
  expect(await vault.capture(request.orderId, amountMinor)).toMatchObject({ status: 'captured' });
  return request.orderId;
}

const asked = (orderId: string, amountMinor: number, changes: Partial<RefundRequest> = {}): RefundRequest => ({
  orderId,
  refundId: newId('ref'),
  amountMinor,
  reason: 'REQUESTED_BY_BUYER',
  ...changes,
});

const intentOf = async (orderId: string): Promise<string> => {
  const { rows } = await vault.pool.query<{ id: string }>('select stripe_payment_intent_id as id from payments where order_id = $1', [
    orderId,
  ]);
  return rows[0]?.id ?? '';
};
const makeDue = (refundId: string) =>
  vault.pool.query('update refunds set leased_until = null, settle_at = now() where refund_id = $1 and settle_at is not null', [refundId]);
const statusOf = async (refundId: string): Promise<string | undefined> =>
  (await vault.pool.query<{ status: string }>('select status from refunds where refund_id = $1', [refundId])).rows[0]?.status;
const sumsOf = async (orderId: string): Promise<unknown> =>
  (
    await vault.pool.query(
      'select captured_minor as captured, refund_reserved_minor as reserved, refunded_minor as refunded from payments where order_id = $1',
      [orderId],
    )
  ).rows[0];

/** Asks as checkout does: again while it is told to. */
async function insist(request: RefundRequest): Promise<Record<string, unknown>> {
  let answer = await vault.refund(request);
  await until(async () => {
    if (answer['status'] === 'retry_later') answer = await vault.refund(request);
    return answer['status'] !== 'retry_later';
  });
  return answer;
}

/** Runs the loop until a refund is over. */
const settled = (refundId: string): Promise<void> =>
  until(async () => {
    await makeDue(refundId);
    await settleRefunds(vault.deps);
    return !['started', 'pending'].includes((await statusOf(refundId)) ?? '');
  });

describe('a refund', () => {
  test('of the whole amount is made once, however often it is asked for, and told of', async () => {
    const orderId = await captured();
    const request = asked(orderId, 4_599);
    const first = await vault.refund(request);
    expect(first).toEqual({
      status: 'refunded',
      refundedAt: expect.stringMatching(/Z$/),
      amount: { amountMinor: 4_599, currency: 'USD' },
      refundedTotal: { amountMinor: 4_599, currency: 'USD' },
    });
    expect(await vault.refund(request)).toEqual(first);
    expect(await vault.ledger(orderId)).toMatchObject({ captured: 4_599, refunded: 4_599, counts: { refunded: 1 } });
    expect((await vault.events(orderId)).map(({ type, sequence }) => [type, sequence])).toEqual([
      ['payment.authorized', 1],
      ['payment.captured', 2],
      ['payment.refunded', 3],
    ]);
    expect((await vault.payloads(orderId)).at(-1)).toEqual({
      payment: expect.objectContaining({ status: 'captured', capturedMinor: 4_599, refundedMinor: 4_599 }),
      refundId: request.refundId,
      amount: { amountMinor: 4_599, currency: 'USD' },
    });
  });

  test('of a part leaves the rest refundable, and no more than that', async () => {
    const orderId = await captured();
    // Harmless, and counts what is sent: Stripe would refuse more than there is, but is not to be asked for it.
    await vault.fault({ fault: 'delay', path: '^/v1/refunds$', times: null });
    expect(await vault.refund(asked(orderId, 1_000))).toMatchObject({ status: 'refunded', refundedTotal: { amountMinor: 1_000 } });
    expect(await vault.refund(asked(orderId, 3_600))).toEqual({
      status: 'not_refundable',
      reason: 'EXCEEDS_CAPTURED',
      refundableMinor: 3_599,
    });
    expect(await vault.refund(asked(orderId, 3_599))).toMatchObject({ status: 'refunded', refundedTotal: { amountMinor: 4_599 } });
    expect(await vault.refund(asked(orderId, 1))).toMatchObject({ status: 'not_refundable', refundableMinor: 0 });
    expect(await vault.ledger(orderId)).toMatchObject({ refunded: 4_599, counts: { refunded: 2 } });
    expect(await vault.faultHits()).toBe(2);
  });

  test('never exceeds what was captured of a larger authorization, and what was let go is not taken for a refund', async () => {
    const orderId = await captured(2_000);
    expect(await vault.refund(asked(orderId, 2_001))).toMatchObject({ status: 'not_refundable', refundableMinor: 2_000 });
    expect(await vault.refund(asked(orderId, 500))).toMatchObject({ status: 'refunded' });
    await vault.deps.payments.wake({ orderId });
    await settlePayments(vault.deps);
    expect(await sumsOf(orderId)).toEqual({ captured: 2_000, reserved: 500, refunded: 500 });
    expect(await vault.refund(asked(orderId, 1_500))).toMatchObject({ status: 'refunded', refundedTotal: { amountMinor: 2_000 } });
    expect(await vault.ledger(orderId)).toMatchObject({ captured: 2_000, refunded: 2_000, voided: 2_599 });
  });

  test('of what is not captured is not possible', async () => {
    const request = await vault.prepareOrder();
    const none = { status: 'not_refundable', reason: 'NOT_CAPTURED', refundableMinor: 0 };
    expect(await vault.refund(asked(newId('ord'), 100))).toEqual(none);
    await vault.authorize(request);
    expect(await vault.refund(asked(request.orderId, 100))).toEqual(none);
    await vault.voidPayment(request.orderId);
    expect(await vault.refund(asked(request.orderId, 100))).toEqual(none);
  });

  test('that is asked for again with other terms is refused as a conflict', async () => {
    const [orderId, other] = [await captured(), await captured()];
    const request = asked(orderId, 100);
    await vault.refund(request);
    for (const changes of [{ amountMinor: 101 }, { reason: 'FRAUD' }, { orderId: other }])
      expect(await vault.internal('refunds', { ...request, ...changes })).toMatchObject({ status: 409 });
    expect(await vault.ledger(orderId)).toMatchObject({ refunded: 100, counts: { refunded: 1 } });
  });

  test('is for checkout alone, and only of an amount', async () => {
    const request = asked(newId('ord'), 100);
    expect(await vault.post('gateway', { role: 'service' }, '/internal/refunds', request)).toMatchObject({ status: 403 });
    for (const wrong of [{ amountMinor: 0 }, { amountMinor: 1.5 }, { reason: 'BECAUSE' }, { refundId: 'ref_1' }])
      expect(await vault.internal('refunds', { ...request, ...wrong })).toMatchObject({ status: 400 });
  });

  test.each(['lose_response', 'reset', '500_before', '500_after', '409', '429', 'hang'])(
    'is made once when Stripe fails with %s',
    async (fault) => {
      const orderId = await captured();
      await vault.fault({ fault, path: '^/v1/refunds$', ...(fault === 'hang' ? { delayMs: 400 } : {}) });
      expect(await insist(asked(orderId, 1_200))).toMatchObject({ status: 'refunded', refundedTotal: { amountMinor: 1_200 } });
      expect(await vault.faultHits()).toBe(1);
      expect(await vault.ledger(orderId)).toMatchObject({ refunded: 1_200, counts: { refunded: 1 } });
      expect(await sumsOf(orderId)).toEqual({ captured: 4_599, reserved: 1_200, refunded: 1_200 });
    },
  );

  test('that Stripe answered with a failure for ever is sent with another key, and not before the first can have no effect', async () => {
    const orderId = await captured();
    const request = asked(orderId, 1_200);
    let calls = 0;
    const failing: Deps = {
      ...vault.deps,
      stripeRefunds: {
        ...vault.deps.stripeRefunds,
        create: async () => {
          calls += 1;
          return { kind: 'unknown', replayed: true };
        },
      },
    };
    expect(await refundPayment(failing, request, 'request')).toMatchObject({ status: 'retry_later' });
    expect(calls).toBe(1);
    await makeDue(request.refundId);
    await settleRefunds(vault.deps);
    expect(await statusOf(request.refundId)).toBe('started');
    shiftMs = 20_000;
    expect(await insist(request)).toMatchObject({ status: 'refunded' });
    const { rows } = await vault.pool.query('select stripe_key as key from refunds where refund_id = $1', [request.refundId]);
    expect(rows).toEqual([{ key: `${orderId}:refund:${request.refundId}#2` }]);
    expect(await vault.ledger(orderId)).toMatchObject({ refunded: 1_200, counts: { refunded: 1 } });
  });

  test('whose key Stripe has forgotten is looked for before another key is taken', async () => {
    const [made, lost] = [await captured(), await captured()];
    const [first, second] = [asked(made, 300), asked(lost, 300)];
    const dead = {
      ...vault.deps,
      refunds: { ...vault.deps.refunds, takeIn: async () => Promise.reject(new Error('the process ends here')) },
    };
    await expect(refundPayment(dead, first, 'request')).rejects.toThrow('ends here');
    await vault.fault({ fault: 'reset', path: '^/v1/refunds$', times: null });
    expect(await vault.refund(second)).toMatchObject({ status: 'retry_later' });
    await vault.clearFaults();
    shiftMs = 25 * hourMs;
    for (const { refundId } of [first, second]) await settled(refundId);
    for (const orderId of [made, lost]) expect(await vault.ledger(orderId)).toMatchObject({ refunded: 300, counts: { refunded: 1 } });
    const { rows } = await vault.pool.query<{ key: string }>(
      'select stripe_key as key from refunds where refund_id = any($1) order by created_at',
      [[first.refundId, second.refundId]],
    );
    expect(rows.map(({ key }) => key.endsWith('#2'))).toEqual([false, true]);
  });

  test('that nobody asks for again is made by the settle loop', async () => {
    const orderId = await captured();
    const request = asked(orderId, 900);
    await vault.fault({ fault: 'reset', path: '^/v1/refunds', times: null });
    await vault.fault({ fault: 'reset', path: '^/v1/refunds', method: 'GET', times: null });
    expect(await vault.refund(request)).toMatchObject({ status: 'retry_later' });
    await vault.clearFaults();
    await settled(request.refundId);
    expect(await vault.refund(request)).toMatchObject({ status: 'refunded', amount: { amountMinor: 900 } });
    expect(await vault.ledger(orderId)).toMatchObject({ refunded: 900, counts: { refunded: 1 } });
  });

  const stops: readonly (readonly [string, (deps: Deps, dies: () => Promise<never>) => Deps])[] = [
    ['before Stripe is called', (deps, dies) => ({ ...deps, stripeRefunds: { ...deps.stripeRefunds, create: dies } })],
    ['before it is recorded', (deps, dies) => ({ ...deps, refunds: { ...deps.refunds, takeIn: dies } })],
    ['before the lease is given back', (deps, dies) => ({ ...deps, refunds: { ...deps.refunds, release: dies } })],
  ];
  test.each(stops)('of a process that ends %s is finished by the next', async (_, stop) => {
    const orderId = await captured();
    const request = asked(orderId, 4_599);
    const dead = stop(vault.deps, async () => Promise.reject(new Error('the process ends here')));
    await expect(refundPayment(dead, request, 'request')).rejects.toThrow('ends here');
    await settled(request.refundId);
    expect(await vault.refund(request)).toMatchObject({ status: 'refunded', refundedTotal: { amountMinor: 4_599 } });
    expect(await vault.ledger(orderId)).toMatchObject({ refunded: 4_599, counts: { refunded: 1 } });
    expect((await vault.events(orderId)).filter(({ type }) => type === 'payment.refunded')).toHaveLength(1);
  });
});

describe('refunds at the same time', () => {
  test('of twenty parts together never exceed what was captured', async () => {
    const orderId = await captured();
    const requests = Array.from({ length: 20 }, () => asked(orderId, 500));
    const answers = await Promise.all(requests.map((request) => insist(request)));
    const count = (status: string) => answers.filter((answer) => answer['status'] === status).length;
    expect([count('refunded'), count('not_refundable')]).toEqual([9, 11]);
    expect(await vault.ledger(orderId)).toMatchObject({ refunded: 4_500, counts: { refunded: 9 } });
    expect(await sumsOf(orderId)).toEqual({ captured: 4_599, reserved: 4_500, refunded: 4_500 });
    const sequences = (await vault.events(orderId)).map(({ sequence }) => sequence);
    expect(sequences.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
  });

  test('with one id are one', async () => {
    const orderId = await captured();
    const request = asked(orderId, 700);
    const answers = await Promise.all(Array.from({ length: 8 }, () => insist(request)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await vault.ledger(orderId)).toMatchObject({ refunded: 700, counts: { refunded: 1 } });
    expect(await sumsOf(orderId)).toMatchObject({ reserved: 700 });
  });

  test('with faults in between are each made once', async () => {
    const orderId = await captured();
    for (const fault of ['lose_response', '500_after', 'reset', '409', 'lose_response'])
      await vault.fault({ fault, path: '^/v1/refunds$' });
    const requests = Array.from({ length: 9 }, () => asked(orderId, 511));
    for (const answer of await Promise.all(requests.map((request) => insist(request))))
      expect(answer).toMatchObject({ status: 'refunded' });
    expect(await vault.ledger(orderId)).toMatchObject({ refunded: 4_599, counts: { refunded: 9 } });
  });
});

describe("a refund that somebody made in Stripe's dashboard", () => {
  test('is taken in once, and leaves so much less to refund', async () => {
    const orderId = await captured();
    await dashboard.refunds.create({ payment_intent: await intentOf(orderId), amount: 4_000 });
    await vault.deps.payments.wake({ intentId: await intentOf(orderId) });
    await settlePayments(vault.deps);
    await vault.deps.payments.wake({ orderId });
    await settlePayments(vault.deps);
    expect(await sumsOf(orderId)).toEqual({ captured: 4_599, reserved: 4_000, refunded: 4_000 });
    expect((await vault.payloads(orderId)).at(-1)).toMatchObject({
      refundId: expect.stringMatching(/^ref_/),
      amount: { amountMinor: 4_000 },
    });
    expect(await vault.refund(asked(orderId, 600))).toMatchObject({ status: 'not_refundable', refundableMinor: 599 });
    expect(await vault.refund(asked(orderId, 599))).toMatchObject({ status: 'refunded', refundedTotal: { amountMinor: 4_599 } });
  });

  test('is looked for again when Stripe could not say', async () => {
    const orderId = await captured();
    await dashboard.refunds.create({ payment_intent: await intentOf(orderId), amount: 4_000 });
    await vault.fault({ fault: 'reset', path: '^/v1/refunds', method: 'GET' });
    await vault.deps.payments.wake({ orderId });
    await settlePayments(vault.deps);
    expect(await sumsOf(orderId)).toMatchObject({ refunded: 0 });
    const { rows } = await vault.pool.query('select settle_at > now() as later from payments where order_id = $1', [orderId]);
    expect(rows).toEqual([{ later: true }]);
    await vault.deps.payments.wake({ orderId });
    await settlePayments(vault.deps);
    expect(await sumsOf(orderId)).toMatchObject({ refunded: 4_000 });
  });

  test('that was not heard of is found when Stripe refuses another one', async () => {
    const orderId = await captured();
    await dashboard.refunds.create({ payment_intent: await intentOf(orderId), amount: 4_000 });
    const request = asked(orderId, 1_000);
    const refused = { status: 'not_refundable', reason: 'EXCEEDS_CAPTURED', refundableMinor: 599 };
    expect(await vault.refund(request)).toEqual(refused);
    expect(await vault.refund(request)).toEqual(refused);
    expect((await vault.events(orderId)).map(({ type }) => type).slice(2)).toEqual(['payment.refunded', 'payment.refund_failed']);
    expect(await sumsOf(orderId)).toEqual({ captured: 4_599, reserved: 4_000, refunded: 4_000 });
  });
});

describe('what Stripe says of a refund later', () => {
  const shown = async (orderId: string, refundId: string, status: 'pending' | 'refunded' | 'failed') => {
    const [refund] = (await dashboard.refunds.list({ payment_intent: await intentOf(orderId) })).data;
    if (refund === undefined) throw new Error('there is no refund');
    const { id, amount: amountMinor, created } = refund;
    return { id, amountMinor, created, refundId, isReversal: false, status, failure: status === 'failed' ? ('CARD_GONE' as const) : null };
  };

  test('is waited for while it is pending, and a failure makes the amount refundable again', async () => {
    const orderId = await captured();
    const request = asked(orderId, 4_599);
    const slow: Deps = {
      ...vault.deps,
      stripeRefunds: {
        ...vault.deps.stripeRefunds,
        create: async (...parameters) => {
          const outcome = await vault.deps.stripeRefunds.create(...parameters);
          return outcome.kind === 'ok' ? { ...outcome, value: await shown(orderId, request.refundId, 'pending') } : outcome;
        },
        list: async () => ({
          kind: 'ok',
          value: {
            charge: { amountMinor: 4_599, capturedMinor: 4_599, refundedMinor: 0 },
            refunds: [await shown(orderId, request.refundId, 'failed')],
          },
          replayed: false,
        }),
      },
    };
    expect(await refundPayment(slow, request, 'request')).toEqual({ status: 'pending', amount: { amountMinor: 4_599, currency: 'USD' } });
    expect(await vault.refund(asked(orderId, 1))).toMatchObject({
      status: 'not_refundable',
      reason: 'EXCEEDS_CAPTURED',
      refundableMinor: 0,
    });
    await makeDue(request.refundId);
    await settleRefunds(slow);
    expect(await refundPayment(slow, request, 'request')).toEqual({ status: 'failed', reason: 'CARD_GONE' });
    expect((await vault.payloads(orderId)).at(-1)).toMatchObject({
      refundId: request.refundId,
      reason: 'CARD_GONE',
      payment: { refundedMinor: 0 },
    });
    expect(await sumsOf(orderId)).toEqual({ captured: 4_599, reserved: 0, refunded: 0 });
  });
});
