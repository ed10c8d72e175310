/** Whether an operation can be served by a schema: its text, the limits, validation, and what apps built with it rely on. */
import {
  NoDeprecatedCustomRule,
  NoSchemaIntrospectionCustomRule,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { exceededLimit, faultOfStrings } from '../operation-limits.ts';
import { readOperation, type OperationKind } from './manifest.ts';

export type OperationCheck =
  | {
      readonly kind: 'fits';
      readonly name: string;
      readonly operationKind: OperationKind;
      readonly document: DocumentNode;
      readonly operation: OperationDefinitionNode;
    }
  /** One sentence for each thing that is wrong, for the operation's author. */
  | { readonly kind: 'unfit'; readonly reasons: readonly string[] };

const rules = [...specifiedRules, NoSchemaIntrospectionCustomRule];
const maxReasons = 10;

/** Checks an operation's text against a schema. Whether it can be planned, only its graph can say. */
export function checkOperation(body: string, schema: GraphQLSchema): OperationCheck {
  const read = readOperation(body);
  if (read.kind === 'unreadable') return { kind: 'unfit', reasons: [read.reason] };
  const { name, operationKind, document, operation } = read;
  const excess = exceededLimit(document) ?? faultOfStrings(document);
  if (excess !== null) return { kind: 'unfit', reasons: [excess] };
  if (schema.getRootType(operation.operation) === undefined || schema.getRootType(operation.operation) === null)
    return { kind: 'unfit', reasons: [`This graph has no ${operationKind} operations.`] };
  const errors = validate(schema, document, rules, { maxErrors: maxReasons });
  if (errors.length > 0) return { kind: 'unfit', reasons: errors.map(({ message }) => message) };
  return { kind: 'fits', name, operationKind, document, operation };
}

/** What an operation uses that is deprecated, a sentence with the reason for each; empty when nothing is. */
export const deprecationsOf = (schema: GraphQLSchema, document: DocumentNode): readonly string[] => [
  ...new Set(validate(schema, document, [NoDeprecatedCustomRule]).map(({ message }) => message)),
];
