/**
 * The query plans that gateway processes leave to each other. Nothing depends on them but time: what cannot be read is
 * planned, and what cannot be written is planned by the next process again.
 */
import type { PlanNode } from '@apollo/query-planner';
import type { Logger } from '@vitrine/runtime/telemetry';
import { operationIdOf } from './manifest.ts';
import type { OperationPlan, Planning, PlanStore } from './plan-store.ts';

/** An operation, as far as its plan depends on it. */
export interface PlannedText {
  readonly id: string;
  readonly source: string;
}

export interface KeptPlans {
  /** By operation id, the plans that were made from the same for the same texts; none when they cannot be read. Never rejects. */
  find(planning: Planning, operations: readonly PlannedText[]): Promise<ReadonlyMap<string, PlanNode | null>>;
  /** Has a plan stored soon; it is lost when that fails. */
  keep(planning: Planning, operation: PlannedText, plan: PlanNode | null): void;
  /** Waits until what was to be kept is stored, or has failed. */
  close(): Promise<void>;
}

/** Plans that nobody has loaded for as long are of supergraphs that are served no more. */
export const keptPlanDays = 30;
const pruneMs = 6 * 60 * 60_000;

/** A plan, as it is stored for the text of its operation. */
export const operationPlan = ({ id, source }: PlannedText, plan: PlanNode | null): OperationPlan => ({
  operationId: id,
  textHash: operationIdOf(source),
  plan,
});

export function createKeptPlans(options: { readonly store: PlanStore; readonly logger: Logger }): KeptPlans {
  const { store, logger } = options;
  let waiting: { readonly planning: Planning; readonly plan: OperationPlan }[] = [];
  let writing: Promise<void> | undefined;
  let prunedAtMs = Number.NEGATIVE_INFINITY;

  const writeTaken = async (): Promise<void> => {
    const taken = waiting;
    waiting = [];
    const byPlanning = Map.groupBy(taken, ({ planning: { graph, planningHash } }) => `${graph} ${planningHash}`);
    for (const group of byPlanning.values()) {
      const [first] = group;
      if (first === undefined) continue;
      // The last one of an operation: a statement stores each row once.
      const plans = new Map(group.map(({ plan }) => [plan.operationId, plan]));
      await store.save(first.planning, [...plans.values()]);
    }
    if (performance.now() - prunedAtMs < pruneMs) return;
    await store.prune(keptPlanDays);
    prunedAtMs = performance.now();
  };
  /** One write at a time, so that no more than one connection is taken however many plans are made. */
  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      try {
        await writeTaken();
      } catch (error) {
        logger.warn({ err: error }, 'plans of operations could not be stored, or old ones not be deleted: the next process tries again');
      }
    }
    writing = undefined;
  };

  return {
    async find(planning, operations) {
      if (operations.length === 0) return new Map();
      const texts = new Map(operations.map(({ id, source }) => [id, source]));
      try {
        const stored = await store.load(planning, [...texts.keys()]);
        const isOfText = ({ operationId, textHash }: OperationPlan): boolean => textHash === operationIdOf(texts.get(operationId) ?? '');
        return new Map(stored.filter(isOfText).map(({ operationId, plan }) => [operationId, plan]));
      } catch (error) {
        logger.warn({ err: error, graph: planning.graph }, 'stored plans of operations cannot be read: they are made again');
        return new Map();
      }
    },
    keep(planning, operation, plan) {
      waiting.push({ planning, plan: operationPlan(operation, plan) });
      writing ??= write();
    },
    async close() {
      await writing;
    },
  };
}
