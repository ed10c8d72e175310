import { staffRoles } from '@vitrine/runtime/identity';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { detachCards } from '../src/detach-cards.ts';
import { buyer, key, operations, startVault, testCards, type Answered, type Vault, saveConsent } from './vault.ts';

let vault: Vault;
beforeAll(async () => {
  vault = await startVault();
});
afterEach(() => vault.clearFaults());
afterAll(() => vault.stop());

const cardsOf = async (buyerId: string): Promise<readonly Answered[]> => {
  const { data } = await vault.ask(buyer(buyerId), operations.viewer);
  return data.viewer.paymentMethods;
};

const stripeIdOf = async (paymentMethodId: string): Promise<string> => {
  const { rows } = await vault.pool.query<{ id: string }>('select stripe_payment_method_id as id from payment_methods where id = $1', [
    paymentMethodId,
  ]);
  return rows[0]?.id ?? '';
};

const isAttached = async (stripePaymentMethodId: string): Promise<boolean> => {
  const outcome = await vault.deps.stripeCards.isAttached(stripePaymentMethodId, { remainingMs: () => 5_000 });
  if (outcome.kind !== 'ok') throw new Error('the sandbox does not answer');
  return outcome.value.attached;
};

describe('storing a card', () => {
  test('keeps what Stripe shows of it, and the first card is the default even when not asked for', async () => {
    const buyerId = newId('usr');
    const setup = await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() });
    expect(setup).toMatchObject({
      __typename: 'StartCardSetupSuccess',
      publishableKey: vault.deps.stripePublishableKey,
      stripeApiBase: vault.stripeApiBase,
    });
    await vault.confirmSetup(setup, testCards.visa);
    const finished = await vault.mutate(buyerId, 'finishCardSetup', {
      saveConsent,
      idempotencyKey: key(),
      setupIntentId: setup.setupIntentId,
      makeDefault: false,
    });
    expect(finished).toMatchObject({
      __typename: 'FinishCardSetupSuccess',
      paymentMethod: { brand: 'visa', last4: '4242', expMonth: 12, expYear: 2034, isExpired: false, isDefault: true },
    });
    expect(await cardsOf(buyerId)).toEqual([finished.paymentMethod]);
  });

  test('repeats a setup for its key with the same client secret, which is stored nowhere', async () => {
    const buyerId = newId('usr');
    const idempotencyKey = key();
    const first = await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey });
    const again = await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey });
    expect(again).toEqual({ ...first, customerSessionClientSecret: again.customerSessionClientSecret });
    const { rows } = await vault.pool.query<{ text: string }>(
      `select row(t)::text as text from card_setups t union all select row(t)::text from idempotency_keys t union all select row(t)::text from stripe_customers t`,
    );
    expect(rows.filter(({ text }) => text.includes(first.setupIntentId))).not.toHaveLength(0);
    expect(rows.filter(({ text }) => text.includes('_secret_'))).toEqual([]);
  });

  test('makes one setup and one customer when the answers of Stripe are lost', async () => {
    const buyerId = newId('usr');
    const idempotencyKey = key();
    await vault.fault({ fault: 'lose_response', path: '^/v1/customers$' });
    expect(await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey })).toMatchObject({
      __typename: 'PaymentProviderUnavailableError',
      retryAfterMs: expect.any(Number),
    });
    await vault.fault({ fault: 'lose_response', path: '^/v1/setup_intents$' });
    expect(await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey })).toMatchObject({
      __typename: 'PaymentProviderUnavailableError',
    });
    expect(await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey })).toMatchObject({ __typename: 'StartCardSetupSuccess' });
    expect(await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() })).toMatchObject({ __typename: 'StartCardSetupSuccess' });
    const { rows } = await vault.pool.query(
      'select stripe_key from stripe_customers where buyer_id = $1 and stripe_customer_id is not null',
      [buyerId],
    );
    expect(rows).toEqual([{ stripe_key: expect.stringMatching(new RegExp(`^${buyerId}:customer:[-0-9a-f]+$`)) }]);
  });

  test('goes on after a failure of Stripe that its key repeats for ever', async () => {
    const buyerId = newId('usr');
    const idempotencyKey = key();
    await vault.fault({ fault: '500_after', path: '^/v1/customers$' });
    await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey });
    const results = [];
    for (let attempt = 0; attempt < 2; attempt += 1)
      results.push((await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey })).__typename);
    expect(results).toEqual(['PaymentProviderUnavailableError', 'StartCardSetupSuccess']);
  });

  test('waits out a rate limit instead of failing', async () => {
    await vault.fault({ fault: '429', path: '^/v1/setup_intents$', times: 2 });
    expect(await vault.mutate(newId('usr'), 'startCardSetup', { idempotencyKey: key() })).toMatchObject({
      __typename: 'StartCardSetupSuccess',
    });
    expect(await vault.faultHits()).toBe(2);
  });

  test('says what the app still has to do while the bank has not agreed', async () => {
    const buyerId = newId('usr');
    const setup = await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() });
    const finish = () =>
      vault.mutate(buyerId, 'finishCardSetup', { idempotencyKey: finishKey, setupIntentId: setup.setupIntentId, saveConsent });
    const finishKey = key();
    expect(await finish()).toMatchObject({ __typename: 'CardSetupIncompleteError', status: 'requires_payment_method' });
    await vault.confirmSetup(setup, testCards.alwaysChallenged);
    expect(await finish()).toMatchObject({ __typename: 'CardSetupIncompleteError', status: 'requires_action' });
    await vault.answerChallenge('setup_intents', setup.clientSecret, 'complete');
    expect(await finish()).toMatchObject({ __typename: 'FinishCardSetupSuccess' });
  });

  test('refuses the setup of another buyer, and ids that are none', async () => {
    const [owner, thief] = [newId('usr'), newId('usr')];
    const setup = await vault.mutate(owner, 'startCardSetup', { idempotencyKey: key() });
    await vault.confirmSetup(setup, testCards.visa);
    await vault.addCard(thief);
    const steal = (setupIntentId: unknown) => vault.mutate(thief, 'finishCardSetup', { idempotencyKey: key(), setupIntentId });
    expect(await steal(setup.setupIntentId)).toMatchObject({ __typename: 'NotFoundError', id: setup.setupIntentId });
    expect(await steal('seti_doesnotexist')).toMatchObject({ __typename: 'NotFoundError' });
    expect(await steal('../payment_intents/pi_1')).toMatchObject({ __typename: 'InvalidInputError', path: ['setupIntentId'] });
    expect(await cardsOf(thief)).toHaveLength(1);
  });

  test('keeps the same card once: the newer payment method replaces the older, which Stripe lets go', async () => {
    const buyerId = newId('usr');
    const first = await vault.addCard(buyerId);
    const older = await stripeIdOf(first);
    expect(await vault.addCard(buyerId)).toBe(first);
    const newer = await stripeIdOf(first);
    expect(newer).not.toBe(older);
    expect(await cardsOf(buyerId)).toHaveLength(1);
    expect(await isAttached(older)).toBe(true);
    await vault.pool.query('update detachments set next_attempt_at = now()');
    expect(await detachCards(vault.deps)).toBeGreaterThan(0);
    expect([await isAttached(older), await isAttached(newer)]).toEqual([false, true]);
    // Another buyer's same card is another one.
    const other = newId('usr');
    await vault.addCard(other);
    expect(await cardsOf(other)).toHaveLength(1);
  });

  test('stores no more than 20 cards', async () => {
    const buyerId = newId('usr');
    await vault.addCard(buyerId);
    await vault.pool.query(
      `insert into payment_methods (id, buyer_id, stripe_payment_method_id, brand, last4, exp_month, exp_year, fingerprint)
       select 'pmt_' || n, $1, 'pm_' || $1 || n, 'visa', '1111', 1, 2040, 'fingerprint' || n from generate_series(1, 19) n`,
      [buyerId],
    );
    expect(await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() })).toMatchObject({
      __typename: 'TooManyStoredError',
      limit: 20,
    });
  });

  test('refuses a key that is none, and one that was used with another input', async () => {
    const buyerId = newId('usr');
    expect(await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: 'short' })).toMatchObject({
      __typename: 'InvalidInputError',
      path: ['idempotencyKey'],
    });
    const [one, two] = [await vault.addCard(buyerId), await vault.addCard(buyerId, testCards.mastercard)];
    const idempotencyKey = key();
    await vault.mutate(buyerId, 'setDefaultPaymentMethod', { idempotencyKey, paymentMethodId: one });
    expect(await vault.mutate(buyerId, 'setDefaultPaymentMethod', { idempotencyKey, paymentMethodId: two })).toMatchObject({
      __typename: 'IdempotencyKeyReusedError',
      idempotencyKey,
    });
  });
});

