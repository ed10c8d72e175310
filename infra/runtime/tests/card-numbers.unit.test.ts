import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { holdsCardNumber } from '../src/card-numbers.ts';

/** Published test numbers: https://docs.stripe.com/testing, and for Maestro and short ones Braintree's and PayPal's. */
const published = {
  Visa: ['4242424242424242', '4000056655665556', '4222222222222', '4000000000000000006'],
  Mastercard: ['5555555555554444', '5105105105105100', '2223003122003222', '2720992720992729'],
  'American Express': ['378282246310005', '371449635398431'],
  Discover: ['6011111111111117', '6011000990139424', '6011981111111113', '6500000000000002'],
  'Diners Club': ['3056930009020004', '36227206271667', '30569309025904', '38520000023237'],
  JCB: ['3566002020360505', '3530111333300000'],
  UnionPay: ['6200000000000005', '6200000000000047', '6205500000000000004', '8171999900000000021'],
  Maestro: ['6759649826438453', '6304000000000000', '5018000000000009', '6799990100000000019', '501800000009'],
};
const numbers = Object.entries(published).flatMap(([issuer, list]) => list.map((number) => ({ issuer, number })));

const checkDigitOf = (digits: string): number => {
  const sum = digits
    .split('')
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return (10 - (sum % 10)) % 10;
};

/** Beginnings and lengths of each issuer, written down a second time. */
const issuers: readonly { readonly beginnings: readonly string[]; readonly lengths: readonly number[] }[] = [
  { beginnings: ['4'], lengths: [13, 16, 19] },
  { beginnings: ['51', '52', '53', '54', '55', '2221', '2299', '23', '25', '26', '270', '2720'], lengths: [16] },
  { beginnings: ['34', '37'], lengths: [15] },
  { beginnings: ['6011', '644', '649', '65'], lengths: [16, 17, 18, 19] },
  { beginnings: ['300', '305', '3095', '36', '38', '39'], lengths: [14, 16, 19] },
  { beginnings: ['3528', '3566', '3589'], lengths: [16, 17, 18, 19] },
  { beginnings: ['62', '8110', '8171'], lengths: [16, 17, 18, 19] },
  { beginnings: ['5018', '5020', '5038', '5893', '6304', '6759', '6761', '6762', '6763'], lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
];
const cardNumber = fc
  .constantFrom(...issuers)
  .chain(({ beginnings, lengths }) => fc.tuple(fc.constantFrom(...beginnings), fc.constantFrom(...lengths)))
  .chain(([beginning, length]) =>
    fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: length - beginning.length - 1, maxLength: length - beginning.length - 1 })
      .map((rest) => `${beginning}${rest.join('')}`),
  )
  .map((digits) => `${digits}${checkDigitOf(digits)}`);

const zeros = [0x30, 0xff10, 0x660, 0x6f0, 0x966, 0xe50, 0x1d7ce, 0x1d7d8, 0x1e950, 0x1fbf0];
const separators = [
  '',
  '',
  '',
  ' ',
  '-',
  '.',
  '/',
  '_',
  '\u00a0',
  '\u2009',
  '\u2013',
  '\u2014',
  '\u200b',
  '\ufe0f\u20e3',
  '·',
  ' - ',
  '*',
  '\t',
  '\n',
  ',',
  '|',
  '\u3000',
  '‑',
];

/** Other digits, and anything between them. */
const disguised = cardNumber.chain((number) =>
  fc
    .tuple(
      fc.array(fc.constantFrom(...zeros), { minLength: number.length, maxLength: number.length }),
      fc.array(fc.constantFrom(...separators), { minLength: number.length, maxLength: number.length }),
      fc.constantFrom('', 'card ', 'my card:', 'n°', 'Karte', '信用卡', '"', '{"pan":"', 'key_', '#'),
      fc.constantFrom('', ' ', ' exp', 'x', ' CVC', '"}', '号', '!'),
    )
    .map(([rows, between, before, after]) => ({
      number,
      text: `${before}${number
        .split('')
        .map(
          (digit, index) =>
            String.fromCodePoint((rows[index] ?? 48) + Number(digit)) + (index === number.length - 1 ? '' : (between[index] ?? '')),
        )
        .join('')}${after}`,
    })),
);

