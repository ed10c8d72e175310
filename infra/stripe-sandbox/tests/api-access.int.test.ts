import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusal, startSandbox, VISA, wire, withSecret, type Fixture } from './sandbox-fixture.ts';

let sandbox: Fixture;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

function raw(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${sandbox.url}${path}`, init);
}

describe('keys', () => {
  it.each(['sk_live_abcdefgh', 'pk_live_abcdefgh', 'rk_live_abcdefgh'])('a live key (%s) is refused with 401', async (key) => {
    const error = await refusal(sandbox.client(key).customers.create());
    expect(error).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 });
    expect(error.message).toContain('Use a test key');
    expect(error.message).not.toContain('abcd');
  });

  it('a malformed or missing key is refused with 401', async () => {
    expect(await refusal(sandbox.client('nonsense').customers.create())).toMatchObject({ statusCode: 401 });
    expect((await raw('/v1/customers')).status).toBe(401);
  });

  it('Basic authentication works as curl -u does', async () => {
    const response = await raw('/v1/customers', { headers: { Authorization: `Basic ${btoa('sk_test_vitrine:')}` } });
    expect(response.status).toBe(200);
  });

  it('accounts do not see each other', async () => {
    const customer = await sandbox.shop.customers.create();
    const error = await refusal(sandbox.client('sk_test_other').customers.retrieve(customer.id));
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });

  it('a connected account that does not exist is refused with 403', async () => {
    const error = await refusal(sandbox.shop.customers.create({}, { stripeAccount: 'acct_1234567890' }));
    expect(error).toMatchObject({ statusCode: 403, code: 'account_invalid' });
  });
});

describe('a publishable key', () => {
  it('creates a payment method and does not see its fingerprint', async () => {
    const method = await sandbox.browser.paymentMethods.create({ type: 'card', card: VISA });
    expect(method.card).toMatchObject({ last4: '4242', brand: 'visa' });
    expect(method.card).not.toHaveProperty('fingerprint');
    expect((await sandbox.shop.paymentMethods.retrieve(method.id)).card?.fingerprint).toMatch(/^[0-9A-Za-z]{16}$/);
  });

  it.each([
    ['customers.create', () => sandbox.browser.customers.create()],
    ['paymentIntents.create', () => sandbox.browser.paymentIntents.create({ amount: 1000, currency: 'usd' })],
    ['refunds.list', () => sandbox.browser.refunds.list()],
    ['paymentMethods.list', () => sandbox.browser.paymentMethods.list()],
  ])('is refused for %s', async (_name, call) => {
    expect(await refusal(call())).toMatchObject({ statusCode: 403, code: 'secret_key_required' });
  });

  it('acts on an intent only with its client secret, and sees neither customer nor metadata', async () => {
    const customer = await sandbox.shop.customers.create();
    const intent = await sandbox.shop.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      customer: customer.id,
      metadata: { order_id: 'o' },
    });
    expect(await refusal(sandbox.browser.paymentIntents.retrieve(intent.id))).toMatchObject({ statusCode: 403 });
    expect(await refusal(sandbox.browser.paymentIntents.retrieve(intent.id, { client_secret: 'wrong' }))).toMatchObject({
      statusCode: 400,
      param: 'client_secret',
    });
    const seen = await sandbox.browser.paymentIntents.retrieve(intent.id, { client_secret: intent.client_secret ?? '' });
    expect(seen).toMatchObject({ id: intent.id, status: 'requires_payment_method' });
    expect(seen).not.toHaveProperty('metadata');
    expect(seen).not.toHaveProperty('customer');
  });

  it('cannot turn a confirmation into an off-session one', async () => {
    const intent = await sandbox.shop.paymentIntents.create({ amount: 1000, currency: 'usd' });
    const call = sandbox.browser.paymentIntents.confirm(
      intent.id,
      withSecret(intent, { payment_method: 'pm_card_visa', off_session: true }),
    );
    expect(await refusal(call)).toMatchObject({ statusCode: 400, param: 'off_session' });
  });

  it('is what raw card numbers need: a secret key gets 402', async () => {
    const error = await refusal(sandbox.shop.paymentMethods.create({ type: 'card', card: VISA }));
    expect(error).toMatchObject({ statusCode: 402, rawType: 'invalid_request_error' });
  });

  it('is usable from a page of another origin', async () => {
    const preflight = await raw('/v1/payment_methods', {
      method: 'OPTIONS',
      headers: { Origin: 'http://shop.test', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    const response = await raw('/v1/payment_methods', {
      method: 'POST',
      headers: { Origin: 'http://shop.test', Authorization: 'Bearer pk_test_vitrine', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'type=card&card[number]=4242424242424241&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123',
    });
    expect(response.status).toBe(402);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toContain('Request-Id');
  });
});

describe('requests', () => {
  it('carry the version and a request id in the answer', async () => {
    const customer = await sandbox.shop.customers.create();
    expect(customer.lastResponse).toMatchObject({
      apiVersion: '2026-10-28.endive',
      requestId: expect.stringMatching(/^req_[0-9A-Za-z]{14}$/),
    });
  });

  it('in another API version are refused', async () => {
    expect(await refusal(sandbox.shop.customers.create({}, { apiVersion: '2020-08-27' }))).toMatchObject({ statusCode: 400 });
  });

  it('to an unknown address are refused with 404 in the shape of an error', async () => {
    const response = await raw('/v1/unicorns', { headers: { Authorization: 'Bearer sk_test_vitrine' } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('with a JSON body are refused', async () => {
    const response = await raw('/v1/customers', {
      method: 'POST',
      headers: { Authorization: 'Bearer sk_test_vitrine', 'Content-Type': 'application/json' },
      body: '{"name":"x"}',
    });
    expect(response.status).toBe(400);
  });

  it.each([
    ['payment_method_types[0]=card', 'payment_method_types'],
    ['transfer_data[destination]=acct_12345678&transfer_data[colour]=red', 'transfer_data[colour]'],
    ['automatic_payment_methods[enabled]=true&automatic_payment_methods[speed]=1', 'automatic_payment_methods[speed]'],
    ['__proto__[a]=1', '__proto__'],
    ['constructor=1', 'constructor'],
  ])('with the unknown parameter %s are refused', async (extra, param) => {
    const response = await raw('/v1/payment_intents', {
      method: 'POST',
      headers: { Authorization: 'Bearer sk_test_vitrine', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: `amount=1000&currency=usd&${extra}`,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'parameter_unknown', param } });
  });

  it('name the page on the error code', async () => {
    const error = await refusal(sandbox.shop.customers.retrieve('cus_missing'));
    expect(wire(error).doc_url).toBe('https://docs.stripe.com/error-codes/resource-missing');
  });
});
