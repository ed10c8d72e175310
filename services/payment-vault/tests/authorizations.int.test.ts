import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuthorizationRequest } from '@vitrine/contracts/payment-vault-http';
import { newId } from '@vitrine/runtime/ids';
import { authorizePayment } from '../src/authorize-payment.ts';
import { settlePayments } from '../src/settle-payments.ts';
import type { PaymentStore } from '../src/store/payments.ts';
import { startVault, testCards, until, type Deps, type Vault } from './vault.ts';

let vault: Vault;
beforeAll(async () => {
  vault = await startVault();
});
afterEach(() => vault.clearFaults());
afterAll(() => vault.stop());

const intents = '^/v1/payment_intents$';

/** Asks as checkout does: again while it is told to. */
async function authorizeToTheEnd(request: AuthorizationRequest): Promise<Record<string, unknown>> {
  let answer = await vault.authorize(request);
  await until(async () => {
    if (answer['status'] === 'retry_later') answer = await vault.authorize(request);
    return answer['status'] !== 'retry_later';
  });
  return answer;
}

/** A vault whose process ends at the first call of this method of the payment store. */
function crashing(method: keyof PaymentStore): Deps {
  let crashed = false;
  const payments = new Proxy(vault.deps.payments, {
    get(target, name: keyof PaymentStore) {
      if (name !== method || crashed) return target[name];
      return async () => {
        crashed = true;
        throw new Error('the process ends here');
      };
    },
  });
  return { ...vault.deps, payments };
}

/** What a restart finds once the lease of the ended process has run out. */
const leaseRunsOut = (orderId: string) =>
  vault.pool.query(`update payments set leased_until = now() - interval '1 second', settle_at = now() where order_id = $1`, [orderId]);

