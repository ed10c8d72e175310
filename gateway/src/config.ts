/** The gateway's environment: one schema, read once at start. */
import { z } from 'zod';
import { ConfigurationError, loadConfig, serviceVariables } from '@vitrine/runtime/config';
import { identityKeySource, type IdentityKeySource } from '@vitrine/runtime/identity-keys';
import { keySource, type KeySource } from '@vitrine/runtime/key-file';
import { AppSettingsError, parseAppSettings, type AppSettings } from './app-clients/app-settings.ts';
import { subgraphNames, type SubgraphName } from './graphs.ts';
import { rateLimitVariables, type RateLimitSettings } from './limits/rate-limits.ts';

const httpUrl = z.url({ protocol: /^https?$/ });
const { PORT, HOST, NODE_ENV, LOG_LEVEL, IDENTITY_KEYS, IDENTITY_KEYS_FILE, DATABASE_URL, DATABASE_POOL_SIZE } = serviceVariables;

/** Every variable of the gateway, each with what it is for. */
export const gatewayVariables = {
  PORT,
  HOST,
  NODE_ENV,
  LOG_LEVEL,
  IDENTITY_KEYS,
  IDENTITY_KEYS_FILE,
  DATABASE_URL,
  DATABASE_POOL_SIZE,
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .describe('Redis that counts requests and remembers what was used once. All that is in it can be lost.'),
  GATEWAY_KEYS: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Keys of all gateway processes, `keyId:base64` entries (32 bytes or more each) separated by commas: nonces, challenges and the tokens of API clients are made with the first and checked with all.',
    ),
  GATEWAY_KEYS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('In place of `GATEWAY_KEYS`: a file with them, read again when it changes, so that they are rotated without a restart.'),
  PUBLIC_ORIGIN: httpUrl
    .refine((value) => URL.parse(value)?.origin === value, 'must be an origin such as https://api.example.com, without a path')
    .describe('Origin under which clients reach the gateway: what their proofs name. The header `Host` is not believed.'),
  APPS: z
    .string()
    .default('{}')
    .describe(
      'The official apps, JSON: `ios` with `appIds` (`TEAMID.bundle.id`), `android` with `apps` (`packageName`, `signingDigests` in hexadecimal); each with the attestation `roots` in PEM, or a `rootsFile`. `ios.development` takes development attestations; not for production.',
    ),
  CLIENT_PROOF: z
    .enum(['required', 'optional'])
    .default('required')
    .describe('`optional` lets buyers in with tokens that are bound to no key, without an attested app; not for production.'),
  OPERATIONS: z
    .enum(['safelist', 'free'])
    .default('safelist')
    .describe('`free` lets buyers send operations as text as well, and opens introspection and GET; not for production.'),
  SUPERGRAPH_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('Folder with the supergraphs, which are served anew when they change; those that are committed with the gateway unless set.'),
  LIMITS: z
    .enum(['enforced', 'off'])
    .default('enforced')
    .describe('Whether requests are counted and limited; `off` is not for production.'),
  ...rateLimitVariables,
  METRICS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe('Where `GET /metrics` is served, for a monitoring system only; nowhere unless set. 0 takes a free port.'),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((value) =>
      value
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== ''),
    )
    .describe('Proxies whose `X-Forwarded-For` is believed: addresses or CIDR blocks, separated by commas. None unless told.'),
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
  readonly identityKeys: IdentityKeySource;
  readonly database: { readonly url: string; readonly poolSize: number };
  readonly redisUrl: string;
  readonly gatewayKeys: KeySource;
  readonly publicOrigin: string;
  readonly apps: AppSettings;
  /** Whether buyers may come without a bound token and an attested app. */
  readonly isProofRequired: boolean;
  /** Whether the buyers' graph runs operations that were not published. */
  readonly takesFreeOperations: boolean;
  readonly hasLimits: boolean;
  readonly rateLimits: RateLimitSettings;
  readonly trustedProxies: readonly string[];
  /** Null when metrics are not served. */
  readonly metricsPort: number | null;
  /** Folder of the supergraphs; the committed ones when undefined. */
  readonly supergraphFolder?: string;
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
  if (given.NODE_ENV === 'production') {
    const loosened = [
      ...(given.CLIENT_PROOF === 'optional' ? ['CLIENT_PROOF=optional'] : []),
      ...(given.OPERATIONS === 'free' ? ['OPERATIONS=free'] : []),
      ...(given.LIMITS === 'off' ? ['LIMITS=off'] : []),
    ];
    if (loosened.length > 0) throw new ConfigurationError(`${loosened.join(', ')}: not with NODE_ENV=production. Leave it out.`);
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
    identityKeys: identityKeySource(given),
    database: { url: given.DATABASE_URL, poolSize: given.DATABASE_POOL_SIZE },
    redisUrl: given.REDIS_URL,
    gatewayKeys: keySource('GATEWAY_KEYS', given.GATEWAY_KEYS, given.GATEWAY_KEYS_FILE),
    publicOrigin: given.PUBLIC_ORIGIN,
    apps: readApps(given.APPS, given.NODE_ENV),
    isProofRequired: given.CLIENT_PROOF === 'required',
    takesFreeOperations: given.OPERATIONS === 'free',
    hasLimits: given.LIMITS === 'enforced',
    rateLimits: { percent: given.RATE_LIMITS_PERCENT, apiClientCost: given.RATE_LIMIT_API_CLIENT },
    trustedProxies: given.TRUSTED_PROXIES,
    metricsPort: given.METRICS_PORT ?? null,
    supergraphFolder: given.SUPERGRAPH_DIR,
    subgraphUrls,
    issuer: given.IDENTITY_ISSUER,
    jwksUrl: given.JWKS_URL,
    maxOrderStreams: given.ORDER_STREAMS_MAX,
    stripe: { publishableKey: given.STRIPE_PUBLISHABLE_KEY, apiBase: given.STRIPE_API_BASE.replace(/\/+$/, '') },
  };
}

function readApps(text: string, environment: GatewayConfig['environment']): AppSettings {
  try {
    return parseAppSettings(text, environment);
  } catch (error) {
    if (error instanceof AppSettingsError) throw new ConfigurationError(error.message, { cause: error });
    throw error;
  }
}
