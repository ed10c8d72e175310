import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { buildSchema, isNonNullType, parse, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { access } from '@vitrine/contracts/access';
import { apiScopes } from '@vitrine/contracts/api-scopes';
import { seededAccount, type SeededHandle } from '@vitrine/local/identity-accounts';
import type { Graph } from '@vitrine/local/identity-graphs';
import { fetchDevelopmentToken } from '@vitrine/local/identity-tokens';
import type { RunningStack } from '@vitrine/local/stack';
import { graphNames, subgraphNames, subgraphSdl } from '@vitrine/ops/compose';
import { judgeOf, type Grants, type SubgraphAccess } from '@vitrine/runtime/access';
import { identityHeader, parseIdentityKeys, signIdentity, staffRoles, type Actor } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { crowdLimits } from './support/crowd.ts';
import {
  entityIn,
  faultsOf,
  faultsOfChange,
  faultsOfDenial,
  fetchClientToken,
  post,
  secretsIn,
  subgraphCaller,
  type Answer,
  type AskSubgraph,
} from './support/hostile-calls.ts';
import { makePrivateRows, type PrivateRows } from './support/private-rows.ts';
import { callsOf, entityCallsOf, entityTypes, rootFields, type Call, type Selects } from './support/schema-walk.ts';
import { createSignedCalls, type SignedCalls } from './support/signed-calls.ts';
import { startWholeStack, wholeStackTimeoutMs } from './support/stack.ts';

const walkTimeoutMs = 300_000;
const graceId = seededAccount('@grace').id;

const subgraphs = subgraphNames.map((name) => ({
  name,
  schema: buildSubgraphSchema(parse(subgraphSdl(name))),
  table: access[name] as SubgraphAccess,
}));
const apiOf = (graph: Graph): GraphQLSchema =>
  buildSchema(readFileSync(new URL(`../gateway/supergraphs/generated/${graph}.api.graphql`, import.meta.url), 'utf8'));
const may = (grants: Grants | undefined, actor: Actor): boolean => grants !== undefined && judgeOf(grants)(actor) === null;
const keyOf = (type: GraphQLObjectType): string => (type.name === 'Market' ? 'country' : 'id');

let stack: RunningStack;
let calls: SignedCalls;
let ask: AskSubgraph;
let victim: PrivateRows;
let stranger: PrivateRows;
/** All that the two of them had before anybody else called. */
let before: { readonly ofSeller: readonly Answer[]; readonly ofBuyer: readonly Answer[] };

beforeAll(async () => {
  const serviceEnvironment = { ...crowdLimits, checkout: { ...crowdLimits.checkout, DUPLICATE_WINDOW_SECONDS: '0' } };
  stack = await startWholeStack({ logLevel: 'warn', serviceEnvironment });
  const { state } = stack;
  calls = createSignedCalls(state);
  ask = subgraphCaller(state);
  const buyerOf = (buyerId: string) => ({ buyerId, actor: { role: 'buyer', accountId: buyerId, country: 'US' } as const });
  victim = await makePrivateRows(calls, state, { buyer: buyerOf(newId('usr')), handle: '@paperandpine', mark: 'victim' });
  stranger = await makePrivateRows(calls, state, { buyer: buyerOf(graceId), handle: '@northwind', mark: 'strange' });
  // What the seller reads of the buyer is recorded where the buyer sees it: here the seller reads first, in the end last.
  const ofSeller = await readAll(victim.seller);
  before = { ofSeller, ofBuyer: await readAll(victim.buyer) };
}, wholeStackTimeoutMs + walkTimeoutMs);
afterAll(async () => {
  await calls.close();
  await stack.stop();
}, wholeStackTimeoutMs);

/** Selects what the table lets an actor have: a field that is refused could hide by its error what is beside it. */
const selectable =
  (tables: readonly SubgraphAccess[], actor: Actor): Selects =>
  (type, field) =>
    tables.every(({ fields }) => {
      const grants = fields[`${type}.${field}`];
      return grants === undefined || may(grants, actor);
    });

/** Every value of the victim's that a key of this type could have. */
const keysOf = (type: GraphQLObjectType): readonly unknown[] => (keyOf(type) === 'country' ? ['US'] : (victim.ids['id'] ?? []));
const ofEntity = (type: GraphQLObjectType, actor: Actor, table: SubgraphAccess, values = keysOf(type)): Call[] =>
  entityCallsOf(type, keyOf(type), values, selectable([table], actor));

/** What goes on changing: pieces are bought, money is paid out, a seller is permitted to read, its program calls. */
const moving = [
  'Product.stock',
  'Product.availability',
  'Product.updatedAt',
  'Seller.orders',
  'Seller.products',
  'Seller.sharedDetails',
  'ApiClientKey.lastUsedAt',
  'ApiClientKey.lastUsedNetwork',
  'SellerOrder.payout',
];

/** All that a person has, as the subgraphs tell it by the keys of the rows. */
async function readAll(actor: Actor): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { name, schema, table } of subgraphs)
    for (const type of entityTypes(schema)) {
      if (!may(table.entities[type.name], actor)) continue;
      const selects = selectable([table], actor);
      const steady: Selects = (owner, field) =>
        selects(owner, field) && !moving.includes(`${owner}.${field}`) && owner !== 'DataExport' && field !== 'dataExport';
      for (const call of entityCallsOf(type, keyOf(type), keysOf(type), steady)) answers.push(await ask(name, actor, call));
    }
  return answers;
}

