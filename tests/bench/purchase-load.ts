/** Buyers who tap Buy: each client sends its next purchase when the last is answered, over connections that are kept. */
import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import type { Market } from './purchase-shops.ts';

export type Load = {
  /** Order ids, with the time of the tap, as `performance.now()` gives it. */
  readonly placed: ReadonlyMap<string, number>;
  /** From the tap to the answer, in milliseconds; of those that were placed. */
  readonly answerMs: readonly number[];
  /** How often each other answer came. */
  readonly failures: Readonly<Record<string, number>>;
  /** From the first tap to the last answer. */
  readonly seconds: number;
};

export type LoadLimits = {
  readonly clients: number;
  readonly purchases: number | null;
  readonly seconds: number;
};

/** What the app sends for one tap; the fields of its confirmation. */
const mutation = `mutation PlaceOrder($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename
  ... on UserError { message } ... on PlaceOrderSuccess { order { id status total { amountMinor currency } } } } }`;

type Answer = {
  readonly data?: { readonly placeOrder: { readonly __typename: string; readonly order?: { readonly id: string } } } | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
};

export type Buying = {
  readonly run: (limits: LoadLimits, onPlaced: (orderId: string, tappedAt: number) => void, signal: AbortSignal) => Promise<Load>;
  readonly close: () => Promise<void>;
};

export function createBuying(gatewayUrl: string, { tokens, offers }: Market): Buying {
  const pool = new Pool(gatewayUrl, { connections: 128, pipelining: 1 });
  // Goes on from load to load, so that a pair of buyer and product comes again as late as it can.
  let taps = 0;

  const nextTap = (): { readonly token: string; readonly body: string } => {
    const tap = taps;
    taps += 1;
    const token = tokens[tap % tokens.length];
    const offer = offers[(tap + Math.floor(tap / tokens.length)) % offers.length];
    if (token === undefined || offer === undefined) throw new Error('there is nobody to buy, or nothing to be bought');
    const input = { idempotencyKey: randomUUID(), productId: offer.productId, quantity: 1, expectedTotal: offer.total };
    return { token, body: JSON.stringify({ query: mutation, variables: { input } }) };
  };

  const buy = async ({ token, body }: ReturnType<typeof nextTap>): Promise<{ readonly orderId: string } | { readonly failure: string }> => {
    const response = await pool.request({
      path: '/graphql/buyer',
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', authorization: `Bearer ${token}` },
      body,
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) return { failure: `HTTP ${response.statusCode}` };
    const { data, errors } = JSON.parse(text) as Answer;
    const answer = data?.placeOrder;
    if (answer?.__typename === 'PlaceOrderSuccess' && answer.order !== undefined) return { orderId: answer.order.id };
    return { failure: answer?.__typename ?? errors?.[0]?.extensions?.code ?? 'no data' };
  };

  return {
    run: async ({ clients, purchases, seconds }, onPlaced, signal) => {
      const placed = new Map<string, number>();
      const answerMs: number[] = [];
      const failures: Record<string, number> = {};
      const startedAt = performance.now();
      const until = startedAt + seconds * 1_000;
      let left = purchases ?? Number.POSITIVE_INFINITY;
      const client = async (): Promise<void> => {
        while (left > 0 && performance.now() < until && !signal.aborted) {
          left -= 1;
          const tap = nextTap();
          const tappedAt = performance.now();
          // A connection that breaks is a failed purchase like any other.
          const result = await buy(tap).catch((error: unknown) => ({ failure: error instanceof Error ? error.name : 'no answer' }));
          if ('failure' in result) failures[result.failure] = (failures[result.failure] ?? 0) + 1;
          else {
            answerMs.push(performance.now() - tappedAt);
            placed.set(result.orderId, tappedAt);
            onPlaced(result.orderId, tappedAt);
          }
        }
      };
      await Promise.all(Array.from({ length: clients }, client));
      signal.throwIfAborted();
      return { placed, answerMs, failures, seconds: (performance.now() - startedAt) / 1_000 };
    },
    close: () => pool.close(),
  };
}
