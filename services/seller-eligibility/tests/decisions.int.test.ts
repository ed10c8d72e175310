import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import {
  activeSeller,
  buyer,
  invite,
  operator,
  setMarket,
  setStatus,
  startService,
  type SellerActor,
  type ServiceUnderTest,
} from './service-under-test.ts';

let service: ServiceUnderTest;
let seller: SellerActor;
beforeAll(async () => {
  service = await startService();
  seller = await activeSeller(service);
});
afterAll(async () => {
  await service.stop();
});
beforeEach(async () => {
  await setMarket(service, { country: 'US', buyerShareBps: 10_000, undoWindowSeconds: 0, opensAt: '2025-01-01T00:00:00Z', closesAt: null });
});

const product = (sellerId: string, availability = 'IN_STOCK') => ({ __typename: 'Product', id: newId('prd'), sellerId, availability });
const buttonQuery =
  'query ($products: [_Any!]!) { _entities(representations: $products) { ... on Product { id buyButton { available reason message } } } }';
/** Null for a viewer who gets no products here at all, too. */
const buttons = async (actor: Parameters<ServiceUnderTest['ask']>[0], products: readonly object[]) =>
  (await service.ask(actor, buttonQuery, { products })).data._entities.map((entity) => entity?.buyButton ?? null);
const decide = async (request: object) =>
  service.call('checkout', '/internal/purchase-decisions', {
    buyerId: newId('usr'),
    buyerCountry: 'US',
    sellerId: seller.sellerId,
    shipToCountry: 'US',
    ...request,
  });
const explain = async (args: { buyerId: string; country: string; sellerId: string }, actor = operator) =>
  service.ask(
    actor,
    'query ($buyerId: ID!, $country: String!, $sellerId: ID!) { explainEligibility(buyerId: $buyerId, country: $country, sellerId: $sellerId) { allowed reason trace } }',
    args,
  );

describe('the button, the decision for checkout and the explanation agree:', () => {
  const sameAnswer = async (country: string, sellerId: string, reason: string | null) => {
    const viewer = buyer(country);
    const [button] = await buttons(viewer, [product(sellerId)]);
    expect(button).toEqual({ available: reason === null, reason, message: reason === null ? null : expect.any(String) });
    const { body } = await decide({ buyerId: viewer.accountId, buyerCountry: country, sellerId, shipToCountry: null });
    expect(body).toEqual(
      reason === null
        ? {
            allowed: true,
            market: {
              country: 'US',
              currency: 'USD',
              undoWindowSeconds: 0,
              platformFeeBps: 500,
              returnWindowDays: 30,
              policyVersion: 'us-1',
            },
            seller: { displayName: expect.any(String), country: 'US' },
          }
        : { allowed: false, reason, message: button?.message },
    );
    const { data } = await explain({ buyerId: viewer.accountId, country, sellerId });
    expect(data.explainEligibility).toMatchObject({ allowed: reason === null, reason });
    expect(data.explainEligibility.trace.length).toBeGreaterThan(0);
  };

  test('allowed', async () => sameAnswer('US', seller.sellerId, null));
  test('a country without a market', async () => sameAnswer('FR', seller.sellerId, 'MARKET_CLOSED'));
  test('a market that has not opened', async () => {
    await setMarket(service, { country: 'US', opensAt: '2099-01-01T00:00:00Z' });
    await sameAnswer('US', seller.sellerId, 'MARKET_CLOSED');
  });
  test('a market that has closed', async () => {
    await setMarket(service, { country: 'US', closesAt: '2025-02-01T00:00:00Z' });
    await sameAnswer('US', seller.sellerId, 'MARKET_CLOSED');
  });
  test('nobody in the rollout', async () => {
    await setMarket(service, { country: 'US', buyerShareBps: 0 });
    await sameAnswer('US', seller.sellerId, 'NOT_IN_ROLLOUT');
  });
  test('an unknown seller', async () => sameAnswer('US', newId('sel'), 'SELLER_NOT_ELIGIBLE'));
  test('an invited seller', async () => sameAnswer('US', (await invite(service)).sellerId, 'SELLER_NOT_ELIGIBLE'));
  test('a suspended seller', async () => {
    const { sellerId } = await activeSeller(service);
    await setStatus(service, sellerId, 'SUSPENDED');
    await sameAnswer('US', sellerId, 'SELLER_NOT_ELIGIBLE');
    await setStatus(service, sellerId, 'ACTIVE');
    await sameAnswer('US', sellerId, null);
  });
  test('a seller of another country', async () =>
    sameAnswer('US', (await activeSeller(service, { country: 'CA' })).sellerId, 'SELLER_NOT_ELIGIBLE'));
});

test('the button says when the product itself cannot be had', async () => {
  const [soldOut, discontinued, lowStock] = await buttons(
    buyer(),
    ['SOLD_OUT', 'DISCONTINUED', 'LOW_STOCK'].map((availability) => product(seller.sellerId, availability)),
  );
  expect(soldOut).toMatchObject({ available: false, reason: 'SOLD_OUT' });
  expect(discontinued).toMatchObject({ available: false, reason: 'DISCONTINUED' });
  expect(lowStock).toEqual({ available: true, reason: null, message: null });
});

