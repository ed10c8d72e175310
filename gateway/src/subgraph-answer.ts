/** What a subgraph answered, from the bytes to a GraphQL response. Anything else than one becomes a response with an error. */
import { isJsonObject, type JsonObject } from './execution/subgraph-values.ts';

/** What came over the wire. Many may read it: each parses it for itself. */
export type RawAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly bytes: Buffer }
  | { readonly kind: 'away' }
  | { readonly kind: 'slow' };

/** An error of a subgraph's answer, or of the attempt to get one. */
export interface SubgraphFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A GraphQL response. */
export interface SubgraphAnswer {
  readonly data: JsonObject | null;
  readonly errors: readonly SubgraphFault[];
}

const awayMessage = 'A part of Vitrine is not available at the moment. Try again.';

/** The GraphQL response in an answer. */
export function readAnswer(answer: RawAnswer): SubgraphAnswer {
  if (answer.kind === 'away') return failed('UNAVAILABLE', awayMessage);
  if (answer.kind === 'slow') return failed('TIMEOUT', 'A part of Vitrine took too long to answer. Try again.');
  const response = readGraphql(answer.bytes);
  if (response !== null) return response;
  return answer.status >= 500
    ? failed('UNAVAILABLE', awayMessage)
    : failed('INTERNAL', `status ${answer.status} with something that is not GraphQL`);
}

const failed = (code: 'UNAVAILABLE' | 'TIMEOUT' | 'INTERNAL', message: string): SubgraphAnswer => ({
  data: null,
  errors: [{ message, extensions: { code } }],
});

/** A GraphQL response; null for anything else. */
export function readGraphql(bytes: Buffer): SubgraphAnswer | null {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    // Whoever asked says what answered instead.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { data, errors } = value as { readonly data?: unknown; readonly errors?: unknown };
  const hasData = typeof data === 'object';
  const hasErrors = Array.isArray(errors) && errors.length > 0 && errors.every(isFault);
  if (!hasData && !hasErrors) return null;
  return { data: isJsonObject(data) ? data : null, errors: hasErrors ? errors.map(withPlace) : [] };
}

const isFault = (value: unknown): value is SubgraphFault =>
  typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';

/** What is no place in a response is left away. */
function withPlace({ message, path, extensions }: SubgraphFault): SubgraphFault {
  const isPlace = Array.isArray(path) && path.every((step) => typeof step === 'string' || typeof step === 'number');
  return { message, ...(isPlace ? { path } : {}), ...(isJsonObject(extensions) ? { extensions } : {}) };
}
