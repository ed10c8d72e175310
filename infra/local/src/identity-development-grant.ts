/**
 * The development grant: the client `vitrine-development` names a seeded account and a graph and gets an access
 * token, with a lifetime of its choice so that a test can hold an expired one. With a DPoP proof the token is bound to its key.
 */
import type { Provider, TokenEndpointGrantContext } from 'oidc-provider';
import { errors } from 'oidc-provider';
import validateDpop, { checkDpopReplay } from 'oidc-provider/lib/helpers/validate_dpop.js';
import { findSeededAccount } from './identity-accounts.ts';
import { developmentGrantType, graphResourcesOfClient } from './identity-clients.ts';
import { accessTokenLifetimeSeconds, resourceServerOf } from './identity-resources.ts';

/** The longest lifetime that may be asked for, and the furthest in the past that a token may end, in seconds: a day. */
const maximumLifetimeSeconds = 86_400;

type DevelopmentGrantParameters = { account?: string; resource?: string; expires_in?: string };

/** Makes the provider accept the development grant at its token endpoint. */
export function registerDevelopmentGrant(provider: Provider): void {
  provider.registerGrantType<DevelopmentGrantParameters>(
    developmentGrantType,
    async (ctx) => {
      const token = await issueDevelopmentToken(provider, ctx);
      ctx.body = token;
    },
    ['account', 'resource', 'expires_in'],
  );
}

async function issueDevelopmentToken(
  provider: Provider,
  ctx: TokenEndpointGrantContext<DevelopmentGrantParameters>,
): Promise<{ access_token: string; token_type: string; expires_in: number; scope: string }> {
  const { client, params } = ctx.oidc;
  const account = findSeededAccount(params.account ?? '');
  if (account === undefined) {
    throw new errors.InvalidGrant('account must be the handle or id of a seeded account');
  }
  const resource = graphResourcesOfClient(client.clientId).find(({ audience }) => audience === params.resource);
  if (resource === undefined) throw new errors.InvalidTarget('resource must be the audience of a graph');
  const lifetimeSeconds = readLifetime(params.expires_in);
  const proof = await validateDpop(provider, ctx);
  await checkDpopReplay(provider, ctx, proof, client.clientId);

  const grant = new provider.Grant({ accountId: account.id, clientId: client.clientId });
  grant.addResourceScope(resource.audience, resource.scope);
  const nowSeconds = Math.floor(Date.now() / 1000);
  const token = new provider.AccessToken({
    accountId: account.id,
    client,
    grantId: await grant.save(),
    gty: developmentGrantType,
    resourceServer: new provider.ResourceServer(resource.audience, resourceServerOf(resource)),
    scope: resource.scope,
    // A token that has already ended was issued before it ended, as a real one would have been.
    iat: lifetimeSeconds > 0 ? nowSeconds : nowSeconds + lifetimeSeconds - accessTokenLifetimeSeconds,
    exp: nowSeconds + lifetimeSeconds,
  });
  if (proof !== undefined) token.setThumbprint('jkt', proof.thumbprint);
  ctx.oidc.entity('AccessToken', token);
  return {
    access_token: await token.save(),
    token_type: token.tokenType,
    expires_in: lifetimeSeconds,
    scope: resource.scope,
  };
}

function readLifetime(text: string | undefined): number {
  if (text === undefined) return accessTokenLifetimeSeconds;
  const seconds = /^-?\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(Math.abs(seconds) <= maximumLifetimeSeconds)) {
    throw new errors.InvalidRequest(
      `expires_in must be a whole number of seconds from -${maximumLifetimeSeconds} to ${maximumLifetimeSeconds}`,
    );
  }
  return seconds;
}
