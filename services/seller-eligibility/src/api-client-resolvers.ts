/** API clients in GraphQL. Only people of the seller see and manage them; an API client gets no further one, and no more scopes. */
import { mayManageClients } from './access.ts';
import type { NotAllowed } from './accept-invitation.ts';
import { addApiClientKey } from './add-api-client-key.ts';
import { toUserError } from './answers.ts';
import type { ApiClient } from './api-client.ts';
import type { Context } from './context.ts';
import { createApiClient, type KeyIssued } from './create-api-client.ts';
import type { ApiClientKeyKind, Resolvers } from './generated/schema.ts';
import type { Person } from './own-seller.ts';
import { revokeApiClient } from './revoke-api-client.ts';
import { findClient, findKey, listClients } from './store/api-clients.ts';
import { updateApiClient } from './update-api-client.ts';
import type { NotFound } from './use-case.ts';

const kindNames: Readonly<Record<'secret' | 'public_key', ApiClientKeyKind>> = { secret: 'SECRET', public_key: 'PUBLIC_KEY' };

/** The person of a seller that calls; null for everybody else, an API client included. */
function personOf({ identity: { actor, requestId } }: Context): Person | null {
  if (actor.role !== 'seller' || actor.clientId !== undefined) return null;
  return { accountId: actor.accountId, sellerId: actor.sellerId, requestId };
}

const notAllowed = { __typename: 'NotAllowedError', message: 'Only people of the seller manage its API clients: sign in.' } as const;

function toClientError(refusal: NotFound | NotAllowed | Parameters<typeof toUserError>[0]) {
  switch (refusal.kind) {
    case 'not_found':
      return { __typename: 'NotFoundError', id: refusal.id, message: refusal.message } as const;
    case 'not_allowed':
      return { __typename: 'NotAllowedError', message: refusal.message } as const;
    default:
      return toUserError(refusal);
  }
}

/** A client that a mutation has just read or written. */
async function knownClient({ deps: { pool } }: Context, clientId: string, { sellerId }: Person): Promise<ApiClient> {
  const client = await findClient(pool, clientId, sellerId);
  if (client === null) throw new Error(`the API client ${clientId} of a stored result is gone`);
  return client;
}

async function toIssued<Success extends string>(
  context: Context,
  person: Person,
  { success, issued, secret }: { readonly success: Success; readonly issued: KeyIssued; readonly secret: string | null },
) {
  const client = await knownClient(context, issued.clientId, person);
  const key = await findKey(context.deps.pool, issued.keyId, issued.clientId);
  if (key === null) throw new Error(`the key ${issued.keyId} of a stored result is gone`);
  if (issued.hasSecret && secret === null) {
    return {
      __typename: 'SecretAlreadyShownError',
      message: 'The secret was shown in the first answer and is kept nowhere. If it got lost, add another key and revoke this one.',
      client,
      key,
    } as const;
  }
  return { __typename: success, client, key, secret } as const;
}

export const apiClientResolvers = {
  Mutation: {
    createApiClient: async (_, { input }, context) => {
      const person = personOf(context);
      if (person === null) return notAllowed;
      const { result, secret } = await createApiClient(context.deps, person, {
        ...input,
        ipAllowList: input.ipAllowList ?? [],
        publicKey: input.publicKey ?? null,
        keyExpiresAt: input.keyExpiresAt ?? null,
      });
      switch (result.kind) {
        case 'issued':
          return toIssued(context, person, { success: 'CreateApiClientSuccess', issued: result, secret });
        case 'limit_reached':
          return { __typename: 'ApiClientLimitError', limit: result.limit, message: result.message };
        case 'not_allowed':
          return { __typename: 'NotAllowedError', message: result.message };
        default:
          return toUserError(result);
      }
    },
    addApiClientKey: async (_, { input }, context) => {
      const person = personOf(context);
      if (person === null) return notAllowed;
      const { result, secret } = await addApiClientKey(context.deps, person, {
        ...input,
        publicKey: input.publicKey ?? null,
        expiresAt: input.expiresAt ?? null,
      });
      switch (result.kind) {
        case 'issued':
          return toIssued(context, person, { success: 'AddApiClientKeySuccess', issued: result, secret });
        case 'limit_reached':
          return { __typename: 'ApiClientLimitError', limit: result.limit, message: result.message };
        default:
          return toClientError(result);
      }
    },
    updateApiClient: async (_, { input }, context) => {
      const person = personOf(context);
      if (person === null) return notAllowed;
      const result = await updateApiClient(context.deps, person, {
        ...input,
        name: input.name ?? undefined,
        scopes: input.scopes ?? undefined,
        ipAllowList: input.ipAllowList ?? undefined,
      });
      if (result.kind !== 'updated') return toClientError(result);
      return { __typename: 'UpdateApiClientSuccess', client: await knownClient(context, result.clientId, person) };
    },
    revokeApiClientKey: async (_, { input }, context) => {
      const person = personOf(context);
      if (person === null) return notAllowed;
      const result = await revokeApiClient(context.deps, person, input);
      if (result.kind !== 'revoked') return toClientError(result);
      return { __typename: 'RevokeApiClientKeySuccess', client: await knownClient(context, result.clientId, person) };
    },
    revokeApiClient: async (_, { input }, context) => {
      const person = personOf(context);
      if (person === null) return notAllowed;
      const result = await revokeApiClient(context.deps, person, { ...input, keyId: null });
      if (result.kind !== 'revoked') return toClientError(result);
      return { __typename: 'RevokeApiClientSuccess', client: await knownClient(context, result.clientId, person) };
    },
  },

  Seller: {
    apiClients: async (seller, _, { identity, deps }) =>
      mayManageClients(identity.actor, seller) ? listClients(deps.pool, seller.sellerId) : null,
  },

  ApiClient: {
    id: (client) => client.clientId,
    createdAt: (client) => client.createdAt.toISOString(),
    revokedAt: (client) => client.revokedAt?.toISOString() ?? null,
    keys: async (client, _, { apiKeys }) => apiKeys.load(client.clientId),
  },

  ApiClientKey: {
    id: (key) => key.keyId,
    kind: (key) => kindNames[key.kind],
    createdAt: (key) => key.createdAt.toISOString(),
    expiresAt: (key) => key.expiresAt?.toISOString() ?? null,
    lastUsedAt: (key) => key.lastUsedAt?.toISOString() ?? null,
  },
} satisfies Resolvers;
