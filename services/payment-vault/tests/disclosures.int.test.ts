import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuthorizationRequest } from '@vitrine/contracts/payment-vault-http';
import { staffRoles, type Actor } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { addressInput, buyer, operations, seller, startVault, type Answered, type Vault } from './vault.ts';

let vault: Vault;
beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault.stop());

/** Those that `operations.entities` asks for. */
const shippingFields = ['city', 'country', 'line1', 'line2', 'name', 'phone', 'postalCode', 'region'].map(
  (field) => `shippingAddress.${field}`,
);
const shown = { line1: addressInput.line1, name: addressInput.name, postalCode: addressInput.postalCode };

const read = async (actor: Actor, orderId: string, type: 'Order' | 'SellerOrder' = 'SellerOrder'): Promise<object | null> => {
  const { data } = await vault.ask(actor, operations.entities, { representations: [{ __typename: type, id: orderId }] });
  return data._entities[0]?.shippingAddress ?? null;
};
const disclosuresOf = async (buyerId: string, page: object = { first: 100 }): Promise<Answered> =>
  (await vault.ask(buyer(buyerId), operations.disclosures, page)).data.viewer.disclosures;

async function captured(): Promise<AuthorizationRequest> {
  const request = await vault.prepareOrder();
  await vault.authorize(request);
  expect(await vault.capture(request.orderId)).toMatchObject({ status: 'captured' });
  return request;
}

describe('the address of an order', () => {
  test('is shown to its seller once the payment is captured, each time with one row in the ledger that the buyer reads', async () => {
    const request = await vault.prepareOrder();
    await vault.authorize(request);
    expect(await read(seller(request.sellerId), request.orderId)).toBeNull();
    expect((await disclosuresOf(request.buyerId)).edges).toEqual([]);
    await vault.capture(request.orderId);
    expect(await read(seller(request.sellerId), request.orderId)).toMatchObject(shown);
    expect(await read(seller(request.sellerId), request.orderId)).toMatchObject(shown);
    expect((await disclosuresOf(request.buyerId)).edges.map(({ node }) => node)).toEqual([
      {
        id: expect.stringMatching(/^dsc_/),
        sellerId: request.sellerId,
        orderId: request.orderId,
        purpose: 'ORDER',
        permissionId: null,
        fields: shippingFields,
        disclosedAt: expect.stringMatching(/Z$/),
      },
      {
        id: expect.stringMatching(/^dsc_/),
        sellerId: request.sellerId,
        orderId: request.orderId,
        purpose: 'ORDER',
        permissionId: null,
        fields: shippingFields,
        disclosedAt: expect.any(String),
      },
    ]);
  });

  test('is shown to nobody else, and nothing is written then', async () => {
    const request = await captured();
    const others: Actor[] = [
      seller(newId('sel')),
      buyer(request.buyerId),
      buyer(newId('usr')),
      { role: 'operator', accountId: newId('usr'), staffRoles },
      { role: 'service' },
    ];
    for (const actor of others) expect(await read(actor, request.orderId, 'SellerOrder')).toBeNull();
    for (const actor of [seller(request.sellerId), buyer(newId('usr')), { role: 'operator', accountId: newId('usr'), staffRoles }] as const)
      expect(await read(actor, request.orderId, 'Order')).toBeNull();
    expect((await disclosuresOf(request.buyerId)).edges).toEqual([]);
  });

  test("is neither shown nor written down once the buyer's key is destroyed, though this process still has it in memory", async () => {
    const request = await captured();
    expect(await read(seller(request.sellerId), request.orderId)).toMatchObject(shown);
    // As another process does it.
    await vault.keysPool.query('update keys.data_keys set wrapped_key = null, destroyed_at = now() where owner_id = $1', [request.buyerId]);
    expect(await vault.deps.keys.find(request.buyerId, 1)).not.toBeNull();
    expect(await read(seller(request.sellerId), request.orderId)).toBeNull();
    expect((await disclosuresOf(request.buyerId)).edges).toHaveLength(1);
  });

  test('is not disclosed by asking for the order without it', async () => {
    const request = await captured();
    const query = 'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on SellerOrder { id } } }';
    const { data } = await vault.ask(seller(request.sellerId), query, {
      representations: [{ __typename: 'SellerOrder', id: request.orderId }],
    });
    expect(data._entities).toEqual([{ id: request.orderId }]);
    expect((await disclosuresOf(request.buyerId)).edges).toEqual([]);
  });

  test('is not shown any more when the grant is over', async () => {
    const request = await captured();
    await vault.pool.query(`update grants set expires_at = now() - interval '1 second' where order_id = $1`, [request.orderId]);
    expect(await read(seller(request.sellerId), request.orderId)).toBeNull();
    expect((await disclosuresOf(request.buyerId)).edges).toEqual([]);
  });

  test('is shown to its buyer without a row, before the capture and after the address was deleted', async () => {
    const request = await vault.prepareOrder();
    await vault.authorize(request);
    expect(await read(buyer(request.buyerId), request.orderId, 'Order')).toMatchObject(shown);
    await vault.capture(request.orderId);
    await vault.mutate(request.buyerId, 'deleteAddress', { idempotencyKey: crypto.randomUUID(), addressId: request.addressId });
    expect(await read(buyer(request.buyerId), request.orderId, 'Order')).toMatchObject(shown);
    expect(await read(seller(request.sellerId), request.orderId)).toMatchObject(shown);
    expect((await disclosuresOf(request.buyerId)).edges).toHaveLength(1);
  });

  test('is not shown when the ledger cannot be written', async () => {
    const request = await captured();
    await vault.pool.query("alter table disclosures add constraint broken check (order_id <> '" + request.orderId + "')");
    try {
      const { data, errors } = await vault.ask(seller(request.sellerId), operations.entities, {
        representations: [{ __typename: 'SellerOrder', id: request.orderId }],
      });
      expect(data._entities[0]?.shippingAddress ?? null).toBeNull();
      expect(errors?.[0]?.extensions.code).toBe('INTERNAL');
      expect(JSON.stringify(errors)).not.toContain(request.orderId);
    } finally {
      await vault.pool.query('alter table disclosures drop constraint broken');
    }
    expect(await read(seller(request.sellerId), request.orderId)).toMatchObject(shown);
  });

  test('is null by hostile ids', async () => {
    for (const id of ['', 'ord_', "ord_' or '1'='1", `ord_${'0'.repeat(4_000)}`, '__proto__', newId('ord'), newId('sel')]) {
      expect(await read(seller(newId('sel')), id)).toBeNull();
      expect(await read(buyer(newId('usr')), id, 'Order')).toBeNull();
    }
  });
});

