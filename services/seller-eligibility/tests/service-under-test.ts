/** The service with a database of its own, asked over its real HTTP routes by callers with signed identities. */
import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor, staffRoles } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { createPipeline } from '@vitrine/runtime/pipeline';
import { createLogger, type Logger } from '@vitrine/runtime/telemetry';
import type { FastifyInstance } from 'fastify';
import { createTestDatabase } from '../../../tests/support/stack.ts';
import { buildServer } from '../src/server.ts';
import { createFactsReader } from '../src/store/eligibility.ts';

export const logger = createLogger({ name: 'seller-eligibility', level: 'silent' });

const callers = ['gateway', 'checkout', 'ops', 'catalog'];
export const identityKeys = parseIdentityKeys(
  callers.map((from) => `${from}>seller-eligibility:test:${randomBytes(32).toString('base64')}`).join(','),
);

/** A part of an answer. Which fields are there depends on what was asked; a test that reads another one fails. */
export interface Answered {
  readonly __typename: string;
  readonly _entities: readonly Answered[];
  readonly acceptSellerInvitation: Answered;
  readonly addApiClientKey: Answered;
  readonly apiClients: readonly Answered[] | null;
  readonly available: boolean;
  readonly buyButton: Answered;
  readonly client: Answered;
  readonly country: string;
  readonly createApiClient: Answered;
  readonly edges: readonly Answered[];
  readonly explainEligibility: Answered;
  readonly id: string;
  readonly inviteSeller: Answered;
  readonly key: Answered;
  readonly keys: readonly Answered[];
  readonly market: Answered;
  readonly markets: readonly Answered[];
  readonly message: string;
  readonly node: Answered;
  readonly orders: Answered;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly revokeApiClient: Answered;
  readonly revokeApiClientKey: Answered;
  readonly secret: string | null;
  readonly seller: Answered;
  readonly policyTexts: readonly Answered[];
  readonly sellerOrder: Answered | null;
  readonly sellers: Answered;
  readonly setMarket: Answered;
  readonly setSellerStatus: Answered;
  readonly status: string;
  readonly trace: readonly string[];
  readonly updateApiClient: Answered;
  readonly viewerSeller: Answered;
}

export interface GraphQLAnswer {
  readonly data: Answered;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

export interface ServiceUnderTest {
  readonly pool: Pool;
  readonly server: FastifyInstance;
  /** Sends a GraphQL operation as the gateway does for this actor. */
  ask(actor: Actor, query: string, variables?: Record<string, unknown>): Promise<GraphQLAnswer>;
  /** Calls an internal route as another process. */
  call(from: string, url: string, payload: object): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>;
  stop(): Promise<void>;
}

/** @param log where the service logs; nowhere unless told */
export async function startService(log: Logger = logger): Promise<ServiceUnderTest> {
  const database = await createTestDatabase('seller-eligibility');
  const pool = createPool({ url: database.url, size: 8, name: 'test', logger });
  const pipeline = createPipeline({ url: database.url, name: 'test', connections: 1, logger });
  const facts = createFactsReader(pipeline);
  const server = buildServer({ pool, facts, identityKeys, logger: log, wakeRelay: () => {}, readiness: { database: () => true } });
  await server.ready();
  const post = async (from: string, actor: Actor, url: string, payload: object) => {
    const identity = signIdentity(identityKeys, { from, to: 'seller-eligibility', actor, requestId: randomUUID() });
    const { statusCode, body } = await server.inject({ method: 'POST', url, headers: { [identityHeader]: identity }, payload });
    return { status: statusCode, body: JSON.parse(body) as Readonly<Record<string, unknown>> };
  };
  return {
    pool,
    server,
    ask: async (actor, query, variables) => {
      const { body } = await post('gateway', actor, '/graphql', { query, variables });
      return body as unknown as GraphQLAnswer;
    },
    call: (from, url, payload) => post(from, { role: 'service' }, url, payload),
    stop: async () => {
      await server.close();
      await facts.stop();
      await pipeline.end();
      await pool.end();
      await database.drop();
    },
  };
}

export const operator: Actor = { role: 'operator', accountId: newId('usr'), staffRoles };
export const buyer = (country: string | null = 'US'): Extract<Actor, { role: 'buyer' }> => ({
  role: 'buyer',
  accountId: newId('usr'),
  country,
});
export const newKey = (): string => randomUUID();

export type SellerActor = Extract<Actor, { role: 'seller' }>;
export const newSellerActor = (): SellerActor => ({ role: 'seller', accountId: newId('usr'), sellerId: newId('sel') });

export const inviteMutation = `mutation ($input: InviteSellerInput!) { inviteSeller(input: $input) {
  __typename
  ... on UserError { message }
  ... on InviteSellerSuccess { seller { id displayName country status accountId } }
  ... on SellerAlreadyInvitedError { seller { id } }
  ... on InvalidInputError { path }
  ... on IdempotencyKeyReusedError { idempotencyKey }
} }`;
export const acceptMutation = `mutation ($input: AcceptSellerInvitationInput!) { acceptSellerInvitation(input: $input) {
  __typename
  ... on UserError { message }
  ... on InvalidInputError { path }
  ... on AcceptSellerInvitationSuccess { seller { id status } }
} }`;
export const statusMutation = `mutation ($input: SetSellerStatusInput!) { setSellerStatus(input: $input) {
  __typename
  ... on UserError { message }
  ... on InvalidInputError { path }
  ... on NotFoundError { id }
  ... on SetSellerStatusSuccess { seller { id status } }
} }`;
export const marketMutation = `mutation ($input: SetMarketInput!) { setMarket(input: $input) {
  __typename
  ... on UserError { message }
  ... on InvalidInputError { path }
  ... on SetMarketSuccess { market { country currency isOpen opensAt closesAt buyerShareBps undoWindowSeconds platformFeeBps returnWindowDays policyVersion } }
} }`;

export interface NewSeller {
  readonly displayName?: string;
  readonly country?: string;
}

/** Invites a seller and answers it as the actor of its partner dashboard. */
export async function invite(service: ServiceUnderTest, seller: NewSeller = {}): Promise<SellerActor> {
  const actor = newSellerActor();
  const input = {
    idempotencyKey: newKey(),
    accountId: actor.accountId,
    sellerId: actor.sellerId,
    displayName: 'Paper & Pine',
    country: 'US',
    ...seller,
  };
  const { data } = await service.ask(operator, inviteMutation, { input });
  expect(data.inviteSeller.__typename).toBe('InviteSellerSuccess');
  return actor;
}

/** Invites a seller that accepts. */
export async function activeSeller(service: ServiceUnderTest, seller: NewSeller = {}): Promise<SellerActor> {
  const actor = await invite(service, seller);
  const { data } = await service.ask(actor, acceptMutation, { input: { idempotencyKey: newKey() } });
  expect(data.acceptSellerInvitation.__typename).toBe('AcceptSellerInvitationSuccess');
  return actor;
}

export async function setMarket(service: ServiceUnderTest, market: Record<string, unknown>): Promise<Answered> {
  const { data } = await service.ask(operator, marketMutation, { input: { idempotencyKey: newKey(), ...market } });
  return data.setMarket;
}

export async function setStatus(service: ServiceUnderTest, sellerId: string, status: string): Promise<Answered> {
  const input = { idempotencyKey: newKey(), sellerId, status, reason: 'test' };
  return (await service.ask(operator, statusMutation, { input })).data.setSellerStatus;
}
