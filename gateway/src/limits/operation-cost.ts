/**
 * What an operation costs, known before anything of it runs: the same document and variables always cost the same. An object is 1;
 * what is in a list counts for each entry that there may be; scalars are free; fields that are work are in a table.
 *
 * A list that is asked for with `first` has that many entries, others `unpagedListLength`. What `@skip` and `@include`
 * leave out counts all the same. Introspection costs `introspectionCost`, however much of it is asked.
 */
import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { unreachable } from '@vitrine/runtime/errors';
import type { GraphName } from '../graphs.ts';

/** @param variables coerced, with their defaults; only page sizes are read. @returns a whole number of at least 1 */
export type OperationCost = (variables: Readonly<Record<string, unknown>>) => number;

/**
 * The most that one request may cost. A page of 100 posts with their products and prices costs 1,500, one of 100 orders with
 * all that the pages show of them 3,300; API clients fetch more of an order at once than an app does.
 */
export const maxOperationCost: Readonly<Record<GraphName, number>> = { buyer: 5_000, partner: 10_000, ops: 10_000 };

/** Beside its own 1, a mutation writes in a transaction, and most ask another service. */
export const mutationCost = 10;
export const introspectionCost = 100;
/** What such lists hold is bounded by what a person does: lines of an order, saved cards. */
export const unpagedListLength = 5;
/** The schema's own limit of `first`. */
const maxPageSize = 100;

/** Fields that cost more than an object, by coordinate, and why. */
export const fieldCosts: Readonly<Record<string, number>> = {
  // The market's taxes and shipping are computed.
  'Product.oneTapTotal': 4,
  // Rules of market, seller and buyer are evaluated.
  'Product.buyButton': 2,
  // Five services are asked for what is still missing.
  'Query.openBuy': 20,
  'Query.refundQuote': 10,
  'Query.explainEligibility': 10,
  // Stripe is asked.
  'Mutation.placeOrder': 50,
  'Mutation.startCardSetup': 30,
  'Mutation.finishCardSetup': 30,
  'Mutation.refundOrder': 30,
  'Mutation.startPayoutSetup': 30,
  // A feed of up to 1 MiB is written row by row.
  'Mutation.importProducts': 500,
};

interface Paged {
  /** How many entries, when it is known. */
  readonly size: number;
  /** The variable that says so, else. */
  readonly variable?: string;
}

/** `own` and the cost of `inner`, times the size of the page. */
interface Part {
  readonly own: number;
  readonly inner: readonly Part[];
  readonly page: Paged;
}

const once: Paged = { size: 1 };

export function createOperationCost(schema: GraphQLSchema): (operation: OperationDefinitionNode, document: DocumentNode) => OperationCost {
  return (operation, document) => {
    const fragments = fragmentsOf(document);
    const partsOfFragments = new Map<FragmentDefinitionNode, readonly Part[]>();
    const isMutation = operation.operation === OperationTypeNode.MUTATION;

    const partsOf = (selectionSet: SelectionSetNode, parent: GraphQLNamedType | undefined, page: Paged): readonly Part[] =>
      selectionSet.selections.flatMap((selection): readonly Part[] => {
        switch (selection.kind) {
          case Kind.FIELD:
            return partOfField(selection, parent, page);
          case Kind.INLINE_FRAGMENT: {
            const type = selection.typeCondition === undefined ? parent : schema.getType(selection.typeCondition.name.value);
            return partsOf(selection.selectionSet, type, page);
          }
          case Kind.FRAGMENT_SPREAD: {
            const fragment = fragments.get(selection.name.value);
            if (fragment === undefined) return [];
            // Within a connection a fragment depends on the page; elsewhere it is the same at each place.
            const isShared = page === once;
            const known = isShared ? partsOfFragments.get(fragment) : undefined;
            if (known !== undefined) return known;
            const parts = partsOf(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value), page);
            if (isShared) partsOfFragments.set(fragment, parts);
            return parts;
          }
          default:
            return unreachable(selection);
        }
      });

    const partOfField = (node: FieldNode, parent: GraphQLNamedType | undefined, page: Paged): readonly Part[] => {
      const name = node.name.value;
      if (name === '__schema' || name === '__type') return [{ own: introspectionCost, inner: [], page: once }];
      const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
      if (field === undefined || parent === undefined) return [];
      const type = getNamedType(field.type);
      const weight = fieldCosts[`${parent.name}.${name}`] ?? (isMutation && parent === schema.getMutationType() ? mutationCost : 0);
      const own = weight + (isCompositeType(type) ? 1 : 0);
      const isList = isListOf(field.type);
      const asked = pageOf(field, node);
      // A connection's `first` is how many of its edges there are; a list's own is how many of itself.
      const inner = node.selectionSet === undefined ? [] : partsOf(node.selectionSet, type, isList ? once : (asked ?? once));
      if (own === 0 && inner.length === 0) return [];
      const entries = asked ?? (page === once ? { size: unpagedListLength } : page);
      return [folded({ own, inner, page: isList && isCompositeType(type) ? entries : once })];
    };

    const root = schema.getRootType(operation.operation) ?? undefined;
    const whole = folded({ own: 0, inner: partsOf(operation.selectionSet, root, once), page: once });
    if (whole.inner.length === 0) {
      const cost = Math.max(1, whole.own);
      return () => cost;
    }
    return (variables) => Math.max(1, costOf(whole, variables));
  };
}

/** The root fields of an operation as often as they are selected, fragments included; aliases make no difference. */
export function rootFieldsOf(operation: OperationDefinitionNode, document: DocumentNode): readonly string[] {
  const fragments = fragmentsOf(document);
  const fieldsOf = (selectionSet: SelectionSetNode): readonly string[] =>
    selectionSet.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection.name.value];
      if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet);
      const fragment = fragments.get(selection.name.value);
      return fragment === undefined ? [] : fieldsOf(fragment.selectionSet);
    });
  return fieldsOf(operation.selectionSet);
}

const fragmentsOf = (document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );

function isListOf(type: GraphQLOutputType): boolean {
  return isNonNullType(type) ? isListOf(type.ofType) : isListType(type);
}

/** The page that a field with the argument `first` asks for; null for fields without it. */
function pageOf(field: GraphQLField<unknown, unknown>, node: FieldNode): Paged | null {
  const argument = field.args.find(({ name }) => name === 'first');
  if (argument === undefined) return null;
  const given = node.arguments?.find(({ name }) => name.value === 'first')?.value;
  if (given === undefined) return { size: pageSize(argument.defaultValue) };
  if (given.kind === Kind.VARIABLE) return { size: maxPageSize, variable: given.name.value };
  return { size: given.kind === Kind.INT ? pageSize(Number(given.value)) : maxPageSize };
}

/** What is no page size will be refused, and counts as the largest until then. */
const pageSize = (value: unknown): number => (typeof value === 'number' && value >= 0 ? Math.min(value, maxPageSize) : maxPageSize);

/** The same cost, in fewer parts: whatever depends on no variable becomes a number. */
function folded({ own, inner, page }: Part): Part {
  const open = inner.filter((part) => part.inner.length > 0 || part.page !== once);
  const sum = inner.reduce((total, part) => (open.includes(part) ? total : total + part.own), own);
  return page.variable === undefined && open.length === 0
    ? { own: sum * page.size, inner: [], page: once }
    : { own: sum, inner: open, page };
}

function costOf({ own, inner, page }: Part, variables: Readonly<Record<string, unknown>>): number {
  let cost = own;
  for (const part of inner) cost += costOf(part, variables);
  return cost * (page.variable === undefined ? page.size : pageSize(variables[page.variable]));
}
