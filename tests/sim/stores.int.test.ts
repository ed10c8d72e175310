import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { hashInput } from '@vitrine/runtime/idempotency';
import { newId } from '@vitrine/runtime/ids';
import { money } from '@vitrine/runtime/money';
import { createLogger } from '@vitrine/runtime/telemetry';
import { orderCancelled, orderConfirmed, orderPaymentVoided, orderPlaced } from '../../services/checkout/src/events.ts';
import { moveOrder, type Order } from '../../services/checkout/src/order.ts';
import type { DueOrder, OrderStore } from '../../services/checkout/src/order-store.ts';
import type { Compensation, Purchase, PurchaseInput, RecoveryPoint } from '../../services/checkout/src/purchase.ts';
import type { PurchaseStore } from '../../services/checkout/src/purchase-store.ts';
import { createOrderStore } from '../../services/checkout/src/store/order-store.ts';
import { createChangeBatcher } from '../../services/checkout/src/store/orders.ts';
import { createPurchaseStore, wakePurchases } from '../../services/checkout/src/store/purchases.ts';
import { undoOrder } from '../../services/checkout/src/undo-order.ts';
import { createTestDatabase, type TestDatabase } from '../support/stack.ts';
import { startProcess } from './checkout-process.ts';
import { createDatabase } from './database.ts';
import { choicesOf, type Choices } from './seeded-choices.ts';
import { createOrderTables, createSimulatedOrders } from './simulated-orders.ts';
import { createPurchaseTables, createSimulatedPurchases, wakePurchase } from './simulated-purchases.ts';
import { createWorld } from './world.ts';

/** One of the two pairs of stores. */
interface Side {
  readonly purchases: PurchaseStore;
  readonly orders: OrderStore;
  now(): number;
  /** Lets what was asked of the stores happen. */
  settle<Result>(asked: Promise<Result>): Promise<Result>;
  letTimePass(ms: number): Promise<void>;
  wake(orderId: string): Promise<void>;
  /** What is stored, without times. */
  dump(): Promise<unknown>;
}

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 4, name: 'test', logger: createLogger({ name: 'checkout', level: 'silent' }) });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate purchases, orders, outbox, order_history, recent_purchases, idempotency_keys cascade');
});

function realSide(): Side {
  return {
    purchases: createPurchaseStore(pool),
    orders: createOrderStore(pool, createChangeBatcher(pool)),
    now: Date.now,
    settle: (asked) => asked,
    async letTimePass(ms) {
      const back = `- interval '${ms} milliseconds'`;
      await pool.query(`update purchases set leased_until = leased_until ${back}, next_attempt_at = next_attempt_at ${back}`);
      await pool.query(`update recent_purchases set guarded_until = guarded_until ${back}`);
      await pool.query(
        `update orders set capture_at = capture_at ${back}, capture_leased_until = capture_leased_until ${back}, void_leased_until = void_leased_until ${back}`,
      );
    },
    wake: async (orderId) => void (await wakePurchases(pool, [orderId])),
    async dump() {
      const purchases = await pool.query(
        `select order_id, recovery_point, compensations, outcome->>'kind' as outcome, attempts, lease_token is not null as leased,
                jsonb_array_length(steps) as steps from purchases order by order_id collate "C"`,
      );
      const orders = await pool.query(`select order_id, status, payment_state, sequence from orders order by order_id collate "C"`);
      const outbox = await pool.query('select key, type, sequence from outbox order by key collate "C", sequence');
      return { purchases: purchases.rows, orders: orders.rows, outbox: outbox.rows };
    },
  };
}

async function simulatedSide(): Promise<Side> {
  const world = createWorld(1, null);
  const { time } = world;
  // After the last fault.
  time.after(world.faultsUntil + 1, () => {});
  await time.run(() => false);
  const simulated = createDatabase(world);
  const tables = createPurchaseTables();
  const orders = createOrderTables(world, { placed: () => {} });
  const process = startProcess(world, 'checkout', 0, () => {});
  const byId = <Row extends { readonly order_id: string }>(rows: Row[]) => rows.toSorted((a, b) => (a.order_id < b.order_id ? -1 : 1));
  return {
    purchases: createSimulatedPurchases(world, simulated, tables, orders, process),
    orders: createSimulatedOrders(world, simulated, orders, process),
    now: () => time.now(),
    async settle(asked) {
      let isOver = false;
      const over = (): void => {
        isOver = true;
      };
      asked.then(over, over);
      // A statement that waits for the one before it is asked for only then.
      while (!isOver) await time.run(() => isOver);
      return asked;
    },
    async letTimePass(ms) {
      time.after(ms, () => {});
      await time.run(() => false);
    },
    wake: async (orderId) => wakePurchase(tables, orderId, time.now()),
    async dump() {
      const purchases = [...tables.purchases.values()].map((row) => ({
        order_id: row.orderId,
        recovery_point: row.recoveryPoint,
        compensations: [...row.compensations],
        outcome: row.outcome?.kind ?? null,
        attempts: row.attempts,
        leased: row.leaseToken !== null,
        steps: row.steps.length,
      }));
      const placed = [...orders.rows.values()].map(({ order }) => ({
        order_id: order.orderId,
        status: order.status,
        payment_state: order.payment,
        sequence: order.sequence,
      }));
      const outbox = orders.outbox.map(({ orderId, type, sequence }) => ({ key: orderId, type, sequence }));
      const place = ({ key, sequence }: { readonly key: string; readonly sequence: number }) =>
        `${key} ${String(sequence).padStart(6, '0')}`;
      return { purchases: byId(purchases), orders: byId(placed), outbox: outbox.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)) };
    },
  };
}

