/** Puts the OpenID provider together: graphs as resources, seeded accounts, PKCE for every client, consent without asking. */
import { randomBytes } from 'node:crypto';
import type { Configuration, Grant, JWKS, KoaContextWithOIDC } from 'oidc-provider';
import { errors, interactionPolicy, Provider } from 'oidc-provider';
import { findSeededAccount } from './identity-accounts.ts';
import { graphResourcesOfClient, identityClients } from './identity-clients.ts';
import type { IdentityConfig } from './identity-config.ts';
import { registerDevelopmentGrant } from './identity-development-grant.ts';
import { graphOfAudience } from './identity-graphs.ts';
import { contentSecurityPolicy, errorPage, signedOutPage, signOutPage } from './identity-pages.ts';
import { accessTokenLifetimeSeconds, assertAccountMayUse, graphClaims, resourceServerOf } from './identity-resources.ts';
import { serveSignIn, signInPath } from './identity-sign-in.ts';
import { serveSoftwareAttester } from './identity-software-attester.ts';
import { createIdentityState } from './identity-state.ts';
import type { SoftwareAttester } from './software-attester.ts';

const hourSeconds = 3600;
const daySeconds = 24 * hourSeconds;

/** The provider, ready to be served: `createServer(provider.callback())`. */
export function createIdentityProvider(config: IdentityConfig, signingKeys: JWKS, attester: SoftwareAttester): Provider {
  const provider = new Provider(config.issuer, providerConfiguration(config, signingKeys));
  const policy = contentSecurityPolicy(config.gatewayOrigin);
  provider.use(async (ctx, next) => {
    ctx.set('Content-Security-Policy', policy);
    ctx.set('X-Content-Type-Options', 'nosniff');
    ctx.set('Referrer-Policy', 'no-referrer');
    await next();
  });
  serveSignIn(provider, config.gatewayOrigin);
  serveSoftwareAttester(provider, attester, config.gatewayOrigin);
  if (config.developmentClientSecret !== undefined) registerDevelopmentGrant(provider);
  return provider;
}

function providerConfiguration(config: IdentityConfig, signingKeys: JWKS): Configuration {
  const returnTo = `${config.gatewayOrigin}/`;
  return {
    adapter: createIdentityState(),
    clients: identityClients(config),
    clientAuthMethods: ['none', 'client_secret_basic'],
    jwks: signingKeys,
    responseTypes: ['code'],
    scopes: ['openid'],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'] },
    pkce: { required: () => true },
    cookies: {
      names: cookieNames(config.port),
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
      // Made anew at each start: what the cookies point to is in memory and does not outlive it either.
      keys: [randomBytes(32).toString('base64url')],
    },
    ttl: {
      AccessToken: accessTokenLifetimeSeconds,
      AuthorizationCode: 60,
      Grant: daySeconds,
      IdToken: hourSeconds,
      Interaction: hourSeconds,
      Session: daySeconds,
    },
    findAccount(_ctx, sub) {
      const account = findSeededAccount(sub);
      if (account === undefined) return undefined;
      return {
        accountId: account.id,
        claims: () => ({ sub: account.id, name: account.displayName, preferred_username: account.handle }),
      };
    },
    extraTokenClaims(_ctx, token) {
      if (token.kind !== 'AccessToken' || token.aud === undefined) return undefined;
      const account = findSeededAccount(token.accountId);
      const resource = graphOfAudience(String(token.aud));
      if (account === undefined || resource === undefined) throw new errors.InvalidTarget();
      // Every grant passes here, the development grant too, so no path to a token can forget the role.
      assertAccountMayUse(account, resource);
      return graphClaims(account, resource);
    },
    clientBasedCORS: (ctx, origin, client) =>
      origin === config.gatewayOrigin && (ctx.oidc.route === 'userinfo' || client.clientAuthMethod === 'none'),
    interactions: { policy: signInPolicy(), url: (_ctx, interaction) => signInPath(interaction) },
    loadExistingGrant: grantWhatIsAsked,
    features: {
      devInteractions: { enabled: false },
      // A request with a proof gets a token that is bound to its key, any other one a bearer token.
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource(_ctx, client, oneOf) {
          if (oneOf !== undefined) return oneOf;
          const [first, ...others] = graphResourcesOfClient(client.clientId);
          return others.length === 0 ? first?.audience : undefined;
        },
        getResourceServerInfo(_ctx, audience, client) {
          const resource = graphResourcesOfClient(client.clientId).find((each) => each.audience === audience);
          if (resource === undefined) throw new errors.InvalidTarget('this client may not ask for this resource');
          return resourceServerOf(resource);
        },
        // Who asks only who the person is (`openid profile`) gets a token for the userinfo endpoint instead.
        useGrantedResource: (_ctx, source) =>
          [...source.resourceIndicators].some((audience) => source.scopes.has(graphOfAudience(audience ?? '')?.scope ?? '')),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(ctx, form) {
          const account = findSeededAccount(ctx.oidc.session?.accountId ?? '');
          ctx.body = signOutPage({ displayName: account?.displayName ?? 'someone', form });
        },
        postLogoutSuccessSource(ctx) {
          ctx.type = 'html';
          ctx.body = signedOutPage({ returnTo });
        },
      },
    },
    renderError(ctx, out) {
      ctx.type = 'html';
      ctx.body = errorPage({ error: out.error, description: out.error_description, returnTo });
    },
  };
}

/** Cookies know hosts, not ports: with the port in their names, two stacks on one machine do not sign each other out. */
function cookieNames(port: number): { session: string; interaction: string; resume: string } {
  const prefix = `vitrine_identity_${port}`;
  return {
    session: `${prefix}_session`,
    interaction: `${prefix}_sign_in`,
    resume: `${prefix}_resume`,
  };
}

/** Asks for a sign-in also when the account signed in does not fit the graph that is asked for. Asks for no consent: every client is Vitrine's own. */
function signInPolicy(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  policy.get('login')?.checks.add(
    new interactionPolicy.Check(
      'account_does_not_fit',
      'the account signed in lacks a role that the resource asks for',
      'login_required',
      (ctx) => {
        const account = findSeededAccount(ctx.oidc.session?.accountId ?? '');
        return (
          account !== undefined &&
          Object.keys(ctx.oidc.resourceServers ?? {}).some((audience) => {
            const resource = graphOfAudience(audience);
            return resource !== undefined && !account.roles.includes(resource.role);
          })
        );
      },
    ),
  );
  return policy;
}

/** The client's grant for the account signed in, widened by what this request asks for. */
async function grantWhatIsAsked(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { account, client, provider, requestParamOIDCScopes, resourceServers, session } = ctx.oidc;
  if (account === undefined || client === undefined) return undefined;
  const grantId = session?.grantIdFor(client.clientId);
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = existing ?? new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  if (requestParamOIDCScopes.size > 0) grant.addOIDCScope(requestParamOIDCScopes);
  for (const [audience, server] of Object.entries(resourceServers ?? {})) {
    grant.addResourceScope(audience, server.scopes);
  }
  await grant.save();
  return grant;
}
