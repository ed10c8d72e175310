/** An app follows its buyer's orders on a whole stack, also across the death of checkout. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { enterAddress, enterCard, openBuy, placeOrder, readTimeline, type Money } from '@vitrine/local/buyer-app';
import { graphClient, type GraphClient } from '@vitrine/local/graph-client';
import { fetchDevelopmentToken } from '@vitrine/local/identity-tokens';
import { followOrders, StreamRefusedError, type OrderStreamMessage } from '@vitrine/local/order-events';
import type { RunningStack } from '@vitrine/local/stack';
import { startWholeStack, wholeStackTimeoutMs } from './support/stack.ts';
import { until } from './support/until.ts';

const address = { name: 'Ada Example', line1: '1 Example Street', city: 'San Francisco', region: 'CA', postalCode: '94107', country: 'US' };
const card = { number: '4242424242424242', expMonth: 12, expYear: 2034, cvc: '123' };

let stack: RunningStack;
let tokenOf: (handle: '@ada' | '@grace', expiresInSeconds?: number) => Promise<string>;
let ada: GraphClient;
let adasToken: string;
const apps: { hangUp(): void }[] = [];

beforeAll(async () => {
  stack = await startWholeStack();
  const { identityProviderUrl: issuer, developmentClientSecret: clientSecret, gatewayUrl } = stack.state;
  tokenOf = (handle, expiresInSeconds) =>
    fetchDevelopmentToken({
      issuer,
      clientSecret,
      handle,
      graph: 'buyer',
      ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
    });
  adasToken = await tokenOf('@ada');
  ada = graphClient(gatewayUrl, 'buyer', adasToken);
  expect(await enterAddress(ada, address)).toMatchObject({ __typename: 'AddAddressSuccess' });
  expect(await enterCard(ada, card)).toMatchObject({ __typename: 'FinishCardSetupSuccess' });
}, wholeStackTimeoutMs);
afterAll(async () => {
  for (const app of apps) app.hangUp();
  await stack?.stop();
}, wholeStackTimeoutMs);

/** An app that follows its orders, and connects again after the last message as often as it is cut off. */
function follow(token: string) {
  const abort = new AbortController();
  const messages: OrderStreamMessage[] = [];
  const connections = { count: 0 };
  void (async () => {
    while (!abort.signal.aborted) {
      const lastEventId = messages.at(-1)?.id ?? '';
      try {
        const options = { signal: abort.signal, ...(lastEventId === '' ? {} : { lastEventId }) };
        for await (const message of followOrders(stack.state, token, options)) messages.push(message);
      } catch (error) {
        if (!abort.signal.aborted && !(error instanceof StreamRefusedError && error.status === 503)) throw error;
      }
      connections.count += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  const app = {
    messages,
    connections,
    hangUp: () => abort.abort(),
    told: (orderId: string) =>
      messages.flatMap(({ event, data }) =>
        event === 'order' && data['orderId'] === orderId ? [[data['sequence'], data['type'], data['status'], data['payment']]] : [],
      ),
    ready: (times = 1) =>
      until('the stream to be open', async () => (messages.filter(({ event }) => event === 'ready').length >= times ? true : undefined)),
  };
  apps.push(app);
  return app;
}

async function buy(sku: string): Promise<string> {
  const { product } = (await readTimeline(ada)).find((shown) => shown.product.sku === sku) ?? {};
  if (product === undefined) throw new Error(`${sku} is not on the timeline`);
  const sheet = await openBuy(ada, { productId: product.id });
  const placed = await placeOrder(ada, { productId: product.id, expectedTotal: sheet.total as Money });
  if (placed.order === undefined) throw new Error(`not placed: ${placed.__typename}`);
  return placed.order.id;
}

const wholeStory = [
  [1, 'order.placed', 'placed', 'authorized'],
  [2, 'order.confirmed', 'confirmed', 'captured'],
];

test('a purchase is told as placed and as confirmed, once each; another buyer is told nothing', async () => {
  const [app, another] = [follow(adasToken), follow(await tokenOf('@grace'))];
  await Promise.all([app.ready(), another.ready()]);
  const orderId = await buy('PP-NOTEBOOK');
  await until('the confirmation', async () => (app.told(orderId).length === 2 ? true : undefined), 30_000);
  expect(app.told(orderId)).toEqual(wholeStory);
  expect(another.messages.filter(({ event }) => event === 'order')).toEqual([]);
  expect(JSON.stringify(app.messages)).not.toMatch(/usr_|adr_|pmt_|secret|Example/);
}, 60_000);

test('what happens while checkout is dead, and its apps are cut off, is told when they are back: all of it, and once', async () => {
  const app = follow(adasToken);
  await app.ready();
  const orderId = await buy('PP-PEN');
  await until('the order', async () => (app.told(orderId).length > 0 ? true : undefined));
  const before = app.connections.count;
  await stack.kill('checkout', 'SIGKILL');
  await until('the app to be cut off', async () => (app.connections.count > before ? true : undefined), 30_000);
  await stack.restart('checkout');
  await until('the confirmation', async () => (app.told(orderId).length >= 2 ? true : undefined), 60_000);
  expect(app.told(orderId)).toEqual(wholeStory);
  expect(app.messages.filter(({ event }) => event === 'reset')).toEqual([]);
  const second = await buy('PP-TOTE');
  await until('the next order', async () => (app.told(second).length >= 2 ? true : undefined), 60_000);
  expect(app.told(second)).toEqual(wholeStory);
}, 180_000);

test('an access token that is over opens no stream, and ends the one that it opened', async () => {
  const token = await tokenOf('@ada', 3);
  const messages: OrderStreamMessage[] = [];
  for await (const message of followOrders(stack.state, token)) messages.push(message);
  expect(messages.at(-1)).toMatchObject({ event: 'end', data: { reason: 'TOKEN_EXPIRED' } });
  await until('the token to be refused', async () => {
    const failure = await followOrders(stack.state, token)
      .next()
      .then(
        () => null,
        (error: unknown) => error,
      );
    return failure instanceof StreamRefusedError && failure.status === 401 ? true : undefined;
  });
}, 60_000);
