import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authorization, refusal, savedCard, startSandbox, type Fixture } from './sandbox-fixture.ts';

let sandbox: Fixture;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

describe('a customer session', () => {
  it('opens the asked components for one customer, with nothing more than was asked for', async () => {
    const { id: customer } = await sandbox.shop.customers.create();
    const session = await sandbox.shop.customerSessions.create({
      customer,
      components: { mobile_payment_element: { enabled: true, features: { payment_method_save: 'enabled' } } },
    });
    expect(session).toMatchObject({
      object: 'customer_session',
      customer,
      client_secret: expect.stringMatching(/^cuss_secret_/),
      components: {
        mobile_payment_element: {
          enabled: true,
          features: { payment_method_save: 'enabled', payment_method_redisplay: 'disabled', payment_method_remove: 'disabled' },
        },
        customer_sheet: { enabled: false, features: null },
        payment_element: { enabled: false, features: null },
      },
    });
    expect(session.expires_at - session.created).toBe(1800);
  });

  it('needs a customer that is there and a component that is on', async () => {
    const { shop } = sandbox;
    const { id: customer } = await shop.customers.create();
    const components = { customer_sheet: { enabled: true } };
    expect(await refusal(shop.customerSessions.create({ customer, components: { buy_button: { enabled: false } } }))).toMatchObject({
      param: 'components',
    });
    await shop.customers.del(customer);
    expect(await refusal(shop.customerSessions.create({ customer, components }))).toMatchObject({ code: 'resource_missing' });
  });
});

describe('an ephemeral key', () => {
  it('belongs to one customer, tells its secret once and can be revoked once', async () => {
    const { shop } = sandbox;
    const { id: customer } = await shop.customers.create();
    const key = await shop.ephemeralKeys.create({ customer }, { apiVersion: '2026-10-28.endive' });
    expect(key.object).toBe('ephemeral_key');
    expect(key.expires - key.created).toBe(3600);
    expect(key.secret).toMatch(/^ek_test_/);
    const revoked = await shop.ephemeralKeys.del(key.id);
    expect(revoked.id).toBe(key.id);
    expect(revoked.secret).toBeUndefined();
    expect(await refusal(shop.ephemeralKeys.del(key.id))).toMatchObject({ statusCode: 404 });
  });
});

describe('a deleted customer', () => {
  it('leaves its id and nothing else, and its cards are detached', async () => {
    const { shop } = sandbox;
    const owner = await savedCard(sandbox);
    await shop.customers.update(owner.customer, { email: 'jenny@shop.test', metadata: { buyer: '7' } });
    await shop.customers.del(owner.customer);
    const left = await shop.customers.retrieve(owner.customer);
    expect(left).toEqual(expect.objectContaining({ id: owner.customer, object: 'customer', deleted: true }));
    expect(JSON.stringify(left)).not.toContain('jenny');
    expect(await shop.paymentMethods.retrieve(owner.card)).toMatchObject({ customer: null });
  });
});

describe('a payment intent', () => {
  it('can change until it is confirmed, and its metadata after that', async () => {
    const { paymentIntents } = sandbox.shop;
    const intent = await paymentIntents.create({ amount: 1000, currency: 'usd', capture_method: 'manual' });
    expect(await paymentIntents.update(intent.id, { amount: 1500, payment_method: 'pm_card_visa' })).toMatchObject({
      amount: 1500,
      status: 'requires_confirmation',
    });
    expect(await refusal(paymentIntents.update(intent.id, { amount: 10 }))).toMatchObject({ code: 'amount_too_small' });
    const held = await paymentIntents.create(authorization(await savedCard(sandbox)));
    expect(await refusal(paymentIntents.update(held.id, { amount: 9999 }))).toMatchObject({ code: 'payment_intent_unexpected_state' });
    expect(await paymentIntents.update(held.id, { metadata: { step: '2' } })).toMatchObject({
      amount: 2500,
      metadata: { order_id: 'ord_1', step: '2' },
    });
  });

  it('is found by its metadata and status, and its charges by intent and customer', async () => {
    const { shop } = sandbox;
    const owner = await savedCard(sandbox);
    const intent = await shop.paymentIntents.create(authorization(owner, 2500, 'ord_find'));
    const search = (query: string) => shop.paymentIntents.search({ query });
    expect((await search("metadata['order_id']:'ord_find' AND status:'requires_capture'")).data.map(({ id }) => id)).toEqual([intent.id]);
    expect((await search("metadata['order_id']:'ord_find' AND status:'succeeded'")).data).toEqual([]);
    expect(await refusal(search('anything'))).toMatchObject({ param: 'query' });
    expect((await shop.charges.list({ payment_intent: intent.id })).data.map(({ id }) => id)).toEqual([intent.latest_charge]);
    expect((await shop.charges.list({ customer: owner.customer })).data).toHaveLength(1);
  });

  it.each([
    ['jpy', 49, 50],
    ['gbp', 29, 30],
    ['thb', 999, 1000],
  ])('in %s is refused at %d and taken at %d', async (currency, tooLittle, enough) => {
    const { paymentIntents } = sandbox.shop;
    expect(await refusal(paymentIntents.create({ amount: tooLittle, currency }))).toMatchObject({ code: 'amount_too_small' });
    expect(await paymentIntents.create({ amount: enough, currency })).toMatchObject({ amount: enough });
  });
});
