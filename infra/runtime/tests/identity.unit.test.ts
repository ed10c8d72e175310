import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseIdentityKeys, signIdentity, verifyIdentity } from '../src/identity.ts';

const key = () => randomBytes(32).toString('base64');
const shared = key();
const keys = parseIdentityKeys(`gateway>checkout:k2:${shared},gateway>checkout:k1:${key()},checkout>payment-vault:k1:${key()}`);
const actor = { role: 'buyer', accountId: 'usr_1', country: 'US' } as const;
const call = { from: 'gateway', to: 'checkout', actor, requestId: 'req-1' };
const now = Date.parse('2026-11-23T08:00:00Z');

describe('a signed identity', () => {
  test('says who calls, for whom and in which request', () => {
    expect(verifyIdentity(keys, 'checkout', signIdentity(keys, call, now), now)).toEqual({ from: 'gateway', actor, requestId: 'req-1' });
  });

  test('is worth nothing to another service', () => {
    const all = parseIdentityKeys(`gateway>checkout:k1:${shared},gateway>payment-vault:k1:${shared}`);
    expect(verifyIdentity(all, 'payment-vault', signIdentity(all, call, now), now)).toBeNull();
  });

  test('is worth nothing after half a minute, nor from the future', () => {
    const signed = signIdentity(keys, call, now);
    expect(verifyIdentity(keys, 'checkout', signed, now + 34_000)).not.toBeNull();
    expect(verifyIdentity(keys, 'checkout', signed, now + 36_000)).toBeNull();
    expect(verifyIdentity(keys, 'checkout', signed, now - 10_000)).toBeNull();
  });

  test('cannot be changed', () => {
    const [version, keyId, payload = '', signature] = signIdentity(keys, call, now).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, actor: { ...actor, accountId: 'usr_2' } })).toString('base64url');
    expect(verifyIdentity(keys, 'checkout', [version, keyId, forged, signature].join('.'), now)).toBeNull();
  });

  test.each([
    undefined,
    '',
    'v1',
    'v1.k2.e30.',
    `v1.k2.${Buffer.from('{}').toString('base64url')}.AAAA`,
    'v2.k2.a.b',
    'a'.repeat(5_000),
    'v1.k2.a.b.c',
  ])('%p is none', (header) => {
    expect(verifyIdentity(keys, 'checkout', header, now)).toBeNull();
  });

  test('signed with an older key of the pair is still accepted, so that keys can be changed without a stop', () => {
    const before = parseIdentityKeys(`gateway>checkout:k1:${shared}`);
    const during = parseIdentityKeys(`gateway>checkout:k2:${key()},gateway>checkout:k1:${shared}`);
    const after = parseIdentityKeys(`gateway>checkout:k2:${key()}`);
    const signed = signIdentity(before, call, now);
    expect(verifyIdentity(during, 'checkout', signed, now)).not.toBeNull();
    expect(verifyIdentity(after, 'checkout', signed, now)).toBeNull();
  });

  test('cannot be signed without the key of the pair', () => {
    expect(() => signIdentity(keys, { ...call, from: 'timeline', to: 'payment-vault' })).toThrow(
      'timeline has no key to call payment-vault',
    );
  });
});

describe('IDENTITY_KEYS', () => {
  test.each([['nonsense'], [`gateway>checkout:${shared}`], [`gateway:k1:${shared}`]])('%p is refused', (text) => {
    expect(() => parseIdentityKeys(text)).toThrow(/IDENTITY_KEYS/);
  });

  test('a short key is refused without being shown', () => {
    expect(() => parseIdentityKeys('gateway>checkout:k1:c2hvcnQ=')).toThrow(/fewer than 32 bytes/);
    expect(() => parseIdentityKeys('gateway>checkout:k1:c2hvcnQ=')).not.toThrow(/c2hvcnQ/);
  });
});
