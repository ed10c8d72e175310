import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { authorization, NO_REDIRECTS, refusal, savedCard, startSandbox, VISA, wire, type Fixture } from './sandbox-fixture.ts';
import { activeSeller } from './sellers.ts';

let sandbox: Fixture;
/** The sandbox's clock, which tests may move forward. */
let clockOffsetMs = 0;
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => new Date(Date.now() + clockOffsetMs) });
});
afterAll(() => sandbox.close());

describe('an off-session authorization', () => {
  it('holds the amount, is captured in part once, and releases the rest', async () => {
    const { shop } = sandbox;
    const intent = await shop.paymentIntents.create({
      ...authorization(await savedCard(sandbox)),
      expand: ['latest_charge', 'payment_method'],
    });
    expect(intent).toMatchObject({
      status: 'requires_capture',
      amount: 2500,
      amount_capturable: 2500,
      amount_received: 0,
      capture_method: 'manual',
      livemode: false,
    });
    expect(intent.latest_charge).toMatchObject({
      object: 'charge',
      captured: false,
      paid: true,
      amount: 2500,
      amount_captured: 0,
      payment_intent: intent.id,
    });
    expect(intent.payment_method).toMatchObject({ object: 'payment_method' });
    const captured = await shop.paymentIntents.capture(intent.id, { amount_to_capture: 2000 });
    expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 2000 });
    const charge = await shop.charges.retrieve(captured.latest_charge as string);
    expect(charge).toMatchObject({ captured: true, amount_captured: 2000, amount_refunded: 500, refunded: false });
    expect(await refusal(shop.paymentIntents.capture(intent.id))).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
    });
  });

  it('is let go whole by a cancellation, which happens once', async () => {
    const { shop } = sandbox;
    const intent = await shop.paymentIntents.create(authorization(await savedCard(sandbox), 2500, 'ord_canceled'));
    const canceled = await shop.paymentIntents.cancel(intent.id, { cancellation_reason: 'requested_by_customer' });
    expect(canceled).toMatchObject({
      status: 'canceled',
      amount_capturable: 0,
      amount_received: 0,
      cancellation_reason: 'requested_by_customer',
    });
    expect(canceled.canceled_at).toBeGreaterThan(0);
    expect(await shop.charges.retrieve(canceled.latest_charge as string)).toMatchObject({
      captured: false,
      refunded: true,
      amount_refunded: 2500,
    });
    const error = await refusal(shop.paymentIntents.cancel(intent.id));
    expect(error).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(wire(error).payment_intent).toMatchObject({ id: intent.id, status: 'canceled' });
    expect(await refusal(shop.paymentIntents.capture(intent.id))).toMatchObject({ code: 'payment_intent_unexpected_state' });
    expect((await sandbox.ledger('?order_id=ord_canceled')).orders['ord_canceled']).toMatchObject({
      authorized: 2500,
      captured: 0,
      voided: 2500,
      open: 0,
    });
  });

  it('cannot be captured above what it holds', async () => {
    const { shop } = sandbox;
    const intent = await shop.paymentIntents.create(authorization(await savedCard(sandbox)));
    expect(await refusal(shop.paymentIntents.capture(intent.id, { amount_to_capture: 2501 }))).toMatchObject({
      statusCode: 400,
      code: 'amount_too_large',
      param: 'amount_to_capture',
    });
    expect(await shop.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'requires_capture', amount_capturable: 2500 });
  });

  it('of a card that attaches but cannot be charged is declined, and says so in the intent and in a failed charge', async () => {
    const { shop } = sandbox;
    const owner = await savedCard(sandbox, '4000000000000341');
    const error = await refusal(shop.paymentIntents.create(authorization(owner, 2500, 'ord_declined')));
    expect(error).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'generic_decline',
      message: 'Your card was declined.',
    });
    const { payment_intent: intent, charge, payment_method: method } = wire(error);
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      latest_charge: charge,
      last_payment_error: { code: 'card_declined', charge },
    });
    expect(method).toMatchObject({ id: owner.card });
    expect(await shop.charges.retrieve(charge ?? '')).toMatchObject({
      status: 'failed',
      paid: false,
      failure_code: 'card_declined',
      outcome: { type: 'issuer_declined' },
    });
    expect(await shop.paymentIntents.retrieve(intent?.id ?? '')).toMatchObject({ status: 'requires_payment_method' });
    expect((await sandbox.ledger('?order_id=ord_declined')).orders['ord_declined']).toMatchObject({ authorized: 0, open: 0 });
  });

  it('after a decline succeeds on the same intent with another card', async () => {
    const { shop } = sandbox;
    const owner = await savedCard(sandbox, '4000000000000341');
    const declined = wire(await refusal(shop.paymentIntents.create(authorization(owner)))).payment_intent;
    const good = await shop.paymentMethods.attach('pm_card_mastercard', { customer: owner.customer });
    const done = await shop.paymentIntents.confirm(declined?.id ?? '', { payment_method: good.id, off_session: true });
    expect(done).toMatchObject({ status: 'requires_capture', last_payment_error: null, payment_method: good.id });
  });

  it('of a saved card that has expired since is declined', async () => {
    const { shop } = sandbox;
    const owner = await savedCard(sandbox);
    clockOffsetMs = 9 * 366 * 24 * 3600 * 1000;
    const error = await refusal(shop.paymentIntents.create(authorization(owner)).finally(() => (clockOffsetMs = 0)));
    expect(error).toMatchObject({ statusCode: 402, code: 'expired_card' });
  });

  it('stores what the platform and the seller get', async () => {
    const { shop } = sandbox;
    const owner = await savedCard(sandbox);
    const { id: destination } = await activeSeller(sandbox);
    const connect = { application_fee_amount: 300, transfer_data: { destination }, transfer_group: 'ord_9' };
    const intent = await shop.paymentIntents.create({ ...authorization(owner), ...connect });
    expect(intent).toMatchObject({
      application_fee_amount: 300,
      transfer_data: { destination },
      transfer_group: 'ord_9',
    });
    const captured = await shop.paymentIntents.capture(intent.id, { amount_to_capture: 200 });
    expect(captured.application_fee_amount).toBe(200);
    expect(await refusal(shop.paymentIntents.create({ ...authorization(owner), application_fee_amount: 300 }))).toMatchObject({
      param: 'application_fee_amount',
    });
    expect(await refusal(shop.paymentIntents.create({ ...authorization(owner), ...connect, application_fee_amount: 2501 }))).toMatchObject({
      param: 'application_fee_amount',
    });
  });
});

