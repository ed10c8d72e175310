/** Tokens that are bound to keys, and attestations in software, of the local identity provider as a process. */
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { fetchDevelopmentToken } from '../src/identity-tokens.ts';
import { attestationHash, makeProof, makeSoftwareKey } from '../src/official-app-keys.ts';
import { openSoftwareAttester } from '../src/software-attester.ts';
import { Browser } from './identity-browser.ts';
import { freePort, startIdentityProcess, type IdentityProcess } from './identity-process.ts';

const gatewayOrigin = 'http://127.0.0.1:4000';
const clientSecret = randomBytes(24).toString('base64url');
const key = makeSoftwareKey();

let dataDir: string;
let provider: IdentityProcess;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vitrine-identity-'));
  provider = await startIdentityProcess(await freePort(), {
    DATA_DIR: dataDir,
    GATEWAY_ORIGIN: gatewayOrigin,
    DEVELOPMENT_CLIENT_SECRET: clientSecret,
  });
});
afterAll(async () => {
  await provider?.stop();
  await rm(dataDir, { recursive: true });
});

const tokenUrl = (): string => new URL('/token', provider.issuer).href;

describe('a token for a request with a proof', () => {
  test('is bound to the proof’s key by the development grant, and a bearer token without one', async () => {
    const request = { issuer: provider.issuer, clientSecret, handle: '@ada', graph: 'buyer' } as const;
    expect(decodeJwt(await fetchDevelopmentToken({ ...request, key }))).toMatchObject({ cnf: { jkt: key.thumbprint } });
    expect(decodeJwt(await fetchDevelopmentToken(request))).not.toHaveProperty('cnf');
  });

  const codeExchange = async (proof: string | undefined): Promise<Response> => {
    const verifier = randomBytes(32).toString('base64url');
    const redirectUri = `${gatewayOrigin}/`;
    const url = new URL('/auth', provider.issuer);
    const parameters = {
      client_id: 'vitrine-app',
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid buyer',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const browser = new Browser(provider.issuer);
    const page = await browser.open(url);
    const landing = await browser.submit(page.url, { account: '@ada' });
    return fetch(tokenUrl(), {
      method: 'POST',
      headers: { origin: gatewayOrigin, ...(proof === undefined ? {} : { dpop: proof }) },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'vitrine-app',
        redirect_uri: redirectUri,
        code: landing.url.searchParams.get('code') ?? '',
        code_verifier: verifier,
      }),
    });
  };

  test('is bound by the grant of the pages, which may read the nonce', async () => {
    const response = await codeExchange(makeProof(key, { method: 'POST', url: tokenUrl() }));
    const answer: unknown = await response.json();
    expect(answer).toMatchObject({ token_type: 'DPoP', expires_in: 900 });
    expect(decodeJwt((answer as { access_token: string }).access_token)).toMatchObject({ cnf: { jkt: key.thumbprint } });
    expect(response.headers.get('access-control-expose-headers')?.toLowerCase()).toContain('dpop-nonce');
  });

  test('is a bearer token for pages that send no proof', async () => {
    expect(await (await codeExchange(undefined)).json()).toMatchObject({ token_type: 'Bearer' });
  });

  test('is given once for a proof', async () => {
    const proof = makeProof(key, { method: 'POST', url: tokenUrl() });
    expect((await developmentGrant(proof)).status).toBe(200);
    expect((await developmentGrant(proof)).status).toBe(400);
  });

  test.each([
    ['made for another address', () => makeProof(key, { method: 'POST', url: 'https://other.example/token' })],
    ['made long ago', () => makeProof(key, { method: 'POST', url: tokenUrl(), claims: { iat: 1 } })],
    ['that is none', () => 'proof'],
  ])('is refused for a proof %s', async (_name, make) => {
    expect((await developmentGrant(make())).status).toBe(400);
  });
  const developmentGrant = (proof: string): Promise<Response> =>
    fetch(tokenUrl(), {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`vitrine-development:${clientSecret}`).toString('base64')}`, dpop: proof },
      body: new URLSearchParams({
        grant_type: 'urn:vitrine:grant:development-account',
        account: '@ada',
        resource: 'urn:vitrine:graph:buyer',
      }),
    });

  test('may be asked for by the gateway’s pages from a browser', async () => {
    const response = await fetch(tokenUrl(), {
      method: 'OPTIONS',
      headers: { origin: gatewayOrigin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'dpop' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toContain('dpop');
  });
});

describe('the software attester', () => {
  const attest = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(new URL('/software-attester/attestations', provider.issuer), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const clientDataHash = attestationHash('challenge', key.thumbprint).toString('base64url');

  test('names the key as App Attest does, and the pages of the gateway may read it', async () => {
    const response = await attest({ publicKeyJwk: key.jwk, clientDataHash }, { origin: gatewayOrigin });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe(gatewayOrigin);
    expect(await response.json()).toEqual({ keyId: key.keyId, attestation: expect.stringMatching(/^[\w+/]+=*$/) });
  });

  test('is read by no other origin', async () => {
    const response = await attest({ publicKeyJwk: key.jwk, clientDataHash }, { origin: 'http://127.0.0.1:4999' });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no key', { clientDataHash }],
    ['a key of another curve', { publicKeyJwk: { ...key.jwk, crv: 'P-384' }, clientDataHash }],
    ['a point that is none', { publicKeyJwk: { ...key.jwk, x: 'AA' }, clientDataHash }],
    ['a hash that is too short', { publicKeyJwk: key.jwk, clientDataHash: 'AA' }],
    ['more than it reads', { publicKeyJwk: key.jwk, clientDataHash, padding: 'x'.repeat(4_096) }],
  ])('refuses %s', async (_name, body) => {
    const response = await attest(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  test('publishes the authority that it keeps, which is the same for whoever opens its folder', async () => {
    const response = await fetch(new URL('/software-attester/root.pem', provider.issuer));
    const root = await response.text();
    expect(new X509Certificate(root).ca).toBe(true);
    expect((await openSoftwareAttester(dataDir, 'development')).root).toBe(root);
  });

  test('of a new folder has one authority, however many open it at once', async () => {
    const folder = join(dataDir, 'opened-by-many');
    const opened = await Promise.all(Array.from({ length: 5 }, () => openSoftwareAttester(folder, 'test')));
    expect(new Set(opened.map(({ root }) => root)).size).toBe(1);
  });

  test('does not start in production', async () => {
    await expect(openSoftwareAttester(dataDir, 'production')).rejects.toThrow('does not start in production');
  });
});
