/** Publishes keys and signs tokens as the identity provider does, and as somebody who is not it would. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';

export const ada = 'usr_01900000-0000-7000-8000-000000000001';
export const paperAndPine = { accountId: 'usr_01900000-0000-7000-8000-000000000011', sellerId: 'sel_01900000-0000-7000-8000-000000000101' };
export const olga = 'usr_01900000-0000-7000-8000-000000000021';

type Graph = 'buyer' | 'partner' | 'ops';

const claimsFor: Readonly<Record<Graph, JWTPayload>> = {
  buyer: { sub: ada, roles: ['buyer'], country: 'US', client_id: 'vitrine-app' },
  partner: { sub: paperAndPine.accountId, roles: ['seller'], seller_id: paperAndPine.sellerId, client_id: 'vitrine-seller' },
  ops: { sub: olga, roles: ['operator'], staff_roles: ['support', 'markets'], client_id: 'vitrine-ops' },
};

export interface TokenChanges {
  /** Over the claims that the graph's token has; undefined leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signed with a key that is published nowhere. */
  readonly forged?: boolean;
}

export interface FakeIdentityProvider {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** How often the keys were fetched. */
  readonly fetches: () => number;
  token(graph: Graph, changes?: TokenChanges): Promise<string>;
  close(): Promise<void>;
}

export async function startIdentityProvider(): Promise<FakeIdentityProvider> {
  const published = await generateKeyPair('RS256', { extractable: true });
  const other = await generateKeyPair('RS256');
  const keys = [{ ...(await exportJWK(published.publicKey)), kid: 'published', alg: 'RS256', use: 'sig' }];
  let fetches = 0;
  const server: Server = createServer((_request, response) => {
    fetches += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const fullClaims = (graph: Graph, changes: Readonly<Record<string, unknown>> = {}): JWTPayload => {
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: issuer, aud: `urn:vitrine:graph:${graph}`, iat: now, exp: now + 900, ...claimsFor[graph], ...changes };
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  };

  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    fetches: () => fetches,
    token: (graph, { claims, header, forged = false } = {}) =>
      new SignJWT(fullClaims(graph, claims))
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'published', ...header })
        .sign(forged ? other.privateKey : published.privateKey, { crit: { 'urn:x': true } }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
