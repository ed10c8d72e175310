import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { authorization, NO_REDIRECTS, refusal, savedCard, startSandbox, VISA, wire, withSecret, type Fixture } from './sandbox-fixture.ts';

const ALWAYS = '4000002760003184';
const UNLESS_SET_UP = '4000002500003155';
const RETURN_URL = 'https://shop.test/back?cart=7';

let sandbox: Fixture;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

function challengeOf(intent: Stripe.PaymentIntent | Stripe.SetupIntent): string {
  const url = intent.next_action?.redirect_to_url?.url;
  if (typeof url !== 'string') throw new Error('The intent has no page to redirect to.');
  return url;
}

function answer(page: string, outcome: 'complete' | 'fail'): Promise<Response> {
  return fetch(page, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ outcome }) });
}

/** A customer with the card saved by a setup intent whose challenge was completed. */
async function setUp(number: string): Promise<{ customer: string; card: string }> {
  const customer = await sandbox.shop.customers.create();
  const method = await sandbox.browser.paymentMethods.create({ type: 'card', card: { ...VISA, number } });
  const intent = await sandbox.shop.setupIntents.create({ customer: customer.id, usage: 'off_session' });
  const open = await sandbox.browser.setupIntents.confirm(
    intent.id,
    withSecret(intent, { payment_method: method.id, return_url: RETURN_URL }),
  );
  expect(open.status).toBe('requires_action');
  expect((await answer(challengeOf(open), 'complete')).status).toBe(303);
  return { customer: customer.id, card: method.id };
}

async function onSession(): Promise<Stripe.PaymentIntent> {
  const owner = await savedCard(sandbox, ALWAYS);
  const { off_session: _, automatic_payment_methods: __, ...params } = authorization(owner);
  return sandbox.shop.paymentIntents.create({ ...params, return_url: RETURN_URL });
}

describe('off-session', () => {
  it.each([ALWAYS, UNLESS_SET_UP])('%s that was never set up is declined with authentication_required', async (number) => {
    const error = await refusal(sandbox.shop.paymentIntents.create(authorization(await savedCard(sandbox, number))));
    expect(error).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code: 'authentication_required',
      decline_code: 'authentication_required',
    });
    expect(wire(error).payment_intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'authentication_required' },
    });
  });

  it('a card that was set up needs no challenge, one that always asks still does', async () => {
    expect(await sandbox.shop.paymentIntents.create(authorization(await setUp(UNLESS_SET_UP)))).toMatchObject({
      status: 'requires_capture',
    });
    expect(await refusal(sandbox.shop.paymentIntents.create(authorization(await setUp(ALWAYS))))).toMatchObject({
      code: 'authentication_required',
    });
  });

  it('the declined intent can be confirmed on-session with the challenge', async () => {
    const owner = await savedCard(sandbox, ALWAYS);
    const declined = wire(await refusal(sandbox.shop.paymentIntents.create(authorization(owner)))).payment_intent;
    const open = await sandbox.shop.paymentIntents.confirm(declined?.id ?? '', { payment_method: owner.card, return_url: RETURN_URL });
    expect(open.status).toBe('requires_action');
    await answer(challengeOf(open), 'complete');
    expect(await sandbox.shop.paymentIntents.retrieve(open.id)).toMatchObject({ status: 'requires_capture' });
  });
});

describe('on-session', () => {
  it('the intent asks for the card holder, whose page authorizes and leads back', async () => {
    const intent = await onSession();
    expect(intent).toMatchObject({
      status: 'requires_action',
      amount_capturable: 0,
      latest_charge: null,
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: RETURN_URL } },
    });
    const page = await fetch(challengeOf(intent));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('value="complete"');
    const back = await answer(challengeOf(intent), 'complete');
    expect(back.status).toBe(303);
    const location = new URL(back.headers.get('location') ?? '');
    expect(Object.fromEntries(location.searchParams)).toEqual({
      cart: '7',
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret,
      redirect_status: 'succeeded',
    });
    const after = await sandbox.shop.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    expect(after).toMatchObject({
      status: 'requires_capture',
      next_action: null,
      latest_charge: { payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } } },
    });
  });

  it('a failed challenge moves no money and asks for another payment method', async () => {
    const intent = await onSession();
    const back = await answer(challengeOf(intent), 'fail');
    expect(new URL(back.headers.get('location') ?? '').searchParams.get('redirect_status')).toBe('failed');
    expect(await sandbox.shop.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      latest_charge: null,
      last_payment_error: { code: 'payment_intent_authentication_failure', payment_method: { object: 'payment_method' } },
    });
    expect((await sandbox.ledger()).payment_intents[intent.id]).toMatchObject({ authorized: 0 });
  });

  it('a challenge ends once: completed twice it charges once, failed it cannot be completed', async () => {
    const twice = await onSession();
    const statuses = await Promise.all([answer(challengeOf(twice), 'complete'), answer(challengeOf(twice), 'complete')]);
    expect(statuses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 409]);
    expect((await sandbox.ledger()).payment_intents[twice.id]).toMatchObject({ counts: { authorized: 1 } });
    const failed = await onSession();
    await answer(challengeOf(failed), 'fail');
    expect((await answer(challengeOf(failed), 'complete')).status).toBe(409);
    expect(await sandbox.shop.paymentIntents.retrieve(failed.id)).toMatchObject({ status: 'requires_payment_method' });
  });

  it('a canceled intent cannot be completed on the page', async () => {
    const intent = await onSession();
    await sandbox.shop.paymentIntents.cancel(intent.id);
    expect((await answer(challengeOf(intent), 'complete')).status).toBe(409);
    expect(await sandbox.shop.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'canceled' });
  });

  it('a challenge that a new confirmation has overtaken cannot be completed', async () => {
    const intent = await onSession();
    const again = await sandbox.shop.paymentIntents.confirm(intent.id, { return_url: RETURN_URL });
    expect((await answer(challengeOf(intent), 'complete')).status).toBe(409);
    expect((await answer(challengeOf(again), 'complete')).status).toBe(303);
  });

  it('the page needs its secret and a known outcome', async () => {
    const page = challengeOf(await onSession());
    expect((await fetch(page.replace(/client_secret=.*/, 'client_secret=wrong'))).status).toBe(404);
    const other = await fetch(page, { method: 'POST', body: new URLSearchParams({ outcome: 'maybe' }) });
    expect(other.status).toBe(400);
  });

  it('without a return address the next action is for the SDK, and error_on_requires_action declines instead', async () => {
    const owner = await savedCard(sandbox, ALWAYS);
    const { off_session: _, ...params } = authorization(owner);
    const intent = await sandbox.shop.paymentIntents.create(params);
    expect(intent).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
    const error = await refusal(sandbox.shop.paymentIntents.create({ ...params, error_on_requires_action: true }));
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' });
  });
});

