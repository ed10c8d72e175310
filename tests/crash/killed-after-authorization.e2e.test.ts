import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { enterAddress, enterCard, listSellerOrders, placeOrder, readTimeline, type Money } from '@vitrine/local/buyer-app';
import { signIn, type GraphClient } from '@vitrine/local/graph-client';
import type { RunningStack } from '@vitrine/local/stack';
import { injectFault, readLedger } from '../support/money-oracle.ts';
import { startWholeStack, uniqueName, wholeStackTimeoutMs } from '../support/stack.ts';
import { until } from '../support/until.ts';

let stack: RunningStack;
let grace: GraphClient;
let seller: GraphClient;

beforeAll(async () => {
  stack = await startWholeStack();
  [grace, seller] = await Promise.all([signIn(stack.state, 'buyer', '@grace'), signIn(stack.state, 'partner', '@paperandpine')]);
  await enterAddress(grace, {
    name: 'Grace',
    line1: '1 Crash Test Road',
    city: 'Oakland',
    region: 'CA',
    postalCode: '94607',
    country: 'US',
  });
  await enterCard(grace, { number: '4242424242424242', expMonth: 1, expYear: 2035, cvc: '999' });
}, wholeStackTimeoutMs);
afterAll(async () => stack.stop(), wholeStackTimeoutMs);

/** Types of an order's events as they are in the topic. */
async function eventTypes(orderId: string): Promise<string[]> {
  const kafka = new kafkajs.Kafka({ brokers: [...stack.state.kafkaBrokers], logLevel: kafkajs.logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: uniqueName('crash'), maxWaitTimeInMs: 50 });
  const types: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topics: ['checkout.order.v1'], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      if (message.key?.toString() === orderId) types.push(String(message.headers?.['ce_type']));
    },
  });
  await until('the confirmed event', async () => (types.includes('order.confirmed') ? true : undefined));
  await consumer.disconnect();
  return types;
}

test('checkout killed between the authorization and the order: after its restart the order is placed and charged once', async () => {
  const { state } = stack;
  const tote = (await readTimeline(grace)).find(({ product }) => product.sku === 'PP-TOTE');
  if (tote === undefined) throw new Error('the tote is not on the timeline');
  const input = { idempotencyKey: randomUUID(), productId: tote.product.id, expectedTotal: tote.product.oneTapTotal as Money };
  const known = new Set(Object.keys(await readLedger(state)));

  // Stripe takes its time; meanwhile checkout dies. The authorization goes through without anybody waiting for it.
  await injectFault(state, { match: { method: 'POST', path: '^/v1/payment_intents' }, fault: 'delay', delayMs: 1_500 });
  const tap = placeOrder(grace, input).catch((error: unknown) => error);
  await until('the purchase at Stripe', async () => {
    const response = await fetch(`${state.stripe.apiBase}/_sandbox/faults`);
    const { rules } = (await response.json()) as { readonly rules: readonly { readonly hits: number }[] };
    return rules.every(({ hits }) => hits > 0) ? true : undefined;
  });
  await stack.kill('checkout', 'SIGKILL');
  const answer = await tap;
  expect(answer).not.toMatchObject({ __typename: 'PlaceOrderSuccess' });
  const orderId = await until(
    'the authorization',
    async () => Object.entries(await readLedger(state)).find(([id, money]) => !known.has(id) && money.authorized > 0)?.[0],
  );
  expect((await listSellerOrders(seller)).map(({ id }) => id)).not.toContain(orderId);

  await stack.restart('checkout');
  await until('the order in the seller’s list', async () => (await listSellerOrders(seller)).find(({ id }) => id === orderId), 30_000);
  expect(await eventTypes(orderId)).toEqual(['order.placed', 'order.confirmed']);
  expect((await readLedger(state))[orderId]).toMatchObject({
    captured: input.expectedTotal.amountMinor,
    open: 0,
    counts: { authorized: 1, captured: 1, refunded: 0, voided: 0 },
  });

  // The app that lost its answer asks again with the same key.
  expect(await placeOrder(grace, input)).toMatchObject({ __typename: 'PlaceOrderSuccess', order: { id: orderId, status: 'CONFIRMED' } });
  const added = Object.keys(await readLedger(state)).filter((id) => !known.has(id));
  expect(added).toEqual([orderId]);
}, 90_000);