describe('an expired card', () => {
  test('is not stored, and is shown as expired when it expires later', async () => {
    let now = new Date();
    const later = await startVault({ now: () => now });
    try {
      const buyerId = newId('usr');
      await later.addCard(buyerId);
      const setup = await later.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() });
      await later.confirmSetup(setup, testCards.mastercard);
      now = new Date('2034-12-31T23:59:59Z');
      expect((await later.ask(buyer(buyerId), operations.viewer)).data.viewer.paymentMethods[0]).toMatchObject({ isExpired: false });
      now = new Date('2035-01-01T00:00:00Z');
      expect(
        await later.mutate(buyerId, 'finishCardSetup', { idempotencyKey: key(), setupIntentId: setup.setupIntentId, saveConsent }),
      ).toMatchObject({
        __typename: 'CardExpiredError',
      });
      const viewer = (await later.ask(buyer(buyerId), operations.viewer)).data.viewer;
      expect(viewer.paymentMethods).toMatchObject([{ isExpired: true }]);
    } finally {
      await later.stop();
    }
  });
});

describe('the default card', () => {
  test('is exactly one, whatever is set at the same time', async () => {
    const buyerId = newId('usr');
    const ids = [
      await vault.addCard(buyerId),
      await vault.addCard(buyerId, testCards.mastercard),
      await vault.addCard(buyerId, testCards.declinedLater),
    ];
    await Promise.all(
      [...ids, ...ids].map((paymentMethodId) =>
        vault.mutate(buyerId, 'setDefaultPaymentMethod', { idempotencyKey: key(), paymentMethodId }),
      ),
    );
    const cards = await cardsOf(buyerId);
    expect(cards.filter((card) => card.isDefault)).toHaveLength(1);
    expect(cards[0]).toMatchObject({ isDefault: true });
  });

  test("is not another buyer's", async () => {
    const other = await vault.addCard(newId('usr'));
    const buyerId = newId('usr');
    expect(await vault.mutate(buyerId, 'setDefaultPaymentMethod', { idempotencyKey: key(), paymentMethodId: other })).toMatchObject({
      __typename: 'NotFoundError',
      id: other,
    });
    expect(await vault.mutate(buyerId, 'deletePaymentMethod', { idempotencyKey: key(), paymentMethodId: other })).toMatchObject({
      __typename: 'NotFoundError',
      id: other,
    });
  });
});

