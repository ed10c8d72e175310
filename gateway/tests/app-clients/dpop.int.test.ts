/** DPoP proofs against a real Redis: what is accepted, and every way in which a proof can be wrong. */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { makeProof, makeSoftwareKey, type ProofRequest } from '@vitrine/local/official-app-keys';
import { createTestRedis } from '../../../tests/support/stack.ts';
import { until } from '../../../tests/support/until.ts';
import { createDpopNonces, nonceWindowMs, type DpopNonces } from '../../src/app-clients/dpop-nonces.ts';
import { createDpopVerifier, type DpopCheck, type DpopRequest, type DpopVerifier } from '../../src/app-clients/dpop.ts';
import { parseGatewayKeys } from '../../src/gateway-keys.ts';
import { createRedis } from '../../src/redis.ts';

const origin = 'https://api.vitrine.example';
const gatewayKeys = parseGatewayKeys(`k1:${Buffer.alloc(32, 7).toString('base64')}`);
const accessToken = 'header.payload.signature';
const key = makeSoftwareKey();

let redis: Redis;
let nonces: DpopNonces;
let verifier: DpopVerifier;
let nowMs: number;
const now = (): number => nowMs;
const seconds = (): number => Math.floor(nowMs / 1_000);

beforeAll(async () => {
  redis = createRedis(await createTestRedis(), pino({ level: 'silent' }));
  await until('Redis', async () => (redis.status === 'ready' ? true : undefined));
});
beforeEach(() => {
  // The middle of a window, so that no test crosses into the next one unasked.
  nowMs = Math.floor(Date.now() / nonceWindowMs) * nonceWindowMs + nonceWindowMs / 2;
  nonces = createDpopNonces(gatewayKeys, now);
  verifier = createDpopVerifier({ publicOrigin: origin, nonces, redis, now });
});
afterAll(() => redis?.disconnect());

const proofWith = (changes: Partial<ProofRequest> = {}): string => {
  const claims = { iat: seconds(), ...changes.claims };
  return makeProof(key, { method: 'POST', url: `${origin}/graphql/buyer`, accessToken, nonce: nonces.current(), ...changes, claims });
};

const check = (proofHeader: DpopRequest['proofHeader'], changes: Partial<DpopRequest> = {}): Promise<DpopCheck> =>
  verifier.check({ proofHeader, method: 'POST', url: '/graphql/buyer', accessToken, boundKey: key.thumbprint, ...changes });

describe('a good proof', () => {
  test('is accepted, by what all processes remember', async () => {
    const proof = proofWith();
    expect(await check(proof)).toEqual({ kind: 'accepted', proof, replayGuard: 'shared', nextNonce: null });
  });

  test('is accepted again and again from the same key, each with a new jti', async () => {
    for (let call = 0; call < 3; call += 1) expect((await check(proofWith())).kind).toBe('accepted');
  });

  test('of a request with a query names the address without it', async () => {
    expect((await check(proofWith(), { url: '/graphql/buyer?trace=1' })).kind).toBe('accepted');
  });

  test('with a nonce of the window before is accepted and told the new one', async () => {
    const proof = proofWith();
    nowMs += nonceWindowMs;
    expect(await check(proof)).toMatchObject({ kind: 'accepted', nextNonce: nonces.current() });
  });

  test('with a nonce of another process, or of the key before the last rotation, is accepted', async () => {
    const other = createDpopNonces(gatewayKeys, now);
    expect((await check(proofWith({ nonce: other.current() }))).kind).toBe('accepted');
    const rotated = parseGatewayKeys(`k2:${Buffer.alloc(32, 8).toString('base64')},k1:${Buffer.alloc(32, 7).toString('base64')}`);
    const after = createDpopVerifier({ publicOrigin: origin, nonces: createDpopNonces(rotated, now), redis, now });
    expect(
      (
        await after.check({
          proofHeader: proofWith(),
          method: 'POST',
          url: '/graphql/buyer',
          accessToken,
          boundKey: key.thumbprint,
        })
      ).kind,
    ).toBe('accepted');
  });
});

