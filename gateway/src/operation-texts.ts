/**
 * Operations that clients send as text: parsed, held to the limits, validated and prepared once, then kept while they are
 * used. Refused texts are not kept, so that a stream of bad ones takes no memory.
 */
import {
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { createBoundedCache } from './bounded-cache.ts';
import { exceededLimit, faultOfStrings, isNestedTooDeep, maxNesting, maxTokens } from './operation-limits.ts';
import type { PreparedOperation, PrepareOperation } from './prepared-operation.ts';

export type TextResult =
  | { readonly kind: 'prepared'; readonly operation: PreparedOperation }
  /** Not GraphQL. */
  | { readonly kind: 'unreadable'; readonly message: string }
  /** GraphQL, but more than is allowed. */
  | { readonly kind: 'too-large'; readonly message: string }
  /** Does not fit the schema, or names no operation that could be run. */
  | { readonly kind: 'invalid'; readonly messages: readonly string[] };

export interface OperationTexts {
  /** @param operationName which operation of the text is meant; needed when there are several */
  read(text: string, operationName: string | undefined): TextResult;
  /** The operation, when the text was read before and is kept: having it again costs nothing. */
  kept(text: string, operationName: string | undefined): PreparedOperation | undefined;
  /** The message of an error of graphql-js, without what it gives away of the schema. */
  messageOf(error: GraphQLError): string;
}

/** Characters of text that are kept; what is made of them takes about a hundred times as many bytes. */
const keptCharacters = 512 * 1024;
const maxValidationErrors = 10;
/** Messages of graphql-js quote names of the document, however long those are. */
const maxMessageLength = 300;

/** @param options.introspection whether `__schema` and `__type` may be asked, and names that are not there are corrected. */
export function createOperationTexts(
  schema: GraphQLSchema,
  prepare: PrepareOperation,
  options: { readonly introspection: boolean },
): OperationTexts {
  const known = createBoundedCache<PreparedOperation>(keptCharacters);
  const rules = options.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  // "Did you mean …?" tells a schema name by name to whoever asks long enough.
  const messageOf = ({ message }: GraphQLError): string => {
    const shown = options.introspection ? message : message.replace(/ Did you mean .*\?$/s, '');
    return shown.length > maxMessageLength ? `${shown.slice(0, maxMessageLength)}…` : shown;
  };

  // No name has the character.
  const keyOf = (text: string, operationName: string | undefined): string => `${operationName ?? ''}\0${text}`;

  return {
    messageOf,
    kept: (text, operationName) => known.get(keyOf(text, operationName)),
    read(text, operationName) {
      const key = keyOf(text, operationName);
      const prepared = known.get(key);
      if (prepared !== undefined) return { kind: 'prepared', operation: prepared };
      if (isNestedTooDeep(text))
        return {
          kind: 'too-large',
          message: `The document has more than ${maxNesting} brackets in one another, which is the most that is read.`,
        };
      let document: DocumentNode;
      try {
        document = parse(text, { maxTokens, noLocation: true });
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        return error.message.includes(`more that ${maxTokens} tokens`)
          ? { kind: 'too-large', message: `The document has more than ${maxTokens} tokens, which is the most that is read.` }
          : { kind: 'unreadable', message: messageOf(error) };
      }
      const excess = exceededLimit(document);
      if (excess !== null) return { kind: 'too-large', message: excess };
      const fault = faultOfStrings(document);
      if (fault !== null) return { kind: 'invalid', messages: [fault] };
      const errors = validate(schema, document, rules, { maxErrors: maxValidationErrors });
      if (errors.length > 0) return { kind: 'invalid', messages: errors.map(messageOf) };

      const operation = getOperationAST(document, operationName);
      if (!operation)
        return {
          kind: 'invalid',
          messages: ['The request does not say which operation of the document is meant, or there is none of that name.'],
        };
      if (operation.operation === OperationTypeNode.SUBSCRIPTION || !schema.getRootType(operation.operation))
        return { kind: 'invalid', messages: [`This graph has no ${operation.operation} operations.`] };
      const fresh = prepare({ source: text, document, operation });
      known.set(key, fresh, key.length);
      return { kind: 'prepared', operation: fresh };
    },
  };
}
