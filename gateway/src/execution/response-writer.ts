/**
 * Writes the answer's data as JSON text straight from what the subgraphs said. A value that does not fit its type is
 * null, and a null where none may be makes what is around it null, as in @apollo/gateway; nothing that the graph does
 * not have (an enum value, a type) gets out.
 */
import {
  isCompositeType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { createBoundedCache } from '../bounded-cache.ts';
import { jsonOf, quote } from './json-text.ts';
import type { Scope, SelectedField, SelectionCollector } from './selected-fields.ts';
import { own, type JsonObject } from './subgraph-values.ts';

/** A subgraph answered another kind of thing than its schema says: the whole answer cannot be trusted. */
export class UnexpectedShape extends Error {
  override readonly name = 'UnexpectedShape';
}

/** JSON text; null for what became null. */
type Written = string | null;
/** From the merged answers of the subgraphs to the JSON text of `data`. @throws UnexpectedShape */
export type ResponseWriter = (data: JsonObject) => Written;
/** Writes a value that is not null. */
type ValueWriter = (value: unknown) => Written;

interface FieldWriter {
  readonly responseName: string;
  /** The key with its colon, and the comma or brace before it. */
  readonly prefix: string;
  readonly nonNull: boolean;
  /** Null for `__typename`. */
  readonly write: ValueWriter | null;
  readonly writeTypename: (object: JsonObject) => Written;
}

/** @param root what the operation selects, from the graph's root type. */
export function compileResponseWriter(schema: GraphQLSchema, collector: SelectionCollector, root: Scope): ResponseWriter {
  /** The type that an object says it has; null for one that the graph does not have. */
  const typeNamed = (typename: string): GraphQLCompositeType | null => {
    const type = schema.getType(typename);
    return isCompositeType(type) ? type : null;
  };

  function compileField(field: SelectedField, index: number): FieldWriter {
    const { responseName, type } = field;
    const base = {
      responseName,
      prefix: `${index === 0 ? '{' : ','}${quote(responseName)}:`,
    };
    if (type === null) return { ...base, nonNull: true, write: null, writeTypename: compileTypename(responseName, field.parent) };
    const nonNull = isNonNullType(type);
    const write = compileNullable(nonNull ? type.ofType : type, field.scopes);
    return { ...base, nonNull, write, writeTypename: () => null };
  }

  /** `__typename` of an object that is of the type `parent` where it does not say so itself. */
  function compileTypename(responseName: string, parent: GraphQLCompositeType): (object: JsonObject) => Written {
    const nameOf = (type: GraphQLCompositeType): Written => (isObjectType(type) ? quote(type.name) : null);
    const expected = nameOf(parent);
    return (object) => {
      const said = own(object, responseName) ?? (responseName === '__typename' ? null : (object['__typename'] ?? null));
      if (typeof said !== 'string' || said === parent.name) return expected;
      const type = schema.getType(said);
      if (type === undefined) return expected;
      return isObjectType(type) ? quote(type.name) : null;
    };
  }

  function compileNullable(type: GraphQLOutputType, scopes: readonly Scope[]): ValueWriter {
    if (isListType(type)) return compileList(type.ofType, scopes);
    if (isLeafType(type)) return compileLeaf(type);
    return compileObject(scopes);
  }

  function compileList(elementType: GraphQLOutputType, scopes: readonly Scope[]): ValueWriter {
    const nonNull = isNonNullType(elementType);
    const write = compileNullable(nonNull ? elementType.ofType : elementType, scopes);
    return (value) => {
      if (!Array.isArray(value)) throw new UnexpectedShape('a list was expected');
      let text = '[';
      let invalid = false;
      for (let index = 0; index < value.length; index += 1) {
        const element: unknown = value[index];
        const written = element === null || element === undefined ? null : write(element);
        if (written === null && nonNull) invalid = true;
        text += index === 0 ? (written ?? 'null') : `,${written ?? 'null'}`;
      }
      return invalid ? null : `${text}]`;
    };
  }

  function compileObject(scopes: readonly Scope[]): ValueWriter {
    const writers = new Map<string, (object: JsonObject) => Written>();
    let writeUntyped: ((object: JsonObject) => Written) | undefined;
    return (value) => {
      if (typeof value !== 'object') throw new UnexpectedShape('an object was expected');
      const object = value as JsonObject;
      const { __typename: typename } = object;
      if (typename === undefined || typename === '') {
        writeUntyped ??= compileFields(collector.collect(scopes, null));
        return writeUntyped(object);
      }
      if (typeof typename !== 'string') throw new UnexpectedShape('a name of a type was expected');
      const known = writers.get(typename);
      if (known !== undefined) return known(object);
      const type = typeNamed(typename);
      if (type === null) return null;
      const write = compileFields(collector.collect(scopes, type));
      writers.set(typename, write);
      return write(object);
    };
  }

  function compileFields(selected: readonly SelectedField[]): (object: JsonObject) => Written {
    const fields = selected.map(compileField);
    if (fields.length === 0) return () => '{}';
    return (object) => {
      let text = '';
      for (let index = 0; index < fields.length; index += 1) {
        const field = fields[index] as FieldWriter;
        let written: Written;
        if (field.write === null) {
          written = field.writeTypename(object);
        } else {
          const value = own(object, field.responseName);
          written = value === null || value === undefined ? null : field.write(value);
        }
        if (written === null && field.nonNull) return null;
        text += field.prefix + (written ?? 'null');
      }
      return `${text}}`;
    };
  }

  return compileFields(collector.collect([root], null));
}

const integer = (value: unknown): Written => (Number.isInteger(value) && Math.abs(value as number) < 1e21 ? `${value as number}` : null);

function compileLeaf(type: GraphQLLeafType): ValueWriter {
  if (isEnumType(type)) {
    const values = new Map(type.getValues().map(({ name }) => [name, `"${name}"`]));
    return (value) => (typeof value === 'string' ? (values.get(value) ?? null) : null);
  }
  if (!isScalarType(type) || !isSpecifiedScalarType(type)) return jsonOf;
  switch (type.name) {
    case 'Int':
      return integer;
    case 'Float':
      return (value) => (Number.isFinite(value) ? `${value as number}` : null);
    case 'Boolean':
      return (value) => (typeof value === 'boolean' ? `${value}` : null);
    case 'ID':
      return (value) => (typeof value === 'string' ? quote(value) : integer(value));
    default:
      return (value) => (typeof value === 'string' ? quote(value) : null);
  }
}

/** Writers of one operation that are kept. Each may take hundreds of kilobytes, and a client has one choice or two. */
const maxWriters = 4;

/**
 * The writer of an operation for its variables, with its conditions decided by them. Those that were used last are kept,
 * the others made again.
 * @param conditions variables of the conditions; what is not true counts as false
 */
export function createWriterChoice(
  conditions: readonly string[],
  compile: (chosen: Readonly<Record<string, boolean>>) => ResponseWriter,
): (variables: Readonly<Record<string, unknown>>) => ResponseWriter {
  const writers = createBoundedCache<ResponseWriter>(maxWriters);
  return (variables) => {
    const key = conditions.map((name) => (variables[name] === true ? '1' : '0')).join('');
    let write = writers.get(key);
    if (write === undefined) {
      write = compile(Object.fromEntries(conditions.map((name) => [name, variables[name] === true])));
      writers.set(key, write);
    }
    return write;
  };
}
