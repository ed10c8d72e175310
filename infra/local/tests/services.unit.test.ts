import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { identityKeysFor } from '@vitrine/local/caller-keys';
import { processDefinitions } from '@vitrine/local/services';
import type { StackFacts } from '@vitrine/local/services';

const values = new Map<string, string>();
const secrets = {
  get: (name: string) => {
    const value = values.get(name) ?? `secret-${values.size}`;
    values.set(name, value);
    return value;
  },
};

const facts: StackFacts = {
  nodeEnvironment: 'test',
  logLevel: 'info',
  databaseUrl: (service) => `postgres://${service}@127.0.0.1/${service}`,
  kafkaBrokers: ['127.0.0.1:1', '127.0.0.1:2'],
  redisUrl: 'redis://127.0.0.1',
  address: (service) => `http://${service}`,
  identityKeysFor: (name) => identityKeysFor(name, secrets),
  stripe: {
    secretKey: 'sk_test_secret',
    publishableKey: 'pk_test_public',
    apiBase: 'http://sandbox',
    browserApiBase: 'http://sandbox-from-outside',
  },
  gatewayKeys: 'test:a2V5',
  publicOrigin: 'http://127.0.0.1:4000',
  attesterRootFile: '/identity-provider/root.pem',
  identityIssuer: 'http://identity',
  jwksUrl: 'http://identity/jwks',
  partnerDashboardUrl: 'http://127.0.0.1:4000/seller',
  vaultKeys: { databaseUrl: 'postgres://keys', file: '/keys.json', custodianHalves: ['one-half', 'other-half'] },
};

const environments = new Map(processDefinitions.map(({ name, environment }) => [name as string, environment(facts)]));

const holders = (value: string) => [...environments].filter(([, env]) => Object.values(env).includes(value)).map(([name]) => name);

test('the secret key of Stripe, the custodian halves and the keys reach the payment vault only', () => {
  expect(holders('sk_test_secret')).toEqual(['payment-vault']);
  for (const secret of ['one-half', 'other-half', 'postgres://keys']) expect(holders(secret)).toEqual(['payment-vault']);
});

test('a process knows its own database only', () => {
  for (const [name, env] of environments) {
    const known = Object.values(env).filter((value) => value.startsWith('postgres://') && value !== facts.vaultKeys.databaseUrl);
    expect(known).toEqual([`postgres://${name}@127.0.0.1/${name}`]);
  }
});

function pairsOf(name: string): Map<string, string> {
  const entries = (environments.get(name)?.['IDENTITY_KEYS'] ?? '').split(',');
  return new Map(
    entries.map((entry) => {
      const [pair = '', , key = ''] = entry.split(':');
      return [pair, key];
    }),
  );
}

test('a process has the keys of its own pairs only, and both ends of a pair have the same', () => {
  for (const name of environments.keys()) {
    for (const [pair, key] of pairsOf(name)) {
      const [from = '', to = ''] = pair.split('>');
      expect([from, to]).toContain(name);
      if (from !== 'ops') expect(pairsOf(from).get(pair)).toBe(key);
      expect(pairsOf(to).get(pair)).toBe(key);
    }
  }
  const keys = [...environments.keys()].flatMap((name) => [...pairsOf(name).values()]);
  const pairs = [...environments.keys()].flatMap((name) => [...pairsOf(name).keys()]);
  expect(new Set(keys).size).toBe(new Set(pairs).size);
});

test('timeline has no key to call the payment vault with', () => {
  expect([...pairsOf('timeline').keys()].toSorted()).toEqual(['gateway>timeline', 'ops>timeline']);
});

test('every process in the table can be run', () => {
  const checkout = path.resolve(import.meta.dirname, '../../..');
  const missing = processDefinitions.filter(({ entry }) => !existsSync(path.join(checkout, entry)));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