describe('deleting a card', () => {
  test('lets it go at Stripe, makes the newest other one the default, and repeats its answer', async () => {
    const buyerId = newId('usr');
    const [first, second, third] = [
      await vault.addCard(buyerId),
      await vault.addCard(buyerId, testCards.mastercard),
      await vault.addCard(buyerId, testCards.declinedLater),
    ];
    const stripeId = await stripeIdOf(third);
    const input = { idempotencyKey: key(), paymentMethodId: third };
    const deleted = await vault.mutate(buyerId, 'deletePaymentMethod', input);
    expect(deleted).toMatchObject({
      __typename: 'DeletePaymentMethodSuccess',
      paymentMethodId: third,
      defaultPaymentMethod: { id: second, isDefault: true },
    });
    expect(await isAttached(stripeId)).toBe(false);
    expect(await vault.mutate(buyerId, 'deletePaymentMethod', input)).toEqual(deleted);
    expect(await vault.mutate(buyerId, 'deletePaymentMethod', { idempotencyKey: key(), paymentMethodId: third })).toMatchObject({
      __typename: 'NotFoundError',
    });
    expect((await cardsOf(buyerId)).map((card) => card.id)).toEqual([second, first]);
    const { rowCount } = await vault.pool.query('select 1 from payment_methods where id = $1', [third]);
    expect(rowCount).toBe(0);
  });

  test('makes it unusable at once and is completed by the loop when Stripe does not answer', async () => {
    const request = await vault.prepareOrder();
    const { buyerId, paymentMethodId } = request;
    const stripeId = await stripeIdOf(paymentMethodId);
    await vault.fault({ fault: 'reset', path: '/detach$', times: null });
    const input = { idempotencyKey: key(), paymentMethodId };
    expect(await vault.mutate(buyerId, 'deletePaymentMethod', input)).toMatchObject({ __typename: 'PaymentProviderUnavailableError' });
    expect(await cardsOf(buyerId)).toEqual([]);
    expect(await vault.authorize(request)).toEqual({ status: 'missing_details', missing: ['PAYMENT_METHOD'] });
    expect((await vault.internal('readiness', { buyerId, paymentMethodId, addressId: null })).body).toMatchObject({ paymentMethod: null });
    await vault.clearFaults();
    await vault.pool.query('update detachments set next_attempt_at = now()');
    await detachCards(vault.deps);
    expect(await isAttached(stripeId)).toBe(false);
    expect(await vault.mutate(buyerId, 'deletePaymentMethod', input)).toMatchObject({
      __typename: 'DeletePaymentMethodSuccess',
      paymentMethodId,
      defaultPaymentMethod: null,
    });
  });

  test('is done when the answer of Stripe is lost, or somebody detached the card before', async () => {
    const buyerId = newId('usr');
    const [one, two] = [await vault.addCard(buyerId), await vault.addCard(buyerId, testCards.mastercard)];
    await vault.fault({ fault: 'lose_response', path: '/detach$' });
    expect(await vault.mutate(buyerId, 'deletePaymentMethod', { idempotencyKey: key(), paymentMethodId: one })).toMatchObject({
      __typename: 'DeletePaymentMethodSuccess',
    });
    await vault.deps.stripeCards.detach(await stripeIdOf(two), 'somebody-else', { remainingMs: () => 5_000 });
    expect(await vault.mutate(buyerId, 'deletePaymentMethod', { idempotencyKey: key(), paymentMethodId: two })).toMatchObject({
      __typename: 'DeletePaymentMethodSuccess',
    });
    expect(
      (
        await vault.pool.query(
          'select 1 from detachments d join payment_methods m using (stripe_payment_method_id) where m.buyer_id = $1',
          [buyerId],
        )
      ).rowCount,
    ).toBe(0);
  });

  test('does not bring the card back through the setup that stored it', async () => {
    const buyerId = newId('usr');
    const setup = await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() });
    await vault.confirmSetup(setup, testCards.visa);
    const finish = () =>
      vault.mutate(buyerId, 'finishCardSetup', { idempotencyKey: key(), setupIntentId: setup.setupIntentId, saveConsent });
    const stored = await finish();
    await vault.fault({ fault: 'reset', path: '/detach$', times: 1 });
    const input = { idempotencyKey: key(), paymentMethodId: stored.paymentMethod.id };
    await vault.mutate(buyerId, 'deletePaymentMethod', input);
    expect(await finish()).toMatchObject({ __typename: 'NotFoundError' });
    expect(await vault.mutate(buyerId, 'deletePaymentMethod', input)).toMatchObject({ __typename: 'DeletePaymentMethodSuccess' });
    expect(await finish()).toMatchObject({ __typename: 'NotFoundError' });
    expect(await cardsOf(buyerId)).toEqual([]);
  });
});