/** Puts a text somewhere into a value: as a leaf, or as the name of a property. */
const nested = (text: string) =>
  fc.array(fc.constantFrom('list', 'object', 'name'), { maxLength: 12 }).map((path) =>
    path.reduce<unknown>((inner, step) => {
      if (step === 'list') return [null, 1, inner];
      return step === 'object' ? { other: true, inner } : { [typeof inner === 'string' ? inner : 'deeper']: inner };
    }, text),
  );

/** How many of `count` values are taken for card numbers. */
const refusedOf = (count: number, make: (index: number) => unknown, options = {}): number =>
  Array.from({ length: count }, (_, index) => holdsCardNumber(make(index), options)).filter(Boolean).length;

describe('a card number is found', () => {
  test.each(numbers)('of $issuer: $number', ({ number }) => {
    expect(holdsCardNumber(number)).toBe(true);
    expect(holdsCardNumber({ input: { list: [{ line1: `pay ${number} please` }] } })).toBe(true);
    expect(holdsCardNumber({ [number]: null })).toBe(true);
    expect(holdsCardNumber(Number(number))).toBe(true);
    expect(holdsCardNumber(-Number(number))).toBe(true);
  });

  test('in any digits, with any separators, inside other text, at any depth', () => {
    // Groups that grow or shrink throughout are taken for a list of sizes.
    const isList = (text: string) => {
      const groups =
        text
          .normalize('NFKC')
          .replace(/[\p{M}\p{Cf}]/gu, '')
          .match(/\p{Nd}+/gu) ?? [];
      const sizes = groups.map((group) => group.length);
      return groups.length >= 5 && Math.max(...sizes.slice(1)) - Math.min(...sizes.slice(1)) === 0 && (sizes[1] ?? 0) > 1;
    };
    fc.assert(
      fc.property(
        disguised.filter(({ text }) => !isList(text)).chain(({ text }) => nested(text)),
        (value) => holdsCardNumber(value),
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    '4242 4242 4242 4242 12/34 123',
    '12, 4242-4242-4242-4242',
    '4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2',
    '42 42 42 42 42 42 42 42',
    '4242,4242,4242,4242',
    '４２４２　４２４２　４２４２　４２４２',
    '4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣',
    '٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢',
    '④②④②④②④②④②④②④②④②',
    `4242${'\u200b'.repeat(50)}424242424242`,
    'checkout-4242424242424242-1',
    'abc4242424242424242def',
    '+4242 4242 4242 4242',
    '+371449635398431',
    '42424242-4242-4242-8000-000000000000',
    ';4242424242424242=34121010000000000000?',
    '4242424242.424242',
  ])('in %j', (text) => {
    expect(holdsCardNumber(text)).toBe(true);
  });

  test('among goods, too', () => {
    for (const { number } of numbers.filter(({ number }) => number.length > 14)) {
      expect(holdsCardNumber(`sku,title\nA-1,${number}\n`, { goods: true })).toBe(true);
      const grouped = number.replace(/(....)(?=.)/g, '$1 ');
      expect(holdsCardNumber(`A-1;${grouped};USD`, { goods: true })).toBe(true);
      expect(holdsCardNumber(`A-1;${grouped.replaceAll(' ', ',')};USD`, { goods: true })).toBe(true);
    }
  });

  test('as a number that is too large to be exact', () => {
    expect(holdsCardNumber(JSON.parse('{"n":4000000000000000006}'))).toBe(true);
    expect(holdsCardNumber(JSON.parse('{"n":4.242424242424242e15}'))).toBe(true);
    expect(holdsCardNumber(JSON.parse('{"n":4242424242424242.0}'))).toBe(true);
    expect(holdsCardNumber(JSON.parse('{"n":1763891341000123456}'))).toBe(false);
  });
});

describe('what is no card number passes:', () => {
  test.each(numbers.filter(({ number }) => number.length > 12))('$number with another last digit', ({ number }) => {
    const other = `${number.slice(0, -1)}${(Number(number.at(-1)) + 1) % 10}`;
    expect(holdsCardNumber(other)).toBe(false);
  });

  test.each([
    '0000000000000000',
    '9999999999999995',
    '1234567890123452',
    '94107-1234',
    '2026-11-23T09:49:01.000Z',
    '2026-11-23 09:49:01.000 +0100',
    '4711 Main Street, Apt 42, 94107-1234',
    '+14155550100',
    '+4915123456784',
    '+49 1512 3456784',
    '+431234567890127',
    'Sizes 36 38 40 42 44 46 48 50 52',
    'https://cdn.example/files/1/0533/2089/3773/products/1.jpg',
    '1763891341000123456',
    '',
  ])('%j', (text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });

  test('our ids, and UUIDs of any kind', () => {
    expect(refusedOf(100_000, (index) => (index % 2 === 0 ? `ord_${v7()}` : randomUUID()))).toBe(0);
  });

  test('a telephone number in E.164 form, whatever its check digit', () => {
    const telephone = fc.tuple(
      fc.constantFrom('1', '30', '34', '36', '371', '44', '49', '43', '502', '57', '60', '62', '63', '86', '852'),
      fc.integer({ min: 0, max: 999_999_999 }),
    );
    fc.assert(
      fc.property(telephone, fc.integer({ min: 6, max: 13 }), ([country, seed], length) => {
        const rest = String(seed * 7_919)
          .padStart(length, '5')
          .slice(0, length);
        const number = `${country}${rest}`.slice(0, country.startsWith('3') ? 13 : 14);
        return !holdsCardNumber(`+${number}${checkDigitOf(number)}`.slice(0, country.startsWith('3') ? 14 : 16));
      }),
      { numRuns: 5_000 },
    );
  });

  test('cursors, ids of Stripe and digests, but for fewer than one in 10,000', () => {
    expect(refusedOf(50_000, () => randomBytes(36).toString('base64url'))).toBeLessThanOrEqual(5);
    expect(refusedOf(50_000, (index) => Buffer.from(`2026-11-23T09:49:01.${index}Z ${v7()}`).toString('base64url'))).toBeLessThanOrEqual(5);
    expect(refusedOf(50_000, (index) => createHash('sha256').update(String(index)).digest('hex'))).toBeLessThanOrEqual(5);
    expect(refusedOf(50_000, () => `seti_${randomBytes(18).toString('base64').replace(/\W/g, '')}`)).toBeLessThanOrEqual(5);
  });

  test('keys of 20 digits and more, and of a time with a counter', () => {
    expect(
      refusedOf(20_000, () =>
        BigInt(`0x${randomBytes(12).toString('hex')}`)
          .toString()
          .padStart(24, '7'),
      ),
    ).toBe(0);
    expect(refusedOf(20_000, (index) => `${1_763_891_341_000 + index}${String(index).padStart(5, '0')}`)).toBe(0);
  });

  test('a feed with barcodes, lists and prices', () => {
    const barcode = (index: number) => {
      const digits = `${['400', '690', '501', '6', '57'][index % 5]}${String(index * 7_919).padStart(9, '3')}`.slice(
        0,
        index % 5 === 3 ? 11 : 12,
      );
      const sum = digits
        .split('')
        .toReversed()
        .reduce((total, digit, place) => total + Number(digit) * (place % 2 === 0 ? 3 : 1), 0);
      return `${digits}${(10 - (sum % 10)) % 10}`;
    };
    const rows = Array.from(
      { length: 5_000 },
      (_, index) => `${barcode(index)},Shoe,"Sizes 36, 38, 40, 42, 44, 46, 48, 50",${index}.99,USD,${index % 90}`,
    );
    expect(rows.filter((row) => holdsCardNumber(row, { goods: true }))).toEqual([]);
    expect(holdsCardNumber(rows.join('\n'), { goods: true })).toBe(false);
  });
});

test('a value that is very deep, and one that is very large, are looked through', () => {
  let deep: unknown = '4242424242424242';
  for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
  expect(holdsCardNumber(deep)).toBe(true);
  expect(holdsCardNumber('4 '.repeat(128 * 1024))).toBe(false);
});
