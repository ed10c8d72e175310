import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuthorizationRequest } from '@vitrine/contracts/payment-vault-http';
import type { Actor } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { key, operations, startVault, testCards, type Answered, type Vault } from './vault.ts';

const limits = { payments: 4, declines: 2, setups: 4, refusedCards: 2, amountMinor: 20_000 };
/** Refused when it is given to Stripe. */
const refusedCard = '4000000000000002';

let vault: Vault;
beforeAll(async () => {
  const giver = { uses: limits.setups, amountMinor: 0, refusals: limits.refusedCards, smallUses: 0 };
  vault = await startVault({
    cardAllowances: {
      byScope: {
        CARD: { uses: limits.payments, amountMinor: limits.amountMinor, refusals: limits.declines, smallUses: 1 },
        BUYER: giver,
        DEVICE: giver,
      },
      smallMinor: 500,
    },
  });
});
afterAll(() => vault?.stop());
beforeEach(async () => {
  await vault.pool.query('truncate use_counts, counted_uses');
  await vault.clearFaults();
});

const another = (order: AuthorizationRequest, amountMinor = order.amount.amountMinor): AuthorizationRequest => ({
  ...order,
  orderId: newId('ord'),
  amount: { amountMinor, currency: 'USD' },
  sellerShareMinor: 0,
});
const authorize = async (order: AuthorizationRequest): Promise<unknown> => (await vault.authorize(order))['status'];

describe('a card', () => {
  test('is charged no more often than its limit, however many buyers use it at once, and Stripe hears of no other', async () => {
    const orders = await Promise.all([vault.prepareOrder(), vault.prepareOrder(), vault.prepareOrder()]);
    const asked = orders.flatMap((order) => [another(order), another(order), another(order), another(order)]);
    const answers = await Promise.all(asked.map((order) => vault.authorize(order)));
    expect(answers.filter(({ status }) => status === 'authorized')).toHaveLength(limits.payments);
    const held = asked.filter((_, index) => answers[index]?.['status'] === 'limited');
    expect(held).toHaveLength(asked.length - limits.payments);
    for (const { orderId } of held) {
      expect(await vault.ledger(orderId)).toBeUndefined();
      expect(await vault.deps.payments.find(orderId)).toBeNull();
    }
  });

  test('is charged no more than its limit, and hardly ever for little', async () => {
    const order = await vault.prepareOrder();
    expect(await authorize(another(order, 15_000))).toBe('authorized');
    expect(await authorize(another(order, 5_001))).toBe('limited');
    expect(await authorize(another(order, 500))).toBe('authorized');
    expect(await authorize(another(order, 500))).toBe('limited');
    expect(await authorize(another(order, 4_500))).toBe('authorized');
  });

  test('that the bank refuses is held back soon, and its owner may give no other', async () => {
    const order = await vault.prepareOrder(testCards.declinedLater);
    await vault.pool.query('truncate use_counts, counted_uses');
    for (let tries = 0; tries < limits.declines; tries += 1) expect(await authorize(another(order))).toBe('declined');
    expect(await authorize(another(order))).toBe('limited');
    expect(await vault.mutate(order.buyerId, 'startCardSetup', { idempotencyKey: key() })).toMatchObject({ __typename: 'CardLimitError' });
  });

  test('that could not be asked about is not counted', async () => {
    const order = await vault.prepareOrder();
    for (let tries = 0; tries <= limits.payments; tries += 1) {
      const unsent = another(order);
      await vault.fault({ fault: '500_before', path: '/v1/payment_intents', times: null });
      await vault.authorize(unsent);
      await vault.clearFaults();
      expect(await vault.voidPayment(unsent.orderId)).toMatchObject({ status: 'voided' });
    }
    expect(await authorize(another(order))).toBe('authorized');
  });

  test('is counted once for an order that is asked for again, and what is begun is answered even when the limit is reached', async () => {
    const order = await vault.prepareOrder();
    for (let tries = 0; tries < 3; tries += 1) expect(await authorize(order)).toBe('authorized');
    for (let others = 1; others < limits.payments; others += 1) expect(await authorize(another(order, 4_000))).toBe('authorized');
    expect(await authorize(another(order, 4_000))).toBe('limited');
    await vault.pool.query('truncate counted_uses');
    expect(await authorize(order)).toBe('authorized');
  });
});

describe('who gives cards', () => {
  const start = async (actor: Actor): Promise<Answered> =>
    (await vault.ask(actor, operations.startCardSetup, { input: { idempotencyKey: key() } })).data.result;
  const giver = (deviceId: string, accountId = newId('usr')): Actor => ({ role: 'buyer', accountId, country: 'US', deviceId });

  test('may begin only so many in an hour, by account and by device', async () => {
    const accountId = newId('usr');
    for (let cards = 0; cards < limits.setups; cards += 1)
      expect(await start(giver(`device-${cards}`, accountId))).toMatchObject({ __typename: 'StartCardSetupSuccess' });
    expect(await start(giver('device-9', accountId))).toMatchObject({ __typename: 'CardLimitError' });

    for (let cards = 0; cards < limits.setups; cards += 1)
      expect(await start(giver('one-device'))).toMatchObject({ __typename: 'StartCardSetupSuccess' });
    expect(await start(giver('one-device'))).toMatchObject({ __typename: 'CardLimitError' });
  });

  test('is counted once for a setup that is asked for again', async () => {
    const buyerId = newId('usr');
    const idempotencyKey = key();
    for (let tries = 0; tries <= limits.setups; tries += 1)
      expect(await vault.mutate(buyerId, 'startCardSetup', { idempotencyKey })).toMatchObject({ __typename: 'StartCardSetupSuccess' });
  });

  test('is held back after few refused cards, also in finishing a setup whose card is good', async () => {
    const buyerId = newId('usr');
    const finish = (setup: Answered) =>
      vault.mutate(buyerId, 'finishCardSetup', { idempotencyKey: key(), setupIntentId: setup.setupIntentId });
    const begin = () => vault.mutate(buyerId, 'startCardSetup', { idempotencyKey: key() });
    const good = await begin();
    for (let cards = 0; cards < limits.refusedCards; cards += 1) {
      const setup = await begin();
      await vault.confirmSetup(setup, refusedCard);
      expect(await finish(setup)).toMatchObject({ __typename: 'CardSetupIncompleteError' });
      if (cards === 0) expect(await finish(setup)).toMatchObject({ __typename: 'CardSetupIncompleteError' });
    }
    await vault.confirmSetup(good, testCards.visa);
    expect(await finish(good)).toMatchObject({ __typename: 'CardLimitError', message: expect.stringContaining('Try again later') });
    expect(await begin()).toMatchObject({ __typename: 'CardLimitError' });
  });
});
