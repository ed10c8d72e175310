/**
 * Processor time by the system's own accounting (`/proc/<pid>/stat`, Linux): user and system time of whole process trees, also of
 * children that have ended. It is steadier than time on the clock on a machine that does other work as well.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The unit of `/proc/<pid>/stat` is 1/100 s for every program, whatever the kernel counts in (`man 5 proc`). */
const ticksPerSecond = 100;

/** One line of the process table. */
export type ProcessRow = {
  readonly pid: number;
  readonly parent: number;
  /** Of the process itself, in seconds. */
  readonly ownSeconds: number;
  /** Of its children that have ended and were waited for, and of theirs, in seconds. */
  readonly endedChildrenSeconds: number;
};

/** Reads a `/proc/<pid>/stat`. The program's name in it can hold blanks and brackets. */
export function parseStat(text: string): ProcessRow {
  const afterName = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => {
    const value = Number(afterName[number - 3]);
    if (!Number.isInteger(value)) throw new Error(`field ${number} of a process's accounts is no number`);
    return value;
  };
  return {
    pid: Number.parseInt(text, 10),
    parent: field(4),
    ownSeconds: (field(14) + field(15)) / ticksPerSecond,
    endedChildrenSeconds: (field(16) + field(17)) / ticksPerSecond,
  };
}

/** Every process of the machine. */
export function readProcessTable(): ProcessRow[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const text = readUnlessEnded(`/proc/${name}/stat`);
    return text === undefined ? [] : [parseStat(text)];
  });
}

/** The machine's own account since it was started, in seconds of all processors together (`man 5 proc`, `/proc/stat`). */
export type MachineSeconds = {
  /** Somebody's, of this machine. */
  readonly busy: number;
  /** Another machine's, while somebody here wanted to go on. */
  readonly stolen: number;
  readonly idle: number;
};

/** Reads a `/proc/stat`. */
export function parseMachineStat(text: string): MachineSeconds {
  const counts = /^cpu +(.*)$/m.exec(text)?.[1]?.split(' ').map(Number) ?? [];
  const [user = Number.NaN, nice = 0, system = 0, idle = 0, waiting = 0, interrupts = 0, softInterrupts = 0, stolen = 0] = counts;
  if (Number.isNaN(user)) throw new Error("the machine's account cannot be read");
  return {
    busy: (user + nice + system + interrupts + softInterrupts) / ticksPerSecond,
    stolen: stolen / ticksPerSecond,
    idle: (idle + waiting) / ticksPerSecond,
  };
}

export const readMachineSeconds = (): MachineSeconds => parseMachineStat(readFileSync('/proc/stat', 'utf8'));

/** What share of the machine others had between two readings, 0 to 1. @param own seconds that are known to be not theirs */
export function shareOfOthers(before: MachineSeconds, after: MachineSeconds, own: number): number {
  const busy = after.busy - before.busy;
  const stolen = after.stolen - before.stolen;
  const all = busy + stolen + after.idle - before.idle;
  return all <= 0 ? 0 : Math.min(Math.max((busy + stolen - own) / all, 0), 1);
}

/** The title that a process gave itself; empty for one that has ended. */
export function readTitle(pid: number): string {
  return (readUnlessEnded(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
}

function readUnlessEnded(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It ended after it was listed: what it used is in its parent's account by then.
    return undefined;
  }
}

/** The rows of a process and all its descendants; none when it has ended. */
export function treeOf(table: readonly ProcessRow[], root: number): ProcessRow[] {
  const children = Map.groupBy(table, ({ parent }) => parent);
  const found: ProcessRow[] = [];
  const waiting = table.filter(({ pid }) => pid === root);
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    found.push(row);
    waiting.push(...(children.get(row.pid) ?? []));
  }
  return found;
}

/** What a tree has used so far, in seconds. A child that ends moves to its parent's account and is not lost. */
export const secondsOf = (tree: readonly ProcessRow[]): number =>
  tree.reduce((sum, { ownSeconds, endedChildrenSeconds }) => sum + ownSeconds + endedChildrenSeconds, 0);

/** Resident memory of a tree, in bytes. What processes share counts for each. */
export const residentBytesOf = (tree: readonly Pick<ProcessRow, 'pid'>[]): number =>
  tree.reduce((sum, { pid }) => sum + parseResidentBytes(readUnlessEnded(`/proc/${pid}/status`) ?? ''), 0);

/** Reads a `/proc/<pid>/status`; 0 for a process that has ended. */
export const parseResidentBytes = (text: string): number => Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1_024;

/** What a tree used between two readings, by the label of each of its processes. */
export class LabelledTree {
  readonly #labelOf: (pid: number) => string;
  readonly #unknown: string;
  #before: readonly ProcessRow[] | undefined;
  /** Last known seconds of each process. */
  readonly #latest = new Map<number, { readonly label: string; readonly from: number; readonly to: number }>();

  /** @param unknown the label of what cannot be told apart any more, since the process has ended between two readings */
  constructor(labelOf: (pid: number) => string, unknown: string) {
    this.#labelOf = labelOf;
    this.#unknown = unknown;
  }

  /** Takes a reading: the first begins, the others go on. The more there are, the less of a process that ends is unknown. */
  read(tree: readonly ProcessRow[]): void {
    const known = this.#before !== undefined;
    this.#before ??= tree;
    for (const { pid, ownSeconds } of tree) {
      const seen = this.#latest.get(pid);
      const label = this.#labelOf(pid);
      if (seen !== undefined) this.#latest.set(pid, { ...seen, label: label === '' ? seen.label : label, to: ownSeconds });
      else this.#latest.set(pid, { label, from: known ? 0 : ownSeconds, to: ownSeconds });
    }
  }

  /** Seconds by label since the first reading. @param tree the last reading */
  secondsByLabel(tree: readonly ProcessRow[]): Map<string, number> {
    this.read(tree);
    const sums = new Map<string, number>();
    let attributed = 0;
    for (const { label, from, to } of this.#latest.values()) {
      sums.set(label, (sums.get(label) ?? 0) + to - from);
      attributed += to - from;
    }
    const rest = secondsOf(tree) - secondsOf(this.#before ?? []) - attributed;
    if (rest > ticksPerSecond ** -2) sums.set(this.#unknown, (sums.get(this.#unknown) ?? 0) + rest);
    return sums;
  }
}