type Step = (side: Side, name: 'real' | 'simulated') => Promise<unknown>;

/** Which purchases and orders somebody has at hand, on each side; the newest word about each, and old ones. */
interface Hands {
  readonly purchases: { readonly real: Purchase; readonly simulated: Purchase }[];
  readonly due: { readonly real: DueOrder; readonly simulated: DueOrder; readonly step: 'capture' | 'void' }[];
  readonly orderIds: string[];
}

const step = { step: 'tried', at: '2026-11-23T08:30:00.000Z', attempt: 1, by: 'buyer' } as const;
const buyers = [newId('usr'), newId('usr')];
const products = [newId('prd'), newId('prd')];

function newOrder({ orderId, buyerId }: Purchase, now: number, undoWindowMs: number): Order {
  return {
    orderId,
    buyerId,
    sellerId: 'sel_1',
    market: 'US',
    status: 'placed',
    payment: 'authorized',
    fulfilment: 'unshipped',
    returns: 'none',
    dispute: 'none',
    lines: [],
    subtotal: money(1_000, 'USD'),
    shipping: money(0, 'USD'),
    tax: money(0, 'USD'),
    total: money(1_000, 'USD'),
    refundedMinor: 0,
    shippingService: 'standard',
    sourcePostId: null,
    sequence: 1,
    requestId: 'req',
    placedAt: new Date(now),
    confirmedAt: null,
    cancelledAt: null,
    cancelReason: null,
    captureAt: new Date(now + undoWindowMs),
  };
}