interface Caller {
  readonly who: string;
  readonly actor: Actor;
}

/** Those who may do what others of their role may, with their own rows. */
const peers = (): Caller[] => [
  { who: 'another buyer', actor: stranger.buyer },
  { who: 'another seller', actor: stranger.seller },
];

const operator = (...roles: (typeof staffRoles)[number][]): Actor => ({ role: 'operator', accountId: newId('usr'), staffRoles: roles });
const staff = (): Caller[] => staffRoles.map((role) => ({ who: `staff for ${role}`, actor: operator(role) }));

/** Everybody who may call only a part, the victims among them: a right of one role is none of another. */
const everybody = (): Caller[] => [
  ...peers(),
  ...staff(),
  { who: 'staff without a role', actor: operator() },
  { who: 'a service', actor: { role: 'service' } },
  { who: 'the buyer', actor: victim.buyer },
  { who: 'the seller', actor: victim.seller },
  ...apiScopes.map((scope) => ({ who: `an API client of the seller with ${scope}`, actor: client([scope]) })),
  { who: 'an API client of the seller without a scope', actor: client([]) },
];
const client = (scopes: readonly string[]): Actor => ({ ...victim.seller, clientId: newId('apc'), scopes });

/** The calls of one root field by an actor: with its own rows, and with the victim's. */
const callsFor = (
  { root, field }: ReturnType<typeof rootFields>[number],
  actor: Actor,
  depth: number,
  tables: readonly SubgraphAccess[],
): Call[] =>
  callsOf(root, field, { ids: stranger.ids, foreign: victim.ids, rest: stranger.rest, selects: selectable(tables, actor), depth });

/** Ids that anybody may name in a change of what is theirs: of what is public, or of what the change does not touch. */
const openIds: Readonly<Record<string, readonly string[]>> = {
  buyer: ['productId', 'sellerId', 'accountId', 'sourcePostId', 'quoteId', 'besideOrderId'],
  seller: ['accountId'],
};

describe('the walk', () => {
  test('is one that those see everything by who may', () => {
    const answers = [...before.ofBuyer, ...before.ofSeller];
    const seen = new Set(answers.flatMap((answer) => secretsIn(answer, victim.secrets)));
    expect(victim.secrets.filter((secret) => !seen.has(secret))).toEqual([]);
    expect(answers.flatMap(({ errors = [] }) => errors)).toEqual([]);
  });
});

