/** The sign-in step of an authorization: lists the accounts that fit the client, and takes the one that was tapped. */
import type { IncomingMessage } from 'node:http';
import type { Interaction, Provider } from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { SeededAccount } from './identity-accounts.ts';
import { findSeededAccount, seededAccountsWithRoles } from './identity-accounts.ts';
import { graphOfAudience } from './identity-graphs.ts';
import { errorPage, signInPage } from './identity-pages.ts';

const pathPrefix = '/sign-in/';

/** The largest sign-in form, in bytes: it holds one handle. */
const maximumFormBytes = 1024;

/** Path of the page on which this sign-in goes on. */
export function signInPath(interaction: Interaction): string {
  return `${pathPrefix}${interaction.uid}`;
}

/** Serves the sign-in pages before the provider's own routes. */
export function serveSignIn(provider: Provider, gatewayOrigin: string): void {
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith(pathPrefix)) {
      await next();
      return;
    }
    ctx.set('Cache-Control', 'no-store');
    try {
      const interaction = await provider.interactionDetails(ctx.req, ctx.res);
      // The cookie is bound to its path; a form that names another sign-in is not this browser's.
      if (ctx.path !== signInPath(interaction)) throw new errors.SessionNotFound('sign-in not found');
      if (ctx.method === 'POST') {
        const result = readChoice(await readForm(ctx.req), fittingAccounts(interaction));
        ctx.status = 303;
        ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false }));
      } else {
        ctx.type = 'html';
        ctx.body = signInPage({
          clientName: await clientName(provider, interaction),
          accounts: fittingAccounts(interaction),
          action: ctx.path,
        });
      }
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      ctx.status = error.statusCode;
      ctx.type = 'html';
      ctx.body = errorPage({
        error: error.error,
        description: error.error_description,
        returnTo: `${gatewayOrigin}/`,
      });
    }
  });
}

function fittingAccounts(interaction: Interaction): SeededAccount[] {
  const { resource } = interaction.params;
  const audiences = Array.isArray(resource) ? resource : [resource];
  const roles = audiences.flatMap((audience) => graphOfAudience(String(audience))?.role ?? []);
  return seededAccountsWithRoles(roles);
}

type SignInResult = { login: { accountId: string } } | { error: string; error_description: string };

function readChoice(form: URLSearchParams, accounts: readonly SeededAccount[]): SignInResult {
  if (form.has('cancel')) return { error: 'access_denied', error_description: 'the person chose not to sign in' };
  const account = findSeededAccount(form.get('account') ?? '');
  if (account === undefined || !accounts.includes(account)) {
    throw new errors.InvalidRequest('this account does not fit the app that asks');
  }
  return { login: { accountId: account.id } };
}

async function clientName(provider: Provider, interaction: Interaction): Promise<string> {
  const client = await provider.Client.find(String(interaction.params.client_id));
  return client?.clientName ?? 'Vitrine';
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maximumFormBytes) throw new errors.InvalidRequest('the form is too large');
    chunks.push(bytes);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
