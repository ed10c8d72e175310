import { describe, expect, test } from '@jest/globals';
import { normaliseAddress, type PostalAddress } from '../src/address.ts';
import { countryRules } from '../src/country-rules.ts';

const valid: PostalAddress = {
  name: 'Ada Example',
  line1: '77 Quillfeather Row',
  line2: null,
  city: 'San Francisco',
  region: 'CA',
  postalCode: '94103',
  country: 'US',
  phone: null,
};
const refusedAt = (changes: Partial<PostalAddress>): readonly string[] | null => {
  const result = normaliseAddress({ ...valid, ...changes });
  return result.kind === 'invalid_input' ? result.path : null;
};

describe('an address in the US', () => {
  test('knows the states, DC, the territories and the armed forces', () => {
    expect(countryRules.get('US')?.regions.size).toBe(50 + 1 + 5 + 3);
  });

  test.each([
    ['NY', '10001'],
    ['NY', '06390'],
    ['MA', '02139-4307'],
    ['DC', '20500'],
    ['PR', '00901'],
    ['VI', '00802'],
    ['GU', '96910'],
    ['AS', '96799'],
    ['MP', '96950'],
    ['AE', '09012'],
    ['AA', '34002'],
    ['AP', '96266'],
    ['AK', '99501'],
    ['TX', '73301'],
    ['WY', '83414'],
  ])('takes %s %s', (region, postalCode) => {
    expect(refusedAt({ region, postalCode })).toBeNull();
  });

  test.each([
    ['CA', '10001'],
    ['NY', '94103'],
    ['TX', '88001'],
    ['WA', '97201'],
    ['AE', '34002'],
    ['CA', '00000'],
    ['CA', '9410'],
    ['CA', '941031'],
    ['CA', 'ABCDE'],
    ['CA', '９４１０３'],
  ])('refuses the ZIP code of %s %s', (region, postalCode) => {
    expect(refusedAt({ region, postalCode })).toEqual(['postalCode']);
  });

  test('has each ZIP prefix in one state, but for the five that are known to be shared', () => {
    const statesOf = new Map<number, string[]>();
    for (const [state, ranges] of countryRules.get('US')?.regions ?? []) {
      for (const [first, last] of ranges) {
        expect(first).toBeLessThanOrEqual(last);
        for (let prefix = first; prefix <= last; prefix += 1) statesOf.set(prefix, [...(statesOf.get(prefix) ?? []), state]);
      }
    }
    expect(new Map([...statesOf].filter(([, states]) => states.length > 1))).toEqual(
      new Map([
        [63, ['CT', 'NY']],
        [340, ['FL', 'AA']],
        [834, ['ID', 'WY']],
        [967, ['HI', 'AS']],
        [969, ['GU', 'MP']],
      ]),
    );
  });
});

describe('any address', () => {
  test('comes out the same when it is normalised again', () => {
    const once = normaliseAddress({
      ...valid,
      name: ' Ada\u00a0  Example ',
      region: 'ca',
      postalCode: '94103 1234',
      country: 'us',
      phone: ' +14155550100 ',
    });
    if (once.kind !== 'address') throw new Error(once.message);
    expect(once.address).toEqual({ ...valid, name: 'Ada Example', postalCode: '94103-1234', phone: '+14155550100' });
    expect(normaliseAddress(once.address)).toEqual(once);
  });

  test('is measured in characters, whatever they take in memory', () => {
    expect(refusedAt({ name: '𝔸'.repeat(100) })).toBeNull();
    expect(refusedAt({ name: '𝔸'.repeat(101) })).toEqual(['name']);
  });

  test.each(['\u0000', '\t', '\u007f', '\u0085', '\u2028', '\ud800', '\u202e', '\u2066'])(
    'holds no unprintable character (%j)',
    (character) => {
      for (const field of ['name', 'line1', 'line2', 'city', 'region', 'postalCode', 'country', 'phone'] as const) {
        expect(refusedAt({ [field]: `${valid[field] ?? ''}${character}x` })).toEqual([field]);
      }
    },
  );
});
