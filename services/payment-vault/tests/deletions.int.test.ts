import { staffRoles } from '@vitrine/runtime/identity';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { eraseBuyers } from '../src/erase-buyer.ts';
import { settlePayments } from '../src/settle-payments.ts';
import { budgetOf } from '../src/stripe-call.ts';
import { change, inDays, viewerEntity, viewerOf } from './privacy.ts';
import { addressInput, buyer, key, operations, saveConsent, seller, startVault, until, type Vault } from './vault.ts';

let vault: Vault;
beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault.stop());

/** Tables with rows of the buyer that say more than amounts, ids and proofs. */
async function personalRows(buyerId: string): Promise<Record<string, number>> {
  const tables = ['payment_methods', 'addresses', 'order_addresses', 'stripe_customers', 'card_setups'];
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const { rows } = await vault.pool.query<{ count: number }>(`select count(*) from ${table} where buyer_id = $1`, [buyerId]);
    const count = rows[0]?.count ?? 0;
    if (count > 0) counts[table] = count;
  }
  return counts;
}
async function customerOf(buyerId: string): Promise<string> {
  const customerId = await vault.deps.cards.findCustomer(buyerId);
  if (customerId === null) throw new Error('there is no customer');
  return customerId;
}
const isCustomerGone = async (customerId: string): Promise<boolean> =>
  (await vault.deps.stripeCards.createSetup(customerId, key(), budgetOf(5_000))).kind === 'refused';
const completedAt = async (buyerId: string, id: string): Promise<Date | null> =>
  (await vault.deps.deletions.find(buyerId, id))?.completedAt ?? null;
/** Has the loop go on with an erasure at once. */
const eraseNow = async (id: string): Promise<void> => {
  await vault.pool.query('update deletions set next_attempt_at = now() where id = $1 and completed_at is null', [id]);
  await eraseBuyers(vault.deps);
};
const endGrant = (orderId: string) =>
  vault.pool.query(`update grants set expires_at = now() - interval '1 second' where order_id = $1`, [orderId]);

