/**
 * `npm run demo`: buys twice on the real stack with the official app, as a first-time buyer and then with one mutation, and
 * shows what became of it: the event in Kafka and the order in the seller's list. `--json` prints one JSON object instead.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import kafkajs from 'kafkajs';
import {
  enterAddress,
  enterCard,
  forgetEverything,
  listSellerOrders,
  openBuy,
  placeOrder,
  readTimeline,
  type Answer,
  type Money,
} from '@vitrine/local/buyer-app';
import { signIn, type GraphClient } from '@vitrine/local/graph-client';
import { signInOfficialApp } from '@vitrine/local/official-app';
import { seed } from '@vitrine/local/seed';
import { explainFailure } from '@vitrine/local/start-failure';
import { findRunningStack, runStack, type RunningStack, type StackState } from '@vitrine/local/stack';
import { onTermination } from '@vitrine/local/termination';
import { orderTopic } from '@vitrine/contracts/order-events';
import { toEnvelope, type EventEnvelope } from '@vitrine/runtime/events';

const { values: flags } = parseArgs({ options: { json: { type: 'boolean', default: false } } });

const say = (line: string): void => {
  if (!flags.json) process.stdout.write(`${line}\n`);
};

const dollars = ({ amountMinor, currency }: Money): string =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amountMinor / 100);

/** @throws Error with the answer's message when it is not of this type. */
function expectType<Kind extends Answer>(answer: Kind, typename: string): Kind {
  if (answer.__typename !== typename) throw new Error(`expected ${typename}, got ${answer.__typename}: ${answer.message ?? ''}`);
  return answer;
}

async function purchase(
  buyer: GraphClient,
  input: { readonly productId: string; readonly expectedTotal: Money; readonly sourcePostId: string },
): Promise<string> {
  const answer = await placeOrder(buyer, input);
  // Of a demonstration before this one: whoever runs it again means to buy again.
  const { orderId } = answer;
  const isMeant = answer.__typename === 'PossibleDuplicateError' && typeof orderId === 'string';
  const { order } = expectType(isMeant ? await placeOrder(buyer, { ...input, besideOrderId: orderId }) : answer, 'PlaceOrderSuccess');
  if (order === undefined) throw new Error('the order is missing in the answer');
  return order.id;
}

