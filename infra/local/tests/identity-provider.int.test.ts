/** The local identity provider, run as a process and asked over HTTP, as its clients do. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JWTVerifyResult } from 'jose';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { staffRoles } from '@vitrine/runtime/identity';
import { seededAccount } from '../src/identity-accounts.ts';
import { developmentGrantType } from '../src/identity-clients.ts';
import { graphResources } from '../src/identity-graphs.ts';
import type { DevelopmentTokenRequest } from '../src/identity-tokens.ts';
import { fetchDevelopmentToken } from '../src/identity-tokens.ts';
import type { Landing } from './identity-browser.ts';
import { Browser } from './identity-browser.ts';
import type { IdentityProcess } from './identity-process.ts';
import { freePort, runIdentityProcess, startIdentityProcess } from './identity-process.ts';

const gatewayOrigin = 'http://127.0.0.1:4000';
const clientSecret = randomBytes(24).toString('base64url');

let dataDir: string;
let port: number;
let provider: IdentityProcess;

const environment = (): Record<string, string> => ({
  DATA_DIR: join(dataDir, 'identity'),
  GATEWAY_ORIGIN: gatewayOrigin,
  DEVELOPMENT_CLIENT_SECRET: clientSecret,
});

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vitrine-identity-'));
  port = await freePort();
  provider = await startIdentityProcess(port, environment());
});

afterAll(async () => {
  await provider?.stop();
  await rm(dataDir, { recursive: true });
});

const developmentToken = (request: Partial<DevelopmentTokenRequest> = {}): Promise<string> =>
  fetchDevelopmentToken({ issuer: provider.issuer, clientSecret, handle: '@ada', graph: 'buyer', ...request });

/** Checks a token as the gateway does: signature by the published keys, issuer, audience, type, time. */
const verify = (token: string, audience: string): Promise<JWTVerifyResult> =>
  jwtVerify(token, createRemoteJWKSet(new URL('/jwks', provider.issuer)), {
    issuer: provider.issuer,
    audience,
    typ: 'at+jwt',
    algorithms: ['RS256'],
  });

const verifier = randomBytes(32).toString('base64url');

/** Parameters of a well-formed authorization request of `vitrine-app`; each test spoils or replaces some. */
function authorizationUrl(changes: Record<string, string | undefined> = {}): URL {
  const url = new URL('/auth', provider.issuer);
  const parameters = {
    client_id: 'vitrine-app',
    response_type: 'code',
    redirect_uri: `${gatewayOrigin}/`,
    scope: 'openid profile buyer',
    state: 'state-of-the-app',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  };
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

async function signIn(browser: Browser, url: URL, handle: string): Promise<Landing> {
  const page = await browser.open(url);
  if (page.kind !== 'page') throw new Error(`expected the sign-in page, was sent to ${page.url.href}`);
  return browser.submit(page.url, { account: handle });
}

async function exchange(landing: Landing, changes: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const code = landing.url.searchParams.get('code');
  if (code === null) throw new Error(`no code in ${landing.url.href}`);
  const response = await fetch(new URL('/token', provider.issuer), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'vitrine-app',
      redirect_uri: `${gatewayOrigin}/`,
      code,
      code_verifier: verifier,
      ...changes,
    }),
  });
  const answer: unknown = await response.json();
  return { ...Object(answer) };
}

describe('discovery', () => {
  test('names the issuer, the keys and PKCE by S256 alone', async () => {
    const response = await fetch(new URL('/.well-known/openid-configuration', provider.issuer));
    expect(await response.json()).toMatchObject({
      issuer: provider.issuer,
      jwks_uri: `${provider.issuer}/jwks`,
      token_endpoint: `${provider.issuer}/token`,
      end_session_endpoint: `${provider.issuer}/session/end`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
    });
  });

  test('publishes public keys only', async () => {
    const response = await fetch(new URL('/jwks', provider.issuer));
    expect(await response.json()).toEqual({
      keys: [{ kty: 'RSA', use: 'sig', alg: 'RS256', kid: expect.any(String), e: 'AQAB', n: expect.any(String) }],
    });
  });

  test('keeps the private keys in a file that only its owner can read', async () => {
    const folder = join(dataDir, 'identity');
    expect((await readdir(folder)).toSorted()).toEqual(['signing-keys.json', 'software-attester-root.pem', 'software-attester.json']);
    for (const file of ['signing-keys.json', 'software-attester.json']) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  });

  test('says nothing on its output but that it is ready', () => {
    expect(provider.output()).toBe(`identity provider ready at ${provider.issuer}\n`);
  });
});

