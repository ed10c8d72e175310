/** The gateway's environment: one schema, read once at start. */
import { z } from 'zod';
import { ConfigurationError, loadConfig, serviceVariables } from '@vitrine/runtime/config';
import { subgraphNames, type SubgraphName } from './graphs.ts';

const httpUrl = z.url({ protocol: /^https?$/ });
const { PORT, HOST, NODE_ENV, LOG_LEVEL, IDENTITY_KEYS } = serviceVariables;

/** Every variable of the gateway, each with what it is for. */
export const gatewayVariables = {
  PORT,
  HOST,
  NODE_ENV,
  LOG_LEVEL,
  IDENTITY_KEYS,
  TIMELINE_URL: httpUrl.describe('Where the timeline service is.'),
  CATALOG_URL: httpUrl.describe('Where the catalog service is.'),
  CHECKOUT_URL: httpUrl.describe('Where the checkout service is.'),
  PAYMENT_VAULT_URL: httpUrl.describe('Where the payment-vault service is.'),
  SELLER_ELIGIBILITY_URL: httpUrl.describe('Where the seller-eligibility service is.'),
  ORDER_STREAMS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(2_000)
    .describe('How many apps this process tells of their orders at the same time, at most; each is a connection to checkout as well.'),
  IDENTITY_ISSUER: httpUrl.describe(
    'The identity provider: `iss` of every access token that is accepted, and where the pages send people to sign in.',
  ),
  JWKS_URL: httpUrl.describe("Where the identity provider publishes the keys that check its tokens' signatures."),
  STRIPE_PUBLISHABLE_KEY: z.string().startsWith('pk_').describe("Stripe's publishable key, for the card form of the pages."),
  STRIPE_API_BASE: httpUrl
    .default('https://api.stripe.com')
    .describe("Stripe's API as a browser reaches it; the card form posts there and never to Vitrine."),
} as const;

export interface GatewayConfig {
  readonly port: number;
  readonly host: string;
  readonly environment: 'development' | 'test' | 'production';
  readonly logLevel: string;
  readonly identityKeys: string;
  /** Base address of each subgraph. */
  readonly subgraphUrls: Readonly<Record<SubgraphName, string>>;
  /** Compared with `iss` as it is. */
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Streams of order events at the same time. */
  readonly maxOrderStreams: number;
  readonly stripe: { readonly publishableKey: string; /** Origin, without a slash at its end. */ readonly apiBase: string };
}

/** @throws ConfigurationError that names each variable that does not fit. */
export function readGatewayConfig(environment: Readonly<Record<string, string | undefined>> = process.env): GatewayConfig {
  const given = loadConfig(gatewayVariables, environment);
  if (given.STRIPE_PUBLISHABLE_KEY.startsWith('pk_live_') && given.NODE_ENV !== 'production') {
    throw new ConfigurationError(
      `STRIPE_PUBLISHABLE_KEY is a live key, and NODE_ENV is ${given.NODE_ENV}: no real card may be taken here. Use a test key.`,
    );
  }
  const subgraphUrls: Record<SubgraphName, string> = {
    timeline: given.TIMELINE_URL,
    catalog: given.CATALOG_URL,
    checkout: given.CHECKOUT_URL,
    'payment-vault': given.PAYMENT_VAULT_URL,
    'seller-eligibility': given.SELLER_ELIGIBILITY_URL,
  };
  for (const name of subgraphNames) subgraphUrls[name] = new URL(subgraphUrls[name]).origin;
  return {
    port: given.PORT,
    host: given.HOST,
    environment: given.NODE_ENV,
    logLevel: given.LOG_LEVEL,
    identityKeys: given.IDENTITY_KEYS,
    subgraphUrls,
    issuer: given.IDENTITY_ISSUER,
    jwksUrl: given.JWKS_URL,
    maxOrderStreams: given.ORDER_STREAMS_MAX,
    stripe: { publishableKey: given.STRIPE_PUBLISHABLE_KEY, apiBase: given.STRIPE_API_BASE.replace(/\/+$/, '') },
  };
}
