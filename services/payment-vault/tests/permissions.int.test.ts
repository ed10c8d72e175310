import { staffRoles } from '@vitrine/runtime/identity';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { change, inDays, sharedDetails, viewerEntity, viewerOf, type Result } from './privacy.ts';
import { addressInput, buyer, key, seller, startVault, type Vault } from './vault.ts';

let vault: Vault;
beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault.stop());

const allFields = ['NAME', 'DELIVERY_ADDRESS', 'PHONE'];
const grant = (buyerId: string, sellerId: string, changes: object = {}): Promise<Result> =>
  change(vault, buyerId, 'grantPermission', { sellerId, fields: allFields, purpose: 'SUPPORT', expiresAt: inDays(30), ...changes });
async function permittedBuyer(sellerId: string, fields: readonly string[] = allFields): Promise<{ buyerId: string; permissionId: string }> {
  const buyerId = newId('usr');
  await vault.addAddress(buyerId);
  const { permission } = await grant(buyerId, sellerId, { fields });
  return { buyerId, permissionId: permission.id };
}
const ledgerOf = async (buyerId: string) => (await viewerOf(vault, buyerId)).disclosures?.edges.map(({ node }) => node) ?? [];
const contactsOf = async (sellerId: string, selection?: string) =>
  (await sharedDetails(vault, seller(sellerId), sellerId, selection))?.edges.map(({ node }) => node) ?? [];

