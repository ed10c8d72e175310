import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { until } from '../../tests/support/until.ts';
import { createDpopNonces } from '../src/app-clients/dpop-nonces.ts';
import { openGatewayKeys, parseGatewayKeys } from '../src/gateway-keys.ts';
import { createTokenFormat } from '../src/partner-clients/token-format.ts';

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

test('a file of keys is rotated while it is used: what one process makes, the other takes at every step', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'gateway-keys-'));
  const end = new AbortController();
  try {
    const [one, other] = [path.join(folder, 'one'), path.join(folder, 'other')];
    const [old, fresh] = [`old:${key(1)}`, `fresh:${key(2)}`];
    await Promise.all([writeFile(one, old), writeFile(other, old)]);
    const open = (file: string) => openGatewayKeys({ file }, { logger: pino({ level: 'silent' }), pollMs: 10, signal: end.signal });
    const [first, second] = [open(one), open(other)];
    const [writer, reader] = [createTokenFormat(first), createTokenFormat(second)];
    const [giver, taker] = [createDpopNonces(first), createDpopNonces(second)];
    const makeAndTake = () => {
      const token = writer.write({ clientId: 'apc_1', keyId: 'apk_1', scopes: ['orders:read'], issuedAtMs: 1, expiresAtMs: 1e15 });
      return [reader.read(token, 2).kind, taker.find(giver.current()) !== null];
    };
    const idsOf = (keys: typeof first) =>
      keys
        .subkeys('partner-token')
        .map(({ keyId }) => keyId)
        .join();
    for (const text of [`${old},${fresh}`, `${fresh},${old}`, fresh]) {
      const ids = text.replaceAll(/:[^,]+/g, '');
      for (const [file, keys] of [
        [one, first],
        [other, second],
      ] as const) {
        await writeFile(`${file}.new`, text);
        await rename(`${file}.new`, file);
        await until(`the keys ${ids}`, async () => (idsOf(keys) === ids ? true : undefined));
        expect(makeAndTake()).toEqual(['good', true]);
      }
    }
    await writeFile(one, 'no keys');
    await writeFile(other, `${fresh},${old}`);
    await until('the old key again', async () => (idsOf(second) === 'fresh,old' ? true : undefined));
    expect(idsOf(first)).toBe('fresh');
  } finally {
    end.abort();
    await rm(folder, { recursive: true });
  }
});
