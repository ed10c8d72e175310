import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { authorizePayment } from '../src/authorize-payment.ts';
import { settlePayments } from '../src/settle-payments.ts';
import { startVault, testCards, until, type Vault } from './vault.ts';

let vault: Vault;
beforeAll(async () => {
  vault = await startVault();
});
afterEach(() => vault.clearFaults());
afterAll(() => vault.stop());

const statusOf = async (orderId: string): Promise<string | undefined> => {
  const { rows } = await vault.pool.query<{ status: string }>('select status from payments where order_id = $1', [orderId]);
  return rows[0]?.status;
};
const hasAddress = async (orderId: string): Promise<boolean> =>
  (
    await vault.pool.query('select 1 from order_addresses where order_id = $1 union all select 1 from grants where order_id = $1', [
      orderId,
    ])
  ).rowCount !== 0;
const makeDue = (orderId: string) =>
  vault.pool.query(`update payments set leased_until = null, settle_at = now() where order_id = $1`, [orderId]);

/** Asks as checkout does: again while it is told to. */
async function insist(ask: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
  let answer = await ask();
  await until(async () => {
    if (answer['status'] === 'retry_later') answer = await ask();
    return answer['status'] !== 'retry_later';
  });
  return answer;
}

async function authorized() {
  const request = await vault.prepareOrder();
  expect(await vault.authorize(request)).toMatchObject({ status: 'authorized' });
  return request;
}

