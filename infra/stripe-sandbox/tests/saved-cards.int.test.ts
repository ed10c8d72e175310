import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NO_REDIRECTS, refusal, savedCard, startSandbox, VISA, wire, withSecret, type Fixture } from './sandbox-fixture.ts';

let sandbox: Fixture;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

describe('customers', () => {
  it('keep what they are given, merge metadata and clear what is emptied', async () => {
    const { shop } = sandbox;
    const made = await shop.customers.create({ email: 'a@example.test', metadata: { a: '1', b: '2' }, name: 'Ada' });
    expect(made).toMatchObject({ object: 'customer', livemode: false, email: 'a@example.test', metadata: { a: '1', b: '2' } });
    await shop.customers.update(made.id, { metadata: { b: '', c: '3' }, name: '' });
    expect(await shop.customers.retrieve(made.id)).toMatchObject({ email: 'a@example.test', name: null, metadata: { a: '1', c: '3' } });
    expect((await shop.customers.list({ email: 'a@example.test' })).data.map(({ id }) => id)).toEqual([made.id]);
  });

  it('when deleted read as deleted, lose their cards and cannot be used', async () => {
    const { shop } = sandbox;
    const { customer, card } = await savedCard(sandbox);
    expect(await shop.customers.del(customer)).toEqual({ id: customer, object: 'customer', deleted: true });
    expect(await shop.customers.retrieve(customer)).toMatchObject({ deleted: true });
    expect((await shop.paymentMethods.retrieve(card)).customer).toBeNull();
    expect(await refusal(shop.paymentIntents.create({ amount: 1000, currency: 'usd', customer }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'customer',
    });
    expect(await refusal(shop.customers.del(customer))).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });

  it('take only a card of their own as default', async () => {
    const { shop } = sandbox;
    const one = await savedCard(sandbox);
    const other = await savedCard(sandbox);
    const updated = await shop.customers.update(one.customer, { invoice_settings: { default_payment_method: one.card } });
    expect(updated.invoice_settings.default_payment_method).toBe(one.card);
    expect(await refusal(shop.customers.update(one.customer, { invoice_settings: { default_payment_method: other.card } }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
    });
    await shop.paymentMethods.detach(one.card);
    expect(await shop.customers.retrieve(one.customer)).toMatchObject({ invoice_settings: { default_payment_method: null } });
  });
});

describe('payment methods', () => {
  it('are listed by customer, newest first, in pages', async () => {
    const { shop } = sandbox;
    const customer = await shop.customers.create();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.unshift((await shop.paymentMethods.attach('pm_card_visa', { customer: customer.id })).id);
    const first = await shop.customers.listPaymentMethods(customer.id, { limit: 2 });
    expect(first).toMatchObject({ object: 'list', has_more: true, url: `/v1/customers/${customer.id}/payment_methods` });
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const next = await shop.paymentMethods.list({ customer: customer.id, limit: 3, starting_after: ids[1] ?? '' });
    expect(next.has_more).toBe(false);
    expect(next.data.map(({ id }) => id)).toEqual(ids.slice(2));
    const before = await shop.paymentMethods.list({ customer: customer.id, limit: 2, ending_before: ids[3] ?? '' });
    expect(before.data.map(({ id }) => id)).toEqual(ids.slice(1, 3));
    const walked: string[] = [];
    for await (const method of shop.paymentMethods.list({ customer: customer.id, limit: 2 })) walked.push(method.id);
    expect(walked).toEqual(ids);
  });

  it.each([0, 101, -1])('refuse a page of %d', async (limit) => {
    expect(await refusal(sandbox.shop.customers.list({ limit }))).toMatchObject({ statusCode: 400, param: 'limit' });
  });

  it('refuse a cursor that names nothing', async () => {
    expect(await refusal(sandbox.shop.customers.list({ starting_after: 'cus_none' }))).toMatchObject({
      code: 'resource_missing',
      param: 'starting_after',
    });
  });

  it('made twice from one number have one fingerprint and two ids', async () => {
    const [one, two] = await Promise.all(
      [sandbox.browser, sandbox.browser].map((browser) => browser.paymentMethods.create({ type: 'card', card: VISA })),
    );
    expect(one?.id).not.toBe(two?.id);
    const fingerprints = await Promise.all(
      [one, two].map(async (method) => (await sandbox.shop.paymentMethods.retrieve(method?.id ?? '')).card?.fingerprint),
    );
    expect(new Set(fingerprints).size).toBe(1);
  });

  it('once detached are never usable again', async () => {
    const { shop } = sandbox;
    const { customer, card } = await savedCard(sandbox);
    expect((await shop.paymentMethods.detach(card)).customer).toBeNull();
    expect((await shop.paymentMethods.list({ customer })).data).toEqual([]);
    expect(await refusal(shop.paymentMethods.detach(card))).toMatchObject({ statusCode: 400, code: 'payment_method_unexpected_state' });
    expect(await refusal(shop.paymentMethods.attach(card, { customer }))).toMatchObject({ statusCode: 400 });
    expect(
      await refusal(shop.paymentIntents.create({ amount: 1000, currency: 'usd', payment_method: card, confirm: true, ...NO_REDIRECTS })),
    ).toMatchObject({ statusCode: 400 });
  });

  it('belong to one customer', async () => {
    const { shop } = sandbox;
    const { card } = await savedCard(sandbox);
    const other = await shop.customers.create();
    expect(await refusal(shop.paymentMethods.attach(card, { customer: other.id }))).toMatchObject({ statusCode: 400 });
    expect(
      await refusal(shop.paymentIntents.create({ amount: 1000, currency: 'usd', customer: other.id, payment_method: card })),
    ).toMatchObject({ statusCode: 400, param: 'payment_method' });
    expect(await refusal(shop.paymentIntents.create({ amount: 1000, currency: 'usd', payment_method: card }))).toMatchObject({
      statusCode: 400,
      param: 'payment_method',
    });
  });

  it('whose issuer declines cannot be attached', async () => {
    const customer = await sandbox.shop.customers.create();
    const error = await refusal(sandbox.shop.paymentMethods.attach('pm_card_visa_chargeDeclined', { customer: customer.id }));
    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code: 'card_declined', decline_code: 'generic_decline' });
  });
});

