import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MarketChanged, marketTopic } from '@vitrine/contracts/market-events';
import { Compile } from 'typebox/compile';
import {
  activeSeller,
  buyer,
  marketMutation,
  newKey,
  operator,
  setMarket,
  startService,
  type ServiceUnderTest,
} from './service-under-test.ts';

let service: ServiceUnderTest;
beforeAll(async () => {
  service = await startService();
});
afterAll(async () => {
  await service.stop();
});

const marketFields =
  'country currency isOpen opensAt closesAt buyerShareBps undoWindowSeconds platformFeeBps returnWindowDays policyVersion';
const markets = async (actor = operator) => service.ask(actor, `{ markets { ${marketFields} } }`);
const eventsOf = async (country: string) =>
  (
    await service.pool.query<{ topic: string; type: string; sequence: number; payload: unknown }>(
      'select topic, type, sequence, payload from outbox where key = $1 order by position',
      [country],
    )
  ).rows;

test('at first only the United States are open, for one buyer in a hundred, and the topic says so', async () => {
  const us = {
    country: 'US',
    currency: 'USD',
    opensAt: '2025-01-01T00:00:00.000Z',
    closesAt: null,
    buyerShareBps: 100,
    undoWindowSeconds: 60,
    platformFeeBps: 500,
    returnWindowDays: 30,
    policyVersion: 'us-1',
  };
  expect((await markets()).data.markets).toEqual([{ ...us, isOpen: true }]);
  const { returnWindowDays: _window, policyVersion: _version, ...beforePolicies } = us;
  const { platformFeeBps: _fee, ...beforeFees } = beforePolicies;
  expect(await eventsOf('US')).toEqual([
    { topic: marketTopic, type: 'market.changed', sequence: 1, payload: { market: beforeFees } },
    { topic: marketTopic, type: 'market.changed', sequence: 2, payload: { market: beforePolicies } },
    { topic: marketTopic, type: 'market.changed', sequence: 3, payload: { market: us } },
  ]);
});

