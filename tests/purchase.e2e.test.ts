import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import pg from 'pg';
import {
  enterAddress,
  enterCard,
  forgetEverything,
  listSellerOrders,
  openBuy,
  placeOrder,
  readTimeline,
  type Card,
  type Money,
} from '@vitrine/local/buyer-app';
import { graphClient, signIn, type GraphClient } from '@vitrine/local/graph-client';
import { fetchDevelopmentToken } from '@vitrine/local/identity-tokens';
import { signInOfficialApp, type AppRequest, type OfficialApp } from '@vitrine/local/official-app';
import type { OrderStreamMessage } from '@vitrine/local/order-events';
import { publishedOperation } from '@vitrine/local/published-operations';
import type { RunningStack, StackState } from '@vitrine/local/stack';
import { hasOwnStores } from './support/canary-files.ts';
import { createHeapProbe } from './support/canary-heaps.ts';
import { scanForCanaries } from './support/canary-scan.ts';
import { readLedger } from './support/money-oracle.ts';
import { startWholeStack, wholeStackTimeoutMs } from './support/stack.ts';
import { until } from './support/until.ts';

/** An address and a card number that are nowhere else: what the scan looks for. */
const street = '4711 Kanarienvogel Parkway';
const phone = '+14715550147';
const cardNumber = '5555555555554444';
const address = { name: 'Ada Canaria', line1: street, city: 'San Francisco', region: 'CA', postalCode: '94107', country: 'US' };
const card = { number: cardNumber, expMonth: 12, expYear: 2034, cvc: '123' };

const heaps = createHeapProbe();
let stack: RunningStack;
let state: StackState;
let ada: GraphClient;
let seller: GraphClient;
let ops: GraphClient;

beforeAll(async () => {
  stack = await startWholeStack({ serviceEnvironment: heaps.serviceEnvironment });
  ({ state } = stack);
  [ada, seller, ops] = await Promise.all([
    signIn(state, 'buyer', '@ada'),
    signIn(state, 'partner', '@paperandpine'),
    signIn(state, 'ops', '@olga'),
  ]);
}, wholeStackTimeoutMs);
afterAll(async () => {
  await stack.stop();
  heaps.remove();
}, wholeStackTimeoutMs);

const cardOf = async (buyer: GraphClient, sku: string): Promise<Card> => {
  const found = (await readTimeline(buyer)).find(({ product }) => product.sku === sku);
  if (found === undefined) throw new Error(`${sku} is not on the timeline`);
  return found;
};

/** A buyer who has stored an address and this card, and nothing else. */
async function readyBuyer(handle: '@ada' | '@grace' | '@linus', number = cardNumber): Promise<GraphClient> {
  const buyer = await signIn(state, 'buyer', handle);
  await forgetEverything(buyer);
  expect(await enterAddress(buyer, { ...address, phone })).toMatchObject({ __typename: 'AddAddressSuccess' });
  expect(await enterCard(buyer, { ...card, number })).toMatchObject({ __typename: 'FinishCardSetupSuccess' });
  return buyer;
}

const totalOf = async (buyer: GraphClient, productId: string, quantity = 1): Promise<Money> => {
  const sheet = await openBuy(buyer, { productId, quantity });
  if (sheet.total === undefined || sheet.total === null) throw new Error(`no total: ${JSON.stringify(sheet)}`);
  return sheet.total;
};

/** Pieces on hand, reserved and available, as the seller sees them. */
async function stockOf(
  sku: string,
  client = seller,
): Promise<{ readonly onHand: number; readonly reserved: number; readonly available: number }> {
  type Product = {
    readonly sku: string;
    readonly stock: { readonly onHand: number; readonly reserved: number; readonly available: number };
  };
  const { viewerSeller } = await client.request<{ viewerSeller: { products: { edges: readonly { readonly node: Product }[] } } }>(
    `{ viewerSeller { products(first: 100) { edges { node { sku stock { onHand reserved available } } } } } }`,
  );
  const product = viewerSeller.products.edges.find(({ node }) => node.sku === sku)?.node;
  if (product === undefined) throw new Error(`the seller has no ${sku}`);
  return product.stock;
}

