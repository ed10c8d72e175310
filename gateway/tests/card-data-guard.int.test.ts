/** No card number gets further than the gateway's door, on any graph, in any disguise; nothing of it is logged or answered. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { graphNames, subgraphNames } from '../src/graphs.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';
import { startIdentityProvider, type FakeIdentityProvider } from './support/identity-provider.ts';
import { ids, startSubgraphs, type StandInSubgraphs } from './support/subgraphs.ts';

let provider: FakeIdentityProvider;
let subgraphs: StandInSubgraphs;
let gateway: TestGateway;

beforeAll(async () => {
  [provider, subgraphs] = await Promise.all([startIdentityProvider(), startSubgraphs()]);
  gateway = await startGateway({ issuer: provider.issuer, jwksUrl: provider.jwksUrl, subgraphUrls: subgraphs.urls });
});
afterAll(() => Promise.all([gateway?.close(), provider?.close(), subgraphs?.close()]));

const number = '4242424242424242';
const query = 'query ($id: ID!) { product(id: $id) { id } }';
const escaped = number
  .split('')
  .map((digit) => `\\u00${digit.charCodeAt(0).toString(16)}`)
  .join('');
const askedSubgraphs = (): number => subgraphNames.reduce((sum, name) => sum + subgraphs.calls[name].length, 0);

const disguises: readonly (readonly [string, unknown])[] = [
  ['a variable', { query, variables: { id: number } }],
  ['a variable with spaces', { query, variables: { id: '4242 4242 4242 4242' } }],
  ['full-width digits', { query, variables: { id: '４２４２-４２４２-４２４２-４２４２' } }],
  ['a JSON number', { query, variables: { id: Number(number) } }],
  ['a nested input', { query, variables: { input: { list: [{ text: `my card ${number}, thanks` }] } } }],
  ['the name of a property', { query, variables: { input: { [number]: 1 } } }],
  ['an idempotency key', { query, variables: { input: { idempotencyKey: `order-${number}` } } }],
  ['a literal', { query: `{ product(id: "${number}") { id } }` }],
  ['a literal written with escapes', { query: `{ product(id: "${escaped}") { id } }` }],
  ['a literal with escapes in a document that cannot be parsed', { query: `{ product "${escaped}" }` }],
  ['a number in a document that cannot be parsed', { query: `{ ${number} }` }],
  ['an alias', { query: `{ a${number}: __typename }` }],
  ['a field that is not there', { query: `{ card_${number} }` }],
  ['a comment', { query: `{ __typename } # ${number}` }],
  ['the name of the operation', { query, operationName: `A${number}` }],
  ['an extension', { query, extensions: { note: number } }],
  ['a member that nobody reads', { query: '{ __typename }', pan: number }],
];

describe.each([...graphNames])('on the %s graph a card number is refused', (graph) => {
  test.each(disguises)('in %s', async (_where, body) => {
    const before = askedSubgraphs();
    const answer = await gateway.post(graph, await provider.token(graph), body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'CARD_DATA_NOT_ACCEPTED', requestId: answer.headers.get('x-request-id') },
    ]);
    expect(`${answer.text}${JSON.stringify([...answer.headers])}${gateway.logs()}`.replace(/[^0-9]/g, '')).not.toContain(number);
    expect(askedSubgraphs()).toBe(before);
  });
});

test('in a body that is not JSON, and in an address, it is not read; nothing of it is logged or answered', async () => {
  const token = await provider.token('buyer');
  const broken = await gateway.post('buyer', token, `{"query":"{ __typename }","variables":{"id":"${number}}`);
  expect(broken.status).toBe(400);
  const asked = await fetch(`${gateway.url}/graphql/buyer?query=%7B__typename%7D&variables=${number}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(asked.status).toBe(405);
  expect(`${broken.text}${await asked.text()}${gateway.logs()}`).not.toContain(number);
});

test('ids, telephone numbers, ZIP+4 and barcodes in feeds pass', async () => {
  const post = async (graph: 'buyer' | 'partner', variables: object) =>
    gateway.post(graph, await provider.token(graph), { query: 'query ($id: ID!) { product(id: $id) { id } }', variables });
  expect((await post('buyer', { id: ids.notebook, phone: '+4915123456784', postalCode: '94107-1234' })).body.errors).toBeUndefined();
  // A GTIN-13 of Germany that is, as a number, valid by Luhn's formula as well.
  expect((await post('buyer', { id: ids.notebook, sku: '4006381000093' })).body.errors?.[0]?.extensions.code).toBe(
    'CARD_DATA_NOT_ACCEPTED',
  );
  expect((await post('partner', { id: ids.notebook, sku: '4006381000093' })).body.errors).toBeUndefined();
});