describe('an authorization', () => {
  test('holds the total once, publishes it, and keeps the address for the order as ciphertext', async () => {
    const request = await vault.prepareOrder();
    const answer = await vault.authorize(request);
    expect(answer).toEqual({ status: 'authorized', authorizedAt: expect.stringMatching(/Z$/) });
    expect(await vault.ledger(request.orderId)).toMatchObject({ authorized: 4_599, open: 4_599, captured: 0, counts: { authorized: 1 } });
    expect(await vault.events(request.orderId)).toEqual([{ type: 'payment.authorized', sequence: 1, status: 'authorized' }]);
    expect(await vault.authorize(request)).toEqual(answer);
    expect(await vault.ledger(request.orderId)).toMatchObject({ payment_intents: [expect.any(String)], counts: { authorized: 1 } });
    const { rows } = await vault.pool.query(
      `select a.buyer_id, g.seller_id, g.expires_at > now() + interval '89 days' as lasting, p.lease_token, p.settle_at, p.authorize_key
         from order_addresses a join grants g using (order_id) join payments p using (order_id) where a.order_id = $1`,
      [request.orderId],
    );
    expect(rows).toEqual([
      {
        buyer_id: request.buyerId,
        seller_id: request.sellerId,
        lasting: true,
        lease_token: null,
        settle_at: null,
        authorize_key: `${request.orderId}:authorize`,
      },
    ]);
  });

  test('makes one intent for ten calls at once, each of which is answered in the end', async () => {
    const request = await vault.prepareOrder();
    await vault.fault({ fault: 'delay', path: intents, delayMs: 300 });
    const first = await Promise.all(Array.from({ length: 10 }, () => vault.authorize(request)));
    expect(new Set(first.map((answer) => answer['status']))).toEqual(new Set(['authorized', 'retry_later']));
    expect(await vault.authorize(request)).toMatchObject({ status: 'authorized' });
    expect(await vault.ledger(request.orderId)).toMatchObject({ payment_intents: [expect.any(String)], counts: { authorized: 1 } });
    expect(await vault.events(request.orderId)).toHaveLength(1);
  });

  test.each(['lose_response', 'reset', '500_before', '500_after', '409', '429'])(
    'is made once when Stripe fails with %s',
    async (fault) => {
      const request = await vault.prepareOrder();
      await vault.fault({ fault, path: intents });
      expect(await authorizeToTheEnd(request)).toMatchObject({ status: 'authorized' });
      expect(await vault.faultHits()).toBe(1);
      expect(await vault.ledger(request.orderId)).toMatchObject({
        payment_intents: [expect.any(String)],
        open: 4_599,
        counts: { authorized: 1 },
      });
    },
  );

  test('is made once when Stripe fails again and again, for longer than one call waits', async () => {
    const request = await vault.prepareOrder();
    await vault.fault({ fault: 'lose_response', path: intents, times: 1 });
    await vault.fault({ fault: '409', path: intents, times: 4 });
    expect(await vault.authorize(request)).toEqual({ status: 'retry_later', retryAfterMs: expect.any(Number) });
    expect(await authorizeToTheEnd(request)).toMatchObject({ status: 'authorized' });
    expect(await vault.ledger(request.orderId)).toMatchObject({ payment_intents: [expect.any(String)], counts: { authorized: 1 } });
  });

  test('that Stripe does not answer is given up before checkout does, and can be asked for again', async () => {
    const request = await vault.prepareOrder();
    await vault.fault({ fault: 'hang', path: intents });
    const startedAt = performance.now();
    expect(await vault.authorize(request)).toMatchObject({ status: 'retry_later' });
    expect(performance.now() - startedAt).toBeLessThan(14_000);
    expect(await authorizeToTheEnd(request)).toMatchObject({ status: 'authorized' });
    expect(await vault.ledger(request.orderId)).toMatchObject({ payment_intents: [expect.any(String)], counts: { authorized: 1 } });
  }, 60_000);

  test.each([
    ['pm_card_chargeCustomerFail', 'DECLINED'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'INSUFFICIENT_FUNDS'],
    ['pm_card_visa_chargeDeclinedLostCard', 'DECLINED'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'DECLINED'],
    ['pm_card_chargeDeclinedExpiredCard', 'EXPIRED_CARD'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'INCORRECT_CVC'],
    ['pm_card_chargeDeclinedProcessingError', 'PROCESSING_ERROR'],
  ])('that the bank declines (%s: %s) is final, and leaves neither address nor grant', async (stripeTestToken, reason) => {
    const request = await vault.prepareOrder();
    await vault.pool.query('update payment_methods set stripe_payment_method_id = $2 where id = $1', [
      request.paymentMethodId,
      stripeTestToken,
    ]);
    const answer = await vault.authorize(request);
    expect(answer).toEqual({ status: 'declined', reason });
    expect(await vault.authorize(request)).toEqual(answer);
    expect(await vault.ledger(request.orderId)).toMatchObject({ payment_intents: [expect.any(String)], authorized: 0 });
    expect(await vault.events(request.orderId)).toEqual([{ type: 'payment.declined', sequence: 1, status: 'declined' }]);
    expect(
      (
        await vault.pool.query('select 1 from order_addresses where order_id = $1 union all select 1 from grants where order_id = $1', [
          request.orderId,
        ])
      ).rowCount,
    ).toBe(0);
    expect(await vault.capture(request.orderId)).toEqual({ status: 'not_capturable', reason: 'NOT_AUTHORIZED' });
    expect(await vault.voidPayment(request.orderId)).toEqual({ status: 'voided' });
  });

  test('says which details are missing, and can be made once they are there', async () => {
    const request = await vault.prepareOrder();
    const missing = { ...request, paymentMethodId: newId('pmt'), addressId: newId('adr') };
    expect(await vault.authorize(missing)).toEqual({ status: 'missing_details', missing: ['DELIVERY_ADDRESS', 'PAYMENT_METHOD'] });
    const stranger = await vault.prepareOrder();
    expect(await vault.authorize({ ...request, paymentMethodId: stranger.paymentMethodId })).toEqual({
      status: 'missing_details',
      missing: ['PAYMENT_METHOD'],
    });
    expect(await vault.authorize({ ...request, addressId: stranger.addressId })).toEqual({
      status: 'missing_details',
      missing: ['DELIVERY_ADDRESS'],
    });
    expect(await vault.authorize(request)).toMatchObject({ status: 'authorized' });
  });

  test('is a missing card when Stripe let the card go without telling', async () => {
    const request = await vault.prepareOrder();
    const { rows } = await vault.pool.query<{ id: string }>('select stripe_payment_method_id as id from payment_methods where id = $1', [
      request.paymentMethodId,
    ]);
    await vault.deps.stripeCards.detach(rows[0]?.id ?? '', 'somebody-else', { remainingMs: () => 5_000 });
    expect(await vault.authorize(request)).toEqual({ status: 'missing_details', missing: ['PAYMENT_METHOD'] });
    expect(await vault.ledger(request.orderId)).toBeUndefined();
  });

  test('with other terms for the same order is refused as a bug, and changes nothing', async () => {
    const request = await vault.prepareOrder();
    await vault.authorize(request);
    for (const other of [
      { ...request, amount: { amountMinor: 4_600, currency: 'USD' } },
      { ...request, amount: { amountMinor: 4_599, currency: 'EUR' } },
      { ...request, sellerId: newId('sel') },
    ]) {
      expect((await vault.internal('authorizations', other)).status).toBe(409);
    }
    expect(await vault.ledger(request.orderId)).toMatchObject({ counts: { authorized: 1 } });
  });

  test('is answered after card and address have been deleted', async () => {
    const request = await vault.prepareOrder();
    const answer = await vault.authorize(request);
    await vault.mutate(request.buyerId, 'deletePaymentMethod', {
      idempotencyKey: crypto.randomUUID(),
      paymentMethodId: request.paymentMethodId,
    });
    await vault.mutate(request.buyerId, 'deleteAddress', { idempotencyKey: crypto.randomUUID(), addressId: request.addressId });
    expect(await vault.authorize(request)).toEqual(answer);
    expect(await vault.capture(request.orderId)).toMatchObject({ status: 'captured' });
  });

  test('is answered to checkout alone, and refuses what is no request', async () => {
    const request = await vault.prepareOrder();
    for (const from of ['gateway', 'ops'])
      expect((await vault.post(from, { role: 'service' }, '/internal/authorizations', request)).status).toBe(403);
    expect((await vault.internal('authorizations', { ...request, orderId: 'ord_1' })).status).toBe(400);
    expect((await vault.internal('authorizations', { ...request, amount: { amountMinor: -1, currency: 'USD' } })).status).toBe(400);
    expect(await vault.ledger(request.orderId)).toBeUndefined();
  });
});

