import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { judgeOf, type Grants, type SubgraphAccess } from '../src/access.ts';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor, type StaffRole } from '../src/identity.ts';
import { createServer, registerSubgraph } from '../src/server.ts';
import { createLogger } from '../src/telemetry.ts';

const buyer: Actor = { role: 'buyer', accountId: 'usr_1', country: 'US' };
const seller = { role: 'seller', accountId: 'usr_2', sellerId: 'sel_1' } as const;
const client = (...scopes: string[]): Actor => ({ ...seller, clientId: 'apc_1', scopes });
const operator = (...roles: StaffRole[]): Actor => ({ role: 'operator', accountId: 'usr_3', staffRoles: roles });
const service: Actor = { role: 'service' };

const shown: Grants = { seller: { rows: 'own', clients: 'things:read' }, staff: { rows: 'any', roles: ['support', 'markets'] } };

describe('a decision', () => {
  test.each<[string, Grants, Actor, boolean]>([
    ['a role that is not named', shown, buyer, false],
    ['a service, whatever is granted', { ...shown, buyer: 'own' }, service, false],
    ['a person of a seller', shown, seller, true],
    ['an API client with the scope', shown, client('other', 'things:read'), true],
    ['an API client with another scope', shown, client('things:write'), false],
    ['an API client without scopes', shown, client(), false],
    ['an API client of which only the scopes are told', shown, { ...seller, scopes: ['things:write'] }, false],
    ['an API client of which no scopes are told', shown, { ...seller, clientId: 'apc_1' }, false],
    ['any API client where any will do', { seller: { rows: 'own', clients: 'any' } }, client(), true],
    ['an API client with a scope called any', shown, client('any'), false],
    ['an API client where people only may', { seller: { rows: 'own', clients: 'none' } }, client('none'), false],
    ['staff with one of the roles', shown, operator('security', 'markets'), true],
    ['staff with another role', shown, operator('operations'), false],
    ['staff without a role', shown, operator(), false],
  ])('about %s', (_, grants, actor, isAllowed) => {
    expect(judgeOf(grants)(actor) === null).toBe(isAllowed);
  });
});

