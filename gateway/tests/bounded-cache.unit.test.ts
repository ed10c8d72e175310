import { describe, expect, test } from '@jest/globals';
import { createBoundedCache } from '../src/bounded-cache.ts';

describe('a bounded cache', () => {
  test('lets the entry go that was not used for the longest time', () => {
    const cache = createBoundedCache<number>(2);
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
  });

  test('never holds more than its weight, whatever is put in', () => {
    const cache = createBoundedCache<number>(100);
    for (let entry = 0; entry < 10_000; entry += 1) cache.set(`key ${entry}`, entry, 1 + (entry % 40));
    expect(cache.size).toBeLessThanOrEqual(100);
    cache.set('too heavy', 0, 101);
    expect(cache.get('too heavy')).toBeUndefined();
  });

  test('counts an entry that is set again once', () => {
    const cache = createBoundedCache<number>(10);
    for (let time = 0; time < 100; time += 1) cache.set('same', time, 5);
    cache.set('other', 0, 5);
    expect([cache.get('same'), cache.get('other')]).toEqual([99, 0]);
  });
});