describe('confirming with a card that the issuer refuses', () => {
  it.each([
    ['4000000000000002', 'card_declined', 'generic_decline'],
    ['4000000000009995', 'card_declined', 'insufficient_funds'],
    ['4000000000009987', 'card_declined', 'lost_card'],
    ['4000000000009979', 'card_declined', 'stolen_card'],
    ['4000000000000069', 'expired_card', 'expired_card'],
    ['4000000000000127', 'incorrect_cvc', 'incorrect_cvc'],
    ['4000000000000119', 'processing_error', 'processing_error'],
  ])('%s ends in %s (%s)', async (number, code, declineCode) => {
    const method = await sandbox.browser.paymentMethods.create({ type: 'card', card: { ...VISA, number } });
    const error = await refusal(
      sandbox.shop.paymentIntents.create({ amount: 1000, currency: 'usd', payment_method: method.id, confirm: true, ...NO_REDIRECTS }),
    );
    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code: declineCode });
  });

  it.each([
    ['4242424242424242', 'visa', '123'],
    ['5555555555554444', 'mastercard', '123'],
    ['378282246310005', 'amex', '1234'],
  ])('%s (%s) is approved', async (number, brand, cvc) => {
    const method = await sandbox.browser.paymentMethods.create({ type: 'card', card: { ...VISA, number, cvc } });
    const intent = await sandbox.shop.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      payment_method: method.id,
      confirm: true,
      expand: ['latest_charge'],
      ...NO_REDIRECTS,
    });
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount_received: 1000,
      latest_charge: { captured: true, payment_method_details: { card: { brand } } },
    });
  });
});