describe.each(subgraphs)('$name, asked by the gateway', ({ name, schema, table }) => {
  const walk = rootFields(schema);

  test(
    'refuses every root field to whom the table does not let have it',
    async () => {
      const faults: string[] = [];
      for (const step of walk)
        for (const { who, actor } of everybody()) {
          if (may(table[step.root][step.field.name], actor)) continue;
          const made = callsFor(step, actor, 3, [table]);
          for (const call of made.slice(-1)) {
            const answer = await ask(name, actor, call);
            faults.push(
              ...[...faultsOf(call, answer, victim.secrets), ...faultsOfDenial(answer)].map((fault) => `${who}: ${call.title} ${fault}`),
            );
          }
        }
      expect(faults).toEqual([]);
    },
    walkTimeoutMs,
  );

  test(
    'gives nobody anything of another person by a root field, and changes nothing of theirs',
    async () => {
      const faults: string[] = [];
      for (const step of walk)
        for (const { who, actor } of peers()) {
          if (!may(table[step.root][step.field.name], actor)) continue;
          for (const call of callsFor(step, actor, 9, [table])) {
            if (step.root === 'Mutation' && call.foreign === null) continue;
            const answer = await ask(name, actor, call);
            const isOpen = call.foreign === null || openIds[actor.role]?.includes(call.foreign) === true;
            const changes = step.root === 'Mutation' && !isOpen ? faultsOfChange(answer) : [];
            faults.push(...[...faultsOf(call, answer, victim.secrets), ...changes].map((fault) => `${who}: ${call.title} ${fault}`));
          }
        }
      expect(faults).toEqual([]);
    },
    walkTimeoutMs,
  );

  test(
    'gives nobody anything of another person by a key of an entity, and null to whom the table does not let have it',
    async () => {
      const faults: string[] = [];
      for (const type of entityTypes(schema))
        for (const { who, actor } of everybody()) {
          const isAllowed = may(table.entities[type.name], actor);
          if (
            isAllowed &&
            (actor === victim.buyer || actor.role === 'operator' || ('sellerId' in actor && actor.sellerId === victim.seller.sellerId))
          )
            continue;
          for (const call of ofEntity(type, actor, table)) {
            const answer = await ask(name, actor, call);
            const given = isAllowed || entityIn(answer) === null ? [] : ['is answered'];
            faults.push(...[...faultsOf(call, answer, victim.secrets), ...given].map((fault) => `${who}: ${call.title} ${fault}`));
          }
        }
      expect(faults).toEqual([]);
    },
    walkTimeoutMs,
  );

  test(
    'finds nothing by a key that is none',
    async () => {
      const faults: string[] = [];
      const keys = [null, 5, true, {}, [], ['ord_1'], '', "' or 1=1 --", 'x'.repeat(10_000), 'ord_01900000-0000-7000-8000-00000000000g'];
      for (const type of entityTypes(schema))
        for (const { who, actor } of [...peers(), ...staff()]) {
          if (!may(table.entities[type.name], actor)) continue;
          for (const call of ofEntity(type, actor, table, keys))
            faults.push(...faultsOf(call, await ask(name, actor, call), victim.secrets).map((fault) => `${who}: ${call.title} ${fault}`));
        }
      expect(faults).toEqual([]);
    },
    walkTimeoutMs,
  );

  test(
    'gives a field that fewer may have than its type to nobody else',
    async () => {
      const faults: string[] = [];
      for (const [path, grants] of Object.entries(table.fields)) {
        const [typeName = '', fieldName = ''] = path.split('.');
        const type = entityTypes(schema).find((entity) => entity.name === typeName);
        const field = type?.getFields()[fieldName];
        if (type === undefined || field === undefined) throw new Error(`${path} is of no entity`);
        for (const { who, actor } of everybody()) {
          if (may(grants, actor) || !may(table.entities[typeName], actor)) continue;
          const only: Selects = (owner, each) => owner !== typeName || each === fieldName;
          for (const call of entityCallsOf(type, keyOf(type), keysOf(type), only)) {
            const answer = await ask(name, actor, call);
            const entity = entityIn(answer);
            const value =
              typeof entity === 'object' && entity !== null ? Object.entries(entity).find(([each]) => each === fieldName)?.[1] : null;
            const given = value === null || (value === undefined && isNonNullType(field.type)) ? [] : ['is answered'];
            faults.push(
              ...[...faultsOf(call, answer, victim.secrets), ...given].map((fault) => `${who}: ${path} of ${call.title} ${fault}`),
            );
          }
        }
      }
      expect(faults).toEqual([]);
    },
    walkTimeoutMs,
  );

  test(
    'shows staff no personal data, whatever they may look at',
    async () => {
      const faults: string[] = [];
      for (const { who, actor } of staff()) {
        const reads = walk
          .filter(({ root, field }) => root === 'Query' && may(table.Query[field.name], actor))
          .flatMap((step) => callsFor(step, actor, 9, [table]));
        const entities = entityTypes(schema)
          .filter((type) => may(table.entities[type.name], actor))
          .flatMap((type) => ofEntity(type, actor, table));
        for (const call of [...reads, ...entities])
          faults.push(...faultsOf(call, await ask(name, actor, call), victim.personal).map((fault) => `${who}: ${call.title} ${fault}`));
      }
      expect(faults).toEqual([]);
    },
    walkTimeoutMs,
  );

  test(
    'answers nothing to what is not signed for it by the gateway',
    async () => {
      const { state } = stack;
      const forged = parseIdentityKeys(`gateway>${name}:local:${randomBytes(32).toString('base64')}`);
      const actor = victim.buyer;
      const signed = signIdentity(forged, { from: 'gateway', to: name, actor, requestId: randomUUID() });
      const identities: Readonly<Record<string, string>>[] = [
        {},
        { [identityHeader]: signed },
        { [identityHeader]: signed.replace(/\.[^.]+$/, '.') },
        { [identityHeader]: signed.replace(/^v1\.[^.]+/, 'v1.none') },
      ];
      const made = [
        ...walk.flatMap((step) => callsFor(step, actor, 3, [table]).slice(-1)),
        ...entityTypes(schema).flatMap((type) => ofEntity(type, actor, table).slice(0, 1)),
      ];
      const statuses = new Set<number>();
      for (const call of made)
        for (const headers of identities) {
          const answer = await post(`${state.serviceUrls[name]}/graphql`, headers, call);
          statuses.add(answer.status);
          expect(answer.data ?? null).toBeNull();
        }
      expect([...statuses]).toEqual([401]);
    },
    walkTimeoutMs,
  );
});

