/** The processor time of each part of a measured stack, PostgreSQL's by database, and of the benchmark itself. */
import { LabelledTree, readProcessTable, readTitle, secondsOf, treeOf } from './process-accounting.ts';

/** What measures is not what is measured. */
export const ownLabel = 'load-generator';

const readIntervalMs = 1_000;

/** Which database a process of PostgreSQL works for, by its title (`postgres: role database address state`). */
export function labelOfPostgres(title: string): string {
  const database = /^postgres: \S+ (\S+) [0-9.]+\(\d+\)/.exec(title)?.[1];
  return database === undefined ? 'postgres background' : `postgres ${database.replaceAll('_', '-')}`;
}

export type Accounts = {
  /** Seconds since it was opened, by part. Closes it. */
  readonly close: () => Readonly<Record<string, number>>;
};

/** @param parts process ids of the stack by name @param ownBackends processes of PostgreSQL that work for the benchmark */
export function openAccounts(parts: Readonly<Record<string, number>>, ownBackends: ReadonlySet<number>): Accounts {
  const labels = new Map<number, string>();
  const labelOf = (pid: number): string => {
    const label = labels.get(pid) ?? (ownBackends.has(pid) ? ownLabel : labelOfPostgres(readTitle(pid)));
    // A session tells who it works for only after it has been let in.
    if (label !== 'postgres background') labels.set(pid, label);
    return label;
  };
  const postgres = new LabelledTree(labelOf, 'postgres background');
  const { postgres: postgresPid, ...others } = parts;
  if (postgresPid === undefined) throw new Error('there is no PostgreSQL of the stack');
  const readOthers = (table: ReturnType<typeof readProcessTable>): Map<string, number> =>
    new Map(Object.entries(others).map(([name, pid]) => [name, secondsOf(treeOf(table, pid))]));

  const table = readProcessTable();
  postgres.read(treeOf(table, postgresPid));
  const before = readOthers(table);
  const own = process.cpuUsage();
  const reading = setInterval(() => postgres.read(treeOf(readProcessTable(), postgresPid)), readIntervalMs);

  return {
    close: () => {
      clearInterval(reading);
      const last = readProcessTable();
      const ofPostgres = postgres.secondsByLabel(treeOf(last, postgresPid));
      const { user, system } = process.cpuUsage(own);
      const sums = new Map([...readOthers(last)].map(([name, seconds]) => [name, seconds - (before.get(name) ?? 0)]));
      for (const [label, seconds] of ofPostgres) sums.set(label, seconds);
      sums.set(ownLabel, (user + system) / 1e6 + (ofPostgres.get(ownLabel) ?? 0));
      return Object.fromEntries(sums);
    },
  };
}
