/**
 * Every SQL statement about stored query plans. A plan belongs to one operation's text and to what it was made from:
 * whoever loads plans asks by the one and compares the other.
 */
import type { PlanNode } from '@apollo/query-planner';
import type { Pool, Queryable } from '@vitrine/runtime/database';
import type { GraphName } from '../graphs.ts';

/** What a graph's plans are made from; see `GraphPlans`. */
export interface Planning {
  readonly graph: GraphName;
  readonly planningHash: string;
}

export interface OperationPlan {
  readonly operationId: string;
  /** SHA-256 of the operation's text, in hex. */
  readonly textHash: string;
  /** Null where nothing is to be fetched. */
  readonly plan: PlanNode | null;
}

export interface PlanStore {
  /** The plans of some operations, as far as there are any; says that they are in use. */
  load(planning: Planning, operationIds: readonly string[]): Promise<readonly OperationPlan[]>;
  /** Stores plans, in the place of those that the operations had. */
  save(planning: Planning, plans: readonly OperationPlan[]): Promise<void>;
  /** Deletes the plans that nobody has loaded or stored for this many days. */
  prune(days: number): Promise<void>;
}

/** Stores plans in a transaction of the caller's. */
export async function savePlans(database: Queryable, { graph, planningHash }: Planning, plans: readonly OperationPlan[]): Promise<void> {
  // The first row is locked until the end: those who store plans of one graph wait for each other, and not for each other's rows.
  await database.query({
    name: 'save-operation-plans',
    text: `with planning as (
             insert into operation_planning (graph, planning_hash, last_used_on) values ($1, $2, (now() at time zone 'utc')::date)
             on conflict (graph, planning_hash) do update set last_used_on = excluded.last_used_on
             returning graph, planning_hash)
           insert into operation_plans as known (graph, planning_hash, operation_id, text_hash, plan)
           select planning.graph, planning.planning_hash, given.*
             from planning, unnest($3::text[], $4::text[], $5::json[]) as given
           on conflict (graph, planning_hash, operation_id) do update
             set text_hash = excluded.text_hash, plan = excluded.plan where known.text_hash <> excluded.text_hash`,
    values: [
      graph,
      planningHash,
      plans.map(({ operationId }) => operationId),
      plans.map(({ textHash }) => textHash),
      plans.map(({ plan }) => JSON.stringify(plan)),
    ],
  });
}

export function createPlanStore(pool: Pool): PlanStore {
  return {
    async load({ graph, planningHash }, operationIds) {
      const { rows } = await pool.query<OperationPlan>({
        name: 'load-operation-plans',
        text: `with planning as (
                 update operation_planning set last_used_on = (now() at time zone 'utc')::date
                  where graph = $1 and planning_hash = $2 and last_used_on < (now() at time zone 'utc')::date)
               select operation_id as "operationId", text_hash as "textHash", plan from operation_plans
                where graph = $1 and planning_hash = $2 and operation_id = any($3::text[])`,
        values: [graph, planningHash, operationIds],
      });
      return rows;
    },

    save: (planning, plans) => savePlans(pool, planning, plans),

    async prune(days) {
      await pool.query({
        name: 'prune-operation-plans',
        text: `delete from operation_planning where last_used_on < (now() at time zone 'utc')::date - $1::integer`,
        values: [days],
      });
    },
  };
}
