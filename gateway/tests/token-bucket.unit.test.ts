/** Token buckets of one process, by a clock that the test moves; and what counts as one address. */
import { describe, expect, test } from '@jest/globals';
import { addressKey } from '../src/limits/client-address.ts';
import { createLocalBuckets, type Bucket } from '../src/limits/token-bucket.ts';

const bucket: Bucket = { quota: 10, windowSeconds: 60 };

describe('a bucket', () => {
  test('gives its quota at once, then as much as comes back', () => {
    let now = 1_000;
    const buckets = createLocalBuckets(10, () => now);
    expect(buckets.take('a', bucket, 7)).toEqual({ kind: 'taken', left: 3, fullAfterMs: 42_000 });
    expect(buckets.take('a', bucket, 4)).toEqual({ kind: 'short', left: 3, retryAfterMs: 6_000 });
    now += 5_999;
    expect(buckets.take('a', bucket, 4).kind).toBe('short');
    now += 1;
    expect(buckets.take('a', bucket, 4)).toEqual({ kind: 'taken', left: 0, fullAfterMs: 60_000 });
    now += 600_000;
    expect(buckets.take('a', bucket, 1)).toMatchObject({ kind: 'taken', left: 9 });
  });

  test('what is refused costs nothing', () => {
    const buckets = createLocalBuckets(10, () => 0);
    buckets.take('a', bucket, 9);
    for (let tries = 0; tries < 100; tries += 1) buckets.take('a', bucket, 2);
    expect(buckets.take('a', bucket, 1).kind).toBe('taken');
  });

  test('what costs more than it holds takes all of a full one', () => {
    const buckets = createLocalBuckets(10, () => 0);
    expect(buckets.take('a', bucket, 1_000)).toMatchObject({ kind: 'taken', left: 0 });
    expect(buckets.take('a', bucket, 1)).toEqual({ kind: 'short', left: 0, retryAfterMs: 6_000 });
  });

  test('can be drained into debt of one window at most', () => {
    const buckets = createLocalBuckets(10, () => 0);
    for (let count = 0; count < 1_000; count += 1) buckets.drain('a', bucket, 10);
    expect(buckets.take('a', bucket, 1)).toMatchObject({ kind: 'short', retryAfterMs: 66_000 });
  });

  test('belongs to its key, and the one that was used longest ago is forgotten first', () => {
    const buckets = createLocalBuckets(2, () => 0);
    for (const key of ['a', 'b', 'a', 'c']) buckets.take(key, bucket, 5);
    expect(buckets.size).toBe(2);
    expect(buckets.take('a', bucket, 1).kind).toBe('short');
    expect(buckets.take('b', bucket, 10).kind).toBe('taken');
  });
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('the address %s counts as %s', (ip, key) => {
  expect(addressKey(ip)).toBe(key);
});
