import { describe, expect, test } from '@jest/globals';
import { newId } from '@vitrine/runtime/ids';
import { buyButtonOf } from '../src/buy-button.ts';
import { decidePurchase, type PurchaseQuestion } from '../src/decision.ts';
import type { Market } from '../src/market.ts';
import type { Seller } from '../src/seller.ts';

const market: Market = {
  country: 'US',
  currency: 'USD',
  opensAt: new Date('2026-11-01T00:00:00Z'),
  closesAt: new Date('2026-12-01T00:00:00Z'),
  buyerShareBps: 10_000,
  undoWindowSeconds: 60,
  platformFeeBps: 500,
  returnWindowDays: 30,
  policyVersion: 'us-1',
  rolloutSalt: 'salt',
  sequence: 1,
};
const seller: Seller = {
  sellerId: newId('sel'),
  accountId: newId('usr'),
  displayName: 'Paper & Pine',
  country: 'US',
  status: 'active',
  sequence: 2,
};
const question: PurchaseQuestion = {
  market,
  seller,
  buyerId: newId('usr'),
  buyerCountry: 'US',
  shipToCountry: 'US',
  now: new Date('2026-11-23T08:30:00Z'),
};
const decide = (changes: Partial<PurchaseQuestion>) => decidePurchase({ ...question, ...changes });
const during = (changes: Partial<Market>) => ({ market: { ...market, ...changes } });

test('an eligible buyer may buy from an active seller in an open market', () => {
  expect(decide({})).toEqual({
    allowed: true,
    seller,
    market,
    trace: ['market: US is open', 'ship-to: US is the market', expect.stringMatching(/^rollout: in, /), 'seller: active in US'],
  });
});

test('a delivery country that is not known yet refuses nothing', () => {
  expect(decide({ shipToCountry: null }).allowed).toBe(true);
});

describe('a purchase is refused with the first rule that fails:', () => {
  const cases: readonly [string, Partial<PurchaseQuestion>, string, RegExp][] = [
    ['no market for the country', { market: null, buyerCountry: 'FR' }, 'MARKET_CLOSED', /^market: there is none for FR$/],
    ["the market is another country's", { buyerCountry: 'FR' }, 'MARKET_CLOSED', /^market: there is none for FR$/],
    ['a country that is not known', { buyerCountry: null }, 'MARKET_CLOSED', /^market: the buyer's country is not known$/],
    ['a market without an opening date', during({ opensAt: null }), 'MARKET_CLOSED', /^market: US is closed: no opening date/],
    ['a millisecond before the opening', { now: new Date('2026-10-31T23:59:59.999Z') }, 'MARKET_CLOSED', /^market: US is closed/],
    ['the moment of the closing', { now: new Date('2026-12-01T00:00:00Z') }, 'MARKET_CLOSED', /^market: US is closed/],
    ['delivery to another country', { shipToCountry: 'CA' }, 'MARKET_CLOSED', /^ship-to: CA is not the market US$/],
    [
      'a share of nobody',
      during({ buyerShareBps: 0 }),
      'NOT_IN_ROLLOUT',
      /^rollout: out, position \d+ is not below the share of 0 of 10000$/,
    ],
    ['an unknown seller', { seller: null }, 'SELLER_NOT_ELIGIBLE', /^seller: not known$/],
    ['an invited seller', { seller: { ...seller, status: 'invited' } }, 'SELLER_NOT_ELIGIBLE', /^seller: invited$/],
    ['a suspended seller', { seller: { ...seller, status: 'suspended' } }, 'SELLER_NOT_ELIGIBLE', /^seller: suspended$/],
    ['a seller of another country', { seller: { ...seller, country: 'CA' } }, 'SELLER_NOT_ELIGIBLE', /^seller: sells from CA, not in US$/],
  ];
  test.each(cases)('%s', (_, changes, reason, lastRule) => {
    const decision = decide(changes);
    expect(decision).toMatchObject({ allowed: false, reason, message: expect.stringMatching(/^[A-Z].*\.$/) });
    expect(decision.trace.at(-1)).toMatch(lastRule);
  });

  test('market before rollout before seller', () => {
    const everything = { seller: null, shipToCountry: 'CA', now: new Date(0), ...during({ buyerShareBps: 0 }) };
    const reasons = [
      everything,
      { ...everything, now: question.now, shipToCountry: null },
      { ...everything, now: question.now, shipToCountry: null, market },
    ].map((changes) => decide(changes));
    expect(reasons).toMatchObject([{ reason: 'MARKET_CLOSED' }, { reason: 'NOT_IN_ROLLOUT' }, { reason: 'SELLER_NOT_ELIGIBLE' }]);
  });
});

test('the moment of the opening is open, and a market without a closing date stays open', () => {
  expect(decide({ now: new Date('2026-11-01T00:00:00Z') }).allowed).toBe(true);
  expect(decide({ now: new Date('2099-01-01T00:00:00Z'), ...during({ closesAt: null }) }).allowed).toBe(true);
});

describe('the button', () => {
  test.each(['IN_STOCK', 'LOW_STOCK'] as const)('can be tapped when the purchase is allowed and the product is %s', (availability) => {
    expect(buyButtonOf(decide({}), availability)).toEqual({ available: true, reason: null, message: null });
  });
  test.each(['SOLD_OUT', 'DISCONTINUED'] as const)('is not available for a product that is %s', (availability) => {
    expect(buyButtonOf(decide({}), availability)).toEqual({ available: false, reason: availability, message: expect.any(String) });
  });
  test('says that the viewer may not buy before it says that nothing is left', () => {
    expect(buyButtonOf(decide({ seller: null }), 'SOLD_OUT').reason).toBe('SELLER_NOT_ELIGIBLE');
  });
});
