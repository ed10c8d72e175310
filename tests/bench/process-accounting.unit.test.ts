import { expect, test } from '@jest/globals';
import {
  LabelledTree,
  parseMachineStat,
  parseResidentBytes,
  parseStat,
  readMachineSeconds,
  readProcessTable,
  residentBytesOf,
  secondsOf,
  shareOfOthers,
  treeOf,
  type ProcessRow,
} from './process-accounting.ts';
import { labelOfPostgres } from './stack-accounts.ts';

const row = (pid: number, parent: number, ownSeconds: number, endedChildrenSeconds = 0): ProcessRow => ({
  pid,
  parent,
  ownSeconds,
  endedChildrenSeconds,
});

test("a process's accounts are read, whatever its name is", () => {
  const fields = '7 7 7 0 -1 4194560 1 2 3 4 1250 250 40 10 20 0 1 0 9';
  expect(parseStat(`42 (postgres: ) 1 (x) S ${fields}`)).toEqual({ pid: 42, parent: 7, ownSeconds: 15, endedChildrenSeconds: 0.5 });
  expect(() => parseStat('42 (cut) S 7')).toThrow('field 14');
});

test('this process is in the table, below its parent, and its time only grows', () => {
  const before = treeOf(readProcessTable(), process.pid);
  expect(before[0]).toMatchObject({ pid: process.pid, parent: process.ppid });
  const until = performance.now() + 60;
  while (performance.now() < until) Math.sqrt(until);
  expect(secondsOf(treeOf(readProcessTable(), process.pid))).toBeGreaterThan(secondsOf(before));
});

test('what others had of the machine is what was busy or stolen and was not ours', () => {
  const before = parseMachineStat('cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 2 3\n');
  expect(before).toEqual({ busy: 2, stolen: 0, idle: 8 });
  const after = parseMachineStat('cpu  250 50 180 900 20 10 10 80 0 0\n');
  // 3 s busy, 0.8 s stolen, 1.2 s idle.
  expect(shareOfOthers(before, after, 2)).toBeCloseTo(0.36);
  expect(shareOfOthers(before, after, 9)).toBe(0);
  expect(shareOfOthers(after, after, 0)).toBe(0);
  expect(readMachineSeconds().busy).toBeGreaterThan(0);
  expect(() => parseMachineStat('intr 1 2')).toThrow('cannot be read');
});

test('a tree is a process with all its descendants, and nobody else', () => {
  const table = [row(1, 0, 1), row(2, 1, 2), row(3, 2, 3), row(4, 1, 4), row(5, 4, 5)];
  expect(new Set(treeOf(table, 2).map(({ pid }) => pid))).toEqual(new Set([2, 3]));
  expect(treeOf(table, 9)).toEqual([]);
});

test('the time of a tree is told apart by label, from the first reading on', () => {
  const tree = new LabelledTree((pid) => (pid === 1 ? 'server' : `session ${pid}`), 'unknown');
  tree.read([row(1, 0, 10), row(2, 1, 5)]);
  tree.read([row(1, 0, 11), row(2, 1, 5.5), row(3, 1, 2)]);
  expect(tree.secondsByLabel([row(1, 0, 12), row(2, 1, 6), row(3, 1, 4)])).toEqual(
    new Map([
      ['server', 2],
      ['session 2', 1],
      // Born after the first reading: all of it counts.
      ['session 3', 4],
    ]),
  );
});

test('what a process used that has ended is not lost: the label keeps what was seen, the rest is unknown', () => {
  const tree = new LabelledTree((pid) => (pid === 1 ? 'server' : 'session'), 'unknown');
  tree.read([row(1, 0, 10, 3), row(2, 1, 5)]);
  tree.read([row(1, 0, 10, 3), row(2, 1, 6)]);
  // The session ended with 6.5 s; one that nobody has seen with 0.25 s.
  expect(tree.secondsByLabel([row(1, 0, 10, 9.75)])).toEqual(
    new Map([
      ['server', 0],
      ['session', 1],
      ['unknown', 0.75],
    ]),
  );
});

test('a process of PostgreSQL tells by its title which database it works for', () => {
  expect(labelOfPostgres('postgres: payment_vault_keys payment_vault 127.0.0.1(51000) idle in transaction')).toBe('postgres payment-vault');
  expect(labelOfPostgres('postgres: checkout checkout 127.0.0.1(51000) INSERT')).toBe('postgres checkout');
  expect(labelOfPostgres('postgres: walwriter')).toBe('postgres background');
  expect(labelOfPostgres('/opt/native/bin/postgres -D data')).toBe('postgres background');
  expect(labelOfPostgres('')).toBe('postgres background');
});

test('resident memory is what the system says, and nothing for a process that has ended', () => {
  expect(parseResidentBytes('Name:\tnode\nVmPeak:\t  900 kB\nVmRSS:\t  1024 kB\nThreads:\t11\n')).toBe(1_048_576);
  expect(parseResidentBytes('')).toBe(0);
  expect(residentBytesOf(treeOf(readProcessTable(), process.pid))).toBeGreaterThan(10_000_000);
  expect(residentBytesOf([row(2 ** 30, 1, 0)])).toBe(0);
});
