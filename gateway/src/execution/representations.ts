/**
 * Writes what a subgraph is told of an entity (`_Any`) as JSON text, and tells equal entities from others. Which entities can be told, and how, is as in @apollo/gateway.
 */
import type { QueryPlanFieldNode, QueryPlanInlineFragmentNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { jsonOf, quote } from './json-text.ts';
import { Uncompilable } from './uncompilable.ts';
import { isJsonObject, mergeInto, own, type JsonObject } from './subgraph-values.ts';

/** Whether a type is the named one, or one of the types of the named interface or union. */
export type TypeTest = (typename: string, condition: string) => boolean;

/** How entities are told to a subgraph. */
export interface RepresentationWriter {
  /** The text of one entity's representation; null for an entity that lacks what the subgraph must know. */
  readonly write: (entity: unknown) => string | null;
  /** What entities with the same representation have in common, and others nearly never. */
  readonly keyOf: (entity: JsonObject) => unknown;
  /** True only for entities with the same representation; `one` has been written. */
  readonly isSame: (one: JsonObject, other: JsonObject) => boolean;
}

type TextWriter = (entity: unknown) => string | null;

/** More than the types of any entity interface; a subgraph that makes up types does not fill the memory. */
const maxWriters = 64;

/** @throws Uncompilable for selections that the planner does not make today. */
export function compileRepresentation(requires: readonly QueryPlanSelectionNode[], isOfType: TypeTest): RepresentationWriter {
  const fragments = requires.map((selection) => {
    if (selection.kind === 'Field' || selection.typeCondition === undefined) throw new Uncompilable('a key without a type');
    return { typeCondition: selection.typeCondition, selections: selection.selections };
  });
  const writers = new Map<string, TextWriter>();
  const write: TextWriter = (entity) => {
    if (!isJsonObject(entity)) return null;
    const { __typename: typename } = entity;
    if (typeof typename !== 'string' || typename === '') return null;
    let writeText = writers.get(typename);
    if (writeText === undefined) {
      writeText = writerFor(
        typename,
        fragments.filter(({ typeCondition }) => isOfType(typename, typeCondition)),
        isOfType,
      );
      if (writers.size < maxWriters) writers.set(typename, writeText);
    }
    return writeText(entity);
  };
  // Whatever is asked of entities of one type or another: what is the same in all of it is the same in a part of it.
  const { keyOf, isSame } = compileComparison(fragments.flatMap(({ selections }) => selections));
  return { write, keyOf, isSame };
}

/** Compares by all that may be in a representation: quicker than to write it. */
function compileComparison(selections: readonly QueryPlanSelectionNode[]): Pick<RepresentationWriter, 'keyOf' | 'isSame'> {
  const fields = selections.filter(isPlainField);
  if (fields.length < selections.length) return { keyOf: (entity) => entity, isSame: (one, other) => one === other };
  const names = fields.filter((field) => field.selections === undefined).map(responseNameOf);
  const key = names.includes('id') ? 'id' : (names.find((name) => name !== '__typename') ?? '__typename');
  return { keyOf: (entity) => own(entity, key), isSame: comparisonOf(fields) };
}

function comparisonOf(fields: readonly QueryPlanFieldNode[]): (one: object, other: object) => boolean {
  const parts = fields.map((field) => ({
    name: responseNameOf(field),
    compare: field.selections === undefined ? null : comparisonOf(field.selections.filter(isPlainField)),
  }));
  return (one, other) => {
    if (one === other) return true;
    for (const { name, compare } of parts) {
      const left = own(one, name);
      const right = own(other, name);
      if (left === right) continue;
      if (compare === null || !isJsonObject(left) || !isJsonObject(right) || !compare(left, right)) return false;
    }
    return true;
  };
}

type Fragment = { readonly typeCondition: string; readonly selections: readonly QueryPlanSelectionNode[] };

function writerFor(typename: string, fragments: readonly Fragment[], isOfType: TypeTest): TextWriter {
  // The planner repeats a fragment for each condition under which its fields were asked for.
  const distinct = [...new Map(fragments.map(({ selections }) => [JSON.stringify(selections), selections])).values()];
  const [selections, ...further] = distinct;
  if (selections === undefined) return () => null;
  if (further.length === 0 && selections.every(isPlainField) && selections.some(isTypename)) {
    // It is the same for all entities that get here.
    const write = compileFields(
      selections.filter((field) => !isTypename(field)),
      `{"__typename":${quote(typename)}`,
    );
    return (entity) => write(entity as JsonObject);
  }
  return (entity) => {
    const representation: JsonObject = {};
    for (const group of distinct) mergeSelected(representation, selectFrom(entity, group, isOfType));
    return representation['__typename'] ? JSON.stringify(representation) : null;
  };
}

const responseNameOf = ({ alias, name }: QueryPlanFieldNode): string => alias ?? name;
const isPlainField = (selection: QueryPlanSelectionNode): selection is QueryPlanFieldNode =>
  selection.kind === 'Field' && (selection.selections === undefined || selection.selections.every(isPlainField));

const isTypename = (selection: QueryPlanSelectionNode): boolean =>
  selection.kind === 'Field' && selection.name === '__typename' && responseNameOf(selection) === '__typename';

/**
 * Null when a field is not there: something that failed before, or a subgraph that left it out.
 * @param beginning what the text begins with
 */
function compileFields(selections: readonly QueryPlanFieldNode[], beginning = '{'): (value: object) => string | null {
  const fields = selections.map((selection, index) => ({
    name: responseNameOf(selection),
    prefix: `${index === 0 && beginning === '{' ? '' : ','}${quote(responseNameOf(selection))}:`,
    write: selection.selections === undefined ? jsonOf : nested(selection.selections.filter(isPlainField)),
  }));
  return (value) => {
    let text = beginning;
    for (const { name, prefix, write } of fields) {
      const given = own(value, name);
      if (given === undefined) return null;
      text += prefix + (Array.isArray(given) ? `[${given.map(write).join(',')}]` : write(given));
    }
    return `${text}}`;
  };
}

function nested(selections: readonly QueryPlanFieldNode[]): (value: unknown) => string {
  const write = compileFields(selections);
  return (value) => (typeof value === 'object' && value !== null ? (write(value) ?? 'null') : 'null');
}

/** The same for any selections: the value that is then written. */
function selectFrom(value: unknown, selections: readonly QueryPlanSelectionNode[], isOfType: TypeTest): JsonObject | null {
  if (typeof value !== 'object' || value === null) return null;
  const selected: JsonObject = {};
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') {
      if (appliesTo(value, selection, isOfType)) mergeSelected(selected, selectFrom(value, selection.selections, isOfType));
      continue;
    }
    const name = responseNameOf(selection);
    const given = own(value, name);
    if (given === undefined) return null;
    const { selections: inner } = selection;
    const select = (part: unknown): unknown => (inner === undefined ? part : selectFrom(part, inner, isOfType));
    mergeInto(selected, { [name]: Array.isArray(given) ? given.map(select) : select(given) });
  }
  return selected;
}

function appliesTo(value: object, { typeCondition }: QueryPlanInlineFragmentNode, isOfType: TypeTest): boolean {
  const typename = own(value, '__typename');
  return typeCondition !== undefined && typeof typename === 'string' && isOfType(typename, typeCondition);
}

function mergeSelected(target: JsonObject, selected: JsonObject | null): void {
  if (selected !== null) mergeInto(target, selected);
}
