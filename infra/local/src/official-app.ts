/**
 * The official app, without a screen: it signs in with a key that its tokens are bound to, has itself attested by the software
 * attester, sends operations by the ids under which they were published, and asserts what changes something.
 */
import type { GraphAccess, GraphAnswer, GraphClient } from './graph-client.ts';
import type { SeededHandle } from './identity-accounts.ts';
import { fetchDevelopmentToken } from './identity-tokens.ts';
import { attestationHash, makeAssertion, makeProof, makeSoftwareKey, type SoftwareKey } from './official-app-keys.ts';
import { orderStreamHeaders, orderStreamPath, readOrderStream, type OrderStreamMessage } from './order-events.ts';
import { operationIdOf, publishedOperation } from './published-operations.ts';
import { softwareAppId } from './software-attester-names.ts';

/** A request to the gateway, before it is signed. */
export interface AppRequest {
  readonly method: string;
  /** With the query, if there is one. */
  readonly path: string;
  readonly body?: string;
  /** Whether it buys or changes what is saved. */
  readonly isAsserted?: boolean;
}

/** Speaks to the buyers' graph: the texts of operations stay here, their ids are sent. */
export interface OfficialApp extends GraphClient {
  /** Bound to the app's key: it opens nothing by itself. */
  readonly token: string;
  /** The answer of an operation, by the name of its file such as `app-buy`. */
  run<Result = Record<string, unknown>>(name: string, variables?: object): Promise<GraphAnswer<Result>>;
  /** The request that an operation is sent with. */
  requestOf(text: string, variables?: object): AppRequest & { readonly body: string };
  /** The headers that let a request in, once. */
  sign(request: AppRequest): Record<string, string>;
  /**
   * Messages about the buyer's orders, until the gateway ends the stream or `signal` is aborted.
   * @throws StreamRefusedError when it is not opened; TypeError when the connection breaks
   */
  followOrders(options?: { readonly lastEventId?: string; readonly signal?: AbortSignal }): AsyncGenerator<OrderStreamMessage, void>;
  /** Ends this instance of the app at the gateway. */
  signOut(): Promise<void>;
}

export interface OfficialAppOptions {
  /** Semantic Versioning; `1.0.0` unless told. */
  readonly version?: string;
  /** That tokens are bound to; a new one unless told. */
  readonly key?: SoftwareKey;
}

const platform = 'ios';
const graphPath = '/graphql/buyer';
/** Longer than the gateway takes for a mutation. */
const timeoutMs = 30_000;

/**
 * Signs a seeded account in. The app is attested and registers when the gateway first asks for it.
 * @throws DevelopmentTokenError when the identity provider gives no token
 */