describe('a buyer buys from the timeline', () => {
  let penOrderId = '';
  let firstOrderId = '';

  test('the first time: price first, then address and card once, then the order; the seller has it within two seconds', async () => {
    const { product, postId } = await cardOf(ada, 'PP-NOTEBOOK');
    expect(product.buyButton).toEqual({ available: true, reason: null, message: null });
    expect(product.oneTapTotal).toBeNull();

    const first = await openBuy(ada, { productId: product.id });
    expect(first).toMatchObject({
      __typename: 'BuySheet',
      unitPrice: product.price,
      missing: ['DELIVERY_ADDRESS', 'PAYMENT_METHOD'],
      total: null,
    });
    expect(await enterAddress(ada, { ...address, phone })).toMatchObject({ __typename: 'AddAddressSuccess' });
    expect(await enterCard(ada, card)).toMatchObject({
      __typename: 'FinishCardSetupSuccess',
      paymentMethod: { brand: 'mastercard', last4: '4444', isDefault: true },
    });
    const second = await openBuy(ada, { productId: product.id });
    expect(second).toMatchObject({ missing: [], total: { amountMinor: 1_800 + 499 + 131, currency: 'USD' } });

    const before = await stockOf('PP-NOTEBOOK');
    const placed = await placeOrder(ada, { productId: product.id, expectedTotal: second.total as Money, sourcePostId: postId });
    expect(placed).toMatchObject({ __typename: 'PlaceOrderSuccess', order: { total: second.total } });
    const orderId = placed.order?.id ?? '';
    firstOrderId = orderId;

    const sold = await until('the order in the seller’s list', async () =>
      (await listSellerOrders(seller)).find(({ id }) => id === orderId),
    );
    expect(sold).toMatchObject({
      status: 'CONFIRMED',
      total: second.total,
      sourcePostId: postId,
      lines: [{ sku: 'PP-NOTEBOOK', quantity: 1 }],
    });
    await until('the stock sold', async () => ((await stockOf('PP-NOTEBOOK')).onHand === before.onHand - 1 ? true : undefined));
    expect(await stockOf('PP-NOTEBOOK')).toMatchObject({ reserved: 0 });
    expect((await readLedger(state))[orderId]).toMatchObject({
      captured: 2_430,
      open: 0,
      counts: { authorized: 1, captured: 1, refunded: 0, voided: 0 },
    });
  });

  test('the next time with one mutation and nothing re-entered, at the total that the card shows', async () => {
    const { product, postId } = await cardOf(ada, 'PP-PEN');
    expect(product.oneTapTotal).not.toBeNull();
    const placed = await placeOrder(ada, { productId: product.id, expectedTotal: product.oneTapTotal as Money, sourcePostId: postId });
    expect(placed).toMatchObject({ __typename: 'PlaceOrderSuccess', order: { total: product.oneTapTotal } });
    penOrderId = placed.order?.id ?? '';
  });

  test('the same again within seconds only when the buyer confirms it, and a key that is sent twice buys once', async () => {
    const { product } = await cardOf(ada, 'PP-PEN');
    const once = { idempotencyKey: randomUUID(), productId: product.id, expectedTotal: product.oneTapTotal as Money };
    const heldBack = await placeOrder(ada, once);
    expect(heldBack).toMatchObject({ __typename: 'PossibleDuplicateError', orderId: penOrderId });
    const input = { ...once, besideOrderId: penOrderId };
    const [first, second] = [await placeOrder(ada, input), await placeOrder(ada, input)];
    expect(first.order?.id).toBeDefined();
    expect(second.order?.id).toBe(first.order?.id);
    expect(await placeOrder(ada, { ...input, quantity: 2 })).toMatchObject({ __typename: 'IdempotencyKeyReusedError' });
  });

  test('the buyer sees the order, the seller sees where to ship it, and the buyer sees that the seller saw', async () => {
    const id = firstOrderId;
    const { sellerOrder } = await seller.request<{ sellerOrder: object }>(
      `query ($id: ID!) { sellerOrder(id: $id) { id shippingAddress { name line1 city region postalCode country } } }`,
      { id },
    );
    expect(sellerOrder).toEqual({ id, shippingAddress: address });
    const { viewer } = await ada.request<{ viewer: { orders: { edges: unknown[] }; disclosures: { edges: unknown[] } } }>(
      `{ viewer { orders(first: 5) { edges { node { id status seller { displayName } } } } disclosures(first: 5) { edges { node { orderId fields } } } } }`,
    );
    expect(viewer.orders.edges).toContainEqual({ node: { id, status: 'CONFIRMED', seller: { displayName: 'Paper & Pine' } } });
    expect(viewer.disclosures.edges).toEqual([
      { node: { orderId: id, fields: expect.arrayContaining([expect.stringMatching(/^shippingAddress\./)]) } },
    ]);
  });
});

