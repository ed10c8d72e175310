/** payment-vault's environment. */
import { ConfigurationError, loadConfig, serviceVariables } from '@vitrine/runtime/config';
import { limitVariable } from '@vitrine/runtime/use-limits';
import { z } from 'zod';
import type { CardAllowances } from './card-limits.ts';
import { halfBytes } from './sealed-file.ts';

const keyServices = z.enum(['sealed-file', 'aws-kms', 'openbao']);

const half = z
  .base64()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((bytes) => bytes.length === halfBytes, `is not ${halfBytes} bytes in base64`)
  .optional();

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
  LIMIT_CARD_PAYMENTS: limitVariable(15, 'How many payments may be begun with one card within an hour, by whomever.'),
  LIMIT_CARD_AMOUNT_MINOR: limitVariable(300_000, 'For how much one card may be charged within an hour, in minor units.'),
  LIMIT_CARD_SMALL_PAYMENTS: limitVariable(5, 'How many small payments may be begun with one card within an hour.'),
  LIMIT_SMALL_AMOUNT_MINOR: limitVariable(500, 'Up to which amount a payment is a small one, in minor units.'),
  LIMIT_CARD_DECLINES: limitVariable(5, 'After how many declined payments within an hour a card is held back.'),
  LIMIT_CARD_SETUPS: limitVariable(10, 'How many cards a buyer may begin to give within an hour, or may be given from one device.'),
  LIMIT_REFUSED_CARDS: limitVariable(
    5,
    'After how many refusals of cards within an hour a buyer, or a device, may give none; declined payments of the buyer are among them.',
  ),
  KEYS_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe('PostgreSQL address of the same database with the role of the wrapped data keys, which alone can read the schema `keys`.'),
  VAULT_KEY_SERVICE: keyServices.default('sealed-file').describe('What has the master keys: `sealed-file`, `aws-kms` or `openbao`.'),
  VAULT_PREVIOUS_KEY_SERVICE: keyServices
    .optional()
    .describe('A key service that still unwraps what it wrapped, until the master key is rotated: to move from one to another.'),
  VAULT_KEY_FILE: z.string().min(1).optional().describe('The sealed file of master keys. Processes of one vault share it.'),
  VAULT_CUSTODIAN_HALF_1: half.describe(
    "One custodian's half of what opens the key file, 32 bytes in base64. Without it the vault is sealed.",
  ),
  VAULT_CUSTODIAN_HALF_2: half.describe("The other custodian's half. Whoever has lost one half has lost the addresses."),
  VAULT_CUSTODIAN_HALF_1_FILE: z.string().min(1).optional().describe('A file with the one half, instead of the variable.'),
  VAULT_CUSTODIAN_HALF_2_FILE: z.string().min(1).optional().describe('A file with the other half, instead of the variable.'),
  VAULT_KMS_KEY_ID: z
    .string()
    .min(1)
    .optional()
    .describe('With `aws-kms`: id, ARN or alias of a symmetric key. Credentials as the AWS SDK finds them.'),
  VAULT_KMS_REGION: z.string().min(1).default('us-east-1').describe("With `aws-kms`: the key's region."),
  VAULT_KMS_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("With `aws-kms`: another address than AWS's own."),
  VAULT_OPENBAO_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('With `openbao`: address of the server.'),
  VAULT_OPENBAO_TOKEN: z.string().min(1).optional().describe('With `openbao`: a token that may use, rotate and trim the transit key.'),
  VAULT_OPENBAO_MOUNT: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default('transit')
    .describe('With `openbao`: where the transit engine is mounted.'),
  VAULT_OPENBAO_KEY: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default('payment-vault')
    .describe('With `openbao`: name of the transit key, of type aes256-gcm96 and derived. Made when it is missing.'),
} as const;

const neededBy = {
  'sealed-file': ['VAULT_KEY_FILE'],
  'aws-kms': ['VAULT_KMS_KEY_ID'],
  openbao: ['VAULT_OPENBAO_URL', 'VAULT_OPENBAO_TOKEN'],
} as const;

/** What may be done with cards within an hour. */
export const cardAllowances = (config: Config): CardAllowances => {
  const giver = { uses: config.LIMIT_CARD_SETUPS, amountMinor: 0, refusals: config.LIMIT_REFUSED_CARDS, smallUses: 0 };
  return {
    byScope: {
      CARD: {
        uses: config.LIMIT_CARD_PAYMENTS,
        amountMinor: config.LIMIT_CARD_AMOUNT_MINOR,
        refusals: config.LIMIT_CARD_DECLINES,
        smallUses: config.LIMIT_CARD_SMALL_PAYMENTS,
      },
      BUYER: giver,
      DEVICE: giver,
    },
    smallMinor: config.LIMIT_SMALL_AMOUNT_MINOR,
  };
};

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
  for (const service of [config.VAULT_KEY_SERVICE, config.VAULT_PREVIOUS_KEY_SERVICE]) {
    if (service === undefined) continue;
    const missing = neededBy[service].filter((name) => config[name] === undefined);
    if (missing.length > 0) throw new ConfigurationError(`The key service ${service} needs ${missing.join(' and ')}, which is not set.`);
  }
  return config;
}
