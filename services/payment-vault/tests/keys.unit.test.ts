import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PostalAddress } from '../src/address.ts';
import { createBuyerKeys, type BuyerKeys, type BuyerKeyStore } from '../src/buyer-keys.ts';
import type { KeyService } from '../src/key-service.ts';
import { fingerprintInput, openAddress, sealAddress, type SealedPlace } from '../src/sealed-address.ts';
import type { StoredKey } from '../src/store/keys.ts';
import { createTestKeyService } from './test-keys.ts';

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

describe("buyers' data keys", () => {
  let keys: BuyerKeys;
  let folder: string;
  let keyService: KeyService;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'vault-keys-'));
    keyService = await createTestKeyService(folder);
  });
  afterEach(async () => {
    keys.close();
    await rm(folder, { recursive: true });
  });

  const memoryStore = () => {
    const rows = new Map<string, StoredKey | null>();
    let reads = 0;
    let retired = '';
    const newest = (ownerId: string): StoredKey | null =>
      [...rows].filter(([id, row]) => id.startsWith(`${ownerId}|`) && row !== null).at(-1)?.[1] ?? null;
    const store: BuyerKeyStore = {
      findNewest: async (ownerId) => {
        reads += 1;
        return newest(ownerId);
      },
      find: async (ownerId, version) => {
        reads += 1;
        return rows.get(`${ownerId}|${version}`) ?? null;
      },
      findUsable: async (places) => places.filter(({ ownerId, version }) => (rows.get(`${ownerId}|${version}`) ?? null) !== null),
      nextVersion: async (ownerId) => [...rows.keys()].filter((id) => id.startsWith(`${ownerId}|`)).length + 1,
      insert: async (ownerId, key) => {
        if (key.masterKeyId === retired) return false;
        if (!rows.has(`${ownerId}|${key.version}`)) rows.set(`${ownerId}|${key.version}`, key);
        return true;
      },
      destroy: async (ownerId) => {
        for (const id of rows.keys()) if (id.startsWith(`${ownerId}|`)) rows.set(id, null);
        return 1;
      },
      isDestroyed: async () => false,
      listDestroyed: async () => [],
      answers: async () => true,
    };
    return {
      store,
      rows,
      reads: () => reads,
      retire: (masterKeyId: string) => {
        retired = masterKeyId;
      },
    };
  };

  test('are one for each buyer, also when they are first needed twice at the same time', async () => {
    const { store } = memoryStore();
    keys = createBuyerKeys({ store, keyService });
    const another = createBuyerKeys({ store, keyService });
    const [a, b, c] = await Promise.all([keys.current('usr_a'), another.current('usr_a'), keys.current('usr_b')]);
    another.close();
    expect(a.key.equals(b.key)).toBe(true);
    expect(a.key.equals(c.key)).toBe(false);
    expect((await keys.find('usr_a', 1))?.equals(a.key)).toBe(true);
  });

  test('are in memory for a minute at most: one that another process destroyed is gone after that', async () => {
    const { store, reads } = memoryStore();
    let now = 0;
    keys = createBuyerKeys({ store, keyService, now: () => now });
    await keys.current('usr_a');
    expect(await keys.find('usr_a', 1)).not.toBeNull();
    const before = reads();
    now = 54_000;
    expect(await keys.find('usr_a', 1)).not.toBeNull();
    expect(reads()).toBe(before);
    await store.destroy('usr_a');
    now = 60_000;
    expect(await keys.find('usr_a', 1)).toBeNull();
  });

  test('are gone at once where they are destroyed, and a buyer who comes back gets another version', async () => {
    const { store } = memoryStore();
    keys = createBuyerKeys({ store, keyService });
    const first = await keys.current('usr_a');
    await keys.find('usr_a', 1);
    await keys.destroy('usr_a');
    expect(await keys.find('usr_a', 1)).toBeNull();
    const second = await keys.current('usr_a');
    expect(second.version).toBe(2);
    expect(second.key.equals(first.key)).toBe(false);
  });

  test('that cannot be unwrapped are asked for again, not remembered as broken', async () => {
    const { store, rows } = memoryStore();
    keys = createBuyerKeys({ store, keyService });
    rows.set('usr_a|1', { version: 1, masterKeyId: 'file-other', wrapped: randomBytes(60) });
    await expect(keys.find('usr_a', 1)).rejects.toThrow('master key');
    rows.set('usr_a|1', null);
    expect(await keys.find('usr_a', 1)).toBeNull();
  });

  test('are wrapped again when their master key was retired while they were made', async () => {
    const { store, rows, retire } = memoryStore();
    const before = await keyService.currentMasterKeyId();
    retire(before);
    const wrap = async (...call: Parameters<KeyService['wrap']>) => {
      const wrapped = await keyService.wrap(...call);
      if (wrapped.masterKeyId === before) await keyService.makeMasterKey();
      return wrapped;
    };
    keys = createBuyerKeys({ store, keyService: { ...keyService, wrap } });
    await keys.current('usr_a');
    expect(rows.get('usr_a|1')?.masterKeyId).toBe(await keyService.currentMasterKeyId());
  });
});