describe('a purchase that cannot be gets its typed answer, and leaves nothing behind:', () => {
  let grace: GraphClient;
  let linus: GraphClient;
  beforeAll(async () => {
    grace = await readyBuyer('@grace');
    linus = await signIn(state, 'buyer', '@linus');
  }, 60_000);

  /** Runs a refused purchase and sees that the stock is as before and that nothing is authorized or captured for it. */
  async function leavesNothing(sku: string, purchase: () => Promise<object>, expected: object, client = seller): Promise<void> {
    const stockBefore = await stockOf(sku, client);
    const ledgerBefore = await readLedger(state);
    expect(await purchase()).toMatchObject(expected);
    await until('the stock as before', async () => ((await stockOf(sku, client)).available === stockBefore.available ? true : undefined));
    expect(await stockOf(sku, client)).toEqual(stockBefore);
    const added = Object.entries(await readLedger(state)).filter(([orderId]) => !(orderId in ledgerBefore));
    expect(added.filter(([, money]) => money.open !== 0 || money.captured !== 0)).toEqual([]);
  }

  test('unknown product', async () => {
    const productId = 'prd_01900000-0000-7000-8000-00000000dead';
    expect(await placeOrder(grace, { productId, expectedTotal: { amountMinor: 1, currency: 'USD' } })).toMatchObject({
      __typename: 'NotFoundError',
    });
    expect(await openBuy(grace, { productId: "' or 1=1 --" })).toMatchObject({ __typename: 'NotFoundError' });
  });

  test('sold out', async () => {
    const northwind = await signIn(state, 'partner', '@northwind');
    const { product } = await cardOf(grace, 'NW-KETTLE');
    expect(product.buyButton).toMatchObject({ available: false, reason: 'SOLD_OUT' });
    await leavesNothing(
      'NW-KETTLE',
      () => placeOrder(grace, { productId: product.id, expectedTotal: product.oneTapTotal as Money }),
      { __typename: 'OutOfStockError', availableQuantity: 0 },
      northwind,
    );
  });

  test('market closed', async () => {
    const marie = await signIn(state, 'buyer', '@marie');
    const { product } = await cardOf(marie, 'PP-TOTE');
    expect(product.buyButton).toMatchObject({ available: false, reason: 'MARKET_CLOSED' });
    await leavesNothing('PP-TOTE', () => placeOrder(marie, { productId: product.id, expectedTotal: product.price }), {
      __typename: 'NotEligibleError',
      reason: 'MARKET_CLOSED',
    });
  });

  test('buyer not in the rollout', async () => {
    const setShare = (buyerShareBps: number) =>
      ops.request(`mutation ($input: SetMarketInput!) { setMarket(input: $input) { __typename } }`, {
        input: { idempotencyKey: randomUUID(), country: 'US', buyerShareBps },
      });
    await setShare(0);
    try {
      await until('no button', async () =>
        (await cardOf(grace, 'PP-TOTE')).product.buyButton?.reason === 'NOT_IN_ROLLOUT' ? true : undefined,
      );
      const { product } = await cardOf(grace, 'PP-TOTE');
      await leavesNothing('PP-TOTE', () => placeOrder(grace, { productId: product.id, expectedTotal: product.oneTapTotal as Money }), {
        __typename: 'NotEligibleError',
        reason: 'NOT_IN_ROLLOUT',
      });
    } finally {
      await setShare(10_000);
      await until('the button again', async () =>
        (await cardOf(grace, 'PP-TOTE')).product.buyButton?.available === true ? true : undefined,
      );
    }
  });

  test('seller not eligible', async () => {
    const setStatus = (status: string) =>
      ops.request(`mutation ($input: SetSellerStatusInput!) { setSellerStatus(input: $input) { __typename } }`, {
        input: { idempotencyKey: randomUUID(), sellerId: 'sel_01900000-0000-7000-8000-000000000101', status, reason: 'a test' },
      });
    const { product } = await cardOf(grace, 'PP-TOTE');
    await setStatus('SUSPENDED');
    try {
      expect((await cardOf(grace, 'PP-TOTE')).product.buyButton).toMatchObject({ available: false, reason: 'SELLER_NOT_ELIGIBLE' });
      await leavesNothing('PP-TOTE', () => placeOrder(grace, { productId: product.id, expectedTotal: product.oneTapTotal as Money }), {
        __typename: 'NotEligibleError',
        reason: 'SELLER_NOT_ELIGIBLE',
      });
    } finally {
      await setStatus('ACTIVE');
    }
  });

  test('a card that can be stored and is declined when it is charged', async () => {
    const { product } = await cardOf(grace, 'PP-TOTE');
    await forgetEverything(linus);
    await enterAddress(linus, address);
    expect(await enterCard(linus, { ...card, number: '4000000000000341' })).toMatchObject({ __typename: 'FinishCardSetupSuccess' });
    await leavesNothing(
      'PP-TOTE',
      async () => placeOrder(linus, { productId: product.id, expectedTotal: await totalOf(linus, product.id) }),
      { __typename: 'PaymentDeclinedError', declineReason: 'DECLINED' },
    );
  });

  test('an expired card, a declined card and a wrong security code are refused when they are entered', async () => {
    expect(await enterCard(linus, { ...card, expYear: 2020 })).toMatchObject({ __typename: 'StripeError' });
    for (const number of ['4000000000000002', '4000000000000069', '4000000000000127', '4000000000000119', '4000000000009995']) {
      const answer = await enterCard(linus, { ...card, number });
      expect(answer.__typename).not.toBe('FinishCardSetupSuccess');
    }
  });

  test('missing address and card', async () => {
    const { product } = await cardOf(grace, 'PP-TOTE');
    await forgetEverything(linus);
    await leavesNothing('PP-TOTE', () => placeOrder(linus, { productId: product.id, expectedTotal: product.price }), {
      __typename: 'MissingDetailsError',
      missing: ['DELIVERY_ADDRESS', 'PAYMENT_METHOD'],
    });
  });

  test.each([0, -1])('quantity %i', async (quantity) => {
    const { product } = await cardOf(grace, 'PP-TOTE');
    await leavesNothing(
      'PP-TOTE',
      () => placeOrder(grace, { productId: product.id, quantity, expectedTotal: product.oneTapTotal as Money }),
      { __typename: 'InvalidInputError', path: ['quantity'] },
    );
  });

  test('quantity 2^31', async () => {
    const { product } = await cardOf(grace, 'PP-TOTE');
    const input = { idempotencyKey: randomUUID(), productId: product.id, quantity: 2 ** 31, expectedTotal: product.oneTapTotal };
    await leavesNothing(
      'PP-TOTE',
      () => grace.send(`mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }`, { input }),
      {
        status: 400,
        errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
      },
    );
  });

  test('key reused with other input', async () => {
    const { product } = await cardOf(grace, 'PP-TOTE');
    const input = { idempotencyKey: randomUUID(), productId: product.id, expectedTotal: product.oneTapTotal as Money };
    await placeOrder(grace, { ...input, expectedTotal: { amountMinor: 1, currency: 'USD' } });
    await leavesNothing('PP-TOTE', () => placeOrder(grace, input), { __typename: 'IdempotencyKeyReusedError' });
  });

  test('a total that changed', async () => {
    const { product } = await cardOf(grace, 'PP-TOTE');
    const total = product.oneTapTotal as Money;
    await leavesNothing(
      'PP-TOTE',
      () => placeOrder(grace, { productId: product.id, expectedTotal: { ...total, amountMinor: total.amountMinor - 1 } }),
      {
        __typename: 'PriceChangedError',
        currentTotal: total,
      },
    );
  });

  test("another buyer's card and address", async () => {
    const { product } = await cardOf(grace, 'PP-TOTE');
    const { viewer } = await ada.request<{ viewer: { paymentMethods: { id: string }[]; addresses: { id: string }[] } }>(
      `{ viewer { paymentMethods { id } addresses { id } } }`,
    );
    const total = await totalOf(grace, product.id);
    await leavesNothing(
      'PP-TOTE',
      () => placeOrder(grace, { productId: product.id, expectedTotal: total, paymentMethodId: viewer.paymentMethods[0]?.id }),
      { __typename: 'MissingDetailsError', missing: ['PAYMENT_METHOD'] },
    );
    await leavesNothing(
      'PP-TOTE',
      () => placeOrder(grace, { productId: product.id, expectedTotal: total, addressId: viewer.addresses[0]?.id }),
      { __typename: 'MissingDetailsError', missing: ['DELIVERY_ADDRESS'] },
    );
  });
});

