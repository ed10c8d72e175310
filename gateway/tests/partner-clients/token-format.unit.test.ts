import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseGatewayKeys } from '../../src/gateway-keys.ts';
import { createTokenFormat, type TokenClaims } from '../../src/partner-clients/token-format.ts';

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const formatOf = (text: string) => createTokenFormat(parseGatewayKeys(text));
const claims: TokenClaims = {
  clientId: 'apc_01900000-0000-7000-8000-000000000001',
  keyId: 'apk_01900000-0000-7000-8000-000000000001',
  scopes: ['orders:read', 'posts:write'],
  issuedAtMs: 1_800_000_000_000,
  expiresAtMs: 1_800_000_900_000,
};
const duringMs = 1_800_000_500_000;
const format = formatOf(`k1:${key(1)}`);
const token = format.write(claims);
const [version = '', keyId = '', payload = '', mac = ''] = token.split('.');

test('a token is read as it was written, by every process with the same keys', () => {
  expect(version).toBe('vtp1');
  expect(formatOf(`k1:${key(1)}`).read(token, duringMs)).toEqual({ kind: 'good', claims });
});

test('a token is over at its end', () => {
  expect(format.read(token, 1_800_000_899_999).kind).toBe('good');
  expect(format.read(token, 1_800_000_900_000)).toEqual({ kind: 'expired' });
});

test('keys are changed without a token that ends before its time', () => {
  const rotated = formatOf(`k2:${key(2)},k1:${key(1)}`);
  expect(rotated.read(token, duringMs)).toEqual({ kind: 'good', claims });
  expect(rotated.write(claims).split('.')[1]).toBe('k2');
  expect(formatOf(`k1:${key(1)},k2:${key(2)}`).read(rotated.write(claims), duringMs).kind).toBe('good');
  expect(formatOf(`k2:${key(2)}`).read(token, duringMs)).toEqual({ kind: 'invalid' });
});

describe('nothing else is a token:', () => {
  const other = Buffer.from(
    JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), scope: 'payouts:read' }),
  ).toString('base64url');
  const master = createHmac('sha256', Buffer.alloc(32, 1)).update(`${version}.${keyId}.${payload}`).digest('base64url');
  const foreign = formatOf(`k1:${key(9)}`).write(claims);
  test.each([
    ['another payload', [version, keyId, other, mac].join('.')],
    ['signed with the same key id and another key', foreign],
    ['signed with the key itself, not with the subkey', [version, keyId, payload, master].join('.')],
    ['of an unknown key', [version, 'k9', payload, mac].join('.')],
    ['of a key with a name that every object has', [version, 'constructor', payload, mac].join('.')],
    ['without a signature', [version, keyId, payload, ''].join('.')],
    ['cut short', token.slice(0, -1)],
    ['with more at its end', `${token}=`],
    ['with a fifth part', `${token}.x`],
    ['of another version', token.replace('vtp1', 'vtp2')],
    ['a JWT', 'eyJhbGciOiJub25lIn0.e30.'],
    ['nothing', ''],
  ])('%s', (_, given) => {
    expect(format.read(given, duringMs)).toEqual({ kind: 'invalid' });
  });

  test('the same signature in other letters', () => {
    // The last character of 32 bytes in base64url holds four bits: others decode to the same bytes.
    const last = mac.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = alphabet[alphabet.indexOf(last) ^ 1] ?? '';
    const given = `${token.slice(0, -1)}${twin}`;
    expect(Buffer.from(given.split('.')[3] ?? '', 'base64url')).toEqual(Buffer.from(mac, 'base64url'));
    expect(format.read(given, duringMs)).toEqual({ kind: 'invalid' });
  });
});
