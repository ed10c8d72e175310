/** Buyers' data keys: made when first needed, wrapped at rest, in memory for at most a minute and never as plain bytes. */
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { DataKeyPlace, KeyService } from './key-service.ts';
import type { DestroyedKey, KeyStore, StoredKey } from './store/keys.ts';

export interface BuyerKey {
  readonly version: number;
  readonly key: KeyObject;
}

export interface BuyerKeys {
  /** The key to encrypt with; made if the buyer has none. */
  current(buyerId: string): Promise<BuyerKey>;
  /** The key to encrypt with, if the buyer has one. */
  newest(buyerId: string): Promise<BuyerKey | null>;
  /** The key of a version; null when it was destroyed. */
  find(buyerId: string, version: number): Promise<KeyObject | null>;
  /** Those of these keys that exist at this moment: asked of the store, not of the memory. */
  findUsable(places: readonly DataKeyPlace[]): Promise<DataKeyPlace[]>;
  /**
   * Destroys every key of the buyer, for good: what is encrypted with them cannot be read any more, here at once and in
   * other processes within 60 s. May be repeated.
   */
  destroy(buyerId: string): Promise<void>;
  /** Whether the buyer had keys, and all of them were destroyed. */
  isDestroyed(buyerId: string): Promise<boolean>;
  /** Destroyed keys, the first destroyed first: data that is under one of them came back from a backup. */
  listDestroyed(page: { readonly after: string | null; readonly limit: number }): Promise<DestroyedKey[]>;
  /** Whether the store of the wrapped keys answers. */
  areReachable(): Promise<boolean>;
  /** Forgets what is in memory, for good. */
  close(): void;
}

/** What `BuyerKeys` needs of the store. */
export type BuyerKeyStore = Pick<
  KeyStore,
  'findNewest' | 'find' | 'findUsable' | 'nextVersion' | 'insert' | 'destroy' | 'isDestroyed' | 'listDestroyed' | 'answers'
>;

const dataKeyBytes = 32;
const lifetimeMs = 60_000;
const sweepIntervalMs = 5_000;
/** Some MB at most. */
const maxCached = 20_000;
/** More than one is needed only when the master key is changed at that very moment. */
const maxAttempts = 5;

export function createBuyerKeys(options: {
  readonly store: BuyerKeyStore;
  readonly keyService: Pick<KeyService, 'wrap' | 'unwrap'>;
  readonly now?: () => number;
}): BuyerKeys {
  const { store, keyService, now = Date.now } = options;
  const cache = new Map<string, { readonly buyerId: string; readonly key: Promise<BuyerKey | null>; readonly expiresAt: number }>();

  const sweep = (): void => {
    const at = now();
    for (const [id, entry] of cache) if (entry.expiresAt <= at) cache.delete(id);
  };
  const sweeping = setInterval(sweep, sweepIntervalMs).unref();

  const cached = (id: string, buyerId: string, load: () => Promise<BuyerKey | null>): Promise<BuyerKey | null> => {
    const known = cache.get(id);
    if (known !== undefined && known.expiresAt > now()) return known.key;
    // The sweep may come an interval late.
    const entry = { buyerId, key: load(), expiresAt: now() + lifetimeMs - sweepIntervalMs };
    cache.delete(id);
    cache.set(id, entry);
    const forget = (): void => {
      if (cache.get(id) === entry) cache.delete(id);
    };
    // Absence is not remembered: the key may be made at any moment.
    entry.key.then((key) => key === null && forget(), forget);
    const [oldest] = cache.keys();
    if (cache.size > maxCached && oldest !== undefined) cache.delete(oldest);
    return entry.key;
  };
  const forgetBuyer = (buyerId: string): void => {
    for (const [id, entry] of cache) if (entry.buyerId === buyerId) cache.delete(id);
  };

  /** Between reading a wrapped key and unwrapping it, a rotation may have replaced it: then it is read again. */
  const unwrap = async (buyerId: string, read: () => Promise<StoredKey | null>): Promise<BuyerKey | null> => {
    let stored = await read();
    for (;;) {
      if (stored === null) return null;
      const { version } = stored;
      try {
        const bytes = await keyService.unwrap(stored, { ownerId: buyerId, version });
        const key = createSecretKey(bytes);
        bytes.fill(0);
        return { version, key };
      } catch (error) {
        const again: StoredKey | null = await read();
        if (again !== null && again.version === version && again.masterKeyId === stored.masterKeyId) throw error;
        stored = again;
      }
    }
  };

  const make = async (buyerId: string): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const version = await store.nextVersion(buyerId);
      const bytes = randomBytes(dataKeyBytes);
      const wrapped = await keyService.wrap(bytes, { ownerId: buyerId, version });
      bytes.fill(0);
      // Of two processes that make one at the same time, the first wins and both use its key.
      if (await store.insert(buyerId, { version, ...wrapped })) return;
      if (attempt === maxAttempts) throw new Error('a new data key was wrapped by a retired master key again and again');
    }
  };

  return {
    async current(buyerId) {
      const key = await cached(`${buyerId}|current`, buyerId, async () => {
        const known = await unwrap(buyerId, () => store.findNewest(buyerId));
        if (known !== null) return known;
        await make(buyerId);
        return unwrap(buyerId, () => store.findNewest(buyerId));
      });
      if (key === null) throw new Error('a data key that was just made is not there');
      return key;
    },
    newest: (buyerId) => cached(`${buyerId}|newest`, buyerId, () => unwrap(buyerId, () => store.findNewest(buyerId))),
    async find(buyerId, version) {
      const key = await cached(`${buyerId}|${version}`, buyerId, () => unwrap(buyerId, () => store.find(buyerId, version)));
      return key?.key ?? null;
    },
    findUsable: async (places) => (places.length === 0 ? [] : store.findUsable(places)),
    async destroy(buyerId) {
      forgetBuyer(buyerId);
      await store.destroy(buyerId);
      // Once more: one that was being loaded meanwhile.
      forgetBuyer(buyerId);
    },
    isDestroyed: (buyerId) => store.isDestroyed(buyerId),
    listDestroyed: (page) => store.listDestroyed(page),
    areReachable: () => store.answers(),
    close() {
      clearInterval(sweeping);
      cache.clear();
    },
  };
}
