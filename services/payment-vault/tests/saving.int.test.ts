import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { detachCards } from '../src/detach-cards.ts';
import { sweepUnsaved } from '../src/sweep-unsaved.ts';
import { dashboardOf } from './at-stripe.ts';
import { addressInput, buyer, key, saveConsent, startVault, testCards, type Answered, type Vault } from './vault.ts';

let vault: Vault;
let dashboard: ReturnType<typeof dashboardOf>;
beforeAll(async () => {
  vault = await startVault();
  dashboard = dashboardOf(vault);
});
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
const attachedOf = async (buyerId: string): Promise<number> => {
  const customer = await vault.deps.cards.findCustomer(buyerId);
  return customer === null ? 0 : (await dashboard.paymentMethods.list({ customer, type: 'card' })).data.length;
};
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

  test('a card that is saved already stays saved, and one of a purchase becomes saved with a consent', async () => {
    const buyerId = newId('usr');
    const saved = await finishCard(buyerId, { saveConsent });
    const again = await finishCard(buyerId);
    expect(again.paymentMethod).toMatchObject({ id: saved.paymentMethod.id, isSaved: true, isDefault: true });
    const once = await finishCard(buyerId, {}, testCards.mastercard);
    expect(once.paymentMethod).toMatchObject({ isSaved: false, isDefault: false });
    const kept = await finishCard(buyerId, { saveConsent, makeDefault: false }, testCards.mastercard);
    expect(kept.paymentMethod).toMatchObject({ id: once.paymentMethod.id, isSaved: true, isDefault: false });
    await detachCards(vault.deps);
    await vault.pool.query(`update detachments set next_attempt_at = now()`);
    await detachCards(vault.deps);
    expect(await attachedOf(buyerId)).toBe(2);
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
      expect(answer).toEqual({ __typename: 'ConsentTextOutdatedError', message: expect.any(String) });
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

test('a card of a setup that the app never came back from does not stay at Stripe', async () => {
  const buyerId = newId('usr');
  const setup = await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() });
  await vault.confirmSetup(setup, testCards.visa);
  const finished = await finishCard(buyerId, { saveConsent }, testCards.mastercard);
  expect(await attachedOf(buyerId)).toBe(2);
  await vault.pool.query(`update card_setups set created_at = now() - interval '25 hours' where buyer_id = $1`, [buyerId]);
  await sweepUnsaved(vault.deps);
  await detachCards(vault.deps);
  expect(await attachedOf(buyerId)).toBe(1);
  expect((await wallet(buyerId)).paymentMethods).toMatchObject([{ id: finished.paymentMethod.id }]);
});
