/**
 * What Vitrine relies on at Stripe, asked through the public API and the SDK only. The keys of a Stripe test account in the
 * environment (and an address in STRIPE_API_BASE) point it there; without them it starts a sandbox.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenStripeAccount } from '@vitrine/local/stripe-account';
import Stripe from 'stripe';
import { until } from '../../../tests/support/until.ts';
import { NO_REDIRECTS, refusal, startSandbox, type Fixture } from './sandbox-fixture.ts';

let sandbox: Fixture | undefined;
let stripe: Stripe;

beforeAll(async () => {
  const account = givenStripeAccount(process.env);
  if (account === undefined) sandbox = await startSandbox();
  const { hostname, port, protocol } = new URL(account?.apiBase ?? sandbox?.url ?? '');
  stripe = new Stripe(account?.secretKey ?? 'sk_test_conformance', {
    host: hostname,
    ...(port === '' ? {} : { port }),
    protocol: protocol === 'http:' ? 'http' : 'https',
    maxNetworkRetries: 0,
    timeout: 20_000,
    telemetry: false,
  });
});

afterAll(async () => {
  await sandbox?.close();
});

/** A customer with a card, by the token of one of Stripe's test cards. */
async function buyerWith(token: string): Promise<{ customer: string; payment_method: string }> {
  const customer = await stripe.customers.create({ metadata: { purpose: 'conformance' } });
  const method = await stripe.paymentMethods.attach(token, { customer: customer.id });
  return { customer: customer.id, payment_method: method.id };
}

function authorization(buyer: { customer: string; payment_method: string }, amount = 2500): Stripe.PaymentIntentCreateParams {
  return {
    ...buyer,
    ...NO_REDIRECTS,
    amount,
    currency: 'usd',
    confirm: true,
    off_session: true,
    capture_method: 'manual',
    metadata: { order_id: `ord_${randomUUID()}` },
  };
}

describe('an idempotency key', () => {
  it('gets the first answer again, marked as a replay', async () => {
    const params = authorization(await buyerWith('pm_card_visa'));
    const idempotencyKey = randomUUID();
    const first = await stripe.paymentIntents.create(params, { idempotencyKey });
    const again = await stripe.paymentIntents.create(params, { idempotencyKey });
    expect(again.id).toBe(first.id);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  });

  it('is refused with other parameters', async () => {
    const params = authorization(await buyerWith('pm_card_visa'));
    const idempotencyKey = randomUUID();
    await stripe.paymentIntents.create(params, { idempotencyKey });
    const error = await refusal(stripe.paymentIntents.create({ ...params, amount: 2600 }, { idempotencyKey }));
    expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
  });

  it('repeats a decline, too', async () => {
    const params = authorization(await buyerWith('pm_card_chargeCustomerFail'));
    const idempotencyKey = randomUUID();
    const first = await refusal(stripe.paymentIntents.create(params, { idempotencyKey }));
    const again = await refusal(stripe.paymentIntents.create(params, { idempotencyKey }));
    expect(first).toMatchObject({ statusCode: 402, code: 'card_declined' });
    expect(again.payment_intent?.id).toBe(first.payment_intent?.id);
    expect(again.payment_intent?.id).toMatch(/^pi_/);
  });
});

describe('a declined card', () => {
  it.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', undefined],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', undefined],
  ])('%s is refused with %s and %s', async (token, code, declineCode) => {
    const error = await refusal(
      stripe.paymentIntents.create({ ...NO_REDIRECTS, amount: 1500, currency: 'usd', payment_method: token, confirm: true }),
    );
    expect(error).toMatchObject({ statusCode: 402, type: 'StripeCardError', code });
    if (declineCode !== undefined) expect(error.decline_code).toBe(declineCode);
    expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method' });
  });
});

describe('an authorization', () => {
  it('is captured in full once', async () => {
    const held = await stripe.paymentIntents.create(authorization(await buyerWith('pm_card_visa')));
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 2500, amount_received: 0 });
    expect(await stripe.paymentIntents.capture(held.id)).toMatchObject({ status: 'succeeded', amount_received: 2500 });
    expect(await refusal(stripe.paymentIntents.capture(held.id))).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
    });
  });

  it('is captured in part, never above what was authorized, and the rest is released', async () => {
    const held = await stripe.paymentIntents.create(authorization(await buyerWith('pm_card_visa')));
    expect(await refusal(stripe.paymentIntents.capture(held.id, { amount_to_capture: 2501 }))).toMatchObject({ statusCode: 400 });
    const captured = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1000 });
    expect(captured).toMatchObject({ status: 'succeeded', amount_received: 1000, amount_capturable: 0 });
  });

  it('is canceled, and cannot be captured then', async () => {
    const held = await stripe.paymentIntents.create(authorization(await buyerWith('pm_card_visa')));
    expect(await stripe.paymentIntents.cancel(held.id)).toMatchObject({ status: 'canceled', amount_capturable: 0 });
    expect(await refusal(stripe.paymentIntents.capture(held.id))).toMatchObject({ code: 'payment_intent_unexpected_state' });
  });

  it('off session is refused where the bank wants 3-D Secure', async () => {
    const buyer = await buyerWith('pm_card_authenticationRequired');
    const error = await refusal(stripe.paymentIntents.create(authorization(buyer)));
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' });
    expect(error.payment_intent).toMatchObject({ status: 'requires_payment_method' });
  });

  it('on session asks for an action where the bank wants 3-D Secure', async () => {
    const { off_session: _, ...onSession } = authorization(await buyerWith('pm_card_authenticationRequired'));
    expect(await stripe.paymentIntents.create(onSession)).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'use_stripe_sdk' },
    });
  });
});