describe('with the official app', () => {
  let app: OfficialApp;
  beforeAll(async () => {
    app = await signInOfficialApp(state, '@linus');
    await forgetEverything(app);
  }, 60_000);

  test('a buyer buys for the first time, then with one mutation, and follows both orders', async () => {
    const messages: OrderStreamMessage[] = [];
    const hangUp = new AbortController();
    const following = (async () => {
      for await (const message of app.followOrders({ signal: hangUp.signal })) messages.push(message);
    })();
    await until('the stream', async () => (messages.some(({ event }) => event === 'ready') ? true : undefined));

    const first = await cardOf(app, 'PP-NOTEBOOK');
    expect(first.product.oneTapTotal).toBeNull();
    expect(await openBuy(app, { productId: first.product.id })).toMatchObject({ missing: ['DELIVERY_ADDRESS', 'PAYMENT_METHOD'] });
    expect(await enterAddress(app, address)).toMatchObject({ __typename: 'AddAddressSuccess' });
    expect(await enterCard(app, card)).toMatchObject({ __typename: 'FinishCardSetupSuccess' });
    const bought = await placeOrder(app, { productId: first.product.id, expectedTotal: await totalOf(app, first.product.id) });
    expect(bought).toMatchObject({ __typename: 'PlaceOrderSuccess' });

    const second = await cardOf(app, 'PP-TOTE');
    const tapped = await placeOrder(app, { productId: second.product.id, expectedTotal: second.product.oneTapTotal as Money });
    expect(tapped).toMatchObject({ __typename: 'PlaceOrderSuccess', order: { total: second.product.oneTapTotal } });

    const orderIds = [bought.order?.id, tapped.order?.id];
    for (const orderId of orderIds) {
      await until('the news of the order', async () =>
        messages.find(({ event, data }) => event === 'order' && data['orderId'] === orderId),
      );
      expect((await readLedger(state))[orderId ?? '']).toMatchObject({ counts: { authorized: 1 } });
    }
    hangUp.abort();
    await following.catch((error: unknown) => {
      if (!hangUp.signal.aborted) throw error;
    });
  });

  test('nobody buys with its token: not as a bearer, nor without its proof, without its assertion, or with what was sent before', async () => {
    const { product } = await cardOf(app, 'PP-TOTE');
    const bodyFor = (idempotencyKey: string) => ({ input: { idempotencyKey, productId: product.id, expectedTotal: product.oneTapTotal } });
    const request = app.requestOf(publishedOperation('app-buy'), bodyFor(randomUUID()));
    const attempt = async (headers: Record<string, string>, changed: Partial<AppRequest> = {}) => {
      const { method, path: where, body } = { ...request, ...changed };
      const all = { 'content-type': 'application/json', accept: 'application/json', ...headers };
      const response = await fetch(state.gatewayUrl + where, { method, body, headers: all });
      const answer = (await response.json()) as { readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[] };
      return { status: response.status, code: answer.errors?.[0]?.extensions?.code };
    };
    const without = (name: string): Record<string, string> => {
      const { [name]: _left, ...headers } = app.sign(request);
      return headers;
    };
    const ledgerBefore = Object.keys(await readLedger(state)).length;

    expect(await attempt({ ...app.sign(request), authorization: `Bearer ${app.token}` })).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await attempt({ authorization: `Bearer ${app.token}` })).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await attempt(without('dpop'))).toEqual({ status: 401, code: 'INVALID_DPOP_PROOF' });
    expect(await attempt(without('x-vitrine-assertion'))).toEqual({ status: 403, code: 'ASSERTION_REQUIRED' });
    const other = app.requestOf(publishedOperation('app-buy'), bodyFor(randomUUID()));
    expect(await attempt(app.sign(request), { body: other.body })).toEqual({ status: 403, code: 'ASSERTION_REFUSED' });
    const { dpop: _own, ...signed } = app.sign(request);
    expect(await attempt({ ...signed, dpop: app.sign(request)['dpop'] ?? '' })).toEqual({ status: 403, code: 'ASSERTION_REFUSED' });

    const read = app.requestOf(publishedOperation('app-stored-details'));
    const used = app.sign(read);
    expect(await attempt(used, read)).toEqual({ status: 200, code: undefined });
    expect(await attempt(used, read)).toEqual({ status: 401, code: 'INVALID_DPOP_PROOF' });

    expect(Object.keys(await readLedger(state))).toHaveLength(ledgerBefore);
  });

  test('an operation that was not published is not run, though it would be valid', async () => {
    const unpublished = app.requestOf('query Unpublished { viewer { id } }');
    const response = await fetch(state.gatewayUrl + unpublished.path, {
      method: 'POST',
      body: unpublished.body,
      headers: { 'content-type': 'application/json', ...app.sign(unpublished) },
    });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST' } }] },
    ]);
  });

  test('what has signed out reads nothing any more', async () => {
    const leaving = await signInOfficialApp(state, '@linus');
    expect(await leaving.run('app-stored-details')).toMatchObject({ status: 200 });
    await leaving.signOut();
    const request = leaving.requestOf(publishedOperation('app-stored-details'));
    const response = await fetch(state.gatewayUrl + request.path, {
      method: 'POST',
      body: request.body,
      headers: { 'content-type': 'application/json', ...leaving.sign(request) },
    });
    expect([response.status, await response.json()]).toMatchObject([403, { errors: [{ extensions: { code: 'ATTESTATION_REQUIRED' } }] }]);
  });
});

