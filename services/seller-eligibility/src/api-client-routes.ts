/** What the gateway asks about API clients: who they are, whether a secret is theirs; and what it tells of their use. */
import {
  ApiClientLookupRequest,
  ApiClientLookupResponse,
  KeyUsesRequest,
  KeyUsesResponse,
  SecretCheckRequest,
  SecretCheckResponse,
  type ApiClientState,
} from '@vitrine/contracts/api-clients-http';
import type { Pool } from '@vitrine/runtime/database';
import { requireCaller } from '@vitrine/runtime/server';
import type { FastifyInstance } from 'fastify';
import { findProvedKey } from './check-secret.ts';
import { findCredentials, noteKeyUses, type ClientCredentials } from './store/api-client-credentials.ts';

const toState = (client: ClientCredentials): ApiClientState => ({
  clientId: client.clientId,
  sellerId: client.sellerId,
  accountId: client.accountId,
  scopes: [...client.scopes],
  ipAllowList: [...client.ipAllowList],
  keys: client.keys.map(({ keyId, expiresAt, publicKey }) => ({ keyId, expiresAt: expiresAt?.toISOString() ?? null, publicKey })),
});

export function registerApiClientRoutes(server: FastifyInstance, pool: Pool): void {
  server.post<{ Body: ApiClientLookupRequest; Reply: ApiClientLookupResponse }>(
    '/internal/api-clients/lookups',
    { schema: { body: ApiClientLookupRequest, response: { 200: ApiClientLookupResponse } } },
    async (request) => {
      requireCaller(request, 'gateway');
      const client = await findCredentials(pool, request.body.clientId);
      return { client: client === null ? null : toState(client) };
    },
  );

  server.post<{ Body: SecretCheckRequest; Reply: SecretCheckResponse }>(
    '/internal/api-clients/secret-checks',
    { schema: { body: SecretCheckRequest, response: { 200: SecretCheckResponse } } },
    async (request) => {
      requireCaller(request, 'gateway');
      const client = await findCredentials(pool, request.body.clientId);
      const key = findProvedKey(client?.keys ?? [], Buffer.from(request.body.secretHash, 'base64url'));
      return { proved: client === null || key === null ? null : { keyId: key.keyId, client: toState(client) } };
    },
  );

  server.post<{ Body: KeyUsesRequest; Reply: KeyUsesResponse }>(
    '/internal/api-clients/key-uses',
    { schema: { body: KeyUsesRequest, response: { 200: KeyUsesResponse } } },
    async (request) => {
      requireCaller(request, 'gateway');
      await noteKeyUses(
        pool,
        request.body.uses.map(({ keyId, usedAt, network }) => ({ keyId, usedAt: new Date(usedAt), network })),
      );
      return { noted: true };
    },
  );
}