/** The same step for both sides. */
function nextStep(choices: Choices, hands: Hands): Step {
  const held = hands.purchases.length === 0 ? undefined : choices.pick(choices.chance(0.7) ? hands.purchases.slice(-3) : hands.purchases);
  const due = hands.due.length === 0 ? undefined : choices.pick(choices.chance(0.8) ? hands.due.slice(-3) : hands.due);
  const taken = (orderIds: readonly string[]) => orderIds.toSorted();
  const beginning = (): Step => {
    const buyerId = choices.pick(buyers);
    const input: PurchaseInput = {
      productId: choices.pick(products),
      quantity: choices.integer(1, 2),
      expectedTotal: money(1_000, 'USD'),
      addressId: null,
      paymentMethodId: null,
      sourcePostId: null,
      shippingService: null,
      quoteId: null,
      besideOrderId: null,
    };
    const claim = {
      orderId: newId('ord'),
      buyerId,
      buyerCountry: 'US',
      deviceId: null,
      idempotencyKey: `key-${choices.integer(1, 12)}-0123456789abcdef`,
      inputHash: hashInput(input),
      input,
      requestId: 'req',
      leaseToken: randomUUID(),
      overrules: choices.chance(0.4) && hands.orderIds.length > 0 ? choices.pick(hands.orderIds.slice(-3)) : null,
      abandonAfterSeconds: 60,
      duplicateWindowSeconds: 10,
    };
    const claimed: Partial<Record<'real' | 'simulated', Purchase>> = {};
    return async (side, name) => {
      const result = await side.settle(side.purchases.claim(claim));
      if (result.kind !== 'claimed') return result;
      claimed[name] = result.purchase;
      if (claimed.real !== undefined && claimed.simulated !== undefined) {
        hands.purchases.push({ real: claimed.real, simulated: claimed.simulated });
        hands.orderIds.push(result.purchase.orderId);
      }
      return { ...result, purchase: { ...result.purchase, createdAt: null } };
    };
  };
  const kinds: (readonly [number, () => Step])[] = [
    [20, beginning],
    [
      12,
      () => {
        const ms = choices.pick([4_610, 7_830, 25_610, 71_290]);
        return (side) => side.letTimePass(ms);
      },
    ],
    [
      8,
      () => {
        const leaseToken = randomUUID();
        const found: Partial<Record<'real' | 'simulated', Purchase[]>> = {};
        return async (side, name) => {
          const result = await side.settle(side.purchases.claimDue(leaseToken, 20));
          found[name] = result;
          for (const real of found.real ?? []) {
            const simulated = found.simulated?.find(({ orderId }) => orderId === real.orderId);
            if (simulated !== undefined) hands.purchases.push({ real, simulated });
          }
          return taken(result.map((row) => `${row.orderId} ${row.recoveryPoint} ${row.attempts} ${row.compensations.join()}`));
        };
      },
    ],
    [
      10,
      () => {
        const isCapture = choices.chance(0.6);
        const found: Partial<Record<'real' | 'simulated', DueOrder[]>> = {};
        return async (side, name) => {
          const result = await side.settle(isCapture ? side.orders.claimToCapture(20) : side.orders.claimToVoid(20));
          found[name] = result;
          for (const real of found.real ?? []) {
            const simulated = found.simulated?.find(({ order }) => order.orderId === real.order.orderId);
            if (simulated !== undefined) hands.due.push({ real, simulated, step: isCapture ? 'capture' : 'void' });
          }
          return taken(result.map(({ order, attempts }) => `${order.orderId} ${order.payment} ${order.sequence} ${attempts}`));
        };
      },
    ],
    [
      6,
      () => {
        const orderId = hands.orderIds.length === 0 ? newId('ord') : choices.pick(hands.orderIds.slice(-4));
        const idempotencyKey = `undo-${choices.integer(1, 6)}-0123456789abcdef`;
        const buyerId = choices.pick(buyers);
        return (side) =>
          side.settle(
            undoOrder(
              {
                orders: side.orders,
                clock: { now: () => new Date(side.now()), every: () => () => {} },
                wakeRelay: () => {},
                wakeVoid: () => {},
              },
              { buyerId, orderId, idempotencyKey },
            ),
          );
      },
    ],
  ];
  if (held !== undefined) {
    const index = hands.purchases.indexOf(held);
    const recoveryPoint = choices.pick<RecoveryPoint>(['stock_reserved', 'awaiting_buyer', 'compensating']);
    const compensations = choices.pick<Compensation[] | undefined>([undefined, ['release_stock', 'void_payment'], []]);
    const outcome = recoveryPoint === 'compensating' ? ({ kind: 'abandoned' } as const) : undefined;
    const seconds = choices.pick([null, 5, 40]);
    const undoWindowMs = choices.pick([0, 5_000, 60_000]);
    kinds.push(
      [
        20,
        () => async (side, name) => {
          const next = { recoveryPoint, step, ...(compensations && { compensations }), ...(outcome && { outcome }) };
          const after = await side.settle(side.purchases.checkpoint(held[name], next));
          const known = hands.purchases[index];
          if (known !== undefined) hands.purchases[index] = { ...known, [name]: after };
          return { ...after, createdAt: null };
        },
      ],
      [8, () => (side, name) => side.settle(side.purchases.suspend(held[name], seconds, step))],
      [4, () => (side, name) => side.settle(side.purchases.renewLease(held[name]))],
      [6, () => (side, name) => side.settle(side.purchases.finish(held[name], { kind: 'abandoned' }, step))],
      [4, () => (side) => side.wake(held.real.orderId)],
      [
        14,
        () => (side, name) => {
          const order = newOrder(held[name], side.now(), undoWindowMs);
          return side.settle(side.purchases.place(held[name], order, orderPlaced(order), step));
        },
      ],
    );
  }
  if (due !== undefined) {
    const seconds = choices.pick([5, 40]);
    const move = due.step === 'void' ? 'void_payment' : choices.pick(['confirm', 'fail_capture'] as const);
    const eventOf = {
      void_payment: orderPaymentVoided,
      confirm: orderConfirmed,
      fail_capture: (order: Order) => orderCancelled(order, 'capture_failed'),
    };
    kinds.push(
      [
        10,
        () => async (side, name) => {
          const moved = moveOrder(due[name].order, move);
          return moved === null
            ? 'illegal'
            : side.settle(side.orders.save({ order: moved, event: eventOf[move](moved), cause: 'schedule' }));
        },
      ],
      [4, () => (side, name) => side.settle(side.orders.postpone(due[name], due.step, seconds, 'later'))],
    );
  }
  return choices.weighted(kinds)();
}

const answerOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    (result) => result ?? null,
    (error: unknown) => ({ thrown: error instanceof Error ? error.constructor.name : error }),
  );

test.each([1, 2, 3, 4, 5])('simulated stores answer as the ones in PostgreSQL do, step by step (%d)', async (seed) => {
  const choices = choicesOf(seed);
  const hands: Hands = { purchases: [], due: [], orderIds: [] };
  const real = realSide();
  const simulated = await simulatedSide();
  const met = new Set<string>();
  let realNow = Date.now();
  for (let number = 1; number <= 250; number += 1) {
    const take = nextStep(choices, hands);
    const expected = await answerOf(take(real, 'real'));
    // As much time as the real stores took passes for the simulated ones.
    await simulated.letTimePass(Date.now() - realNow);
    realNow = Date.now();
    const answer = await answerOf(take(simulated, 'simulated'));
    expect({ number, answer }).toEqual({ number, answer: expected });
    if (typeof expected === 'object' && expected !== null && 'kind' in expected) met.add(String(expected.kind));
    if (typeof expected === 'object' && expected !== null && 'thrown' in expected) met.add(String(expected.thrown));
  }
  expect(await simulated.dump()).toEqual(await real.dump());
  expect([...met]).toEqual(expect.arrayContaining(['claimed', 'duplicate', 'LeaseLostError']));
});
