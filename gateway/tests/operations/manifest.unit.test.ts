import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { operationIdOf, parseManifest, readOperation, writeManifest } from '../../src/operations/manifest.ts';
import { readOperationRequest } from '../../src/operations/operation-request.ts';

const body = 'query Wallet {\n  viewer {\n    id\n  }\n}\n';
const sha256 = createHash('sha256').update(body).digest('hex');
const entry = { id: sha256, name: 'Wallet', type: 'query', body };
const manifest = (...operations: unknown[]): string =>
  JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });
const faultsOf = (text: string): readonly string[] => {
  const result = parseManifest(text);
  return result.kind === 'faulty' ? result.faults : [];
};

describe('a manifest', () => {
  test("of Apollo's tools is read, with members that only some of them write", () => {
    expect(parseManifest(manifest({ ...entry, clientName: null }))).toEqual({
      kind: 'read',
      operations: [{ id: sha256, name: 'Wallet', kind: 'query', body }],
    });
  });

  test('may have ids that are no hashes', () => {
    expect(parseManifest(manifest({ ...entry, id: 'wallet:5.2.0' }))).toMatchObject({ kind: 'read', operations: [{ id: 'wallet:5.2.0' }] });
  });

  test('that is written from operations is read as the same operations, whatever their order', () => {
    const other = { id: operationIdOf('mutation A { a }'), name: 'A', kind: 'mutation', body: 'mutation A { a }' } as const;
    const wallet = { id: sha256, name: 'Wallet', kind: 'query', body } as const;
    expect(parseManifest(writeManifest([wallet, other]))).toEqual({ kind: 'read', operations: [other, wallet] });
    expect(writeManifest([wallet, other])).toBe(writeManifest([other, wallet]));
  });

  test('that names an operation twice holds it once', () => {
    expect(parseManifest(manifest(entry, entry))).toMatchObject({ kind: 'read', operations: [{ name: 'Wallet' }] });
  });

  test.each([
    ['no JSON', '{', /^The manifest is not JSON/],
    ['a list', '[]', /^The manifest is not a JSON object/],
    ['another format', JSON.stringify({ format: 'operation-list', version: 1, operations: [] }), /format has to be/],
    ['another version', manifest(entry).replace('"version":1', '"version":2'), /version has to be 1/],
    ['no list', JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1 }), /no list of operations/],
    ['nothing in it', manifest(), /lists no operation/],
    ['an entry that is no object', manifest(7), /^Operation 1: is not a JSON object/],
    ['a nameless entry', manifest({ ...entry, name: '' }), /^Operation 1: has no name/],
    ['an id with a line end', manifest({ ...entry, id: 'a\nb' }), /^Wallet: its id has to be/],
    ['an id that is too long', manifest({ ...entry, id: 'a'.repeat(129) }), /^Wallet: its id has to be/],
    ['an id that is a number', manifest({ ...entry, id: 7 }), /^Wallet: its id has to be/],
    ['no body', manifest({ ...entry, body: undefined }), /^Wallet: has no body/],
    ['a body without end', manifest({ ...entry, body: `#${'x'.repeat(70_000)}` }), /at most 65536/],
    ['a subscription', manifest({ ...entry, type: 'subscription' }), /^Wallet: subscriptions are not served/],
    ['another type', manifest({ ...entry, type: 'fragment' }), /^Wallet: its type has to be/],
    ['the hash of another text', manifest({ ...entry, id: operationIdOf('other') }), /^Wallet: its id looks like a SHA-256 and is not/],
    ['its hash in capitals', manifest({ ...entry, id: sha256.toUpperCase() }), /^Wallet: its id looks like a SHA-256 and is not/],
    ['text that is no GraphQL', manifest({ ...entry, id: 'a', body: 'query Wallet {\n  viewer { }\n}' }), /^Wallet: line 2: Syntax Error/],
    [
      'two operations in one text',
      manifest({ ...entry, id: 'a', body: 'query Wallet { a } query B { b }' }),
      /^Wallet: the text has 2 operations/,
    ],
    ['a type in a text', manifest({ ...entry, id: 'a', body: 'query Wallet { a } type T { a: Int }' }), /^Wallet: the text defines types/],
    ['a nameless operation', manifest({ ...entry, id: 'a', body: '{ a }' }), /^Wallet: the operation has no name/],
    ['another name in the text', manifest({ ...entry, id: 'a', body: 'query Purse { a }' }), /^Wallet: its text is the operation Purse/],
    ['another type in the text', manifest({ ...entry, type: 'mutation' }), /^Wallet: its text is a query/],
    [
      'one id for two texts',
      manifest({ ...entry, id: 'a' }, { ...entry, id: 'a', body: 'query Wallet { a }' }),
      /^Wallet: its id a is that of Wallet too/,
    ],
  ])('with %s is refused, and told why', (_what, text, sentence) => {
    expect(faultsOf(text)).toEqual([expect.stringMatching(sentence)]);
  });

  test('is told everything that is wrong with it at once', () => {
    expect(faultsOf(manifest({ ...entry, id: 7 }, entry, { ...entry, type: 'x' }))).toHaveLength(2);
  });

  test('with a subscription in the text is refused whatever its type says', () => {
    expect(readOperation('subscription S { a }')).toMatchObject({ kind: 'unreadable', reason: 'subscriptions are not served.' });
  });
});

