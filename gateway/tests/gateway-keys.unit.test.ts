import { expect, test } from '@jest/globals';
import { parseGatewayKeys } from '../src/gateway-keys.ts';

const key = (byte: number, length = 32): string => Buffer.alloc(length, byte).toString('base64');
const bytesOf = (text: string, purpose: string): string[] =>
  parseGatewayKeys(text)
    .subkeys(purpose)
    .map(({ secret }) => secret.export().toString('hex'));

test('the subkeys of a purpose keep the order of their keys: the first signs', () => {
  expect(
    parseGatewayKeys(`new:${key(1)}, old:${key(2)}`)
      .subkeys('partner-token')
      .map(({ keyId }) => keyId),
  ).toEqual(['new', 'old']);
});

test('every process derives the same subkey, and another one for each purpose and key', () => {
  const text = `a:${key(1)},b:${key(2)}`;
  expect(bytesOf(text, 'nonces')).toEqual(bytesOf(text, 'nonces'));
  const all = [...bytesOf(text, 'nonces'), ...bytesOf(text, 'partner-token')];
  expect(new Set(all).size).toBe(4);
  expect(all.every((bytes) => bytes.length === 64)).toBe(true);
});

test.each([
  ['', 'an entry is not of the form'],
  ['a', 'has fewer than 32 bytes'],
  [`a b:${key(1)}`, 'an entry is not of the form'],
  [`a:${key(1)}:x`, 'an entry is not of the form'],
  [`a:${key(1, 31)}`, 'the key a has fewer than 32 bytes'],
  [`a:${key(1)},a:${key(2)}`, 'two keys have the same id'],
])('%j is no list of keys', (text, message) => {
  expect(() => parseGatewayKeys(text)).toThrow(message);
});

test('a list that cannot be read is refused without a word of its keys', () => {
  const secret = key(7, 16);
  expect(() => parseGatewayKeys(`a:${secret}`)).toThrow(expect.objectContaining({ message: expect.not.stringContaining(secret) }));
});
