import { describe, expect, test } from '@jest/globals';
import { createDpopNonces, nonceWindowMs } from '../../src/app-clients/dpop-nonces.ts';
import { readProofKey } from '../../src/app-clients/proof-keys.ts';
import { createReplayGuard } from '../../src/app-clients/replay-guard.ts';
import { isSameTarget } from '../../src/app-clients/request-target.ts';
import { createSingleUse } from '../../src/app-clients/single-use.ts';
import { parseGatewayKeys } from '../../src/gateway-keys.ts';

describe('the address of a proof', () => {
  const origin = 'https://api.vitrine.example';
  test.each([
    ['https://api.vitrine.example/graphql/buyer', '/graphql/buyer'],
    ['HTTPS://API.Vitrine.Example/graphql/buyer', '/graphql/buyer'],
    ['https://api.vitrine.example:443/graphql/buyer', '/graphql/buyer'],
    ['https://api.vitrine.example/graphql/./x/../buyer', '/graphql/buyer'],
    ['https://api.vitrine.example/%67raphql/buyer', '/graphql/buyer'],
    ['https://api.vitrine.example/a%2fb', '/a%2Fb'],
    ['https://api.vitrine.example/graphql/buyer?x=1#y', '/graphql/buyer?z=2'],
    ['https://api.vitrine.example', '/'],
  ])('%s is %s', (htu, url) => expect(isSameTarget(htu, origin, url)).toBe(true));

  test.each([
    ['https://api.vitrine.example/graphql/buyer/', '/graphql/buyer'],
    ['https://api.vitrine.example/GraphQL/buyer', '/graphql/buyer'],
    ['https://api.vitrine.example/a%2Fb', '/a/b'],
    ['https://api.vitrine.example:8443/graphql/buyer', '/graphql/buyer'],
    ['https://api.vitrine.example.evil.example/graphql/buyer', '/graphql/buyer'],
    ['https://ada@api.vitrine.example/graphql/buyer', '/graphql/buyer'],
    ['https://evil.example/graphql/buyer', '//evil.example/graphql/buyer'],
    ['', '/graphql/buyer'],
  ])('%s is not %s', (htu, url) => expect(isSameTarget(htu, origin, url)).toBe(false));
});

describe('the thumbprint of a key', () => {
  test('is that of RFC 7638 over the required members alone', () => {
    // The key of RFC 9449, section 4.1, and its thumbprint in section 6.1.
    const jwk = {
      kty: 'EC',
      x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
      y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
      crv: 'P-256',
    };
    expect(readProofKey({ ...jwk, kid: 'mine', use: 'sig' })?.thumbprint).toBe('0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I');
  });

  test('of a point that is not on the curve is one that no key is imported for', () => {
    const jwk = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'B'.repeat(43) };
    expect(readProofKey(jwk)?.import()).toBeNull();
  });
});

test('nonces of a window are the same for all processes and tell nothing about the next', () => {
  const keys = parseGatewayKeys(`k1:${Buffer.alloc(32, 1).toString('base64')}`);
  let nowMs = 10 * nonceWindowMs;
  const [one, two] = [createDpopNonces(keys, () => nowMs), createDpopNonces(keys, () => nowMs)];
  const first = one.current();
  expect(two.current()).toBe(first);
  nowMs += nonceWindowMs;
  expect(one.current()).not.toBe(first);
  expect(one.find(first)).toEqual({ window: 10, untilMs: 12 * nonceWindowMs, isOld: true });
});

describe('what a process remembers alone', () => {
  const away = { set: () => Promise.reject(new Error('away')) } as unknown as Parameters<typeof createReplayGuard>[0];
  const nonce = (window: number, isOld = false) => ({ window, untilMs: (window + 2) * nonceWindowMs, isOld });

  test('is bounded: when it is full nothing is let in that it could not tell from a replay', async () => {
    const guard = createReplayGuard(away, 2);
    expect((await guard.check('a', nonce(5), 0)).kind).toBe('first');
    expect((await guard.check('b', nonce(5), 0)).kind).toBe('first');
    expect((await guard.check('c', nonce(5), 0)).kind).toBe('unavailable');
    expect((await guard.check('a', nonce(5), 0)).kind).toBe('repeated');
  });

  test('is forgotten with the nonces that it was made with, and not before', async () => {
    const guard = createReplayGuard(away, 2);
    await guard.check('a', nonce(5), 0);
    expect((await guard.check('b', nonce(6), 0)).kind).toBe('first');
    expect((await guard.check('a', nonce(5, true), 0)).kind).toBe('repeated');
    expect((await guard.check('c', nonce(7), 0)).kind).toBe('first');
  });
});

describe('what is used once', () => {
  const answering = (name: string, message: string) =>
    createSingleUse({ set: () => Promise.reject(Object.assign(new Error(message), { name })) }, 'test').claim('id', 1_000, 'me');

  test.each([
    ['Error', 'Command timed out'],
    ['Error', "Stream isn't writeable and enableOfflineQueue options is false"],
    ['ReplyError', "OOM command not allowed when used memory > 'maxmemory'."],
    ['ReplyError', "READONLY You can't write against a read only replica."],
    ['ReplyError', 'LOADING Redis is loading the dataset in memory'],
  ])('is not known while Redis is away or cannot write (%s: %s)', async (name, message) => {
    expect(await answering(name, message)).toEqual({ kind: 'unavailable' });
  });

  test.each(['ERR syntax error', "NOPERM User default has no permissions to run the 'set' command"])(
    'is a fault where Redis refuses the command (%s)',
    async (message) => {
      await expect(answering('ReplyError', message)).rejects.toThrow(message);
    },
  );
});
