import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { detachCards } from '../src/detach-cards.ts';
import { sweepUnsaved } from '../src/sweep-unsaved.ts';
import { dashboardOf } from './at-stripe.ts';
import { change } from './privacy.ts';
import { addressInput, buyer, key, saveConsent, startVault, testCards, type Answered, type Vault } from './vault.ts';

let vault: Vault;
let dashboard: ReturnType<typeof dashboardOf>;
beforeAll(async () => {
  vault = await startVault();
  dashboard = dashboardOf(vault);
});
afterEach(() => vault.clearFaults());
afterAll(() => vault.stop());

async function finishCard(buyerId: string, changes: object = {}, number: string = testCards.visa): Promise<Answered> {
  const setup = await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() });
  await vault.confirmSetup(setup, number);
  return vault.mutate(buyerId, 'finishCardSetup', { idempotencyKey: key(), setupIntentId: setup.setupIntentId, ...changes });
}
const giveAddress = (buyerId: string, changes: object = {}): Promise<Answered> =>
  vault.mutate(buyerId, 'addAddress', { idempotencyKey: key(), ...addressInput, ...changes });
const wallet = async (buyerId: string) =>
  (await vault.ask(buyer(buyerId), `{ viewer { paymentMethods { id label isDefault } addresses { id label isDefault } } }`)).data.viewer;
const attachedIdsOf = async (buyerId: string): Promise<string[]> => {
  const customer = await vault.deps.cards.findCustomer(buyerId);
  return customer === null ? [] : (await dashboard.paymentMethods.list({ customer, type: 'card' })).data.map(({ id }) => id);
};
const attachedOf = async (buyerId: string): Promise<number> => (await attachedIdsOf(buyerId)).length;
/** Sweeps, has Stripe let go of what was swept, and sweeps what that left over. */
async function sweepAll(): Promise<void> {
  await sweepUnsaved(vault.deps);
  await vault.pool.query('update detachments set next_attempt_at = now()');
  await detachCards(vault.deps);
  await sweepUnsaved(vault.deps);
}
const rowsOf = async (table: string, buyerId: string): Promise<number> =>
  (await vault.pool.query(`select 1 from ${table} where buyer_id = $1`, [buyerId])).rowCount ?? 0;

/** A buyer who wants nothing kept, and what they would buy. */
async function unsavedOrder(number?: string) {
  const buyerId = newId('usr');
  const card = await finishCard(buyerId, {}, number);
  const address = await giveAddress(buyerId);
  return {
    orderId: newId('ord'),
    buyerId,
    sellerId: newId('sel'),
    paymentMethodId: card.paymentMethod.id,
    addressId: address.address.id,
    amount: { amountMinor: 4_599, currency: 'USD' },
    sellerShareMinor: 0,
  };
}

/** What a buyer with a saved card would buy, and an address for it. */
async function savedOrder(buyerId: string) {
  const { address } = await giveAddress(buyerId, { saveConsent });
  const amount = { amountMinor: 4_599, currency: 'USD' };
  return {
    orderId: newId('ord'),
    buyerId,
    sellerId: newId('sel'),
    paymentMethodId: '',
    addressId: address.id,
    amount,
    sellerShareMinor: 0,
  };
}

