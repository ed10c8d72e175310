/** A Stripe test account that the environment gives instead of the sandbox: all of it, or nothing. */
import type { StripeFacts } from './services.ts';

/** The variables do not name a test account; the message says what to set. It repeats no value. */
export class StripeAccountError extends Error {
  override readonly name = 'StripeAccountError';
}

const secretKeyName = 'STRIPE_SECRET_KEY';
const publishableKeyName = 'STRIPE_PUBLISHABLE_KEY';
const apiBaseName = 'STRIPE_API_BASE';

/**
 * An empty variable counts as not given.
 * @returns undefined when nothing is given
 * @throws StripeAccountError for a part of an account, or for the live key of one
 */
export function givenStripeAccount(env: Readonly<Record<string, string | undefined>>): StripeFacts | undefined {
  const secretKey = env[secretKeyName] || undefined;
  const publishableKey = env[publishableKeyName] || undefined;
  const givenBase = env[apiBaseName] || undefined;
  if (secretKey === undefined && publishableKey === undefined && givenBase === undefined) return undefined;
  if (secretKey === undefined || publishableKey === undefined) {
    const given = [secretKeyName, publishableKeyName, apiBaseName].filter((name) => env[name]);
    const missing = [secretKeyName, publishableKeyName].filter((name) => !env[name]);
    throw new StripeAccountError(
      `${given.join(' and ')} ${given.length === 1 ? 'is' : 'are'} given without ${missing.join(' and ')}. ` +
        `${secretKeyName} and ${publishableKeyName} belong together (${apiBaseName} may be added): ` +
        `set both keys of one Stripe test account, or unset all three to use the Stripe sandbox.`,
    );
  }
  if (!/^(sk|rk)_test_/.test(secretKey) || !publishableKey.startsWith('pk_test_')) {
    throw new StripeAccountError(
      `${secretKeyName} (sk_test_… or rk_test_…) and ${publishableKeyName} (pk_test_…) must be test keys: the local stack makes test charges. ` +
        `Set the keys of a Stripe test account, or unset them to use the Stripe sandbox.`,
    );
  }
  const apiBase = givenBase ?? 'https://api.stripe.com';
  return { secretKey, publishableKey, apiBase, browserApiBase: apiBase };
}
