import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { enterAddress, enterCard, listSellerOrders, placeOrder, readTimeline, type Money } from '@vitrine/local/buyer-app';
import { signIn, type GraphClient } from '@vitrine/local/graph-client';
import type { RunningStack } from '@vitrine/local/stack';
import { injectFault, readLedger, type OrderMoney } from '../support/money-oracle.ts';
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

/** Taps Buy on the tote, kills checkout when `reached` says so, restarts it, and sees one order and one charge. */
async function killWhile(fault: 'delay' | 'delay_after', reached: (newMoney: OrderMoney | undefined) => Promise<boolean>): Promise<void> {
  const { state } = stack;
  const tote = (await readTimeline(grace)).find(({ product }) => product.sku === 'PP-TOTE');
  if (tote === undefined) throw new Error('the tote is not on the timeline');
  const input = { idempotencyKey: randomUUID(), productId: tote.product.id, expectedTotal: tote.product.oneTapTotal as Money };
  const known = new Set(Object.keys(await readLedger(state)));
  const findNew = async () => Object.entries(await readLedger(state)).find(([id]) => !known.has(id));

  await injectFault(state, { match: { method: 'POST', path: '^/v1/payment_intents' }, fault, delayMs: 3_000 });
  const tap = placeOrder(grace, input).catch((error: unknown) => error);
  await until('the moment to kill', async () => ((await reached((await findNew())?.[1])) ? true : undefined));
  await stack.kill('checkout', 'SIGKILL');
  expect(await tap).not.toMatchObject({ __typename: 'PlaceOrderSuccess' });

  const [orderId] = await until('the authorization', async () => {
    const found = await findNew();
    return found !== undefined && found[1].authorized > 0 ? found : undefined;
  });
  const orders = new pg.Client({ connectionString: state.databaseUrls['checkout'] });
  await orders.connect();
  expect((await orders.query('select 1 from orders where order_id = $1', [orderId])).rows).toEqual([]);
  await orders.end();

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
  expect(Object.keys(await readLedger(state)).filter((id) => !known.has(id))).toEqual([orderId]);
}

test('checkout killed after the authorization: after its restart the order is placed and charged once', async () => {
  // Stripe has authorized, and its answer takes its time.
  await killWhile('delay_after', async (money) => money !== undefined && money.authorized > 0);
}, 90_000);

test('checkout killed while the authorization is under way: after its restart the order is placed and charged once', async () => {
  // Stripe takes its time; the authorization goes through without anybody waiting for it.
  await killWhile('delay', async () => {
    const response = await fetch(`${stack.state.stripe.apiBase}/_sandbox/faults`);
    const { rules } = (await response.json()) as { readonly rules: readonly { readonly hits: number }[] };
    return rules.every(({ hits }) => hits > 0);
  });
}, 90_000);