describe('without a consent', () => {
  test('card and address pay and ship by their ids, and are in no list and no default', async () => {
    const order = await unsavedOrder();
    expect(await wallet(order.buyerId)).toEqual({ paymentMethods: [], addresses: [] });
    const ready = (ids: object) => vault.internal('readiness', { buyerId: order.buyerId, paymentMethodId: null, addressId: null, ...ids });
    expect((await ready({})).body).toEqual({ paymentMethod: null, address: null });
    expect((await ready({ paymentMethodId: order.paymentMethodId, addressId: order.addressId })).body).toMatchObject({
      paymentMethod: { paymentMethodId: order.paymentMethodId },
      address: { addressId: order.addressId },
    });
    expect(await vault.authorize(order)).toMatchObject({ status: 'authorized' });
    expect(await rowsOf('consents', order.buyerId)).toBe(0);
  });

  test('nothing of them is left, here or at Stripe, when the purchase is paid; the order keeps its own address', async () => {
    const order = await unsavedOrder();
    await vault.authorize(order);
    await sweepUnsaved(vault.deps);
    expect([await rowsOf('payment_methods', order.buyerId), await rowsOf('addresses', order.buyerId)]).toEqual([1, 1]);
    await vault.capture(order.orderId);
    await sweepUnsaved(vault.deps);
    await detachCards(vault.deps);
    expect([await rowsOf('payment_methods', order.buyerId), await rowsOf('addresses', order.buyerId)]).toEqual([0, 0]);
    expect(await attachedOf(order.buyerId)).toBe(0);
    expect(await rowsOf('order_addresses', order.buyerId)).toBe(1);
    expect(await vault.ledger(order.orderId)).toMatchObject({ captured: 4_599 });
  });

  test('after a decline the buyer has an hour to try again; then they go', async () => {
    const order = await unsavedOrder(testCards.declinedLater);
    expect(await vault.authorize(order)).toMatchObject({ status: 'declined' });
    await sweepUnsaved(vault.deps);
    expect(await rowsOf('addresses', order.buyerId)).toBe(1);
    await vault.pool.query(`update payments set ended_at = now() - interval '61 minutes' where order_id = $1`, [order.orderId]);
    for (const table of ['payment_methods', 'addresses'])
      await vault.pool.query(`update ${table} set created_at = now() - interval '62 minutes' where buyer_id = $1`, [order.buyerId]);
    await sweepUnsaved(vault.deps);
    await detachCards(vault.deps);
    expect([await rowsOf('payment_methods', order.buyerId), await rowsOf('addresses', order.buyerId)]).toEqual([0, 0]);
    expect(await attachedOf(order.buyerId)).toBe(0);
  });

  test('never used, they go after a day; what is saved stays', async () => {
    const order = await unsavedOrder();
    const saved = await finishCard(order.buyerId, { saveConsent }, testCards.mastercard);
    const day = `now() - interval '25 hours'`;
    for (const table of ['payment_methods', 'addresses'])
      await vault.pool.query(`update ${table} set created_at = ${day} where buyer_id = $1`, [order.buyerId]);
    await Promise.all([sweepUnsaved(vault.deps), sweepUnsaved(vault.deps)]);
    await detachCards(vault.deps);
    expect(await wallet(order.buyerId)).toEqual({
      paymentMethods: [{ id: saved.paymentMethod.id, label: null, isDefault: true }],
      addresses: [],
    });
    expect(await attachedOf(order.buyerId)).toBe(1);
  });

  test('a card that is saved already is not touched by an entry of it for one purchase', async () => {
    const buyerId = newId('usr');
    const saved = await finishCard(buyerId, { saveConsent });
    const once = await finishCard(buyerId);
    expect(once.paymentMethod).toMatchObject({ isSaved: false, isDefault: false });
    expect(once.paymentMethod.id).not.toBe(saved.paymentMethod.id);
    expect(await attachedOf(buyerId)).toBe(2);
    await vault.pool.query(`update payment_methods set created_at = now() - interval '25 hours' where buyer_id = $1`, [buyerId]);
    await sweepAll();
    expect(await wallet(buyerId)).toMatchObject({ paymentMethods: [{ id: saved.paymentMethod.id, isDefault: true }] });
    const { rows } = await vault.pool.query<{ id: string }>(
      'select stripe_payment_method_id as id from payment_methods where buyer_id = $1',
      [buyerId],
    );
    expect(await attachedIdsOf(buyerId)).toEqual(rows.map(({ id }) => id));
  });

  test('an entry of a card serves its own purchase, also when an earlier one of the same card was paid', async () => {
    const order = await unsavedOrder();
    await vault.authorize(order);
    await vault.capture(order.orderId);
    const { paymentMethod } = await finishCard(order.buyerId);
    await sweepAll();
    expect(await vault.authorize({ ...(await savedOrder(order.buyerId)), paymentMethodId: paymentMethod.id })).toMatchObject({
      status: 'authorized',
    });
  });

  test("one buyer's single-use card and another's saved one of the same number do not touch each other", async () => {
    const [once, keeps] = [newId('usr'), newId('usr')];
    await finishCard(once);
    await finishCard(keeps, { saveConsent });
    await vault.pool.query(`update payment_methods set created_at = now() - interval '25 hours'`);
    await sweepAll();
    expect([await rowsOf('payment_methods', once), await rowsOf('payment_methods', keeps)]).toEqual([0, 1]);
    expect(await attachedOf(keeps)).toBe(1);
  });

  test('one that Stripe has withdrawn goes as well', async () => {
    const order = await unsavedOrder();
    const [method = ''] = await attachedIdsOf(order.buyerId);
    await dashboard.paymentMethods.detach(method);
    await vault.deps.cardNews.withdrawCard(method);
    expect((await vault.internal('readiness', { ...order, addressId: null })).body).toMatchObject({ paymentMethod: null });
    await vault.pool.query(`update payment_methods set created_at = now() - interval '25 hours' where buyer_id = $1`, [order.buyerId]);
    await sweepAll();
    expect(await rowsOf('payment_methods', order.buyerId)).toBe(0);
  });
});

