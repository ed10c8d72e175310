/** Account links: the address of a hosted onboarding page that works once and for a few minutes. */
import { requireAccount } from './accounts.ts';
import { endpoint, ok, type Endpoint } from './endpoint.ts';
import { invalidRequest } from './errors.ts';
import { newClientSecret, newId } from './ids.ts';
import { object, oneOf, required, text, url } from './parameters.ts';

const LIFETIME_SECONDS = 5 * 60;

function checkWebAddress(address: string | undefined, param: string): string {
  if (address === undefined) throw invalidRequest(`You must provide a \`${param}\` for this type of account link.`, { param });
  if (!/^https?:/i.test(address)) throw invalidRequest('Not a valid URL', { code: 'url_invalid', param });
  return address;
}

export const accountLinkEndpoints: Endpoint[] = [
  endpoint(
    'POST',
    '/v1/account_links',
    {
      account: required(text()),
      collect: oneOf('currently_due', 'eventually_due'),
      collection_options: object({
        fields: oneOf('currently_due', 'eventually_due'),
        future_requirements: oneOf('include', 'omit'),
      }),
      refresh_url: url(),
      return_url: url(),
      type: required(oneOf('account_onboarding', 'account_update')),
    },
    ({ tx, params, now, origin }) => {
      const { object: account } = requireAccount(tx, params.account);
      if (params.type === 'account_update' && account.controller?.requirement_collection !== 'application') {
        throw invalidRequest(
          'You cannot create account_update type account links for accounts whose requirements Stripe collects. Use account_onboarding instead.',
          { param: 'type' },
        );
      }
      const refreshUrl = checkWebAddress(params.refresh_url, 'refresh_url');
      const returnUrl = checkWebAddress(params.return_url, 'return_url');
      const id = newId('alnk');
      const secret = newClientSecret(id);
      const created = Math.floor(now.getTime() / 1000);
      const expiresAt = created + LIFETIME_SECONDS;
      tx.put('account_link', id, { account: account.id, secret, refreshUrl, returnUrl, expiresAt, state: 'unused' });
      return ok({ object: 'account_link', created, expires_at: expiresAt, url: `${origin}/connect/onboarding/${id}?key=${secret}` });
    },
  ),
];