describe('a capture', () => {
  test('takes the whole amount once, however often it is asked for', async () => {
    const { orderId } = await authorized();
    const first = await vault.capture(orderId);
    expect(first).toEqual({
      status: 'captured',
      capturedAt: expect.stringMatching(/Z$/),
      amount: { amountMinor: 4_599, currency: 'USD' },
    });
    expect(await vault.capture(orderId)).toEqual(first);
    expect(await vault.ledger(orderId)).toMatchObject({ captured: 4_599, open: 0, counts: { authorized: 1, captured: 1 } });
    expect((await vault.events(orderId)).map(({ type, sequence }) => [type, sequence])).toEqual([
      ['payment.authorized', 1],
      ['payment.captured', 2],
    ]);
  });

  test('of many at the same time takes it once', async () => {
    const { orderId } = await authorized();
    const answers = await Promise.all(Array.from({ length: 8 }, () => vault.capture(orderId)));
    expect(new Set(answers.map((answer) => answer['status']))).toEqual(new Set(['captured']));
    expect(await vault.ledger(orderId)).toMatchObject({ captured: 4_599, counts: { captured: 1 } });
    expect(await vault.events(orderId)).toHaveLength(2);
  });

  test.each(['lose_response', 'reset', '500_before', '500_after', '409', '429'])(
    'takes it once when Stripe fails with %s',
    async (fault) => {
      const { orderId } = await authorized();
      await vault.fault({ fault, path: '/capture$' });
      expect(await insist(() => vault.capture(orderId))).toMatchObject({ status: 'captured' });
      expect(await vault.faultHits()).toBe(1);
      expect(await vault.ledger(orderId)).toMatchObject({ captured: 4_599, counts: { captured: 1 } });
    },
  );

  test('whose answer is lost is looked at before it is sent again', async () => {
    const { orderId } = await authorized();
    await vault.fault({ fault: 'lose_response', path: '/capture$' });
    // Harmless, and counts what comes after the first.
    await vault.fault({ fault: 'delay', path: '/capture$', times: null });
    expect(await insist(() => vault.capture(orderId))).toMatchObject({ status: 'captured' });
    expect(await vault.faultHits()).toBe(1);
  });

  test('whose outcome nobody asked for again is found out by the settle loop', async () => {
    const { orderId } = await authorized();
    await vault.fault({ fault: 'lose_response', path: '/capture$' });
    await vault.fault({ fault: 'reset', path: '^/v1/payment_intents/pi_', method: 'GET', times: null });
    expect(await vault.capture(orderId)).toMatchObject({ status: 'retry_later' });
    await vault.clearFaults();
    await makeDue(orderId);
    await settlePayments(vault.deps);
    expect(await statusOf(orderId)).toBe('captured');
    expect(await vault.capture(orderId)).toMatchObject({ status: 'captured' });
    expect(await vault.ledger(orderId)).toMatchObject({ counts: { captured: 1 } });
  });

  test('of a part takes that part, lets the rest go, and says so', async () => {
    const { orderId } = await authorized();
    const answer = await vault.capture(orderId, 1_000);
    expect(answer).toMatchObject({ status: 'captured', amount: { amountMinor: 1_000, currency: 'USD' } });
    expect(await vault.capture(orderId, 1_000)).toEqual(answer);
    expect(await vault.ledger(orderId)).toMatchObject({ captured: 1_000, voided: 3_599, open: 0, counts: { captured: 1 } });
    expect((await vault.payloads(orderId)).at(-1)).toMatchObject({
      payment: { status: 'captured', amount: { amountMinor: 4_599 }, capturedMinor: 1_000, refundedMinor: 0 },
    });
  });

  test('that is asked for again with another amount is refused as a conflict, also before it is known to have happened', async () => {
    const [{ orderId }, other] = [await authorized(), await authorized()];
    await vault.capture(orderId, 1_000);
    expect(await vault.internal('captures', { orderId })).toMatchObject({ status: 409 });
    expect(await vault.internal('captures', { orderId, amountMinor: 1_001 })).toMatchObject({ status: 409 });
    await vault.fault({ fault: 'reset', path: '^/v1/payment_intents', times: null });
    await vault.fault({ fault: 'reset', path: '^/v1/payment_intents', method: 'GET', times: null });
    expect(await vault.capture(other.orderId, 1_000)).toMatchObject({ status: 'retry_later' });
    expect(await vault.internal('captures', { orderId: other.orderId, amountMinor: 900 })).toMatchObject({ status: 409 });
    await vault.clearFaults();
    expect(await insist(() => vault.capture(other.orderId, 1_000))).toMatchObject({ status: 'captured', amount: { amountMinor: 1_000 } });
    expect(await vault.ledger(other.orderId)).toMatchObject({ captured: 1_000, counts: { captured: 1 } });
  });

  test('of more than is authorized is refused, and leaves the authorization as it is', async () => {
    const { orderId } = await authorized();
    expect(await vault.capture(orderId, 4_600)).toEqual({ status: 'not_capturable', reason: 'EXCEEDS_AUTHORIZED' });
    expect(await vault.ledger(orderId)).toMatchObject({ captured: 0, open: 4_599 });
    expect(await vault.capture(orderId, 4_599)).toMatchObject({ status: 'captured', amount: { amountMinor: 4_599 } });
  });

  test.each(['lose_response', 'reset', '500_before', '500_after'])(
    'of a part takes that part once when Stripe fails with %s',
    async (fault) => {
      const { orderId } = await authorized();
      await vault.fault({ fault, path: '/capture$' });
      expect(await insist(() => vault.capture(orderId, 2_500))).toMatchObject({ status: 'captured', amount: { amountMinor: 2_500 } });
      expect(await vault.faultHits()).toBe(1);
      expect(await vault.ledger(orderId)).toMatchObject({ captured: 2_500, voided: 2_099, counts: { captured: 1 } });
    },
  );

  test('that somebody made at Stripe is recorded with the amount that was captured there', async () => {
    const { orderId } = await authorized();
    const { rows } = await vault.pool.query<{ id: string }>('select stripe_payment_intent_id as id from payments where order_id = $1', [
      orderId,
    ]);
    await vault.deps.stripePayments.capture(rows[0]?.id ?? '', 700, 'dashboard-capture', { remainingMs: () => 5_000 });
    await vault.deps.payments.wake({ orderId });
    await until(async () => {
      await settlePayments(vault.deps);
      return (await statusOf(orderId)) === 'captured';
    });
    expect(await vault.capture(orderId)).toMatchObject({ status: 'captured', amount: { amountMinor: 700 } });
    expect((await vault.events(orderId)).at(-1)).toMatchObject({ type: 'payment.captured' });
  });

  test('is not possible for an order without a payment, one that waits for the buyer, or one that was voided', async () => {
    expect(await vault.capture(newId('ord'))).toEqual({ status: 'not_capturable', reason: 'NOT_AUTHORIZED' });
    const challenged = await vault.prepareOrder(testCards.alwaysChallenged);
    await vault.authorize(challenged);
    expect(await vault.capture(challenged.orderId)).toEqual({ status: 'not_capturable', reason: 'NOT_AUTHORIZED' });
    const { orderId } = await authorized();
    await vault.voidPayment(orderId);
    expect(await vault.capture(orderId)).toEqual({ status: 'not_capturable', reason: 'LET_GO' });
    expect(await vault.ledger(orderId)).toMatchObject({ captured: 0, open: 0 });
  });

  test('is not possible when Stripe has let the authorization go, and ends the payment', async () => {
    const { orderId } = await authorized();
    const { rows } = await vault.pool.query<{ id: string }>('select stripe_payment_intent_id as id from payments where order_id = $1', [
      orderId,
    ]);
    await vault.deps.stripePayments.cancel(rows[0]?.id ?? '', 'somebody-else', { remainingMs: () => 5_000 });
    expect(await vault.capture(orderId)).toEqual({ status: 'not_capturable', reason: 'LET_GO' });
    expect((await vault.events(orderId)).at(-1)).toMatchObject({ type: 'payment.voided', sequence: 2 });
    expect(await hasAddress(orderId)).toBe(false);
  });
});

