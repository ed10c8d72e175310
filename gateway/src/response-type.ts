/** Which of the two media types of GraphQL over HTTP a client wants: https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types. */
import { createBoundedCache } from './bounded-cache.ts';

export type ResponseType = 'application/graphql-response+json' | 'application/json';

/** The types that can be had, for the header `Accept` of a 406. */
export const responseTypes = 'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8';

/** Apps send one of a few; anything longer is not worth keeping. */
const longestKept = 256;
const kept = createBoundedCache<{ readonly type: ResponseType | null }>(200);

/** The first of the accepted types that can be had; null when there is none. No header means JSON. */
export function responseTypeOf(accept: string | undefined): ResponseType | null {
  if (accept === undefined || accept === '') return 'application/json';
  const known = kept.get(accept);
  if (known !== undefined) return known.type;
  const type = read(accept);
  if (accept.length <= longestKept) kept.set(accept, { type });
  return type;
}

function read(accept: string): ResponseType | null {
  for (const entry of accept.toLowerCase().replaceAll(/\s/g, '').split(',')) {
    const [name, ...parameters] = entry.split(';');
    if (parameters.includes('q=0')) continue;
    const charset = parameters.find((parameter) => parameter.startsWith('charset='));
    if (charset !== undefined && charset !== 'charset=utf-8' && charset !== 'charset=utf8') continue;
    if (name === 'application/graphql-response+json') return name;
    if (name === 'application/json' || name === 'application/*' || name === '*/*') return 'application/json';
  }
  return null;
}