describe('who may come in', () => {
  const query = '{ viewer { id } }';
  const token = (handle: '@ada' | '@paperandpine', graph: 'buyer' | 'partner', expiresInSeconds?: number) =>
    fetchDevelopmentToken({
      issuer: state.identityProviderUrl,
      clientSecret: state.developmentClientSecret,
      handle,
      graph,
      expiresInSeconds,
    });
  const refused = { status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] };

  test('nobody without a token, with an expired one, a forged one, or one for another graph', async () => {
    expect(await graphClient(state.gatewayUrl, 'buyer', null).send(query)).toMatchObject(refused);
    expect(await graphClient(state.gatewayUrl, 'buyer', await token('@ada', 'buyer', -60)).send(query)).toMatchObject(refused);
    expect(await graphClient(state.gatewayUrl, 'buyer', await token('@paperandpine', 'partner')).send(query)).toMatchObject(refused);
    const [header, payload, signature = ''] = (await token('@ada', 'buyer')).split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'usr_01900000-0000-7000-8000-000000000002' })).toString('base64url');
    expect(await graphClient(state.gatewayUrl, 'buyer', [header, forged, signature].join('.')).send(query)).toMatchObject(refused);
  });

  test('a partner cannot name a field of the vault or of a buyer', async () => {
    for (const field of [
      '{ viewer { paymentMethods { id } } }',
      '{ viewer { addresses { id } } }',
      '{ order(id: "ord_1") { id } }',
      'mutation { addAddress(input: {}) { __typename } }',
    ]) {
      expect(await seller.send(field)).toMatchObject({ status: 400, errors: [{ message: expect.stringMatching(/Cannot query field/) }] });
    }
  });

  test('nobody gets at a subgraph without going through the gateway', async () => {
    for (const url of Object.values(state.serviceUrls)) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ _service { sdl } }' }),
      });
      expect(response.status).toBe(401);
    }
  });
});