describe('a void', () => {
  test('lets the authorization go and forgets where the order would have gone', async () => {
    const request = await authorized();
    expect(await hasAddress(request.orderId)).toBe(true);
    expect(await vault.voidPayment(request.orderId)).toEqual({ status: 'voided' });
    expect(await vault.voidPayment(request.orderId)).toEqual({ status: 'voided' });
    expect(await vault.authorize(request)).toEqual({ status: 'voided' });
    expect(await vault.ledger(request.orderId)).toMatchObject({ voided: 4_599, open: 0, counts: { voided: 1 } });
    expect(await hasAddress(request.orderId)).toBe(false);
    expect((await vault.events(request.orderId)).map(({ type }) => type)).toEqual(['payment.authorized', 'payment.voided']);
  });

  test('that comes before its authorization wins for ever', async () => {
    const request = await vault.prepareOrder();
    expect(await vault.voidPayment(request.orderId)).toEqual({ status: 'voided' });
    expect(await vault.authorize(request)).toEqual({ status: 'voided' });
    expect(await vault.capture(request.orderId)).toEqual({ status: 'not_capturable', reason: 'LET_GO' });
    expect(await vault.voidPayment(request.orderId)).toEqual({ status: 'voided' });
    expect(await vault.ledger(request.orderId)).toBeUndefined();
    expect(await hasAddress(request.orderId)).toBe(false);
  });

  test('that comes at the same time as its authorization leaves nothing authorized, whichever is first', async () => {
    const requests = await Promise.all(Array.from({ length: 6 }, () => vault.prepareOrder()));
    await Promise.all(
      requests.flatMap((request, index) =>
        index % 2 === 0
          ? [vault.authorize(request), vault.voidPayment(request.orderId)]
          : [vault.voidPayment(request.orderId), vault.authorize(request)],
      ),
    );
    for (const request of requests) {
      expect(await insist(() => vault.voidPayment(request.orderId))).toEqual({ status: 'voided' });
      expect(await vault.authorize(request)).toEqual({ status: 'voided' });
      expect((await vault.ledger(request.orderId))?.open ?? 0).toBe(0);
    }
  });

  test('that comes while Stripe is being asked waits for the answer and undoes it', async () => {
    const request = await vault.prepareOrder();
    await vault.fault({ fault: 'delay', path: '^/v1/payment_intents$', delayMs: 700 });
    const authorization = vault.authorize(request);
    await until(async () => (await statusOf(request.orderId)) === 'started');
    expect(await vault.voidPayment(request.orderId)).toEqual({ status: 'voided' });
    expect(await authorization).toEqual({ status: 'voided' });
    expect(await vault.ledger(request.orderId)).toMatchObject({ authorized: 4_599, voided: 4_599, open: 0 });
    expect(await hasAddress(request.orderId)).toBe(false);
    // Nobody was told of an authorization that was not to be.
    expect(await vault.events(request.orderId)).toEqual([{ type: 'payment.voided', sequence: 1, status: 'voided' }]);
  });

  test('ends a 3-D Secure challenge that the buyer left', async () => {
    const request = await vault.prepareOrder(testCards.alwaysChallenged);
    const asked = await vault.authorize(request);
    expect(await vault.voidPayment(request.orderId)).toEqual({ status: 'voided' });
    await expect(vault.answerChallenge('payment_intents', String(asked['clientSecret']), 'complete')).rejects.toThrow();
    expect(await vault.ledger(request.orderId)).toMatchObject({ authorized: 0 });
  });

  test('of a captured payment is refused', async () => {
    const { orderId } = await authorized();
    await vault.capture(orderId);
    expect(await vault.voidPayment(orderId)).toEqual({ status: 'already_captured' });
    expect(await vault.ledger(orderId)).toMatchObject({ captured: 4_599, voided: 0 });
    expect(await hasAddress(orderId)).toBe(true);
  });

  test('racing a capture: exactly one wins', async () => {
    const orders = await Promise.all(Array.from({ length: 4 }, () => authorized()));
    for (const { orderId } of orders) {
      const [captured, voided] = await Promise.all([insist(() => vault.capture(orderId)), insist(() => vault.voidPayment(orderId))]);
      const ledger = await vault.ledger(orderId);
      expect(ledger?.open).toBe(0);
      if (captured['status'] === 'captured') expect([voided['status'], ledger?.captured]).toEqual(['already_captured', 4_599]);
      else expect([captured['status'], voided['status'], ledger?.voided]).toEqual(['not_capturable', 'voided', 4_599]);
    }
  });

  test.each(['lose_response', 'reset', '500_before', '500_after', '409'])('lets it go once when Stripe fails with %s', async (fault) => {
    const { orderId } = await authorized();
    await vault.fault({ fault, path: '/cancel$' });
    expect(await insist(() => vault.voidPayment(orderId))).toEqual({ status: 'voided' });
    expect(await vault.faultHits()).toBe(1);
    expect(await vault.ledger(orderId)).toMatchObject({ open: 0, counts: { voided: 1 } });
  });

  test('that was asked for is carried out by the settle loop when Stripe was away', async () => {
    const request = await authorized();
    await vault.fault({ fault: 'reset', path: '^/v1/payment_intents', times: null });
    await vault.fault({ fault: 'reset', path: '^/v1/payment_intents', method: 'GET', times: null });
    expect(await vault.voidPayment(request.orderId)).toMatchObject({ status: 'retry_later' });
    // From the moment that it was asked for nothing else can happen.
    expect(await vault.authorize(request)).toEqual({ status: 'voided' });
    expect(await vault.capture(request.orderId)).toEqual({ status: 'not_capturable', reason: 'LET_GO' });
    await vault.clearFaults();
    await makeDue(request.orderId);
    await settlePayments(vault.deps);
    expect(await statusOf(request.orderId)).toBe('voided');
    expect(await vault.ledger(request.orderId)).toMatchObject({ open: 0, counts: { voided: 1 } });
  });

  test('of an authorization whose answer was lost finds its intent by the order and cancels it', async () => {
    const request = await vault.prepareOrder();
    const dead = {
      ...vault.deps,
      payments: { ...vault.deps.payments, record: async () => Promise.reject(new Error('the process ends here')) },
    };
    await expect(authorizePayment(dead, request, 'request')).rejects.toThrow('ends here');
    await makeDue(request.orderId);
    expect(await vault.voidPayment(request.orderId)).toEqual({ status: 'voided' });
    expect(await vault.intentStatus(request.orderId)).toBe('canceled');
    expect(await vault.ledger(request.orderId)).toMatchObject({ authorized: 4_599, open: 0 });
  });

  test('of an authorization that never reached Stripe does not authorize anything to undo it', async () => {
    const request = await vault.prepareOrder();
    const dead = {
      ...vault.deps,
      stripePayments: { ...vault.deps.stripePayments, authorize: async () => Promise.reject(new Error('the process ends here')) },
    };
    await expect(authorizePayment(dead, request, 'request')).rejects.toThrow('ends here');
    await makeDue(request.orderId);
    expect(await vault.voidPayment(request.orderId)).toEqual({ status: 'voided' });
    expect(await vault.ledger(request.orderId)).toBeUndefined();
  });

  test('cancels an intent that Stripe makes only after the void', async () => {
    const request = await vault.prepareOrder();
    // The call is cut off here and takes effect there, later.
    const cutOff = {
      ...vault.deps,
      stripePayments: { ...vault.deps.stripePayments, authorize: async () => ({ kind: 'unknown', replayed: false }) as const },
    };
    expect(await authorizePayment(cutOff, request, 'request')).toMatchObject({ status: 'retry_later' });
    expect(await vault.voidPayment(request.orderId)).toEqual({ status: 'voided' });
    const due = await vault.pool.query(
      `select settle_at between now() and now() + interval '3 minutes' as soon from payments where order_id = $1`,
      [request.orderId],
    );
    expect(due.rows).toEqual([{ soon: true }]);
    const { rows } = await vault.pool.query<{ customer: string; method: string; key: string }>(
      'select stripe_customer_id as customer, stripe_payment_method_id as method, authorize_key as key from payments where order_id = $1',
      [request.orderId],
    );
    const sent = {
      orderId: request.orderId,
      amountMinor: 4_599,
      currency: 'USD',
      stripeCustomerId: rows[0]?.customer ?? '',
      stripePaymentMethodId: rows[0]?.method ?? '',
    };
    await vault.deps.stripePayments.authorize(sent, rows[0]?.key ?? '', { remainingMs: () => 5_000 });
    expect(await vault.ledger(request.orderId)).toMatchObject({ open: 4_599 });
    await makeDue(request.orderId);
    await settlePayments(vault.deps);
    expect(await vault.ledger(request.orderId)).toMatchObject({ open: 0, voided: 4_599 });
    const left = await vault.pool.query('select settle_at from payments where order_id = $1', [request.orderId]);
    expect(left.rows).toEqual([{ settle_at: null }]);
  });
});

test('a capture whose answer was lost is told as captured, although a void was asked for meanwhile', async () => {
  const request = await vault.prepareOrder();
  await vault.authorize(request);
  await vault.fault({ fault: 'lose_response', path: '/capture$' });
  await vault.fault({ fault: '500_before', path: '^/v1/payment_intents/[^/]+$', method: 'GET', times: null });
  await vault.fault({ fault: '500_before', path: '/cancel$', times: null });
  expect(await vault.capture(request.orderId)).toMatchObject({ status: 'retry_later' });
  expect(await vault.voidPayment(request.orderId)).toMatchObject({ status: 'retry_later' });
  await vault.clearFaults();
  expect(await vault.capture(request.orderId)).toMatchObject({ status: 'captured' });
  expect(await vault.voidPayment(request.orderId)).toEqual({ status: 'already_captured' });
}, 60_000);