describe('deleting everything', () => {
  test('leaves amounts, ids and proofs, says so, and lets card and customer go at Stripe', async () => {
    const request = await vault.prepareOrder();
    const { buyerId, orderId, sellerId } = request;
    await vault.authorize(request);
    await vault.capture(orderId);
    await vault.ask(seller(sellerId), operations.entities, { representations: [{ __typename: 'SellerOrder', id: orderId }] });
    await endGrant(orderId);
    await change(vault, buyerId, 'grantPermission', { sellerId, fields: ['NAME'], purpose: 'SUPPORT', expiresAt: inDays(10) });
    await change(vault, buyerId, 'setMarketingConsent', { sellerId, channel: 'EMAIL', granted: true, textVersion: 'marketing-us-1' });
    const customerId = await customerOf(buyerId);
    const [card] = await vault.deps.cards.list(buyerId);

    const { report } = await change(vault, buyerId, 'deleteEverything');
    expect(report).toMatchObject({ scope: 'EVERYTHING', subjectId: null, completedAt: expect.any(String) });
    expect(Object.fromEntries(report.deleted.map(({ what, count }) => [what, count]))).toEqual({
      CARDS: 1,
      ADDRESSES: 1,
      ORDER_ADDRESSES: 1,
      PERMISSIONS: 1,
      MARKETING_CONSENTS: 1,
      CONSENTS: 2,
      PROVIDER_ACCOUNT: 1,
      ENCRYPTION_KEY: 1,
    });
    expect(report.kept.map(({ what, ground }) => [what, ground]).toSorted(([a = ''], [b = '']) => a.localeCompare(b))).toEqual([
      ['CONSENTS', 'PROOF_OF_CONSENT'],
      ['DELETIONS', 'PROOF_OF_DELETION'],
      ['DISCLOSURES', 'DEFENCE_OF_CLAIMS'],
      ['PAYMENTS', 'TAX_AND_ACCOUNTING'],
      ['REQUEST_KEYS', 'SAFE_REPETITION'],
    ]);
    for (const { explanation, until: end } of report.kept) {
      expect(explanation.length).toBeGreaterThan(20);
      expect(Date.parse(end)).toBeGreaterThan(Date.now());
    }

    expect(await personalRows(buyerId)).toEqual({});
    expect(await isCustomerGone(customerId)).toBe(true);
    expect(await vault.deps.stripeCards.isAttached(card?.stripePaymentMethodId ?? '', budgetOf(5_000))).toMatchObject({
      value: { attached: false },
    });
    expect(await vault.deps.keys.isDestroyed(buyerId)).toBe(true);
    expect(await vault.deps.payments.find(orderId)).toMatchObject({ payment: { amountMinor: 4_599, status: 'captured' } });
    const { disclosures, permissions, marketingConsents, deletions } = await viewerOf(vault, buyerId);
    expect(disclosures?.edges).toHaveLength(1);
    expect(permissions?.edges.map(({ node }) => node.status)).toEqual(['REVOKED']);
    expect(marketingConsents?.edges.map(({ node }) => node.granted)).toEqual([false]);
    expect(deletions?.edges.map(({ node }) => node)).toEqual([report]);
    // Money can still go back.
    expect(await vault.refund({ orderId, refundId: newId('ref'), amountMinor: 1_000, reason: 'RETURNED' })).toMatchObject({
      status: 'refunded',
    });
  });

  test('lets the buyer come back with a new key and a new customer', async () => {
    const request = await vault.prepareOrder();
    const { buyerId } = request;
    const [customerId, { version }] = [await customerOf(buyerId), await vault.deps.keys.current(buyerId)];
    await change(vault, buyerId, 'deleteEverything');
    expect(await vault.authorize(request)).toEqual({ status: 'missing_details', missing: ['DELIVERY_ADDRESS', 'PAYMENT_METHOD'] });
    const [paymentMethodId, addressId] = [await vault.addCard(buyerId), await vault.addAddress(buyerId)];
    expect(await vault.authorize({ ...request, paymentMethodId, addressId })).toMatchObject({ status: 'authorized' });
    expect(await vault.capture(request.orderId)).toMatchObject({ status: 'captured' });
    expect(await customerOf(buyerId)).not.toBe(customerId);
    expect((await vault.deps.keys.current(buyerId)).version).toBeGreaterThan(version);
    // And leave again.
    await endGrant(request.orderId);
    expect(await change(vault, buyerId, 'deleteEverything')).toMatchObject({ report: { completedAt: expect.any(String) } });
    expect(await personalRows(buyerId)).toEqual({});
  });

  test('waits for open orders unless the buyer says otherwise; then they are let go', async () => {
    const charged = await vault.prepareOrder();
    const { buyerId } = charged;
    const open = { ...charged, orderId: newId('ord'), sellerId: newId('sel') };
    for (const request of [charged, open]) await vault.authorize(request);
    await vault.capture(charged.orderId);
    const refused = await change(vault, buyerId, 'deleteEverything');
    expect(refused).toMatchObject({ __typename: 'OpenOrdersError', message: expect.any(String) });
    expect(refused.orderIds.toSorted()).toEqual([charged.orderId, open.orderId].toSorted());
    expect(await personalRows(buyerId)).toMatchObject({ addresses: 1, payment_methods: 1, order_addresses: 2 });

    const { report } = await change(vault, buyerId, 'deleteEverything', { includeOpenOrders: true });
    await until(async () => {
      await settlePayments(vault.deps);
      await eraseNow(report.id);
      return (await completedAt(buyerId, report.id)) !== null;
    });
    expect(await vault.ledger(open.orderId)).toMatchObject({ captured: 0, open: 0 });
    expect(await vault.capture(open.orderId)).toMatchObject({ status: 'not_capturable', reason: 'LET_GO' });
    expect(await vault.ledger(charged.orderId)).toMatchObject({ captured: 4_599 });
    const { data } = await vault.ask(seller(charged.sellerId), operations.entities, {
      representations: [{ __typename: 'SellerOrder', id: charged.orderId }],
    });
    expect(data._entities[0]?.shippingAddress).toBeNull();
    expect(await personalRows(buyerId)).toEqual({});
  });

  test('goes on by itself after an outage, takes nothing new meanwhile, and is one for any number of calls', async () => {
    const { buyerId, ...request } = await vault.prepareOrder();
    await vault.fault({ fault: '500_before', method: 'DELETE', path: '^/v1/customers/', times: null });
    const input = { idempotencyKey: key() };
    const { report } = await change(vault, buyerId, 'deleteEverything', input);
    try {
      expect(report.completedAt).toBeNull();
      expect(await change(vault, buyerId, 'deleteEverything', input)).toMatchObject({ report: { id: report.id } });
      expect(await change(vault, buyerId, 'deleteEverything')).toMatchObject({ report: { id: report.id } });
      const running = { __typename: 'DeletionRunningError' };
      expect(await change(vault, buyerId, 'addAddress', { ...addressInput, saveConsent })).toMatchObject(running);
      expect(await change(vault, buyerId, 'startCardSetup')).toMatchObject(running);
      const permission = { sellerId: newId('sel'), fields: ['NAME'], purpose: 'SUPPORT', expiresAt: inDays(1) };
      expect(await change(vault, buyerId, 'grantPermission', permission)).toMatchObject(running);
      const consent = { sellerId: newId('sel'), channel: 'SMS', granted: true, textVersion: 'marketing-us-1' };
      expect(await change(vault, buyerId, 'setMarketingConsent', consent)).toMatchObject(running);
      expect(await change(vault, buyerId, 'setMarketingConsent', { ...consent, granted: false })).toMatchObject({
        consent: { granted: false },
      });
      expect(await vault.authorize({ ...request, buyerId })).toMatchObject({ status: 'missing_details' });
    } finally {
      await vault.clearFaults();
    }
    await eraseNow(report.id);
    expect(await completedAt(buyerId, report.id)).not.toBeNull();
    expect(await personalRows(buyerId)).toEqual({});
    expect(await change(vault, buyerId, 'addAddress', { ...addressInput, saveConsent })).toMatchObject({ __typename: 'AddAddressSuccess' });
  });

  test.each(['payments', 'cards', 'addresses', 'consents', 'key', 'customer'] as const)(
    'is finished by the loop after a crash before its step "%s"',
    async (step) => {
      const { buyerId } = await vault.prepareOrder();
      const { deletions } = vault.deps;
      const crashing = {
        ...vault.deps,
        deletions: {
          ...deletions,
          finishStep: (async (id, finished, effect) => {
            if (finished === step) throw new Error('crash');
            await deletions.finishStep(id, finished, effect);
          }) satisfies typeof deletions.finishStep,
        },
      };
      const { deleteEverything } = await import('../src/delete-everything.ts');
      const call = { buyerId, idempotencyKey: key(), includeOpenOrders: false };
      await expect(deleteEverything(crashing, call)).rejects.toThrow('crash');
      const begun = await deletions.list(buyerId, { limit: 1, afterId: null });
      await eraseNow(begun[0]?.id ?? '');
      expect(await deletions.list(buyerId, { limit: 9, afterId: null })).toMatchObject([{ completedAt: expect.any(Date) }]);
      expect(await personalRows(buyerId)).toEqual({});
      expect(await vault.deps.keys.isDestroyed(buyerId)).toBe(true);
    },
  );

  test('finds and deletes a customer whose making was cut off', async () => {
    const buyerId = newId('usr');
    await vault.fault({ fault: 'lose_response', path: '^/v1/customers$', times: 1 });
    await change(vault, buyerId, 'startCardSetup');
    await vault.clearFaults();
    await vault.pool.query('update stripe_customers set stripe_customer_id = null where buyer_id = $1', [buyerId]);
    const { report } = await change(vault, buyerId, 'deleteEverything');
    await eraseNow(report.id);
    expect(await completedAt(buyerId, report.id)).not.toBeNull();
    expect(await personalRows(buyerId)).toEqual({});
  });

  test('brings nothing back by a repeated request from before', async () => {
    const buyerId = newId('usr');
    const input = { idempotencyKey: key(), ...addressInput, saveConsent };
    expect(await change(vault, buyerId, 'addAddress', input)).toMatchObject({ __typename: 'AddAddressSuccess' });
    await change(vault, buyerId, 'deleteEverything');
    expect(await change(vault, buyerId, 'addAddress', input)).toMatchObject({ __typename: 'IdempotencyKeyReusedError' });
    expect(await personalRows(buyerId)).toEqual({});
  });

  test('and whatever comes at the same time come one after the other: nothing is left under a destroyed key', async () => {
    for (let run = 0; run < 20; run += 1) {
      const request = await vault.prepareOrder();
      const { buyerId } = request;
      const added = () => change(vault, buyerId, 'addAddress', { ...addressInput, saveConsent });
      const permitted = () =>
        change(vault, buyerId, 'grantPermission', {
          sellerId: request.sellerId,
          fields: ['PHONE'],
          purpose: 'WARRANTY',
          expiresAt: inDays(2),
        });
      const [deletion, authorized, ...results] = await Promise.all([
        change(vault, buyerId, 'deleteEverything', { includeOpenOrders: true }),
        vault.authorize(request),
        added(),
        permitted(),
        change(vault, buyerId, 'startCardSetup'),
        added(),
      ]);
      for (const { __typename } of results)
        expect([
          'DeletionRunningError',
          'AddAddressSuccess',
          'GrantPermissionSuccess',
          'StartCardSetupSuccess',
          'PaymentProviderUnavailableError',
        ]).toContain(__typename === 'InvalidInputError' ? 'AddAddressSuccess' : __typename);
      expect(['authorized', 'voided', 'missing_details', 'retry_later']).toContain(authorized['status']);
      await until(async () => {
        await settlePayments(vault.deps);
        await eraseNow(deletion.report.id);
        return (await completedAt(buyerId, deletion.report.id)) !== null;
      }, 30_000);
      // What is there came after the erasure, and can be read.
      const { rows } = await vault.pool.query<{ version: number; created_at: Date }>(
        `select key_version as version, created_at from addresses where buyer_id = $1
         union all select key_version, created_at from order_addresses where buyer_id = $1`,
        [buyerId],
      );
      const places = rows.map(({ version }) => ({ ownerId: buyerId, version }));
      for (const place of places) expect(await vault.deps.keys.findUsable([place])).toEqual([place]);
      const old = await vault.pool.query(
        `select 'card' from payment_methods m where m.buyer_id = $1 and m.created_at < $2
         union all select 'permission' from permissions p where p.buyer_id = $1 and p.created_at < $2 and p.revoked_at is null`,
        [buyerId, await completedAt(buyerId, deletion.report.id)],
      );
      expect(old.rows).toEqual([]);
      expect((await vault.ledger(request.orderId))?.open ?? 0).toBe(0);
    }
  }, 240_000);
});