describe('a refund', () => {
  it('is made several times up to what was captured, and not a cent above', async () => {
    const held = await stripe.paymentIntents.create(authorization(await buyerWith('pm_card_visa')));
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 2000 });
    const first = await stripe.refunds.create({ payment_intent: held.id, amount: 500 });
    expect(first).toMatchObject({ amount: 500, status: 'succeeded', payment_intent: held.id });
    expect(await refusal(stripe.refunds.create({ payment_intent: held.id, amount: 1501 }))).toMatchObject({ statusCode: 400 });
    await stripe.refunds.create({ payment_intent: held.id, amount: 1500 });
    expect(await refusal(stripe.refunds.create({ payment_intent: held.id }))).toMatchObject({ code: 'charge_already_refunded' });
    const { data } = await stripe.refunds.list({ payment_intent: held.id });
    // What a partial capture released can be listed as a refund as well.
    const amounts = data.filter(({ amount }) => [500, 1500].includes(amount)).map(({ id }) => id);
    expect(amounts).toContain(first.id);
  });
});

describe('a saved card', () => {
  it('is set up for off-session use with a test token', async () => {
    const customer = await stripe.customers.create();
    const setup = await stripe.setupIntents.create({
      ...NO_REDIRECTS,
      customer: customer.id,
      usage: 'off_session',
      payment_method: 'pm_card_visa',
      confirm: true,
    });
    expect(setup).toMatchObject({ status: 'succeeded', customer: customer.id });
    expect(setup.payment_method).toMatch(/^pm_/);
    const { data } = await stripe.paymentMethods.list({ customer: customer.id, type: 'card' });
    expect(data.map(({ id }) => id)).toEqual([setup.payment_method]);
  });

  it('has a fingerprint that is the same for the same number', async () => {
    const one = await buyerWith('pm_card_visa');
    const other = await stripe.paymentMethods.attach('pm_card_visa', { customer: one.customer });
    const { data } = await stripe.paymentMethods.list({ customer: one.customer, type: 'card' });
    expect(data.map(({ id }) => id).toSorted()).toEqual([one.payment_method, other.id].toSorted());
    expect(new Set(data.map(({ card }) => card?.fingerprint)).size).toBe(1);
  });

  it('that is detached is listed no more, belongs to nobody and cannot be charged', async () => {
    const buyer = await buyerWith('pm_card_visa');
    expect(await stripe.paymentMethods.detach(buyer.payment_method)).toMatchObject({ customer: null });
    expect((await stripe.paymentMethods.list({ customer: buyer.customer, type: 'card' })).data).toEqual([]);
    expect(await refusal(stripe.paymentIntents.create(authorization(buyer)))).toMatchObject({ statusCode: 400 });
    expect(await refusal(stripe.paymentMethods.detach(buyer.payment_method))).toMatchObject({ statusCode: 400 });
  });
});

describe('refusals', () => {
  it('name an unknown parameter, at the top and within another', async () => {
    const unknown = { amount: 1000, currency: 'usd', planted: 'x' };
    expect(await refusal(stripe.paymentIntents.create(unknown))).toMatchObject({
      statusCode: 400,
      code: 'parameter_unknown',
      param: 'planted',
    });
    const nested = { amount: 1000, currency: 'usd', automatic_payment_methods: { enabled: true, planted: 'x' } };
    expect(await refusal(stripe.paymentIntents.create(nested))).toMatchObject({ statusCode: 400, code: 'parameter_unknown' });
  });

  it('name an object that does not exist: 404 in the path, 400 in a parameter', async () => {
    expect(await refusal(stripe.paymentIntents.retrieve('pi_absent'))).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    expect(await refusal(stripe.refunds.create({ payment_intent: 'pi_absent' }))).toMatchObject({ code: 'resource_missing' });
  });

  it('keep amounts above the smallest that may be charged', async () => {
    expect(await refusal(stripe.paymentIntents.create({ amount: 10, currency: 'usd' }))).toMatchObject({
      statusCode: 400,
      code: 'amount_too_small',
    });
  });
});

describe('events', () => {
  it('tell of a capture', async () => {
    const held = await stripe.paymentIntents.create(authorization(await buyerWith('pm_card_visa')));
    await stripe.paymentIntents.capture(held.id);
    const event = await until('the event of the capture', async () => {
      const { data } = await stripe.events.list({ type: 'payment_intent.succeeded', limit: 20 });
      return data.find((candidate) => candidate.type === 'payment_intent.succeeded' && candidate.data.object.id === held.id);
    });
    expect(event).toMatchObject({ object: 'event', livemode: false });
  });
});

describe('a seller', () => {
  it('gets an account and a link to be onboarded with, where the account has Connect', async () => {
    const made = stripe.accounts.create({
      country: 'US',
      controller: {
        fees: { payer: 'application' },
        losses: { payments: 'application' },
        stripe_dashboard: { type: 'express' },
      },
      capabilities: { transfers: { requested: true } },
    });
    const account = await made.catch((cause: unknown) => {
      if (sandbox === undefined && cause instanceof Stripe.errors.StripeError && /connect/i.test(cause.message)) return undefined;
      throw cause;
    });
    if (account === undefined) return;
    expect(account).toMatchObject({ object: 'account', payouts_enabled: false });
    const link = await stripe.accountLinks.create({
      account: account.id,
      type: 'account_onboarding',
      refresh_url: 'https://example.com/again',
      return_url: 'https://example.com/done',
    });
    expect(link.url).toMatch(/^https?:/);
    // Nothing is paid to an account that was not onboarded.
    const transfer = stripe.transfers.create({ amount: 100, currency: 'usd', destination: account.id });
    expect(await refusal(transfer)).toMatchObject({ statusCode: 400 });
  });
});