describe('what must not be anywhere', () => {
  test('no address, no card number and no secret is in a table, a topic, Redis, a log, a file of a store or the heap of a process', async () => {
    const { startCardSetup } = await ada.request<{ startCardSetup: { readonly clientSecret: string } }>(
      `mutation ($input: StartCardSetupInput!) { startCardSetup(input: $input) { ... on StartCardSetupSuccess { clientSecret } } }`,
      { input: { idempotencyKey: randomUUID() } },
    );
    const { clientSecret } = startCardSetup;
    const { secretKey } = state.stripe;
    const refusedNumber = '378282246310005';
    for (const id of [refusedNumber, `pay: ３７８２ 822463 10005 ${refusedNumber}`]) {
      expect(await ada.send('query ($id: ID!) { product(id: $id) { id } }', { id })).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: 'CARD_DATA_NOT_ACCEPTED' } }],
      });
    }
    const canaries = [street, phone, address.name, cardNumber, refusedNumber, clientSecret, secretKey];
    const found = await scanForCanaries(state, canaries, (search) => heaps.scan(stack, search));
    // The vault may have an address in hand, and calls Stripe with its key; a card number it never sees.
    const inVault = (canary: string) => ({ place: 'heap payment-vault', canary });
    const allowed = [street, phone, address.name, clientSecret, secretKey].map(inVault);
    expect(found).toContainEqual(inVault(secretKey));
    expect(found.filter(({ place, canary }) => !allowed.some((one) => one.place === place && one.canary === canary))).toEqual([]);
  }, 120_000);

  test('the scan finds an address and a card number wherever they are planted', async () => {
    const planted = `planted ${street} ${cardNumber}`;
    const database = new pg.Client({ connectionString: state.databaseUrls['catalog'] });
    await database.connect();
    await database.query('create table canary (hidden bytea)');
    await database.query('insert into canary values ($1)', [Buffer.from(planted)]);
    const kafka = new kafkajs.Kafka({ brokers: [...state.kafkaBrokers], logLevel: kafkajs.logLevel.NOTHING });
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    await producer.send({
      topic: 'timeline.post.v1',
      compression: kafkajs.CompressionTypes.GZIP,
      messages: [{ key: 'canary', value: Buffer.from(planted).toString('base64') }],
    });
    await producer.disconnect();
    const redis = new Redis(state.redisUrl);
    await redis.hset('canary', 'field', planted);
    await appendFile(path.join(state.logFolder, 'canary.log'), planted);
    // The gateway keeps documents; one character makes V8 store this one in two bytes each.
    await ada.send(`{ product(id: "信 ${street}") { id } }`);

    const found = await scanForCanaries(state, [street, cardNumber], (search) => heaps.scan(stack, search, ['gateway']));
    await database.query('drop table canary');
    await database.end();
    await redis.del('canary');
    redis.disconnect();
    const places = ['postgres catalog public.canary', 'kafka timeline.post.v1', 'redis canary', 'log canary.log'];
    // Servers in containers keep their files to themselves.
    const files = ['postgres file base', 'postgres write-ahead log', 'kafka segment timeline.post.v1', 'redis file'];
    const wanted = (hasOwnStores(state) ? [...places, ...files] : places).flatMap((place) => [
      { place, canary: street },
      { place, canary: cardNumber },
    ]);
    expect(wanted.filter(({ place, canary }) => !found.some((one) => one.canary === canary && one.place.startsWith(place)))).toEqual([]);
    expect(found).toContainEqual({ place: 'heap gateway', canary: street });
  }, 120_000);
});