describe('setup intents', () => {
  it('save a card from the browser for off-session use', async () => {
    const { shop, browser } = sandbox;
    const customer = await shop.customers.create();
    const intent = await shop.setupIntents.create({ customer: customer.id, usage: 'off_session', ...NO_REDIRECTS });
    expect(intent).toMatchObject({ status: 'requires_payment_method', usage: 'off_session', payment_method_types: ['card'] });
    const method = await browser.paymentMethods.create({ type: 'card', card: VISA });
    const done = await browser.setupIntents.confirm(intent.id, withSecret(intent, { payment_method: method.id }));
    expect(done).toMatchObject({ status: 'succeeded', payment_method: method.id });
    expect((await shop.paymentMethods.retrieve(method.id)).customer).toBe(customer.id);
    const again = shop.setupIntents.confirm(intent.id, { payment_method: method.id });
    expect(await refusal(again)).toMatchObject({ statusCode: 400, code: 'setup_intent_unexpected_state' });
  });

  it.each([
    ['4000000000000002', 'card_declined', 'generic_decline'],
    ['4000000000009995', 'card_declined', 'insufficient_funds'],
    ['4000000000009987', 'card_declined', 'lost_card'],
    ['4000000000009979', 'card_declined', 'stolen_card'],
    ['4000000000000069', 'expired_card', 'expired_card'],
    ['4000000000000127', 'incorrect_cvc', 'incorrect_cvc'],
    ['4000000000000119', 'processing_error', 'processing_error'],
  ])('refuse %s with %s (%s) and say so in the intent', async (number, code, declineCode) => {
    const { shop, browser } = sandbox;
    const customer = await shop.customers.create();
    const intent = await shop.setupIntents.create({ customer: customer.id, ...NO_REDIRECTS });
    const method = await browser.paymentMethods.create({ type: 'card', card: { ...VISA, number } });
    const error = await refusal(shop.setupIntents.confirm(intent.id, { payment_method: method.id }));
    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code: declineCode });
    expect(wire(error).setup_intent).toMatchObject({ id: intent.id, status: 'requires_payment_method', payment_method: null });
    expect(await shop.setupIntents.retrieve(intent.id)).toMatchObject({ status: 'requires_payment_method', last_setup_error: { code } });
    expect((await shop.paymentMethods.list({ customer: customer.id })).data).toEqual([]);
  });

  it('need a return address unless redirects are switched off', async () => {
    const intent = await sandbox.shop.setupIntents.create({});
    expect(await refusal(sandbox.shop.setupIntents.confirm(intent.id, { payment_method: 'pm_card_visa' }))).toMatchObject({
      statusCode: 400,
      param: 'return_url',
    });
    const done = await sandbox.shop.setupIntents.confirm(intent.id, {
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.test/done',
    });
    expect(done.status).toBe('succeeded');
  });

  it('can be canceled until they have succeeded', async () => {
    const { shop } = sandbox;
    const intent = await shop.setupIntents.create(NO_REDIRECTS);
    expect(await shop.setupIntents.cancel(intent.id, { cancellation_reason: 'abandoned' })).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
    });
    expect(await refusal(shop.setupIntents.cancel(intent.id))).toMatchObject({ code: 'setup_intent_unexpected_state' });
    expect(await refusal(shop.setupIntents.confirm(intent.id, { payment_method: 'pm_card_visa' }))).toMatchObject({
      code: 'setup_intent_unexpected_state',
    });
  });
});
