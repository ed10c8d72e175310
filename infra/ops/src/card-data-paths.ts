/**
 * Finds every way from a graph, an event or an internal call to card data: what is tagged `card-data` in a subgraph's
 * schema, and what is named like it. None is the promise to the buyer; `npm run check` and the build hold us to it.
 */
import {
  Kind,
  parse,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type SelectionSetNode,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';
import { isCardDataName, isCardDataPattern } from './card-data-names.ts';

/** The mark of a type or a field in a subgraph's schema.graphql; one on a type holds for its fields as well. */
export const cardDataTag = 'card-data';

/** Coordinates (`Type`, `Type.field`, `Type.field(argument:)`) that are tagged. */
export type TaggedCoordinates = ReadonlySet<string>;

type Directed = { readonly directives?: readonly ConstDirectiveNode[] };
type Member = FieldDefinitionNode | InputValueDefinitionNode;

const directivesOf = (node: Directed, name: string): ConstDirectiveNode[] =>
  (node.directives ?? []).filter((directive) => directive.name.value === name);

const argumentOf = (directive: ConstDirectiveNode, name: string): string | undefined => {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
};

const isTagged = (node: Directed): boolean => directivesOf(node, 'tag').some((tag) => argumentOf(tag, 'name') === cardDataTag);
const isInaccessible = (node: Directed): boolean => directivesOf(node, 'inaccessible').length > 0;
const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));

const typesOf = (document: DocumentNode): TypeDefinitionNode[] =>
  document.definitions.filter(
    (definition): definition is TypeDefinitionNode => 'name' in definition && definition.kind.endsWith('TypeDefinition'),
  );
const membersOf = (type: TypeDefinitionNode): readonly Member[] => ('fields' in type ? (type.fields ?? []) : []);

/** What the subgraphs' own schemas say is card data. */
export function taggedCoordinates(subgraphSdls: readonly string[]): TaggedCoordinates {
  const tagged = new Set<string>();
  for (const type of subgraphSdls.flatMap((sdl) => typesOf(parse(sdl, { noLocation: true })))) {
    const isWhole = isTagged(type);
    if (isWhole) tagged.add(type.name.value);
    for (const member of membersOf(type)) {
      const coordinate = `${type.name.value}.${member.name.value}`;
      if (isWhole || isTagged(member)) tagged.add(coordinate);
      if (member.kind !== Kind.FIELD_DEFINITION) continue;
      for (const argument of member.arguments ?? []) if (isTagged(argument)) tagged.add(`${coordinate}(${argument.name.value}:)`);
    }
  }
  return tagged;
}

/** Fields of the subgraphs that are named like card data and are not tagged: each needs the tag, or another name. */
export function untaggedCardData(subgraphSdls: readonly string[]): string[] {
  const tagged = taggedCoordinates(subgraphSdls);
  const found = new Set<string>();
  for (const type of subgraphSdls.flatMap((sdl) => typesOf(parse(sdl, { noLocation: true })))) {
    if (type.name.value === 'Query' || type.name.value === 'Mutation') continue;
    for (const member of membersOf(type)) {
      const coordinate = `${type.name.value}.${member.name.value}`;
      if (isCardDataName(member.name.value) && !tagged.has(coordinate) && !tagged.has(namedType(member.type))) found.add(coordinate);
    }
  }
  return [...found].sort();
}

/**
 * Every way from the roots of a graph to card data, as `Query.sellerOrder → SellerOrder.card → PaymentMethod`. It may
 * be a supergraph: then what the graph hides is left out, and what the gateway fetches for a visible field (its keys,
 * and what `@requires` and `@provides` name, hidden or not) counts as reached.
 */
