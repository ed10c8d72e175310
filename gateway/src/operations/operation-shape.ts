/**
 * What an app that was built with an operation relies on: the types of the fields that it reads, and the inputs that
 * its variables may hold. A document can stay valid while its answer no longer fits the code that was generated for it.
 */
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredInputField,
  Kind,
  parseType,
  typeFromAST,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type TypeNode,
} from 'graphql';

export interface OperationShape {
  /** `Type.field` of each field that is read → its type as the schema writes it. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Each input type that the variables reach → its fields → their types. */
  readonly inputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Each enum that the variables reach → its values. */
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

/** @param document valid for the schema */
export function shapeOf(schema: GraphQLSchema, document: DocumentNode): OperationShape {
  const outputs = new Map<string, string>();
  const inputs = new Map<string, Readonly<Record<string, string>>>();
  const enums = new Map<string, readonly string[]>();
  const reach = (type: GraphQLNamedType | undefined): void => {
    if (isEnumType(type))
      enums.set(
        type.name,
        type.getValues().map(({ name }) => name),
      );
    if (!isInputObjectType(type) || inputs.has(type.name)) return;
    const fields = Object.values(type.getFields());
    inputs.set(type.name, Object.fromEntries(fields.map((field) => [field.name, field.type.toString()])));
    for (const field of fields) reach(getNamedType(field.type));
  };
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field() {
        const [parent, field] = [typeInfo.getParentType(), typeInfo.getFieldDef()];
        if (parent && field && !field.name.startsWith('__')) outputs.set(`${parent.name}.${field.name}`, field.type.toString());
      },
      VariableDefinition(node) {
        reach(getNamedType(typeFromAST(schema, node.type)));
      },
    }),
  );
  return { outputs: Object.fromEntries(outputs), inputs: Object.fromEntries(inputs), enums: Object.fromEntries(enums) };
}

/**
 * How a schema breaks apps that were built with this shape; a sentence for each way. Says nothing of what validation
 * against that schema finds: fields, arguments and types of the document that are gone.
 */
export function shapeBreaks(shape: OperationShape, schema: GraphQLSchema): readonly string[] {
  const breaks: string[] = [];
  for (const [coordinate, was] of Object.entries(shape.outputs)) {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const parent = schema.getType(typeName);
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[fieldName] : undefined;
    if (field !== undefined && !answersAs(parseType(was), parseType(field.type.toString())))
      breaks.push(`${coordinate} was ${was} and is ${field.type.toString()}: apps cannot read it any more.`);
  }
  for (const [typeName, fields] of Object.entries(shape.inputs)) {
    const type = schema.getType(typeName);
    if (!isInputObjectType(type)) continue;
    const now = type.getFields();
    for (const [name, was] of Object.entries(fields)) {
      const field = now[name];
      if (field === undefined) breaks.push(`${typeName}.${name} is gone: apps may send it.`);
      else if (!answersAs(parseType(field.type.toString()), parseType(was)))
        breaks.push(`${typeName}.${name} was ${was} and is ${field.type.toString()}: what apps send may not fit any more.`);
    }
    for (const field of Object.values(now))
      if (!Object.hasOwn(fields, field.name) && isRequiredInputField(field))
        breaks.push(`${typeName}.${field.name} is new and required: apps do not send it.`);
  }
  for (const [typeName, values] of Object.entries(shape.enums)) {
    const type = schema.getType(typeName);
    if (!isEnumType(type)) continue;
    for (const value of values) if (type.getValue(value) === undefined) breaks.push(`${typeName}.${value} is gone: apps may send it.`);
  }
  return breaks;
}

/** Whether everything of the type `now` is read well where `was` is expected: the same, or promising more. */
function answersAs(was: TypeNode, now: TypeNode): boolean {
  if (was.kind === Kind.NON_NULL_TYPE) return now.kind === Kind.NON_NULL_TYPE && answersAs(was.type, now.type);
  if (now.kind === Kind.NON_NULL_TYPE) return answersAs(was, now.type);
  if (was.kind === Kind.LIST_TYPE) return now.kind === Kind.LIST_TYPE && answersAs(was.type, now.type);
  return now.kind === Kind.NAMED_TYPE && now.name.value === was.name.value;
}
