import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { expireAddresses, expireRecords } from '../src/expire-records.ts';
import { change, viewerOf } from './privacy.ts';
import { buyer, operations, seller, startVault, type Vault } from './vault.ts';

let vault: Vault;
beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault.stop());

const dayMs = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();

async function captured() {
  const request = await vault.prepareOrder();
  await vault.authorize(request);
  await vault.capture(request.orderId);
  return request;
}
const deliver = async (orderId: string, deliveredAt: string) => (await vault.internal('deliveries', { orderId, deliveredAt })).body;
const daysUntil = (answer: Record<string, unknown>): number =>
  Math.round((Date.parse(String(answer['addressUntil'])) - Date.now()) / dayMs);
/** As if the order had been charged so long ago. */
const age = (orderId: string, days: number) =>
  vault.pool.query(
    `with p as (update payments set captured_at = captured_at - make_interval(days => $2) where order_id = $1)
     update grants set expires_at = expires_at - make_interval(days => $2) where order_id = $1`,
    [orderId, days],
  );
const read = async (actor: Parameters<Vault['ask']>[0], type: 'Order' | 'SellerOrder', orderId: string): Promise<object | null> =>
  (await vault.ask(actor, operations.entities, { representations: [{ __typename: type, id: orderId }] })).data._entities[0]
    ?.shippingAddress ?? null;

describe("an order's address", () => {
  test('is kept for 14 days after the delivery, and deleted with its grant then', async () => {
    const { orderId, sellerId, buyerId } = await captured();
    expect(daysUntil(await deliver(orderId, ago(3)))).toBe(11 + 3); // Not delivered before it was charged.
    await age(orderId, 13);
    await expireAddresses(vault.deps);
    expect(await read(seller(sellerId), 'SellerOrder', orderId)).not.toBeNull();
    await age(orderId, 1);
    expect(await read(seller(sellerId), 'SellerOrder', orderId)).toBeNull();
    await expireAddresses(vault.deps);
    expect(await read(buyer(buyerId), 'Order', orderId)).toBeNull();
    for (const table of ['order_addresses', 'grants'])
      expect((await vault.pool.query(`select 1 from ${table} where order_id = $1`, [orderId])).rowCount).toBe(0);
    expect(await deliver(orderId, ago(0))).toEqual({ status: 'no_address' });
  });

  test('is kept no longer than 90 days after the charge, delivered or not', async () => {
    const [never, late] = [await captured(), await captured()];
    for (const { orderId } of [never, late]) await age(orderId, 85);
    expect(daysUntil(await deliver(late.orderId, ago(0)))).toBe(5);
    await expireAddresses(vault.deps);
    expect(await read(buyer(never.buyerId), 'Order', never.orderId)).not.toBeNull();
    for (const { orderId } of [never, late]) await age(orderId, 5);
    await expireAddresses(vault.deps);
    for (const { orderId, buyerId } of [never, late]) expect(await read(buyer(buyerId), 'Order', orderId)).toBeNull();
  });

  test('stays as long as the order is not charged, and has its 90 days from the charge', async () => {
    const request = await vault.prepareOrder();
    await vault.authorize(request);
    expect(await deliver(request.orderId, ago(0))).toEqual({ status: 'no_address' });
    await vault.pool.query(`update grants set expires_at = now() - interval '1 day' where order_id = $1`, [request.orderId]);
    await expireAddresses(vault.deps);
    expect(await read(buyer(request.buyerId), 'Order', request.orderId)).not.toBeNull();
    await vault.capture(request.orderId);
    expect(await read(seller(request.sellerId), 'SellerOrder', request.orderId)).not.toBeNull();
    expect(daysUntil(await deliver(request.orderId, new Date(Date.now() + 400 * dayMs).toISOString()))).toBe(14);
  });

  test('is told of by checkout only', async () => {
    const { orderId } = await captured();
    const body = { orderId, deliveredAt: ago(0) };
    expect((await vault.post('gateway', { role: 'service' }, '/internal/deliveries', body)).status).toBe(403);
    expect((await vault.internal('deliveries', { orderId, deliveredAt: 'soon' })).status).toBe(400);
    expect(await deliver(newId('ord'), ago(0))).toEqual({ status: 'no_address' });
  });
});