describe('a saved card', () => {
  test('that two devices finish at once, from setups of their own, is one, with one default and one payment method at Stripe', async () => {
    const buyerId = newId('usr');
    await finishCard(buyerId);
    const cards = await Promise.all(Array.from({ length: 4 }, () => finishCard(buyerId, { saveConsent })));
    expect(new Set(cards.map(({ paymentMethod }) => paymentMethod.id)).size).toBe(1);
    await sweepAll();
    expect((await wallet(buyerId)).paymentMethods).toMatchObject([{ isDefault: true }]);
    // The other is the one for a single purchase, which made the customer.
    expect(await attachedOf(buyerId)).toBe(2);
  });

  test('that Stripe withdrew is shown as such, gives the default on, and comes back as the same one when it is given again', async () => {
    const buyerId = newId('usr');
    const { paymentMethod: other } = await finishCard(buyerId, { saveConsent }, testCards.mastercard);
    const { paymentMethod } = await finishCard(buyerId, { saveConsent, label: 'Work' });
    await finishCard(buyerId);
    const { rows } = await vault.pool.query<{ id: string }>('select stripe_payment_method_id as id from payment_methods where id = $1', [
      paymentMethod.id,
    ]);
    await dashboard.paymentMethods.detach(rows[0]?.id ?? '');
    await vault.deps.cardNews.withdrawCard(rows[0]?.id ?? '');
    const cards = async () =>
      (await vault.ask(buyer(buyerId), '{ viewer { paymentMethods { id status label isDefault } } }')).data.viewer.paymentMethods;
    expect(await cards()).toEqual([
      { id: other.id, status: 'ACTIVE', label: null, isDefault: true },
      { id: paymentMethod.id, status: 'WITHDRAWN', label: 'Work', isDefault: false },
    ]);
    expect(
      await vault.mutate(buyerId, 'setDefaultPaymentMethod', { idempotencyKey: key(), paymentMethodId: paymentMethod.id }),
    ).toMatchObject({ __typename: 'NotFoundError' });
    const readiness = (paymentMethodId: string | null) => vault.internal('readiness', { buyerId, paymentMethodId, addressId: null });
    expect((await readiness(paymentMethod.id)).body).toMatchObject({ paymentMethod: null });
    expect((await readiness(null)).body).toMatchObject({ paymentMethod: { paymentMethodId: other.id } });
    expect((await finishCard(buyerId, { saveConsent })).paymentMethod.id).toBe(paymentMethod.id);
    expect(await cards()).toContainEqual({ id: paymentMethod.id, status: 'ACTIVE', label: 'Work', isDefault: true });
  });

  test("may be shown again by Stripe's own sheet; one of a single purchase may not", async () => {
    const buyerId = newId('usr');
    await finishCard(buyerId, { saveConsent });
    await finishCard(buyerId, {}, testCards.mastercard);
    const customer = (await vault.deps.cards.findCustomer(buyerId)) ?? '';
    const { data } = await dashboard.paymentMethods.list({ customer, type: 'card' });
    expect(new Map(data.map(({ card, allow_redisplay: shown }) => [card?.brand, shown]))).toEqual(
      new Map([
        ['visa', 'always'],
        ['mastercard', 'unspecified'],
      ]),
    );
  });

  test('is not stored when the bank refuses it, and the buyer learns why as far as they may', async () => {
    const buyerId = newId('usr');
    for (const [number, reason] of [
      ['4000000000009995', 'INSUFFICIENT_FUNDS'],
      ['4000000000009987', 'DECLINED'],
    ] as const) {
      expect(await finishCard(buyerId, { saveConsent }, number)).toMatchObject({ __typename: 'CardSetupIncompleteError', reason });
    }
    const setup = await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() });
    await vault.confirmSetup(setup, testCards.alwaysChallenged);
    const finish = () =>
      vault.mutate(buyerId, 'finishCardSetup', { idempotencyKey: key(), setupIntentId: setup.setupIntentId, saveConsent });
    expect(await finish()).toMatchObject({ status: 'requires_action', reason: null });
    await vault.answerChallenge('setup_intents', setup.clientSecret, 'fail');
    expect(await finish()).toMatchObject({ status: 'requires_payment_method', reason: 'AUTHENTICATION_FAILED' });
    expect(await rowsOf('payment_methods', buyerId)).toBe(0);
  });
});

