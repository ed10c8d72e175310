import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { newId } from '@vitrine/runtime/ids';
import { forgetUses, type Allowance } from '@vitrine/runtime/use-limits';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { completePurchases } from '../src/complete-purchases.ts';
import type { Deps } from '../src/deps.ts';
import { createPurchaseLimits } from '../src/purchase-limits.ts';
import { placeOrder, type PlaceOrderCommand } from '../src/place-order.ts';
import { productId, scriptServices, total, type ScriptedServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

let database: TestDatabase;
let pool: Pool;
let services: ScriptedServices;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 16, name: 'test', logger });
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate purchases, orders, outbox, order_history, recent_purchases, use_counts, counted_uses cascade');
  services = scriptServices();
});

const none: Allowance = { uses: 0, amountMinor: 0, refusals: 0, smallUses: 0 };

/** A process of checkout with these limits. */
function limited(allowances: {
  readonly BUYER?: Partial<Allowance>;
  readonly DEVICE?: Partial<Allowance>;
  readonly smallMinor?: number;
}): Deps {
  const limits = createPurchaseLimits(pool, {
    byScope: { BUYER: { ...none, ...allowances.BUYER }, DEVICE: { ...none, ...allowances.DEVICE } },
    smallMinor: allowances.smallMinor ?? 500,
  });
  stops.push(() => limits.stop());
  return { ...createTestDeps(pool, services), limits, duplicateWindowSeconds: 0 };
}

const buyerId = newId('usr');
const command = (overrides: Partial<PlaceOrderCommand> = {}): PlaceOrderCommand => ({
  buyerId,
  buyerCountry: 'US',
  deviceId: null,
  requestId: randomUUID(),
  idempotencyKey: randomUUID(),
  input: {
    productId,
    quantity: 1,
    expectedTotal: total,
    addressId: null,
    paymentMethodId: null,
    sourcePostId: null,
    shippingService: null,
    quoteId: null,
    besideOrderId: null,
  },
  ...overrides,
});
/** Purchases of one product at the same moment could be taken for the same tap. */
const anotherProduct = () => ({ input: { ...command().input, productId: newId('prd') } });
/** What became of one more purchase, in a word. */
const buy = async (deps: Deps, overrides: Partial<PlaceOrderCommand> = {}): Promise<string> => {
  const result = await placeOrder(deps, command(overrides));
  if (result.kind !== 'finished') return result.kind;
  return result.outcome.kind === 'limited' ? `limited ${result.outcome.scope}` : result.outcome.kind;
};
/** All that was counted happened so much earlier. */
const letPass = async (minutes: number) => {
  await pool.query('update use_counts set slot = slot - $1', [minutes / 6]);
  await pool.query('update counted_uses set slot = slot - $1', [minutes / 6]);
};

describe('a limit', () => {
  test('is never passed, however many purchases come at once to however many processes', async () => {
    const processes = [limited({ BUYER: { uses: 7 } }), limited({ BUYER: { uses: 7 } }), limited({ BUYER: { uses: 7 } })] as const;
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, number) => buy(processes[number % 3] ?? processes[0], anotherProduct())),
    );
    expect(results.filter((result) => result === 'placed')).toHaveLength(7);
    expect(results.filter((result) => result === 'limited BUYER')).toHaveLength(53);
    expect((await pool.query('select from orders')).rowCount).toBe(7);
    expect(services.calls.filter((call) => call === 'reserve')).toHaveLength(7);
  });

  test('of amounts is never passed, and says when it can be tried again', async () => {
    const deps = limited({ BUYER: { amountMinor: 3 * total.amountMinor } });
    const results = await Promise.all(Array.from({ length: 10 }, () => buy(deps, anotherProduct())));
    expect(results.filter((result) => result === 'placed')).toHaveLength(3);
    const refused = await placeOrder(deps, command());
    if (refused.kind !== 'finished' || refused.outcome.kind !== 'limited') throw new Error('the purchase was not held back');
    expect(refused.outcome.retryAfterMs).toBeGreaterThan(59 * 60_000);
    expect(refused.outcome.retryAfterMs).toBeLessThanOrEqual(66 * 60_000);
  });

  test('counts a device, whoever buys, and the buyer not at all when the device is held back', async () => {
    const deps = limited({ BUYER: { uses: 1 }, DEVICE: { uses: 2 } });
    const deviceId = 'device-of-many';
    for (const other of [newId('usr'), newId('usr')]) expect(await buy(deps, { buyerId: other, deviceId })).toBe('placed');
    const last = newId('usr');
    expect(await buy(deps, { buyerId: last, deviceId })).toBe('limited DEVICE');
    expect(await buy(deps, { buyerId: last, deviceId: 'a-device-of-its-own' })).toBe('placed');
    expect(await buy(deps, { buyerId: last, deviceId: 'a-device-of-its-own' })).toBe('limited BUYER');
  });

  test('is over an hour later, and not before', async () => {
    const deps = limited({ BUYER: { uses: 1 } });
    expect(await buy(deps)).toBe('placed');
    await letPass(60);
    expect(await buy(deps)).toBe('limited BUYER');
    await letPass(6);
    expect(await buy(deps)).toBe('placed');
  });

  test('holds another buyer up in nothing', async () => {
    const deps = limited({ BUYER: { uses: 1 } });
    await buy(deps);
    expect(await buy(deps, { buyerId: newId('usr') })).toBe('placed');
  });

  test('is final for the key: the answer stays when the hour is over', async () => {
    const deps = limited({ BUYER: { uses: 1 } });
    await buy(deps);
    const held = command();
    const first = await placeOrder(deps, held);
    await letPass(66);
    expect(await placeOrder(deps, held)).toEqual(first);
  });

  test('of small purchases leaves larger ones alone', async () => {
    const deps = limited({ BUYER: { smallUses: 1 }, smallMinor: total.amountMinor });
    expect(await buy(deps)).toBe('placed');
    expect(await buy(deps)).toBe('limited BUYER');
    const others = limited({ BUYER: { smallUses: 1 }, smallMinor: total.amountMinor - 1 });
    expect(await buy(others)).toBe('placed');
  });
});

