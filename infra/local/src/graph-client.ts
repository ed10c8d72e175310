/** Speaks GraphQL to the gateway as a seeded account: what seeding, the demo and the end-to-end tests do their work with. */
import { fetchDevelopmentToken } from './identity-tokens.ts';
import type { Graph } from './identity-graphs.ts';
import type { SeededHandle } from './identity-accounts.ts';

/** What the client needs to know of a running stack. */
export interface GraphAccess {
  readonly gatewayUrl: string;
  readonly identityProviderUrl: string;
  readonly developmentClientSecret: string;
}

/** An answer as it came: `data` may be there beside `errors`. */
export interface GraphAnswer<Result> {
  readonly status: number;
  readonly data?: Result | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: { readonly code?: string };
  }[];
}

export interface GraphClient {
  /** The answer, whatever it is. */
  send<Result = Record<string, unknown>>(query: string, variables?: object): Promise<GraphAnswer<Result>>;
  /**
   * The data.
   * @throws Error with the messages when there are errors.
   */
  request<Result = Record<string, unknown>>(query: string, variables?: object): Promise<Result>;
}

/** A client with a token; null sends none. */
export function graphClient(gatewayUrl: string, graph: Graph, token: string | null): GraphClient {
  const send = async <Result>(query: string, variables: object = {}): Promise<GraphAnswer<Result>> => {
    const response = await fetch(`${gatewayUrl}/graphql/${graph}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, ...((await response.json()) as Omit<GraphAnswer<Result>, 'status'>) };
  };
  return {
    send,
    async request<Result>(query: string, variables?: object): Promise<Result> {
      const { data, errors, status } = await send<Result>(query, variables);
      if (errors !== undefined || data === null || data === undefined) {
        throw new Error(
          `the ${graph} graph answered ${status}: ${errors?.map(({ message, path }) => `${path?.join('.') ?? ''} ${message}`).join('; ') ?? 'no data'}`,
        );
      }
      return data;
    },
  };
}

/** Signs a seeded account in, without a browser, and answers a client for a graph. */
export async function signIn(access: GraphAccess, graph: Graph, handle: SeededHandle): Promise<GraphClient> {
  const token = await fetchDevelopmentToken({
    issuer: access.identityProviderUrl,
    clientSecret: access.developmentClientSecret,
    handle,
    graph,
  });
  return graphClient(access.gatewayUrl, graph, token);
}
