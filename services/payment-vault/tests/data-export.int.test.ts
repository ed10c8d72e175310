import { staffRoles } from '@vitrine/runtime/identity';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { DataExport } from '@vitrine/contracts/data-export';
import { Value } from 'typebox/value';
import { exportedTables } from '../src/export-data.ts';
import { change, inDays, viewerEntity, viewerOf } from './privacy.ts';
import { addressInput, buyer, operations, seller, startVault, type Vault } from './vault.ts';

let vault: Vault;
beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault.stop());

const exportOf = async (buyerId: string): Promise<{ text: string; content: DataExport }> => {
  const text = (await viewerOf(vault, buyerId)).dataExport?.json ?? '';
  const content: unknown = JSON.parse(text);
  expect([...Value.Errors(DataExport, content)]).toEqual([]);
  return { text, content: content as DataExport };
};

test('the export holds one of each that was stored, opened, and nothing of another buyer', async () => {
  const request = await vault.prepareOrder();
  const other = await vault.prepareOrder();
  const { buyerId, orderId, sellerId, addressId, paymentMethodId } = request;
  await vault.authorize(request);
  await vault.capture(orderId);
  await vault.refund({ orderId, refundId: newId('ref'), amountMinor: 500, reason: 'RETURNED' });
  await vault.ask(seller(sellerId), operations.entities, { representations: [{ __typename: 'SellerOrder', id: orderId }] });
  await change(vault, buyerId, 'grantPermission', { sellerId, fields: ['PHONE'], purpose: 'LOYALTY', expiresAt: inDays(9) });
  await change(vault, buyerId, 'setMarketingConsent', { sellerId, channel: 'PUSH', granted: true, textVersion: 'marketing-us-1' });
  const gone = await vault.addAddress(buyerId, { line1: '99 Forgotten Lane' });
  await change(vault, buyerId, 'deleteAddress', { addressId: gone });

  const { text, content } = await exportOf(buyerId);
  const { phone, ...postal } = addressInput;
  expect(content).toMatchObject({
    version: 1,
    buyerId,
    cards: [{ id: paymentMethodId, brand: 'visa', last4: '4242', saved: true, isDefault: true }],
    cardSetups: [{ createdAt: expect.any(String) }],
    paymentProviderAccount: { provider: 'Stripe', customerId: expect.stringMatching(/^cus_/) },
    addresses: [{ id: addressId, address: { ...postal, phone }, saved: true }],
    orderAddresses: [{ orderId, sellerId, address: { ...postal, phone }, readableUntil: expect.any(String) }],
    payments: [
      { orderId, amount: { amountMinor: 4_599, currency: 'USD' }, status: 'captured', refunds: [{ amountMinor: 500 }], disputes: [] },
    ],
    consents: expect.arrayContaining([expect.objectContaining({ subjectId: addressId, textVersion: 'save-us-1' })]),
    permissions: [{ sellerId, fields: ['PHONE'], purpose: 'LOYALTY' }],
    marketingDecisions: [{ sellerId, channel: 'PUSH', granted: true, textVersion: 'marketing-us-1', country: 'US' }],
    disclosures: [{ sellerId, orderId, purpose: 'ORDER' }],
    deletions: [{ scope: 'address', subjectId: gone }],
  });
  expect(content.requests.length).toBeGreaterThan(0);
  expect(text).not.toContain('Forgotten');
  for (const secret of ['_secret_', 'sk_test', 'stripe_key', ':authorize', other.buyerId, other.addressId, other.paymentMethodId])
    expect(text).not.toContain(secret);
});

test('the export of a buyer of whom nothing is known is empty, and valid', async () => {
  const { content } = await exportOf(newId('usr'));
  expect(Object.values(content).filter((section) => Array.isArray(section) && section.length > 0)).toEqual([]);
});

test('the export is for the buyer only', async () => {
  const buyerId = newId('usr');
  for (const actor of [
    buyer(newId('usr')),
    seller(newId('sel')),
    { role: 'operator', accountId: newId('usr'), staffRoles },
    { role: 'service' },
  ] as const)
    expect(await viewerEntity(vault, actor, buyerId)).toBeNull();
});

/** Tables with a column that says whose row it is, and that nobody decided about. */
const undecided = async (): Promise<string[]> => {
  const { rows } = await vault.pool.query<{ name: string }>(
    `select distinct c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name in ('buyer_id', 'owner_id', 'actor_id', 'account_id', 'customer_id')
      order by 1`,
  );
  return rows.map(({ name }) => name).filter((name) => !(name in exportedTables));
};

test('every table that says whose row it is is in the export, or named as left out; another one fails this test', async () => {
  expect(await undecided()).toEqual([]);
  await vault.pool.query('create table planted (buyer_id text)');
  expect(await undecided()).toEqual(['planted']);
  await vault.pool.query('drop table planted');
});