describe('a purchase that came to nothing', () => {
  test('through no fault of the buyer is not counted', async () => {
    const deps = limited({ BUYER: { uses: 1, amountMinor: total.amountMinor } });
    services.answers.reserve = async () => ({ status: 'out_of_stock', availableQuantity: 0 });
    for (let tries = 0; tries < 3; tries += 1) expect(await buy(deps)).toBe('out_of_stock');
    delete services.answers.reserve;
    expect(await buy(deps)).toBe('placed');
    expect(await buy(deps)).toBe('limited BUYER');
  });

  test('because the bank refused is one of few that may, and its amount is not counted', async () => {
    const deps = limited({ BUYER: { refusals: 2, amountMinor: total.amountMinor } });
    services.answers.authorize = async () => ({ status: 'declined', reason: 'INSUFFICIENT_FUNDS' });
    expect([await buy(deps), await buy(deps), await buy(deps)]).toEqual(['declined', 'declined', 'limited BUYER']);
    await letPass(66);
    delete services.answers.authorize;
    expect(await buy(deps)).toBe('placed');
  });

  test('because the bank could not be asked is not counted as refused', async () => {
    const deps = limited({ BUYER: { uses: 1, refusals: 1 } });
    services.answers.authorize = async () => ({ status: 'declined', reason: 'PROCESSING_ERROR' });
    expect([await buy(deps), await buy(deps)]).toEqual(['declined', 'declined']);
  });

  test('is taken back once, also when its process ends before that is written', async () => {
    const deps = limited({ BUYER: { uses: 2 } });
    expect(await buy(deps)).toBe('placed');
    services.answers.reserve = async () => ({ status: 'out_of_stock', availableQuantity: 0 });
    const dying: Deps = { ...deps, purchases: { ...deps.purchases, finish: () => Promise.reject(new Error('killed')) } };
    await expect(placeOrder(dying, command())).rejects.toThrow('killed');
    await pool.query(`update purchases set next_attempt_at = now() - interval '1 second', leased_until = now() - interval '1 second'`);
    await completePurchases(deps);
    delete services.answers.reserve;
    expect([await buy(deps), await buy(deps)]).toEqual(['placed', 'limited BUYER']);
  });
});

test('a purchase that is taken up again after a crash is counted once', async () => {
  const deps = limited({ BUYER: { uses: 2 } });
  services.answers.reserve = () => Promise.reject(new Error('killed'));
  const crashed = command();
  await expect(placeOrder(deps, crashed)).rejects.toThrow('killed');
  delete services.answers.reserve;
  expect(await placeOrder(deps, crashed)).toMatchObject({ outcome: { kind: 'placed' } });
  expect([await buy(deps), await buy(deps)]).toEqual(['placed', 'limited BUYER']);
});

test('what no longer counts is forgotten, and nobody can be read from what is kept', async () => {
  const deps = limited({ BUYER: { uses: 5 }, DEVICE: { uses: 5 } });
  await buy(deps, { deviceId: 'device-one' });
  const { rows } = await pool.query<{ row: string }>(
    'select t::text as row from use_counts t union all select u::text from counted_uses u',
  );
  expect(rows).toHaveLength(3);
  expect(rows.filter(({ row }) => row.includes(buyerId) || row.includes('device-one'))).toEqual([]);
  expect(await forgetUses(pool)).toBe(0);
  await letPass(66);
  expect(await forgetUses(pool)).toBe(3);
});
