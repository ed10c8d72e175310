import { staffRoles } from '@vitrine/runtime/identity';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { addressInput, buyer, key, operations, seller, startVault, type Answered, type Vault, saveConsent } from './vault.ts';

let vault: Vault;
beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault.stop());

const addressesOf = async (buyerId: string): Promise<readonly Answered[]> =>
  (await vault.ask(buyer(buyerId), operations.viewer)).data.viewer.addresses;
const add = (buyerId: string, changes: object = {}) =>
  vault.mutate(buyerId, 'addAddress', { idempotencyKey: key(), ...addressInput, saveConsent, ...changes });

/** Columns of the database in which a text is found, in clear or as it is. */
async function columnsWith(text: string): Promise<string[]> {
  const { rows: columns } = await vault.pool.query<{ table: string; column: string }>(
    `select c.table_name as table, c.column_name as column from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where table_schema = 'public' and t.table_type = 'BASE TABLE'`,
  );
  const found: string[] = [];
  for (const { table, column } of columns) {
    // A bytea is searched for the bytes, everything else as text.
    const { rowCount } = await vault.pool.query(
      `select 1 from "${table}" where case when pg_typeof("${column}") = 'bytea'::regtype then position($1::bytea in decode(replace("${column}"::text, '\\x', ''), 'hex')) > 0
                                           else lower("${column}"::text) like '%' || lower($2) || '%' end limit 1`,
      [Buffer.from(text), text],
    );
    if (rowCount !== 0) found.push(`${table}.${column}`);
  }
  return found;
}

