import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { orderTopic } from '@vitrine/contracts/order-events';
import { createPool, type Pool } from '@vitrine/runtime/database';
import { createKafka } from '@vitrine/runtime/events';
import { newId } from '@vitrine/runtime/ids';
import { startRelay, type Relay } from '@vitrine/runtime/outbox';
import { createTestDatabase, kafkaBrokers, type TestDatabase } from '../../../tests/support/stack.ts';
import { until } from '../../../tests/support/until.ts';
import { startCapture, startVoids } from '../src/capture-orders.ts';
import { startCompleter } from '../src/complete-purchases.ts';
import type { Deps } from '../src/deps.ts';
import { placeOrder } from '../src/place-order.ts';
import { startReconciler, type Reconciler } from '../src/reconciler.ts';
import type { ReconcilerSettings } from '../src/reconciliation.ts';
import { closeCase, listCases } from '../src/store/reconciliation-cases.ts';
import { requestSweep } from '../src/store/reconciler.ts';
import { createTopicTail } from '../src/topic-tail.ts';
import { capturedPayment, scriptPeers, soldStock, type ScriptedPeers } from './scripted-peers.ts';
import { productId, scriptServices, total, type ScriptedServices } from './scripted-services.ts';
import { createTestDeps, logger } from './test-deps.ts';

let database: TestDatabase;
let pool: Pool;
let services: ScriptedServices;
let peers: ScriptedPeers;
let deps: Deps;
let relay: Relay | undefined;
let running: { stop(): Promise<void> }[] = [];
const kafka = () => createKafka({ name: 'test', brokers: kafkaBrokers(), logger });

const settings: ReconcilerSettings = {
  intervalMs: 50,
  graceMs: 200,
  patienceMs: 300,
  purchasePatienceMs: 60_000,
  sweepEveryMs: 1_000_000,
  stripeReadsPerMinute: 600,
  refundsCharges: true,
};

beforeAll(async () => {
  database = await createTestDatabase('checkout');
  pool = createPool({ url: database.url, size: 16, name: 'test', logger });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query(
    `truncate purchases, orders, outbox, order_history, recent_purchases, reconciliation_watch, reconciliation_cases, missing_events cascade`,
  );
  await pool.query(
    `update reconciler set lease_token = null, leased_until = null, sweep_after = null, sweep_started_at = now(), sweep_ended_at = now(),
            sweep_requested_at = null, compared = 0, repairs = 0, opened = 0`,
  );
  services = scriptServices();
  peers = scriptPeers(services);
  deps = { ...createTestDeps(pool, services), wakeRelay: () => relay?.wake() };
});
afterEach(async () => {
  await Promise.all(running.map((loop) => loop.stop()));
  running = [];
  await relay?.stop();
  relay = undefined;
});

/** Starts reconciling, with the loops beside it that a repair may wake. */
function reconcile(changes: Partial<ReconcilerSettings> = {}): Reconciler {
  const reconciler = startReconciler({
    ...deps,
    wakeCapture: () => capture.wake(),
    wakeVoid: () => voids.wake(),
    peers: peers.clients,
    tail: createTopicTail({ kafka: kafka(), topic: orderTopic, logger }),
    settings: { ...settings, ...changes },
  });
  const [capture, voids, completer] = [startCapture(deps), startVoids(deps), startCompleter(deps)];
  running.push(reconciler, capture, voids, completer);
  return reconciler;
}

/** A relay as checkout has it; without one nothing is published. */
const publish = (): void => {
  relay = startRelay({ pool, kafka: kafka(), source: 'checkout', logger });
};

/** Buys one notebook; answers the order id. */
async function buy(): Promise<string> {
  const result = await placeOrder(deps, {
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
  });
  if (result.kind !== 'finished') throw new Error(`the purchase ended with ${result.kind}`);
  return result.orderId;
}

/** An order that is confirmed, captured and sold. */
async function confirmedOrder(): Promise<string> {
  const orderId = await buy();
  const capture = startCapture(deps);
  await until('the order is confirmed', async () => ((await orderOf(orderId)).status === 'confirmed' ? true : undefined));
  await capture.stop();
  peers.reservations.set(orderId, soldStock(orderId));
  return orderId;
}

