/** Requests that are made to use up a server: each with the answer that it has to get. */
import { gzipSync } from 'node:zlib';

export interface ResourceAttack {
  readonly name: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: string;
}

const document = (query: string): string => JSON.stringify({ query });
/** With variables that no JSON.stringify could write. */
const variables = (text: string): string => `{"query":"query A($a: ID!) { post(id: $a) { id } }","variables":${text}}`;
const repeated = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');
const nested = (levels: number, open: string, inner: string, close: string): string => open.repeat(levels) + inner + close.repeat(levels);
const megabyte = 1024 * 1024;

const invalid = { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' } as const;
const unreadable = { status: 400, code: 'GRAPHQL_PARSE_FAILED' } as const;
const badInput = { status: 400, code: 'BAD_USER_INPUT' } as const;
const tooLarge = { status: 413, code: 'PAYLOAD_TOO_LARGE' } as const;

/** For a graph that takes operations as text, and bodies of up to 2 MiB. */
export const resourceAttacks: readonly ResourceAttack[] = [
  { name: '1,000 aliases of a field', body: document(`{ ${repeated(1_000, (index) => `a${index}: viewerSeller { id }`)} }`), ...invalid },
  { name: '1,000 aliases of __typename', body: document(`{ ${repeated(1_000, (index) => `a${index}: __typename`)} }`), ...invalid },
  { name: '4,000 aliases, more than are read', body: document(`{ ${repeated(3_400, (index) => `a${index}: __typename`)} }`), ...invalid },
  { name: 'fields 500 deep', body: document(nested(500, '{ viewerSeller ', '{ id }', ' }')), ...invalid },
  { name: 'selections 20,000 deep', body: document(nested(20_000, '{a', '', '}')), ...invalid },
  { name: 'lists 20,000 deep in the document', body: document(`{ post(id: ${nested(20_000, '[', '', ']')}) { id } }`), ...invalid },
  {
    name: 'fragments that spread each other into 2^40 fields',
    body: document(
      `{ ...F0 } ${repeated(40, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)} fragment F40 on Query { __typename }`,
    ),
    ...invalid,
  },
  { name: 'fragments in a circle', body: document('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'), ...invalid },
  {
    name: 'fragments that overlap in hundreds of fields',
    body: document(
      `{ ${repeated(180, () => '...F')} } fragment F on Query { ${repeated(8, (index) => `post(id: "${index % 2}") { id }`)} }`,
    ),
    ...invalid,
  },
  { name: '1,000 directives on a field', body: document(`{ __typename ${repeated(1_000, () => '@include(if: true)')} }`), ...invalid },
  { name: '1,000 variables', body: document(`query A(${repeated(400, (index) => `$v${index}: Int`)}) { __typename }`), ...invalid },
  { name: 'introspection', body: document('{ __schema { types { fields { type { fields { type { name } } } } } } }'), ...invalid },
  { name: 'NUL behind an escape of the document', body: document('{ post(id: "a\\u0000b") { id } }'), ...invalid },
  { name: 'half a surrogate pair behind an escape of the document', body: document('{ post(id: "\\ud83d") { id } }'), ...unreadable },
  { name: 'a document of brackets', body: document('{'.repeat(60_000)), ...invalid },
  { name: 'a document of a megabyte of brackets', body: document('{'.repeat(megabyte)), ...badInput },
  { name: 'a document of one name', body: document(`{ ${'a'.repeat(60_000)} }`), ...invalid },
  { name: 'a document of a megabyte of digits', body: document(`{ ${'4242 '.repeat(megabyte / 5)} }`), ...badInput },
  { name: 'a document of a megabyte of comments', body: document(`{ nothing } ${'#\n'.repeat(megabyte / 2)}`), ...badInput },
  { name: 'a string of 2 MB', body: variables(`{"a":"${'x'.repeat(2 * megabyte)}"}`), ...tooLarge },
  { name: 'a text of 2 MB that is no JSON', body: '['.repeat(2 * megabyte + 1), ...tooLarge },
  { name: 'variables 100,000 deep', body: variables(nested(100_000, '{"a":', '1', '}')), ...badInput },
  { name: 'lists in variables 500,000 deep', body: variables(`{"a":${nested(500_000, '[', '1', ']')}}`), ...badInput },
  { name: 'extensions 100,000 deep', body: `{"query":"{__typename}","extensions":${nested(100_000, '{"a":', '1', '}')}}`, ...badInput },
  { name: 'lists that never end', body: '['.repeat(megabyte), ...badInput },
  { name: '__proto__ in variables', body: variables('{"__proto__":{"a":"1"}}'), ...badInput },
  { name: '__proto__ with an escape', body: variables('{"__pr\\u006fto__":{"a":"1"}}'), ...badInput },
  { name: 'constructor.prototype in variables', body: variables('{"a":{"constructor":{"prototype":{"a":1}}}}'), ...badInput },
  { name: '__proto__ as the body', body: '{"__proto__":{"query":"{__typename}"}}', ...badInput },
  { name: 'NUL in a variable', body: variables('{"a":"x\\u0000"}'), ...badInput },
  { name: 'half a surrogate pair in a variable', body: variables('{"a":"\\ud83d"}'), ...badInput },
  { name: 'a surrogate pair the wrong way round', body: variables('{"a":"\\ude00\\ud83d"}'), ...badInput },
  { name: 'a number with 100,000 digits', body: variables(`{"a":${'9'.repeat(100_000)}}`), ...badInput },
  { name: 'a number that is infinite', body: variables('{"a":1e400}'), ...badInput },
  { name: 'a batch', body: JSON.stringify(Array.from({ length: 1_000 }, () => ({ query: '{__typename}' }))), ...badInput },
  { name: 'members of one name 100,000 times', body: `{"query":7${',"query":7'.repeat(100_000)}}`, ...badInput },
  {
    name: 'a gzip bomb',
    body: new Uint8Array(gzipSync(Buffer.alloc(50 * megabyte, ' '))),
    headers: { 'content-encoding': 'gzip' },
    status: 415,
    code: 'BAD_USER_INPUT',
  },
  {
    name: 'a compression that nobody has heard of',
    body: '{}',
    headers: { 'content-encoding': 'zip-of-death' },
    status: 415,
    code: 'BAD_USER_INPUT',
  },
  {
    name: 'a form',
    body: 'query=%7B__typename%7D',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    code: 'BAD_USER_INPUT',
  },
  {
    name: 'a page of a page of a page',
    body: document(
      `{ viewerSeller { ${repeated(9, (index) => `o${index}: orders(first: 100) { edges { node { id refunded { amountMinor } shipments { __typename } history { __typename } refunds { __typename } } } }`)} } }`,
    ),
    status: 400,
    code: 'OPERATION_TOO_EXPENSIVE',
  },
];
