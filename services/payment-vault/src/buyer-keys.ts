/** Buyers' data keys: made when first needed, wrapped at rest, in memory for at most a minute and never as plain bytes. */
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { KeyService } from './key-service.ts';
import type { KeyStore, StoredKey } from './store/keys.ts';

export interface BuyerKey {
  readonly version: number;
  readonly key: KeyObject;
}

export interface BuyerKeys {
  /** The key to encrypt with; made if the buyer has none. */
  current(buyerId: string): Promise<BuyerKey>;
  /** The key of a version; null when it was destroyed. */
  find(buyerId: string, version: number): Promise<KeyObject | null>;
  /** Forgets what is in memory, for good. */
  close(): void;
}

const dataKeyBytes = 32;
const lifetimeMs = 60_000;
const sweepIntervalMs = 5_000;
/** Some MB at most. */
const maxCached = 20_000;

const contextOf = (buyerId: string, version: number): string => `payment-vault|buyer_keys|${buyerId}|${version}`;

export function createBuyerKeys(options: {
  readonly store: KeyStore;
  readonly keyService: KeyService;
  readonly now?: () => number;
}): BuyerKeys {
  const { store, keyService, now = Date.now } = options;
  const cache = new Map<string, { readonly key: Promise<BuyerKey | null>; readonly expiresAt: number }>();

  const sweep = (): void => {
    const at = now();
    for (const [id, entry] of cache) if (entry.expiresAt <= at) cache.delete(id);
  };
  const sweeping = setInterval(sweep, sweepIntervalMs).unref();

  const cached = (id: string, load: () => Promise<BuyerKey | null>): Promise<BuyerKey | null> => {
    const known = cache.get(id);
    if (known !== undefined && known.expiresAt > now()) return known.key;
    // The sweep may come an interval late.
    const entry = { key: load(), expiresAt: now() + lifetimeMs - sweepIntervalMs };
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

  const unwrap = async (buyerId: string, stored: StoredKey): Promise<BuyerKey> => {
    const bytes = await keyService.unwrap(stored, contextOf(buyerId, stored.version));
    const key = createSecretKey(bytes);
    bytes.fill(0);
    return { version: stored.version, key };
  };

  const make = async (buyerId: string): Promise<StoredKey> => {
    const version = 1;
    const bytes = randomBytes(dataKeyBytes);
    const wrapped = await keyService.wrap(bytes, contextOf(buyerId, version));
    bytes.fill(0);
    // Of two processes that make one at the same time, the first wins and both use its key.
    await store.insert(buyerId, { version, ...wrapped });
    const stored = await store.findNewest(buyerId);
    if (stored === null) throw new Error('a data key that was just made is not there');
    return stored;
  };

  return {
    async current(buyerId) {
      const key = await cached(`${buyerId}|current`, async () =>
        unwrap(buyerId, (await store.findNewest(buyerId)) ?? (await make(buyerId))),
      );
      if (key === null) throw new Error('a buyer has no current data key');
      return key;
    },
    async find(buyerId, version) {
      const key = await cached(`${buyerId}|${version}`, async () => {
        const stored = await store.find(buyerId, version);
        return stored === null ? null : unwrap(buyerId, stored);
      });
      return key?.key ?? null;
    },
    close() {
      clearInterval(sweeping);
      cache.clear();
    },
  };
}
