/** What becomes of an operation whose subgraphs answer, fail, are slow, or are not there. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { startIdentityProvider, type FakeIdentityProvider } from './support/identity-provider.ts';
import { ids, secretMessage, startSubgraphs, type Disturbance, type StandInSubgraphs } from './support/subgraphs.ts';

let provider: FakeIdentityProvider;
let subgraphs: StandInSubgraphs;
let gateway: TestGateway;
let token: string;

beforeAll(async () => {
  [provider, subgraphs] = await Promise.all([startIdentityProvider(), startSubgraphs()]);
  gateway = await startGateway({ issuer: provider.issuer, jwksUrl: provider.jwksUrl, subgraphUrls: subgraphs.urls });
  token = await provider.token('buyer');
});
afterEach(() => {
  for (const name of ['timeline', 'catalog', 'checkout'] as const) subgraphs.disturb(name, undefined);
});
afterAll(() => Promise.all([gateway?.close(), provider?.close(), subgraphs?.close()]));

const timeline = {
  query: `query { viewer { id homeTimeline { edges { node { id product { id title price { amountMinor } oneTapTotal { amountMinor } buyButton { available } } } } } } }`,
};
const hangUp: Disturbance = (response) => response.destroy();
const fail: Disturbance = (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway at 10.1.2.3</h1>');
const stayAway: Disturbance = () => undefined;

const products = (data: unknown) =>
  (data as { viewer: { homeTimeline: { edges: { node: { product: Record<string, unknown> | null } }[] } } }).viewer.homeTimeline.edges.map(
    ({ node }) => node.product,
  );

describe('with every subgraph there', () => {
  test('the timeline is joined from four of them; a product that is gone is null and no error', async () => {
    const answer = await gateway.post('buyer', token, timeline);
    expect(answer.body.errors).toBeUndefined();
    expect(answer.body.extensions).toBeUndefined();
    expect(products(answer.body.data)).toEqual([
      {
        id: ids.notebook,
        title: 'Notebook',
        price: { amountMinor: 1_900 },
        oneTapTotal: { amountMinor: 2_599 },
        buyButton: { available: true },
      },
      null,
      null,
    ]);
  });

  test('the request id is the same for all of them', async () => {
    for (const calls of Object.values(subgraphs.calls)) calls.length = 0;
    const answer = await gateway.post('buyer', token, timeline);
    const requestIds = Object.values(subgraphs.calls).flatMap((calls) =>
      calls.map(
        ({ headers }) => JSON.parse(Buffer.from(String(headers['x-vitrine-identity']).split('.')[2] ?? '', 'base64url').toString()).rid,
      ),
    );
    expect(requestIds.length).toBeGreaterThanOrEqual(4);
    expect(new Set(requestIds)).toEqual(new Set([answer.headers.get('x-request-id')]));
  });

  test('the readiness answer names them', async () => {
    const response = await fetch(`${gateway.url}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'ready',
      identityProviderKeys: true,
      subgraphs: { catalog: 'ready', 'payment-vault': 'ready' },
    });
  });
});

describe('with one subgraph away', () => {
  test.each([
    ['ends the connection', hangUp],
    ['answers 502 from a proxy', fail],
  ])('catalog %s: the posts are there without products, one error names catalog and no address', async (_name, disturbance) => {
    subgraphs.disturb('catalog', disturbance);
    const answer = await gateway.post('buyer', token, timeline);
    expect(answer.status).toBe(200);
    expect(products(answer.body.data)).toEqual([null, null, null]);
    expect(answer.body.errors).toEqual([
      {
        message: expect.any(String),
        extensions: { code: 'UNAVAILABLE', service: 'catalog', requestId: answer.headers.get('x-request-id') },
      },
    ]);
    expect(answer.text).not.toMatch(/127\.0\.0\.1|10\.1\.2\.3|internal|ECONN/);
  });

  test('checkout away: prices stay, the one-tap total is null', async () => {
    subgraphs.disturb('checkout', hangUp);
    const answer = await gateway.post('buyer', token, timeline);
    expect(products(answer.body.data)[0]).toEqual({
      id: ids.notebook,
      title: 'Notebook',
      price: { amountMinor: 1_900 },
      oneTapTotal: null,
      buyButton: { available: true },
    });
    expect(answer.body.errors?.map(({ extensions }) => extensions.service)).toEqual(['checkout']);
  });

  test('the one that everything hangs on away: no data, and the reason', async () => {
    subgraphs.disturb('timeline', hangUp);
    const answer = await gateway.post('buyer', token, timeline);
    expect(answer.body).toMatchObject({ data: null, errors: [{ extensions: { code: 'UNAVAILABLE', service: 'timeline' } }] });
  });

  test('one that does not answer costs 3 s and its part, as a timeout', async () => {
    subgraphs.disturb('catalog', stayAway);
    const startedMs = performance.now();
    const answer = await gateway.post('buyer', token, timeline);
    const tookMs = performance.now() - startedMs;
    expect(tookMs).toBeGreaterThan(2_900);
    expect(tookMs).toBeLessThan(5_000);
    expect(answer.body.errors?.[0]?.extensions).toMatchObject({ code: 'TIMEOUT', service: 'catalog' });
    expect(products(answer.body.data)).toHaveLength(3);
  });

  test('it is asked again once it is back', async () => {
    subgraphs.disturb('catalog', hangUp);
    await gateway.post('buyer', token, timeline);
    subgraphs.disturb('catalog', undefined);
    expect((await gateway.post('buyer', token, timeline)).body.errors).toBeUndefined();
  });
});

describe('errors', () => {
  test("a subgraph's unknown error is masked, its text in no answer", async () => {
    const answer = await gateway.post('buyer', token, { query: '{ product(id: "throws") { id } }' });
    expect(answer.body).toMatchObject({
      data: { product: null },
      errors: [{ path: ['product'], message: expect.stringContaining('our side'), extensions: { code: 'INTERNAL' } }],
    });
    expect(answer.text).not.toContain('hunter2');
    expect(answer.text).not.toContain(secretMessage);
  });

  const say =
    (body: object): Disturbance =>
    (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  test('a code of the list is passed on with its text and path', async () => {
    subgraphs.disturb(
      'catalog',
      say({
        data: { product: null },
        errors: [{ message: 'first must be 1 to 100.', path: ['product'], extensions: { code: 'BAD_USER_INPUT', stack: 'at x' } }],
      }),
    );
    const answer = await gateway.post('buyer', token, { query: '{ product(id: "a") { id } }' });
    expect(answer.body.errors).toEqual([
      {
        message: 'first must be 1 to 100.',
        path: ['product'],
        extensions: { code: 'BAD_USER_INPUT', requestId: answer.headers.get('x-request-id') },
      },
    ]);
  });

  test.each([
    ['a code that is not of the list', { data: { product: null }, errors: [{ message: 'secret', extensions: { code: 'E_CUSTOM' } }] }],
    ['its refusal of our own signature', { errors: [{ message: 'secret', extensions: { code: 'UNAUTHENTICATED' } }] }],
    ['a document that it finds invalid', { errors: [{ message: 'secret', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] }],
    ['text where an object belongs', { data: { product: 'secret' } }],
    ['something that is not GraphQL', { hello: 'secret' }],
    ['nothing at all', {}],
  ])('%s becomes INTERNAL without its text', async (_name, body) => {
    subgraphs.disturb('catalog', say(body));
    const answer = await gateway.post('buyer', token, { query: '{ product(id: "a") { id } }' });
    expect(new Set(answer.body.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['INTERNAL']));
    expect(answer.text).not.toContain('secret');
  });

  test('null for everything without a reason is an error, never an empty success', async () => {
    subgraphs.disturb('timeline', say({ data: { viewer: null } }));
    const answer = await gateway.post('buyer', token, timeline);
    expect(answer.body).toMatchObject({ data: null, errors: [{ extensions: { code: 'INTERNAL' } }] });
    expect(answer.body.extensions).toBeUndefined();
  });

  test('a mutation gives the typed failure of the subgraph', async () => {
    const variables = {
      input: { idempotencyKey: 'k'.repeat(16), productId: ids.notebook, expectedTotal: { amountMinor: 1, currency: 'USD' } },
    };
    const query =
      'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename ... on OutOfStockError { availableQuantity } } }';
    const answer = await gateway.post('buyer', token, { query, variables });
    expect(answer.body).toEqual({ data: { placeOrder: { __typename: 'OutOfStockError', availableQuantity: 0 } } });
    expect(gateway.logs()).not.toContain('kkkkkkkkkkkkkkkk');
  });
});
