import { describe, expect, test } from '@jest/globals';
import { decideAcceptance, decideStatusChange, parseDisplayName } from '../src/seller.ts';

describe('a display name', () => {
  test('loses the space around it', () => {
    expect(parseDisplayName('  Paper & Pine ')).toBe('Paper & Pine');
  });
  test('is counted in characters, not in code units', () => {
    expect(parseDisplayName('🪵'.repeat(80))).toBe('🪵'.repeat(80));
    expect(parseDisplayName('🪵'.repeat(81))).toBeNull();
  });
  test.each(['', '   ', 'two\nlines', 'a\u0007bell', 'half \ud83e a pair', 'x'.repeat(81)])('%j is refused', (text) => {
    expect(parseDisplayName(text)).toBeNull();
  });
});

test('an operator moves a seller between active and suspended, and nowhere else', () => {
  const outcomes = (['invited', 'active', 'suspended'] as const).map((from) => [
    from,
    decideStatusChange(from, 'invited'),
    decideStatusChange(from, 'active'),
    decideStatusChange(from, 'suspended'),
  ]);
  expect(outcomes).toEqual([
    ['invited', 'not_settable', 'still_invited', 'still_invited'],
    ['active', 'not_settable', 'unchanged', 'change'],
    ['suspended', 'not_settable', 'change', 'unchanged'],
  ]);
});

test('an acceptance activates an invited seller only', () => {
  expect([decideAcceptance('invited'), decideAcceptance('active'), decideAcceptance('suspended')]).toEqual([
    'activate',
    'unchanged',
    'suspended',
  ]);
});