/** Reads the orders' events back from the topic, from where it was when the demo began. */
async function readEvents(state: StackState, orderIds: readonly string[], since: number): Promise<EventEnvelope[]> {
  const kafka = new kafkajs.Kafka({ clientId: 'demo', brokers: [...state.kafkaBrokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const groupId = `demo-${randomUUID()}`;
  const offsets = await admin.fetchTopicOffsetsByTimestamp(orderTopic, since);
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50 });
  const events: EventEnvelope[] = [];
  const complete = Promise.withResolvers<void>();
  await consumer.connect();
  await consumer.subscribe({ topics: [orderTopic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      if (!orderIds.includes(message.key?.toString() ?? '')) return;
      events.push(toEnvelope({ topic: orderTopic, key: message.key, value: message.value, headers: message.headers }));
      if (orderIds.every((orderId) => events.some(({ key, type }) => key === orderId && type === 'order.confirmed'))) complete.resolve();
    },
  });
  for (const { partition, offset } of offsets) consumer.seek({ topic: orderTopic, partition, offset });
  await Promise.race([
    complete.promise,
    wait(20_000, undefined, { ref: false }).then(() => {
      throw new Error('the order events did not come within 20 s');
    }),
  ]);
  await consumer.disconnect();
  await admin.deleteGroups([groupId]);
  await admin.disconnect();
  return events.toSorted((a, b) => orderIds.indexOf(a.key) - orderIds.indexOf(b.key) || a.sequence - b.sequence);
}

async function demonstrate(state: StackState): Promise<void> {
  const since = Date.now() - 1_000;
  const buyer = await signInOfficialApp(state, '@grace');
  const seller = await signIn(state, 'partner', '@northwind');
  await forgetEverything(buyer);

  say('\nGrace reads her timeline:');
  const cards = await readTimeline(buyer);
  for (const { product } of cards)
    say(
      `  ${product.title}, ${dollars(product.price)}${product.buyButton?.available === true ? ' [Buy]' : ` (${product.buyButton?.message ?? 'not available'})`}`,
    );
  const beans = cards.find(({ product }) => product.sku === 'NW-BEANS');
  if (beans === undefined || beans.product.buyButton?.available !== true)
    throw new Error('there is nothing to buy on the timeline: start again with npm start -- --fresh');

  const firstTap = performance.now();
  const sheet = expectType(await openBuy(buyer, { productId: beans.product.id }), 'BuySheet');
  say(`\nShe taps Buy on “${beans.product.title}”. Still missing: ${sheet.missing?.join(', ') ?? 'nothing'}.`);
  expectType(
    await enterAddress(buyer, {
      name: 'Grace',
      line1: '1 Analytical Way',
      city: 'Arlington',
      region: 'VA',
      postalCode: '22201',
      country: 'US',
    }),
    'AddAddressSuccess',
  );
  expectType(
    await enterCard(buyer, { number: '4242424242424242', expMonth: 12, expYear: new Date().getFullYear() + 4, cvc: '123' }),
    'FinishCardSetupSuccess',
  );
  const complete = expectType(await openBuy(buyer, { productId: beans.product.id }), 'BuySheet');
  if (complete.total === null || complete.total === undefined) throw new Error('the sheet has no total');
  const firstOrderId = await purchase(buyer, { productId: beans.product.id, expectedTotal: complete.total, sourcePostId: beans.postId });
  const firstPurchaseMs = performance.now() - firstTap;
  say(`Address and card entered, bought for ${dollars(complete.total)}: ${firstOrderId}, ${firstPurchaseMs.toFixed(0)} ms after the tap.`);

  // Another product: the same one bought twice within seconds would be taken for an app that lost its answer.
  const again = (await readTimeline(buyer)).find(
    ({ postId, product }) => postId !== beans.postId && product.buyButton?.available === true && product.oneTapTotal !== null,
  );
  if (again === undefined || again.product.oneTapTotal === null) throw new Error('no other card has a one-tap total');
  const secondTap = performance.now();
  const secondOrderId = await purchase(buyer, {
    productId: again.product.id,
    expectedTotal: again.product.oneTapTotal,
    sourcePostId: again.postId,
  });
  const oneTapMs = performance.now() - secondTap;
  say(`One tap on “${again.product.title}”, nothing entered: ${secondOrderId}, placed in ${oneTapMs.toFixed(0)} ms.`);

  const orderIds = [firstOrderId, secondOrderId];
  const events = await readEvents(state, orderIds, since);
  say('\nThe events as read back from Kafka:');
  for (const event of events) say(`  ${event.type} ${event.key} #${event.sequence} ${event.eventId}\n    ${JSON.stringify(event.payload)}`);

  const deadline = Date.now() + 10_000;
  let sellerOrders = await listSellerOrders(seller);
  while (!orderIds.every((orderId) => sellerOrders.some(({ id }) => id === orderId))) {
    if (Date.now() > deadline) throw new Error('the orders did not come into the seller’s list within 10 s');
    await wait(50);
    sellerOrders = await listSellerOrders(seller);
  }
  say('\nThe seller’s newest orders:');
  for (const order of sellerOrders.slice(0, 5))
    say(
      `  ${order.id} ${order.status} ${dollars(order.total)} ${order.lines.map(({ quantity, title }) => `${quantity} × ${title}`).join(', ')}`,
    );
  say(`\nTap to placed: first purchase ${firstPurchaseMs.toFixed(0)} ms, one tap ${oneTapMs.toFixed(0)} ms.`);
  if (flags.json) {
    process.stdout.write(
      `${JSON.stringify({ firstPurchaseMs: Math.round(firstPurchaseMs), oneTapMs: Math.round(oneTapMs), orderIds, events, sellerOrders: sellerOrders.filter(({ id }) => orderIds.includes(id)) })}\n`,
    );
  }
}

const running = findRunningStack();
if (running !== undefined) {
  await demonstrate(running);
} else {
  const interrupted = new AbortController();
  let stack: RunningStack | undefined;
  let stopping: Promise<void> | undefined;
  onTermination((why) => {
    if (interrupted.signal.aborted) return;
    process.stderr.write(`${why}: stopping\n`);
    // A start that is under way stops by itself what it has started.
    interrupted.abort(new Error(why));
    stopping = stack?.stop();
  });
  const write = (text: string) => process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  try {
    stack = await runStack({ seed, env: process.env, write, signal: interrupted.signal });
    await demonstrate(stack.state);
  } catch (error) {
    if (!interrupted.signal.aborted) {
      process.stderr.write(`${explainFailure(error)}\n`);
      process.exitCode = 1;
    }
  } finally {
    await (stopping ?? stack?.stop());
  }
  // What the demonstration was waiting for when it was interrupted does not come any more.
  if (interrupted.signal.aborted) process.exit(130);
}
