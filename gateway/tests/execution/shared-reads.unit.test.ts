/** Which reads share one request. */
import { expect, test } from '@jest/globals';
import { createSharedReads } from '../../src/execution/shared-reads.ts';

/** Reads that end when they are told to, on a clock that goes when it is told to. */
function reads() {
  const clock = { nowMs: 0 };
  const shared = createSharedReads<number>(() => clock.nowMs);
  const ends: (() => void)[] = [];
  const join = (reader: string, text: string, endsAtMs = 1_000): Promise<number> =>
    shared.join({ reader, text, endsAtMs }, () => {
      const number = ends.length;
      return new Promise((resolve) => ends.push(() => resolve(number)));
    });
  return { clock, shared, ends, join, started: () => ends.length };
}

test('the same read of the same reader is made once while it is under way, and anew afterwards', async () => {
  const { ends, join, started } = reads();
  const both = Promise.all([join('ada', 'q'), join('ada', 'q')]);
  expect(started()).toBe(1);
  ends[0]?.();
  expect(await both).toEqual([0, 0]);
  const further = join('ada', 'q');
  expect(started()).toBe(2);
  ends[1]?.();
  expect(await further).toBe(1);
});

test('nothing is shared between readers, or between texts that differ', () => {
  const { join, started } = reads();
  void Promise.all([join('ada', 'q'), join('grace', 'q'), join('ada', 'q2')]);
  expect(started()).toBe(3);
});

test('after a change of the reader no earlier read is shared, and the later ones are', () => {
  const { shared, join, started } = reads();
  void Promise.all([join('ada', 'q'), join('grace', 'q')]);
  shared.forget('ada');
  void Promise.all([join('ada', 'q'), join('ada', 'q'), join('grace', 'q')]);
  expect(started()).toBe(3);
});

test('an earlier read that ends after a change leaves the later one shared', async () => {
  const { shared, ends, join, started } = reads();
  const earlier = join('ada', 'q');
  shared.forget('ada');
  void join('ada', 'q');
  ends[0]?.();
  await earlier;
  void join('ada', 'q');
  expect(started()).toBe(2);
});

test('a read that may take longer than the caller waits is not waited for', () => {
  const { join, started } = reads();
  void Promise.all([join('ada', 'q', 1_000), join('ada', 'q', 999)]);
  expect(started()).toBe(2);
});

test('a read that is about to run out of time is not waited for by one that has twice as long; one that began just now is', () => {
  const { clock, join, started } = reads();
  const joinFor = (remainingMs: number): void => void join('ada', 'q', clock.nowMs + remainingMs);
  joinFor(3_000);
  clock.nowMs = 1_500;
  joinFor(3_000);
  expect(started()).toBe(1);
  clock.nowMs = 1_501;
  joinFor(3_000);
  expect(started()).toBe(2);
  joinFor(3_000);
  expect(started()).toBe(2);
  const short = reads();
  void short.join('ada', 'q', 600);
  short.clock.nowMs = 499;
  void short.join('ada', 'q', 3_499);
  expect(short.started()).toBe(1);
  short.clock.nowMs = 500;
  void short.join('ada', 'q', 3_500);
  expect(short.started()).toBe(2);
});

test('a read that fails is not given to those who come later', async () => {
  const shared = createSharedReads<number>();
  const read = { reader: 'ada', text: 'q', endsAtMs: 1 };
  await expect(shared.join(read, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await shared.join(read, async () => 7)).toBe(7);
});