describe('development grant', () => {
  test('gives a buyer a token for the buyer graph with the country and 15 minutes', async () => {
    const { payload } = await verify(await developmentToken(), 'urn:vitrine:graph:buyer');
    const { iat, exp, jti, ...claims } = payload;
    expect(claims).toEqual({
      iss: provider.issuer,
      aud: 'urn:vitrine:graph:buyer',
      sub: seededAccount('@ada').id,
      client_id: 'vitrine-development',
      scope: 'buyer',
      roles: ['buyer'],
      country: 'US',
    });
    expect(Number(exp) - Number(iat)).toBe(900);
    expect(jti).toEqual(expect.any(String));
  });

  test('gives a seller a token for the partner graph with the shop', async () => {
    const token = await developmentToken({ handle: '@paperandpine', graph: 'partner' });
    const { payload } = await verify(token, 'urn:vitrine:graph:partner');
    expect(payload).toMatchObject({ roles: ['seller'], seller_id: seededAccount('@paperandpine').sellerId });
    expect(payload).not.toHaveProperty('country');
  });

  test('gives an operator a token for the ops graph, found by id as well', async () => {
    const token = await developmentToken({ handle: seededAccount('@olga').id, graph: 'ops' });
    const { payload } = await verify(token, 'urn:vitrine:graph:ops');
    expect(payload).toMatchObject({ sub: seededAccount('@olga').id, roles: ['operator'], staff_roles: [...staffRoles] });
    const { payload: ofSupport } = await verify(await developmentToken({ handle: '@sue', graph: 'ops' }), 'urn:vitrine:graph:ops');
    expect(ofSupport).toMatchObject({ staff_roles: ['support'] });
  });

  test('a token for one graph is none for another', async () => {
    await expect(verify(await developmentToken(), 'urn:vitrine:graph:partner')).rejects.toMatchObject({
      code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
      claim: 'aud',
    });
  });

  test.each([
    ['@ada', 'partner'],
    ['@ursula', 'partner'],
    ['@ada', 'ops'],
    ['@paperandpine', 'buyer'],
    ['@northwind', 'ops'],
    ['@olga', 'buyer'],
  ] as const)('refuses %s a token for the %s graph', async (handle, graph) => {
    await expect(developmentToken({ handle, graph })).rejects.toMatchObject({ code: 'access_denied', status: 400 });
  });

  test('refuses a wrong secret', async () => {
    await expect(developmentToken({ clientSecret: 'not-the-secret' })).rejects.toMatchObject({
      code: 'invalid_client',
      status: 401,
    });
  });

  test('refuses an account that nobody seeded', async () => {
    await expect(developmentToken({ handle: '@mallory' })).rejects.toMatchObject({ code: 'invalid_grant' });
  });

  test.each([undefined, 'urn:vitrine:graph:other'])('refuses the resource %s', async (resource) => {
    const response = await fetch(new URL('/token', provider.issuer), {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`vitrine-development:${clientSecret}`)}` },
      body: new URLSearchParams({
        grant_type: developmentGrantType,
        account: '@ada',
        ...(resource === undefined ? {} : { resource }),
      }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_target' });
  });

  test.each([-60, 0])('makes a token that ends %i seconds from now, signed but expired', async (expiresInSeconds) => {
    const token = await developmentToken({ expiresInSeconds });
    await expect(verify(token, 'urn:vitrine:graph:buyer')).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
    expect(decodeJwt(token).exp).toBeGreaterThan(Number(decodeJwt(token).iat));
  });

  test('makes a token that lives as long as asked', async () => {
    const { payload } = await verify(await developmentToken({ expiresInSeconds: 120 }), 'urn:vitrine:graph:buyer');
    expect(Number(payload.exp) - Number(payload.iat)).toBe(120);
  });

  test.each([86_401, -86_401, 1.5])('refuses a lifetime of %d seconds', async (expiresInSeconds) => {
    await expect(developmentToken({ expiresInSeconds })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('is not there for the clients of the pages', async () => {
    const response = await fetch(new URL('/token', provider.issuer), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: developmentGrantType,
        client_id: 'vitrine-app',
        account: '@ada',
        resource: graphResources.buyer.audience,
      }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });
});

describe('code and PKCE', () => {
  test('a person who taps an account gets a code, and the app a token for its graph', async () => {
    const landing = await signIn(new Browser(provider.issuer), authorizationUrl(), '@grace');
    expect(landing).toMatchObject({ kind: 'left' });
    expect(landing.url.href).toMatch(`${gatewayOrigin}/?`);
    expect(landing.url.searchParams.get('state')).toBe('state-of-the-app');
    expect(landing.url.searchParams.get('iss')).toBe(provider.issuer);

    const answer = await exchange(landing);
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'buyer' });
    const { payload } = await verify(String(answer.access_token), 'urn:vitrine:graph:buyer');
    expect(payload).toMatchObject({
      sub: seededAccount('@grace').id,
      client_id: 'vitrine-app',
      roles: ['buyer'],
      country: 'US',
    });
    expect(decodeJwt(String(answer.id_token))).toMatchObject({ name: 'Grace', preferred_username: '@grace' });
  });

  test('the page lists the accounts that fit the client and no others', async () => {
    const offered = async (url: URL): Promise<string[]> => {
      const page = await new Browser(provider.issuer).open(url);
      if (page.kind !== 'page') throw new Error('no page');
      return [...page.html.matchAll(/name="account" value="([^"]+)"/g)].map(([, handle = '']) => handle);
    };
    expect(await offered(authorizationUrl())).toEqual(['@ada', '@grace', '@linus', '@marie', '@ursula']);
    expect(await offered(authorizationUrl({ client_id: 'vitrine-seller', redirect_uri: `${gatewayOrigin}/seller` }))).toEqual([
      '@paperandpine',
      '@northwind',
    ]);
    expect(await offered(authorizationUrl({ client_id: 'vitrine-ops', redirect_uri: `${gatewayOrigin}/ops` }))).toEqual([
      '@olga',
      '@sue',
      '@otto',
      '@mira',
      '@sven',
    ]);
  });

  test('the page runs no script and sends its form nowhere but here and to the gateway', async () => {
    const response = await fetch(authorizationUrl(), { redirect: 'manual', headers: { accept: 'text/html' } });
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain('script-src;');
    expect(policy).toContain(`form-action 'self' ${gatewayOrigin};`);
  });

  test('a browser that is signed in is not asked again', async () => {
    const browser = new Browser(provider.issuer);
    await signIn(browser, authorizationUrl(), '@linus');
    const again = await browser.open(authorizationUrl());
    const { payload } = await verify(String((await exchange(again)).access_token), 'urn:vitrine:graph:buyer');
    expect(payload.sub).toBe(seededAccount('@linus').id);
  });

  test('a browser that is signed in as a buyer is asked for a seller, and becomes one', async () => {
    const seller = { client_id: 'vitrine-seller', redirect_uri: `${gatewayOrigin}/seller` };
    const browser = new Browser(provider.issuer);
    await signIn(browser, authorizationUrl(), '@ada');
    const quiet = await browser.open(authorizationUrl({ ...seller, scope: 'openid partner', prompt: 'none' }));
    expect(quiet.url.searchParams.get('error')).toBe('login_required');

    const switching = await signIn(browser, authorizationUrl({ ...seller, scope: 'openid partner' }), '@northwind');
    const landing = await browser.submitForm(switching);
    const { payload } = await verify(String((await exchange(landing, seller)).access_token), 'urn:vitrine:graph:partner');
    expect(payload).toMatchObject({
      sub: seededAccount('@northwind').id,
      seller_id: seededAccount('@northwind').sellerId,
    });
  });

  test('an account that the page did not offer is refused', async () => {
    const landing = await signIn(new Browser(provider.issuer), authorizationUrl(), '@olga');
    expect(landing).toMatchObject({ kind: 'page', status: 400, html: expect.stringContaining('invalid_request') });
  });

  test('a sign-in of another browser cannot be continued', async () => {
    const page = await new Browser(provider.issuer).open(authorizationUrl());
    const landing = await new Browser(provider.issuer).submit(page.url, { account: '@ada' });
    expect(landing).toMatchObject({ kind: 'page', status: 400 });
  });

  test('a person may choose not to sign in', async () => {
    const browser = new Browser(provider.issuer);
    const page = await browser.open(authorizationUrl());
    const landing = await browser.submit(page.url, { cancel: 'yes' });
    expect(landing.kind).toBe('left');
    expect(landing.url.searchParams.get('error')).toBe('access_denied');
  });

  test('a redirect URI that is not registered is refused on the spot', async () => {
    const landing = await new Browser(provider.issuer).open(authorizationUrl({ redirect_uri: 'https://attacker.example/' }));
    expect(landing).toMatchObject({
      kind: 'page',
      status: 400,
      html: expect.stringContaining('invalid_redirect_uri'),
    });
  });

  test.each([
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['a plain challenge', { code_challenge: verifier, code_challenge_method: 'plain' }],
  ])('a request with %s is refused', async (_name, changes) => {
    const landing = await new Browser(provider.issuer).open(authorizationUrl(changes));
    expect(landing.kind).toBe('left');
    expect(landing.url.searchParams.get('error')).toBe('invalid_request');
  });

  test('a client cannot ask for the graph of another', async () => {
    const landing = await new Browser(provider.issuer).open(authorizationUrl({ resource: graphResources.partner.audience }));
    expect(landing.kind).toBe('left');
    expect(landing.url.searchParams.get('error')).toBe('invalid_target');
  });

  test('a code is worth nothing without its verifier, nor a second time', async () => {
    const landing = await signIn(new Browser(provider.issuer), authorizationUrl(), '@ada');
    const other = randomBytes(32).toString('base64url');
    expect(await exchange(landing, { code_verifier: other })).toMatchObject({ error: 'invalid_grant' });
    expect(await exchange(landing)).toHaveProperty('access_token');
    expect(await exchange(landing)).toMatchObject({ error: 'invalid_grant' });
  });

  test('a client that asks only who the person is gets a token for userinfo', async () => {
    const landing = await signIn(new Browser(provider.issuer), authorizationUrl({ scope: 'openid profile' }), '@marie');
    const { access_token: token } = await exchange(landing);
    const response = await fetch(new URL('/me', provider.issuer), {
      headers: { authorization: `Bearer ${String(token)}`, origin: gatewayOrigin },
    });
    expect(response.headers.get('access-control-allow-origin')).toBe(gatewayOrigin);
    expect(await response.json()).toEqual({
      sub: seededAccount('@marie').id,
      name: 'Marie',
      preferred_username: '@marie',
    });
  });
});

describe('sign-out', () => {
  test('ends the session and returns to the page that asked', async () => {
    const browser = new Browser(provider.issuer);
    await signIn(browser, authorizationUrl(), '@ada');
    const question = await browser.open(
      `/session/end?client_id=vitrine-app&state=bye&post_logout_redirect_uri=${encodeURIComponent(`${gatewayOrigin}/`)}`,
    );
    expect(question).toMatchObject({ kind: 'page', html: expect.stringContaining('You are signed in as Ada.') });
    const landing = await browser.submitForm(question, { logout: 'yes' });
    expect(landing).toMatchObject({ kind: 'left' });
    expect(landing.url.href).toBe(`${gatewayOrigin}/?state=bye`);
    expect(await browser.open(authorizationUrl())).toMatchObject({ kind: 'page' });
  });

  test('returns to registered pages only', async () => {
    const landing = await new Browser(provider.issuer).open(
      '/session/end?client_id=vitrine-app&post_logout_redirect_uri=https%3A%2F%2Fattacker.example%2F',
    );
    expect(landing).toMatchObject({ kind: 'page', status: 400 });
  });
});

describe('other origins', () => {
  const exchangeFrom = (origin: string): Promise<Response> =>
    fetch(new URL('/token', provider.issuer), {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'vitrine-app', code: 'none' }),
    });

  test("the gateway's pages may call the token endpoint", async () => {
    const response = await exchangeFrom(gatewayOrigin);
    expect(response.headers.get('access-control-allow-origin')).toBe(gatewayOrigin);
  });

  test('no other page may', async () => {
    const response = await exchangeFrom('http://127.0.0.1:4999');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  test.each(['/jwks', '/.well-known/openid-configuration'])("the gateway's pages may read %s", async (path) => {
    const response = await fetch(new URL(path, provider.issuer), { headers: { origin: gatewayOrigin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(gatewayOrigin);
  });
});

describe('process', () => {
  test('a token issued before a restart is valid after it', async () => {
    const token = await developmentToken();
    await provider.stop();
    provider = await startIdentityProcess(port, environment());
    const { payload } = await verify(token, 'urn:vitrine:graph:buyer');
    expect(payload.sub).toBe(seededAccount('@ada').id);
  });

  test('without a secret there is no development client', async () => {
    const { DEVELOPMENT_CLIENT_SECRET: _none, ...rest } = environment();
    const bare = await startIdentityProcess(await freePort(), rest);
    try {
      await expect(developmentToken({ issuer: bare.issuer })).rejects.toMatchObject({ code: 'invalid_client' });
    } finally {
      await bare.stop();
    }
  });

  test.each([
    ['in production', { NODE_ENV: 'production' }, 'NODE_ENV: the identity provider signs anyone in without a password'],
    ['without a gateway', { GATEWAY_ORIGIN: '' }, 'GATEWAY_ORIGIN: is not set'],
    ['with a secret that is too short', { DEVELOPMENT_CLIENT_SECRET: 'short' }, 'DEVELOPMENT_CLIENT_SECRET: Too small'],
  ])('refuses to start %s', async (_name, env, message) => {
    const result = await runIdentityProcess({ PORT: String(await freePort()), ...environment(), ...env });
    expect(result.code).toBe(1);
    expect(result.output).toContain(message);
  });
});
