/** Which fields a query asks for below a field: what the disclosure ledger says was shown. */
import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';

/**
 * Names of the leaves below the field that is resolved, dotted and sorted: `edges.node.name`. Fields under `@include` or
 * `@skip` count as asked for: the ledger may say more than was shown, never less.
 */
export function askedFields({ fieldNodes, fragments }: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>): string[] {
  const leaves = new Set<string>();
  const walk = (selections: SelectionSetNode, prefix: string): void => {
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments[selection.name.value];
        if (fragment !== undefined) walk(fragment.selectionSet, prefix);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) walk(selection.selectionSet, prefix);
      else if (selection.selectionSet !== undefined) walk(selection.selectionSet, `${prefix}${selection.name.value}.`);
      else if (!selection.name.value.startsWith('__')) leaves.add(`${prefix}${selection.name.value}`);
    }
  };
  for (const { selectionSet } of fieldNodes) if (selectionSet !== undefined) walk(selectionSet, '');
  return [...leaves].toSorted();
}
