/** Makes the calls of a schema's walk, signed or not, and says what is wrong with an answer that somebody got who should not have. */
import { randomUUID } from 'node:crypto';
import { identityKeysFor } from '@vitrine/local/caller-keys';
import { openSecrets } from '@vitrine/local/secrets';
import type { ServiceName } from '@vitrine/local/service-names';
import type { StackState } from '@vitrine/local/stack';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor } from '@vitrine/runtime/identity';
import type { Call } from './schema-walk.ts';

export interface Answer {
  readonly status: number;
  readonly data?: { readonly result?: unknown } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Calls a subgraph for somebody, as the gateway does. */
export type AskSubgraph = (service: ServiceName, actor: Actor, call: Call) => Promise<Answer>;

export async function post(url: string, headers: Readonly<Record<string, string>>, { query, variables }: Call): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
}

export function subgraphCaller(state: StackState): AskSubgraph {
  const keys = parseIdentityKeys(identityKeysFor('gateway', openSecrets(state.root)));
  return (service, actor, call) => {
    const identity = signIdentity(keys, { from: 'gateway', to: service, actor, requestId: randomUUID() });
    return post(`${state.serviceUrls[service]}/graphql`, { [identityHeader]: identity }, call);
  };
}

/** A token of an API client, as a program of a seller gets one at the gateway. */
export async function fetchClientToken(
  gatewayUrl: string,
  client: { readonly clientId: string; readonly secret: string },
): Promise<string> {
  const response = await fetch(`${gatewayUrl}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client.clientId}:${client.secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token: token } = (await response.json()) as { readonly access_token?: string };
  if (token === undefined) throw new Error(`no token for an API client: HTTP ${response.status}`);
  return token;
}

/** Every string of a value, however deep. */
function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

/** The secrets that are in an answer; a short one counts as a whole value only, since it may be part of any id. */
export function secretsIn({ data, errors }: Answer, secrets: readonly string[]): string[] {
  const told = stringsOf({ data, errors });
  return secrets.filter((secret) => told.some((text) => text === secret || (secret.length > 6 && text.includes(secret))));
}

const codesOf = ({ errors = [] }: Answer): string[] => errors.map(({ extensions }) => extensions?.code ?? 'no code');
const neverCodes = ['INTERNAL', 'UNAVAILABLE', 'TIMEOUT', 'no code', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED'];
const inWords = ({ status, errors, data }: Answer): string => JSON.stringify({ status, errors, data }).slice(0, 400);

/** What no answer to a stranger may be: a failure of ours, a call that was not understood, or something of a row that is not theirs. */
export function faultsOf(call: Call, answer: Answer, secrets: readonly string[]): string[] {
  const sent = stringsOf(call.variables);
  const told = secretsIn(
    answer,
    secrets.filter((secret) => !sent.includes(secret)),
  );
  const codes = codesOf(answer).filter((code) => neverCodes.includes(code));
  return [
    ...(told.length === 0 ? [] : [`tells ${told.join(', ')}`]),
    ...(codes.length === 0 && answer.status < 500 ? [] : [`fails: ${inWords(answer)}`]),
  ];
}

/** Beside `faultsOf`: an answer to somebody who may not call this at all. */
export function faultsOfDenial(answer: Answer): string[] {
  const isDenied = (answer.data?.result ?? null) === null && codesOf(answer).join() === 'FORBIDDEN';
  return isDenied ? [] : [`is not refused: ${inWords(answer)}`];
}

/** Beside `faultsOf`: a change that was made of, or with, somebody else's row. */
export function faultsOfChange({ data }: Answer): string[] {
  const result = data?.result;
  const isDone = typeof result === 'object' && result !== null && '__typename' in result && String(result.__typename).endsWith('Success');
  return isDone ? ['is carried out'] : [];
}

/** What `_entities` answers to one representation. */
export function entityIn({ data }: Answer): unknown {
  const [entity] = (data?.result ?? []) as readonly unknown[];
  return entity ?? null;
}
