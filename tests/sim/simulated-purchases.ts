/** The purchase store as `services/checkout/src/store/purchases.ts` keeps it in PostgreSQL, on a simulated database. */
import type { Order } from '../../services/checkout/src/order.ts';
import type { Purchase, PurchaseStep } from '../../services/checkout/src/purchase.ts';
import {
  leaseSeconds,
  LeaseLostError,
  type Checkpoint,
  type NewPurchase,
  type PurchaseClaim,
  type PurchaseStore,
} from '../../services/checkout/src/purchase-store.ts';
import type { CheckoutProcess } from './checkout-process.ts';
import type { Database } from './database.ts';
import { groupedWrites, ItemRefused } from './grouped-writes.ts';
import type { OrderTables } from './simulated-orders.ts';
import type { World } from './world.ts';

export interface PurchaseRow extends Omit<Purchase, 'leaseToken'> {
  readonly idempotencyKey: string;
  readonly inputHash: Buffer;
  readonly leaseToken: string | null;
  readonly leasedUntil: number | null;
  readonly nextAttemptAt: number;
  readonly steps: readonly PurchaseStep[];
  /** By the database's clock. */
  readonly begunAt: number;
}

interface RecentRow {
  readonly orderId: string;
  readonly guardedUntil: number;
}

export interface PurchaseTables {
  readonly purchases: Map<string, PurchaseRow>;
  /** Order ids by buyer and key. */
  readonly keys: Map<string, string>;
  readonly recent: Map<string, RecentRow>;
}

export const createPurchaseTables = (): PurchaseTables => ({ purchases: new Map(), keys: new Map(), recent: new Map() });

const toPurchase = (row: PurchaseRow): Purchase => ({
  orderId: row.orderId,
  buyerId: row.buyerId,
  buyerCountry: row.buyerCountry,
  deviceId: row.deviceId,
  requestId: row.requestId,
  input: row.input,
  recoveryPoint: row.recoveryPoint,
  compensations: row.compensations,
  quote: row.quote,
  outcome: row.outcome,
  attempts: row.attempts,
  leaseToken: row.leaseToken ?? '',
  createdAt: row.createdAt,
});

/** Who buys what: of one such pair the last purchase guards against another tap. */
const pairOf = ({ buyerId, input }: Pick<NewPurchase, 'buyerId' | 'input'>): string => `${buyerId} ${input.productId}`;
const keyOf = ({ buyerId, idempotencyKey }: Pick<NewPurchase, 'buyerId' | 'idempotencyKey'>): string => `${buyerId} key ${idempotencyKey}`;

interface Write<Value> {
  readonly purchase: Purchase;
  readonly value: Value;
}

interface Placement {
  readonly order: Order;
  readonly event: Parameters<PurchaseStore['place']>[2];
  readonly step: PurchaseStep;
}

