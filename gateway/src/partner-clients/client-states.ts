/**
 * API clients as they are now, or were at most ten seconds ago: what is revoked or narrowed counts within that time. While
 * seller-eligibility is away, what is known goes on for a minute; after that nothing can be told.
 */
import type { ApiClientState } from '@vitrine/contracts/api-clients-http';
import { createBoundedCache } from '../bounded-cache.ts';
import { createAllowList } from './client-address.ts';
import type { ClientDirectory } from './client-directory.ts';

export interface KnownClient {
  readonly clientId: string;
  readonly sellerId: string;
  readonly accountId: string;
  readonly scopes: ReadonlySet<string>;
  mayCallFrom(address: string): boolean;
  isLiveKey(keyId: string, nowMs: number): boolean;
}

export type ClientCheck =
  /** `client`: null when it is revoked, or was never there. */
  { readonly kind: 'known'; readonly client: KnownClient | null } | { readonly kind: 'unavailable' };

export interface ClientStates {
  /** @param sinceMs no answer that was asked for before this is taken: a key or a scope may be newer than what is known */
  find(clientId: string, requestId: string, sinceMs: number): Promise<ClientCheck>;
}

/** Nothing that is older than this is gone by while seller-eligibility answers. */
const freshMs = 10_000;
/** Asked for again in the background from this age on, so that requests do not wait. */
const refreshedFromMs = 5_000;
/** Gone by at most this long while seller-eligibility is away. */
const staleMs = 60_000;
const maxClients = 10_000;

interface Entry {
  readonly client: KnownClient | null;
  /** When it was asked for: it may have changed while the answer was under way. */
  readonly askedAtMs: number;
}

function toKnownClient(state: ApiClientState): KnownClient {
  const { clientId, sellerId, accountId, scopes, ipAllowList, keys } = state;
  const ends = new Map(keys.map(({ keyId, expiresAt }) => [keyId, expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt)]));
  return {
    clientId,
    sellerId,
    accountId,
    scopes: new Set(scopes),
    mayCallFrom: createAllowList(ipAllowList),
    isLiveKey: (keyId, nowMs) => nowMs < (ends.get(keyId) ?? 0),
  };
}

export function createClientStates(directory: Pick<ClientDirectory, 'find'>, now: () => number = Date.now): ClientStates {
  const entries = createBoundedCache<Entry>(maxClients);
  const asking = new Map<string, Promise<Entry | null>>();

  /** Null when it cannot be asked. One question at a time about a client. */
  const refresh = (clientId: string, requestId: string): Promise<Entry | null> => {
    const running = asking.get(clientId);
    if (running !== undefined) return running;
    const askedAtMs = now();
    const question = (async () => {
      try {
        const answer = await directory.find(clientId, requestId);
        if (answer.kind === 'unavailable') return null;
        const entry = { client: answer.client === null ? null : toKnownClient(answer.client), askedAtMs };
        entries.set(clientId, entry);
        return entry;
      } finally {
        asking.delete(clientId);
      }
    })();
    asking.set(clientId, question);
    return question;
  };

  return {
    async find(clientId, requestId, sinceMs) {
      // Clocks of gateway processes differ: nothing can be asked for later than now.
      const neededMs = Math.min(sinceMs, now());
      const isUsable = (entry: Entry | null | undefined): entry is Entry => (entry?.askedAtMs ?? Number.NEGATIVE_INFINITY) >= neededMs;
      const found = entries.get(clientId);
      const known = isUsable(found) ? found : undefined;
      const ageMs = known === undefined ? Number.POSITIVE_INFINITY : now() - known.askedAtMs;
      if (known !== undefined && ageMs < freshMs) {
        // Whoever finds it too old asks again, and meets what went wrong here.
        if (ageMs >= refreshedFromMs) refresh(clientId, requestId).catch(() => undefined);
        return { kind: 'known', client: known.client };
      }
      // What is under way may have been asked for too early; after it, what is asked for is not.
      const early = await refresh(clientId, requestId);
      const entry = early === null || isUsable(early) ? early : await refresh(clientId, requestId);
      if (entry !== null) return { kind: 'known', client: entry.client };
      return known !== undefined && ageMs < staleMs ? { kind: 'known', client: known.client } : { kind: 'unavailable' };
    },
  };
}
