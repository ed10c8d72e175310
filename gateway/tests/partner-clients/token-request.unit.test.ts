import { describe, expect, test } from '@jest/globals';
import { readTokenRequest } from '../../src/partner-clients/token-request.ts';

const clientId = 'apc_01900000-0000-7000-8000-000000000001';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const authorization = basic(`${clientId}:vts_secret`);
const grant = 'grant_type=client_credentials';
const assertionType = `client_assertion_type=${encodeURIComponent('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')}`;

test('a client proves itself with its secret', () => {
  expect(readTokenRequest(grant, authorization)).toEqual({
    kind: 'read',
    request: { proof: { kind: 'secret', clientId, secret: 'vts_secret' }, scopes: null },
  });
  expect(readTokenRequest(grant, authorization.replace('Basic', 'basic'))).toMatchObject({ kind: 'read' });
});

test('both halves of the secret proof are form-encoded', () => {
  expect(readTokenRequest(grant, basic('a%3Ab:c%25+d:e'))).toMatchObject({
    request: { proof: { clientId: 'a:b', secret: 'c% d:e' } },
  });
});

test('a client proves itself with an assertion, and may say who it is', () => {
  expect(readTokenRequest(`${grant}&${assertionType}&client_assertion=a.b.c`, undefined)).toEqual({
    kind: 'read',
    request: { proof: { kind: 'assertion', clientId: null, assertion: 'a.b.c' }, scopes: null },
  });
  expect(readTokenRequest(`${grant}&${assertionType}&client_assertion=a.b.c&client_id=${clientId}`, undefined)).toMatchObject({
    request: { proof: { clientId } },
  });
});

test('scopes are a list of names, each once; without a value the parameter counts as not sent', () => {
  expect(readTokenRequest(`${grant}&scope=orders:read+posts:write+orders:read`, authorization)).toMatchObject({
    request: { scopes: ['orders:read', 'posts:write'] },
  });
  expect(readTokenRequest(`${grant}&scope=`, authorization)).toMatchObject({ request: { scopes: null } });
});

describe('is refused:', () => {
  test.each([
    ['no grant type', '', 'invalid_request'],
    ['an empty grant type', 'grant_type=', 'invalid_request'],
    ['another grant type', 'grant_type=password', 'unsupported_grant_type'],
    ['a grant type with something after it', 'grant_type=client_credentials%20', 'unsupported_grant_type'],
    ['a parameter twice', `${grant}&scope=a&scope=b`, 'invalid_request'],
    ['the secret in the body', `${grant}&client_id=${clientId}&client_secret=vts_x`, 'invalid_request'],
    ['two proofs', `${grant}&${assertionType}&client_assertion=a.b.c`, 'invalid_request'],
    ['no list of scopes', `${grant}&scope=${encodeURIComponent('a  b')}`, 'invalid_scope'],
    ['a scope with a quotation mark', `${grant}&scope=${encodeURIComponent('a"b')}`, 'invalid_scope'],
  ])('%s', (_, body, error) => {
    expect(readTokenRequest(body, authorization)).toMatchObject({ kind: 'refused', error });
  });

  test('an assertion of another type', () => {
    expect(readTokenRequest(`${grant}&client_assertion=a.b.c`, undefined)).toMatchObject({ kind: 'refused', error: 'invalid_request' });
    expect(readTokenRequest(`${grant}&client_assertion=a.b.c&client_assertion_type=saml`, undefined)).toMatchObject({ kind: 'refused' });
  });
});

test.each([
  ['no proof', grant, undefined],
  ['only a name', `${grant}&client_id=${clientId}`, undefined],
  ['a bearer token', grant, 'Bearer abc'],
  ['no base64', grant, 'Basic ###'],
  ['no colon', grant, basic('abc')],
  ['an empty secret', grant, basic(`${clientId}:`)],
  ['a secret that is not form-encoded', grant, basic(`${clientId}:%zz`)],
  ['another client in the body', `${grant}&client_id=apc_other`, authorization],
])('%s proves nothing', (_, body, header) => {
  expect(readTokenRequest(body, header)).toEqual({ kind: 'unproved' });
});
