import { expect, test } from '@jest/globals';
import { givenStripeAccount, StripeAccountError } from '@vitrine/local/stripe-account';

const keys = { STRIPE_SECRET_KEY: 'sk_test_given', STRIPE_PUBLISHABLE_KEY: 'pk_test_given' };

test('without variables, or with empty ones, the sandbox is used', () => {
  expect(givenStripeAccount({})).toBeUndefined();
  expect(givenStripeAccount({ STRIPE_SECRET_KEY: '', STRIPE_PUBLISHABLE_KEY: '', STRIPE_API_BASE: '' })).toBeUndefined();
});

test('both keys of a test account replace the sandbox, at the address of Stripe unless one is given', () => {
  const account = { secretKey: 'sk_test_given', publishableKey: 'pk_test_given' };
  const stripe = 'https://api.stripe.com';
  expect(givenStripeAccount(keys)).toEqual({ ...account, apiBase: stripe, browserApiBase: stripe });
  const own = 'http://127.0.0.1:9';
  expect(givenStripeAccount({ ...keys, STRIPE_API_BASE: own })).toEqual({ ...account, apiBase: own, browserApiBase: own });
});

test.each([
  [{ STRIPE_API_BASE: 'http://127.0.0.1:9' }, 'STRIPE_API_BASE is given without STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY.'],
  [{ STRIPE_PUBLISHABLE_KEY: 'pk_test_given' }, 'STRIPE_PUBLISHABLE_KEY is given without STRIPE_SECRET_KEY.'],
  [{ STRIPE_SECRET_KEY: 'sk_test_given' }, 'STRIPE_SECRET_KEY is given without STRIPE_PUBLISHABLE_KEY.'],
  [
    { STRIPE_SECRET_KEY: 'sk_test_given', STRIPE_API_BASE: 'http://127.0.0.1:9' },
    'STRIPE_SECRET_KEY and STRIPE_API_BASE are given without STRIPE_PUBLISHABLE_KEY.',
  ],
])('a part of an account is refused: %j', (env, message) => {
  expect(() => givenStripeAccount(env)).toThrow(StripeAccountError);
  expect(() => givenStripeAccount(env)).toThrow(message);
});

test.each([
  { ...keys, STRIPE_SECRET_KEY: 'sk_live_secret' },
  { ...keys, STRIPE_SECRET_KEY: 'rk_live_secret' },
  { ...keys, STRIPE_PUBLISHABLE_KEY: 'pk_live_secret' },
])('a live key is refused and not repeated', (env) => {
  expect(() => givenStripeAccount(env)).toThrow(StripeAccountError);
  expect(() => givenStripeAccount(env)).toThrow(/^(?!.*live_secret).*must be test keys/);
});