describe('creating a payment intent', () => {
  const create = (params: Partial<Stripe.PaymentIntentCreateParams>) =>
    sandbox.shop.paymentIntents.create({ amount: 1000, currency: 'usd', ...params });

  it.each([
    [{ amount: 49 }, 'amount_too_small', 'amount'],
    [{ amount: 100_000_000 }, 'amount_too_large', 'amount'],
    [{ amount: 0 }, 'parameter_invalid_integer', 'amount'],
    [{ amount: -1 }, 'parameter_invalid_integer', 'amount'],
    [{ amount: 10.5 }, 'parameter_invalid_integer', 'amount'],
    [{ currency: 'xxx' }, undefined, 'currency'],
    [{ customer: 'cus_missing' }, 'resource_missing', 'customer'],
    [{ payment_method: 'pm_missing' }, 'resource_missing', 'payment_method'],
    [{ off_session: true }, undefined, 'off_session'],
    [{ confirm: true, payment_method: 'pm_card_visa' }, undefined, 'return_url'],
    [{ confirm: true, payment_method: 'pm_card_visa', return_url: 'javascript:alert(1)' }, 'url_invalid', 'return_url'],
    [{ amount: undefined as unknown as number }, 'parameter_missing', 'amount'],
    [{ capture_method: 'later' as 'manual' }, undefined, 'capture_method'],
    [{ expand: ['unicorn'] }, undefined, 'expand'],
  ])('with %j is refused (%s, %s)', async (params, code, param) => {
    const error = await refusal(create(params));
    expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, param });
    expect(error.code).toBe(code);
  });

  it('without confirming waits for a payment method or a confirmation', async () => {
    expect(await create({})).toMatchObject({ status: 'requires_payment_method', capture_method: 'automatic_async', latest_charge: null });
    const idle = await create({ payment_method: 'pm_card_visa', ...NO_REDIRECTS });
    expect(idle).toMatchObject({ status: 'requires_confirmation' });
    expect(await sandbox.shop.paymentIntents.confirm(idle.id)).toMatchObject({ status: 'succeeded' });
    expect(await refusal(sandbox.shop.paymentIntents.confirm(idle.id))).toMatchObject({ code: 'payment_intent_unexpected_state' });
  });

  it('refuses to confirm without a payment method', async () => {
    const intent = await create(NO_REDIRECTS);
    expect(await refusal(sandbox.shop.paymentIntents.confirm(intent.id))).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
    });
  });

  it('uses a card without a customer once, unless it is kept for the customer', async () => {
    const { shop, browser } = sandbox;
    const once = await browser.paymentMethods.create({ type: 'card', card: VISA });
    await create({ payment_method: once.id, confirm: true, ...NO_REDIRECTS });
    expect(await refusal(create({ payment_method: once.id, confirm: true, ...NO_REDIRECTS }))).toMatchObject({
      statusCode: 400,
      param: 'payment_method',
    });
    const kept = await browser.paymentMethods.create({ type: 'card', card: VISA });
    const customer = await shop.customers.create();
    await create({ payment_method: kept.id, customer: customer.id, setup_future_usage: 'off_session', confirm: true, ...NO_REDIRECTS });
    expect((await shop.paymentMethods.retrieve(kept.id)).customer).toBe(customer.id);
  });

  it('is found again in the list of its customer, newest first', async () => {
    const { shop } = sandbox;
    const owner = await savedCard(sandbox);
    const made: string[] = [];
    for (const order of ['a', 'b', 'c']) made.unshift((await shop.paymentIntents.create(authorization(owner, 1000, order))).id);
    const list = await shop.paymentIntents.list({ customer: owner.customer, limit: 2 });
    expect(list).toMatchObject({ has_more: true });
    expect(list.data.map(({ id }) => id)).toEqual(made.slice(0, 2));
    expect((await shop.paymentIntents.list({ customer: owner.customer, created: { lt: 1 } })).data).toEqual([]);
  });

  it('missing from the account is a 404', async () => {
    expect(await refusal(sandbox.shop.paymentIntents.retrieve('pi_missing'))).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    expect(await refusal(sandbox.shop.charges.retrieve('ch_missing'))).toMatchObject({ statusCode: 404 });
    expect(await refusal(sandbox.shop.refunds.retrieve('re_missing'))).toMatchObject({ statusCode: 404 });
  });
});