export function cardDataPaths(sdl: string, tagged: TaggedCoordinates): string[] {
  const document = parse(sdl, { noLocation: true });
  const types = new Map(typesOf(document).map((type) => [type.name.value, type]));
  const implementations = Map.groupBy(
    [...types.values()].flatMap((type) =>
      'interfaces' in type ? (type.interfaces ?? []).map((of) => ({ of: of.name.value, type: type.name.value })) : [],
    ),
    ({ of }) => of,
  );
  const found = new Set<string>();
  const visited = new Set<string>();

  const report = (path: readonly string[]) => found.add(path.join(' → '));

  /** Breadth first: what is reported is the shortest way. */
  const queue: { readonly name: string; readonly type: TypeDefinitionNode; readonly path: readonly string[] }[] = [];
  const visitType = (name: string, path: readonly string[]): void => {
    const type = types.get(name);
    if (type === undefined || isInaccessible(type)) return;
    if (tagged.has(name) || isCardDataName(name)) report([...path, name]);
    // What can be reached from a type is the same on every way to it.
    if (visited.has(name)) return;
    visited.add(name);
    queue.push({ name, type, path });
  };

  const openType = ({ name, type, path }: (typeof queue)[number]): void => {
    for (const directive of directivesOf(type, 'join__type')) visitSelection(argumentOf(directive, 'key'), name, [...path, `${name} @key`]);
    for (const member of membersOf(type)) visitMember(name, member, path);
    const inner = [...path, name];
    if (type.kind === Kind.UNION_TYPE_DEFINITION) for (const member of type.types ?? []) visitType(member.name.value, inner);
    for (const { type: implementation } of implementations.get(name) ?? []) visitType(implementation, inner);
    if ('interfaces' in type) for (const implemented of type.interfaces ?? []) visitType(implemented.name.value, inner);
  };

  const visitMember = (owner: string, member: Member, path: readonly string[]): void => {
    if (isInaccessible(member)) return;
    const coordinate = `${owner}.${member.name.value}`;
    const inner = [...path, coordinate];
    if (tagged.has(coordinate) || isCardDataName(member.name.value)) report(inner);
    for (const directive of directivesOf(member, 'join__field')) {
      visitSelection(argumentOf(directive, 'requires'), owner, [...inner, '@requires']);
      visitSelection(argumentOf(directive, 'provides'), namedType(member.type), [...inner, '@provides']);
    }
    if (member.kind === Kind.FIELD_DEFINITION) {
      for (const argument of member.arguments ?? []) {
        if (isInaccessible(argument)) continue;
        const place = [...path, `${coordinate}(${argument.name.value}:)`];
        if (tagged.has(`${coordinate}(${argument.name.value}:)`) || isCardDataName(argument.name.value)) report(place);
        visitType(namedType(argument.type), place);
      }
    }
    visitType(namedType(member.type), inner);
  };

  /** Follows a field set of federation, in which hidden fields are fetched like visible ones. */
  const visitSelection = (fieldSet: string | undefined, owner: string, path: readonly string[]): void => {
    if (fieldSet === undefined) return;
    const [operation] = parse(`{${fieldSet}}`, { noLocation: true }).definitions;
    if (operation?.kind === Kind.OPERATION_DEFINITION) visitFields(operation.selectionSet, owner, path);
  };
  const visitFields = (selection: SelectionSetNode, owner: string, path: readonly string[]): void => {
    const type = types.get(owner);
    for (const node of selection.selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) visitFields(node.selectionSet, node.typeCondition?.name.value ?? owner, path);
      if (node.kind !== Kind.FIELD) continue;
      const coordinate = `${owner}.${node.name.value}`;
      const member = type === undefined ? undefined : membersOf(type).find(({ name }) => name.value === node.name.value);
      const target = member === undefined ? '' : namedType(member.type);
      if (tagged.has(coordinate) || tagged.has(target) || isCardDataName(node.name.value)) report([...path, coordinate]);
      if (node.selectionSet !== undefined) visitFields(node.selectionSet, target, [...path, coordinate]);
    }
  };

  for (const root of ['Query', 'Mutation', 'Subscription']) visitType(root, []);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) openType(next);
  return [...found].sort();
}

/** Every way from a JSON Schema to card data, as `payment.authorized.payment.last4`. @param name where the paths begin */
export function cardDataInSchema(name: string, schema: unknown): string[] {
  const found = new Set<string>();
  const visit = (node: unknown, path: string): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item, path);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    for (const [keyword, value] of Object.entries(node)) {
      if ((keyword === 'pattern' || keyword === 'const' || keyword === 'default') && typeof value === 'string') {
        if (isCardDataPattern(value)) found.add(path);
      } else if (keyword === 'properties' || keyword === 'patternProperties') {
        for (const [property, inner] of Object.entries(value as object)) {
          const place = `${path}.${property}`;
          if (isCardDataName(property)) found.add(place);
          visit(inner, place);
        }
      } else {
        visit(value, keyword === 'items' ? `${path}[]` : path);
      }
    }
  };
  visit(schema, name);
  return [...found].sort();
}
