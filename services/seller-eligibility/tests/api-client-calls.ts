/** What people of a seller do with its API clients, as the dashboard asks for it. */
import { expect } from '@jest/globals';
import type { Actor } from '@vitrine/runtime/identity';
import { newKey, type Answered, type ServiceUnderTest } from './service-under-test.ts';

const key = 'id kind createdAt expiresAt lastUsedAt lastUsedNetwork';
const client = `id name scopes ipAllowList createdBy createdAt revokedAt keys { ${key} }`;
const refused = '__typename ... on UserError { message } ... on InvalidInputError { path }';
const notFound = '... on NotFoundError { id }';
const notIssued = `... on ApiClientLimitError { limit } ... on SecretAlreadyShownError { client { ${client} } key { ${key} } }`;
const createMutation = `mutation ($input: CreateApiClientInput!) { createApiClient(input: $input) {
  ${refused} ${notIssued} ... on CreateApiClientSuccess { client { ${client} } key { ${key} } secret } } }`;
const addMutation = `mutation ($input: AddApiClientKeyInput!) { addApiClientKey(input: $input) {
  ${refused} ${notFound} ${notIssued} ... on AddApiClientKeySuccess { client { ${client} } key { ${key} } secret } } }`;
const updateMutation = `mutation ($input: UpdateApiClientInput!) { updateApiClient(input: $input) {
  ${refused} ${notFound} ... on UpdateApiClientSuccess { client { ${client} } } } }`;
const revokeMutation = `mutation ($input: RevokeApiClientInput!) { revokeApiClient(input: $input) {
  ${refused} ${notFound} ... on RevokeApiClientSuccess { client { ${client} } } } }`;
const revokeKeyMutation = `mutation ($input: RevokeApiClientKeyInput!) { revokeApiClientKey(input: $input) {
  ${refused} ${notFound} ... on RevokeApiClientKeySuccess { client { ${client} } } } }`;

type Input = Readonly<Record<string, unknown>>;

type ClientMutation = 'createApiClient' | 'addApiClientKey' | 'updateApiClient' | 'revokeApiClient' | 'revokeApiClientKey';

/** The calls of one service; an input has a new idempotency key unless it brings one. */
export function apiClientCalls(service: () => ServiceUnderTest) {
  const ask = async (actor: Actor, mutation: ClientMutation, query: string, input: Input): Promise<Answered> => {
    const { data, errors } = await service().ask(actor, query, { input: { idempotencyKey: newKey(), ...input } });
    // The table of who may do what answers before any use case does.
    if (errors?.[0]?.extensions.code === 'FORBIDDEN') return { __typename: 'FORBIDDEN' } as Answered;
    expect(errors).toBeUndefined();
    return data[mutation];
  };
  return {
    create: (actor: Actor, input: Input = {}) =>
      ask(actor, 'createApiClient', createMutation, { name: 'Warehouse', scopes: ['orders:read'], ...input }),
    addKey: (actor: Actor, input: Input) => ask(actor, 'addApiClientKey', addMutation, input),
    update: (actor: Actor, input: Input) => ask(actor, 'updateApiClient', updateMutation, input),
    revoke: (actor: Actor, clientId: string, input: Input = {}) => ask(actor, 'revokeApiClient', revokeMutation, { clientId, ...input }),
    revokeKey: (actor: Actor, clientId: string, keyId: string) => ask(actor, 'revokeApiClientKey', revokeKeyMutation, { clientId, keyId }),
    /** Null for whoever may not see them. */
    list: async (actor: Actor) => {
      const { data } = await service().ask(actor, `{ viewerSeller { apiClients { ${client} } } }`);
      return data?.viewerSeller?.apiClients ?? null;
    },
  };
}
