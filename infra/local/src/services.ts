/**
 * The five services and the gateway: what each runs and the environment it gets. A process gets what
 * is listed for it here and nothing else.
 */
import type { CallerName, ProcessName, ServiceName } from './service-names.ts';
import { softwareApps } from './software-attester-names.ts';

/** What is known about a stack when its services start. */
export type StackFacts = {
  readonly nodeEnvironment: 'development' | 'test' | 'production';
  readonly logLevel: string;
  /** With the process's own role. */
  readonly databaseUrl: (owner: ProcessName) => string;
  readonly kafkaBrokers: readonly string[];
  readonly redisUrl: string;
  /** Where a service is reached by the others. */
  readonly address: (service: ServiceName) => string;
  readonly identityKeysFor: (name: CallerName) => string;
  readonly stripe: StripeFacts;
  /** `GATEWAY_KEYS`. */
  readonly gatewayKeys: string;
  /** Origin under which clients reach the gateway. */
  readonly publicOrigin: string;
  /** PEM of the software attester's authority, as a file that the gateway can read. */
  readonly attesterRootFile: string;
  readonly identityIssuer: string;
  readonly jwksUrl: string;
  /** Where a seller comes back to from setting up payouts at Stripe. */
  readonly partnerDashboardUrl: string;
  readonly vaultKeys: VaultKeyFacts;
};

/** What the payment vault needs to open data keys. */
export type VaultKeyFacts = {
  /** Of the vault's database, with the role of the wrapped keys. */
  readonly databaseUrl: string;
  readonly file: string;
  /** 32 bytes in base64 each. */
  readonly custodianHalves: readonly [string, string];
};

export type StripeFacts = {
  /** Of a test account: `sk_test_…`. */
  readonly secretKey: string;
  readonly publishableKey: string;
  /** As the payment vault reaches it. */
  readonly apiBase: string;
  /** As a browser reaches it. */
  readonly browserApiBase: string;
  /** What webhooks are signed with; absent where Stripe cannot reach the stack, and its list of events is read instead. */
  readonly webhookSecret?: string;
};

type Environment = Readonly<Record<string, string>>;

export type ProcessDefinition = {
  readonly name: ProcessName;
  /** Relative to the checkout. */
  readonly entry: string;
  readonly environment: (facts: StackFacts) => Environment;
};

export const processDefinitions: readonly ProcessDefinition[] = [
  {
    name: 'timeline',
    entry: 'services/timeline/src/main.ts',
    environment: (facts) => ({
      ...serviceVariables('timeline', facts),
      REDIS_URL: facts.redisUrl,
    }),
  },
  {
    name: 'catalog',
    entry: 'services/catalog/src/main.ts',
    environment: (facts) => ({
      ...serviceVariables('catalog', facts),
      CHECKOUT_URL: facts.address('checkout'),
    }),
  },
  {
    name: 'checkout',
    entry: 'services/checkout/src/main.ts',
    environment: (facts) => ({
      ...serviceVariables('checkout', facts),
      CATALOG_URL: facts.address('catalog'),
      SELLER_ELIGIBILITY_URL: facts.address('seller-eligibility'),
      PAYMENT_VAULT_URL: facts.address('payment-vault'),
      ...raised(checkoutLimits, facts),
    }),
  },
  {
    name: 'payment-vault',
    entry: 'services/payment-vault/src/main.ts',
    environment: (facts) => ({
      ...serviceVariables('payment-vault', facts),
      STRIPE_SECRET_KEY: facts.stripe.secretKey,
      STRIPE_PUBLISHABLE_KEY: facts.stripe.publishableKey,
      STRIPE_API_BASE: facts.stripe.apiBase,
      ...(facts.stripe.webhookSecret === undefined ? {} : { STRIPE_WEBHOOK_SECRETS: facts.stripe.webhookSecret }),
      PARTNER_DASHBOARD_URL: facts.partnerDashboardUrl,
      KEYS_DATABASE_URL: facts.vaultKeys.databaseUrl,
      VAULT_KEY_FILE: facts.vaultKeys.file,
      VAULT_CUSTODIAN_HALF_1: facts.vaultKeys.custodianHalves[0],
      VAULT_CUSTODIAN_HALF_2: facts.vaultKeys.custodianHalves[1],
      ...raised(cardLimits, facts),
    }),
  },
  {
    name: 'seller-eligibility',
    entry: 'services/seller-eligibility/src/main.ts',
    environment: (facts) => serviceVariables('seller-eligibility', facts),
  },
  {
    name: 'gateway',
    entry: 'gateway/src/main.ts',
    environment: (facts) => ({
      ...commonVariables('gateway', facts),
      TIMELINE_URL: facts.address('timeline'),
      CATALOG_URL: facts.address('catalog'),
      CHECKOUT_URL: facts.address('checkout'),
      PAYMENT_VAULT_URL: facts.address('payment-vault'),
      SELLER_ELIGIBILITY_URL: facts.address('seller-eligibility'),
      DATABASE_URL: facts.databaseUrl('gateway'),
      REDIS_URL: facts.redisUrl,
      GATEWAY_KEYS: facts.gatewayKeys,
      PUBLIC_ORIGIN: facts.publicOrigin,
      ...(facts.nodeEnvironment === 'production'
        ? {}
        : { CLIENT_PROOF: 'optional', OPERATIONS: 'free', APPS: softwareApps(facts.attesterRootFile) }),
      IDENTITY_ISSUER: facts.identityIssuer,
      JWKS_URL: facts.jwksUrl,
      STRIPE_PUBLISHABLE_KEY: facts.stripe.publishableKey,
      STRIPE_API_BASE: facts.stripe.browserApiBase,
      ...raised(gatewayLimits, facts),
    }),
  },
];

const checkoutLimits = [
  'LIMIT_BUYER_PURCHASES',
  'LIMIT_BUYER_AMOUNT_MINOR',
  'LIMIT_DEVICE_PURCHASES',
  'LIMIT_DEVICE_AMOUNT_MINOR',
  'LIMIT_DECLINES',
  'LIMIT_SMALL_PURCHASES',
];

const cardLimits = [
  'LIMIT_CARD_PAYMENTS',
  'LIMIT_CARD_AMOUNT_MINOR',
  'LIMIT_CARD_SMALL_PAYMENTS',
  'LIMIT_CARD_DECLINES',
  'LIMIT_CARD_SETUPS',
  'LIMIT_REFUSED_CARDS',
];

const gatewayLimits = ['RATE_LIMITS_PERCENT', 'RATE_LIMIT_API_CLIENT'];

/** Outside production a few people buy all day, all with the same few test cards: the limits count, and hold nobody back. */
const raised = (names: readonly string[], { nodeEnvironment }: StackFacts): Environment =>
  nodeEnvironment === 'production' ? {} : Object.fromEntries(names.map((name) => [name, '1000000000']));

function serviceVariables(service: ServiceName, facts: StackFacts): Environment {
  return {
    ...commonVariables(service, facts),
    DATABASE_URL: facts.databaseUrl(service),
    KAFKA_BROKERS: facts.kafkaBrokers.join(','),
  };
}

function commonVariables(name: ProcessName, facts: StackFacts): Environment {
  return {
    SERVICE_NAME: name,
    NODE_ENV: facts.nodeEnvironment,
    LOG_LEVEL: facts.logLevel,
    IDENTITY_KEYS: facts.identityKeysFor(name),
  };
}
