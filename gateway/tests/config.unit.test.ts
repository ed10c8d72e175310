import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { readGatewayConfig } from '../src/config.ts';

const service = 'http://127.0.0.1:1';
const environment = {
  PORT: '0',
  IDENTITY_KEYS: `gateway>checkout:test:${randomBytes(32).toString('base64')}`,
  TIMELINE_URL: service,
  CATALOG_URL: service,
  CHECKOUT_URL: service,
  PAYMENT_VAULT_URL: service,
  SELLER_ELIGIBILITY_URL: service,
  IDENTITY_ISSUER: service,
  JWKS_URL: `${service}/jwks`,
  STRIPE_PUBLISHABLE_KEY: 'pk_live_doNotPrintThis',
};

test.each(['development', 'test'])('a live key for the card form is refused in %s, and not repeated', (NODE_ENV) => {
  const read = () => readGatewayConfig({ ...environment, NODE_ENV });
  expect(read).toThrow(/STRIPE_PUBLISHABLE_KEY is a live key.*Use a test key/);
  expect(read).not.toThrow(/doNotPrint/);
});

test('a live key for the card form is taken in production', () => {
  expect(readGatewayConfig({ ...environment, NODE_ENV: 'production' }).stripe.publishableKey).toBe(environment.STRIPE_PUBLISHABLE_KEY);
});