describe('a consent', () => {
  test('is recorded with its text and time, and ends when what it was given for is deleted', async () => {
    const buyerId = newId('usr');
    const { paymentMethod } = await finishCard(buyerId, { saveConsent });
    const { address } = await giveAddress(buyerId, { saveConsent });
    const recorded = async () =>
      (
        await vault.pool.query<{ subject_id: string; text_version: string; ended: boolean }>(
          'select subject_id, text_version, withdrawn_at is not null as ended from consents where buyer_id = $1 order by given_at',
          [buyerId],
        )
      ).rows;
    expect(await recorded()).toEqual([
      { subject_id: paymentMethod.id, text_version: 'save-us-1', ended: false },
      { subject_id: address.id, text_version: 'save-us-1', ended: false },
    ]);
    await vault.mutate(buyerId, 'deleteAddress', { idempotencyKey: key(), addressId: address.id });
    await vault.mutate(buyerId, 'deletePaymentMethod', { idempotencyKey: key(), paymentMethodId: paymentMethod.id });
    expect((await recorded()).map(({ ended }) => ended)).toEqual([true, true]);
  });

  test('to a text that is not shown any more stores nothing, and names the current one', async () => {
    const buyerId = newId('usr');
    for (const answer of [
      await finishCard(buyerId, { saveConsent: { textVersion: 'save-us-0' } }),
      await giveAddress(buyerId, { saveConsent: { textVersion: 'save-us-0' } }),
    ])
      expect(answer).toEqual({ __typename: 'ConsentTextOutdatedError', message: expect.any(String), currentVersion: 'save-us-1' });
    expect([await rowsOf('payment_methods', buyerId), await rowsOf('addresses', buyerId)]).toEqual([0, 0]);
  });

  test('the current texts are there for every buyer, and for nobody else', async () => {
    const query = '{ consentTexts { purpose version body } }';
    const { data } = await vault.ask(buyer(newId('usr')), query);
    expect((data as unknown as { consentTexts: unknown }).consentTexts).toContainEqual({
      purpose: 'SAVE_DETAILS',
      version: 'save-us-1',
      body: expect.stringMatching(/delete it at any time/),
    });
    expect((await vault.ask({ role: 'service' }, query)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});

describe('labels', () => {
  const label = (field: 'setAddressLabel' | 'setPaymentMethodLabel', buyerId: string, input: object) =>
    vault
      .ask(
        buyer(buyerId),
        `mutation ($input: S${field.slice(1)}Input!) { result: ${field}(input: $input) { __typename ... on UserError { message }
           ... on S${field.slice(1)}Success { ${field === 'setAddressLabel' ? 'address' : 'paymentMethod'} { id label } } } }`,
        { input: { idempotencyKey: key(), ...input } },
      )
      .then(({ data }) => data.result);

  test('are given, changed, taken away and shown to the buyer alone; the database holds none of them in clear', async () => {
    const buyerId = newId('usr');
    const { paymentMethod } = await finishCard(buyerId, { saveConsent, label: ' Quillcard ' });
    const { address } = await giveAddress(buyerId, { saveConsent, label: 'Quillhome' });
    expect(await wallet(buyerId)).toMatchObject({ paymentMethods: [{ label: 'Quillcard' }], addresses: [{ label: 'Quillhome' }] });
    for (const table of ['payment_methods', 'addresses', 'idempotency_keys']) {
      const { rows } = await vault.pool.query<{ row: string }>(
        `select t::text || coalesce(encode(label, 'escape'), '') as row from ${table} t${table === 'idempotency_keys' ? ', (select null::bytea as label) n' : ''}`,
      );
      expect(rows.filter(({ row }) => row.includes('Quill'))).toEqual([]);
    }
    expect(await label('setAddressLabel', newId('usr'), { addressId: address.id, label: 'Mine' })).toMatchObject({
      __typename: 'NotFoundError',
    });
    expect(await label('setPaymentMethodLabel', newId('usr'), { paymentMethodId: paymentMethod.id, label: 'Mine' })).toMatchObject({
      __typename: 'NotFoundError',
    });
    expect(await label('setPaymentMethodLabel', buyerId, { paymentMethodId: paymentMethod.id, label: 'x'.repeat(41) })).toMatchObject({
      __typename: 'InvalidInputError',
    });
    expect(await label('setPaymentMethodLabel', buyerId, { paymentMethodId: paymentMethod.id, label: 'Work' })).toMatchObject({
      paymentMethod: { label: 'Work' },
    });
    expect(await label('setAddressLabel', buyerId, { addressId: address.id, label: null })).toMatchObject({ address: { label: null } });
  });
});

describe('a setup that the app never came back from', () => {
  const aDayLater = (buyerId: string) =>
    vault.pool.query(`update card_setups set look_at = now() where buyer_id = $1 and look_at is not null`, [buyerId]);

  test('leaves no card at Stripe', async () => {
    const buyerId = newId('usr');
    const setup = await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() });
    await vault.confirmSetup(setup, testCards.visa);
    const finished = await finishCard(buyerId, { saveConsent }, testCards.mastercard);
    await sweepAll();
    expect(await attachedOf(buyerId)).toBe(2);
    await aDayLater(buyerId);
    await Promise.all([sweepUnsaved(vault.deps), sweepUnsaved(vault.deps)]);
    await detachCards(vault.deps);
    expect(await attachedOf(buyerId)).toBe(1);
    expect((await wallet(buyerId)).paymentMethods).toMatchObject([{ id: finished.paymentMethod.id }]);
  });

  test('cannot be confirmed any more', async () => {
    const buyerId = newId('usr');
    const setup = await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() });
    await vault.confirmSetup(setup, testCards.alwaysChallenged);
    await aDayLater(buyerId);
    await vault.fault({ fault: '500_before', path: '^/v1/setup_intents/[^/]+/cancel$' });
    await sweepUnsaved(vault.deps);
    expect((await dashboard.setupIntents.retrieve(setup.setupIntentId)).status).toBe('requires_action');
    await aDayLater(buyerId);
    await sweepAll();
    expect((await dashboard.setupIntents.retrieve(setup.setupIntentId)).status).toBe('canceled');
    expect(await vault.mutate(buyerId, 'finishCardSetup', { idempotencyKey: key(), setupIntentId: setup.setupIntentId })).toMatchObject({
      __typename: 'NotFoundError',
    });
  });
});

