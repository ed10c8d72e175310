/**
 * Reads the documents that clients send: parsed, held to the limits and validated once, then kept while they are used.
 * Refused documents are not kept, so that a stream of bad ones takes no memory.
 */
import {
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { createBoundedCache } from './bounded-cache.ts';
import { exceededLimit, faultOfStrings, isNestedTooDeep, maxNesting, maxTokens } from './operation-limits.ts';

export type DocumentResult =
  | { readonly kind: 'valid'; readonly document: DocumentNode }
  /** Not GraphQL. */
  | { readonly kind: 'unreadable'; readonly message: string }
  /** GraphQL, but more than is allowed. */
  | { readonly kind: 'too-large'; readonly message: string }
  /** Does not fit the schema. */
  | { readonly kind: 'invalid'; readonly messages: readonly string[] };

export interface OperationDocuments {
  read(source: string): DocumentResult;
  /** The message of an error of graphql-js, without what it gives away of the schema. */
  messageOf(error: GraphQLError): string;
}

/** Characters of source text that are kept; their documents take about a hundred times as many bytes. */
const keptCharacters = 512 * 1024;
const maxValidationErrors = 10;
/** Messages of graphql-js quote names of the document, however long those are. */
const maxMessageLength = 300;

/** @param options.introspection whether `__schema` and `__type` may be asked, and names that are not there are corrected. */
export function createOperationDocuments(schema: GraphQLSchema, options: { readonly introspection: boolean }): OperationDocuments {
  const valid = createBoundedCache<DocumentNode>(keptCharacters);
  const rules = options.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  // "Did you mean …?" tells a schema name by name to whoever asks long enough.
  const messageOf = ({ message }: GraphQLError): string => {
    const shown = options.introspection ? message : message.replace(/ Did you mean .*\?$/s, '');
    return shown.length > maxMessageLength ? `${shown.slice(0, maxMessageLength)}…` : shown;
  };

  return {
    messageOf,
    read(source) {
      const known = valid.get(source);
      if (known !== undefined) return { kind: 'valid', document: known };
      if (isNestedTooDeep(source))
        return {
          kind: 'too-large',
          message: `The document has more than ${maxNesting} brackets in one another, which is the most that is read.`,
        };
      let document: DocumentNode;
      try {
        document = parse(source, { maxTokens, noLocation: true });
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
      valid.set(source, document, source.length);
      return { kind: 'valid', document };
    },
  };
}

/** The operation that a request means; null when its name is missing where it is needed, or names none. */
export function operationOf(document: DocumentNode, operationName: string | undefined): OperationDefinitionNode | null {
  return getOperationAST(document, operationName) ?? null;
}
