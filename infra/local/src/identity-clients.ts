/** The OAuth clients of the local identity provider and the graphs that each of them may ask for. */
import type { ClientMetadata } from 'oidc-provider';
import type { IdentityConfig } from './identity-config.ts';
import type { Graph, GraphResource } from './identity-graphs.ts';
import { graphResources } from './identity-graphs.ts';

/** The grant by which the development client gets a token for a seeded account without a browser. */
export const developmentGrantType = 'urn:vitrine:grant:development-account';

/** The client that may use the development grant. */
export const developmentClientId = 'vitrine-development';

const graphsOfClient: Readonly<Record<string, readonly Graph[]>> = {
  'vitrine-app': ['buyer'],
  'vitrine-seller': ['partner'],
  'vitrine-ops': ['ops'],
  [developmentClientId]: ['buyer', 'partner', 'ops'],
};

/** The graphs that a client may ask for; a client with exactly one gets it without asking. */
export function graphResourcesOfClient(clientId: string): GraphResource[] {
  return (graphsOfClient[clientId] ?? []).map((graph) => graphResources[graph]);
}

/** The registered clients; `vitrine-development` is among them only when it has a secret. */
export function identityClients(config: IdentityConfig): ClientMetadata[] {
  const pageClient = (clientId: string, name: string, paths: readonly string[]): ClientMetadata => {
    const uris = paths.map((path) => `${config.gatewayOrigin}${path}`);
    return {
      client_id: clientId,
      client_name: name,
      client_uri: uris[0],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: uris,
      post_logout_redirect_uris: uris,
    };
  };
  const clients = [
    pageClient('vitrine-app', 'Vitrine', ['/', '/callback']),
    pageClient('vitrine-seller', 'Vitrine for sellers', ['/seller']),
    pageClient('vitrine-ops', 'Vitrine operations', ['/ops']),
  ];
  if (config.developmentClientSecret !== undefined) {
    clients.push({
      client_id: developmentClientId,
      client_name: 'Development tools',
      client_secret: config.developmentClientSecret,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: [developmentGrantType],
      response_types: [],
      redirect_uris: [],
    });
  }
  return clients;
}