describe('a 3-D Secure challenge', () => {
  test('that the buyer completes ends in an authorization', async () => {
    const request = await vault.prepareOrder(testCards.alwaysChallenged);
    const asked = await vault.authorize(request);
    expect(asked).toEqual({ status: 'requires_action', clientSecret: expect.stringContaining('_secret_') });
    expect(await vault.authorize(request)).toEqual(asked);
    expect(await vault.events(request.orderId)).toEqual([]);
    await vault.answerChallenge('payment_intents', String(asked['clientSecret']), 'complete');
    expect(await vault.authorize(request)).toMatchObject({ status: 'authorized' });
    expect(await vault.ledger(request.orderId)).toMatchObject({ payment_intents: [expect.any(String)], open: 4_599 });
  });

  test('that the buyer fails is a decline, and nothing can be authorized with its secret afterwards', async () => {
    const request = await vault.prepareOrder(testCards.alwaysChallenged);
    const asked = await vault.authorize(request);
    const clientSecret = String(asked['clientSecret']);
    await vault.answerChallenge('payment_intents', clientSecret, 'fail');
    expect(await vault.authorize(request)).toEqual({ status: 'declined', reason: 'AUTHENTICATION_FAILED' });
    const [intentId = ''] = clientSecret.split('_secret_');
    const confirmed = await vault.stripe('POST', `/v1/payment_intents/${intentId}/confirm`, {
      client_secret: clientSecret,
      payment_method: 'pm_card_visa',
    });
    expect(confirmed).toHaveProperty('error');
    expect(await vault.ledger(request.orderId)).toMatchObject({ authorized: 0, open: 0 });
  });

  test('keeps its client secret out of the database', async () => {
    const request = await vault.prepareOrder(testCards.alwaysChallenged);
    const { clientSecret } = await vault.authorize(request);
    const { rows } = await vault.pool.query<{ text: string }>('select row(p)::text as text from payments p where order_id = $1', [
      request.orderId,
    ]);
    const secretPart = String(clientSecret).split('_secret_')[1] ?? '';
    expect(secretPart.length).toBeGreaterThan(8);
    expect(rows[0]?.text).not.toContain(secretPart);
  });

  test('is found out by the settle loop when checkout does not ask again', async () => {
    const request = await vault.prepareOrder(testCards.alwaysChallenged);
    const asked = await vault.authorize(request);
    await vault.answerChallenge('payment_intents', String(asked['clientSecret']), 'complete');
    await leaseRunsOut(request.orderId);
    await settlePayments(vault.deps);
    expect(await vault.events(request.orderId)).toEqual([{ type: 'payment.authorized', sequence: 1, status: 'authorized' }]);
  });

  test('that nobody answers for a day is given up, and cancelled at Stripe', async () => {
    const request = await vault.prepareOrder(testCards.alwaysChallenged);
    await vault.authorize(request);
    await vault.pool.query(`update payments set created_at = now() - interval '25 hours' where order_id = $1`, [request.orderId]);
    await leaseRunsOut(request.orderId);
    await settlePayments(vault.deps);
    expect(await vault.authorize(request)).toEqual({ status: 'declined', reason: 'AUTHENTICATION_FAILED' });
    expect(await vault.intentStatus(request.orderId)).toBe('canceled');
  });
});