describe('saving a card', () => {
  it('with a failed challenge leaves it unattached', async () => {
    const customer = await sandbox.shop.customers.create();
    const intent = await sandbox.shop.setupIntents.create({
      customer: customer.id,
      confirm: true,
      payment_method: 'pm_card_authenticationRequired',
      return_url: RETURN_URL,
    });
    expect(intent.status).toBe('requires_action');
    const back = await answer(challengeOf(intent), 'fail');
    expect(new URL(back.headers.get('location') ?? '').searchParams.get('redirect_status')).toBe('failed');
    expect(await sandbox.shop.setupIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      last_setup_error: { code: 'setup_intent_authentication_failure' },
    });
    expect((await sandbox.shop.paymentMethods.list({ customer: customer.id })).data).toEqual([]);
  });

  it('needs no challenge for an ordinary card', async () => {
    const intent = await sandbox.shop.setupIntents.create({ confirm: true, payment_method: 'pm_card_visa', ...NO_REDIRECTS });
    expect(intent.status).toBe('succeeded');
  });
});

describe('a card that supports 3-D Secure', () => {
  const SUPPORTED = '4000000000003055';

  async function pay(asked: 'any' | 'automatic' | 'challenge'): Promise<Stripe.PaymentIntent> {
    const owner = await savedCard(sandbox, SUPPORTED);
    const { off_session: _, automatic_payment_methods: __, ...params } = authorization(owner);
    return sandbox.shop.paymentIntents.create({
      ...params,
      return_url: RETURN_URL,
      payment_method_options: { card: { request_three_d_secure: asked } },
      expand: ['latest_charge'],
    });
  }

  it('pays without it, or without the card holder, or with a challenge, as it was asked', async () => {
    const threeDSecure = (intent: Stripe.PaymentIntent): unknown =>
      (intent.latest_charge as Stripe.Charge).payment_method_details?.card?.three_d_secure;
    expect(threeDSecure(await pay('automatic'))).toBeNull();
    expect(threeDSecure(await pay('any'))).toMatchObject({ authentication_flow: 'frictionless', result: 'authenticated' });
    const open = await pay('challenge');
    expect(open.status).toBe('requires_action');
    await answer(challengeOf(open), 'complete');
    const after = await sandbox.shop.paymentIntents.retrieve(open.id, { expand: ['latest_charge'] });
    expect(threeDSecure(after)).toMatchObject({ authentication_flow: 'challenge' });
  });
});

describe('a card whose issuer refuses after the challenge', () => {
  it.each([
    ['4000008400001629', 'generic_decline'],
    ['4000008260003178', 'insufficient_funds'],
  ])('%s ends in %s', async (number, declineCode) => {
    const owner = await savedCard(sandbox, number);
    const { off_session: _, automatic_payment_methods: __, ...params } = authorization(owner);
    const open = await sandbox.shop.paymentIntents.create({ ...params, return_url: RETURN_URL });
    expect(open.status).toBe('requires_action');
    await answer(challengeOf(open), 'complete');
    expect(await sandbox.shop.paymentIntents.retrieve(open.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code: declineCode },
    });
  });

  it('that cannot be asked declines at once', async () => {
    const owner = await savedCard(sandbox, '4000008400001280');
    expect(await refusal(sandbox.shop.paymentIntents.create(authorization(owner)))).toMatchObject({ code: 'card_declined' });
  });

  it('of a card already set up elsewhere lets it pay off-session', async () => {
    const owner = await savedCard(sandbox, '4000003800000446');
    expect(await sandbox.shop.paymentIntents.create(authorization(owner))).toMatchObject({ status: 'requires_capture' });
  });
});
