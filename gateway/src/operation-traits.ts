/**
 * What an operation does, as far as it matters before it is run: whether it changes something, and whether a buyer has to
 * prove with the app's own key that the app asks for it.
 */
import { OperationTypeNode, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { GraphName } from './graphs.ts';
import { rootFieldsOf } from './limits/operation-cost.ts';

export interface OperationTraits {
  readonly isMutation: boolean;
  /** Buys, or changes what is saved: needs an assertion of the attested app. */
  readonly needsAssertion: boolean;
  /** The fields that it begins with, as often as they are selected. */
  readonly rootFields: readonly string[];
}

/** What buyers may change without an assertion: nothing of it is bought, written or lost. */
const withoutAssertion: ReadonlySet<string> = new Set(['__typename', 'followAccount', 'unfollowAccount']);

export function traitsOf(graph: GraphName, document: DocumentNode, operation: OperationDefinitionNode): OperationTraits {
  const rootFields = rootFieldsOf(operation, document);
  const isMutation = operation.operation === OperationTypeNode.MUTATION;
  return {
    isMutation,
    needsAssertion: isMutation && graph === 'buyer' && rootFields.some((field) => !withoutAssertion.has(field)),
    rootFields,
  };
}
