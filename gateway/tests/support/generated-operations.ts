/**
 * Operations made up over a schema: valid by the way they are made, with what clients write and more of it than they do
 * (aliases, fragments within fragments, the same field many times, conditions, variables with and without defaults).
 */
import fc from 'fast-check';
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

export interface GeneratedOperation {
  readonly source: string;
  /** As a client sends them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Where choices come from: fast-check, so that what fails can be made smaller. */
type Choices = fc.GeneratorValue;

const maxDepth = 6;

class OperationMaker {
  readonly #choices: Choices;
  readonly #schema: GraphQLSchema;
  readonly #declarations: string[] = [];
  readonly #fragments: string[] = [];
  readonly #fragmentNames = new Map<string, string[]>();
  readonly #variables: Record<string, unknown> = {};

  constructor(schema: GraphQLSchema, choices: Choices) {
    this.#schema = schema;
    this.#choices = choices;
  }

  make(): GeneratedOperation {
    const mutation = this.#schema.getMutationType();
    const isMutation = mutation !== undefined && mutation !== null && this.#oneIn(4);
    const root = isMutation ? mutation : this.#schema.getQueryType();
    if (root === undefined || root === null) throw new Error('a schema without queries');
    const selection = this.#selectionSet(root, 0);
    const declared = this.#declarations.length === 0 ? '' : `(${this.#declarations.join(', ')})`;
    const source = [`${isMutation ? 'mutation' : 'query'} Made${declared} ${selection}`, ...this.#fragments].join('\n');
    return { source, variables: this.#variables };
  }

  /** A whole number from 0 up to `max`, that one included. */
  #upTo(max: number): number {
    return this.#choices(fc.nat, { max });
  }

  #oneIn(many: number): boolean {
    return this.#upTo(many - 1) === many - 1;
  }

