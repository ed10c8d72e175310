/** A token request as it was sent (RFC 6749, section 4.4.2), and how the client says that it proves itself (section 2.3). */

export type Proof =
  | { readonly kind: 'secret'; readonly clientId: string; readonly secret: string }
  | { readonly kind: 'assertion'; readonly clientId: string | null; readonly assertion: string };

export interface TokenRequest {
  readonly proof: Proof;
  /** Null: all that the client may do. */
  readonly scopes: readonly string[] | null;
}

export type ReadTokenRequest =
  | { readonly kind: 'read'; readonly request: TokenRequest }
  | {
      readonly kind: 'refused';
      readonly error: 'invalid_request' | 'unsupported_grant_type' | 'invalid_scope';
      readonly description: string;
    }
  /** No proof, or one that cannot be read. */
  | { readonly kind: 'unproved' };

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const basic = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;
/** RFC 6749, section 3.3. */
const scopeList = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

const refused = (
  description: string,
  error: 'invalid_request' | 'unsupported_grant_type' | 'invalid_scope' = 'invalid_request',
): ReadTokenRequest => ({ kind: 'refused', error, description });

/** @param body of the type application/x-www-form-urlencoded */
export function readTokenRequest(body: string, authorization: string | undefined): ReadTokenRequest {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (parameters.has(name)) return refused('A parameter is given more than once.');
    parameters.set(name, value);
  }
  // Sent without a value, it counts as not sent.
  const get = (name: string): string | undefined => parameters.get(name) || undefined;

  const grantType = get('grant_type');
  if (grantType === undefined) return refused('grant_type is missing.');
  if (grantType !== 'client_credentials') return refused('grant_type must be client_credentials.', 'unsupported_grant_type');
  if (get('client_secret') !== undefined)
    return refused('Send the secret in the header Authorization (HTTP Basic), where it is not logged with the body.');
  const scope = get('scope');
  if (scope !== undefined && !scopeList.test(scope)) return refused('scope is not a list of scopes.', 'invalid_scope');

  const clientId = get('client_id') ?? null;
  const assertion = get('client_assertion');
  if (assertion !== undefined && authorization !== undefined) return refused('The client proves itself in one way only.');
  if (assertion !== undefined && get('client_assertion_type') !== assertionType)
    return refused(`client_assertion_type must be ${assertionType}.`);
  const proof: Proof | null = assertion !== undefined ? { kind: 'assertion', clientId, assertion } : readBasic(authorization);
  if (proof === null || (clientId !== null && proof.clientId !== clientId)) return { kind: 'unproved' };
  return { kind: 'read', request: { proof, scopes: scope === undefined ? null : [...new Set(scope.split(' '))] } };
}

/** RFC 6749, section 2.3.1: both halves are form-encoded before they are joined. */
function readBasic(authorization: string | undefined): Proof | null {
  const encoded = basic.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const credentials = Buffer.from(encoded, 'base64').toString();
  const colon = credentials.indexOf(':');
  if (colon === -1) return null;
  const clientId = formDecode(credentials.slice(0, colon));
  const secret = formDecode(credentials.slice(colon + 1));
  return clientId === null || secret === null || secret === '' ? null : { kind: 'secret', clientId, secret };
}

function formDecode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
