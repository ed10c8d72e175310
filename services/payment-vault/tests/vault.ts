/** A vault for tests: the real server on a database of its own, and a Stripe sandbox that it reaches over HTTP. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { AuthorizationRequest, RefundRequest } from '@vitrine/contracts/payment-vault-http';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { identityHeader, parseIdentityKeys, signIdentity, type Actor } from '@vitrine/runtime/identity';
import { newId } from '@vitrine/runtime/ids';
import { createLogger } from '@vitrine/runtime/telemetry';
import type { Allowance } from '@vitrine/runtime/use-limits';
import { buildSandbox } from '@vitrine/stripe-sandbox/server';
import { createTestDatabase } from '../../../tests/support/stack.ts';
import { recordStripeCall } from '../../../tests/support/stripe-calls.ts';
import { createDeps } from '../src/create-deps.ts';
import type { Deps } from '../src/deps.ts';
import type { CardAllowances } from '../src/card-limits.ts';
import { buildServer } from '../src/server.ts';
import { createTestKeyService } from './test-keys.ts';

/** Stripe's test cards (https://docs.stripe.com/testing). */
export const testCards = {
  visa: '4242424242424242',
  mastercard: '5555555555554444',
  declinedLater: '4000000000000341',
  alwaysChallenged: '4000002760003184',
} as const;

export const addressInput = {
  name: 'Ada Example',
  line1: '77 Quillfeather Row',
  line2: 'Apt 4',
  city: 'San Francisco',
  region: 'CA',
  postalCode: '94103',
  country: 'US',
  phone: '+14155550100',
};

/** A part of an answer. Which fields are there depends on what was asked; a test that reads another one fails. */
export interface Answered {
  readonly __typename: string;
  readonly _entities: readonly (Answered | null)[];
  readonly address: Answered;
  readonly addresses: readonly Answered[];
  readonly clientSecret: string;
  readonly customerSessionClientSecret: string | null;
  readonly cursor: string;
  readonly defaultAddress: Answered | null;
  readonly disclosedAt: string;
  readonly disclosures: Answered;
  readonly edges: readonly Answered[];
  readonly id: string;
  readonly isDefault: boolean;
  readonly node: Answered;
  readonly orderId: string;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly path: readonly string[];
  readonly paymentMethod: Answered;
  readonly paymentMethods: readonly Answered[];
  readonly result: Answered;
  readonly setupIntentId: string;
  readonly shippingAddress: object | null;
  readonly viewer: Answered;
}

