/**
 * The environment of each container of docker-compose.yml, from the table that the local stack uses and with development
 * secrets of its own. Writing it a second time changes nothing.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripeEventTypes } from '@vitrine/contracts/stripe-events';
import { identityKeysFor } from './caller-keys.ts';
import { databaseName, databasePasswordVariable, keysPasswordVariable, keysRole } from './databases.ts';
import type { GraphAccess } from './graph-client.ts';
import { custodianHalves, key, openSecrets } from './secrets.ts';
import type { Secrets } from './secrets.ts';
import { databaseOwners } from './service-names.ts';
import { processDefinitions } from './services.ts';
import type { StackFacts } from './services.ts';
import { attesterRootFile } from './software-attester-names.ts';

/** Of every container of ours, inside the network of the containers. */
const port = 8080;

/** On 127.0.0.1 of the machine, where a browser reaches them; docker-compose.yml publishes the same. */
const published = { gateway: 4000, identityProvider: 4001, stripeSandbox: 4002 };

const gatewayUrl = `http://127.0.0.1:${published.gateway}`;
/** The Stripe sandbox as a browser reaches it. */
export const sandboxUrl = `http://127.0.0.1:${published.stripeSandbox}`;
const identityProviderUrl = `http://127.0.0.1:${published.identityProvider}`;

/** Writes `<container>.env` files to `folder`. @returns how to reach the stack from outside, for seeding it */
export function writeContainerEnvironments(folder: string): GraphAccess {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secrets = openSecrets(folder);
  for (const [container, environment] of Object.entries(containerEnvironments(secrets))) {
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(path.join(folder, `${container}.env`), lines.join(''), { mode: 0o600 });
  }
  const developmentClientSecret = secrets.get('development-client');
  return { gatewayUrl, identityProviderUrl, developmentClientSecret };
}

function containerEnvironments(secrets: Secrets): Record<string, Readonly<Record<string, string>>> {
  const facts = factsOf(secrets);
  const listening = { HOST: '0.0.0.0', PORT: String(port) };
  const databasePasswords = databaseOwners.map((owner) => [databasePasswordVariable(owner), secrets.get(`database:${owner}`)] as const);
  return {
    postgres: { POSTGRES_PASSWORD: secrets.get('postgres') },
    redis: { REDIS_PASSWORD: secrets.get('redis') },
    'stripe-sandbox': {
      ...listening,
      DATA_DIR: '/data',
      PUBLIC_URL: facts.stripe.browserApiBase,
      WEBHOOK_URL: `http://payment-vault:${port}/webhooks/stripe`,
      ...(facts.stripe.webhookSecret === undefined ? {} : { WEBHOOK_SECRET: facts.stripe.webhookSecret }),
      WEBHOOK_EVENTS: stripeEventTypes.join(','),
    },
    'identity-provider': {
      ...listening,
      DATA_DIR: '/data',
      ISSUER: identityProviderUrl,
      GATEWAY_ORIGIN: gatewayUrl,
      DEVELOPMENT_CLIENT_SECRET: secrets.get('development-client'),
      NODE_ENV: facts.nodeEnvironment,
    },
    'prepare-stores': {
      DATABASE_ADMIN_URL: `postgres://postgres:${secrets.get('postgres')}@postgres:5432/postgres`,
      KAFKA_BROKERS: facts.kafkaBrokers.join(','),
      ...Object.fromEntries(databasePasswords),
      [keysPasswordVariable]: secrets.get('database:payment-vault-keys'),
    },
    ...Object.fromEntries(processDefinitions.map(({ name, environment }) => [name, { ...environment(facts), ...listening }])),
  };
}

function factsOf(secrets: Secrets): StackFacts {
  const account = secrets.get('stripe-account');
  return {
    nodeEnvironment: 'development',
    logLevel: 'info',
    databaseUrl: (service) => {
      const name = databaseName(service);
      return `postgres://${name}:${secrets.get(`database:${service}`)}@postgres:5432/${name}`;
    },
    kafkaBrokers: ['kafka:9092'],
    redisUrl: `redis://:${secrets.get('redis')}@redis:6379`,
    address: (service) => `http://${service}:${port}`,
    identityKeysFor: (name) => identityKeysFor(name, secrets),
    stripe: {
      secretKey: `sk_test_${account}`,
      publishableKey: `pk_test_${account}`,
      apiBase: `http://stripe-sandbox:${port}`,
      browserApiBase: sandboxUrl,
      webhookSecret: `whsec_${secrets.get('stripe-webhook')}`,
    },
    gatewayKeys: `local:${secrets.get('gateway', key)}`,
    publicOrigin: gatewayUrl,
    attesterRootFile: attesterRootFile('/identity-provider'),
    identityIssuer: identityProviderUrl,
    jwksUrl: `http://identity-provider:${port}/jwks`,
    partnerDashboardUrl: `${gatewayUrl}/seller`,
    vaultKeys: {
      databaseUrl: `postgres://${keysRole}:${secrets.get('database:payment-vault-keys')}@postgres:5432/${databaseName('payment-vault')}`,
      file: '/data/vault-keys.json',
      custodianHalves: custodianHalves(secrets),
    },
  };
}