test('a new market is a row: closed until it has a date, open from that date on', async () => {
  expect(await setMarket(service, { country: 'CA', currency: 'CAD' })).toMatchObject({
    market: {
      country: 'CA',
      currency: 'CAD',
      isOpen: false,
      opensAt: null,
      closesAt: null,
      buyerShareBps: 0,
      undoWindowSeconds: 60,
      platformFeeBps: 500,
    },
  });
  expect((await setMarket(service, { country: 'CA', opensAt: '2099-01-01T00:00:00Z' })).market).toMatchObject({ isOpen: false });
  expect((await setMarket(service, { country: 'CA', opensAt: '2025-06-01T02:00:00+02:00' })).market).toMatchObject({
    isOpen: true,
    opensAt: '2025-06-01T00:00:00.000Z',
  });
  expect((await setMarket(service, { country: 'CA', closesAt: '2025-07-01T00:00:00Z' })).market).toMatchObject({ isOpen: false });
  expect((await setMarket(service, { country: 'CA', closesAt: null })).market).toMatchObject({ isOpen: true, closesAt: null });
  expect((await eventsOf('CA')).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  expect((await markets()).data.markets.map(({ country }) => country)).toEqual(['CA', 'US']);
});

test('a change leaves the rest as it is, and is kept with who made it', async () => {
  await setMarket(service, { country: 'MX', currency: 'MXN', buyerShareBps: 500, undoWindowSeconds: 30 });
  expect((await setMarket(service, { country: 'MX', currency: 'MXN', buyerShareBps: 700 })).market).toMatchObject({
    buyerShareBps: 700,
    undoWindowSeconds: 30,
    platformFeeBps: 500,
  });
  const { rows } = await service.pool.query(
    `select sequence, changes, changed_by from market_changes where country = 'MX' order by sequence`,
  );
  const changedBy = operator.role === 'operator' ? operator.accountId : '';
  expect(rows).toEqual([
    {
      sequence: 1,
      changes: {
        currency: { from: null, to: 'MXN' },
        buyerShareBps: { from: null, to: 500 },
        undoWindowSeconds: { from: null, to: 30 },
        platformFeeBps: { from: null, to: 500 },
        returnWindowDays: { from: null, to: 30 },
      },
      changed_by: changedBy,
    },
    { sequence: 2, changes: { buyerShareBps: { from: 500, to: 700 } }, changed_by: changedBy },
  ]);
  await expect(service.pool.query('delete from market_changes')).rejects.toThrow('append-only');
});

test('a change that changes nothing leaves no event, and a repeated key none either', async () => {
  const input = { idempotencyKey: newKey(), country: 'BR', currency: 'BRL' };
  const ask = async (change: object) => (await service.ask(operator, marketMutation, { input: change })).data.setMarket;
  const first = await ask(input);
  expect(await ask(input)).toEqual(first);
  expect(await ask({ ...input, idempotencyKey: newKey() })).toEqual(first);
  expect(await ask({ ...input, buyerShareBps: 1 })).toMatchObject({ __typename: 'IdempotencyKeyReusedError' });
  expect(await eventsOf('BR')).toHaveLength(1);
});

test('a market made by several operators at once is made once, and each sees what the one before has set', async () => {
  const shares = Array.from({ length: 8 }, (_, index) => 100 * (index + 1));
  // Several rounds: in the first one the connections are only being opened, one after the other.
  for (const country of ['NZ', 'AU', 'SG', 'JP']) {
    await Promise.all(shares.map((buyerShareBps) => setMarket(service, { country, currency: 'USD', buyerShareBps })));
    expect((await eventsOf(country)).map(({ sequence }) => sequence)).toEqual(shares.map((_, index) => index + 1));
    const { rows } = await service.pool.query<{ from: number | null; to: number }>(
      `select changes->'buyerShareBps'->'from' as from, changes->'buyerShareBps'->'to' as to
         from market_changes where country = $1 order by sequence`,
      [country],
    );
    expect(rows.map(({ from }) => from)).toEqual([null, ...rows.slice(0, -1).map(({ to }) => to)]);
  }
});

describe('a change is refused with the path of what is wrong, and changes nothing:', () => {
  test.each([
    ['country', { country: 'us' }],
    ['country', { country: 'XX', currency: 'USD' }],
    ['currency', { country: 'US', currency: 'EUR' }],
    ['currency', { country: 'DE' }],
    ['currency', { country: 'DE', currency: 'euro' }],
    ['opensAt', { country: 'US', opensAt: 'tomorrow' }],
    ['opensAt', { country: 'US', opensAt: 1_700_000_000 }],
    ['closesAt', { country: 'US', closesAt: '2026-02-30T00:00:00Z' }],
    ['closesAt', { country: 'US', closesAt: '2024-01-01T00:00:00Z' }],
    ['buyerShareBps', { country: 'US', buyerShareBps: -1 }],
    ['buyerShareBps', { country: 'US', buyerShareBps: 10_001 }],
    ['undoWindowSeconds', { country: 'US', undoWindowSeconds: 3_601 }],
    ['returnWindowDays', { country: 'US', returnWindowDays: 367 }],
    ['policyVersion', { country: 'US', policyVersion: 'us-2' }],
    ['policyVersion', { country: 'DE', currency: 'EUR', policyVersion: 'us-1' }],
    ['idempotencyKey', { country: 'US', idempotencyKey: 'with space in it' }],
  ])('%s of %j', async (field, input) => {
    const before = (await markets()).data;
    expect(await setMarket(service, input)).toMatchObject({ __typename: 'InvalidInputError', path: [field] });
    expect((await markets()).data).toEqual(before);
    expect(await eventsOf('US')).toHaveLength(3);
  });
});

test('markets are read and set by the network only', async () => {
  for (const actor of [buyer(), await activeSeller(service)]) {
    const set = await service.ask(actor, marketMutation, { input: { idempotencyKey: newKey(), country: 'US', buyerShareBps: 10_000 } });
    expect(set.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect((await markets(actor)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const { data } = await service.ask(
      actor,
      '{ _entities(representations: [{ __typename: "Market", country: "US" }]) { ... on Market { country } } }',
    );
    expect(data._entities).toEqual([null]);
  }
  expect((await markets()).data.markets).toContainEqual(expect.objectContaining({ country: 'US', buyerShareBps: 100 }));
  const { data } = await service.ask(
    operator,
    '{ _entities(representations: [{ __typename: "Market", country: "US" }]) { ... on Market { currency } } }',
  );
  expect(data._entities).toEqual([{ currency: 'USD' }]);
});

test('the texts that buyers buy on can be read by their version, by everybody, and are never rewritten', async () => {
  const query = '{ policyTexts(version: "us-1") { topic body } }';
  for (const actor of [buyer(), await activeSeller(service), operator]) {
    const { policyTexts } = (await service.ask(actor, query)).data;
    expect(policyTexts).toMatchObject([{ topic: 'RETURNS' }, { topic: 'SHIPPING' }, { topic: 'TERMS_OF_SALE' }]);
  }
  expect((await service.ask(operator, '{ policyTexts(version: "none") { topic } }')).data.policyTexts).toEqual([]);
  for (const statement of [`update policy_texts set body = 'x'`, 'delete from policy_texts', 'truncate policy_versions cascade'])
    await expect(service.pool.query(statement)).rejects.toThrow('append-only');
});

test('every published event fits its contract', async () => {
  const { rows } = await service.pool.query<{ payload: unknown }>('select payload from outbox where topic = $1', [marketTopic]);
  expect(rows.length).toBeGreaterThan(1);
  const schema = Compile(MarketChanged);
  expect(rows.every(({ payload }) => schema.Check(payload))).toBe(true);
});