test('there is no button for a viewer who is no buyer, nor for a product of which too little is known', async () => {
  for (const actor of [operator, seller]) expect(await buttons(actor, [product(seller.sellerId)])).toEqual([null]);
  const reference = { __typename: 'Product', id: newId('prd') };
  const incomplete = [
    reference,
    { ...reference, sellerId: seller.sellerId },
    product(seller.sellerId, 'ON_THE_MOON'),
    { ...product(''), sellerId: null },
  ];
  expect(await buttons(buyer(), incomplete)).toEqual([null, null, null, null]);
});

test('a buyer without a known country sees no market', async () => {
  expect(await buttons(buyer(null), [product(seller.sellerId)])).toMatchObject([{ available: false, reason: 'MARKET_CLOSED' }]);
  expect((await decide({ buyerCountry: null, shipToCountry: null })).body).toMatchObject({ allowed: false, reason: 'MARKET_CLOSED' });
});

test('a parcel to another country is refused', async () => {
  expect((await decide({ shipToCountry: 'CA' })).body).toMatchObject({ allowed: false, reason: 'MARKET_CLOSED' });
  expect((await decide({ shipToCountry: null })).body).toMatchObject({ allowed: true });
});

test('a share that grows reaches more buyers and keeps the ones it had', async () => {
  const viewers = Array.from({ length: 40 }, () => buyer());
  let had = new Set<string>();
  for (const buyerShareBps of [0, 2_500, 7_500, 10_000]) {
    await setMarket(service, { country: 'US', buyerShareBps });
    const answers = await Promise.all(viewers.map(({ accountId }) => decide({ buyerId: accountId })));
    const has = new Set(viewers.filter((_, index) => answers[index]?.body.allowed).map(({ accountId }) => accountId));
    expect([...had].filter((accountId) => !has.has(accountId))).toEqual([]);
    had = has;
  }
  expect(had.size).toBe(viewers.length);
});

test('a timeline of twenty products takes one SQL statement', async () => {
  const others = await Promise.all(Array.from({ length: 5 }, () => activeSeller(service)));
  const products = Array.from({ length: 20 }, (_, index) => product(others[index % 5]?.sellerId ?? ''));
  const query = jest.spyOn(service.pool, 'query');
  const answers = await buttons(buyer(), products);
  expect(answers).toHaveLength(20);
  expect(answers.every((button) => button.available)).toBe(true);
  expect(query).toHaveBeenCalledTimes(1);
  query.mockRestore();
});

test('the explanation lists every rule that was looked at', async () => {
  const { data } = await explain({ buyerId: newId('usr'), country: 'US', sellerId: newId('sel') });
  expect(data.explainEligibility.trace).toEqual([
    'market: US is open',
    'ship-to: not known yet',
    expect.stringMatching(/^rollout: in, position \d+ is below the share of 10000 of 10000$/),
    'seller: not known',
  ]);
});

test('the explanation is for the network only', async () => {
  for (const actor of [buyer(), seller]) {
    const { errors } = await explain({ buyerId: newId('usr'), country: 'US', sellerId: seller.sellerId }, actor);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  }
});

describe('the decision for checkout', () => {
  test.each(['gateway', 'ops', 'catalog'])('is not given to %s', async (from) => {
    const { status } = await service.call(from, '/internal/purchase-decisions', {
      buyerId: newId('usr'),
      buyerCountry: 'US',
      sellerId: seller.sellerId,
      shipToCountry: null,
    });
    expect(status).toBe(403);
  });
  test('is each its own among many of the same moment, whatever countries and sellers they ask about', async () => {
    await setMarket(service, { country: 'CA', currency: 'CAD', buyerShareBps: 10_000, opensAt: '2025-01-01T00:00:00Z', closesAt: null });
    const [canadian, suspended] = await Promise.all([activeSeller(service, { country: 'CA' }), activeSeller(service)]);
    await setStatus(service, suspended.sellerId, 'SUSPENDED');
    const kinds = [
      [seller.sellerId, 'US', 'US'],
      [canadian.sellerId, 'CA', 'CA'],
      [canadian.sellerId, 'US', 'SELLER_NOT_ELIGIBLE'],
      [suspended.sellerId, 'US', 'SELLER_NOT_ELIGIBLE'],
      [newId('sel'), 'CA', 'SELLER_NOT_ELIGIBLE'],
      [seller.sellerId, 'FR', 'MARKET_CLOSED'],
      [seller.sellerId, null, 'MARKET_CLOSED'],
    ] as const;
    const asked = Array.from({ length: 70 }, (_, index) => kinds[(index * 3) % kinds.length] ?? kinds[0]);
    const answers = await Promise.all(asked.map(([sellerId, buyerCountry]) => decide({ sellerId, buyerCountry, shipToCountry: null })));
    const outcomes = answers.map(({ body }) => (body.allowed ? (body.market as { country: string }).country : body.reason));
    expect(outcomes).toEqual(asked.map(([, , expected]) => expected));
  });
  test('follows a market that is closed meanwhile at once', async () => {
    const before = await Promise.all(Array.from({ length: 20 }, () => decide({})));
    await setMarket(service, { country: 'US', closesAt: '2025-02-01T00:00:00Z' });
    const after = await Promise.all(Array.from({ length: 20 }, () => decide({})));
    expect([before, after].map((answers) => answers.map(({ body }) => body.allowed))).toEqual([
      Array(20).fill(true),
      Array(20).fill(false),
    ]);
  });
  test('refuses a question that does not fit the contract', async () => {
    for (const wrong of [{ buyerId: 'usr_1' }, { sellerId: null }, { buyerCountry: 'USA' }, { shipToCountry: 5 }])
      expect((await decide(wrong)).status).toBe(400);
  });
});
