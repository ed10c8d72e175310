/** payment-vault's environment. */
import { ConfigurationError, loadConfig, serviceVariables } from '@vitrine/runtime/config';
import { z } from 'zod';

const masterKeyBytes = 32;

export const variables = {
  ...serviceVariables,
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_[A-Za-z0-9_]+$/, 'is not a secret key of Stripe')
    .describe("Stripe's secret key, `sk_…` or `rk_…`. A live one is refused in development and test."),
  STRIPE_PUBLISHABLE_KEY: z
    .string()
    .regex(/^pk_(test|live)_[A-Za-z0-9_]+$/, 'is not a publishable key of Stripe')
    .describe("Stripe's publishable key, `pk_…`, of the same account and mode: the app gives cards to Stripe with it."),
  PARTNER_DASHBOARD_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:4000/seller')
    .describe('Where a seller comes back to from setting up payouts at Stripe: the partner dashboard. Set it to https with a live key.'),
  STRIPE_WEBHOOK_SECRETS: z
    .string()
    .regex(
      /^whsec_[A-Za-z0-9_+/=-]+(,whsec_[A-Za-z0-9_+/=-]+)*$/,
      "is not a list of webhook signing secrets, 'whsec_…' separated by commas",
    )
    .transform((list) => list.split(','))
    .default([])
    .describe(
      "Signing secrets of Stripe's webhook endpoint for `/webhooks/stripe`, `whsec_…` separated by commas: two while one replaces the other. Without one Stripe's list of events is read instead, every 30 s.",
    ),
  STRIPE_API_BASE: z
    .url({ protocol: /^https?$/ })
    .default('https://api.stripe.com')
    .describe("Address of Stripe's API; the sandbox's on a local stack."),
  VAULT_MASTER_KEY: z
    .base64()
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((bytes) => bytes.length === masterKeyBytes, 'is not 32 bytes in base64')
    .describe("Key that wraps the buyers' data keys, 32 bytes in base64. Whoever has lost it has lost the addresses."),
} as const;

/** Whether a secret key moves real money. */
export const isLiveKey = (secretKey: string): boolean => /^(sk|rk)_live_/.test(secretKey);

export type Config = ReturnType<typeof readConfig>;

/** @throws ConfigurationError when a variable is missing or wrong, or a live key could be used where it must not. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  const config = loadConfig(variables, environment);
  const isLive = isLiveKey(config.STRIPE_SECRET_KEY);
  if (isLive && config.NODE_ENV !== 'production') {
    throw new ConfigurationError(
      `STRIPE_SECRET_KEY is a live key, and NODE_ENV is ${config.NODE_ENV}: no real card may be charged here. Use a test key.`,
    );
  }
  if (isLive && new URL(config.PARTNER_DASHBOARD_URL).protocol !== 'https:') {
    throw new ConfigurationError('STRIPE_SECRET_KEY is a live key, and PARTNER_DASHBOARD_URL is not https: Stripe sends nobody there.');
  }
  if (isLive && new URL(config.STRIPE_API_BASE).protocol !== 'https:') {
    throw new ConfigurationError('STRIPE_SECRET_KEY is a live key, and STRIPE_API_BASE is not https: it would be sent in clear.');
  }
  if (isLive !== config.STRIPE_PUBLISHABLE_KEY.startsWith('pk_live_')) {
    throw new ConfigurationError(
      'STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are of different modes: one is live, the other is a test key.',
    );
  }
  return config;
}
