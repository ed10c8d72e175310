import { describe, expect, test } from '@jest/globals';
import { availabilityOf, descriptionFault, onHandFault, readImageUrl, skuFault, titleFault } from '../src/product.ts';
import { named } from './named.ts';

describe('availability', () => {
  test.each([
    [{ onHand: 0, reserved: 0 }, 'SOLD_OUT'],
    [{ onHand: 7, reserved: 7 }, 'SOLD_OUT'],
    [{ onHand: 1, reserved: 0 }, 'LOW_STOCK'],
    [{ onHand: 8, reserved: 3 }, 'LOW_STOCK'],
    [{ onHand: 6, reserved: 0 }, 'IN_STOCK'],
  ] as const)('%j is %s', (stock, expected) => {
    expect(availabilityOf({ ...stock, discontinued: false })).toBe(expected);
  });

  test('a discontinued product cannot be had, whatever is on hand', () => {
    expect(availabilityOf({ onHand: 100, reserved: 0, discontinued: true })).toBe('DISCONTINUED');
  });
});

describe('image addresses', () => {
  test.each(['https://cdn.example/a.jpg?x=1', 'http://127.0.0.1:4000/a.png', 'http://localhost/a.png'])('%s is accepted', (url) => {
    expect(readImageUrl(url)).toEqual({ url });
  });

  test.each(
    named([
      ['http://cdn.example/a.jpg'],
      ['http://127.0.0.1.evil.example/a.jpg'],
      ['http://localhost@evil.example/a.jpg'],
      ['https://user:secret@cdn.example/a.jpg'],
      ['https://user@cdn.example/a.jpg'],
      ['javascript:alert(1)'],
      ['java\nscript:alert(1)'],
      ['data:image/png;base64,AAAA'],
      ['file:///etc/passwd'],
      ['ftp://cdn.example/a.jpg'],
      ['//cdn.example/a.jpg'],
      ['a.jpg'],
      [''],
      ['https://'],
      [`https://cdn.example/${'a'.repeat(2_000)}`],
      // 1,000 characters that become 9,000 when they are escaped.
      [`https://cdn.example/${'€'.repeat(1_000)}`],
      ['https://cdn.example/\ud800'],
    ]),
  )('%s is refused', (_name, url) => {
    expect(readImageUrl(url)).toHaveProperty('fault');
  });
});

describe('text limits', () => {
  test('count characters, not UTF-16 units', () => {
    expect(titleFault('🎁'.repeat(150))).toBeNull();
    expect(titleFault('🎁'.repeat(151))).not.toBeNull();
    expect(skuFault('a'.repeat(64))).toBeNull();
    expect(skuFault('a'.repeat(65))).not.toBeNull();
    expect(skuFault('')).not.toBeNull();
    expect(descriptionFault('')).toBeNull();
    expect(descriptionFault('a'.repeat(5_001))).not.toBeNull();
  });

  test('control characters and lone surrogates are refused; a description may have lines', () => {
    for (const bad of ['a\u0000b', 'a\u0007', '\ud800']) {
      expect(titleFault(bad)).not.toBeNull();
      expect(descriptionFault(bad)).not.toBeNull();
    }
    expect(titleFault('two\nlines')).not.toBeNull();
    expect(descriptionFault('two\r\nlines\tand a tab')).toBeNull();
  });

  test('pieces on hand are whole and 0 to 1000000', () => {
    for (const good of [0, 1, 1_000_000]) expect(onHandFault(good)).toBeNull();
    for (const bad of [-1, 1.5, 1_000_001, Number.NaN, 2 ** 31]) expect(onHandFault(bad)).not.toBeNull();
  });
});