export async function signInOfficialApp(
  access: GraphAccess,
  handle: SeededHandle,
  { version = '1.0.0', key = makeSoftwareKey() }: OfficialAppOptions = {},
): Promise<OfficialApp> {
  const { gatewayUrl, identityProviderUrl: issuer } = access;
  const token = await fetchDevelopmentToken({ issuer, clientSecret: access.developmentClientSecret, handle, graph: 'buyer', key });
  const attestedKey = makeSoftwareKey();
  let nonce: string | undefined;
  let counter = 0;
  let registering: Promise<void> | undefined;
  /** Assertions have to arrive in the order of their numbers. */
  let lastAsserted: Promise<unknown> = Promise.resolve();

  const sign = ({ method, path, body = '', isAsserted = false }: AppRequest): Record<string, string> => {
    const proof = makeProof(key, { method, url: gatewayUrl + path, accessToken: token, ...(nonce === undefined ? {} : { nonce }) });
    const headers = { authorization: `DPoP ${token}`, dpop: proof, 'x-vitrine-app': `${platform}/${version}` };
    if (!isAsserted) return headers;
    counter += 1;
    const assertion = makeAssertion(attestedKey, { method, path, body, proof, counter, appId: softwareAppId });
    return { ...headers, 'x-vitrine-assertion': assertion };
  };

  const attempt = async (request: AppRequest, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> => {
    const { method, path, body = null } = request;
    const response = await fetch(gatewayUrl + path, { method, body, headers: { ...headers, ...sign(request) }, signal });
    nonce = response.headers.get('dpop-nonce') ?? nonce;
    return response;
  };

  const attemptInTurn = (...parameters: Parameters<typeof attempt>): Promise<Response> => {
    const answer = lastAsserted.then(() => attempt(...parameters));
    lastAsserted = answer.catch(() => undefined);
    return answer;
  };

  /** Sends, and again once each for what the gateway asks for first. */
  const send = async (
    request: AppRequest,
    options: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly signal?: AbortSignal;
      readonly remedies?: readonly string[];
    } = {},
  ): Promise<Response> => {
    const { headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' } } = options;
    const remedies = new Set(options.remedies ?? ['USE_DPOP_NONCE', 'ATTESTATION_REQUIRED']);
    for (;;) {
      const signal = options.signal ?? AbortSignal.timeout(timeoutMs);
      const response = await (request.isAsserted === true ? attemptInTurn : attempt)(request, headers, signal);
      const code = response.ok ? undefined : await codeOf(response);
      if (code === undefined || !remedies.delete(code)) return response;
      if (code === 'ATTESTATION_REQUIRED') await ensureRegistered();
    }
  };

  const ensureRegistered = (): Promise<void> => {
    registering ??= register().finally(() => (registering = undefined));
    return registering;
  };

  const register = async (): Promise<void> => {
    const post = async (path: string, content: object): Promise<Record<string, string>> => {
      const request = { method: 'POST', path, body: JSON.stringify(content) };
      const response = await send(request, { remedies: ['USE_DPOP_NONCE'] });
      if (!response.ok) throw new Error(`the gateway does not register the app: ${response.status} ${await codeOf(response)}`);
      return (await response.json()) as Record<string, string>;
    };
    const { challenge = '' } = await post('/app/challenges', {});
    const attesting = await fetch(`${issuer}/software-attester/attestations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        publicKeyJwk: attestedKey.jwk,
        clientDataHash: attestationHash(challenge, key.thumbprint).toString('base64url'),
      }),
    });
    if (!attesting.ok) throw new Error(`the software attester answered ${attesting.status}`);
    const { keyId, attestation } = (await attesting.json()) as { readonly keyId: string; readonly attestation: string };
    await post('/app/instances', { platform, version, keyId, attestation, challenge });
  };

  const requestOf = (text: string, variables: object = {}) => ({
    method: 'POST',
    path: graphPath,
    body: JSON.stringify({ variables, extensions: { persistedQuery: { version: 1, sha256Hash: operationIdOf(text) } } }),
    isAsserted: /^mutation\b/m.test(text),
  });

  const sendOperation = async <Result>(text: string, variables?: object): Promise<GraphAnswer<Result>> => {
    const response = await send(requestOf(text, variables));
    return { status: response.status, ...((await response.json()) as Omit<GraphAnswer<Result>, 'status'>) };
  };

  return {
    token,
    sign,
    requestOf,
    send: sendOperation,
    run: (name, variables) => sendOperation(publishedOperation(name), variables),
    async request<Result>(text: string, variables?: object): Promise<Result> {
      const { data, errors, status } = await sendOperation<Result>(text, variables);
      if (errors !== undefined || data === null || data === undefined)
        throw new Error(`the gateway answered the app ${status}: ${errors?.map(({ message }) => message).join('; ') ?? 'no data'}`);
      return data;
    },
    async *followOrders({ lastEventId, signal } = {}) {
      const headers = orderStreamHeaders(lastEventId);
      const response = await send({ method: 'GET', path: orderStreamPath }, { headers, signal: signal ?? new AbortController().signal });
      yield* readOrderStream(response, lastEventId);
    },
    async signOut() {
      const response = await send(
        { method: 'DELETE', path: '/app/instances/current' },
        { headers: { accept: 'application/json' }, remedies: ['USE_DPOP_NONCE'] },
      );
      if (!response.ok) throw new Error(`the gateway does not end the app's instance: ${response.status} ${await codeOf(response)}`);
    },
  };
}

/** The gateway's code of a refusal; the body can still be read. */
async function codeOf(response: Response): Promise<string | undefined> {
  const body = (await response
    .clone()
    .json()
    .catch(() => null)) as { readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[] } | null;
  return body?.errors?.[0]?.extensions?.code;
}
