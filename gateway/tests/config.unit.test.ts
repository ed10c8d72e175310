import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { ConfigurationError } from '@vitrine/runtime/config';
import { readGatewayConfig } from '../src/config.ts';

const service = 'http://127.0.0.1:1';
const environment = {
  PORT: '0',
  IDENTITY_KEYS: `gateway>checkout:test:${randomBytes(32).toString('base64')}`,
  DATABASE_URL: 'postgres://gateway@127.0.0.1:1/gateway',
  REDIS_URL: 'redis://127.0.0.1:1',
  GATEWAY_KEYS: `test:${randomBytes(32).toString('base64')}`,
  PUBLIC_ORIGIN: 'https://api.vitrine.example',
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

test.each(['CLIENT_PROOF=optional', 'OPERATIONS=free', 'LIMITS=off'])('%s is refused in production, and allowed outside it', (setting) => {
  const [name = '', value = ''] = setting.split('=');
  const read = (NODE_ENV: string) => readGatewayConfig({ ...environment, STRIPE_PUBLISHABLE_KEY: 'pk_test_1', NODE_ENV, [name]: value });
  expect(() => read('production')).toThrow(new RegExp(`${setting}: not with NODE_ENV=production`));
  expect(() => read('development')).not.toThrow();
});

test('buyers need a proof, a published operation and a place within the limits unless something else is said', () => {
  expect(readGatewayConfig({ ...environment, NODE_ENV: 'production' })).toMatchObject({
    isProofRequired: true,
    takesFreeOperations: false,
    hasLimits: true,
    trustedProxies: [],
  });
});

test.each(['https://api.vitrine.example/', 'https://api.vitrine.example/graphql', 'api.vitrine.example'])(
  'the public origin is an origin, which %s is not',
  (PUBLIC_ORIGIN) => {
    const read = () => readGatewayConfig({ ...environment, NODE_ENV: 'production', PUBLIC_ORIGIN });
    expect(read).toThrow(/PUBLIC_ORIGIN/);
  },
);

test('official apps that cannot be read keep the gateway from starting', () => {
  const read = () => readGatewayConfig({ ...environment, NODE_ENV: 'production', APPS: '{"ios":{}}' });
  expect(read).toThrow(ConfigurationError);
});