describe('a nonce', () => {
  const cases: readonly (readonly [string, () => string | undefined])[] = [
    ['that is missing', () => undefined],
    ['that is made up', () => 'AAAAAAAAAAAAAAAAAAAAAA'],
    ['of somebody else’s keys', () => createDpopNonces(parseGatewayKeys(`k1:${Buffer.alloc(32, 9).toString('base64')}`), now).current()],
  ];
  test.each(cases)('%s: a good one is given', async (_name, nonce) => {
    expect(await check(proofWith({ nonce: nonce() }))).toEqual({ kind: 'nonce_needed', nonce: nonces.current() });
  });

  test('that is two windows old is over', async () => {
    const old = nonces.current();
    nowMs += 2 * nonceWindowMs;
    expect(await check(proofWith({ nonce: old }))).toEqual({ kind: 'nonce_needed', nonce: nonces.current() });
  });

  test('that is no text is missing', async () => {
    expect((await check(proofWith({ claims: { nonce: 17 } }))).kind).toBe('nonce_needed');
  });
});

describe('a proof is refused', () => {
  const { privateKey: rsa, publicKey: rsaPublic } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const partsOf = (proof: string): readonly string[] => proof.split('.');
  const withSignature = (header: object, make: (signed: string) => string): string => {
    const signed = `${encode({ typ: 'dpop+jwt', jwk: key.jwk, ...header })}.${partsOf(proofWith())[1] ?? ''}`;
    return `${signed}.${make(signed)}`;
  };
  const privateJwk = key.privateKey.export({ format: 'jwk' });
  const other = makeSoftwareKey();

  const cases: readonly (readonly [string, string, () => string | string[]])[] = [
    ['two headers, as an array', 'several', () => [proofWith(), proofWith()]],
    ['two headers, joined as Node joins them', 'several', () => `${proofWith()}, ${proofWith()}`],
    ['no JWT', 'malformed', () => 'proof'],
    ['longer than a proof', 'malformed', () => proofWith({ claims: { padding: 'x'.repeat(5_000) } })],
    ['a payload that is no JSON', 'malformed', () => `${partsOf(proofWith())[0] ?? ''}.e30x.${partsOf(proofWith())[2] ?? ''}`],
    ['a payload that is no object', 'malformed', () => `${partsOf(proofWith())[0] ?? ''}.${encode([1])}.${partsOf(proofWith())[2] ?? ''}`],
    ['without a signature (alg none)', 'malformed', () => withSignature({ alg: 'none' }, () => '')],
    ['alg none with the signature of another', 'algorithm', () => proofWith({ header: { alg: 'none' } })],
    ['alg HS256', 'algorithm', () => proofWith({ header: { alg: 'HS256' } })],
    [
      'alg HS256, signed with the public key',
      'malformed',
      () => withSignature({ alg: 'HS256' }, (signed) => createHmac('sha256', encode(key.jwk)).update(signed).digest('base64url')),
    ],
    [
      'alg RS256',
      'malformed',
      () =>
        withSignature({ alg: 'RS256', jwk: rsaPublic.export({ format: 'jwk' }) }, (signed) =>
          sign('sha256', Buffer.from(signed), rsa).toString('base64url'),
        ),
    ],
    ['an RSA key', 'key', () => proofWith({ header: { jwk: rsaPublic.export({ format: 'jwk' }) } })],
    ['a symmetric key', 'key', () => proofWith({ header: { jwk: { kty: 'oct', k: 'c2VjcmV0' } } })],
    ['no key', 'key', () => proofWith({ header: { jwk: undefined } })],
    ['the private key in the header', 'key', () => proofWith({ header: { jwk: privateJwk } })],
    ['a key of another curve', 'key', () => proofWith({ header: { jwk: { ...key.jwk, crv: 'P-384' } } })],
    ['another key than the token’s', 'other_key', () => makeProof(other, { method: 'POST', url: `${origin}/graphql/buyer`, accessToken })],
    [
      'the token’s key in the header, signed with another',
      'signature',
      () =>
        makeProof(other, {
          method: 'POST',
          url: `${origin}/graphql/buyer`,
          accessToken,
          nonce: nonces.current(),
          header: { jwk: key.jwk },
          claims: { iat: seconds() },
        }),
    ],
    ['the type of another token', 'type', () => proofWith({ header: { typ: 'at+jwt' } })],
    ['no type', 'type', () => proofWith({ header: { typ: undefined } })],
    ['a critical extension', 'malformed', () => proofWith({ header: { crit: ['urn:x'], 'urn:x': 1 } })],
    ['another method', 'method', () => proofWith({ method: 'GET' })],
    ['no method', 'method', () => proofWith({ claims: { htm: undefined } })],
    ['another path', 'target', () => proofWith({ url: `${origin}/graphql/ops` })],
    ['another host', 'target', () => proofWith({ url: 'https://evil.example/graphql/buyer' })],
    ['another scheme', 'target', () => proofWith({ url: 'http://api.vitrine.example/graphql/buyer' })],
    ['no address', 'target', () => proofWith({ claims: { htu: undefined } })],
    ['an address that is none', 'target', () => proofWith({ claims: { htu: '/graphql/buyer' } })],
    ['made too long ago', 'time', () => proofWith({ claims: { iat: seconds() - 301 } })],
    ['made in the future', 'time', () => proofWith({ claims: { iat: seconds() + 301 } })],
    ['no time', 'time', () => proofWith({ claims: { iat: undefined } })],
    ['a time that is a text', 'time', () => proofWith({ claims: { iat: String(seconds()) } })],
    ['another token', 'token', () => proofWith({ accessToken: 'another.token.entirely' })],
    ['no hash of a token', 'token', () => proofWith({ accessToken: undefined })],
    ['no jti', 'jti', () => proofWith({ claims: { jti: undefined } })],
    ['an empty jti', 'jti', () => proofWith({ claims: { jti: '' } })],
    ['a jti that fills Redis', 'jti', () => proofWith({ claims: { jti: 'x'.repeat(129) } })],
  ];
  test.each(cases)('%s (%s)', async (_name, fault, make) => {
    expect(await check(make())).toEqual({ kind: 'invalid', fault });
  });

  test.each([[undefined], ['']])('missing when there is none (%j)', async (header) => {
    expect(await check(header)).toEqual({ kind: 'missing' });
  });

  test('a signature of one proof under the claims of another', async () => {
    const [head, , signature] = partsOf(proofWith());
    const [, body] = partsOf(proofWith());
    expect(await check(`${head ?? ''}.${body ?? ''}.${signature ?? ''}`)).toEqual({ kind: 'invalid', fault: 'signature' });
  });

  test('another key also after the token’s own key was seen, and the key of another token too', async () => {
    expect((await check(proofWith())).kind).toBe('accepted');
    expect(await check(proofWith(), { boundKey: other.thumbprint })).toEqual({ kind: 'invalid', fault: 'other_key' });
  });
});

