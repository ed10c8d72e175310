/** JSON that is written by hand is what JSON.stringify writes. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonOf, quote } from '../../src/execution/json-text.ts';

test('every character is written as JSON.stringify writes it, halves of surrogate pairs too', () => {
  const different = Array.from({ length: 0x1_0000 }, (_, code) => `a${String.fromCharCode(code)}b`).filter(
    (text) => quote(text) !== JSON.stringify(text),
  );
  expect(different).toEqual([]);
});

test('so is every value', () => {
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => jsonOf(value) === JSON.stringify(value)));
  expect(quote('x"'.repeat(2_000))).toBe(JSON.stringify('x"'.repeat(2_000)));
});
