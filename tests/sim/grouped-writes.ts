/**
 * Group commit as `@vitrine/runtime/group-commit` has it, in virtual time: what is added while a write is under way forms the
 * next one, items that share a key never share a write, and a write whose outcome is unknown is unknown to all its items.
 */
export interface GroupedWrites<Item, Result> {
  add(item: Item): Promise<Result>;
}

/** In the place of a result: this item failed by itself. */
export class ItemRefused {
  readonly cause: Error;

  constructor(cause: Error) {
    this.cause = cause;
  }
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly keys: readonly string[];
  readonly resolve: (result: Result) => void;
  readonly reject: (cause: unknown) => void;
}

export function groupedWrites<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly (Result | ItemRefused)[]>,
  keysOf: (item: Item) => readonly string[],
): GroupedWrites<Item, Result> {
  let queue: Waiting<Item, Result>[] = [];
  let isRunning = false;

  const takeGroup = (): Waiting<Item, Result>[] => {
    const taken = new Set<string>();
    const group: Waiting<Item, Result>[] = [];
    const rest: Waiting<Item, Result>[] = [];
    for (const entry of queue) {
      (entry.keys.some((key) => taken.has(key)) ? rest : group).push(entry);
      for (const key of entry.keys) taken.add(key);
    }
    queue = rest;
    return group;
  };

  const run = async (): Promise<void> => {
    isRunning = true;
    // What the same turn still brings joins.
    await Promise.resolve();
    while (queue.length > 0) {
      const group = takeGroup();
      try {
        const results = await write(group.map(({ item }) => item));
        for (const [index, { resolve, reject }] of group.entries()) {
          const result = results[index] as Result | ItemRefused;
          if (result instanceof ItemRefused) reject(result.cause);
          else resolve(result);
        }
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    isRunning = false;
  };

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, keys: keysOf(item), resolve, reject });
        if (!isRunning) void run();
      }),
  };
}