describe('a subgraph behind its table', () => {
  const keys = parseIdentityKeys(`gateway>catalog:k1:${randomBytes(32).toString('base64')}`);
  const table: SubgraphAccess = {
    Query: { thing: { buyer: 'public', ...shown } },
    Mutation: { change: { seller: { rows: 'own', clients: 'things:write' } } },
    entities: { Thing: shown, Referred: {} },
    fields: {
      'Thing.cost': { seller: { rows: 'own', clients: 'costs:read' } },
      'Thing.rank': { staff: { rows: 'any', roles: ['markets'] } },
    },
  };
  let server: FastifyInstance;
  let resolved: string[];

  beforeAll(async () => {
    server = createServer({ name: 'catalog', logger: createLogger({ name: 'test', level: 'silent' }), identityKeys: keys, readiness: {} });
    const note = <Value>(name: string, value: Value): Value => {
      resolved.push(name);
      return value;
    };
    registerSubgraph(server, {
      sdl: [
        `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
         type Query { thing: Thing }
         type Mutation { change: Boolean! }
         type Thing @key(fields: "id") { id: ID! cost: Int rank: Int! }
         type Referred @key(fields: "id", resolvable: false) { id: ID! }
         type Inner { id: ID! }`,
      ],
      resolvers: {
        Query: { thing: () => note('thing', { id: '1' }) },
        Mutation: { change: () => note('change', true) },
        Thing: {
          __resolveReference: ({ id }: { id: string }) => note('reference', { id }),
          cost: () => note('cost', 5),
          rank: () => note('rank', 1),
        },
      },
      access: table,
      context: ({ identity }) => ({ identity }),
    });
    await server.ready();
  });
  afterAll(() => server.close());

  /** The same answer each time: the first call is executed by graphql-js, the others by what was compiled from it. */
  async function ask(actor: Actor, query: string, variables: object = {}) {
    const answers: { readonly status: number; readonly body: unknown }[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      resolved = [];
      const identity = signIdentity(keys, { from: 'gateway', to: 'catalog', actor, requestId: 'r' });
      const response = await server.inject({
        method: 'POST',
        url: '/graphql',
        headers: { [identityHeader]: identity },
        payload: { query, variables },
      });
      answers.push({ status: response.statusCode, body: response.json() });
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    return answers[0];
  }
  const forbidden = (path: string) => [{ path: [path], message: expect.any(String), extensions: { code: 'FORBIDDEN' } }];

  test('answers a root field to whom it is granted', async () => {
    expect(await ask(buyer, '{ thing { id } }')).toEqual({ status: 200, body: { data: { thing: { id: '1' } } } });
    expect(await ask(client('things:write'), 'mutation { change }')).toEqual({ status: 200, body: { data: { change: true } } });
  });

  test('refuses a root field to anybody else before its resolver runs', async () => {
    expect(await ask(buyer, 'mutation { change }')).toEqual({ status: 403, body: { data: null, errors: forbidden('change') } });
    expect(resolved).toEqual([]);
    expect(await ask(operator('security'), '{ thing { id } }')).toMatchObject({ body: { errors: forbidden('thing') } });
    expect(resolved).toEqual([]);
  });

  const entity = 'query ($given: [_Any!]!) { _entities(representations: $given) { ... on Thing { id } ... on Referred { id } } }';
  const thing = { given: [{ __typename: 'Thing', id: '7' }] };

  test('gives an entity by its key to whom it is granted, and null to anybody else', async () => {
    expect(await ask(seller, entity, thing)).toEqual({ status: 200, body: { data: { _entities: [{ id: '7' }] } } });
    for (const actor of [buyer, service, client('things:write'), operator('operations')]) {
      expect(await ask(actor, entity, thing)).toEqual({ status: 200, body: { data: { _entities: [null] } } });
      expect(resolved).toEqual([]);
    }
  });

  test('gives nobody an entity that it only refers to', async () => {
    const given = [{ __typename: 'Referred', id: '7' }];
    for (const actor of [buyer, seller, operator('support')])
      expect(await ask(actor, entity, { given })).toEqual({ status: 200, body: { data: { _entities: [null] } } });
  });

  test.each([
    [{ __typename: 'Inner', id: '7' }],
    [{ __typename: 'None' }],
    [{ id: '7' }],
    [{ __typename: 'Thing' }],
    [{ __typename: 'Thing', id: 7 }],
    [{ __typename: 'Thing', id: { toString: '7' } }],
    [null],
    ['Thing'],
    [[]],
  ])('takes no representation of anything else, and none without a key: %j', async (representation) => {
    const answer = await ask(seller, entity, { given: [{ __typename: 'Thing', id: '7' }, representation] });
    expect(answer?.status).toBe(400);
    expect(JSON.stringify(answer)).not.toContain('INTERNAL');
  });

  test('a field of fewer is null for other roles, and refused to a role whose scope or staff role does not fit', async () => {
    expect(await ask(buyer, '{ thing { id cost } }')).toEqual({ status: 200, body: { data: { thing: { id: '1', cost: null } } } });
    expect(await ask(client('things:read'), '{ thing { id cost } }')).toMatchObject({
      status: 200,
      body: { data: { thing: { id: '1', cost: null } }, errors: [{ path: ['thing', 'cost'], extensions: { code: 'FORBIDDEN' } }] },
    });
    expect(resolved).toEqual(['thing']);
    expect(await ask(client('things:read', 'costs:read'), '{ thing { cost } }')).toMatchObject({ body: { data: { thing: { cost: 5 } } } });
    // It cannot be null: the thing goes with it.
    expect(await ask(buyer, '{ thing { rank } }')).toMatchObject({
      body: { data: { thing: null }, errors: [{ path: ['thing', 'rank'], extensions: { code: 'FORBIDDEN' } }] },
    });
  });
});
