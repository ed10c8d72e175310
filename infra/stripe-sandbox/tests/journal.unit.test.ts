import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Journal } from '@vitrine/stripe-sandbox/journal';
import { makeDataDir } from './sandbox-fixture.ts';

let folder = '';
let path = '';

async function reopen(): Promise<{ records: unknown[]; journal: Journal }> {
  const records: unknown[] = [];
  const journal = await Journal.open(path, (record) => void records.push(record));
  return { records, journal };
}

beforeEach(async () => {
  folder = await makeDataDir();
  path = join(folder, 'journal.ndjson');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('journal', () => {
  it('replays what was appended, in order, also when it was appended at once', async () => {
    const first = await reopen();
    await Promise.all(Array.from({ length: 50 }, (_, n) => first.journal.append({ n, text: 'zwölf\n' })));
    await first.journal.close();
    const second = await reopen();
    expect(second.records).toEqual(Array.from({ length: 50 }, (_, n) => ({ n, text: 'zwölf\n' })));
    await second.journal.close();
  });

  it('has the line on the disk when append resolves', async () => {
    const { journal } = await reopen();
    await journal.append({ n: 1 });
    expect(await readFile(path, 'utf8')).toBe('{"n":1}\n');
    await journal.close();
  });

  it('cuts off a torn last line and goes on after the last whole one', async () => {
    await writeFile(path, '{"n":1}\n{"n":2}\n');
    await appendFile(path, '{"n":3,"half');
    const first = await reopen();
    expect(first.records).toEqual([{ n: 1 }, { n: 2 }]);
    await first.journal.append({ n: 4 });
    await first.journal.close();
    const second = await reopen();
    expect(second.records).toEqual([{ n: 1 }, { n: 2 }, { n: 4 }]);
    await second.journal.close();
  });

  it('refuses to start on a line that is damaged in the middle', async () => {
    await writeFile(path, '{"n":1}\n{"n":\n{"n":3}\n');
    await expect(reopen()).rejects.toThrow('damaged at line 2');
  });

  it('is replaced as a whole, with what waited and what was appended meanwhile', async () => {
    const state = new Map<string, number>();
    const { journal } = await reopen();
    const set = (key: string, n: number): Promise<void> => {
      state.set(key, n);
      return journal.append({ key, n });
    };
    for (let n = 0; n < 50; n += 1) await set('a', n);
    const before = journal.size;
    const waiting = [set('b', 1), set('b', 2)];
    const compacted = journal.compact(() => [...state].map(([key, n]) => ({ key, n })));
    const meanwhile = [set('c', 1), set('c', 2)];
    await Promise.all([...waiting, compacted, ...meanwhile]);
    expect(journal.size).toBeLessThan(before);
    expect((await readFile(path, 'utf8')).length).toBe(journal.size);
    await set('d', 1);
    await journal.close();
    const { records, journal: again } = await reopen();
    await again.close();
    const found = new Map((records as { key: string; n: number }[]).map(({ key, n }) => [key, n]));
    expect(found).toEqual(state);
    expect(await readdir(folder)).toEqual(['journal.ndjson']);
  });

  it('holds the old records where a compaction was cut short, and can be compacted after it', async () => {
    await writeFile(path, '{"n":1}\n{"n":2}\n');
    await writeFile(`${path}.new`, '{"n":2}\n{"half');
    const first = await reopen();
    expect(first.records).toEqual([{ n: 1 }, { n: 2 }]);
    await first.journal.compact(() => [{ n: 2 }]);
    await first.journal.append({ n: 3 });
    await first.journal.close();
    const second = await reopen();
    await second.journal.close();
    expect(second.records).toEqual([{ n: 2 }, { n: 3 }]);
  });

  it('acknowledges nothing where the new file cannot be written', async () => {
    const { journal } = await reopen();
    await mkdir(`${path}.new`);
    const compacted = journal.compact(() => []);
    await expect(compacted).rejects.toThrow('could not be written');
    await expect(journal.append({ n: 1 })).rejects.toThrow('could not be written');
    await journal.close();
  });

  it('accepts nothing after it was closed', async () => {
    const { journal } = await reopen();
    await journal.close();
    await expect(journal.append({ n: 1 })).rejects.toThrow('closed');
  });
});
