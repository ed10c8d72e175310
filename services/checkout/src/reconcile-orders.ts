/**
 * What follows from divergences: one that is seen twice, with a while between, is repaired by its rule or becomes a case;
 * one that is gone ends its case. Nothing is written for an order that agrees.
 */
import type { Logger } from '@vitrine/runtime/telemetry';
import { compareOrder } from './compare-order.ts';
import { logOpened } from './reconcile-events.ts';
import { findingKinds, type Finding, type OrderFacts, type ReconcilerSettings } from './reconciliation.ts';
import { repairOrder, type RepairDeps } from './repair-order.ts';
import { endCase, findLiveCases, seeCase, type LiveCase } from './store/reconciliation-cases.ts';
import { findWatched, saveWatched, type Watched } from './store/reconciler.ts';

export interface OrderDeps extends RepairDeps {
  readonly logger: Logger;
  readonly settings: ReconcilerSettings;
}

export interface ReconciledOrders {
  repairs: number;
  opened: number;
}

/** Tries of a repair before a person is called; it is tried on, more slowly. */
const maxRepairs = 5;
const slowestLookMs = 5 * 60_000;
const underWayLookMs = 60_000;
/** A look that needed Stripe and went without it is taken again after so many times the grace. */
const unaskedLooks = 3;

/** What a look at an order led to: when it is looked at again, and what was seen. */
interface Look {
  readonly suspicions: Record<string, string>;
  lookInMs: number;
}

/** Compares orders and does what follows. Answers what was done. */
export async function reconcileOrders(deps: OrderDeps, gathered: readonly OrderFacts[], now: Date): Promise<ReconciledOrders> {
  const counts: ReconciledOrders = { repairs: 0, opened: 0 };
  const ids = gathered.map(({ orderId }) => orderId);
  if (ids.length === 0) return counts;
  const watched = new Map((await findWatched(deps.pool, ids)).map((entry) => [entry.orderId, entry]));
  const live = watched.size === 0 ? [] : await findLiveCases(deps.pool, [...watched.keys()]);
  const again: (Watched & { readonly lookInMs: number })[] = [];
  const settled: string[] = [];
  for (const facts of gathered) {
    const { orderId } = facts;
    const { findings, isUnderWay } = compareOrder(facts, deps.settings, now);
    const before = watched.get(orderId);
    if (findings.length === 0 && !isUnderWay && before === undefined) continue;
    const cases = live.filter((entry) => entry.orderId === orderId && !isEventCase(entry));
    const look = await followUp(deps, { facts, findings, before, cases }, now, counts);
    if (isUnderWay) look.lookInMs = Math.min(look.lookInMs, deps.settings.graceMs * 2 ** Math.min(before?.looks ?? 0, 10), underWayLookMs);
    if (Number.isFinite(look.lookInMs))
      again.push({ orderId, suspicions: look.suspicions, looks: (before?.looks ?? 0) + 1, lookInMs: look.lookInMs });
    else settled.push(orderId);
  }
  await saveWatched(deps.pool, again, settled);
  return counts;
}

/** Cases of events are ended where events are looked for. */
const isEventCase = ({ kind }: LiveCase): boolean => !Object.hasOwn(findingKinds, kind);

interface Seen {
  readonly facts: OrderFacts;
  readonly findings: readonly Finding[];
  readonly before: Watched | undefined;
  readonly cases: readonly LiveCase[];
}

async function followUp(deps: OrderDeps, { facts, findings, before, cases }: Seen, now: Date, counts: ReconciledOrders): Promise<Look> {
  const look: Look = { suspicions: {}, lookInMs: Number.POSITIVE_INFINITY };
  const byKind = new Map(findings.map((found) => [found.kind, found]));
  for (const [kind, found] of byKind) {
    const firstSeen = before?.suspicions[kind] ?? now.toISOString();
    look.suspicions[kind] = firstSeen;
    const seenForMs = now.getTime() - Date.parse(firstSeen);
    const nextInMs =
      seenForMs < deps.settings.graceMs
        ? deps.settings.graceMs
        : await act(deps, { facts, found, seenForMs, attempts: cases.find((entry) => entry.kind === kind)?.repairAttempts ?? 0 }, counts);
    look.lookInMs = Math.min(look.lookInMs, nextInMs);
  }
  // Whether Stripe still differs is known only when it was asked.
  const wasAsked = facts.payment?.atProvider?.verdict === 'SAME' || facts.payment?.atProvider?.verdict === 'DIFFERS';
  const suspicion = before?.suspicions['stripe_differs'];
  if (!wasAsked && suspicion !== undefined) {
    look.suspicions['stripe_differs'] = suspicion;
    look.lookInMs = Math.min(look.lookInMs, unaskedLooks * deps.settings.graceMs);
  }
  for (const { kind } of cases) {
    if (look.suspicions[kind] !== undefined) continue;
    await endCase(deps.pool, kind, facts.orderId);
    deps.logger.info({ case: kind, orderId: facts.orderId }, 'a divergence is gone');
  }
  return look;
}

interface Certain {
  readonly facts: OrderFacts;
  readonly found: Finding;
  readonly seenForMs: number;
  /** Repairs that were tried before. */
  readonly attempts: number;
}

/** Repairs a divergence that is certain, or puts it before a person. Answers when to look again, in milliseconds. */
async function act(deps: OrderDeps, { facts, found, seenForMs, attempts }: Certain, counts: ReconciledOrders): Promise<number> {
  const { kind, detail, repair } = found;
  const { orderId } = facts;
  if (repair === null && seenForMs < findingKinds[kind]) return deps.settings.graceMs;
  const seen = await seeCase(deps.pool, {
    kind,
    orderId,
    detail,
    opens: repair === null || attempts >= maxRepairs,
    isAttempt: repair !== null,
  });
  if (seen.isOpened) counts.opened += logOpened(deps, kind, orderId, detail);
  if (repair === null || seen.state === 'closed') return slowestLookMs;
  counts.repairs += 1;
  deps.logger.warn({ case: kind, orderId, repair, attempt: seen.repairAttempts, ...detail }, 'repairing a divergence');
  try {
    await repairOrder(deps, facts, repair, seen.refundId);
  } catch (error) {
    // The next look finds the divergence again.
    deps.logger.warn({ err: error, case: kind, orderId, repair }, 'a repair has failed');
  }
  return Math.min(deps.settings.graceMs * 2 ** Math.min(attempts, 10), slowestLookMs);
}
