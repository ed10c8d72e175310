/** What the endpoints take and refuse, and how: GraphQL over HTTP, limits, introspection. */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditServer } from 'graphql-http';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { startIdentityProvider, type FakeIdentityProvider } from './support/identity-provider.ts';
import { ids, startSubgraphs, type StandInSubgraphs } from './support/subgraphs.ts';

let provider: FakeIdentityProvider;
let subgraphs: StandInSubgraphs;
let production: TestGateway;
let development: TestGateway;
let token: string;

beforeAll(async () => {
  [provider, subgraphs] = await Promise.all([startIdentityProvider(), startSubgraphs()]);
  const surroundings = { issuer: provider.issuer, jwksUrl: provider.jwksUrl, subgraphUrls: subgraphs.urls };
  production = await startGateway(surroundings);
  development = await startGateway({ ...surroundings, environment: 'development' });
  token = await provider.token('buyer');
});
afterAll(() => Promise.all([production?.close(), development?.close(), provider?.close(), subgraphs?.close()]));

const post = (body: unknown, headers?: Readonly<Record<string, string>>) => production.post('buyer', token, body, headers);
const strict = { accept: 'application/graphql-response+json' };
const codes = (answer: Awaited<ReturnType<typeof post>>) => answer.body.errors?.map(({ extensions }) => extensions.code);

