import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { paymentEvents } from '@vitrine/contracts/payment-events';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { buildSandbox } from '@vitrine/stripe-sandbox/server';
import pg from 'pg';
import { Value } from 'typebox/value';
import { createTestDatabase, kafkaBrokers, type TestDatabase } from '../../../tests/support/stack.ts';
import { recordStripeCall } from '../../../tests/support/stripe-calls.ts';
import { addressInput, operations, testCards, until, type GraphQLAnswer } from './vault.ts';

const main = path.resolve(import.meta.dirname, '../src/main.ts');
const identityKeys = ['gateway', 'checkout'].map((from) => `${from}>payment-vault:test:${randomBytes(32).toString('base64')}`).join(',');
const keys = parseIdentityKeys(identityKeys);

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof buildSandbox>>;
let stripeApiBase: string;
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'vault-process-'));
  sandbox = await buildSandbox({ onCall: recordStripeCall, dataDir: folder });
  stripeApiBase = await sandbox.listen({ port: 0, host: '127.0.0.1' });
  database = await createTestDatabase('payment-vault');
  environment = {
    PORT: '0',
    NODE_ENV: 'test',
    LOG_LEVEL: 'trace',
    IDENTITY_KEYS: identityKeys,
    DATABASE_URL: database.url,
    KAFKA_BROKERS: kafkaBrokers().join(','),
    STRIPE_SECRET_KEY: 'sk_test_process',
    STRIPE_PUBLISHABLE_KEY: 'pk_test_process',
    STRIPE_API_BASE: stripeApiBase,
    KEYS_DATABASE_URL: database.keysUrl,
    VAULT_KEY_FILE: path.join(folder, 'keys.json'),
    VAULT_CUSTODIAN_HALF_1: randomBytes(32).toString('base64'),
    VAULT_CUSTODIAN_HALF_2: randomBytes(32).toString('base64'),
  };
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output(): string;
}

function run(changes: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main], {
    env: { PATH: process.env['PATH'], ...environment, ...changes },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  return { child, exited: new Promise((resolve) => child.once('exit', resolve)), output: () => chunks.join('') };
}

describe('the process', () => {
  test('refuses to start with a live key, and does not print it', async () => {
    const running = run({ STRIPE_SECRET_KEY: 'sk_live_doNotPrintThis', STRIPE_PUBLISHABLE_KEY: 'pk_live_x' });
    expect(await running.exited).toBe(1);
    expect(running.output()).toContain('live key');
    expect(running.output()).not.toContain('doNotPrintThis');
  });

  test('sells, publishes what became of the payment, logs nothing personal or secret, and stops in order', async () => {
    const running = run();
    try {
      await until(async () => /listening at http:\/\/127\.0\.0\.1:\d+/.test(running.output()), 60_000);
      const origin = /listening at (http:\/\/127\.0\.0\.1:\d+)/.exec(running.output())?.[1] ?? '';
      expect(await (await fetch(`${origin}/readyz`)).json()).toMatchObject({ status: 'ready' });
      expect(
        (
          await fetch(`${origin}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: '{"query":"{ viewer { id } }"}',
          })
        ).status,
      ).toBe(401);

      const post = async (from: string, actor: Actor, url: string, body: object): Promise<unknown> => {
        const identity = signIdentity(keys, { from, to: 'payment-vault', actor, requestId: randomUUID() });
        const response = await fetch(`${origin}${url}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', [identityHeader]: identity },
          body: JSON.stringify(body),
        });
        return response.json();
      };
      const buyerId = newId('usr');
      const mutate = async (operation: keyof typeof operations, input: object) => {
        const answer = (await post('gateway', { role: 'buyer', accountId: buyerId, country: 'US' }, '/graphql', {
          query: operations[operation],
          variables: { input },
        })) as GraphQLAnswer;
        return answer.data.result;
      };
      const setup = await mutate('startCardSetup', { idempotencyKey: randomUUID() });
      const confirmed = await fetch(`${stripeApiBase}/v1/setup_intents/${setup.setupIntentId}/confirm`, {
        method: 'POST',
        headers: { authorization: 'Bearer pk_test_process', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({
          client_secret: setup.clientSecret,
          'payment_method_data[type]': 'card',
          'payment_method_data[card][number]': testCards.alwaysChallenged,
          'payment_method_data[card][exp_month]': '1',
          'payment_method_data[card][exp_year]': '2035',
        }),
      });
      const { next_action: action } = (await confirmed.json()) as { next_action: { use_stripe_sdk: { stripe_js: string } } };
      const complete = (page: string) =>
        fetch(page, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'outcome=complete' });
      await complete(action.use_stripe_sdk.stripe_js);
      const { paymentMethod } = await mutate('finishCardSetup', {
        idempotencyKey: randomUUID(),
        setupIntentId: setup.setupIntentId,
        saveConsent: { textVersion: 'save-us-1' },
      });
      const { address } = await mutate('addAddress', { idempotencyKey: randomUUID(), ...addressInput });

      const orderId = newId('ord');
      const request = {
        orderId,
        buyerId,
        sellerId: newId('sel'),
        paymentMethodId: paymentMethod.id,
        addressId: address.id,
        amount: { amountMinor: 2_500, currency: 'USD' },
        sellerShareMinor: 2_000,
      };
      const authorize = async () =>
        (await post('checkout', { role: 'service' }, '/internal/authorizations', request)) as { status: string; clientSecret: string };
      const asked = await authorize();
      expect(asked).toMatchObject({ status: 'requires_action' });
      const [intentId = ''] = asked.clientSecret.split('_secret_');
      const intent = await fetch(`${stripeApiBase}/v1/payment_intents/${intentId}?client_secret=${asked.clientSecret}`, {
        headers: { authorization: 'Bearer pk_test_process' },
      });
      await complete(((await intent.json()) as typeof setup & { next_action: typeof action }).next_action.use_stripe_sdk.stripe_js);
      expect(await authorize()).toMatchObject({ status: 'authorized' });
      expect(await post('checkout', { role: 'service' }, '/internal/captures', { orderId })).toMatchObject({ status: 'captured' });

      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      try {
        const events = async () =>
          (
            await client.query<{ type: keyof typeof paymentEvents; payload: unknown; published_at: Date | null }>(
              'select type, payload, published_at from outbox where key = $1 order by position',
              [orderId],
            )
          ).rows;
        await until(async () => (await events()).every((event) => event.published_at !== null));
        const published = await events();
        expect(published.map(({ type }) => type)).toEqual(['payment.authorized', 'payment.captured']);
        for (const { type, payload } of published) expect(Value.Check(paymentEvents[type], payload)).toBe(true);
      } finally {
        await client.end();
      }

      running.child.kill('SIGTERM');
      expect(await running.exited).toBe(0);
      const output = running.output();
      expect(output).toContain(orderId);
      const secrets = [
        setup.clientSecret,
        asked.clientSecret,
        environment['VAULT_CUSTODIAN_HALF_1'] ?? '',
        environment['VAULT_CUSTODIAN_HALF_2'] ?? '',
        'sk_test_process',
        'Quillfeather',
        addressInput.name,
        addressInput.phone,
        testCards.alwaysChallenged,
      ];
      expect(secrets.filter((secret) => secret === '' || output.includes(secret))).toEqual([]);
    } finally {
      running.child.kill('SIGKILL');
    }
  }, 120_000);
});
