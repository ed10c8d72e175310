/**
 * The reconciler: a loop, in one process at a time, that compares each purchase once when it is a few seconds old, each
 * order again when it changes, what is late, what was suspicious, and in the background everything, with payment-vault,
 * Stripe, catalog and the topic. Pages are bounded; where it is survives a restart.
 */
import { randomUUID } from 'node:crypto';
import { maxReread } from '@vitrine/contracts/reconciliation-http';
import { startLoop, type Loop } from '@vitrine/runtime/loop';
import type { Clock } from './deps.ts';
import { gatherById, gatherRange } from './gather-facts.ts';
import { reconcileEvents, type LastPlaces } from './reconcile-events.ts';
import { reconcileOrders, type OrderDeps } from './reconcile-orders.ts';
import type { OrderFacts } from './reconciliation.ts';
import { compareOrder } from './compare-order.ts';
import { findLate, listSteps } from './store/order-facts.ts';
import {
  findDue,
  leaseReconciler,
  releaseReconciler,
  saveCursors,
  savePass,
  saveSweep,
  type ReconcilerState,
  type Watched,
} from './store/reconciler.ts';
import type { TopicTail } from './topic-tail.ts';

export interface ReconcilerDeps extends OrderDeps {
  readonly tail: TopicTail;
  readonly clock: Clock;
}

export interface Reconciler extends Loop {
  /** Compares one order now, with Stripe, and does what follows; answers the kinds of its divergences. */
  lookAt(orderId: string): Promise<string[]>;
}

/** How long after the last word of a process that has died another one goes on, beside two intervals. */
const leaseMs = 10_000;
const pageSize = 200;
const stepPageSize = 1_000;
const pagesInAPass = 5;
/** Pages of the sweep in one pass: few, unless somebody waits for it. */
const sweepPages = { background: 1, requested: 10 };

const firstOrderId = 'ord_00000000-0000-7000-8000-000000000000';

