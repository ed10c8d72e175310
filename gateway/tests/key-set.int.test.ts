import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey, type JWK } from 'jose';
import { createLogger } from '@vitrine/runtime/telemetry';
import { createKeySet, type KeySet } from '../src/key-set.ts';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly published: JWK;
}

async function makeKey(kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  return { kid, privateKey, published: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

let old: SigningKey;
let next: SigningKey;
let published: readonly SigningKey[];
let fetches: number;
const provider = createServer((_request, response) => {
  fetches += 1;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ keys: published.map((key) => key.published) }));
});
let keySet: KeySet;

beforeAll(async () => {
  [old, next] = await Promise.all([makeKey('old'), makeKey('next')]);
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => provider.close(resolve)));
beforeEach(() => {
  fetches = 0;
  published = [old];
  const { port } = provider.address() as AddressInfo;
  keySet = createKeySet(`http://127.0.0.1:${port}/jwks`, createLogger({ name: 'test', level: 'silent' }));
});
afterEach(() => {
  jest.restoreAllMocks();
});

const isAccepted = async (key: SigningKey): Promise<boolean> => {
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: key.kid }).sign(key.privateKey);
  try {
    await jwtVerify(token, keySet.keyOf);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_JWKS_NO_MATCHING_KEY') return false;
    throw error;
  }
};
const letPass = (ms: number): void => {
  const now = Date.now() + ms;
  jest.spyOn(Date, 'now').mockReturnValue(now);
};

describe('a rotation of the keys of the identity provider', () => {
  test('is not noticed by those who are signed in, from the publication of the next key to the end of the last token of the old one', async () => {
    expect(await isAccepted(old)).toBe(true);
    expect(fetches).toBe(1);

    // The next key is published while the old one still signs.
    published = [old, next];
    expect(await isAccepted(old)).toBe(true);
    letPass(31_000);
    expect(await isAccepted(next)).toBe(true);
    expect(await isAccepted(old)).toBe(true);
    expect(fetches).toBe(2);

    // The next one signs alone, and the old one is still there for the tokens that it signed.
    letPass(601_000);
    expect(await isAccepted(old)).toBe(true);
    expect(await isAccepted(next)).toBe(true);
    expect(fetches).toBe(3);

    published = [next];
    letPass(601_000);
    expect(await isAccepted(old)).toBe(false);
    expect(await isAccepted(next)).toBe(true);
  });

  test('whose next key signs at once is noticed for half a minute: tokens of unknown keys fetch no more often', async () => {
    expect(await isAccepted(old)).toBe(true);
    published = [old, next];
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await isAccepted(next)).toBe(false);
    expect(fetches).toBe(1);
    letPass(31_000);
    expect(await isAccepted(next)).toBe(true);
    expect(fetches).toBe(2);
  });
});