describe("a buyer's customer at Stripe", () => {
  const isDeleted = async (customer: string): Promise<boolean> => (await dashboard.customers.retrieve(customer)).deleted === true;

  test('goes with the last thing that needed it, and the next card makes another one', async () => {
    const order = await unsavedOrder();
    const { buyerId } = order;
    const customer = (await vault.deps.cards.findCustomer(buyerId)) ?? '';
    await vault.authorize(order);
    await sweepAll();
    expect(await isDeleted(customer)).toBe(false);
    await vault.capture(order.orderId);
    await vault.fault({ fault: 'lose_response', method: 'DELETE', path: '^/v1/customers/' });
    await sweepAll();
    expect(await isDeleted(customer)).toBe(true);
    await vault.pool.query('update customer_deletions set next_attempt_at = now()');
    await sweepUnsaved(vault.deps);
    const { rows: open } = await vault.pool.query('select 1 from customer_deletions where stripe_customer_id = $1', [customer]);
    expect(open).toEqual([]);
    const { paymentMethod } = await finishCard(buyerId, { saveConsent });
    expect(await vault.deps.cards.findCustomer(buyerId)).not.toBe(customer);
    expect(await vault.authorize({ ...(await savedOrder(buyerId)), paymentMethodId: paymentMethod.id })).toMatchObject({
      status: 'authorized',
    });
  });

  test('stays while a setup is open, and while a card is saved', async () => {
    const [opening, saving] = [newId('usr'), newId('usr')];
    await vault.mutate(opening, 'startCardSetup', { idempotencyKey: key() });
    await finishCard(saving, { saveConsent });
    await vault.pool.query('update stripe_customers set check_at = now() where buyer_id = any($1)', [[opening, saving]]);
    await sweepAll();
    for (const buyerId of [opening, saving]) expect(await isDeleted((await vault.deps.cards.findCustomer(buyerId)) ?? '')).toBe(false);
  });

  test('is gone when the deletion of everything says so, also when it was of no use before and Stripe did not answer', async () => {
    const order = await unsavedOrder();
    const customer = (await vault.deps.cards.findCustomer(order.buyerId)) ?? '';
    await vault.authorize(order);
    await vault.capture(order.orderId);
    await vault.fault({ fault: '500_before', method: 'DELETE', path: '^/v1/customers/', times: 1 });
    await sweepAll();
    expect(await vault.deps.cards.findCustomer(order.buyerId)).toBeNull();
    expect(await isDeleted(customer)).toBe(false);
    const erased = await change(vault, order.buyerId, 'deleteEverything', { includeOpenOrders: true });
    expect(erased).toMatchObject({ report: { completedAt: expect.any(String) } });
    expect(await isDeleted(customer)).toBe(true);
  });

  test('that somebody deleted at Stripe does not keep the buyer from giving a card', async () => {
    const buyerId = newId('usr');
    await finishCard(buyerId, { saveConsent });
    await dashboard.customers.del((await vault.deps.cards.findCustomer(buyerId)) ?? '');
    const idempotencyKey = key();
    expect(await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey })).toMatchObject({
      __typename: 'PaymentProviderUnavailableError',
    });
    expect(await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey })).toMatchObject({ __typename: 'StartCardSetupSuccess' });
  });
});

test('after a purchase without saving, the vault holds nothing of card and address but the copy of the order', async () => {
  const order = await unsavedOrder('4000000000000077');
  const { rows: before } = await vault.pool.query<{ id: string; fingerprint: string }>(
    'select stripe_payment_method_id as id, fingerprint from payment_methods where buyer_id = $1',
    [order.buyerId],
  );
  await vault.authorize(order);
  await vault.capture(order.orderId);
  await sweepAll();
  const { rows: tables } = await vault.pool.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const holding = new Set<string>();
  for (const { name } of tables) {
    const { rows } = await vault.pool.query<{ row: string }>(`select t::text as row from ${name} t`);
    if (rows.some(({ row }) => row.includes(order.buyerId))) holding.add(name);
    // Stripe's reference stays with the payment that was made by it; nothing else of the card does.
    if (name !== 'public.payments') expect(rows.filter(({ row }) => row.includes(before[0]?.id ?? ''))).toEqual([]);
    expect(rows.filter(({ row }) => row.includes(before[0]?.fingerprint ?? ''))).toEqual([]);
  }
  expect([...holding].toSorted()).toEqual(['public.card_setups', 'public.idempotency_keys', 'public.order_addresses', 'public.payments']);
});