describe('a proof is good once', () => {
  test('for one of twenty requests at the same time', async () => {
    const proof = proofWith();
    const checks = await Promise.all(Array.from({ length: 20 }, () => check(proof)));
    expect(checks.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(checks.filter((each) => each.kind === 'invalid' && each.fault === 'repeated')).toHaveLength(19);
  });

  test('also at another process', async () => {
    const proof = proofWith();
    await check(proof);
    const process = createDpopVerifier({ publicOrigin: origin, nonces: createDpopNonces(gatewayKeys, now), redis, now });
    expect(
      await process.check({ proofHeader: proof, method: 'POST', url: '/graphql/buyer', accessToken, boundKey: key.thumbprint }),
    ).toEqual({ kind: 'invalid', fault: 'repeated' });
  });

  test('for as long as its nonce is accepted', async () => {
    await redis.flushdb();
    await check(proofWith({ claims: { jti: 'remembered-long-enough' } }));
    const ttlMs = await redis.pttl(`once:dpop:${key.thumbprint}:remembered-long-enough`);
    expect(ttlMs).toBeGreaterThan(1.5 * nonceWindowMs);
    expect(ttlMs).toBeLessThan(2 * nonceWindowMs);
  });

  test('a jti of one key is not a jti of another', async () => {
    const other = makeSoftwareKey();
    const jti = 'the-same-for-both';
    expect((await check(proofWith({ claims: { jti } }))).kind).toBe('accepted');
    const proof = makeProof(other, {
      method: 'POST',
      url: `${origin}/graphql/buyer`,
      accessToken,
      nonce: nonces.current(),
      claims: { jti, iat: seconds() },
    });
    expect((await check(proof, { boundKey: other.thumbprint })).kind).toBe('accepted');
  });

  test('a proof that was refused is not used up', async () => {
    const proof = proofWith();
    expect((await check(proof, { method: 'GET' })).kind).toBe('invalid');
    expect((await check(proof)).kind).toBe('accepted');
  });
});

describe('what is remembered of headers', () => {
  test('is nothing before the proof is good', async () => {
    const stranger = makeSoftwareKey();
    const claims = { iat: seconds() };
    const request = { method: 'POST', url: `${origin}/graphql/buyer`, accessToken, header: { jwk: key.jwk }, claims };
    expect((await check(proofWith({ nonce: undefined, header: { note: 'x' } }))).kind).toBe('nonce_needed');
    expect(await check(makeProof(stranger, { ...request, nonce: nonces.current() }))).toEqual({ kind: 'invalid', fault: 'signature' });
    expect(verifier.size).toBe(0);
    for (let call = 0; call < 3; call += 1) expect((await check(proofWith())).kind).toBe('accepted');
    expect(verifier.size).toBe(1);
  });

  test('is none of one that is padded, which is read anew each time', async () => {
    const padded = (call: number): string => proofWith({ header: { note: `${call}${'x'.repeat(1_000)}` } });
    for (let call = 0; call < 3; call += 1) expect((await check(padded(call))).kind).toBe('accepted');
    expect(verifier.size).toBe(0);
  });
});

describe('while Redis is away', () => {
  test('each process remembers for itself, and says so', async () => {
    const away = createRedis('redis://127.0.0.1:1', pino({ level: 'silent' }));
    const alone = createDpopVerifier({ publicOrigin: origin, nonces, redis: away, now });
    const ask = (proofHeader: string): Promise<DpopCheck> =>
      alone.check({ proofHeader, method: 'POST', url: '/graphql/buyer', accessToken, boundKey: key.thumbprint });
    const proof = proofWith();
    expect(await ask(proof)).toMatchObject({ kind: 'accepted', replayGuard: 'local' });
    expect(await ask(proof)).toEqual({ kind: 'invalid', fault: 'repeated' });
    away.disconnect();
  });

  test('a Redis that does not answer is given up soon', async () => {
    const slow = createRedis(await createTestRedis(), pino({ level: 'silent' }));
    await until('Redis', async () => (slow.status === 'ready' ? true : undefined));
    const blocked = createDpopVerifier({ publicOrigin: origin, nonces, redis: slow, now });
    // Stops this connection alone: other tests use the server.
    const stopped = slow.blpop('never-there', 2).catch(() => null);
    const started = performance.now();
    const answer = await blocked.check({
      proofHeader: proofWith(),
      method: 'POST',
      url: '/graphql/buyer',
      accessToken,
      boundKey: key.thumbprint,
    });
    expect(answer).toMatchObject({ kind: 'accepted', replayGuard: 'local' });
    expect(performance.now() - started).toBeLessThan(1_500);
    slow.disconnect();
    await stopped;
  });
});
