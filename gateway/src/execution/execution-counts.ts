/** How many operations ran compiled, and how many had to be left to @apollo/gateway's executor. */
import type { Logger } from '@vitrine/runtime/telemetry';
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

const reportEveryMs = 60_000;

/** Logs a graph's counts once a minute, when there is something new. @returns what ends it */
export function reportExecutions(graph: GraphName, logger: Logger): () => void {
  let reported = executionCounts()[graph];
  const report = (): void => {
    const now = executionCounts()[graph];
    if (now.compiled === reported.compiled && now.fallback === reported.fallback) return;
    reported = now;
    logger.info({ graph, ...now }, 'operations executed since the start');
  };
  const timer = setInterval(report, reportEveryMs).unref();
  return () => {
    clearInterval(timer);
    report();
  };
}
