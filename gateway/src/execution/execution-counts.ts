/** How many operations ran compiled, and how many had to be left to @apollo/gateway's executor. */
import type { GraphName } from '../graphs.ts';

export interface ExecutionCounts {
  readonly compiled: number;
  readonly fallback: number;
}

const counts: Record<GraphName, { compiled: number; fallback: number }> = {
  buyer: { compiled: 0, fallback: 0 },
  partner: { compiled: 0, fallback: 0 },
  ops: { compiled: 0, fallback: 0 },
};

export function countExecution(graph: GraphName, mode: keyof ExecutionCounts): void {
  counts[graph][mode] += 1;
}

/** Executions by graph since the process started. */
export function executionCounts(): Readonly<Record<GraphName, ExecutionCounts>> {
  return { buyer: { ...counts.buyer }, partner: { ...counts.partner }, ops: { ...counts.ops } };
}