  #pick<Value>(values: readonly Value[]): Value {
    const value = values[this.#upTo(values.length - 1)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  #selectionSet(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.#upTo(depth < 3 ? 4 : 2);
    const selections: string[] = [];
    for (let index = 0; index < count; index += 1) selections.push(this.#selection(type, depth));
    return `{ ${selections.join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const wantsFragment = depth < maxDepth && (isAbstractType(type) ? !this.#oneIn(4) : this.#oneIn(6));
    if (wantsFragment) return this.#fragment(type, depth);
    if (!('getFields' in type) || this.#oneIn(12)) return this.#oneIn(3) ? 'kind: __typename' : '__typename';
    const fields = Object.values(type.getFields()).filter((field) => depth < maxDepth || isLeafType(getNamedType(field.type)));
    return fields.length === 0 ? '__typename' : this.#field(type, this.#pick(fields), depth);
  }

  #field(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>, depth: number): string {
    const { text, isPlain } = this.#arguments(field.args);
    const named = getNamedType(field.type);
    const selection = isCompositeType(named) ? ` ${this.#selectionSet(named, depth + 1)}` : '';
    // Fields with arguments of their own cannot share a name with others; neither can fields of different types.
    const alias = isPlain ? (this.#oneIn(5) ? `${field.name}Of${parent.name}: ` : '') : `a${this.#counter()}: `;
    return `${alias}${field.name}${text}${this.#conditions()}${selection}`;
  }

  #count = 0;

  #counter(): number {
    this.#count += 1;
    return this.#count;
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const within = this.#typesWithin(type);
    const on = this.#oneIn(4) ? type : this.#pick(within);
    if (this.#oneIn(3)) {
      const known = this.#fragmentNames.get(on.name) ?? [];
      if (known.length > 0 && this.#oneIn(2)) return `...${this.#pick(known)}${this.#conditions()}`;
      const name = `F${this.#counter()}`;
      const definition = `fragment ${name} on ${on.name} ${this.#selectionSet(on, depth + 1)}`;
      this.#fragments.push(definition);
      // Known from here on only, so that none spreads itself.
      this.#fragmentNames.set(on.name, [...known, name]);
      return `...${name}${this.#conditions()}`;
    }
    const condition = on === type && this.#oneIn(2) ? '' : ` on ${on.name}`;
    return `...${condition}${this.#conditions()} ${this.#selectionSet(on, depth + 1)}`;
  }

  /** The types that a fragment may be on where `type` is. */
  #typesWithin(type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
    const members = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    const interfaces = new Set(members.flatMap((member) => (isObjectType(member) ? member.getInterfaces() : [])));
    return [...members, ...interfaces];
  }

  #conditions(): string {
    if (!this.#oneIn(7)) return '';
    const condition = (): string => {
      if (this.#oneIn(4)) return this.#oneIn(2) ? 'true' : 'false';
      const name = `if${this.#upTo(3)}`;
      if (!(name in this.#variables) && !this.#declarations.some((declaration) => declaration.startsWith(`$${name}:`))) {
        const hasDefault = this.#oneIn(3);
        this.#declarations.push(`$${name}: Boolean${hasDefault ? ' = true' : '!'}`);
        if (!hasDefault || this.#oneIn(2)) this.#variables[name] = this.#oneIn(2);
      }
      return `$${name}`;
    };
    const skip = this.#oneIn(2) ? ` @skip(if: ${condition()})` : '';
    const include = skip === '' || this.#oneIn(3) ? ` @include(if: ${condition()})` : '';
    return skip + include;
  }

  #arguments(args: readonly GraphQLArgument[]): { readonly text: string; readonly isPlain: boolean } {
    const given = args.flatMap((arg) => {
      const isRequired = isNonNullType(arg.type) && arg.defaultValue === undefined;
      if (!isRequired && !this.#oneIn(3)) return [];
      return [`${arg.name}: ${this.#oneIn(2) ? this.#literal(arg.type, 0) : this.#variable(arg.type)}`];
    });
    return { text: given.length === 0 ? '' : `(${given.join(', ')})`, isPlain: given.length === 0 };
  }

  #variable(type: GraphQLInputType): string {
    const name = `v${this.#counter()}`;
    const hasDefault = this.#oneIn(3);
    this.#declarations.push(`$${name}: ${String(type)}${hasDefault ? ` = ${this.#literal(type, 0)}` : ''}`);
    if (!hasDefault && isNonNullType(type) ? true : this.#oneIn(2)) this.#variables[name] = this.#value(type, 0);
    return `$${name}`;
  }

  /** A value of an input type, as JSON. */
  #value(type: GraphQLInputType, depth: number): unknown {
    if (isNonNullType(type)) return this.#nonNullValue(type.ofType, depth);
    return this.#oneIn(4) ? null : this.#nonNullValue(type, depth);
  }

  #nonNullValue(type: GraphQLInputType, depth: number): unknown {
    if (isNonNullType(type)) return this.#nonNullValue(type.ofType, depth);
    if (isListType(type)) return Array.from({ length: this.#upTo(2) }, () => this.#value(type.ofType, depth + 1));
    if (isEnumType(type)) return this.#pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      return Object.fromEntries(
        Object.values(type.getFields()).flatMap((field) => {
          const isRequired = isNonNullType(field.type) && field.defaultValue === undefined;
          return isRequired || (depth < 2 && this.#oneIn(2)) ? [[field.name, this.#value(field.type, depth + 1)] as const] : [];
        }),
      );
    }
    switch (type.name) {
      case 'Int':
        return this.#upTo(100);
      case 'Float':
        return this.#upTo(100) / 8;
      case 'Boolean':
        return this.#oneIn(2);
      default:
        return this.#pick(['one', 'two "quoted"', 'drei\n', '\u{1F600}', '']);
    }
  }

  /** The same in GraphQL's own notation. */
  #literal(type: GraphQLInputType, depth: number): string {
    const write = (value: unknown, of: GraphQLInputType): string => {
      if (isNonNullType(of)) return write(value, of.ofType);
      if (value === null) return 'null';
      if (isListType(of)) return `[${(value as readonly unknown[]).map((element) => write(element, of.ofType)).join(', ')}]`;
      if (isEnumType(of)) return value as string;
      if (isInputObjectType(of)) {
        const fields = of.getFields();
        const written = Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([name, inner]) => {
          const field = fields[name];
          return field === undefined ? [] : [`${name}: ${write(inner, field.type)}`];
        });
        return `{ ${written.join(', ')} }`;
      }
      return JSON.stringify(value);
    };
    return write(this.#value(type, depth), type);
  }
}

/** An operation over a schema. Nearly all are valid; those in which two fields meet under one name are not. */
export const operationOver = (schema: GraphQLSchema, choices: Choices): GeneratedOperation => new OperationMaker(schema, choices).make();
