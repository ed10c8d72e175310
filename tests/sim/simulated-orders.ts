/** The order store as `services/checkout/src/store/orders.ts` keeps it in PostgreSQL, on a simulated database, and its outbox. */
import type { NewEvent } from '@vitrine/runtime/outbox';
import { hashInput, keyReused } from '@vitrine/runtime/idempotency';
import type { Order } from '../../services/checkout/src/order.ts';
import type { DueOrder, OrderStore } from '../../services/checkout/src/order-store.ts';
import type { OrderChange } from '../../services/checkout/src/store/orders.ts';
import type { CheckoutProcess } from './checkout-process.ts';
import type { Database } from './database.ts';
import { groupedWrites } from './grouped-writes.ts';
import type { World } from './world.ts';

export interface OrderRow {
  readonly order: Order;
  readonly placedAtMs: number;
  readonly cancelledAtMs: number | null;
  readonly captureLeasedUntil: number | null;
  readonly captureAttempts: number;
  readonly voidLeasedUntil: number | null;
  readonly voidAttempts: number;
}

export interface OutboxRow {
  readonly eventId: number;
  readonly orderId: string;
  readonly type: string;
  readonly sequence: number;
  readonly order: Order;
  isPublished: boolean;
}

interface StoredResult {
  readonly inputHash: Buffer;
  readonly result: unknown;
}

export interface OrderTables {
  readonly rows: ReadonlyMap<string, OrderRow>;
  readonly outbox: readonly OutboxRow[];
  readonly results: Map<string, StoredResult>;
  find(orderId: string): OrderRow | undefined;
  /** The order and its event. */
  insert(order: Order, event: NewEvent): void;
  write(row: OrderRow): void;
  /** A changed order and its event; false when the order has not the version before any more. */
  change(change: OrderChange): boolean;
}

/** Longer than a call to payment-vault can take. */
const paymentLeaseMs = 20_000;

export function createOrderTables(world: World, observe: { readonly placed: (order: Order) => void }): OrderTables {
  const rows = new Map<string, OrderRow>();
  const outbox: OutboxRow[] = [];
  const append = (order: Order, { type, sequence }: NewEvent): void => {
    outbox.push({ eventId: outbox.length + 1, orderId: order.orderId, type, sequence, order, isPublished: false });
    world.note?.(`${type} ${sequence} of ${world.nameOf(order.orderId)} is written`);
  };
  return {
    rows,
    outbox,
    results: new Map(),
    find: (orderId) => rows.get(orderId),
    insert(order, event) {
      if (rows.has(order.orderId)) world.violate('an order is placed once', world.nameOf(order.orderId));
      rows.set(order.orderId, {
        order,
        placedAtMs: world.time.now(),
        cancelledAtMs: null,
        captureLeasedUntil: null,
        captureAttempts: 0,
        voidLeasedUntil: null,
        voidAttempts: 0,
      });
      observe.placed(order);
      append(order, event);
    },
    write: (row) => void rows.set(row.order.orderId, row),
    change({ order, event }) {
      const row = rows.get(order.orderId);
      if (row === undefined || row.order.sequence !== order.sequence - 1) return false;
      const cancelledAtMs = order.status === 'cancelled' ? (row.cancelledAtMs ?? world.time.now()) : null;
      rows.set(order.orderId, { ...row, order, cancelledAtMs, captureLeasedUntil: null, voidLeasedUntil: null });
      append(order, event);
      return true;
    },
  };
}

export function createSimulatedOrders(world: World, database: Database, tables: OrderTables, process: CheckoutProcess): OrderStore {
  const isDue = (until: number | null): boolean => until === null || until < database.now();
  const statement = <Rows>(name: string, effect: () => Rows): Promise<Rows> => database.statement(process, name, effect);

  const claim = (
    isWanted: (row: OrderRow) => boolean,
    take: (row: OrderRow) => { row: OrderRow; attempts: number },
    limit: number,
  ): DueOrder[] =>
    [...tables.rows.values()]
      .filter(isWanted)
      .slice(0, limit)
      .map((found) => {
        const { row, attempts } = take(found);
        tables.write(row);
        world.note?.(`${process.name} takes ${world.nameOf(row.order.orderId)}, whose payment is ${row.order.payment}`);
        return { order: row.order, attempts };
      });

  const saves = groupedWrites<OrderChange, boolean>(
    (changes) => statement('change orders', () => changes.map((change) => tables.change(change))),
    ({ order }) => [order.orderId],
  );

  return {
    claimToCapture: (limit) =>
      statement('claim to capture', () =>
        claim(
          ({ order, captureLeasedUntil }) =>
            order.status === 'placed' &&
            (order.payment === 'authorized' || order.payment === 'capturing') &&
            order.captureAt.getTime() <= database.now() &&
            isDue(captureLeasedUntil),
          (row) => {
            const attempts = row.captureAttempts + 1;
            const order: Order = { ...row.order, payment: 'capturing' };
            return { row: { ...row, order, captureAttempts: attempts, captureLeasedUntil: database.now() + paymentLeaseMs }, attempts };
          },
          limit,
        ),
      ),
    claimToVoid: (limit) =>
      statement('claim to void', () =>
        claim(
          ({ order, voidLeasedUntil }) => order.payment === 'voiding' && isDue(voidLeasedUntil),
          (row) => {
            const attempts = row.voidAttempts + 1;
            return { row: { ...row, voidAttempts: attempts, voidLeasedUntil: database.now() + paymentLeaseMs }, attempts };
          },
          limit,
        ),
      ),
    postpone: (due, step, seconds) =>
      statement('postpone', () => {
        const row = tables.find(due.order.orderId);
        if (row === undefined) return;
        const until = database.now() + seconds * 1_000;
        tables.write(step === 'capture' ? { ...row, captureLeasedUntil: until } : { ...row, voidLeasedUntil: until });
      }),
    save: (change) => saves.add(change),
    changeOnce: ({ call, orderId, decide, done, missing, shouldStore }) => {
      const key = `${call.actorId} ${call.operation} ${call.idempotencyKey}`;
      const inputHash = hashInput(call.input);
      const once = (): { readonly result: typeof done } | { readonly reused: true } => {
        const stored = tables.results.get(key);
        if (stored !== undefined) return stored.inputHash.equals(inputHash) ? { result: stored.result as typeof done } : { reused: true };
        const row = tables.find(orderId);
        const decision = row === undefined ? { refusal: missing } : decide(row.order);
        if ('change' in decision && !tables.change(decision.change)) throw new Error(`${orderId} changed under its lock`);
        const result = 'change' in decision ? done : decision.refusal;
        if (shouldStore(result)) tables.results.set(key, { inputHash, result });
        return { result };
      };
      return statement(call.operation, once).then((answer) => ('reused' in answer ? keyReused(call.idempotencyKey) : answer.result));
    },
  };
}
