/** An operation that is ready to be run: what it does, what it costs and how it is executed are settled once. */
import type { PlanNode } from '@apollo/query-planner';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { ExecutableOperation } from './execution/executable-operation.ts';
import type { OperationCost } from './limits/operation-cost.ts';
import type { OperationTraits } from './operation-traits.ts';

export interface PreparedOperation {
  readonly operation: OperationDefinitionNode;
  readonly traits: OperationTraits;
  /** By its variables: the sizes of pages are among them. */
  readonly cost: OperationCost;
  readonly executable: ExecutableOperation;
}

/** The text of an operation, parsed and valid for the graph's schema. */
export interface ValidOperation {
  readonly source: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Its plan, where that was made before; null where nothing is to be fetched. */
  readonly plan?: PlanNode | null;
}

export type PrepareOperation = (valid: ValidOperation) => PreparedOperation;