describe('cards of others', () => {
  test('are null to everybody else, by reference as well', async () => {
    const owner = newId('usr');
    const id = await vault.addCard(owner);
    const representations = [
      { __typename: 'PaymentMethod', id },
      { __typename: 'PaymentMethod', id: "pmt_' or 1=1" },
      { __typename: 'Viewer', id: owner },
    ];
    const asked = async (actor: Parameters<Vault['ask']>[0]) =>
      (await vault.ask(actor, operations.entities, { representations })).data._entities;
    expect(await asked(buyer(owner))).toMatchObject([
      { __typename: 'PaymentMethod', id, last4: '4242' },
      null,
      { __typename: 'Viewer', id: owner },
    ]);
    for (const actor of [
      buyer(newId('usr')),
      { role: 'operator', accountId: owner, staffRoles },
      { role: 'seller', accountId: owner, sellerId: newId('sel') },
      { role: 'service' },
    ] as const) {
      expect(await asked(actor)).toEqual([null, null, null]);
      if (actor.role !== 'buyer') expect((await vault.ask(actor, operations.viewer)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });
});

test('an answer of Stripe that does not show a card as detached is not taken for its deletion', async () => {
  const buyerId = newId('usr');
  const paymentMethodId = await vault.addCard(buyerId);
  await vault.fault({ fault: 'wrong_shape', path: '/detach$', committed: false });
  const input = { idempotencyKey: key(), paymentMethodId };
  expect(await vault.mutate(buyerId, 'deletePaymentMethod', input)).toMatchObject({ __typename: 'PaymentProviderUnavailableError' });
  await vault.clearFaults();
  expect(await vault.mutate(buyerId, 'deletePaymentMethod', input)).toMatchObject({ __typename: 'DeletePaymentMethodSuccess' });
});