describe('a permission', () => {
  test('shows its seller the permitted fields under its own id, each time with one row in the ledger', async () => {
    const sellerId = newId('sel');
    const { buyerId, permissionId } = await permittedBuyer(sellerId);
    const contact = {
      id: permissionId,
      purpose: 'SUPPORT',
      expiresAt: expect.stringMatching(/Z$/),
      name: addressInput.name,
      phone: addressInput.phone,
      deliveryAddress: { line1: addressInput.line1, city: addressInput.city },
    };
    expect(await contactsOf(sellerId)).toEqual([contact]);
    expect(await contactsOf(sellerId)).toEqual([contact]);
    const row = {
      sellerId,
      purpose: 'SUPPORT',
      orderId: null,
      permissionId,
      fields: ['deliveryAddress.city', 'deliveryAddress.line1', 'name', 'phone'],
    };
    expect(await ledgerOf(buyerId)).toEqual([row, row]);
    const { rows } = await vault.pool.query<{ read_by: string }>('select read_by from disclosures where permission_id = $1', [
      permissionId,
    ]);
    expect(rows.every(({ read_by: accountId }) => accountId.startsWith('usr_'))).toBe(true);
  });

  test('shows no other field, and the ledger names what was asked for and permitted only', async () => {
    const sellerId = newId('sel');
    const { buyerId, permissionId } = await permittedBuyer(sellerId, ['NAME']);
    expect(await contactsOf(sellerId)).toMatchObject([{ id: permissionId, name: addressInput.name, phone: null, deliveryAddress: null }]);
    expect(await contactsOf(sellerId, 'id deliveryAddress { line1 }')).toEqual([{ id: permissionId, deliveryAddress: null }]);
    expect(await contactsOf(sellerId, 'id')).toEqual([{ id: permissionId }]);
    const fragment = 'fragment Shown on SharedContact { shown: name }';
    const spread = await sharedDetails(vault, seller(sellerId), sellerId, '... on SharedContact { id ...Shown }', '', fragment);
    expect(spread?.edges.map(({ node }) => node)).toEqual([{ id: permissionId, shown: addressInput.name }]);
    expect((await ledgerOf(buyerId)).map(({ fields }) => fields)).toEqual([['name'], ['name']]);
  });

  test('is gone at once when it is revoked, is over, or its buyer is erased', async () => {
    const sellerId = newId('sel');
    const [revoked, over, erased] = [await permittedBuyer(sellerId), await permittedBuyer(sellerId), await permittedBuyer(sellerId)];
    expect(await contactsOf(sellerId)).toHaveLength(3);
    const input = { idempotencyKey: key(), permissionId: revoked.permissionId };
    const answer = await change(vault, revoked.buyerId, 'revokePermission', input);
    expect(answer).toMatchObject({
      __typename: 'RevokePermissionSuccess',
      permission: { status: 'REVOKED', revokedAt: expect.any(String) },
    });
    expect(await change(vault, revoked.buyerId, 'revokePermission', input)).toEqual(answer);
    expect((await contactsOf(sellerId)).map(({ id }) => id)).toEqual([erased.permissionId, over.permissionId]);
    await vault.pool.query(`update permissions set created_at = created_at - interval '40 days', expires_at = now() where id = $1`, [
      over.permissionId,
    ]);
    expect((await contactsOf(sellerId)).map(({ id }) => id)).toEqual([erased.permissionId]);
    expect((await viewerOf(vault, over.buyerId)).permissions?.edges[0]?.node.status).toBe('EXPIRED');
    await change(vault, erased.buyerId, 'deleteEverything');
    expect(await contactsOf(sellerId)).toEqual([]);
    expect(await ledgerOf(over.buyerId)).toHaveLength(2);
  });

  test('is for its own seller only, and shows each of two sellers another id', async () => {
    const [mine, other] = [newId('sel'), newId('sel')];
    const { buyerId, permissionId } = await permittedBuyer(mine);
    const second = await grant(buyerId, other);
    expect((await contactsOf(other)).map(({ id }) => id)).toEqual([second.permission.id]);
    expect(second.permission.id).not.toBe(permissionId);
    for (const actor of [
      seller(other),
      buyer(buyerId),
      { role: 'operator', accountId: newId('usr'), staffRoles },
      { role: 'service' },
    ] as const)
      expect(await sharedDetails(vault, actor, mine)).toBeNull();
    expect((await ledgerOf(buyerId)).map(({ sellerId }) => sellerId)).toEqual([other]);
    expect(JSON.stringify(await sharedDetails(vault, seller(mine), mine))).not.toContain(buyerId);
  });

  test('is read in pages, and only what a page shows is in the ledger', async () => {
    const sellerId = newId('sel');
    const permitted = [];
    for (let count = 0; count < 3; count += 1) permitted.push(await permittedBuyer(sellerId));
    const ids = permitted.map(({ permissionId }) => permissionId).toReversed();
    const first = await sharedDetails(vault, seller(sellerId), sellerId, 'id name', '(first: 2)');
    expect(first).toMatchObject({ edges: [{ node: { id: ids[0] } }, { node: { id: ids[1] } }], pageInfo: { hasNextPage: true } });
    const counts = await Promise.all(permitted.map(async ({ buyerId }) => (await ledgerOf(buyerId)).length));
    expect(counts).toEqual([0, 1, 1]);
    const rest = await sharedDetails(
      vault,
      seller(sellerId),
      sellerId,
      'id name',
      `(first: 2, after: "${first?.pageInfo.endCursor ?? ''}")`,
    );
    expect(rest).toMatchObject({ edges: [{ node: { id: ids[2] } }], pageInfo: { hasNextPage: false } });
  });

  test('shows nothing when the ledger cannot be written', async () => {
    const sellerId = newId('sel');
    const { permissionId } = await permittedBuyer(sellerId);
    await vault.pool.query(`alter table disclosures add constraint broken check (permission_id <> '${permissionId}')`);
    try {
      await expect(sharedDetails(vault, seller(sellerId), sellerId)).rejects.toThrow('INTERNAL');
    } finally {
      await vault.pool.query('alter table disclosures drop constraint broken');
    }
  });

  test.each([
    [{ sellerId: 'sel_nobody' }, 'sellerId'],
    [{ fields: [] }, 'fields'],
    [{ expiresAt: inDays(366) }, 'expiresAt'],
    [{ expiresAt: inDays(-1) }, 'expiresAt'],
    [{ idempotencyKey: 'short' }, 'idempotencyKey'],
  ])('is refused with %j', async (changes, path) => {
    expect(await grant(newId('usr'), newId('sel'), changes)).toMatchObject({ __typename: 'InvalidInputError', path: [path] });
  });

  test('is one for a repeated key, and cannot be revoked by another buyer', async () => {
    const [buyerId, sellerId, input] = [newId('usr'), newId('sel'), { idempotencyKey: key(), expiresAt: inDays(3) }];
    const given = await grant(buyerId, sellerId, input);
    expect(await grant(buyerId, sellerId, input)).toEqual(given);
    expect(await grant(buyerId, newId('sel'), input)).toMatchObject({ __typename: 'IdempotencyKeyReusedError' });
    for (const permissionId of [given.permission.id, newId('prm'), 'prm_'])
      expect(await change(vault, newId('usr'), 'revokePermission', { permissionId })).toMatchObject({ __typename: 'NotFoundError' });
    expect((await viewerOf(vault, buyerId)).permissions?.edges.map(({ node }) => node.status)).toEqual(['ACTIVE']);
    expect(await viewerEntity(vault, buyer(newId('usr')), buyerId)).toBeNull();
  });

  test('has no field of a card', async () => {
    const query = `{ __type(name: "SharedField") { enumValues { name } } }`;
    const { data } = await vault.ask(buyer(newId('usr')), query);
    expect(data).toEqual({ __type: { enumValues: allFields.map((name) => ({ name })) } });
  });
});

