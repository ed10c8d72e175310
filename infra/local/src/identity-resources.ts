/** What a token for a graph is: its lifetime and form, which account may have it, and which claims it carries. */
import type { ResourceServer } from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { SeededAccount } from './identity-accounts.ts';
import type { GraphResource } from './identity-graphs.ts';

/** Lifetime of an access token unless a development client asks for another, in seconds: 15 minutes. */
export const accessTokenLifetimeSeconds = 900;

/** The graph as oidc-provider's resource server: signed JWT access tokens (RFC 9068). */
export function resourceServerOf(resource: GraphResource): ResourceServer {
  return {
    audience: resource.audience,
    scope: resource.scope,
    accessTokenFormat: 'jwt',
    accessTokenTTL: accessTokenLifetimeSeconds,
    jwt: { sign: { alg: 'RS256' } },
  };
}

/** @throws errors.AccessDenied (`access_denied`) when the account lacks the role that the graph asks for. */
export function assertAccountMayUse(account: SeededAccount, resource: GraphResource): void {
  if (!account.roles.includes(resource.role)) {
    throw new errors.AccessDenied(`the ${resource.graph} graph asks for the role ${resource.role}, which ${account.handle} does not have`);
  }
}

/** The claims that a graph's token has beside the registered ones of RFC 9068. */
export function graphClaims(account: SeededAccount, resource: GraphResource): Record<string, unknown> {
  return {
    roles: [...account.roles],
    ...(resource.graph === 'buyer' ? { country: account.country } : {}),
    ...(resource.graph === 'partner' ? { seller_id: account.sellerId } : {}),
    ...(resource.graph === 'ops' ? { staff_roles: [...(account.staffRoles ?? [])] } : {}),
  };
}