describe('a report', () => {
  test('comes with the deletion of a card, and of an address, and says what their orders keep', async () => {
    const request = await vault.prepareOrder();
    const { buyerId, orderId, addressId, paymentMethodId } = request;
    await vault.authorize(request);
    await vault.capture(orderId);
    const address = await change(vault, buyerId, 'deleteAddress', { addressId });
    expect(address.report).toMatchObject({
      scope: 'ADDRESS',
      subjectId: addressId,
      completedAt: expect.any(String),
      deleted: [{ what: 'ADDRESSES', count: 1 }],
    });
    expect(address.report.kept.map(({ what }) => what).toSorted()).toEqual(['DELETIONS', 'ORDER_ADDRESSES', 'PAYMENTS']);
    const card = await change(vault, buyerId, 'deletePaymentMethod', { paymentMethodId });
    expect(card.report).toMatchObject({
      scope: 'CARD',
      subjectId: paymentMethodId,
      completedAt: expect.any(String),
      deleted: [{ what: 'CARDS', count: 1 }],
    });
    expect((await viewerOf(vault, buyerId)).deletions?.edges.map(({ node }) => node)).toEqual([card.report, address.report]);
  });

  test('of a card that Stripe has not let go yet is not complete before it has', async () => {
    const { buyerId, paymentMethodId } = await vault.prepareOrder();
    await vault.fault({ fault: '500_before', path: '/detach$', times: null });
    const input = { idempotencyKey: key(), paymentMethodId };
    expect(await change(vault, buyerId, 'deletePaymentMethod', input)).toMatchObject({ __typename: 'PaymentProviderUnavailableError' });
    expect((await viewerOf(vault, buyerId)).deletions?.edges[0]?.node.completedAt).toBeNull();
    await vault.clearFaults();
    await change(vault, buyerId, 'deletePaymentMethod', input);
    expect((await viewerOf(vault, buyerId)).deletions?.edges[0]?.node.completedAt).not.toBeNull();
  });

  test('is seen by nobody else, and nobody else can delete', async () => {
    const buyerId = newId('usr');
    await vault.addAddress(buyerId);
    await change(vault, buyerId, 'deleteEverything');
    for (const actor of [
      buyer(newId('usr')),
      seller(newId('sel')),
      { role: 'operator', accountId: newId('usr'), staffRoles },
      { role: 'service' },
    ] as const)
      expect(await viewerEntity(vault, actor, buyerId)).toBeNull();
    const mutation = 'mutation ($input: DeleteEverythingInput!) { deleteEverything(input: $input) { __typename } }';
    for (const actor of [seller(newId('sel')), { role: 'operator', accountId: newId('usr'), staffRoles }, { role: 'service' }] as const) {
      const { errors } = await vault.ask(actor, mutation, { input: { idempotencyKey: key() } });
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });
});
