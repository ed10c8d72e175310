import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createPool, withTransaction, type Pool, type Queryable } from '@vitrine/runtime/database';
import { RetryableError } from '@vitrine/runtime/errors';
import { newId } from '@vitrine/runtime/ids';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/stack.ts';
import { captureOrders } from '../src/capture-orders.ts';
import { completePurchases } from '../src/complete-purchases.ts';
import type { Deps } from '../src/deps.ts';
import { placeOrder, type PlaceOrderCommand } from '../src/place-order.ts';
import { claimDuePurchases, createPurchaseStore } from '../src/store/purchases.ts';
import { claimOrdersToCapture, findClaim } from '../src/store/orders.ts';
import { offer, productId, scriptServices, sellerId, total, type ScriptedServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

let database: TestDatabase;
let pool: Pool;
let services: ScriptedServices;
let deps: Deps;

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 16, name: 'test', logger });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate purchases, orders, outbox, order_history, recent_purchases cascade');
  services = scriptServices();
  deps = createTestDeps(pool, services);
});

const command = (overrides: Partial<PlaceOrderCommand> = {}): PlaceOrderCommand => ({
  buyerId: newId('usr'),
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

const orders = async () =>
  (await pool.query<{ order_id: string; status: string; total_minor: number }>('select order_id, status, total_minor from orders')).rows;
const events = async () =>
  (await pool.query<{ type: string; sequence: number; key: string }>('select type, sequence, key from outbox order by position')).rows;
/** Makes what was left behind due, and the lease of the process that left it over: time passes. */
const letTimePass = async () =>
  pool.query(`update purchases set next_attempt_at = now() - interval '1 second', leased_until = now() - interval '1 second'`);

describe('a purchase', () => {
  test('is placed with its event in one transaction, after stock and money in this order', async () => {
    const result = await placeOrder(deps, command());
    expect(result).toMatchObject({ kind: 'finished', outcome: { kind: 'placed' } });
    expect(services.calls.filter((call) => ['reserve', 'authorize'].includes(call))).toEqual(['reserve', 'authorize']);
    expect(await orders()).toMatchObject([{ status: 'placed', total_minor: total.amountMinor }]);
    expect(await events()).toMatchObject([{ type: 'order.placed', sequence: 1 }]);
  });

  test('with the same key and input answers the same order and moves nothing again', async () => {
    const first = command();
    const placed = await placeOrder(deps, first);
    services.calls.length = 0;
    expect(await placeOrder(deps, { ...first, requestId: randomUUID() })).toEqual({ ...placed, order: undefined });
    expect(services.calls).toEqual([]);
    expect(await orders()).toHaveLength(1);
  });

  test('with the same key and another input is refused', async () => {
    const first = command();
    await placeOrder(deps, first);
    expect(await placeOrder(deps, { ...first, input: { ...first.input, quantity: 2 } })).toMatchObject({ kind: 'idempotency_key_reused' });
  });

  test("with another buyer's key is a purchase of its own", async () => {
    const first = command();
    await placeOrder(deps, first);
    await placeOrder(deps, { ...first, buyerId: newId('usr') });
    expect(await orders()).toHaveLength(2);
  });

  test('tapped ten times at once with one key is placed once', async () => {
    const first = command();
    const results = await Promise.all(Array.from({ length: 10 }, () => placeOrder(deps, first)));
    expect(results.filter(({ kind }) => kind === 'finished').length).toBeGreaterThanOrEqual(1);
    expect(results.every(({ kind }) => kind === 'finished' || kind === 'idempotency_key_in_flight')).toBe(true);
    expect(services.calls.filter((call) => call === 'authorize')).toHaveLength(1);
    expect(await orders()).toHaveLength(1);
  });

  test.each([0, -1, 101, 1.5])('of %p pieces is refused before anything is asked', async (quantity) => {
    const result = await placeOrder(deps, command({ input: { ...command().input, quantity } }));
    expect(result).toMatchObject({ kind: 'invalid_input', path: ['quantity'] });
    expect(services.calls).toEqual([]);
  });

  test('with a key that is no key is refused', async () => {
    expect(await placeOrder(deps, command({ idempotencyKey: 'short' }))).toMatchObject({ kind: 'idempotency_key_invalid' });
  });
});

describe('a purchase that cannot be made leaves no order, no hold and no charge:', () => {
  const undone = async (expected: object, calls: readonly string[]) => {
    const first = command();
    const result = await placeOrder(deps, first);
    expect(result).toMatchObject({ kind: 'finished', outcome: expected });
    expect(services.calls.filter((call) => !['offer', 'readiness', 'decide'].includes(call))).toEqual(calls);
    expect(await orders()).toEqual([]);
    expect(await events()).toEqual([]);
    const { rows } = await pool.query('select recovery_point, compensations from purchases');
    expect(rows).toEqual([{ recovery_point: 'finished', compensations: [] }]);
    // The answer belongs to the key.
    expect(await placeOrder(deps, first)).toEqual(result);
  };

  test('unknown product', async () => {
    services.answers.offer = async () => ({ status: 'not_found' });
    await undone({ kind: 'not_found', productId }, []);
  });
  test('sold out', async () => {
    services.answers.offer = async () => ({ status: 'offered', offer, availableQuantity: 0 });
    await undone({ kind: 'out_of_stock', availableQuantity: 0 }, []);
  });
  test('sold out between the quote and the reservation', async () => {
    services.answers.reserve = async () => ({ status: 'out_of_stock', availableQuantity: 0 });
    await undone({ kind: 'out_of_stock', availableQuantity: 0 }, ['reserve', 'release']);
  });
  test.each(['MARKET_CLOSED', 'NOT_IN_ROLLOUT', 'SELLER_NOT_ELIGIBLE'] as const)('%s', async (reason) => {
    services.answers.decide = async () => ({ allowed: false, reason, message: 'Not here.' });
    await undone({ kind: 'not_eligible', reason }, []);
  });
  test('missing address', async () => {
    services.answers.readiness = async () => ({ ...(await scriptServices().clients.readiness(never, '')), address: null });
    await undone({ kind: 'missing_details', missing: ['DELIVERY_ADDRESS'] }, []);
  });
  test('expired card', async () => {
    services.answers.readiness = async () => ({
      ...(await scriptServices().clients.readiness(never, '')),
      paymentMethod: { paymentMethodId: newId('pmt'), expired: true },
    });
    await undone({ kind: 'missing_details', missing: ['PAYMENT_METHOD'] }, []);
  });
  test('an address where no tax rate is known', async () => {
    services.answers.readiness = async () => ({
      ...(await scriptServices().clients.readiness(never, '')),
      address: { addressId: newId('adr'), country: 'US', region: 'ZZ' },
    });
    await undone({ kind: 'not_eligible', reason: 'MARKET_CLOSED' }, []);
  });
  test('declined card', async () => {
    services.answers.authorize = async () => ({ status: 'declined', reason: 'INSUFFICIENT_FUNDS' });
    await undone({ kind: 'declined', reason: 'INSUFFICIENT_FUNDS' }, ['reserve', 'authorize', 'voidPayment', 'release']);
  });
  test('a total that is not the one that the buyer saw', async () => {
    services.answers.offer = async () => ({
      status: 'offered',
      offer: { productId, sellerId, sku: 'PP-NOTEBOOK', title: 'Dot-grid notebook', price: { amountMinor: 1_900, currency: 'USD' } },
      availableQuantity: 10,
    });
    await undone({ kind: 'price_changed', expectedTotal: total, currentTotal: { amountMinor: 1_900 + 499 + 138, currency: 'USD' } }, []);
  });
  test('a price that changes between the quote and the reservation', async () => {
    const dearer = { productId, sellerId, sku: 'PP-NOTEBOOK', title: 'Dot-grid notebook', price: { amountMinor: 1_900, currency: 'USD' } };
    services.answers.reserve = async () => {
      services.answers.offer = async () => ({ status: 'offered', offer: dearer, availableQuantity: 10 });
      return { status: 'reserved', offer: dearer };
    };
    await undone({ kind: 'price_changed' }, ['reserve', 'release']);
  });
  test('a price that changes when its own pieces are the last ones: they do not count as taken', async () => {
    const dearer = { productId, sellerId, sku: 'PP-NOTEBOOK', title: 'Dot-grid notebook', price: { amountMinor: 1_900, currency: 'USD' } };
    services.answers.reserve = async () => {
      services.answers.offer = async () => ({ status: 'offered', offer: dearer, availableQuantity: 0 });
      return { status: 'reserved', offer: dearer };
    };
    await undone({ kind: 'price_changed' }, ['reserve', 'release']);
  });
  test('a process that was overtaken while it reserved never releases the pieces of who went on', async () => {
    const dearer = { productId, sellerId, sku: 'PP-NOTEBOOK', title: 'Dot-grid notebook', price: { amountMinor: 1_900, currency: 'USD' } };
    const first = command();
    services.answers.reserve = async () => {
      // It stood still for longer than its lease; meanwhile the buyer's second call bought at the old price.
      delete services.answers.reserve;
      await letTimePass();
      expect(await placeOrder(deps, first)).toMatchObject({ kind: 'finished', outcome: { kind: 'placed' } });
      return { status: 'reserved', offer: dearer };
    };
    expect(await placeOrder(deps, first)).toMatchObject({ kind: 'idempotency_key_in_flight' });
    expect(services.calls).not.toContain('release');
    expect(await orders()).toHaveLength(1);
  });
});

test('a call is never held back as a possible duplicate of another call with its own key', async () => {
  const first = command();
  services.answers.authorize = async () => ({ status: 'declined', reason: 'DECLINED' });
  await placeOrder(deps, { ...first, idempotencyKey: randomUUID() });
  delete services.answers.authorize;
  // The same call comes twice: the other one begins the purchase after this one has looked for it.
  const overtaken = Object.create(pool, {
    query: {
      value: async (statement: string | { readonly text: string }, values?: unknown[]) => {
        const text = typeof statement === 'string' ? statement : statement.text;
        if (text.includes('from recent_purchases')) expect(await placeOrder(deps, first)).toMatchObject({ outcome: { kind: 'placed' } });
        return typeof statement === 'string' ? pool.query(statement, values) : pool.query(statement);
      },
    },
  }) as Pool;
  expect(await placeOrder({ ...deps, purchases: createPurchaseStore(overtaken) }, first)).toMatchObject({
    kind: 'idempotency_key_in_flight',
  });
  expect(await orders()).toHaveLength(1);
});

const never = undefined as never;

describe('3-D Secure', () => {
  test('the buyer who confirmed and calls again with the same key gets the order', async () => {
    services.answers.authorize = async () => ({ status: 'requires_action', clientSecret: 'pi_secret' });
    const first = command();
    expect(await placeOrder(deps, first)).toMatchObject({ kind: 'action_required', clientSecret: 'pi_secret' });
    expect(await orders()).toEqual([]);
    delete services.answers.authorize;
    expect(await placeOrder(deps, first)).toMatchObject({ kind: 'finished', outcome: { kind: 'placed' } });
    expect(await orders()).toHaveLength(1);
  });

  test('the buyer who confirmed and never comes back gets the order, too', async () => {
    services.answers.authorize = async () => ({ status: 'requires_action', clientSecret: 'pi_secret' });
    await placeOrder(deps, command());
    delete services.answers.authorize;
    await letTimePass();
    await completePurchases(deps);
    expect(await orders()).toHaveLength(1);
  });

  test('the buyer who never confirms loses the hold when the time is up', async () => {
    services.answers.authorize = async () => ({ status: 'requires_action', clientSecret: 'pi_secret' });
    const first = command();
    await placeOrder(deps, first);
    await pool.query(`update purchases set created_at = now() - interval '1 hour'`);
    await letTimePass();
    await completePurchases(deps);
    expect(services.calls.slice(-2)).toEqual(['voidPayment', 'release']);
    expect(await placeOrder(deps, first)).toMatchObject({
      kind: 'finished',
      outcome: { kind: 'declined', reason: 'AUTHENTICATION_FAILED' },
    });
  });

  test('the secret for the bank is not stored', async () => {
    services.answers.authorize = async () => ({ status: 'requires_action', clientSecret: 'pi_secret_canary' });
    await placeOrder(deps, command());
    const { rows } = await pool.query<{ row: string }>('select purchases::text as row from purchases');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain('canary');
  });
});

describe('when a part is away', () => {
  test('before money could move, the same key goes on where it stopped', async () => {
    services.answers.reserve = async () => {
      throw new RetryableError('catalog could not be asked');
    };
    const first = command();
    expect(await placeOrder(deps, first)).toMatchObject({ kind: 'unavailable' });
    delete services.answers.reserve;
    expect(await placeOrder(deps, first)).toMatchObject({ kind: 'finished', outcome: { kind: 'placed' } });
  });

  test('before money could move and the buyer is gone, the purchase is undone, never made behind the back of the buyer', async () => {
    services.answers.reserve = async () => {
      throw new RetryableError('catalog could not be asked');
    };
    const first = command();
    await placeOrder(deps, first);
    delete services.answers.reserve;
    await letTimePass();
    await completePurchases(deps);
    expect(services.calls.at(-1)).toBe('release');
    expect(services.calls).not.toContain('authorize');
    expect(await placeOrder(deps, first)).toMatchObject({ kind: 'finished', outcome: { kind: 'abandoned' } });
  });

  test('an unknown outcome at Stripe is found out later, and the order is placed once', async () => {
    services.answers.authorize = async () => ({ status: 'retry_later', retryAfterMs: 100 });
    await placeOrder(deps, command());
    expect(await orders()).toEqual([]);
    delete services.answers.authorize;
    await letTimePass();
    await completePurchases(deps);
    await letTimePass();
    await completePurchases(deps);
    expect(await orders()).toHaveLength(1);
    expect(await events()).toHaveLength(1);
  });

  test('an undoing that fails is done by the completer, and the buyer has the answer already', async () => {
    services.answers.authorize = async () => ({ status: 'declined', reason: 'DECLINED' });
    services.answers.voidPayment = async () => ({ status: 'retry_later', retryAfterMs: 10 });
    expect(await placeOrder(deps, command())).toMatchObject({ kind: 'finished', outcome: { kind: 'declined' } });
    expect(services.calls).not.toContain('release');
    delete services.answers.voidPayment;
    await letTimePass();
    await completePurchases(deps);
    expect(services.calls.slice(-2)).toEqual(['voidPayment', 'release']);
  });

  test('a payment that nobody could ask for a quarter of an hour is undone, not charged hours later', async () => {
    services.answers.authorize = async () => {
      throw new RetryableError('payment-vault could not be asked');
    };
    const first = command();
    expect(await placeOrder(deps, first)).toMatchObject({ kind: 'unavailable' });
    await pool.query(`update purchases set created_at = now() - interval '16 minutes'`);
    delete services.answers.authorize;
    services.calls.length = 0;
    await letTimePass();
    await completePurchases(deps);
    expect(services.calls).toEqual(['voidPayment', 'release']);
    expect(await placeOrder(deps, first)).toMatchObject({ kind: 'finished', outcome: { kind: 'abandoned' } });
    expect(await orders()).toEqual([]);
  });

  test('a purchase that payment-vault refuses to understand is undone in the end', async () => {
    services.answers.authorize = async () => {
      throw new Error('payment-vault answered 409');
    };
    await expect(placeOrder(deps, command())).rejects.toThrow('409');
    await pool.query(`update purchases set created_at = now() - interval '16 minutes'`);
    await letTimePass();
    await completePurchases(deps);
    expect((await pool.query('select recovery_point from purchases')).rows).toEqual([{ recovery_point: 'finished' }]);
  });

  test('two completers never drive one purchase', async () => {
    services.answers.authorize = async () => ({ status: 'retry_later', retryAfterMs: 10 });
    await placeOrder(deps, command());
    delete services.answers.authorize;
    await letTimePass();
    services.calls.length = 0;
    await Promise.all(Array.from({ length: 4 }, () => completePurchases(deps)));
    expect(services.calls.filter((call) => call === 'authorize')).toHaveLength(1);
    expect(await orders()).toHaveLength(1);
  });
});

describe('what is due is claimed by one process only:', () => {
  /** Runs `claim` in a transaction that is not committed yet, and once more meanwhile: the second neither waits nor gets the same. */
  async function claimTwice<Claimed>(claim: (queryable: Queryable) => Promise<Claimed[]>): Promise<readonly [Claimed[], Claimed[]]> {
    return withTransaction(pool, async (transaction) => [await claim(transaction), await claim(pool)]);
  }

  test('purchases', async () => {
    services.answers.authorize = async () => ({ status: 'retry_later', retryAfterMs: 10 });
    await placeOrder(deps, command());
    await letTimePass();
    const [first, second] = await claimTwice((queryable) => claimDuePurchases(queryable, randomUUID(), 20));
    expect([first.length, second.length]).toEqual([1, 0]);
  });

  test('orders to capture', async () => {
    await placeOrder(deps, command());
    const [first, second] = await claimTwice((queryable) => claimOrdersToCapture(queryable, 20));
    expect([first.length, second.length]).toEqual([1, 0]);
  });
});

describe('the question about held stock', () => {
  test('is answered pending, placed or none', async () => {
    expect(await findClaim(pool, newId('ord'))).toBe('none');
    services.answers.authorize = async () => ({ status: 'retry_later', retryAfterMs: 10 });
    await placeOrder(deps, command());
    const { rows } = await pool.query<{ order_id: string }>('select order_id from purchases');
    const orderId = rows[0]?.order_id ?? '';
    expect(await findClaim(pool, orderId)).toBe('pending');
    delete services.answers.authorize;
    await letTimePass();
    await completePurchases(deps);
    expect(await findClaim(pool, orderId)).toBe('placed');
  });
});

describe('capture', () => {
  test('confirms the order once, with its second event', async () => {
    await placeOrder(deps, command());
    await Promise.all([captureOrders(deps), captureOrders(deps)]);
    expect(services.calls.filter((call) => call === 'capture')).toHaveLength(1);
    expect(await orders()).toMatchObject([{ status: 'confirmed' }]);
    expect(await events()).toMatchObject([
      { type: 'order.placed', sequence: 1 },
      { type: 'order.confirmed', sequence: 2 },
    ]);
  });

  test('waits until the undo window has closed', async () => {
    services.answers.decide = async () => ({
      allowed: true,
      market: { country: 'US', currency: 'USD', undoWindowSeconds: 60, platformFeeBps: 500 },
    });
    await placeOrder(deps, command());
    expect(await captureOrders(deps)).toBe(0);
    await pool.query(`update orders set capture_at = now()`);
    expect(await captureOrders(deps)).toBe(1);
  });

  test('of an authorization that is gone cancels the order and says so', async () => {
    services.answers.capture = async () => ({ status: 'not_capturable', reason: 'LET_GO' });
    await placeOrder(deps, command());
    await captureOrders(deps);
    expect(await orders()).toMatchObject([{ status: 'cancelled' }]);
    expect((await events()).map(({ type }) => type)).toEqual(['order.placed', 'order.cancelled']);
  });

  test('that cannot be done yet is tried again', async () => {
    services.answers.capture = async () => ({ status: 'retry_later', retryAfterMs: 0 });
    await placeOrder(deps, command());
    await captureOrders(deps);
    expect(await orders()).toMatchObject([{ status: 'placed' }]);
    delete services.answers.capture;
    await pool.query('update orders set capture_leased_until = null');
    await captureOrders(deps);
    expect(await orders()).toMatchObject([{ status: 'confirmed' }]);
  });
});