describe('storing an address', () => {
  test('keeps it in one form, and the first one is the default even when not asked for', async () => {
    const buyerId = newId('usr');
    const added = await add(buyerId, {
      name: '  Ada   Example ',
      region: 'ca',
      postalCode: '941031234',
      country: 'us',
      line2: ' ',
      makeDefault: false,
    });
    expect(added).toMatchObject({
      __typename: 'AddAddressSuccess',
      address: {
        name: 'Ada Example',
        line1: '77 Quillfeather Row',
        line2: null,
        region: 'CA',
        postalCode: '94103-1234',
        country: 'US',
        phone: '+14155550100',
        isDefault: true,
      },
    });
    expect(await addressesOf(buyerId)).toEqual([added.address]);
    expect((await vault.internal('readiness', { buyerId, paymentMethodId: null, addressId: null })).body).toEqual({
      paymentMethod: null,
      address: { addressId: added.address.id, country: 'US', region: 'CA' },
    });
  });

  test.each([
    ['name', ''],
    ['name', 'x'.repeat(101)],
    ['line1', '   '],
    ['line1', 'Main\nStreet'],
    ['line2', 'x'.repeat(101)],
    ['city', 'x'.repeat(81)],
    ['region', 'Californ'],
    ['postalCode', '9410'],
    ['postalCode', '10001'],
    ['country', 'FR'],
    ['country', 'ZZ'],
    ['phone', '4155550100'],
    ['phone', '+0155550100'],
    ['name', 'Ada \u202eelpmaxE'],
  ])('refuses %s %j with its path, and stores nothing', async (field, value) => {
    const buyerId = newId('usr');
    expect(await add(buyerId, { [field]: value })).toMatchObject({
      __typename: 'InvalidInputError',
      path: [field],
      message: expect.any(String),
    });
    expect(await addressesOf(buyerId)).toEqual([]);
  });

  test('repeats its result for the key, refuses another input, and says when the address is gone', async () => {
    const buyerId = newId('usr');
    const input = { idempotencyKey: key(), ...addressInput, saveConsent };
    const first = await vault.mutate(buyerId, 'addAddress', input);
    expect(await vault.mutate(buyerId, 'addAddress', input)).toEqual(first);
    expect(await addressesOf(buyerId)).toHaveLength(1);
    expect(await vault.mutate(buyerId, 'addAddress', { ...input, line1: '78 Quillfeather Row' })).toMatchObject({
      __typename: 'IdempotencyKeyReusedError',
    });
    await vault.mutate(buyerId, 'deleteAddress', { idempotencyKey: key(), addressId: first.address.id });
    expect(await vault.mutate(buyerId, 'addAddress', input)).toMatchObject({ __typename: 'InvalidInputError', path: ['idempotencyKey'] });
    expect(await vault.mutate(buyerId, 'addAddress', { ...input, idempotencyKey: 'short' })).toMatchObject({
      __typename: 'InvalidInputError',
      path: ['idempotencyKey'],
    });
  });

  test('stores no more than 20, also when they come at the same time', async () => {
    const buyerId = newId('usr');
    const results = await Promise.all(Array.from({ length: 23 }, () => add(buyerId)));
    expect(results.filter(({ __typename }) => __typename === 'AddAddressSuccess')).toHaveLength(20);
    expect(results.find(({ __typename }) => __typename !== 'AddAddressSuccess')).toMatchObject({
      __typename: 'TooManyStoredError',
      limit: 20,
    });
    const addresses = await addressesOf(buyerId);
    expect(addresses.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });
});

describe('the default address', () => {
  test('can be changed, and passes to the newest when it is deleted', async () => {
    const buyerId = newId('usr');
    const [first, second, third] = [await vault.addAddress(buyerId), await vault.addAddress(buyerId), await vault.addAddress(buyerId)];
    expect(await vault.mutate(buyerId, 'setDefaultAddress', { idempotencyKey: key(), addressId: first })).toMatchObject({
      address: { id: first, isDefault: true },
    });
    expect((await addressesOf(buyerId)).map(({ id }) => id)).toEqual([first, third, second]);
    const input = { idempotencyKey: key(), addressId: first };
    const deleted = await vault.mutate(buyerId, 'deleteAddress', input);
    expect(deleted).toMatchObject({ __typename: 'DeleteAddressSuccess', addressId: first, defaultAddress: { id: third, isDefault: true } });
    expect(await vault.mutate(buyerId, 'deleteAddress', input)).toEqual(deleted);
    expect(await vault.mutate(buyerId, 'deleteAddress', { idempotencyKey: key(), addressId: first })).toMatchObject({
      __typename: 'NotFoundError',
      id: first,
    });
  });

  test("is not another buyer's, and neither is any other address", async () => {
    const owner = newId('usr');
    const id = await vault.addAddress(owner);
    const other = newId('usr');
    expect(await vault.mutate(other, 'setDefaultAddress', { idempotencyKey: key(), addressId: id })).toMatchObject({
      __typename: 'NotFoundError',
      id,
    });
    expect(await vault.mutate(other, 'deleteAddress', { idempotencyKey: key(), addressId: id })).toMatchObject({
      __typename: 'NotFoundError',
      id,
    });
    expect((await vault.internal('readiness', { buyerId: other, paymentMethodId: null, addressId: id })).body).toMatchObject({
      address: null,
    });
    const representations = [
      { __typename: 'Address', id },
      { __typename: 'Address', id: 'adr_1' },
    ];
    expect((await vault.ask(buyer(owner), operations.entities, { representations })).data._entities).toMatchObject([
      { id, line1: addressInput.line1 },
      null,
    ]);
    for (const actor of [
      buyer(other),
      seller(newId('sel')),
      { role: 'operator', accountId: owner, staffRoles },
      { role: 'service' },
    ] as const) {
      expect((await vault.ask(actor, operations.entities, { representations })).data._entities).toEqual([null, null]);
    }
  });
});

describe('ciphertext', () => {
  test('moved to another row or another buyer does not open', async () => {
    const [ada, bob] = [newId('usr'), newId('usr')];
    const [one, two, his] = [
      await vault.addAddress(ada),
      await vault.addAddress(ada, { line1: '1 Second Street' }),
      await vault.addAddress(bob),
    ];
    const swap = (a: string, b: string) =>
      vault.pool.query(
        `with before as (select id, ciphertext, key_version from addresses where id in ($1, $2))
         update addresses a set ciphertext = other.ciphertext, key_version = other.key_version from before other where a.id in ($1, $2) and other.id in ($1, $2) and other.id <> a.id`,
        [a, b],
      );
    const addresses = async (buyerId: string) => vault.ask(buyer(buyerId), '{ viewer { addresses { line1 } } }');
    await swap(one, two);
    expect(await addresses(ada)).toMatchObject({ data: { viewer: { addresses: null } }, errors: [{ extensions: { code: 'INTERNAL' } }] });
    await swap(one, two);
    await swap(one, his);
    expect(await addresses(ada)).toMatchObject({ data: { viewer: { addresses: null } } });
    expect(await addresses(bob)).toMatchObject({ data: { viewer: { addresses: null } } });
    await swap(one, his);
    expect(await addresses(bob)).toMatchObject({ data: { viewer: { addresses: [{ line1: addressInput.line1 }] } } });
  });

  test('cannot be read by anyone once the key is destroyed', async () => {
    const buyerId = newId('usr');
    const fresh = await startVault();
    try {
      await fresh.addAddress(buyerId);
      await fresh.deps.keys.destroy(buyerId);
      const { data } = await fresh.ask(buyer(buyerId), operations.viewer);
      expect(data.viewer.addresses).toEqual([]);
    } finally {
      await fresh.stop();
    }
  });

  test('is all that the database has of a street', async () => {
    const request = await vault.prepareOrder();
    await vault.authorize(request);
    await vault.capture(request.orderId);
    await vault.ask(seller(request.sellerId), operations.entities, {
      representations: [{ __typename: 'SellerOrder', id: request.orderId }],
    });
    for (const text of ['Quillfeather', addressInput.name, addressInput.phone, '94103']) expect(await columnsWith(text)).toEqual([]);
    // The search finds what is there: in a text, in JSON, in bytes.
    await vault.pool.query(
      `insert into card_setups (buyer_id, idempotency_key, stripe_key) values ('planted', 'planted', '77 QUILLFEATHER Row')`,
    );
    await vault.pool.query(
      `insert into idempotency_keys (actor_id, operation, key, input_hash, result) values ('planted', 'planted', 'planted', '77 Quillfeather Row', '{"line1": "77 Quillfeather Row"}')`,
    );
    expect((await columnsWith('Quillfeather')).toSorted()).toEqual([
      'card_setups.stripe_key',
      'idempotency_keys.input_hash',
      'idempotency_keys.result',
    ]);
    await vault.pool.query(`delete from card_setups where buyer_id = 'planted'`);
    await vault.pool.query(`delete from idempotency_keys where actor_id = 'planted'`);
  });
});
