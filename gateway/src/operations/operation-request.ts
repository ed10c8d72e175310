/** Which operation a GraphQL request means: by the id that its app was built with, or by text. */
import { isOperationId, operationIdOf } from './manifest.ts';

export type OperationRequestParams =
  /** `extensions.persistedQuery`, as Apollo's clients send it. */
  | { readonly kind: 'id'; readonly id: string }
  /** Text, alone or with its own SHA-256. */
  | { readonly kind: 'text'; readonly text: string }
  /** `reason` is a sentence for whoever wrote the request, without anything of it. */
  | { readonly kind: 'malformed'; readonly reason: string };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const malformed = (reason: string): OperationRequestParams => ({ kind: 'malformed', reason });

/**
 * Reads `query` and `extensions` of a request's JSON object. Looks at nothing else, and parses no GraphQL.
 * https://github.com/apollographql/apollo-link-persisted-queries#protocol
 */
export function readOperationRequest(params: Readonly<Record<string, unknown>>): OperationRequestParams {
  const { query: text, extensions } = params;
  if (text !== undefined && text !== null && typeof text !== 'string') return malformed('"query" has to be a string.');
  if (extensions !== undefined && extensions !== null && !isObject(extensions)) return malformed('"extensions" has to be a JSON object.');
  const persisted = isObject(extensions) && Object.hasOwn(extensions, 'persistedQuery') ? extensions['persistedQuery'] : undefined;
  const hasText = typeof text === 'string' && text !== '';
  if (persisted === undefined || persisted === null)
    return hasText ? { kind: 'text', text } : malformed('The request names no operation: neither by id nor by text.');
  if (!isObject(persisted) || persisted['version'] !== 1) return malformed('"extensions.persistedQuery" has to be an object of version 1.');
  const id = persisted['sha256Hash'];
  if (!isOperationId(id)) return malformed('"extensions.persistedQuery.sha256Hash" is not an id that an operation can have.');
  if (!hasText) return { kind: 'id', id };
  return id === operationIdOf(text) ? { kind: 'text', text } : malformed('The id of the operation is not the SHA-256 of its text.');
}
