/** A graph as the endpoints use it: its operations are prepared with what they cost and what they do, published ones and texts alike. */
import type { FederatedGraph } from './federated-graph.ts';
import { createOperationCost } from './limits/operation-cost.ts';
import type { LiveGraph } from './operations/live-graphs.ts';
import { createOperationTexts, type OperationTexts } from './operation-texts.ts';
import type { PreparingGraph } from './operations/safelisted-operation.ts';
import type { PreparedOperation, PrepareOperation } from './prepared-operation.ts';
import { traitsOf } from './operation-traits.ts';

export interface ServedGraph extends PreparingGraph<PreparedOperation> {
  readonly texts: OperationTexts;
}

export type LiveServedGraph = LiveGraph<PreparedOperation, ServedGraph>;

export function serveGraph(graph: FederatedGraph, options: { readonly introspection: boolean }): ServedGraph {
  const costOf = createOperationCost(graph.schema);
  const prepare: PrepareOperation = (valid) => ({
    operation: valid.operation,
    traits: traitsOf(graph.name, valid.document, valid.operation),
    cost: costOf(valid.operation, valid.document),
    executable: graph.prepare(valid),
  });
  return {
    name: graph.name,
    schema: graph.schema,
    plans: graph.plans,
    prepare,
    texts: createOperationTexts(graph.schema, prepare, options),
    close: () => graph.close(),
  };
}
