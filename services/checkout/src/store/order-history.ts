/** The history of orders, from the tap on Buy: the purchase's steps, then those of the order. */
import type { Queryable } from '@vitrine/runtime/database';
import type { PurchaseOutcome, PurchaseStep, RecoveryPoint } from '../purchase.ts';
import type { Cause } from './orders.ts';

/** One step. Nothing personal. */
export interface OrderStep {
  /** The event's type, or what was tried. */
  readonly step: string;
  readonly at: Date;
  readonly cause: Cause;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Of the event that tells of it; null for a step without one. */
  readonly sequence: number | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Steps since the orders were placed, oldest first, by order id. */
export async function findOrderSteps(
  queryable: Queryable,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, readonly OrderStep[]>> {
  const { rows } = await queryable.query<OrderStep & { readonly order_id: string }>({
    name: 'order-steps',
    text: 'select order_id, step, at, cause, attempt, sequence, detail from order_history where order_id = any($1) order by position',
    values: [orderIds],
  });
  const steps = new Map<string, OrderStep[]>(orderIds.map((orderId) => [orderId, []]));
  for (const { order_id, ...step } of rows) steps.get(order_id)?.push(step);
  return steps;
}

/** A purchase as its steps show it: it may have placed no order. */
export interface PurchaseTrace {
  readonly orderId: string;
  readonly buyerId: string;
  readonly recoveryPoint: RecoveryPoint;
  readonly outcome: PurchaseOutcome['kind'] | null;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly steps: readonly OrderStep[];
}

const toStep = ({ step, at, attempt, by, detail }: PurchaseStep): OrderStep => ({
  step: `purchase.${step}`,
  at: new Date(at),
  cause: by === 'completer' ? 'recovery' : 'buyer',
  attempt,
  sequence: null,
  detail: detail === undefined ? {} : { detail },
});

/** Purchases by the id of the order that each was to place; one that is not there is missing from the map. */
export async function findPurchaseTraces(queryable: Queryable, orderIds: readonly string[]): Promise<ReadonlyMap<string, PurchaseTrace>> {
  const { rows } = await queryable.query<{
    order_id: string;
    buyer_id: string;
    recovery_point: RecoveryPoint;
    outcome: PurchaseOutcome['kind'] | null;
    attempts: number;
    created_at: Date;
    steps: PurchaseStep[];
  }>({
    name: 'purchase-traces',
    text: `select order_id, buyer_id, recovery_point, outcome->>'kind' as outcome, attempts, created_at, steps from purchases where order_id = any($1)`,
    values: [orderIds],
  });
  return new Map(
    rows.map((row) => [
      row.order_id,
      {
        orderId: row.order_id,
        buyerId: row.buyer_id,
        recoveryPoint: row.recovery_point,
        outcome: row.outcome,
        attempts: row.attempts,
        createdAt: row.created_at,
        steps: row.steps.map(toStep),
      },
    ]),
  );
}
