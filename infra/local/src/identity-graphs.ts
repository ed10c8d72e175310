/** The three graphs as OAuth resources: what a token for each one is addressed to, which scope names it, and which role it asks for. */

/** What an account may be to the network. */
export type Role = 'buyer' | 'seller' | 'operator';

/** The graphs of the gateway; each is one audience. */
export type Graph = 'buyer' | 'partner' | 'ops';

export type GraphResource = {
  readonly graph: Graph;
  /** Resource indicator (RFC 8707) of a token request and `aud` of the token that answers it. */
  readonly audience: string;
  /** The one scope of the graph. */
  readonly scope: string;
  /** An account without this role gets no token for the graph. */
  readonly role: Role;
};

/** Every graph by its name. */
export const graphResources: Readonly<Record<Graph, GraphResource>> = {
  buyer: { graph: 'buyer', audience: 'urn:vitrine:graph:buyer', scope: 'buyer', role: 'buyer' },
  partner: { graph: 'partner', audience: 'urn:vitrine:graph:partner', scope: 'partner', role: 'seller' },
  ops: { graph: 'ops', audience: 'urn:vitrine:graph:ops', scope: 'ops', role: 'operator' },
};

const byAudience = new Map(Object.values(graphResources).map((resource) => [resource.audience, resource]));

/** The graph that an audience names, or undefined when it names none. */
export function graphOfAudience(audience: string): GraphResource | undefined {
  return byAudience.get(audience);
}