describe('advertising', () => {
  const set = (buyerId: string, sellerId: string, changes: object = {}): Promise<Result> =>
    change(vault, buyerId, 'setMarketingConsent', { sellerId, channel: 'EMAIL', granted: true, textVersion: 'marketing-us-1', ...changes });
  const consentsOf = async (buyerId: string) => (await viewerOf(vault, buyerId)).marketingConsents?.edges.map(({ node }) => node);

  test('is off unless chosen, by a purchase as well, and is chosen for each seller and channel', async () => {
    const request = await vault.prepareOrder();
    await vault.authorize(request);
    await vault.capture(request.orderId);
    expect(await consentsOf(request.buyerId)).toEqual([]);
    await set(request.buyerId, request.sellerId);
    expect(await consentsOf(request.buyerId)).toEqual([
      {
        id: expect.stringMatching(/^mkd_/),
        sellerId: request.sellerId,
        channel: 'EMAIL',
        granted: true,
        textVersion: 'marketing-us-1',
        decidedAt: expect.any(String),
      },
    ]);
  });

  test('keeps every decision, and the newest counts', async () => {
    const [buyerId, sellerId] = [newId('usr'), newId('sel')];
    await set(buyerId, sellerId);
    await set(buyerId, sellerId);
    await set(buyerId, sellerId, { channel: 'PUSH' });
    await set(buyerId, sellerId, { granted: false, textVersion: null });
    expect((await consentsOf(buyerId))?.map(({ channel, granted }) => [channel, granted])).toEqual([
      ['EMAIL', false],
      ['PUSH', true],
    ]);
    const { rows } = await vault.pool.query<{ granted: boolean }>(
      `select granted from marketing_decisions where buyer_id = $1 and channel = 'EMAIL' order by id`,
      [buyerId],
    );
    expect(rows).toEqual([{ granted: true }, { granted: false }]);
  });

  test.each(['marketing-us-0', null])('is not agreed to by the text %j, which is not the current one', async (textVersion) => {
    const buyerId = newId('usr');
    expect(await set(buyerId, newId('sel'), { textVersion })).toMatchObject({
      __typename: 'ConsentTextOutdatedError',
      currentVersion: 'marketing-us-1',
    });
    expect(await consentsOf(buyerId)).toEqual([]);
  });

  test('shows its text to the buyer', async () => {
    const { data } = await vault.ask(buyer(newId('usr')), '{ consentTexts { purpose version body } }');
    expect(data).toMatchObject({ consentTexts: expect.arrayContaining([expect.objectContaining({ version: 'marketing-us-1' })]) });
  });
});