const orderOf = async (orderId: string) =>
  (await pool.query<{ status: string; payment_state: string }>('select status, payment_state from orders where order_id = $1', [orderId]))
    .rows[0] ?? {
    status: 'none',
    payment_state: 'none',
  };
const casesOf = async (orderId: string) => listCases(pool, { orderId, all: true, after: null, limit: 10 });
/** Waits for a case of this kind to come to this state. */
const untilCase = async (orderId: string, kind: string, state: string) =>
  until(
    `the case ${kind} of the order is ${state}`,
    async () => (await casesOf(orderId)).find((found) => found.kind === kind && found.state === state),
    15_000,
  );
const untilCompared = async () =>
  until('everything was compared', async () => {
    const { rows } = await pool.query<{ behind: boolean }>(
      'select changes_after < (select coalesce(max(position), 0) from order_history) as behind from reconciler',
    );
    return rows[0]?.behind === false && (await pool.query('select from reconciliation_watch')).rowCount === 0 ? true : undefined;
  });

describe('repaired by rule', () => {
  test('an authorization whose purchase failed is voided', async () => {
    services.answers.decide = async () => ({ allowed: false, reason: 'MARKET_CLOSED', message: 'closed' });
    const orderId = await buy();
    peers.payments.set(orderId, capturedPayment(orderId, { status: 'authorized', capturedMinor: 0 }));
    reconcile();
    await untilCase(orderId, 'authorization_without_order', 'repaired');
    expect(peers.payments.get(orderId)?.status).toBe('voided');
  });

  test('an authorization that checkout knows nothing of is voided', async () => {
    const orderId = newId('ord');
    peers.payments.set(orderId, capturedPayment(orderId, { status: 'authorized', capturedMinor: 0 }));
    reconcile();
    await untilCase(orderId, 'authorization_without_order', 'repaired');
    expect(peers.payments.get(orderId)?.status).toBe('voided');
  });

  test('a charge whose purchase failed is given back once', async () => {
    services.answers.decide = async () => ({ allowed: false, reason: 'MARKET_CLOSED', message: 'closed' });
    const orderId = await buy();
    const asked: string[] = [];
    const refund = services.answers.refund;
    services.answers.refund = async (request, requestId) => {
      asked.push(`${request.refundId} ${request.amountMinor}`);
      // The first answer is lost.
      if (asked.length === 1) throw new Error('the connection broke');
      if (refund === undefined) throw new Error('no refund is scripted');
      return refund(request, requestId);
    };
    peers.payments.set(orderId, capturedPayment(orderId));
    reconcile();
    await untilCase(orderId, 'charge_without_order', 'repaired');
    expect(asked).toHaveLength(2);
    expect(new Set(asked).size).toBe(1);
    expect(peers.payments.get(orderId)?.refundedMinor).toBe(total.amountMinor);
  });

  test('a charge that nobody asked for is a case, and nothing is moved', async () => {
    const orderId = newId('ord');
    peers.payments.set(orderId, capturedPayment(orderId));
    reconcile();
    const found = await untilCase(orderId, 'charge_without_order', 'open');
    expect(found).toMatchObject({ repairAttempts: 0, detail: { payment: 'captured', capturedMinor: total.amountMinor } });
    expect(services.calls).not.toContain('refund');
  });

  test('stock that is held for a failed purchase, or for nobody, is let go', async () => {
    services.answers.decide = async () => ({ allowed: false, reason: 'MARKET_CLOSED', message: 'closed' });
    const orderIds = [await buy(), newId('ord')];
    for (const orderId of orderIds) peers.reservations.set(orderId, soldStock(orderId, { status: 'held' }));
    reconcile();
    for (const orderId of orderIds) {
      await untilCase(orderId, 'stock_without_order', 'repaired');
      expect(peers.reservations.get(orderId)?.status).toBe('released');
    }
  });

  test('a capture that the vault has made is taken note of by the normal path', async () => {
    const orderId = await buy();
    peers.reservations.set(orderId, soldStock(orderId));
    peers.payments.set(orderId, capturedPayment(orderId));
    // Put off for long by a failure before.
    await pool.query(
      `update orders set payment_state = 'capturing', capture_leased_until = now() + interval '1 hour' where order_id = $1`,
      [orderId],
    );
    reconcile();
    await untilCase(orderId, 'capture_overdue', 'repaired');
    expect(await orderOf(orderId)).toEqual({ status: 'confirmed', payment_state: 'captured' });
  });

  test('a confirmed order whose capture is missing is captured', async () => {
    const orderId = await confirmedOrder();
    peers.payments.set(orderId, capturedPayment(orderId, { status: 'authorized', capturedMinor: 0 }));
    reconcile();
    await untilCase(orderId, 'capture_missing', 'repaired');
    expect(peers.payments.get(orderId)?.status).toBe('captured');
  });

  test('a void that was put off for long is made', async () => {
    const orderId = await buy();
    await pool.query(
      `update orders set status = 'cancelled', payment_state = 'voiding', cancelled_at = now(), void_leased_until = now() + interval '1 hour' where order_id = $1`,
      [orderId],
    );
    peers.reservations.set(orderId, soldStock(orderId, { status: 'returned' }));
    reconcile();
    await untilCase(orderId, 'void_overdue', 'repaired');
    expect(await orderOf(orderId)).toEqual({ status: 'cancelled', payment_state: 'voided' });
    expect(peers.payments.get(orderId)?.status).toBe('voided');
  });

  test('an authorization that came back after its void is voided again', async () => {
    const orderId = await buy();
    await pool.query(`update orders set status = 'cancelled', payment_state = 'voided', cancelled_at = now() where order_id = $1`, [
      orderId,
    ]);
    peers.reservations.set(orderId, soldStock(orderId, { status: 'returned' }));
    reconcile();
    await untilCase(orderId, 'cancelled_but_authorized', 'repaired');
    expect(peers.payments.get(orderId)?.status).toBe('voided');
  });

  test('stock of a placed order that stays held is settled', async () => {
    const orderId = await confirmedOrder();
    peers.reservations.set(orderId, soldStock(orderId, { status: 'held' }));
    reconcile();
    await untilCase(orderId, 'stock_not_sold', 'repaired');
    expect(peers.hastened).toContain(orderId);
  });

  test('an order whose stock was never sold has its event published again, with the same id', async () => {
    publish();
    const orderId = await confirmedOrder();
    const placed = await pool.query<{ event_id: string }>(`select event_id from outbox where key = $1 and type = 'order.placed'`, [
      orderId,
    ]);
    await until('it is published', async () =>
      (await pool.query('select from outbox where published_at is null')).rowCount === 0 ? true : undefined,
    );
    const firstAt = (
      await pool.query<{ at: Date }>(`select published_at as at from outbox where event_id = $1`, [placed.rows[0]?.event_id])
    ).rows[0]?.at;
    peers.reservations.delete(orderId);
    reconcile();
    await until('it is published again', async () => {
      const { rows } = await pool.query<{ at: Date | null }>('select published_at as at from outbox where event_id = $1', [
        placed.rows[0]?.event_id,
      ]);
      const at = rows[0]?.at ?? null;
      return at !== null && firstAt !== undefined && at > firstAt ? true : undefined;
    });
    peers.reservations.set(orderId, soldStock(orderId));
    await untilCase(orderId, 'stock_not_sold', 'repaired');
  });

  test('a purchase that stands still is taken up again', async () => {
    services.answers.authorize = async () => ({ status: 'retry_later', retryAfterMs: 3_600_000 });
    await expect(buy()).rejects.toThrow('unavailable');
    const { rows } = await pool.query<{ order_id: string }>(
      `update purchases set created_at = now() - interval '1 hour' returning order_id`,
    );
    const orderId = rows[0]?.order_id ?? '';
    reconcile({ purchasePatienceMs: 1_000 });
    await untilCase(orderId, 'purchase_unfinished', 'repaired');
    // Too old by then: it is undone.
    const { rows: ended } = await pool.query<{ kind: string }>(`select outcome->>'kind' as kind from purchases where order_id = $1`, [
      orderId,
    ]);
    expect(ended).toEqual([{ kind: 'abandoned' }]);
  });
});