describe('GraphQL over HTTP', () => {
  test('passes all 61 audits of graphql-http in development', async () => {
    const fetchFn = async (url: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${token}`);
      return fetch(url, { ...init, headers });
    };
    const results = await auditServer({ url: `${development.url}/graphql/buyer`, fetchFn });
    const failed = results.filter(({ status }) => status !== 'ok').map(({ id, name, status }) => `${status}: ${id} ${name}`);
    expect(failed).toEqual([]);
    expect(results).toHaveLength(61);
  });

  test('takes GET in development, for queries only', async () => {
    const get = (query: string) =>
      fetch(`${development.url}/graphql/buyer?query=${encodeURIComponent(query)}`, { headers: { authorization: `Bearer ${token}` } });
    expect(await (await get('{ __typename }')).json()).toEqual({ data: { __typename: 'Query' } });
    const mutation = await get('mutation { __typename }');
    expect([mutation.status, mutation.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('refuses GET, and any other method, on every graph', async () => {
    for (const graph of ['buyer', 'partner', 'ops']) {
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
        const response = await fetch(`${production.url}/graphql/${graph}?query=%7B__typename%7D`, {
          method,
          headers: { authorization: `Bearer ${token}` },
        });
        expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
      }
    }
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/graphql'])(
    'refuses a body of type %s, which another site could send',
    async (type) => {
      const answer = await post('{"query":"{__typename}"}', { 'content-type': type });
      expect(answer.status).toBe(415);
      expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
    },
  );

  test.each([
    ['a batch', [{ query: '{__typename}' }, { query: '{__typename}' }]],
    ['nothing', {}],
    ['a number', '7'],
    ['text that is not JSON', '{'],
    ['a query that is no text', { query: { a: 1 } }],
    ['variables that are a list', { query: '{__typename}', variables: [] }],
    ['an operation name that is a number', { query: '{__typename}', operationName: 1 }],
    ['a prototype in its variables', '{"query":"{__typename}","variables":{"__proto__":{"a":1}}}'],
  ])('refuses %s with 400 and a code', async (_name, body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
    expect(answer.body.errors?.[0]?.extensions.requestId).toBe(answer.headers.get('x-request-id'));
  });

  test('refuses a compressed body unread', async () => {
    const { gzipSync } = await import('node:zlib');
    const response = await fetch(`${production.url}/graphql/buyer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', authorization: `Bearer ${token}` },
      body: gzipSync(JSON.stringify({ query: '{__typename}' })),
    });
    expect(response.status).toBe(415);
  });

  test('allows no other site to read an answer', async () => {
    const answer = await post({ query: '{__typename}' }, { origin: 'https://evil.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('runs the operation that is named, and refuses a name that is not there', async () => {
    const query = 'query A { __typename } query B { second: __typename }';
    expect((await post({ query, operationName: 'B' })).body).toEqual({ data: { second: 'Query' } });
    expect(codes(await post({ query, operationName: 'C' }, strict))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(codes(await post({ query }, strict))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(codes(await post({ query: 'subscription { placed }' }, strict))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  test('says what is wrong with variables, and asks no subgraph', async () => {
    const calls = subgraphs.calls.timeline.length;
    const query = 'query Post($id: ID!) { post(id: $id) { id } }';
    for (const variables of [{}, { id: null }, { id: { a: 1 } }]) {
      const answer = await post({ query, variables }, strict);
      expect([answer.status, codes(answer)]).toEqual([400, ['BAD_USER_INPUT']]);
    }
    expect(subgraphs.calls.timeline).toHaveLength(calls);
  });
});

describe('limits', () => {
  const nested = (levels: number): string => `query { ${'viewer { '.repeat(levels)} id ${'} '.repeat(levels)} }`;
  const refused = async (body: unknown, pattern: RegExp) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(codes(answer)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(answer.body.errors?.[0]?.message).toMatch(pattern);
  };

  test('a document of more than 2,000 tokens is refused with 400', () =>
    refused({ query: `{ ${'__typename '.repeat(2_100)} }` }, /2000 tokens/));
  test('more than 15 fields deep is refused before it is validated', () => refused({ query: nested(16) }, /17 fields deep/));
  test('more than 100 aliases are refused, of __typename too', () =>
    refused({ query: `{ ${Array.from({ length: 101 }, (_, index) => `a${index}: __typename`).join(' ')} }` }, /101 aliases/));
  test('fragments that spread each other into millions of fields are refused at once', async () => {
    const fragments = Array.from({ length: 25 }, (_, index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`).join(
      ' ',
    );
    const startedMs = performance.now();
    await refused({ query: `{ ...F0 } ${fragments} fragment F25 on Query { __typename }` }, /fields once its fragments are spread/);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
  test('fragments in a circle are refused', async () => {
    expect(codes(await post({ query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }' }, strict))).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
    ]);
  });
  test('a body of more than 256 KiB is refused with 413', async () => {
    const answer = await post({ query: '{__typename}', variables: { a: 'x'.repeat(257 * 1024) } });
    expect(answer.status).toBe(413);
    expect(codes(answer)).toEqual(['PAYLOAD_TOO_LARGE']);
  });
  test('only the partner graph takes more, for product feeds', async () => {
    const body = { query: '{__typename}', variables: { a: 'x'.repeat(1024 * 1024) } };
    expect((await production.post('partner', await provider.token('partner'), body)).status).toBe(200);
    expect((await production.post('ops', await provider.token('ops'), body)).status).toBe(413);
  });
  test('who has no token is refused before the body is looked at', async () => {
    expect((await production.post('buyer', null, 'x'.repeat(300 * 1024))).status).toBe(401);
  });
});

describe('with limits', () => {
  let limited: TestGateway;
  beforeAll(async () => {
    limited = await startGateway({
      issuer: provider.issuer,
      jwksUrl: provider.jwksUrl,
      subgraphUrls: subgraphs.urls,
      settings: { hasLimits: true, trustedProxies: ['127.0.0.1'] },
    });
  });
  afterAll(() => limited?.close());

  test('texts that are refused cost their sender what it takes to read them', async () => {
    const seller = await provider.token('partner');
    const statuses: number[] = [];
    for (let index = 0; index < 80 && !statuses.includes(429); index += 1) {
      const query = `query Q${index} { ${'viewerSeller { id } '.repeat(400)} nope }`;
      statuses.push((await limited.post('partner', seller, { query }, strict)).status);
    }
    expect(new Set(statuses)).toEqual(new Set([400, 429]));
  });

  test('a text that was read is not paid for again', async () => {
    const seller = await provider.token('partner', { claims: { sub: 'usr_01900000-0000-7000-8000-0000000000ee' } });
    const query = `query Kept { viewerSeller { id } }${' '.repeat(8_000)}`;
    for (let index = 0; index < 80; index += 1) expect((await limited.post('partner', seller, { query })).status).toBe(200);
  });

  test('a body that does not say how large it is counts as the largest', async () => {
    const send = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const request = httpRequest(`${limited.url}/graphql/buyer`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked', 'x-forwarded-for': '203.0.113.77' },
        });
        request.on('response', (response) => resolve(response.resume().statusCode ?? 0));
        request.on('error', reject);
        request.end('{}');
      });
    const statuses: number[] = [];
    for (let index = 0; index < 100; index += 1) statuses.push(await send());
    expect(statuses[0]).toBe(401);
    expect(statuses).toContain(429);
  });
});

describe('an address that cannot be decoded', () => {
  test('is refused as everything else is', async () => {
    const { hostname, port } = new URL(production.url);
    const answer = await new Promise<{ readonly status: number | undefined; readonly id: unknown; readonly text: string }>(
      (resolve, reject) => {
        httpRequest({ hostname, port, path: '/%E0%A4%A' }, (response) => {
          let text = '';
          response.on('data', (part: Buffer) => (text += part.toString()));
          response.on('end', () => resolve({ status: response.statusCode, id: response.headers['x-request-id'], text }));
        })
          .on('error', reject)
          .end();
      },
    );
    expect(answer.status).toBe(400);
    expect(answer.id).toBeDefined();
    expect(answer.text).toContain('"BAD_USER_INPUT"');
    expect(answer.text).not.toContain('E0%A4');
  });
});

describe('introspection', () => {
  const introspection = { query: '{ __schema { types { name } } }' };

  test('is refused in production, and names that are not there are not corrected', async () => {
    for (const query of [introspection.query, '{ __type(name: "Query") { name } }']) {
      const answer = await post({ query }, strict);
      expect([answer.status, codes(answer)?.[0], answer.body.data]).toEqual([400, 'GRAPHQL_VALIDATION_FAILED', undefined]);
    }
    const misspelt = await post({ query: '{ viewr { id } }' }, strict);
    expect(codes(misspelt)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(misspelt.text).not.toContain('viewer');
    const argument = await post(
      {
        query: 'query A($input: OpenBuyInput!) { openBuy(input: $input) { __typename } }',
        variables: { input: { productIt: 'a', productId: 'b' } },
      },
      strict,
    );
    expect(argument.text).not.toContain('Did you mean');
  });

  test('works in development', async () => {
    const answer = await development.post('buyer', token, introspection);
    expect(JSON.stringify(answer.body.data)).toContain('PlaceOrderInput');
    expect((await development.post('buyer', token, { query: '{ viewr { id } }' })).text).toContain('viewer');
  });
});

describe('what a partner or a buyer cannot even name', () => {
  const { notebook } = ids;
  test.each([
    ['partner', '{ viewer { id } }'],
    ['partner', 'query A($v: Viewer) { __typename }'],
    ['partner', '{ viewerSeller { orders { edges { node { paymentMethod { last4 } } } } } }'],
    ['partner', 'fragment A on PaymentMethod { last4 } { __typename }'],
    ['partner', `{ product(id: "${notebook}") { oneTapTotal { amountMinor } } }`],
    ['partner', 'mutation { startCardSetup(input: {}) { __typename } }'],
    ['partner', 'mutation A($input: AddAddressInput!) { addAddress(input: $input) { __typename } }'],
    ['partner', '{ markets { country } }'],
    ['buyer', `{ product(id: "${notebook}") { stock { onHand } } }`],
    ['buyer', '{ viewerSeller { id } }'],
    ['buyer', '{ markets { country } }'],
    ['buyer', '{ seller(id: "a") { orders { edges { cursor } } } }'],
    ['ops', '{ viewer { paymentMethods { last4 } } }'],
    ['buyer', '{ _entities(representations: []) { __typename } }'],
    ['partner', '{ _service { sdl } }'],
  ] as const)('%s graph: %s', async (graph, query) => {
    const answer = await production.post(graph, await provider.token(graph), { query }, strict);
    expect(answer.status).toBe(400);
    expect(new Set(codes(answer))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
    expect(answer.body.data).toBeUndefined();
  });
});
