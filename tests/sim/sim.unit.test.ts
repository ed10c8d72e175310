import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { mutate } from '../mutations/mutation.ts';
import { plantedBugs } from './planted-bugs.ts';
import { runSeeds } from './run-seeds.ts';
import { createVirtualTime } from './virtual-time.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const asIs = { from: 1, bug: null, enough: 1 };
/** Other work may have the machine. */
const patienceMs = 240_000;

test('2,000 seeds violate nothing, and meet what they are made of', async () => {
  const { findings, counts, seeds } = await runSeeds({ ...asIs, seeds: 2_000 });
  expect(findings).toEqual([]);
  expect(seeds).toBe(2_000);
  const met = ['crash', 'pause', 'leaseLost', 'takenUpAgain', 'answerLost', 'requestTwice', 'late', 'statementAnswerLost', 'stripeUnknown'];
  const ends = ['outcome placed', 'outcome abandoned', 'outcome declined', 'order confirmed captured', 'order cancelled voided'];
  for (const what of [...met, ...ends]) expect([what, (counts[what] ?? 0) > 10]).toEqual([what, true]);
}, 240_000);

test('the same seed gives the same run, whatever ran before it and beside it', async () => {
  const traced = { ...asIs, enough: Infinity, isTraced: true };
  const together = await runSeeds({ ...traced, from: 1, seeds: 300, threads: 2 });
  const later = await runSeeds({ ...traced, from: 200, seeds: 20, threads: 1 });
  const runs = new Map(together.findings.map((finding) => [finding.seed, finding]));
  expect(later.findings).toHaveLength(20);
  for (const again of later.findings) {
    expect(again.digest).toBe(runs.get(again.seed)?.digest);
    expect(again.trace).toEqual(runs.get(again.seed)?.trace);
  }
  expect(new Set(later.findings.map(({ digest }) => digest)).size).toBe(20);
}, 120_000);

describe('planted bugs', () => {
  test('at least ten, each with a name of its own, and all in the README', () => {
    const names = plantedBugs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(10);
    expect(names.filter((name) => !read('tests/sim/README.md').includes(`\`${name}\``))).toEqual([]);
  });

  test.each(plantedBugs.map((bug) => [bug.name, bug] as const))('%s still has something to break', (_name, bug) => {
    const broken = mutate({ ...bug, caughtBy: { file: '', test: '' } }, read);
    for (const [file, text] of broken) expect(text).not.toBe(read(file));
  });

  test.each(plantedBugs.map((bug) => [bug.name, bug] as const))(
    '%s is found',
    async (name, { foundWithin }) => {
      const { findings } = await runSeeds({ ...asIs, seeds: foundWithin, bug: name });
      expect(findings.length).toBeGreaterThan(0);
    },
    patienceMs,
  );
});

describe('virtual time', () => {
  test('lets events happen by time, then in the order in which they were planned, but for cancelled ones', async () => {
    const time = createVirtualTime();
    const happened: string[] = [];
    for (const [at, name] of [
      [30, 'd'],
      [10, 'a'],
      [20, 'c'],
      [10, 'b'],
      [15, 'x'],
    ] as const) {
      const planned = time.after(at, () => happened.push(`${name} ${time.now()}`));
      if (name === 'x') planned.cancel();
    }
    await time.run(() => false);
    expect(happened).toEqual(['a 10', 'b 10', 'c 20', 'd 30']);
  });

  test('what an event sets going comes to rest before the next one', async () => {
    const time = createVirtualTime();
    const happened: string[] = [];
    time.after(1, () => {
      void (async () => {
        for (let step = 1; step <= 50; step += 1) await Promise.resolve();
        happened.push('rest');
      })();
    });
    time.after(1, () => happened.push('next'));
    await time.run(() => false);
    expect(happened).toEqual(['rest', 'next']);
  });
});