describe('put before a person', () => {
  test.each([
    ['amount_differs', (orderId: string) => peers.payments.set(orderId, capturedPayment(orderId, { capturedMinor: 1 }))],
    ['order_without_payment', (orderId: string) => peers.payments.delete(orderId)],
    [
      'confirmed_without_charge',
      (orderId: string) => peers.payments.set(orderId, capturedPayment(orderId, { status: 'voided', capturedMinor: 0 })),
    ],
    ['quantity_differs', (orderId: string) => peers.reservations.set(orderId, soldStock(orderId, { quantity: 2 }))],
    ['stock_ledger_differs', (orderId: string) => peers.reservations.set(orderId, soldStock(orderId, { ledgerAgrees: false }))],
    ['history_gap', async (orderId: string) => pool.query('delete from order_history where order_id = $1 and sequence = 1', [orderId])],
  ])('%s is a case, once, and ends when it is gone', async (kind, diverge) => {
    const orderId = await confirmedOrder();
    const before = { payment: peers.payments.get(orderId), reservation: peers.reservations.get(orderId) };
    await diverge(orderId);
    // The gap in the middle.
    if (kind === 'history_gap') {
      await pool.query(`update order_history set sequence = 1 where order_id = $1 and sequence = 2`, [orderId]);
    }
    const reconciler = reconcile();
    const opened = await untilCase(orderId, kind, 'open');
    await reconciler.lookAt(orderId);
    expect(await casesOf(orderId)).toHaveLength(1);
    if (before.payment !== undefined) peers.payments.set(orderId, before.payment);
    if (before.reservation !== undefined) peers.reservations.set(orderId, before.reservation);
    await pool.query('update order_history set sequence = 2 where order_id = $1 and sequence = 1 and step <> $2', [
      orderId,
      'order.placed',
    ]);
    await reconciler.lookAt(orderId);
    expect(await casesOf(orderId)).toMatchObject([
      { caseId: opened.caseId, state: 'closed', closedBy: 'reconciler', closeReason: 'WENT_AWAY' },
    ]);
  });

  test('what a rule does not repair becomes a case after five tries, and is tried on', async () => {
    services.answers.voidPayment = async () => ({ status: 'retry_later', retryAfterMs: 10 });
    const orderId = newId('ord');
    peers.payments.set(orderId, capturedPayment(orderId, { status: 'authorized', capturedMinor: 0 }));
    reconcile({ graceMs: 20 });
    const opened = await untilCase(orderId, 'authorization_without_order', 'open');
    expect(opened.repairAttempts).toBeGreaterThanOrEqual(5);
    services.answers.voidPayment = async () => {
      peers.payments.set(orderId, capturedPayment(orderId, { status: 'voided', capturedMinor: 0 }));
      return { status: 'voided' };
    };
    await untilCase(orderId, 'authorization_without_order', 'repaired');
  });

  test('a case that was closed by hand opens again when it is seen again, unless it was accepted as it is', async () => {
    const [orderId, acceptedId] = [await confirmedOrder(), await confirmedOrder()];
    for (const id of [orderId, acceptedId]) peers.payments.set(id, capturedPayment(id, { capturedMinor: 1 }));
    const reconciler = reconcile();
    const [found, accepted] = [await untilCase(orderId, 'amount_differs', 'open'), await untilCase(acceptedId, 'amount_differs', 'open')];
    expect(await closeCase(pool, found.caseId, 'FALSE_ALARM')).toBe('closed');
    expect(await closeCase(pool, accepted.caseId, 'ACCEPTED')).toBe('closed');
    expect(await closeCase(pool, found.caseId, 'FALSE_ALARM')).toBe('closed_before');
    await reconciler.lookAt(orderId);
    await reconciler.lookAt(acceptedId);
    expect(await casesOf(orderId)).toMatchObject([{ caseId: found.caseId, state: 'open', closedBy: null }]);
    expect(await casesOf(acceptedId)).toMatchObject([{ caseId: accepted.caseId, state: 'closed', closeReason: 'ACCEPTED' }]);
    peers.payments.set(acceptedId, capturedPayment(acceptedId, { capturedMinor: 2 }));
    await reconciler.lookAt(acceptedId);
    expect(await casesOf(acceptedId)).toMatchObject([{ caseId: accepted.caseId, state: 'open' }]);
  });

  test('what differs at Stripe is asked for until Stripe says otherwise', async () => {
    const orderId = await confirmedOrder();
    const differs = { verdict: 'DIFFERS', state: 'captured', capturedMinor: total.amountMinor, refundedMinor: 100 } as const;
    peers.payments.set(orderId, capturedPayment(orderId, { atProvider: differs }));
    const reconciler = reconcile();
    expect(await reconciler.lookAt(orderId)).toEqual(['stripe_differs']);
    await untilCase(orderId, 'stripe_differs', 'repairing');
    peers.payments.set(orderId, capturedPayment(orderId, { atProvider: { ...differs, verdict: 'SAME', refundedMinor: 0 } }));
    await untilCase(orderId, 'stripe_differs', 'repaired');
    expect(new Set(peers.reread)).toEqual(new Set([orderId]));
  });
});