/** The least order id of a moment: ids are UUIDv7, which begin with the time in milliseconds. */
export function orderIdAt(moment: Date): string {
  const time = moment.getTime().toString(16).padStart(12, '0');
  return `ord_${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/** How many payments may be read again at Stripe by now. */
export function createAllowance(perMinute: number, now: () => number = () => performance.now()): (wanted: number) => number {
  let left = perMinute;
  let at = now();
  return (wanted) => {
    const time = now();
    left = Math.min(perMinute, left + ((time - at) / 60_000) * perMinute);
    at = time;
    const taken = Math.max(0, Math.min(wanted, Math.floor(left), maxReread));
    left -= taken;
    return taken;
  };
}

interface Counts {
  compared: number;
  eventsChecked: number;
  reread: number;
  repairs: number;
  opened: number;
}

export function startReconciler(deps: ReconcilerDeps): Reconciler {
  const { pool, logger, settings, clock, tail } = deps;
  const leaseToken = randomUUID();
  const allow = createAllowance(settings.stripeReadsPerMinute);
  const places: LastPlaces = new Map();

  const settle = async (facts: readonly OrderFacts[], counts: Counts): Promise<void> => {
    const done = await reconcileOrders(deps, facts, clock.now());
    counts.compared += facts.length;
    counts.reread += facts.filter(({ payment }) => payment !== null && payment.atProvider !== null).length;
    counts.repairs += done.repairs;
    counts.opened += done.opened;
  };

  const settleById = async (orderIds: readonly string[], reread: readonly string[], counts: Counts): Promise<void> => {
    for (let from = 0; from < orderIds.length; from += pageSize) {
      const page = orderIds.slice(from, from + pageSize);
      await settle(
        await gatherById(
          deps,
          page,
          reread.filter((id) => page.includes(id)),
        ),
        counts,
      );
    }
  };

  /** New purchases, up to those that are too young. */
  const compareNew = async (state: ReconcilerState, done: Set<string>, counts: Counts): Promise<boolean> => {
    const upTo = orderIdAt(new Date(clock.now().getTime() - settings.graceMs));
    let after = state.purchasesAfter;
    for (let page = 0; page < pagesInAPass; page += 1) {
      if (after >= upTo) return false;
      const { facts, reached, more } = await gatherRange(deps, after, upTo, pageSize);
      await settle(facts, counts);
      for (const { orderId } of facts) done.add(orderId);
      after = reached;
      await saveCursors(pool, leaseToken, { purchasesAfter: after });
      if (!more) return false;
    }
    return true;
  };

  /** Orders that have changed since they were compared. */
  const compareChanged = async (state: ReconcilerState, done: Set<string>, counts: Counts): Promise<boolean> => {
    const steps = await listSteps(pool, state.changesAfter, settings.graceMs, stepPageSize);
    const last = steps.at(-1);
    if (last === undefined) return false;
    const changed = new Set(steps.map(({ orderId }) => orderId).filter((orderId) => !done.has(orderId)));
    await settleById([...changed], [], counts);
    for (const orderId of changed) done.add(orderId);
    await saveCursors(pool, leaseToken, { changesAfter: last.position });
    return steps.length === stepPageSize;
  };

  const compareWatched = async (done: Set<string>, counts: Counts): Promise<void> => {
    const due = await findDue(pool, pageSize);
    const suspicious = due.filter((entry) => isAboutMoney(entry)).map(({ orderId }) => orderId);
    const reread = suspicious.slice(0, allow(suspicious.length));
    const ids = due.map(({ orderId }) => orderId);
    await settleById(ids, reread, counts);
    const late = (await findLate(pool, settings.patienceMs, pageSize)).filter((orderId) => !ids.includes(orderId));
    await settleById(late, [], counts);
    for (const orderId of [...ids, ...late]) done.add(orderId);
  };

  /** A part of the sweep over everything. Answers whether somebody waits for the rest. */
  const sweep = async (state: ReconcilerState, counts: Counts): Promise<boolean> => {
    const { sweepRequestedAt: requestedAt, sweepStartedAt: startedAt } = state;
    const isRequested = requestedAt !== null && (startedAt === null || requestedAt > startedAt);
    const isDue = startedAt === null || clock.now().getTime() - startedAt.getTime() >= settings.sweepEveryMs;
    let after = state.sweepAfter;
    const begins = isRequested || (after === null && isDue);
    if (begins) after = firstOrderId;
    if (after === null) return false;
    const isAwaited =
      isRequested ||
      (requestedAt !== null && startedAt !== null && requestedAt <= startedAt && requestedAt > (state.sweepEndedAt ?? new Date(0)));
    for (let page = 0; page < (isAwaited ? sweepPages.requested : sweepPages.background); page += 1) {
      const { facts, reached, more } = await gatherRange(deps, after, state.purchasesAfter, pageSize);
      const chosen = sample(facts.filter(({ payment }) => payment !== null && payment.amount !== null));
      const reread = chosen.slice(0, allow(chosen.length)).map(({ orderId }) => orderId);
      await settle(
        facts.filter(({ orderId }) => !reread.includes(orderId)),
        counts,
      );
      if (reread.length > 0) await settleById(reread, reread, counts);
      after = reached;
      await saveSweep(pool, leaseToken, more ? after : null, begins && page === 0);
      if (!more) return false;
    }
    return isAwaited;
  };

  const lease = (): Promise<ReconcilerState | null> => leaseReconciler(pool, leaseToken, (leaseMs + 2 * settings.intervalMs) / 1_000);

  const turn = async (): Promise<boolean> => {
    const state = await lease();
    if (state === null) {
      await tail.stop();
      return false;
    }
    const stopHeartbeat = clock.every(leaseMs / 3, () => {
      lease().catch((error: unknown) => logger.warn({ err: error }, 'the lease of the reconciler could not be renewed'));
    });
    try {
      return await pass(state);
    } finally {
      stopHeartbeat();
    }
  };

  const pass = async (state: ReconcilerState): Promise<boolean> => {
    const counts: Counts = { compared: 0, eventsChecked: 0, reread: 0, repairs: 0, opened: 0 };
    const [orders, events] = await Promise.allSettled([
      (async () => {
        const done = new Set<string>();
        await compareWatched(done, counts);
        const more = [await compareNew(state, done, counts), await compareChanged(state, done, counts), await sweep(state, counts)];
        return more.includes(true);
      })(),
      (async () => {
        const checked = await reconcileEvents(deps, places, state.eventsAfter, clock.now());
        counts.eventsChecked += checked.checked;
        counts.repairs += checked.repairs;
        counts.opened += checked.opened;
        if (checked.eventsAfter > state.eventsAfter) await saveCursors(pool, leaseToken, { eventsAfter: checked.eventsAfter });
        return checked.more;
      })(),
    ]);
    for (const part of [orders, events]) {
      if (part.status === 'rejected') logger.warn({ err: part.reason }, 'a part of the reconciliation could not be done; trying again');
    }
    await savePass(pool, leaseToken, { endedAt: clock.now().toISOString(), ...counts });
    if (counts.repairs + counts.opened > 0) logger.info(counts, 'reconciled');
    return [orders, events].some((part) => part.status === 'fulfilled' && part.value);
  };

  const loop = startLoop({ name: 'reconciler', logger, intervalMs: settings.intervalMs, run: turn });
  return {
    wake: () => loop.wake(),
    async stop() {
      await loop.stop();
      await tail.stop();
      await releaseReconciler(pool, leaseToken);
    },
    async lookAt(orderId) {
      const facts = await gatherById(deps, [orderId], [orderId]);
      await reconcileOrders(deps, facts, clock.now());
      return facts.flatMap((found) => compareOrder(found, settings, clock.now()).findings.map(({ kind }) => kind));
    },
  };
}

const moneyKinds: ReadonlySet<string> = new Set([
  'stripe_differs',
  'authorization_without_order',
  'charge_without_order',
  'amount_differs',
  'capture_missing',
  'confirmed_without_charge',
  'cancelled_but_authorized',
  'cancelled_but_charged',
  'refund_differs',
]);

/** What Stripe shows helps with these. One that differs there comes first. */
const isAboutMoney = ({ suspicions }: Watched): boolean => Object.keys(suspicions).some((kind) => moneyKinds.has(kind));

/** A few of many, each as likely as the others. */
const sample = (facts: readonly OrderFacts[]): readonly OrderFacts[] =>
  facts.length <= maxReread
    ? facts
    : facts
        .map((fact) => ({ fact, at: Math.random() }))
        .toSorted((a, b) => a.at - b.at)
        .slice(0, maxReread)
        .map(({ fact }) => fact);
