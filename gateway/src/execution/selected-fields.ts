/**
 * What an operation selects of an object of one type, under one choice of its @skip and @include conditions: fragments
 * opened, selections of the same response name put together.
 */
import {
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  getNamedType,
  Kind,
  visit,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { Uncompilable } from './uncompilable.ts';

/** A selection set, and the type that the operation says it is on. */
export interface Scope {
  readonly set: SelectionSetNode;
  readonly declared: GraphQLCompositeType;
}

export interface SelectedField {
  readonly responseName: string;
  /** As the first selection declares it; null for `__typename`. */
  readonly type: GraphQLOutputType | null;
  /** The type that the object is taken to have at the first selection: its own, or that of the fragment around it. */
  readonly parent: GraphQLCompositeType;
  /** What is selected of its value. */
  readonly scopes: readonly Scope[];
}

export interface SelectionCollector {
  /** @param runtime the type that the object says it has; null when it does not say. */
  collect(scopes: readonly Scope[], runtime: GraphQLCompositeType | null): readonly SelectedField[];
}

type Conditions = Readonly<Record<string, boolean>>;

/** Whether everything of type `type` is of the type that a fragment is on. */
function isWithin(schema: GraphQLSchema, condition: GraphQLCompositeType, type: GraphQLCompositeType): boolean {
  if (condition.name === type.name) return true;
  return isAbstractType(condition) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(condition, type);
}

/** Choices of conditions that are compiled apart: 2 to the power of this. */
const maxConditions = 6;

/** The operation, and the fragments that it reaches: what another operation of the same document has is nothing to it. */
function reachedBy(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): readonly (OperationDefinitionNode | FragmentDefinitionNode)[] {
  const fragments = fragmentsOf(document);
  // A set is walked with what is added to it meanwhile.
  const reached = new Set<OperationDefinitionNode | FragmentDefinitionNode>([operation]);
  for (const definition of reached)
    visit(definition, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment !== undefined) reached.add(fragment);
      },
    });
  return [...reached];
}

/** The variables that @skip and @include of an operation name, and of the fragments that it reaches. */
export function conditionVariables(document: DocumentNode, operation: OperationDefinitionNode): readonly string[] {
  const names = new Set<string>();
  for (const definition of reachedBy(document, operation))
    visit(definition, {
      Directive(directive) {
        if (!isCondition(directive)) return;
        const value = directive.arguments?.[0]?.value;
        if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
      },
    });
  return [...names];
}

/**
 * @param conditions the variables of its conditions
 * @throws Uncompilable for what is not compiled: introspection, names that would hide the type of an object, and more
 * conditions than are compiled apart.
 */
export function checkCompilable(document: DocumentNode, operation: OperationDefinitionNode, conditions: readonly string[]): void {
  for (const definition of reachedBy(document, operation))
    visit(definition, {
      Field({ name, alias }) {
        if (name.value.startsWith('__') && name.value !== '__typename') throw new Uncompilable('introspection');
        if (alias?.value === '__typename' && name.value !== '__typename') throw new Uncompilable('a field under the name __typename');
      },
    });
  if (conditions.length > maxConditions) throw new Uncompilable('too many conditions');
}

const isCondition = ({ name }: DirectiveNode): boolean =>
  name.value === GraphQLSkipDirective.name || name.value === GraphQLIncludeDirective.name;

export function createSelectionCollector(schema: GraphQLSchema, document: DocumentNode, conditions: Conditions): SelectionCollector {
  const fragments = fragmentsOf(document);

  const typeOf = (name: string): GraphQLCompositeType => {
    const type = schema.getType(name);
    if (!isCompositeType(type)) throw new Error(`A fragment of a validated operation is on ${name}`);
    return type;
  };
  const isLeftOut = ({ directives = [] }: SelectionNode): boolean =>
    directives.filter(isCondition).some(({ name, arguments: [condition] = [] }) => {
      const value = condition?.value;
      const given = value?.kind === Kind.VARIABLE ? conditions[value.name.value] : value?.kind === Kind.BOOLEAN && value.value;
      return name.value === GraphQLSkipDirective.name ? given === true : given !== true;
    });

  return {
    collect(scopes, runtime) {
      const selected = new Map<string, SelectedField & { readonly scopes: Scope[] }>();
      const add = (field: FieldNode, declared: GraphQLCompositeType, parent: GraphQLCompositeType): void => {
        const responseName = field.alias?.value ?? field.name.value;
        const definition =
          field.name.value === '__typename' || !('getFields' in declared) ? undefined : declared.getFields()[field.name.value];
        const type = definition?.type ?? null;
        let entry = selected.get(responseName);
        if (entry === undefined) {
          entry = { responseName, type, parent, scopes: [] };
          selected.set(responseName, entry);
        }
        const named = type === null ? null : getNamedType(type);
        if (field.selectionSet !== undefined && isCompositeType(named)) entry.scopes.push({ set: field.selectionSet, declared: named });
      };
      const walk = ({ set, declared }: Scope, parent: GraphQLCompositeType): void => {
        for (const selection of set.selections) {
          if (isLeftOut(selection)) continue;
          if (selection.kind === Kind.FIELD) {
            add(selection, declared, parent);
            continue;
          }
          const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
          if (fragment === undefined) throw new Error('A validated operation spreads a fragment that it does not have');
          const condition = fragment.typeCondition === undefined ? null : typeOf(fragment.typeCondition.name.value);
          if (condition === null) walk({ set: fragment.selectionSet, declared }, parent);
          else if (isWithin(schema, condition, runtime ?? parent)) walk({ set: fragment.selectionSet, declared: condition }, condition);
        }
      };
      for (const scope of scopes) walk(scope, runtime ?? scope.declared);
      return [...selected.values()];
    },
  };
}

const fragmentsOf = (document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