export interface GraphQLAnswer {
  readonly data: Answered;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

export const buyer = (accountId: string): Actor => ({ role: 'buyer', accountId, country: 'US' });
export const seller = (sellerId: string): Actor => ({ role: 'seller', accountId: newId('usr'), sellerId });
export const key = (): string => randomUUID();

/** What the sandbox signs webhooks with, once a test lets it send them. */
export const webhookSecret = 'whsec_vault_under_test';

/** The buyer agreed to have it kept. */
export const saveConsent = { textVersion: 'save-us-1' };

const sandboxKeys = { secret: 'sk_test_vault_under_test', publishable: 'pk_test_vault_under_test' };

/** Fields of every result, so that a test can compare the whole answer. */
const cardFields = 'id brand last4 expMonth expYear isExpired isDefault isSaved status label createdAt';
const addressFields = 'id name line1 line2 city region postalCode country phone isDefault isSaved label createdAt';
const errorFields = `... on UserError { message } ... on InvalidInputError { path } ... on IdempotencyKeyReusedError { idempotencyKey }
  ... on IdempotencyKeyInFlightError { retryAfterMs }`;
const notFoundFields = '... on NotFoundError { id }';

export const operations = {
  startCardSetup: `mutation ($input: StartCardSetupInput!) { result: startCardSetup(input: $input) { __typename ${errorFields}
    ... on StartCardSetupSuccess { setupIntentId clientSecret stripeCustomerId customerSessionClientSecret publishableKey stripeApiBase } ... on TooManyStoredError { limit } ... on PaymentProviderUnavailableError { retryAfterMs } } }`,
  finishCardSetup: `mutation ($input: FinishCardSetupInput!) { result: finishCardSetup(input: $input) { __typename ${errorFields} ${notFoundFields}
    ... on FinishCardSetupSuccess { paymentMethod { ${cardFields} } } ... on CardSetupIncompleteError { status reason } ... on TooManyStoredError { limit } ... on ConsentTextOutdatedError { currentVersion } ... on PaymentProviderUnavailableError { retryAfterMs } } }`,
  setDefaultPaymentMethod: `mutation ($input: SetDefaultPaymentMethodInput!) { result: setDefaultPaymentMethod(input: $input) { __typename ${errorFields} ${notFoundFields}
    ... on SetDefaultPaymentMethodSuccess { paymentMethod { ${cardFields} } } } }`,
  deletePaymentMethod: `mutation ($input: DeletePaymentMethodInput!) { result: deletePaymentMethod(input: $input) { __typename ${errorFields} ${notFoundFields}
    ... on DeletePaymentMethodSuccess { paymentMethodId defaultPaymentMethod { ${cardFields} } } ... on PaymentProviderUnavailableError { retryAfterMs } } }`,
  addAddress: `mutation ($input: AddAddressInput!) { result: addAddress(input: $input) { __typename ${errorFields}
    ... on AddAddressSuccess { address { ${addressFields} } } ... on TooManyStoredError { limit } ... on ConsentTextOutdatedError { currentVersion } } }`,
  setDefaultAddress: `mutation ($input: SetDefaultAddressInput!) { result: setDefaultAddress(input: $input) { __typename ${errorFields} ${notFoundFields}
    ... on SetDefaultAddressSuccess { address { ${addressFields} } } } }`,
  deleteAddress: `mutation ($input: DeleteAddressInput!) { result: deleteAddress(input: $input) { __typename ${errorFields} ${notFoundFields}
    ... on DeleteAddressSuccess { addressId defaultAddress { ${addressFields} } } } }`,
  viewer: `{ viewer { id paymentMethods { ${cardFields} } addresses { ${addressFields} } } }`,
  disclosures: `query ($first: Int!, $after: String) { viewer { disclosures(first: $first, after: $after) {
    edges { cursor node { id sellerId purpose orderId permissionId fields disclosedAt } } pageInfo { hasNextPage endCursor } } } }`,
  entities: `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename
    ... on Viewer { id paymentMethods { id } addresses { id } } ... on PaymentMethod { ${cardFields} } ... on Address { ${addressFields} }
    ... on Order { id shippingAddress { name line1 line2 city region postalCode country phone } }
    ... on SellerOrder { id shippingAddress { name line1 line2 city region postalCode country phone } } } }`,
} as const;

/** What the sandbox says happened to an order's money. */
export interface LedgerOrder {
  readonly payment_intents: readonly string[];
  readonly authorized: number;
  readonly captured: number;
  readonly voided: number;
  readonly refunded: number;
  readonly open: number;
  readonly counts: { readonly authorized: number; readonly captured: number; readonly refunded: number; readonly voided: number };
}

export type Vault = Awaited<ReturnType<typeof startVault>>;

/** Test cards are few, and everybody uses them. */
const manyAllowed: Allowance = { uses: 1_000_000, amountMinor: 1_000_000_000, refusals: 1_000_000, smallUses: 1_000_000 };

export async function startVault(options: { readonly now?: () => Date; readonly cardAllowances?: CardAllowances } = {}) {
  const logger = createLogger({ name: 'payment-vault', level: 'silent' });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vault-sandbox-'));
  const sandbox = await buildSandbox({ onCall: recordStripeCall, dataDir: folder });
  const stripeApiBase = await sandbox.listen({ port: 0, host: '127.0.0.1' });
  const database = await createTestDatabase('payment-vault');
  const pool: Pool = createPool({ url: database.url, size: 12, name: 'test', logger });
  const config = {
    STRIPE_SECRET_KEY: sandboxKeys.secret,
    STRIPE_PUBLISHABLE_KEY: sandboxKeys.publishable,
    STRIPE_API_BASE: stripeApiBase,
    STRIPE_WEBHOOK_SECRETS: [webhookSecret],
    PARTNER_DASHBOARD_URL: 'https://partners.example.com/seller',
  };
  const keysPool: Pool = createPool({ url: database.keysUrl, size: 4, name: 'test-keys', logger });
  const keyService = await createTestKeyService(folder);
  const { deps, close } = createDeps({
    config,
    cardAllowances: options.cardAllowances ?? { byScope: { CARD: manyAllowed, BUYER: manyAllowed, DEVICE: manyAllowed }, smallMinor: 500 },
    pool,
    keysPool,
    keyService,
    logger,
    wakeRelay: () => {},
    now: options.now,
  });
  const identityKeys = parseIdentityKeys(
    ['gateway', 'checkout', 'ops'].map((from) => `${from}>payment-vault:test:${randomBytes(32).toString('base64')}`).join(','),
  );
  const server = buildServer(deps, identityKeys);
  await server.ready();

  const post = async (from: string, actor: Actor, url: string, payload: object) => {
    const identity = signIdentity(identityKeys, { from, to: 'payment-vault', actor, requestId: randomUUID() });
    const { statusCode, body } = await server.inject({ method: 'POST', url, headers: { [identityHeader]: identity }, payload });
    return { status: statusCode, body: JSON.parse(body) as Record<string, unknown> };
  };
  const ask = async (actor: Actor, query: string, variables?: object): Promise<GraphQLAnswer> =>
    (await post('gateway', actor, '/graphql', { query, variables })).body as unknown as GraphQLAnswer;
  /** The `result` of a mutation. */
  const mutate = async (buyerId: string, operation: keyof typeof operations, input: object): Promise<Answered> => {
    const { data, errors } = await ask(buyer(buyerId), operations[operation], { input });
    if (errors !== undefined) throw new Error(`${operation}: ${JSON.stringify(errors)}`);
    return data.result;
  };
  /** What an app does at Stripe itself, with the publishable key. */
  const stripe = async (method: 'GET' | 'POST', url: string, parameters: Record<string, string>): Promise<Record<string, unknown>> => {
    const form = new URLSearchParams(parameters).toString();
    const response = await fetch(`${stripeApiBase}${url}${method === 'GET' ? `?${form}` : ''}`, {
      method,
      headers: { authorization: `Bearer ${sandboxKeys.publishable}`, 'content-type': 'application/x-www-form-urlencoded' },
      ...(method === 'POST' ? { body: form } : {}),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const internal = (route: string, body: object) => post('checkout', { role: 'service' }, `/internal/${route}`, body);

  return {
    deps,
    pool,
    keysPool,
    server,
    ask,
    mutate,
    post,
    internal,
    stripe,
    stripeApiBase,

    /** Gives a card to Stripe as the app does, in a setup that startCardSetup began. */
    confirmSetup: (setup: Answered, number: string): Promise<Record<string, unknown>> =>
      stripe('POST', `/v1/setup_intents/${setup.setupIntentId}/confirm`, {
        client_secret: setup.clientSecret,
        'payment_method_data[type]': 'card',
        'payment_method_data[card][number]': number,
        'payment_method_data[card][exp_month]': '12',
        'payment_method_data[card][exp_year]': '2034',
        'payment_method_data[card][cvc]': '123',
      }),

    /** Ends the 3-D Secure challenge of an intent on the bank's page. */
    async answerChallenge(kind: 'payment_intents' | 'setup_intents', clientSecret: string, outcome: 'complete' | 'fail'): Promise<void> {
      const [id = ''] = clientSecret.split('_secret_');
      const intent = await stripe('GET', `/v1/${kind}/${id}`, { client_secret: clientSecret });
      const action = intent['next_action'] as { use_stripe_sdk?: { stripe_js?: string }; redirect_to_url?: { url?: string } } | null;
      const page = action?.use_stripe_sdk?.stripe_js ?? action?.redirect_to_url?.url;
      if (page === undefined) throw new Error('there is no challenge');
      const response = await fetch(page, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `outcome=${outcome}`,
      });
      if (response.status >= 400) throw new Error(`the challenge page answered ${response.status}`);
    },

    /** Stores a card and answers its `pmt_…` id. */
    async addCard(buyerId: string, number: string = testCards.visa): Promise<string> {
      const setup = await mutate(buyerId, 'startCardSetup', { idempotencyKey: key() });
      const confirmed = await this.confirmSetup(setup, number);
      if (confirmed['status'] === 'requires_action') await this.answerChallenge('setup_intents', setup.clientSecret, 'complete');
      const finished = await mutate(buyerId, 'finishCardSetup', { idempotencyKey: key(), setupIntentId: setup.setupIntentId, saveConsent });
      return finished.paymentMethod.id;
    },

    /** Stores an address and answers its `adr_…` id. */
    async addAddress(buyerId: string, changes: Partial<typeof addressInput> = {}): Promise<string> {
      const added = await mutate(buyerId, 'addAddress', { idempotencyKey: key(), ...addressInput, saveConsent, ...changes });
      return added.address.id;
    },

    /** A buyer with a card and an address, and an authorization that checkout could ask for. */
    async prepareOrder(number: string = testCards.visa): Promise<AuthorizationRequest> {
      const buyerId = newId('usr');
      const [paymentMethodId, addressId] = [await this.addCard(buyerId, number), await this.addAddress(buyerId)];
      return {
        orderId: newId('ord'),
        buyerId,
        sellerId: newId('sel'),
        paymentMethodId,
        addressId,
        amount: { amountMinor: 4_599, currency: 'USD' },
        sellerShareMinor: 4_000,
      };
    },

    authorize: async (request: AuthorizationRequest): Promise<Record<string, unknown>> => (await internal('authorizations', request)).body,
    capture: async (orderId: string, amountMinor?: number): Promise<Record<string, unknown>> =>
      (await internal('captures', { orderId, amountMinor })).body,
    refund: async (request: RefundRequest): Promise<Record<string, unknown>> => (await internal('refunds', request)).body,
    voidPayment: async (orderId: string): Promise<Record<string, unknown>> => (await internal('voids', { orderId })).body,

    /** What the sandbox says happened to an order's money; undefined when it never heard of it. */
    async ledger(orderId: string): Promise<LedgerOrder | undefined> {
      const response = await fetch(`${stripeApiBase}/_sandbox/ledger?order_id=${orderId}`);
      return ((await response.json()) as { orders: Record<string, LedgerOrder> }).orders[orderId];
    },

    /** Stripe's status of the one intent of an order. */
    async intentStatus(orderId: string): Promise<string | undefined> {
      const response = await fetch(`${stripeApiBase}/_sandbox/ledger?order_id=${orderId}`);
      const { payment_intents: intents } = (await response.json()) as { payment_intents: Record<string, { status: string }> };
      const [intent, ...others] = Object.values(intents);
      if (others.length > 0) throw new Error('there is more than one intent');
      return intent?.status;
    },

    /** Asks the sandbox to fail calls. */
    async fault(rule: {
      readonly fault: string;
      readonly path: string;
      readonly method?: string;
      readonly times?: number | null;
      readonly delayMs?: number;
      readonly committed?: boolean;
    }): Promise<void> {
      const { path: pattern, method = 'POST', ...rest } = rule;
      const response = await fetch(`${stripeApiBase}/_sandbox/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...rest, match: { method, path: pattern } }),
      });
      if (!response.ok) throw new Error(await response.text());
    },

    /** How often the faults were used so far. */
    async faultHits(): Promise<number> {
      const { rules } = (await (await fetch(`${stripeApiBase}/_sandbox/faults`)).json()) as { rules: { hits: number }[] };
      return rules.reduce((sum, { hits }) => sum + hits, 0);
    },

    clearFaults: async (): Promise<void> => {
      await fetch(`${stripeApiBase}/_sandbox/faults`, { method: 'DELETE' });
    },

    /** The events of an order in the outbox: type, sequence and state, in order. */
    async events(orderId: string): Promise<{ type: string; sequence: number; status: string }[]> {
      const { rows } = await pool.query<{ type: string; sequence: number; status: string }>(
        `select type, sequence, payload->'payment'->>'status' as status from outbox where key = $1 order by position`,
        [orderId],
      );
      return rows;
    },

    /** What the events of an order carry, in order. */
    async payloads(orderId: string): Promise<Record<string, unknown>[]> {
      const { rows } = await pool.query<{ payload: Record<string, unknown> }>(
        'select payload from outbox where key = $1 order by position',
        [orderId],
      );
      return rows.map(({ payload }) => payload);
    },

    async stop(): Promise<void> {
      await server.close();
      await close();
      await pool.end();
      await keysPool.end();
      await database.drop();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until a condition holds. */
export async function until(condition: () => Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const endsAt = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > endsAt) throw new Error('the condition did not come to hold');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export type { Deps };
