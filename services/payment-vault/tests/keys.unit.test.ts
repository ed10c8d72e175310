import { createSecretKey, randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { PostalAddress } from '../src/address.ts';
import { createBuyerKeys, type BuyerKeys } from '../src/buyer-keys.ts';
import { createLocalKeyService } from '../src/key-service.ts';
import { fingerprintInput, openAddress, sealAddress, type SealedPlace } from '../src/sealed-address.ts';
import type { KeyStore, StoredKey } from '../src/store/keys.ts';

const address: PostalAddress = {
  name: 'Ada',
  line1: '77 Quillfeather Row',
  line2: null,
  city: 'Reno',
  region: 'NV',
  postalCode: '89501',
  country: 'US',
  phone: null,
};

describe('a sealed address', () => {
  const key = createSecretKey(randomBytes(32));
  const place: SealedPlace = { table: 'addresses', buyerId: 'usr_a', rowId: 'adr_1', keyVersion: 1 };
  const sealed = sealAddress(key, place, address);

  test('opens in its own place only', () => {
    expect(openAddress(key, place, sealed)).toEqual(address);
    const others: SealedPlace[] = [
      { ...place, table: 'order_addresses' },
      { ...place, buyerId: 'usr_b' },
      { ...place, rowId: 'adr_2' },
      { ...place, keyVersion: 2 },
      { ...place, buyerId: 'usr_a|adr_1', rowId: '' },
    ];
    for (const other of others) expect(() => openAddress(key, other, sealed)).toThrow();
    expect(() => openAddress(createSecretKey(randomBytes(32)), place, sealed)).toThrow();
  });

  test('does not open after any bit was changed, or the end is cut off', () => {
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(() => openAddress(key, place, changed)).toThrow();
    }
    expect(() => openAddress(key, place, sealed.subarray(0, -1))).toThrow();
  });

  test('is never the same twice, and costs 28 bytes', () => {
    expect(sealAddress(key, place, address).equals(sealed)).toBe(false);
    expect(sealed.length).toBe(Buffer.byteLength(JSON.stringify(address)) + 28);
  });
});

test('what stands for an input cannot be checked without the key', () => {
  const digest = randomBytes(32);
  const [one, other] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))];
  expect(fingerprintInput(one, digest)).toBe(fingerprintInput(one, digest));
  expect(fingerprintInput(one, digest)).not.toBe(fingerprintInput(other, digest));
});

describe('the local key service', () => {
  test('unwraps for the same context and with the same master key only', async () => {
    const service = createLocalKeyService(randomBytes(32));
    const dataKey = randomBytes(32);
    const wrapped = await service.wrap(dataKey, 'a');
    expect(await service.unwrap(wrapped, 'a')).toEqual(dataKey);
    await expect(service.unwrap(wrapped, 'b')).rejects.toThrow();
    await expect(createLocalKeyService(randomBytes(32)).unwrap(wrapped, 'a')).rejects.toThrow('master key');
    expect(wrapped.wrapped.includes(dataKey)).toBe(false);
  });
});

describe("buyers' data keys", () => {
  let keys: BuyerKeys;
  afterEach(() => keys.close());

  const memoryStore = () => {
    const rows = new Map<string, StoredKey>();
    let reads = 0;
    const store: KeyStore = {
      findNewest: async (buyerId) => {
        reads += 1;
        return rows.get(buyerId) ?? null;
      },
      find: async (buyerId, version) => {
        reads += 1;
        const row = rows.get(buyerId);
        return row?.version === version ? row : null;
      },
      insert: async (buyerId, key) => {
        if (!rows.has(buyerId)) rows.set(buyerId, key);
      },
    };
    return { store, rows, reads: () => reads };
  };

  test('are one for each buyer, also when they are first needed twice at the same time', async () => {
    const { store } = memoryStore();
    const keyService = createLocalKeyService(randomBytes(32));
    keys = createBuyerKeys({ store, keyService });
    const another = createBuyerKeys({ store, keyService });
    const [a, b, c] = await Promise.all([keys.current('usr_a'), another.current('usr_a'), keys.current('usr_b')]);
    another.close();
    expect(a.key.equals(b.key)).toBe(true);
    expect(a.key.equals(c.key)).toBe(false);
    expect((await keys.find('usr_a', 1))?.equals(a.key)).toBe(true);
  });

  test('are in memory for a minute at most: a destroyed one is gone after that', async () => {
    const { store, rows, reads } = memoryStore();
    let now = 0;
    keys = createBuyerKeys({ store, keyService: createLocalKeyService(randomBytes(32)), now: () => now });
    await keys.current('usr_a');
    expect(await keys.find('usr_a', 1)).not.toBeNull();
    const before = reads();
    now = 54_000;
    expect(await keys.find('usr_a', 1)).not.toBeNull();
    expect(reads()).toBe(before);
    rows.clear();
    now = 60_000;
    expect(await keys.find('usr_a', 1)).toBeNull();
  });

  test('that cannot be unwrapped are asked for again, not remembered as broken', async () => {
    const { store, rows } = memoryStore();
    const keyService = createLocalKeyService(randomBytes(32));
    keys = createBuyerKeys({ store, keyService });
    rows.set('usr_a', { version: 1, masterKeyId: 'local-other', wrapped: randomBytes(60) });
    await expect(keys.find('usr_a', 1)).rejects.toThrow('master key');
    rows.delete('usr_a');
    expect(await keys.find('usr_a', 1)).toBeNull();
  });
});
