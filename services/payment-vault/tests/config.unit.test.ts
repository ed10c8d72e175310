import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { readConfig, variables } from '../src/config.ts';

const environment = {
  PORT: '0',
  NODE_ENV: 'test',
  IDENTITY_KEYS: 'gateway>payment-vault:1:key',
  DATABASE_URL: 'postgres://localhost/vault',
  KAFKA_BROKERS: 'localhost:9092',
  STRIPE_SECRET_KEY: 'sk_test_abc',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_abc',
  KEYS_DATABASE_URL: 'postgres://localhost/vault',
  VAULT_KEY_FILE: '/keys.json',
};
const live = { STRIPE_SECRET_KEY: 'sk_live_verysecret', STRIPE_PUBLISHABLE_KEY: 'pk_live_abc' };

describe('the configuration', () => {
  test('talks to Stripe itself unless it is told otherwise', () => {
    expect(readConfig(environment)).toMatchObject({ STRIPE_API_BASE: 'https://api.stripe.com', VAULT_KEY_SERVICE: 'sealed-file' });
  });

  test.each(['development', 'test'])('refuses a live key in %s, without printing it', (NODE_ENV) => {
    const start = () => readConfig({ ...environment, ...live, NODE_ENV });
    expect(start).toThrow(/live key/);
    expect(start).not.toThrow(/verysecret/);
  });

  test('takes a live key in production, over https only', () => {
    const production = { ...environment, ...live, NODE_ENV: 'production', PARTNER_DASHBOARD_URL: 'https://partners.example.com' };
    expect(readConfig(production).STRIPE_SECRET_KEY).toBe(live.STRIPE_SECRET_KEY);
    expect(() => readConfig({ ...production, STRIPE_API_BASE: 'http://127.0.0.1:1' })).toThrow(/https/);
    expect(() => readConfig({ ...production, PARTNER_DASHBOARD_URL: 'http://127.0.0.1:1' })).toThrow(/https/);
  });

  test.each([
    [{ STRIPE_SECRET_KEY: 'pk_test_abc' }, /STRIPE_SECRET_KEY/],
    [{ STRIPE_PUBLISHABLE_KEY: 'sk_test_abc' }, /STRIPE_PUBLISHABLE_KEY/],
    [{ STRIPE_PUBLISHABLE_KEY: 'pk_live_abc' }, /different modes/],
    [{ VAULT_CUSTODIAN_HALF_1: randomBytes(16).toString('base64') }, /VAULT_CUSTODIAN_HALF_1: is not 32 bytes/],
    [{ KEYS_DATABASE_URL: undefined }, /KEYS_DATABASE_URL: is not set/],
    [{ VAULT_KEY_FILE: undefined }, /sealed-file needs VAULT_KEY_FILE/],
    [{ VAULT_KEY_SERVICE: 'aws-kms' }, /aws-kms needs VAULT_KMS_KEY_ID/],
    [{ VAULT_KEY_SERVICE: 'openbao' }, /openbao needs VAULT_OPENBAO_URL and VAULT_OPENBAO_TOKEN/],
    [{ VAULT_KEY_SERVICE: 'memory' }, /VAULT_KEY_SERVICE/],
    [{ STRIPE_API_BASE: 'ftp://stripe' }, /STRIPE_API_BASE/],
  ])('refuses %j by name', (changes, message) => {
    expect(() => readConfig({ ...environment, ...changes })).toThrow(message);
  });

  test('describes each of its variables', () => {
    for (const [name, schema] of Object.entries(variables))
      expect([name, schema.description]).toEqual([name, expect.stringMatching(/\.$/)]);
  });
});