describe.each([...graphNames])('the %s graph', (graph) => {
  const walk = rootFields(apiOf(graph));
  const tables = subgraphs.map(({ table }) => table);
  const grantsOf = (root: 'Query' | 'Mutation', field: string): Grants | undefined =>
    tables.map((table) => table[root][field]).find((grants) => grants !== undefined);
  const callers: Readonly<Record<Graph, readonly SeededHandle[]>> = {
    buyer: ['@grace'],
    partner: ['@northwind'],
    ops: ['@sue', '@otto', '@mira', '@sven'],
  };
  const send = async (token: string | null, call: Call): Promise<Answer> =>
    post(`${stack.state.gatewayUrl}/graphql/${graph}`, token === null ? {} : { authorization: `Bearer ${token}` }, call);
  const tokenOf = (handle: SeededHandle, of: Graph = graph): Promise<string> =>
    fetchDevelopmentToken({
      issuer: stack.state.identityProviderUrl,
      clientSecret: stack.state.developmentClientSecret,
      handle,
      graph: of,
    });
  const actorOf = (handle: SeededHandle): Actor => {
    const account = seededAccount(handle);
    if (graph === 'buyer') return stranger.buyer;
    return graph === 'partner' ? stranger.seller : operator(...(account.staffRoles ?? []));
  };

  test.each([...callers[graph]])(
    'gives %s nothing of another person, and nothing that is for other roles',
    async (handle) => {
      const [token, actor] = [await tokenOf(handle), actorOf(handle)];
      const faults: string[] = [];
      for (const step of walk) {
        const isAllowed = may(grantsOf(step.root, step.field.name), actor);
        const made = callsFor(step, actor, 6, tables);
        for (const call of isAllowed ? made : made.slice(-1)) {
          if (step.root === 'Mutation' && isAllowed && (call.foreign === null || actor.role === 'operator')) continue;
          const answer = await send(token, call);
          const isOpen = call.foreign === null || openIds[actor.role]?.includes(call.foreign) === true;
          const wrong = isAllowed ? (step.root === 'Mutation' && !isOpen ? faultsOfChange(answer) : []) : faultsOfDenial(answer);
          const secrets = actor.role === 'operator' && isAllowed ? victim.personal : victim.secrets;
          faults.push(...[...faultsOf(call, answer, secrets), ...wrong].map((fault) => `${call.title} ${fault}`));
        }
      }
      expect(faults).toEqual([]);
    },
    walkTimeoutMs,
  );

  test(
    'answers nothing to somebody without a token, or with one for another graph',
    async () => {
      const other: Readonly<Record<Graph, readonly [SeededHandle, Graph]>> = {
        buyer: ['@northwind', 'partner'],
        partner: ['@sue', 'ops'],
        ops: ['@grace', 'buyer'],
      };
      const tokens = [null, await tokenOf(...other[graph])];
      for (const step of walk)
        for (const call of callsFor(step, stranger.buyer, 2, tables).slice(-1))
          for (const token of tokens) {
            const { status, data = null } = await send(token, call);
            expect([call.title, status, data]).toEqual([call.title, 401, null]);
          }
    },
    walkTimeoutMs,
  );
});

test(
  "a seller's own API client gets nothing by the partner graph that its scope does not open",
  async () => {
    const { gatewayUrl } = stack.state;
    const token = await fetchClientToken(gatewayUrl, victim.client);
    const actor = client(['posts:write']);
    const everything: Selects = () => true;
    const faults: string[] = [];
    for (const { root, field } of rootFields(apiOf('partner'))) {
      const grants = subgraphs.map(({ table }) => table[root][field.name]).find((found) => found !== undefined);
      const isAllowed = may(grants, actor);
      if (isAllowed && root === 'Mutation') continue;
      const options = { ids: victim.ids, foreign: {}, rest: victim.rest, selects: everything, depth: 6 };
      for (const call of callsOf(root, field, options)) {
        const answer = await post(`${gatewayUrl}/graphql/partner`, { authorization: `Bearer ${token}` }, call);
        const wrong = isAllowed ? [] : faultsOfDenial(answer);
        faults.push(...[...faultsOf(call, answer, victim.secrets), ...wrong].map((fault) => `${call.title} ${fault}`));
      }
    }
    expect(faults).toEqual([]);
  },
  walkTimeoutMs,
);

test(
  'after all this everything of the victims is as it was',
  async () => {
    const ofBuyer = await readAll(victim.buyer);
    expect({ ofBuyer, ofSeller: await readAll(victim.seller) }).toEqual(before);
  },
  walkTimeoutMs,
);
