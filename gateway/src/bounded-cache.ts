/** A cache that cannot grow without end: the least recently used entries leave when it is over its weight. */

export interface BoundedCache<Value> {
  get(key: string): Value | undefined;
  /** @param weight what the entry counts towards the limit; 1 unless told. An entry heavier than the limit is not kept. */
  set(key: string, value: Value, weight?: number): void;
  delete(key: string): void;
  readonly size: number;
}

export function createBoundedCache<Value>(maxWeight: number): BoundedCache<Value> {
  // A Map remembers the order of insertion: the first entry is the one that was used longest ago.
  const entries = new Map<string, { readonly value: Value; readonly weight: number }>();
  let total = 0;
  const remove = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    total -= entry.weight;
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      // While half of it is free nothing leaves soon: the order need not be kept at each use.
      if (total * 2 > maxWeight) {
        entries.delete(key);
        entries.set(key, entry);
      }
      return entry.value;
    },
    set(key, value, weight = 1) {
      remove(key);
      if (weight > maxWeight) return;
      entries.set(key, { value, weight });
      total += weight;
      for (const oldest of entries.keys()) {
        if (total <= maxWeight) break;
        remove(oldest);
      }
    },
    delete: remove,
    get size() {
      return entries.size;
    },
  };
}
