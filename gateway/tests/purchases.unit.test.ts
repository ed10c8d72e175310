/** The pages' purchases against answers of the graph: which tap is the same purchase, and which is another one. */
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

interface Sent {
  readonly idempotencyKey: string;
  readonly productId: string;
  readonly quoteId?: string;
  readonly besideOrderId?: string;
}
type Wanted = Omit<Sent, 'idempotencyKey'> & { readonly quantity: number };
type Answer = { readonly __typename: string };
type Graph = { readonly run: (name: string, variables: { readonly input: Sent }) => Promise<{ readonly data: { placeOrder: Answer } }> };
type Purchases = { readonly createPurchases: (graph: Graph) => { buy: (accountId: string, wanted: Wanted) => Promise<Answer> } };

const { createPurchases } = (await import(path.resolve(import.meta.dirname, '../pages/scripts/purchase.js'))) as Purchases;

const wanted: Wanted = { productId: 'prd_1', quantity: 1, quoteId: 'quo_1' };
let sent: Sent[];
let kept: Map<string, string>;

beforeEach(() => {
  sent = [];
  kept = new Map();
  const sessionStorage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  Object.assign(globalThis, { sessionStorage });
});
afterEach(() => void Reflect.deleteProperty(globalThis, 'sessionStorage'));

/** Purchases whose graph answers with these in turn; an Error is a lost answer. */
function purchasesAnswered(...answers: readonly (string | Error)[]) {
  const left = [...answers];
  return createPurchases({
    run: async (_name, { input }) => {
      sent.push(input);
      const answer = left.shift();
      if (answer === undefined) throw new Error('one call too many');
      if (answer instanceof Error) throw answer;
      return { data: { placeOrder: { __typename: answer } } };
    },
  });
}

const keys = (): number => new Set(sent.map(({ idempotencyKey }) => idempotencyKey)).size;

test('a purchase whose answer was lost is asked for again with its key, also from another sheet of the same', async () => {
  const purchases = purchasesAnswered(new Error('lost'), 'PaymentDeclinedError');
  await expect(purchases.buy('usr_1', wanted)).rejects.toThrow('lost');
  expect(await purchases.buy('usr_1', { ...wanted, quoteId: 'quo_2' })).toEqual({ __typename: 'PaymentDeclinedError' });
  expect(sent.map(({ quoteId }) => quoteId)).toEqual(['quo_1', 'quo_1']);
  expect(keys()).toBe(1);
});

test.each(['PurchaseAbandonedError', 'QuoteExpiredError', 'PurchaseLimitError'])('after %s the next tap has a new key', async (answer) => {
  const purchases = purchasesAnswered(answer, 'PlaceOrderSuccess');
  expect(await purchases.buy('usr_1', wanted)).toEqual({ __typename: answer });
  expect(await purchases.buy('usr_1', wanted)).toEqual({ __typename: 'PlaceOrderSuccess' });
  expect(keys()).toBe(2);
});

test('a purchase that is meant beside another one has a key of its own', async () => {
  const purchases = purchasesAnswered('PossibleDuplicateError', 'PlaceOrderSuccess');
  await purchases.buy('usr_1', wanted);
  await purchases.buy('usr_1', { ...wanted, besideOrderId: 'ord_1' });
  expect(sent.map(({ besideOrderId }) => besideOrderId)).toEqual([undefined, 'ord_1']);
  expect(keys()).toBe(2);
});

test('a purchase that waits for the bank keeps its key until it is decided', async () => {
  const purchases = purchasesAnswered('PaymentActionRequired', 'PlaceOrderSuccess', 'PlaceOrderSuccess');
  await purchases.buy('usr_1', wanted);
  await purchases.buy('usr_1', wanted);
  expect(keys()).toBe(1);
  await purchases.buy('usr_1', wanted);
  expect(keys()).toBe(2);
});
