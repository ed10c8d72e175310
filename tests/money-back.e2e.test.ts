import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  enterAddress,
  enterCard,
  forgetEverything,
  openBuy,
  placeOrder,
  readTimeline,
  type Answer,
  type Money,
} from '@vitrine/local/buyer-app';
import { signIn, type GraphClient } from '@vitrine/local/graph-client';
import type { RunningStack } from '@vitrine/local/stack';
import { readLedger } from './support/money-oracle.ts';
import { startWholeStack, wholeStackTimeoutMs } from './support/stack.ts';
import { until } from './support/until.ts';

const address = { name: 'Ada Back', line1: '1 Return Street', city: 'San Francisco', region: 'CA', postalCode: '94107', country: 'US' };
const card = { number: '5555555555554444', expMonth: 12, expYear: 2034, cvc: '123' };
const sku = 'PP-NOTEBOOK';

let stack: RunningStack;
let ada: GraphClient;
let seller: GraphClient;
let staff: GraphClient;

beforeAll(async () => {
  // Each test buys the same.
  stack = await startWholeStack({ logLevel: 'warn', serviceEnvironment: { checkout: { DUPLICATE_WINDOW_SECONDS: '0' } } });
  const { state } = stack;
  [ada, seller, staff] = await Promise.all([
    signIn(state, 'buyer', '@ada'),
    signIn(state, 'partner', '@paperandpine'),
    signIn(state, 'ops', '@olga'),
  ]);
  await forgetEverything(ada);
  expect(await enterAddress(ada, { ...address, phone: '+14715550147' })).toMatchObject({ __typename: 'AddAddressSuccess' });
  expect(await enterCard(ada, card)).toMatchObject({ __typename: 'FinishCardSetupSuccess' });
}, wholeStackTimeoutMs);
afterAll(async () => {
  await stack.stop();
}, wholeStackTimeoutMs);

/** Buys so many pieces and waits until they are final. */
async function buy(quantity: number): Promise<{ readonly orderId: string; readonly productId: string; readonly total: Money }> {
  const product = (await readTimeline(ada)).find((entry) => entry.product.sku === sku)?.product;
  if (product === undefined) throw new Error(`${sku} is not on the timeline`);
  const { total } = await openBuy(ada, { productId: product.id, quantity });
  if (total === undefined || total === null) throw new Error('no total');
  const placed = await placeOrder(ada, { productId: product.id, quantity, expectedTotal: total });
  const orderId = placed.order?.id;
  if (orderId === undefined) throw new Error(`not placed: ${placed.__typename}`);
  await until('the order to be final', async () => ((await statusOf(orderId)).status === 'CONFIRMED' ? true : undefined), 30_000);
  return { orderId, productId: product.id, total };
}

interface OrderView {
  readonly status: string;
  readonly payment: string;
  readonly returns: string;
  readonly refunded: Money;
  readonly refunds: readonly { readonly kind: string; readonly status: string; readonly amount: Money }[];
  readonly returnRequests: readonly { readonly state: string }[];
}
const statusOf = async (id: string): Promise<OrderView> =>
  (
    await ada.request<{ order: OrderView }>(
      `query ($id: ID!) { order(id: $id) { status payment returns refunded { amountMinor currency } refunds { kind status amount { amountMinor currency } } returnRequests { state } } }`,
      { id },
    )
  ).order;

async function mutate(client: GraphClient, name: string, selection: string, input: object): Promise<Answer> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const data = await client.request<Record<string, Answer>>(
    `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on UserError { message } ... on ${type}Success { ${selection} } } }`,
    { input: { idempotencyKey: randomUUID(), ...input } },
  );
  const answer = data[name];
  if (answer === undefined) throw new Error(`${name} answered nothing`);
  return answer;
}

const onHand = async (): Promise<number | undefined> => {
  const { viewerSeller } = await seller.request<{
    viewerSeller: {
      products: { edges: readonly { readonly node: { readonly sku: string; readonly stock: { readonly onHand: number } } }[] };
    };
  }>(`{ viewerSeller { products(first: 100) { edges { node { sku stock { onHand } } } } } }`);
  return viewerSeller.products.edges.find(({ node }) => node.sku === sku)?.node.stock.onHand;
};
const refundedAtStripe = async (orderId: string): Promise<number> => (await readLedger(stack.state))[orderId]?.counts.refunded ?? 0;

test('goods that come back are paid back at Stripe and in stock again, once', async () => {
  const { orderId, productId } = await buy(2);
  const shipped = await mutate(seller, 'shipOrder', 'shipment { id }', { orderId, carrier: 'UPS' });
  const { id: shipmentId } = shipped['shipment'] as { readonly id: string };
  await mutate(seller, 'recordShipmentEvent', 'shipment { id }', { shipmentId, status: 'DELIVERED' });
  const before = await until('the stock to be sold', onHand);

  const lines = [{ productId, quantity: 1 }];
  const asked = await mutate(ada, 'requestReturn', 'return { id state }', { orderId, lines, reason: 'DOES_NOT_FIT' });
  expect(asked).toMatchObject({ return: { state: 'REQUESTED' } });
  const { id: returnId } = asked['return'] as { readonly id: string };
  expect(await mutate(seller, 'approveReturn', 'return { state }', { returnId })).toMatchObject({ return: { state: 'APPROVED' } });
  const received = { returnId, lines: [{ productId, quantity: 1, restock: true }], refundShipping: true };
  expect(await mutate(seller, 'receiveReturn', 'return { state }', received)).toMatchObject({ __typename: 'ReceiveReturnSuccess' });

  const order = await until('the money to be back', async () => {
    const seen = await statusOf(orderId);
    return seen.returns === 'REFUNDED' ? seen : undefined;
  });
  expect(order).toMatchObject({
    payment: 'PARTIALLY_REFUNDED',
    refunded: { amountMinor: 1_800 + 131 + 499, currency: 'USD' },
    refunds: [{ kind: 'RETURN', status: 'REFUNDED' }],
    returnRequests: [{ state: 'REFUNDED' }],
  });
  expect(await refundedAtStripe(orderId)).toBe(1);
  await until('the piece to be in stock', async () => ((await onHand()) === before + 1 ? true : undefined));
});

test('refunds by the seller and by staff at once give back what was charged, and not a cent more', async () => {
  const { orderId, productId, total } = await buy(3);
  const refund = (client: GraphClient, input: object) =>
    mutate(client, 'refundOrder', 'refund { id }', { orderId, reason: 'REQUESTED_BY_BUYER', ...input });
  const answers = await Promise.all([
    refund(seller, { kind: 'LINES', lines: [{ productId, quantity: 2 }] }),
    refund(staff, { kind: 'LINES', lines: [{ productId, quantity: 2 }] }),
    refund(seller, { kind: 'SHIPPING' }),
    refund(staff, { kind: 'SHIPPING' }),
  ]);
  expect(answers.map(({ __typename: name }) => name).toSorted()).toEqual([
    'RefundExceedsError',
    'RefundExceedsError',
    'RefundOrderSuccess',
    'RefundOrderSuccess',
  ]);
  expect(await refund(staff, { kind: 'FULL' })).toMatchObject({ __typename: 'RefundOrderSuccess' });
  const order = await until('all to be back', async () => {
    const seen = await statusOf(orderId);
    return seen.payment === 'REFUNDED' ? seen : undefined;
  });
  expect(order.refunded).toEqual(total);
  expect(order.refunds.map(({ status }) => status)).toEqual(['REFUNDED', 'REFUNDED', 'REFUNDED']);
  expect(await refundedAtStripe(orderId)).toBe(3);
});