describe('the ledger and the decisions about advertising', () => {
  test.each([
    ['disclosures', 'seller_id'],
    ['marketing_decisions', 'seller_id'],
  ])('%s cannot be rewritten, shortened or emptied', async (table, column) => {
    for (const statement of [`update ${table} set ${column} = 'x'`, `delete from ${table}`, `truncate ${table}`])
      await expect(vault.pool.query(statement)).rejects.toThrow('append-only');
  });

  test('cannot be shortened by a function that is not the one for it', async () => {
    await vault.pool.query(
      `create function delete_expired_records_too() returns void language plpgsql as 'begin delete from disclosures; end'`,
    );
    await expect(vault.pool.query('select delete_expired_records_too()')).rejects.toThrow('append-only');
  });
});

describe('records', () => {
  test('go when their retention period is over, and not before', async () => {
    const buyerId = newId('usr');
    const sellerId = newId('sel');
    const { rows: periods } = await vault.pool.query<{ record: string; days: number; source: string }>('select * from retention_periods');
    const daysOf = (record: string): number => periods.find((period) => period.record === record)?.days ?? 0;
    for (const period of periods) expect(period.source.length).toBeGreaterThan(20);
    const insertAged = async (days: number): Promise<void> => {
      await vault.pool.query(
        `insert into disclosures (id, buyer_id, seller_id, order_id, purpose, fields, disclosed_at) values ($1, $2, $3, 'ord', 'ORDER', '{x}', $4)`,
        [newId('dsc'), buyerId, sellerId, ago(daysOf('DISCLOSURES') + days)],
      );
      await vault.pool.query(
        `insert into permissions (id, buyer_id, seller_id, fields, purpose, created_at, expires_at) values ($1, $2, $3, '{NAME}', 'SUPPORT', $4::timestamptz - interval '9 days', $4)`,
        [newId('prm'), buyerId, sellerId, ago(daysOf('CONSENTS') + days)],
      );
      await vault.pool.query(
        `insert into deletions (id, buyer_id, scope, subject_id, requested_at, completed_at) values ($1, $2, 'card', 'pmt', $3, $3)`,
        [newId('del'), buyerId, ago(daysOf('DELETIONS') + days)],
      );
    };
    await insertAged(1);
    await insertAged(-1);
    // Agreed to long ago and never withdrawn: it counts, and is kept. Withdrawn long ago: both decisions go.
    const decide = (channel: string, granted: boolean, days: number) =>
      vault.pool.query(
        `insert into marketing_decisions (id, buyer_id, seller_id, channel, granted, text_version, country, decided_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [newId('mkd'), buyerId, sellerId, channel, granted, granted ? 'v' : null, granted ? 'US' : null, ago(daysOf('CONSENTS') + days)],
      );
    await decide('EMAIL', true, 100);
    await decide('SMS', true, 100);
    await decide('SMS', false, 50);
    await decide('PUSH', true, 100);
    await decide('PUSH', false, -50);

    await expireRecords(vault.deps);
    const count = async (table: string): Promise<number | null> =>
      (await vault.pool.query(`select 1 from ${table} where buyer_id = $1`, [buyerId])).rowCount;
    for (const table of ['disclosures', 'permissions', 'deletions']) expect(await count(table)).toBe(1);
    const { rows } = await vault.pool.query<{ channel: string; granted: boolean }>(
      'select channel, granted from marketing_decisions where buyer_id = $1 order by channel, granted',
      [buyerId],
    );
    expect(rows).toEqual([
      { channel: 'EMAIL', granted: true },
      { channel: 'PUSH', granted: false },
      { channel: 'PUSH', granted: true },
    ]);
    expect(await expireRecords(vault.deps)).toBe(0);
  });

  test('of a payment keep the amounts and lose who paid', async () => {
    const [old, young] = [await captured(), await captured()];
    await change(vault, old.buyerId, 'deleteEverything', { includeOpenOrders: true });
    await vault.pool.query(`update payments set created_at = created_at - interval '2558 days' where order_id = $1`, [old.orderId]);
    await expireRecords(vault.deps);
    const { rows } = await vault.pool.query('select * from payments where order_id = $1', [old.orderId]);
    expect(rows[0]).toMatchObject({ amount_minor: 4_599, status: 'captured', buyer_id: 'erased', stripe_customer_id: 'erased' });
    expect(JSON.stringify(rows[0])).not.toContain(old.buyerId);
    expect(await vault.deps.payments.find(young.orderId)).toMatchObject({ payment: { buyerId: young.buyerId } });
    expect((await viewerOf(vault, old.buyerId)).dataExport?.json).not.toContain(old.orderId);
  });
});