describe('what is no divergence', () => {
  test('orders that agree leave nothing behind', async () => {
    publish();
    await Promise.all(Array.from({ length: 20 }, () => confirmedOrder()));
    reconcile({ patienceMs: 10_000 });
    await untilCompared();
    expect(await listCases(pool, { orderId: null, all: true, after: null, limit: 5 })).toEqual([]);
    expect(
      (await pool.query<{ compared: number }>('select compared::int as compared from reconciler')).rows[0]?.compared,
    ).toBeGreaterThanOrEqual(20);
  });

  test('a divergence that is seen once only is none', async () => {
    const orderId = await confirmedOrder();
    peers.payments.set(orderId, capturedPayment(orderId, { capturedMinor: 1 }));
    const reconciler = reconcile({ graceMs: 1_000 });
    await until('it was seen', async () => ((await pool.query('select from reconciliation_watch')).rowCount === 1 ? true : undefined));
    await reconciler.lookAt(orderId);
    peers.payments.set(orderId, capturedPayment(orderId));
    await untilCompared();
    expect(await casesOf(orderId)).toEqual([]);
  });

  test('a purchase that waits for its buyer is left alone, and compared when it is over', async () => {
    services.answers.authorize = async ({ orderId }) => {
      peers.payments.set(orderId, capturedPayment(orderId, { status: 'requires_action', capturedMinor: 0 }));
      return { status: 'requires_action', clientSecret: 'cs_test' };
    };
    await expect(buy()).rejects.toThrow('action_required');
    const orderId = [...peers.payments.keys()][0] ?? '';
    reconcile();
    await until('it is watched', async () => {
      const { rows } = await pool.query<{ looks: number }>('select looks from reconciliation_watch where order_id = $1', [orderId]);
      return (rows[0]?.looks ?? 0) >= 2 ? true : undefined;
    });
    expect(services.calls).not.toContain('voidPayment');
    expect(await casesOf(orderId)).toEqual([]);
  });

  test('while another service is away nothing is concluded', async () => {
    const orderId = newId('ord');
    peers.payments.set(orderId, capturedPayment(orderId, { status: 'authorized', capturedMinor: 0 }));
    peers.isAway = true;
    reconcile();
    await until('some passes', async () => {
      const { rows } = await pool.query<{ at: string | null }>(`select last_pass->>'endedAt' as at from reconciler`);
      return rows[0]?.at === null ? undefined : true;
    });
    expect(await casesOf(orderId)).toEqual([]);
    peers.isAway = false;
    await untilCase(orderId, 'authorization_without_order', 'repaired');
  });
});

