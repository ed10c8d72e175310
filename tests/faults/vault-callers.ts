/** Who calls the vault: checkout over the internal API, the buyer's app over GraphQL and at Stripe, and an attacker. */
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { identityHeader, signIdentity, type Actor, type IdentityKeys } from '@vitrine/runtime/identity';
import { choicesOf } from './choices.ts';

export interface Addresses {
  readonly vaults: readonly string[];
  readonly stripe: string;
}

export interface Secrets {
  readonly identityKeys: IdentityKeys;
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly webhookSecret: string;
}

/** `status` is the HTTP status; null when no answer came, as from a process that was killed. */
export interface Answer {
  readonly status: number | null;
  readonly body: Readonly<Record<string, unknown>>;
}

const callTimeoutMs = 30_000;
const noAnswer: Answer = { status: null, body: {} };

async function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(callTimeoutMs) });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {} };
  } catch {
    return noAnswer;
  }
}

export type VaultCallers = ReturnType<typeof createVaultCallers>;

export function createVaultCallers(addresses: Addresses, secrets: Secrets) {
  let asked = 0;
  const vaultFor = (): string => addresses.vaults[(asked += 1) % addresses.vaults.length] ?? '';
  const ask = (from: string, actor: Actor, path: string, body: object): Promise<Answer> => {
    const identity = signIdentity(secrets.identityKeys, { from, to: 'payment-vault', actor, requestId: randomUUID() });
    return post(`${vaultFor()}${path}`, { 'content-type': 'application/json', [identityHeader]: identity }, JSON.stringify(body));
  };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  return {
    /** Checkout's call of an internal route. */
    internal: (route: string, body: object): Promise<Answer> => ask('checkout', { role: 'service' }, `/internal/${route}`, body),

    /** A mutation's `result`; null when none came. */
    async mutate(actor: Actor, query: string, input: object): Promise<Readonly<Record<string, unknown>> | null> {
      const { body } = await ask('gateway', actor, '/graphql', { query, variables: { input } });
      const data = body['data'] as { readonly result?: Readonly<Record<string, unknown>> } | null | undefined;
      return data?.result ?? null;
    },

    /** The app's call of Stripe with the publishable key; a GET where there is no form. */
    async stripe(path: string, parameters?: Readonly<Record<string, string>>): Promise<Answer> {
      const authorization = `Bearer ${secrets.publishableKey}`;
      if (parameters !== undefined)
        return post(`${addresses.stripe}${path}`, { authorization, ...form }, new URLSearchParams(parameters).toString());
      try {
        const response = await fetch(`${addresses.stripe}${path}`, {
          headers: { authorization },
          signal: AbortSignal.timeout(callTimeoutMs),
        });
        return { status: response.status, body: (await response.json()) as Answer['body'] };
      } catch {
        return noAnswer;
      }
    },

    /** Answers what a page at Stripe asks a person. */
    answerPage: async (url: string, outcome: 'complete' | 'fail'): Promise<boolean> =>
      ((await post(url, form, `outcome=${outcome}`)).status ?? 500) < 400,

    /** An event that never happened, by somebody who has not the secret, or who has an old signature. */
    async attack(kind: 'forged' | 'stale', eventId: string, orderId: string): Promise<Answer> {
      const body = JSON.stringify({
        id: eventId,
        object: 'event',
        type: 'payment_intent.succeeded',
        created: Math.floor(Date.now() / 1000),
        livemode: false,
        data: { object: { id: `pi_${eventId}`, object: 'payment_intent', status: 'succeeded', metadata: { order_id: orderId } } },
      });
      const at = Math.floor(Date.now() / 1000) - (kind === 'stale' ? 3_600 : 0);
      const secret = kind === 'stale' ? secrets.webhookSecret : `whsec_${choicesOf(eventId).key()}`;
      const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
      const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${at},v1=${signature}` };
      return post(`${vaultFor()}/webhooks/stripe`, headers, body);
    },
  };
}

/** Repeats a call until its answer is a decision, as every caller of the vault has to. Answers null when none came in time. */
export async function askAgain<Value>(ask: () => Promise<Value | null>, timeoutMs: number): Promise<Value | null> {
  const endsAt = Date.now() + timeoutMs;
  for (let pauseMs = 150; ; pauseMs = Math.min(pauseMs * 1.5, 2_000)) {
    const value = await ask();
    if (value !== null || Date.now() > endsAt) return value;
    await wait(pauseMs);
  }
}
