/** A sandbox on a port and folder of its own, with Stripe's SDK pointed at it as a shop and as a browser. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSandbox, type SandboxOptions } from '@vitrine/stripe-sandbox/server';
import Stripe from 'stripe';
import type { LedgerReport } from '@vitrine/stripe-sandbox/ledger';
import { recordStripeCall } from '../../../tests/support/stripe-calls.ts';

/** Automatic payment methods without redirects: what an integration without a return address asks for. */
export const NO_REDIRECTS = { automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const } };

export const VISA = { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '123' };

export interface Fixture {
  url: string;
  dataDir: string;
  /** Secret key. */
  shop: Stripe;
  /** Publishable key of the same account. */
  browser: Stripe;
  client: (key: string) => Stripe;
  ledger: (query?: string) => Promise<LedgerReport>;
  fault: (rule: object) => Promise<void>;
  clearFaults: () => Promise<void>;
  close: () => Promise<void>;
}

export function clientOf(url: string, key: string): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, timeout: 5000, telemetry: false });
}

export async function makeDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'vitrine-stripe-sandbox-'));
}

/** Starts a sandbox. `close` removes its folder unless the folder was handed in. */
export async function startSandbox(options: Partial<SandboxOptions> = {}): Promise<Fixture> {
  const dataDir = options.dataDir ?? (await makeDataDir());
  const server = await buildSandbox({ onCall: recordStripeCall, ...options, dataDir });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const send = async (method: string, path: string, body?: object): Promise<Response> => {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    url,
    dataDir,
    shop: clientOf(url, 'sk_test_vitrine'),
    browser: clientOf(url, 'pk_test_vitrine'),
    client: (key) => clientOf(url, key),
    ledger: async (query = '') => (await send('GET', `/_sandbox/ledger${query}`)).json() as Promise<LedgerReport>,
    fault: async (rule) => void (await send('POST', '/_sandbox/faults', rule)),
    clearFaults: async () => void (await send('DELETE', '/_sandbox/faults')),
    close: async () => {
      await server.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A customer with a saved card, as after a buyer's first purchase. */
export async function savedCard(sandbox: Fixture, number: string = VISA.number): Promise<{ customer: string; card: string }> {
  const customer = await sandbox.shop.customers.create();
  const method = await sandbox.browser.paymentMethods.create({ type: 'card', card: { ...VISA, number } });
  await sandbox.shop.paymentMethods.attach(method.id, { customer: customer.id });
  return { customer: customer.id, card: method.id };
}

/** The parameters of an off-session authorization that is captured later. */
export function authorization(
  owner: { customer: string; card: string },
  amount = 2500,
  orderId = 'ord_1',
): Stripe.PaymentIntentCreateParams {
  return {
    amount,
    currency: 'usd',
    customer: owner.customer,
    payment_method: owner.card,
    confirm: true,
    off_session: true,
    capture_method: 'manual',
    metadata: { order_id: orderId },
    ...NO_REDIRECTS,
  };
}

/** Parameters as a browser sends them: with the intent's client secret, which the SDK's server types leave out. */
export function withSecret<T extends object>(intent: { client_secret: string | null }, params: T): T & { client_secret: string } {
  return { ...params, client_secret: intent.client_secret ?? '' };
}

/** The error that a call is refused with; fails where the call succeeds. */
export async function refusal(call: Promise<unknown>): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  const outcome = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (outcome instanceof Stripe.errors.StripeError) return outcome;
  throw new Error('The call was not refused by Stripe.', { cause: outcome });
}

/** The `error` object of a refusal as it came over the wire. */
export function wire(error: InstanceType<typeof Stripe.errors.StripeError>): {
  charge?: string;
  payment_intent?: Stripe.PaymentIntent;
  setup_intent?: Stripe.SetupIntent;
  payment_method?: Stripe.PaymentMethod;
  doc_url?: string;
} {
  return error.raw as ReturnType<typeof wire>;
}