describe('the ledger', () => {
  test('is read in pages, newest first, without gaps or repeats', async () => {
    const request = await captured();
    for (let count = 0; count < 5; count += 1) await read(seller(request.sellerId), request.orderId);
    const all = (await disclosuresOf(request.buyerId)).edges.map(({ node }) => node.id);
    expect(all).toHaveLength(5);
    expect(all).toEqual(all.toSorted().toReversed());
    const pages: string[][] = [];
    let after: string | null = null;
    do {
      const page: Answered = await disclosuresOf(request.buyerId, { first: 2, after });
      pages.push(page.edges.map(({ node }) => node.id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(pages).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4)]);
  });

  test.each([{ first: 0 }, { first: 101 }, { first: 10, after: 'not-a-cursor' }])('refuses the page %j', async (page) => {
    expect((await vault.ask(buyer(newId('usr')), operations.disclosures, page)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test("answers one request for many orders with the seller's own only", async () => {
    const [mine, other] = [await captured(), await captured()];
    const representations = [mine, other, mine].map(({ orderId }) => ({ __typename: 'SellerOrder', id: orderId }));
    const { data } = await vault.ask(seller(mine.sellerId), operations.entities, { representations });
    expect(data._entities.map((entity) => entity?.shippingAddress)).toEqual([
      expect.objectContaining(shown),
      null,
      expect.objectContaining(shown),
    ]);
    expect((await disclosuresOf(mine.buyerId)).edges).toHaveLength(1);
    expect((await disclosuresOf(other.buyerId)).edges).toHaveLength(0);
  });
});
