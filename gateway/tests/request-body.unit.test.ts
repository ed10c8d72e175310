/** What the JSON of a request may hold. */
import { describe, expect, test } from '@jest/globals';
import { checkRequestBody, isCompressed, isNestedTooDeep, maxDocumentLength, maxNesting } from '../src/limits/request-body.ts';

const nested = (levels: number, open = '{"a":', close = '}'): unknown => JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`);
const reasonOf = (body: unknown): string => {
  const check = checkRequestBody(body);
  return check.kind === 'ok' ? 'ok' : check.reason;
};

describe('the body of a request', () => {
  test('may hold what clients send', () => {
    const body = { query: '{ a }', variables: { text: 'naïve 🙂 \n\t', list: [1, null, true, { deep: [{}] }] }, extensions: { a: -1e300 } };
    expect(reasonOf(body)).toBe('ok');
  });

  test('may be nested so far and no further', () => {
    expect(reasonOf(nested(maxNesting))).toBe('ok');
    expect(reasonOf(nested(maxNesting + 1))).toMatch(/32 levels/);
    expect(reasonOf({ variables: nested(maxNesting, '[', ']') })).toMatch(/32 levels/);
  });

  test('that is nested a million levels deep is refused like any other', () => {
    expect(reasonOf({ variables: nested(1_000_000, '[', ']') })).toMatch(/32 levels/);
  });

  test.each([
    ['a batch', []],
    ['a text', '{}'],
    ['a number', 7],
    ['null', null],
    ['nothing', undefined],
    ['__proto__', JSON.parse('{"variables":{"__proto__":{"isAdmin":true}}}')],
    ['constructor', { variables: { input: { constructor: { prototype: {} } } } }],
    ['prototype', { extensions: [{ prototype: 1 }] }],
    ['NUL', { variables: { name: 'a\u0000b' } }],
    ['NUL in a name', { variables: { 'a\u0000b': 1 } }],
    ['NUL in the document', { query: '{ a }\u0000' }],
    ['half of a surrogate pair', { variables: { list: [['a', '\ud83d']] } }],
    ['the halves of a pair in the wrong order', { variables: { a: '\ude42\ud83d' } }],
    ['a number that is none', JSON.parse('{"variables":{"a":1e999}}')],
  ])('may not be, or hold, %s', (_name, body) => {
    expect(reasonOf(body)).not.toBe('ok');
  });

  test('may have a document of so many characters', () => {
    expect(reasonOf({ query: 'a'.repeat(maxDocumentLength) })).toBe('ok');
    expect(reasonOf({ query: 'a'.repeat(maxDocumentLength + 1) })).toMatch(/as variables/);
    expect(reasonOf({ variables: { query: 'a'.repeat(maxDocumentLength + 1) } })).toBe('ok');
  });

  test('is not quoted in the reason', () => {
    expect(reasonOf({ variables: { 'my secret': '\u0000 and more' } })).not.toMatch(/secret|more/);
  });

  test('changes nothing of JavaScript', () => {
    checkRequestBody(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));
    expect('polluted' in {}).toBe(false);
  });
});

test.each([
  [undefined, false],
  ['identity', false],
  ['gzip', true],
  ['identity, gzip', true],
  ['', true],
])('a body with the encoding %p counts as compressed: %p', (header, compressed) => {
  expect(isCompressed(header)).toBe(compressed);
});

describe('JSON that is not parsed yet', () => {
  const padding = `"${'x'.repeat(20_000)}"`;
  const levels = (count: number): string => `${'[{"a":'.repeat(count / 2)}${padding}${'}]'.repeat(count / 2)}`;

  test('may be nested as far as when it is', () => {
    expect(isNestedTooDeep(Buffer.from(levels(maxNesting)))).toBe(false);
    expect(isNestedTooDeep(Buffer.from(levels(maxNesting + 2)))).toBe(true);
    expect(isNestedTooDeep(Buffer.from(`[${Array.from({ length: 1_000 }, () => '[[]]').join()},${padding}]`))).toBe(false);
  });

  test('may have brackets in its strings, also behind quotes', () => {
    const brackets = '['.repeat(1_000);
    for (const text of [`"${brackets}"`, `"\\"${brackets}"`, `"\\\\\\"${brackets}"`])
      expect(isNestedTooDeep(Buffer.from(`[${padding},${text}]`))).toBe(false);
    expect(isNestedTooDeep(Buffer.from(`[${padding},"\\\\"${brackets}]`))).toBe(true);
  });

  test('is not looked at when it is small', () => {
    expect(isNestedTooDeep(Buffer.from('['.repeat(1_000)))).toBe(false);
  });
});
