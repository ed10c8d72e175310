/**
 * Calls of a running stack's services as the gateway and the apps make them, without tokens: for as many buyers as a test wants, and
 * for any process of a service.
 */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { identityKeysFor } from '@vitrine/local/caller-keys';
import { openSecrets } from '@vitrine/local/secrets';
import type { ServiceName } from '@vitrine/local/service-names';
import type { StackState } from '@vitrine/local/stack';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor } from '@vitrine/runtime/identity';

/** What a mutation, or a query with one field called `result`, answers. */
export type Result = { readonly __typename: string; readonly message?: string } & Readonly<Record<string, unknown>>;

/** `status` is null when no answer came, as from a process that was killed. */
export interface HttpAnswer {
  readonly status: number | null;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SignedCalls {
  /** The `result` of a GraphQL operation; null when the service gave none. `origin` names another process of the service. */
  graph(service: ServiceName, actor: Actor, query: string, variables: object, origin?: string): Promise<Result | null>;
  /** The app's call of Stripe with the publishable key: a POST. */
  stripe(path: string, form: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  /** What the app reads of Stripe. */
  readStripe(path: string): Promise<HttpAnswer>;
  /** Answers what a page at Stripe asks a person. */
  answerPage(url: string, outcome: 'complete' | 'fail'): Promise<boolean>;
  close(): Promise<void>;
}

const callTimeoutMs = 30_000;
const form = { 'content-type': 'application/x-www-form-urlencoded' };

export function createSignedCalls(state: StackState): SignedCalls {
  const keys = parseIdentityKeys(identityKeysFor('gateway', openSecrets(state.root)));
  const agent = new Agent({ connections: 64, connectTimeout: 2_000, headersTimeout: callTimeoutMs, bodyTimeout: callTimeoutMs });

  const send = async (
    method: 'GET' | 'POST',
    url: string,
    headers: Readonly<Record<string, string>>,
    content: string | null,
  ): Promise<HttpAnswer> => {
    try {
      const response = await request(url, { method, headers, body: content, dispatcher: agent });
      const text = await response.body.text();
      return { status: response.statusCode, body: text.startsWith('{') ? (JSON.parse(text) as HttpAnswer['body']) : {} };
    } catch {
      // Nobody listens, or the process ended while it was asked.
      return { status: null, body: {} };
    }
  };
  const publishable = { authorization: `Bearer ${state.stripe.publishableKey}` };

  return {
    async graph(service, actor, query, variables, origin = state.serviceUrls[service]) {
      const identity = signIdentity(keys, { from: 'gateway', to: service, actor, requestId: randomUUID() });
      const headers = { 'content-type': 'application/json', [identityHeader]: identity };
      const { body } = await send('POST', `${origin}/graphql`, headers, JSON.stringify({ query, variables }));
      return (body['data'] as { readonly result?: Result } | null | undefined)?.result ?? null;
    },
    stripe: (path, parameters) =>
      send('POST', `${state.stripe.apiBase}${path}`, { ...publishable, ...form }, new URLSearchParams(parameters).toString()),
    readStripe: (path) => send('GET', `${state.stripe.apiBase}${path}`, publishable, null),
    async answerPage(url, outcome) {
      const { status } = await send('POST', url, form, `outcome=${outcome}`);
      return status !== null && status < 400;
    },
    close: () => agent.close(),
  };
}