export function createSimulatedPurchases(
  world: World,
  database: Database,
  tables: PurchaseTables,
  orders: OrderTables,
  process: CheckoutProcess,
): PurchaseStore {
  const { purchases, keys, recent } = tables;
  const isFree = (row: PurchaseRow): boolean => row.leasedUntil === null || row.leasedUntil < database.now();
  const leasedUntil = (): number => database.now() + leaseSeconds * 1_000;
  const statement = <Rows>(name: string, effect: () => Rows): Promise<Rows> => database.statement(process, name, effect);
  const leaseLost = ({ orderId }: Purchase): LeaseLostError => {
    world.count('leaseLost');
    world.note?.(`${process.name} has lost ${world.nameOf(orderId)}`);
    return new LeaseLostError(`${orderId} is driven by another process`);
  };

  /** Changes a purchase that the caller still drives; says whether it did. */
  const change = (purchase: Purchase, patch: (row: PurchaseRow) => Partial<PurchaseRow>): boolean => {
    const row = purchases.get(purchase.orderId);
    if (row === undefined || row.leaseToken !== purchase.leaseToken) return false;
    purchases.set(row.orderId, { ...row, ...patch(row) });
    return true;
  };

  const begin = (item: NewPurchase): Purchase | null => {
    const last = recent.get(pairOf(item));
    if (keys.has(keyOf(item))) return null;
    if (last !== undefined && last.guardedUntil > database.now() && item.overrules !== last.orderId) return null;
    recent.set(pairOf(item), { orderId: item.orderId, guardedUntil: database.now() + item.duplicateWindowSeconds * 1_000 });
    keys.set(keyOf(item), item.orderId);
    const row: PurchaseRow = {
      orderId: item.orderId,
      buyerId: item.buyerId,
      buyerCountry: item.buyerCountry,
      deviceId: item.deviceId,
      requestId: item.requestId,
      input: item.input,
      recoveryPoint: 'started',
      compensations: ['release_stock'],
      quote: null,
      outcome: null,
      attempts: 0,
      createdAt: new Date(world.time.now() + process.skewMs),
      idempotencyKey: item.idempotencyKey,
      inputHash: item.inputHash,
      leaseToken: item.leaseToken,
      leasedUntil: leasedUntil(),
      nextAttemptAt: database.now() + item.abandonAfterSeconds * 1_000,
      steps: [],
      begunAt: database.now(),
    };
    purchases.set(item.orderId, row);
    world.note?.(`${process.name} begins ${world.nameOf(item.orderId)} for ${keyOf(item)}`);
    return toPurchase(row);
  };

  const inserts = groupedWrites<NewPurchase, Purchase | null>(
    (items) => statement('insert', () => items.map(begin)),
    (item) => [pairOf(item), keyOf(item)],
  );

  const writeCheckpoint = ({ purchase, value }: Write<Checkpoint>): Purchase | ItemRefused => {
    const next: Purchase = {
      ...purchase,
      recoveryPoint: value.recoveryPoint,
      compensations: value.compensations ?? purchase.compensations,
      quote: value.quote ?? purchase.quote,
      outcome: value.outcome ?? purchase.outcome,
    };
    const isWritten = change(purchase, (row) => ({
      recoveryPoint: next.recoveryPoint,
      compensations: next.compensations,
      quote: next.quote,
      outcome: next.outcome,
      steps: [...row.steps, value.step],
      nextAttemptAt: database.now() + (value.nextAttemptInSeconds ?? 0) * 1_000,
      leasedUntil: leasedUntil(),
    }));
    if (!isWritten) return new ItemRefused(leaseLost(purchase));
    world.note?.(`${process.name} ${world.nameOf(purchase.orderId)} is at ${value.recoveryPoint} ${value.step.detail ?? ''}`);
    return next;
  };
  const checkpoints = groupedWrites<Write<Checkpoint>, Purchase>(
    (items) => statement('checkpoint', () => items.map(writeCheckpoint)),
    ({ purchase }) => [purchase.orderId],
  );

  const writePlacement = ({ purchase, value: { order, event, step } }: Write<Placement>): null | ItemRefused => {
    const isWritten = change(purchase, (row) => ({
      recoveryPoint: 'finished',
      compensations: [],
      outcome: { kind: 'placed' },
      leaseToken: null,
      leasedUntil: null,
      steps: [...row.steps, step],
    }));
    if (!isWritten) return new ItemRefused(leaseLost(purchase));
    orders.insert(order, event);
    return null;
  };
  const placements = groupedWrites<Write<Placement>, null>(
    (items) => statement('place', () => items.map(writePlacement)),
    ({ purchase }) => [purchase.orderId],
  );

  const findKnown = async (purchase: NewPurchase): Promise<PurchaseClaim> => {
    const row = await statement('find by key', () => purchases.get(keys.get(keyOf(purchase)) ?? ''));
    if (row === undefined) return findRecent(purchase);
    if (!row.inputHash.equals(purchase.inputHash)) return { kind: 'reused' };
    if (row.outcome !== null) return { kind: 'decided', orderId: row.orderId, outcome: row.outcome };
    const leased = await statement('lease', () => {
      const found = purchases.get(row.orderId);
      if (found === undefined || found.outcome !== null || !isFree(found)) return null;
      const taken = { ...found, leaseToken: purchase.leaseToken, leasedUntil: leasedUntil() };
      purchases.set(taken.orderId, taken);
      return toPurchase(taken);
    });
    return leased === null ? { kind: 'in_flight' } : { kind: 'claimed', purchase: leased, isNew: false };
  };

  const findRecent = (purchase: NewPurchase): Promise<PurchaseClaim> =>
    statement('find recent', () => {
      const last = recent.get(pairOf(purchase));
      if (last === undefined) throw new Error('the purchase just before is gone');
      const before = purchases.get(last.orderId);
      if (before?.idempotencyKey === purchase.idempotencyKey) return { kind: 'in_flight' };
      const cameToNothing =
        before === undefined ||
        (before.outcome !== null && before.outcome.kind !== 'placed') ||
        orders.find(last.orderId)?.order.status === 'cancelled';
      return { kind: 'duplicate', orderId: last.orderId, cameToNothing };
    });

  return {
    async claim(purchase) {
      const inserted = await inserts.add(purchase);
      return inserted === null ? findKnown(purchase) : { kind: 'claimed', purchase: inserted, isNew: true };
    },
    claimDue: (leaseToken, limit) =>
      statement('claim due', () =>
        [...purchases.values()]
          .filter((row) => row.recoveryPoint !== 'finished' && row.nextAttemptAt <= database.now() && isFree(row))
          .toSorted((a, b) => a.nextAttemptAt - b.nextAttemptAt)
          .slice(0, limit)
          .map((row) => {
            const taken = { ...row, leaseToken, leasedUntil: leasedUntil() };
            purchases.set(row.orderId, taken);
            world.count('takenUpAgain');
            world.note?.(`${process.name} takes ${world.nameOf(row.orderId)} up again at ${row.recoveryPoint}`);
            return toPurchase(taken);
          }),
      ),
    renewLease: (purchase) => statement('renew lease', () => void change(purchase, () => ({ leasedUntil: leasedUntil() }))),
    checkpoint: (purchase, value) => checkpoints.add({ purchase, value }),
    async suspend(purchase, nextAttemptInSeconds, step) {
      await statement('suspend', () =>
        change(purchase, (row) => ({
          attempts: row.attempts + 1,
          leaseToken: null,
          leasedUntil: null,
          steps: [...row.steps, step],
          nextAttemptAt: nextAttemptInSeconds === null ? row.nextAttemptAt : database.now() + nextAttemptInSeconds * 1_000,
        })),
      );
    },
    async finish(purchase, outcome, step) {
      const isWritten = await statement('finish', () =>
        change(purchase, (row) => ({
          recoveryPoint: 'finished',
          compensations: [],
          outcome,
          leaseToken: null,
          leasedUntil: null,
          steps: [...row.steps, step],
        })),
      );
      if (!isWritten) throw leaseLost(purchase);
      world.note?.(`${process.name} ${world.nameOf(purchase.orderId)} ends: ${outcome.kind}`);
    },
    async place(purchase, order, event, step) {
      await placements.add({ purchase, value: { order, event, step } });
    },
  };
}

/** There is news of a payment: what `wakePurchases` writes. */
export function wakePurchase({ purchases }: PurchaseTables, orderId: string, nowMs: number): void {
  const row = purchases.get(orderId);
  if (row?.recoveryPoint === 'awaiting_buyer' && row.nextAttemptAt > nowMs) purchases.set(orderId, { ...row, nextAttemptAt: nowMs });
}