describe('the sweep', () => {
  test('finds what diverges long after it was compared, when it is asked for', async () => {
    const orderIds = [await confirmedOrder(), await confirmedOrder()];
    reconcile();
    await untilCompared();
    peers.payments.set(orderIds[0] ?? '', capturedPayment(orderIds[0] ?? '', { status: 'authorized', capturedMinor: 0 }));
    const requestedAt = await requestSweep(pool);
    await untilCase(orderIds[0] ?? '', 'capture_missing', 'repaired');
    const { rows } = await pool.query<{ ended: Date }>('select sweep_ended_at as ended from reconciler');
    expect(rows[0]?.ended.getTime()).toBeGreaterThanOrEqual(requestedAt.getTime());
    // A sweep also reads payments again at Stripe.
    expect(new Set(peers.reread)).toEqual(new Set(orderIds));
  });

  test('comes by itself', async () => {
    const orderId = await confirmedOrder();
    reconcile({ sweepEveryMs: 100 });
    await untilCompared();
    peers.reservations.set(orderId, soldStock(orderId, { status: 'held' }));
    await untilCase(orderId, 'stock_not_sold', 'repaired');
  });
});

describe('events', () => {
  test('one that is marked as published and is not in the topic is published again, with the same id', async () => {
    const orderId = await confirmedOrder();
    // Nothing was published: no relay runs.
    await pool.query('update outbox set published_at = now()');
    publish();
    reconcile();
    await untilCase(orderId, 'event_not_in_topic', 'repaired');
    await until('nothing is missing', async () => ((await pool.query('select from missing_events')).rowCount === 0 ? true : undefined));
    const ids = await pool.query('select event_id from outbox where key = $1 order by event_id', [orderId]);
    const known = await pool.query('select event_id from order_history where order_id = $1 order by event_id', [orderId]);
    expect(ids.rows).toEqual(known.rows);
    expect(ids.rows).toHaveLength(2);
  });

  test('what waits to be published is not missing, and is a case when it waits for long', async () => {
    const orderId = await confirmedOrder();
    const reconciler = reconcile();
    const stuck = await until('a case', async () => (await listCases(pool, { orderId: null, all: false, after: null, limit: 5 }))[0]);
    expect(stuck).toMatchObject({ kind: 'outbox_stuck', orderId: null, state: 'open', detail: { waiting: 2 } });
    expect((await pool.query('select from missing_events')).rowCount).toBe(0);
    publish();
    reconciler.wake();
    await until('it is over', async () =>
      (await listCases(pool, { orderId: null, all: false, after: null, limit: 5 })).length === 0 ? true : undefined,
    );
    expect(await casesOf(orderId)).toEqual([]);
  });

  test('one that is neither in the topic nor in the outbox is a case', async () => {
    const orderId = await confirmedOrder();
    await pool.query(`delete from outbox where key = $1 and type = 'order.confirmed'`, [orderId]);
    publish();
    reconcile();
    expect(await untilCase(orderId, 'event_lost', 'open')).toMatchObject({ detail: { sequence: 2 } });
  });

  test('one that is in the topic twice is fine', async () => {
    publish();
    const orderId = await confirmedOrder();
    await until('it is published', async () =>
      (await pool.query('select from outbox where published_at is null')).rowCount === 0 ? true : undefined,
    );
    await pool.query('update outbox set published_at = null where key = $1', [orderId]);
    relay?.wake();
    await until('it is published again', async () =>
      (await pool.query('select from outbox where published_at is null')).rowCount === 0 ? true : undefined,
    );
    reconcile();
    await until('its events were checked', async () => {
      const { rows } = await pool.query<{ done: boolean }>(
        'select events_after >= (select max(position) from order_history) as done from reconciler',
      );
      return rows[0]?.done === true ? true : undefined;
    });
    expect(await casesOf(orderId)).toEqual([]);
    expect((await pool.query('select from missing_events')).rowCount).toBe(0);
  });
});

test('of two processes one reconciles, and the other goes on when it ends', async () => {
  const first = reconcile();
  await until('the first has the lease', async () =>
    (await pool.query('select from reconciler where lease_token is not null')).rowCount === 1 ? true : undefined,
  );
  const held = await pool.query<{ token: string }>('select lease_token as token from reconciler');
  reconcile();
  const orderId = newId('ord');
  peers.payments.set(orderId, capturedPayment(orderId, { status: 'authorized', capturedMinor: 0 }));
  await untilCase(orderId, 'authorization_without_order', 'repaired');
  expect((await pool.query<{ token: string }>('select lease_token as token from reconciler')).rows).toEqual(held.rows);
  await first.stop();
  const laterId = newId('ord');
  peers.payments.set(laterId, capturedPayment(laterId, { status: 'authorized', capturedMinor: 0 }));
  await untilCase(laterId, 'authorization_without_order', 'repaired');
});
