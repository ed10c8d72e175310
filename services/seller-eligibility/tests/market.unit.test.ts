import { describe, expect, test } from '@jest/globals';
import { parseInstant } from '@vitrine/contracts/instant';
import { changeMarket, differences, rolloutPosition, type Market } from '../src/market.ts';

const us: Market = {
  country: 'US',
  currency: 'USD',
  opensAt: new Date('2026-11-01T00:00:00Z'),
  closesAt: null,
  buyerShareBps: 100,
  undoWindowSeconds: 60,
  platformFeeBps: 500,
  returnWindowDays: 30,
  policyVersion: 'us-1',
  rolloutSalt: '0d9ad3f6',
  sequence: 1,
};
const buyers = Array.from({ length: 20_000 }, (_, index) => `usr_01900000-0000-7000-8000-${String(index).padStart(12, '0')}`);
const among = (market: Market, shareBps: number) => new Set(buyers.filter((buyer) => rolloutPosition(market, buyer) < shareBps));

describe('the rollout', () => {
  test('gives a buyer the same position for ever', () => {
    // A change of these numbers would take the button from buyers who have it.
    expect(rolloutPosition(us, 'usr_01900000-0000-7000-8000-000000000001')).toBe(354);
    expect(rolloutPosition(us, 'usr_01900000-0000-7000-8000-000000000002')).toBe(3_672);
  });

  test('keeps every buyer that it had when the share grows', () => {
    const shares = [0, 1, 100, 500, 2_500, 9_999, 10_000];
    const groups = shares.map((share) => among(us, share));
    for (const [index, smaller] of groups.slice(0, -1).entries()) {
      expect([...smaller].filter((buyer) => !groups[index + 1]?.has(buyer))).toEqual([]);
    }
    expect(groups[0]?.size).toBe(0);
    expect(groups.at(-1)?.size).toBe(buyers.length);
  });

  test('reaches the share that was asked for, to within three standard deviations', () => {
    for (const share of [100, 1_000, 5_000, 9_000]) {
      const p = share / 10_000;
      const expected = buyers.length * p;
      const deviation = Math.sqrt(buyers.length * p * (1 - p));
      expect(Math.abs(among(us, share).size - expected)).toBeLessThan(3 * deviation);
    }
  });

  test('fills ten equal slices evenly', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const buyer of buyers) {
      const slice = Math.floor(rolloutPosition(us, buyer) / 1_000);
      counts[slice] = (counts[slice] ?? 0) + 1;
    }
    const expected = buyers.length / 10;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // Nine degrees of freedom: an even hash stays below this in 999 of 1000 sets of buyers, and this set is fixed.
    expect(chiSquare).toBeLessThan(27.9);
  });

  test('of two markets are independent, so that not always the same buyers come first', () => {
    const half = among(us, 5_000);
    const both = [...among({ ...us, country: 'CA' }, 5_000)].filter((buyer) => half.has(buyer));
    expect(both.length / half.size).toBeGreaterThan(0.45);
    expect(both.length / half.size).toBeLessThan(0.55);
  });
});

describe('a change of a market', () => {
  test('leaves what is not given as it is, and removes a date that is null', () => {
    expect(changeMarket(us, { country: 'US', buyerShareBps: 500 })).toEqual({
      country: 'US',
      currency: 'USD',
      opensAt: us.opensAt,
      closesAt: null,
      buyerShareBps: 500,
      undoWindowSeconds: 60,
      platformFeeBps: 500,
      returnWindowDays: 30,
      policyVersion: 'us-1',
    });
    expect(changeMarket({ ...us, closesAt: new Date('2027-01-01') }, { country: 'US', closesAt: null })).toMatchObject({ closesAt: null });
    expect(changeMarket(us, { country: 'US', opensAt: null })).toMatchObject({ opensAt: null });
  });

  test('that makes a market makes it closed, for nobody', () => {
    expect(changeMarket(null, { country: 'CA', currency: 'CAD' })).toEqual({
      country: 'CA',
      currency: 'CAD',
      opensAt: null,
      closesAt: null,
      buyerShareBps: 0,
      undoWindowSeconds: 60,
      platformFeeBps: 500,
      returnWindowDays: 30,
      policyVersion: null,
    });
  });

  test.each([
    ['an unknown country', us, { country: 'XX' }, 'country'],
    ['a country in small letters', us, { country: 'us' }, 'country'],
    ['an unknown currency', null, { country: 'CA', currency: 'CAN' }, 'currency'],
    ['a new market without a currency', null, { country: 'CA' }, 'currency'],
    ['another currency', us, { country: 'US', currency: 'CAD' }, 'currency'],
    ['a share below 0', us, { country: 'US', buyerShareBps: -1 }, 'buyerShareBps'],
    ['a share above 10000', us, { country: 'US', buyerShareBps: 10_001 }, 'buyerShareBps'],
    ['a window below 0', us, { country: 'US', undoWindowSeconds: -1 }, 'undoWindowSeconds'],
    ['a window above an hour', us, { country: 'US', undoWindowSeconds: 3_601 }, 'undoWindowSeconds'],
    ['a fee above everything', us, { country: 'US', platformFeeBps: 10_001 }, 'platformFeeBps'],
    ['a return window below 0', us, { country: 'US', returnWindowDays: -1 }, 'returnWindowDays'],
    ['a return window above a year', us, { country: 'US', returnWindowDays: 367 }, 'returnWindowDays'],
    ['a closing before the opening', us, { country: 'US', closesAt: new Date('2026-10-01') }, 'closesAt'],
    ['a closing at the opening', us, { country: 'US', closesAt: us.opensAt }, 'closesAt'],
    [
      'an opening after the closing',
      { ...us, closesAt: new Date('2026-12-01') },
      { country: 'US', opensAt: new Date('2027-01-01') },
      'opensAt',
    ],
  ])('with %s is refused', (_, current, change, field) => {
    expect(changeMarket(current, change)).toMatchObject({ field, message: expect.any(String) });
  });

  test('is told by what differs, dates by their instant', () => {
    expect(differences(us, { ...us, opensAt: new Date(us.opensAt ?? 0), buyerShareBps: 200 })).toEqual({
      buyerShareBps: { from: 100, to: 200 },
    });
    expect(differences(us, us)).toEqual({});
  });
});

describe('an instant', () => {
  test.each([
    ['2026-11-23T08:30:00Z', '2026-11-23T08:30:00.000Z'],
    ['2026-11-23T08:30:00.123456Z', '2026-11-23T08:30:00.123Z'],
    ['2026-11-23T08:30:00+02:00', '2026-11-23T06:30:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('%s is read', (text, instant) => {
    expect(parseInstant(text)?.toISOString()).toBe(instant);
  });
  test.each([
    '2026-02-29T00:00:00Z',
    '2026-11-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-23',
    '2026-11-23T24:00:00Z',
    '2026-11-23T08:30:00',
    'now',
    '',
    5,
    null,
  ])('%p is refused', (value) => {
    expect(parseInstant(value)).toBeNull();
  });
});