describe('a process that ends', () => {
  test('after the payment was recorded and before Stripe was called leaves an order that can be authorized, once', async () => {
    const request = await vault.prepareOrder();
    const dead = {
      ...vault.deps,
      stripePayments: { ...vault.deps.stripePayments, authorize: async () => Promise.reject(new Error('the process ends here')) },
    };
    await expect(authorizePayment(dead, request, 'request')).rejects.toThrow('ends here');
    expect(await vault.authorize(request)).toMatchObject({ status: 'retry_later' });
    await leaseRunsOut(request.orderId);
    await settlePayments(vault.deps);
    expect(await vault.ledger(request.orderId)).toBeUndefined();
    expect(await authorizeToTheEnd(request)).toMatchObject({ status: 'authorized' });
    expect(await vault.ledger(request.orderId)).toMatchObject({ payment_intents: [expect.any(String)], counts: { authorized: 1 } });
  });

  test('after Stripe authorized and before that was recorded does not authorize twice', async () => {
    const request = await vault.prepareOrder();
    await expect(authorizePayment(crashing('record'), request, 'request')).rejects.toThrow('ends here');
    expect(await vault.ledger(request.orderId)).toMatchObject({ counts: { authorized: 1 } });
    await leaseRunsOut(request.orderId);
    expect(await vault.authorize(request)).toMatchObject({ status: 'authorized' });
    expect(await vault.ledger(request.orderId)).toMatchObject({ payment_intents: [expect.any(String)], counts: { authorized: 1 } });
  });

  test('after Stripe authorized is found out by the settle loop when checkout does not ask again', async () => {
    const request = await vault.prepareOrder();
    await expect(authorizePayment(crashing('record'), request, 'request')).rejects.toThrow('ends here');
    await leaseRunsOut(request.orderId);
    await settlePayments(vault.deps);
    expect(await vault.events(request.orderId)).toEqual([{ type: 'payment.authorized', sequence: 1, status: 'authorized' }]);
    expect(await vault.authorize(request)).toMatchObject({ status: 'authorized' });
  });

  test('keeps its lease to itself until that runs out, and then writes nothing any more', async () => {
    const request = await vault.prepareOrder();
    let release = (): void => {};
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const paused: Deps = {
      ...vault.deps,
      stripePayments: {
        ...vault.deps.stripePayments,
        authorize: async (...given) => {
          const outcome = await vault.deps.stripePayments.authorize(...given);
          await slow;
          return outcome;
        },
      },
    };
    const late = authorizePayment(paused, request, 'request');
    await until(async () => (await vault.ledger(request.orderId)) !== undefined);
    await leaseRunsOut(request.orderId);
    expect(await vault.authorize(request)).toMatchObject({ status: 'authorized' });
    release();
    expect(await late).toMatchObject({ status: 'retry_later' });
    expect(await vault.events(request.orderId)).toHaveLength(1);
  });
});

describe('more than 24 hours after it was sent', () => {
  const longAgo = (orderId: string) =>
    vault.pool.query(`update payments set sent_at = now() - interval '25 hours' where order_id = $1`, [orderId]);

  test('an authorization is looked for and never sent again', async () => {
    const [made, unmade] = [await vault.prepareOrder(), await vault.prepareOrder()];
    await expect(authorizePayment(crashing('record'), made, 'request')).rejects.toThrow();
    const dead = {
      ...vault.deps,
      stripePayments: { ...vault.deps.stripePayments, authorize: async () => Promise.reject(new Error('the process ends here')) },
    };
    await expect(authorizePayment(dead, unmade, 'request')).rejects.toThrow();
    for (const { orderId } of [made, unmade]) await Promise.all([longAgo(orderId), leaseRunsOut(orderId)]);
    expect(await vault.authorize(made)).toMatchObject({ status: 'authorized' });
    expect(await vault.authorize(unmade)).toEqual({ status: 'declined', reason: 'PROCESSING_ERROR' });
    expect(await vault.ledger(unmade.orderId)).toBeUndefined();
  });
});
