/** checkout's environment. */
import { loadConfig, serviceVariables } from '@vitrine/runtime/config';
import { z } from 'zod';

export const variables = {
  ...serviceVariables,
  CATALOG_URL: z.url().describe('Address of catalog.'),
  SELLER_ELIGIBILITY_URL: z.url().describe('Address of seller-eligibility.'),
  PAYMENT_VAULT_URL: z.url().describe('Address of payment-vault.'),
  RESERVATION_TTL_SECONDS: z.coerce
    .number()
    .int()
    .min(5)
    .max(86_400)
    .default(900)
    .describe('How long stock is held before catalog asks whether it is still wanted, in seconds.'),
  BUYER_ACTION_TIMEOUT_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(900)
    .describe('How long a buyer has for 3-D Secure before the purchase is undone, in seconds.'),
  DUPLICATE_WINDOW_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600)
    .default(10)
    .describe('How long another purchase of the same product by the same buyer is held back as a possible duplicate, in seconds.'),
} as const;

export const readConfig = (environment = process.env) => loadConfig(variables, environment);