describe('a request', () => {
  const persisted = (sha256Hash: unknown, version: unknown = 1) => ({ extensions: { persistedQuery: { version, sha256Hash } } });

  test('names its operation by id as Apollo clients do', () => {
    expect(readOperationRequest({ operationName: 'Wallet', variables: {}, ...persisted(sha256) })).toEqual({ kind: 'id', id: sha256 });
    expect(readOperationRequest({ query: null, ...persisted('wallet:5') })).toEqual({ kind: 'id', id: 'wallet:5' });
    expect(readOperationRequest({ query: '', ...persisted('wallet:5') })).toEqual({ kind: 'id', id: 'wallet:5' });
  });

  test('names it by text, with or without extensions of other kinds', () => {
    expect(readOperationRequest({ query: body })).toEqual({ kind: 'text', text: body });
    expect(readOperationRequest({ query: body, extensions: null })).toEqual({ kind: 'text', text: body });
    expect(readOperationRequest({ query: body, extensions: { persistedQuery: null } })).toEqual({ kind: 'text', text: body });
    expect(readOperationRequest({ query: body, extensions: { other: 1 } })).toEqual({ kind: 'text', text: body });
  });

  test('may give the hash of its text beside it, and no other id', () => {
    expect(readOperationRequest({ query: body, ...persisted(sha256) })).toEqual({ kind: 'text', text: body });
    expect(readOperationRequest({ query: body, ...persisted(operationIdOf('other')) }).kind).toBe('malformed');
    expect(readOperationRequest({ query: body, ...persisted('wallet:5') }).kind).toBe('malformed');
  });

  test.each([
    ['nothing', {}],
    ['an empty text', { query: '' }],
    ['a text that is no string', { query: { a: 1 } }],
    ['extensions that are a list', { query: body, extensions: [] }],
    ['extensions that are a string', { extensions: 'persistedQuery' }],
    ['a persisted query that is a string', { extensions: { persistedQuery: sha256 } }],
    ['another version', persisted(sha256, 2)],
    ['a version that is a string', persisted(sha256, '1')],
    ['an id that is a list', persisted([sha256])],
    ['an empty id', persisted('')],
    ['an id that is too long', persisted('a'.repeat(129))],
    ['an id with NUL', persisted('a\u0000')],
    ['an inherited persisted query', { extensions: Object.create({ persistedQuery: { version: 1, sha256Hash: sha256 } }) }],
  ])('with %s is malformed, and nothing of it is repeated', (_what, params) => {
    const read = readOperationRequest(params);
    expect(read.kind).toBe('malformed');
    if (read.kind === 'malformed') expect(read.reason).not.toContain(sha256);
  });
});
