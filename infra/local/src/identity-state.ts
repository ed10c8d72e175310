/**
 * Sessions, sign-ins under way and codes of the local identity provider, in memory: a restart signs browsers out
 * and changes nothing for tokens already issued, which are checked by their signature alone.
 */
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

/** How often what has ended is dropped, in milliseconds: rarely, because it looks at every entry. */
const sweepIntervalMs = 60_000;

type Entry = { model: string; id: string; payload: AdapterPayload; expiresAtMs: number };

/** One store shared by every model, in the form that oidc-provider asks for. */
export function createIdentityState(): AdapterFactory {
  const entries = new Map<string, Entry>();
  let nextSweepMs = 0;

  const read = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    return entry === undefined || entry.expiresAtMs <= Date.now() ? undefined : entry.payload;
  };
  const dropWhere = (matches: (entry: Entry) => boolean): void => {
    for (const [key, entry] of entries) if (matches(entry)) entries.delete(key);
  };

  return (model): Adapter => {
    const keyOf = (id: string): string => `${model}:${id}`;
    const findBy = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
      for (const entry of entries.values()) {
        if (entry.model === model && matches(entry.payload)) return read(keyOf(entry.id));
      }
      return undefined;
    };
    return {
      async upsert(id, payload, expiresInSeconds) {
        const nowMs = Date.now();
        if (nowMs >= nextSweepMs) {
          nextSweepMs = nowMs + sweepIntervalMs;
          dropWhere((entry) => entry.expiresAtMs <= nowMs);
        }
        const expiresAtMs = expiresInSeconds === undefined ? Infinity : nowMs + expiresInSeconds * 1000;
        entries.set(keyOf(id), { model, id, payload, expiresAtMs });
      },
      async find(id) {
        return read(keyOf(id));
      },
      async findByUid(uid) {
        return findBy((payload) => payload.uid === uid);
      },
      async findByUserCode(userCode) {
        return findBy((payload) => payload.userCode === userCode);
      },
      async consume(id) {
        const payload = read(keyOf(id));
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        entries.delete(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        // Of this model alone: a sign-in under way names the grant too, and outlives it.
        dropWhere((entry) => entry.model === model && entry.payload.grantId === grantId);
      },
    };
  };
}
